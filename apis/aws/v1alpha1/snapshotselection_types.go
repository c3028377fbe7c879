package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// A SnapshotSelection observes which snapshot of a store a region could
// restore from, and why. It never creates, copies or deletes anything on AWS.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws}
// +kubebuilder:printcolumn:name="REGION",type="string",JSONPath=".spec.forProvider.region"
// +kubebuilder:printcolumn:name="SELECTED",type="string",JSONPath=".status.atProvider.selected.id"
// +kubebuilder:printcolumn:name="DATA",type="date",JSONPath=".status.atProvider.selected.dataTime"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type SnapshotSelection struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   SnapshotSelectionSpec   `json:"spec"`
	Status SnapshotSelectionStatus `json:"status,omitempty"`
}

// SnapshotSelectionList is a list of SnapshotSelections.
//
// +kubebuilder:object:root=true
type SnapshotSelectionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []SnapshotSelection `json:"items"`
}

// SnapshotSelectionSpec is the desired state of a SnapshotSelection.
type SnapshotSelectionSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider SnapshotSelectionParameters `json:"forProvider"`
}

// SnapshotSelectionParameters say what to look for, and where. The region and
// the source stay what they are: another question is another object, so that
// nobody takes the answer to one for the answer to the other.
//
// +kubebuilder:validation:XValidation:rule="self.region == oldSelf.region",message="region can't be changed: another region is another SnapshotSelection"
type SnapshotSelectionParameters struct {
	// Region to look in: the one that would restore.
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`
	Region string `json:"region"`

	// Source is the store whose data is looked for.
	Source SnapshotSource `json:"source"`

	// RestoreAs is the identity that a restore would create in the region. The
	// status says whether it exists already.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	RestoreAs string `json:"restoreAs,omitempty"`

	// Policy says which of several candidates is the best.
	// +optional
	Policy SnapshotPolicy `json:"policy,omitempty"`

	// MaxAge of the data, as a duration such as 24h or 1h30m: the recovery point
	// objective. Without it no age is too old.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]{1,5}([.][0-9]{1,9})?(h|m|s|ms|us|µs|ns))+$') || self == '0'",message="must be a duration that is not negative, such as 24h or 1h30m"
	MaxAge *metav1.Duration `json:"maxAge,omitempty"`

	// Match leaves candidates out.
	// +optional
	Match *SnapshotMatch `json:"match,omitempty"`

	// FailoverTargetRef names the FailoverTarget that measures its data loss
	// by this selection, among others.
	// +optional
	FailoverTargetRef *FailoverTargetReference `json:"failoverTargetRef,omitempty"`
}

// A SourceKind is a kind of store, or of what stands in for it.
//
// +kubebuilder:validation:Enum=DBInstance;DBCluster;Volume;Table;RecoveryPoint;Replica
type SourceKind string

// The kinds of sources.
const (
	SourceDBInstance    SourceKind = "DBInstance"
	SourceDBCluster     SourceKind = "DBCluster"
	SourceVolume        SourceKind = "Volume"
	SourceTable         SourceKind = "Table"
	SourceRecoveryPoint SourceKind = "RecoveryPoint"
	SourceReplica       SourceKind = "Replica"
)

// A SnapshotSource is the store whose data is looked for: by identifier, ARN
// or tags. Several of them must all fit. It stays the same store: only what
// proves that it is this one, the resource id and the ARN, may become known
// later.
//
// +kubebuilder:validation:XValidation:rule="(has(self.identifier) && size(self.identifier) > 0) || (has(self.resourceId) && size(self.resourceId) > 0) || (has(self.arn) && size(self.arn) > 0) || (has(self.tags) && size(self.tags) > 0)",message="state at least one of identifier, resourceId, arn and tags"
// +kubebuilder:validation:XValidation:rule="!(self.kind in ['Table', 'RecoveryPoint']) || (has(self.identifier) && size(self.identifier) > 0) || (has(self.arn) && size(self.arn) > 0)",message="a Table or a RecoveryPoint needs an identifier or an arn: AWS can't be asked for it by anything else"
// +kubebuilder:validation:XValidation:rule=`self.kind == oldSelf.kind && (has(self.identifier) ? self.identifier : "") == (has(oldSelf.identifier) ? oldSelf.identifier : "") && (has(self.tags) ? self.tags : {}) == (has(oldSelf.tags) ? oldSelf.tags : {})`,message="kind, identifier and tags can't be changed: another source is another SnapshotSelection"
// +kubebuilder:validation:XValidation:rule="(!has(oldSelf.resourceId) || size(oldSelf.resourceId) == 0 || (has(self.resourceId) && self.resourceId == oldSelf.resourceId)) && (!has(oldSelf.arn) || size(oldSelf.arn) == 0 || (has(self.arn) && self.arn == oldSelf.arn))",message="resourceId and arn may be added, and then not be changed or removed: another source is another SnapshotSelection"
type SnapshotSource struct {
	// Kind of the source.
	Kind SourceKind `json:"kind"`

	// Identifier of the store, such as the name of a database instance.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Identifier string `json:"identifier,omitempty"`

	// ResourceID of the store, which AWS never gives to another one: the
	// DbiResourceId of an instance. It proves lineage where a name may be used
	// again.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	ResourceID string `json:"resourceId,omitempty"`

	// ARN of the store. That of a Replica says what it is; that of a Table says in
	// which region its continuous backups are.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="size(self) == 0 || self.matches('^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$')",message="must be an ARN, such as arn:aws:rds:us-east-1:111122223333:db:payments-db"
	ARN string `json:"arn,omitempty"`

	// Tags that the store, or its snapshots, carry.
	// +optional
	// +kubebuilder:validation:MaxProperties=50
	Tags map[string]string `json:"tags,omitempty"`
}

// A SnapshotPolicyType says which of several candidates is the best.
//
// +kubebuilder:validation:Enum=Latest;AtOrBefore;Exact
type SnapshotPolicyType string

// The types of policies.
const (
	// PolicyLatest selects the newest data.
	PolicyLatest SnapshotPolicyType = "Latest"

	// PolicyAtOrBefore selects the newest data that is not newer than a time.
	PolicyAtOrBefore SnapshotPolicyType = "AtOrBefore"

	// PolicyExact selects one snapshot by its id.
	PolicyExact SnapshotPolicyType = "Exact"
)

// A SnapshotPolicy says which of several candidates is the best.
//
// +kubebuilder:validation:XValidation:rule="self.type != 'AtOrBefore' || has(self.time)",message="the policy AtOrBefore needs a time"
// +kubebuilder:validation:XValidation:rule="self.type == 'AtOrBefore' || !has(self.time)",message="time goes with the policy AtOrBefore only"
// +kubebuilder:validation:XValidation:rule="self.type != 'Exact' || (has(self.id) && size(self.id) > 0)",message="the policy Exact needs the id of a snapshot"
// +kubebuilder:validation:XValidation:rule="self.type == 'Exact' || !has(self.id) || size(self.id) == 0",message="id goes with the policy Exact only"
type SnapshotPolicy struct {
	// Type of the policy.
	// +optional
	// +kubebuilder:default=Latest
	Type SnapshotPolicyType `json:"type,omitempty"`

	// Time that the data must not be newer than, for AtOrBefore.
	// +optional
	Time *metav1.Time `json:"time,omitempty"`

	// ID of the snapshot, or its ARN, for Exact.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	ID string `json:"id,omitempty"`
}

// A SnapshotOrigin is who made a snapshot.
//
// +kubebuilder:validation:Enum=Automated;Manual;Backup
type SnapshotOrigin string

// The origins of a snapshot.
const (
	OriginAutomated SnapshotOrigin = "Automated"
	OriginManual    SnapshotOrigin = "Manual"
	OriginBackup    SnapshotOrigin = "Backup"
)

// A SnapshotMatch leaves candidates out.
type SnapshotMatch struct {
	// Tags that a snapshot must have.
	// +optional
	// +kubebuilder:validation:MaxProperties=50
	Tags map[string]string `json:"tags,omitempty"`

	// Encrypted that a snapshot must, or must not, be.
	// +optional
	Encrypted *bool `json:"encrypted,omitempty"`

	// Origins of the snapshots that count. Defaults to all.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=3
	Origins []SnapshotOrigin `json:"origins,omitempty"`
}

// A FailoverTargetReference names a FailoverTarget.
type FailoverTargetReference struct {
	// Name of the FailoverTarget.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// Namespace of the FailoverTarget. Defaults to the one of this object.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// SnapshotSelectionStatus is the observed state of a SnapshotSelection.
type SnapshotSelectionStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	AtProvider SnapshotSelectionObservation `json:"atProvider,omitempty"`
}

// SnapshotSelectionObservation is what was found.
type SnapshotSelectionObservation struct {
	// Selected is the best usable candidate, even when its data is older than
	// maxAge.
	// +optional
	Selected *SelectedSnapshot `json:"selected,omitempty"`

	// Reason why it is this one, or why there is none.
	// +optional
	Reason string `json:"reason,omitempty"`

	// Rejected candidates with a reason each, the newest 20.
	// +optional
	// +listType=atomic
	Rejected []RejectedSnapshot `json:"rejected,omitempty"`

	// Candidates is how many snapshots were looked at.
	// +optional
	Candidates int `json:"candidates,omitempty"`

	// RestoreWindow is the span of time the store can be restored to any point
	// of.
	// +optional
	RestoreWindow *RestoreWindow `json:"restoreWindow,omitempty"`

	// Existing says whether restoreAs exists.
	// +optional
	Existing *Existing `json:"existing,omitempty"`
}

// A SelectedSnapshot is a snapshot that could be restored.
type SelectedSnapshot struct {
	// ID of the snapshot, as a restore takes it.
	ID string `json:"id"`

	// ARN of the snapshot.
	// +optional
	ARN string `json:"arn,omitempty"`

	// DataTime is when the data is from, not when it was copied. Absent while
	// nothing tells it.
	// +optional
	DataTime *metav1.Time `json:"dataTime,omitempty"`

	// DataTimeSource is the field of the AWS API that the data time is from, or
	// policy.time where it is the point in time that was asked for.
	// +optional
	DataTimeSource string `json:"dataTimeSource,omitempty"`

	// CreatedAt is when this snapshot, which may be a copy, was made.
	// +optional
	CreatedAt *metav1.Time `json:"createdAt,omitempty"`

	// Encrypted is true when the snapshot is.
	// +optional
	Encrypted bool `json:"encrypted,omitempty"`

	// KMSKeyID of the key that it is encrypted with.
	// +optional
	KMSKeyID string `json:"kmsKeyId,omitempty"`

	// Engine of the database.
	// +optional
	Engine string `json:"engine,omitempty"`

	// EngineVersion of the database.
	// +optional
	EngineVersion string `json:"engineVersion,omitempty"`

	// SizeGiB is the size of the storage, in GiB.
	// +optional
	SizeGiB int64 `json:"sizeGiB,omitempty"`

	// SourceRegion is where the store is that the snapshot descends from.
	// +optional
	SourceRegion string `json:"sourceRegion,omitempty"`
}

// A RejectedSnapshot is a candidate that was not selected.
type RejectedSnapshot struct {
	// ID of the snapshot.
	ID string `json:"id"`

	// Code from a short fixed list, such as NotAvailable or WrongLineage.
	Code string `json:"code"`

	// Message for people.
	Message string `json:"message"`
}

// A RestoreWindow is a span of time.
type RestoreWindow struct {
	// Earliest time that can be restored to.
	// +optional
	Earliest *metav1.Time `json:"earliest,omitempty"`

	// Latest time that can be restored to.
	// +optional
	Latest *metav1.Time `json:"latest,omitempty"`
}

// An ExistingState says whether something exists.
//
// +kubebuilder:validation:Enum=Absent;Present;Unknown
type ExistingState string

// Whether something exists.
const (
	ExistingAbsent  ExistingState = "Absent"
	ExistingPresent ExistingState = "Present"
	ExistingUnknown ExistingState = "Unknown"
)

// Existing says whether the identity that a restore would create exists.
type Existing struct {
	// RestoreAs is the identity that the state is about. The spec may ask about
	// another one by now.
	RestoreAs string `json:"restoreAs"`

	// State of it.
	State ExistingState `json:"state"`

	// ExternalName to adopt it by, when it is present.
	// +optional
	ExternalName string `json:"externalName,omitempty"`

	// ResourceID that AWS gave it, when it is present.
	// +optional
	ResourceID string `json:"resourceId,omitempty"`
}
