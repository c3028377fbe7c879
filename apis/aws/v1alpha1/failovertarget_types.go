package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// AnnotationDecision of a FailoverTarget keeps what it knows of the decision, as
// JSON. It is written before the status: a restore from a backup keeps
// annotations, and drops the status. Leave it alone.
const AnnotationDecision = "crossdr.io/decision"

// TypeDecided is the condition of a FailoverTarget that says whether what its
// spec asks for is in force. It is Unknown while the record does not say.
const TypeDecided xpv2.ConditionType = "Decided"

// A FailoverTarget says which region serves, and since which decision. XRs
// that name it follow it.
//
// Its spec asks for a region to become active, and its status says which one is,
// as recorded by the control plane that decided. To delete one leaves the record.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws}
// +kubebuilder:printcolumn:name="ACTIVE",type="string",JSONPath=".status.atProvider.activeRegion"
// +kubebuilder:printcolumn:name="EPOCH",type="integer",JSONPath=".status.atProvider.epoch"
// +kubebuilder:printcolumn:name="PHASE",type="string",JSONPath=".status.atProvider.phase"
// +kubebuilder:printcolumn:name="REACHABLE",type="string",JSONPath=".status.atProvider.reachableRegions"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="DECIDED",type="string",JSONPath=".status.conditions[?(@.type=='Decided')].reason"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
//
// The region that serves must not be taken from the list: nothing could follow
// it then.
//
// +kubebuilder:validation:XValidation:rule="!has(self.status) || !has(self.status.atProvider) || !has(self.status.atProvider.activeRegion) || self.spec.forProvider.regions.exists(r, r.name == self.status.atProvider.activeRegion) || !oldSelf.spec.forProvider.regions.exists(r, r.name == self.status.atProvider.activeRegion)",message="spec.forProvider.regions must contain the active region: put it back. It may go once another region is active"
type FailoverTarget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   FailoverTargetSpec   `json:"spec"`
	Status FailoverTargetStatus `json:"status,omitempty"`
}

// FailoverTargetList is a list of FailoverTargets.
//
// +kubebuilder:object:root=true
type FailoverTargetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []FailoverTarget `json:"items"`
}

// FailoverTargetSpec is the desired state of a FailoverTarget.
type FailoverTargetSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider FailoverTargetParameters `json:"forProvider"`
}

// FailoverTargetParameters say which regions may serve, and which should.
//
// +kubebuilder:validation:XValidation:rule="self.regions[0].name == oldSelf.regions[0].name",message="the first of the regions is home, and home does not change: another region is made active by an activation"
// +kubebuilder:validation:XValidation:rule="!has(self.activation) || self.regions.exists(r, r.name == self.activation.region)",message="activation.region must be one of the regions"
// +kubebuilder:validation:XValidation:rule="!has(self.activation) || !has(oldSelf.activation) || self.activation.epoch >= oldSelf.activation.epoch",message="activation.epoch must not be lowered: each decision has a number of its own. To withdraw an activation, remove it"
// +kubebuilder:validation:XValidation:rule="!has(self.record) || self.regions.all(left, self.record.dynamoDB.regions.exists(r, r != left.name))",message="record.dynamoDB.regions must list a region that can still be called when any one of the regions is left"
type FailoverTargetParameters struct {
	// Regions that may serve, the home region first. Which one is home can't be
	// changed: it is where epoch 1 served.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Regions []TargetRegion `json:"regions"`

	// Activation asks for a region to become active. Absent, nothing is asked
	// for, and the recorded decision stands.
	// +optional
	Activation *Activation `json:"activation,omitempty"`

	// Protects says whose XRs follow this target.
	// +optional
	Protects *Protects `json:"protects,omitempty"`

	// Require says what a region must offer before it may become active.
	// +optional
	Require *Requirements `json:"require,omitempty"`

	// Record says where the decision is kept, when several control planes share
	// it. Without it the decision is kept in an annotation of this object.
	// +optional
	Record *Record `json:"record,omitempty"`
}

// A TargetRegion is a region that may serve.
type TargetRegion struct {
	// Name of the region, such as us-east-1.
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`
	Name string `json:"name"`
}

// An Activation asks for a region to become active, or, with the active region
// itself, for control to be taken over or for data to be restored in place.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.adopt) && self.adopt && has(self.restore) && self.restore)",message="adopt decides nothing, so nothing can be restored with it"
// +kubebuilder:validation:XValidation:rule="!has(self.dataEpoch) || (has(self.adopt) && self.adopt)",message="dataEpoch is stated with adopt only: otherwise it follows from the decision"
// +kubebuilder:validation:XValidation:rule="!has(self.dataEpoch) || self.dataEpoch <= self.epoch",message="dataEpoch must not be higher than epoch"
// +kubebuilder:validation:XValidation:rule="!has(self.accept) || !self.accept.exists(c, c.startsWith('Record'))",message="a fault of the record can't be accepted: without the record two control planes could decide"
type Activation struct {
	// Region to activate. One of the regions of this target.
	// +kubebuilder:validation:MaxLength=32
	Region string `json:"region"`

	// Epoch of the decision: the recorded epoch plus one. Any other epoch is
	// stale and changes nothing, so a commit that is replayed does no harm. It
	// can't be lowered.
	// +kubebuilder:validation:Minimum=2
	Epoch int64 `json:"epoch"`

	// Accept names blockers that are accepted, for this epoch only. Those of the
	// record can't be.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	Accept []BlockerCode `json:"accept,omitempty"`

	// Restore asks, with the active region itself, for its data to be restored
	// again in place.
	// +optional
	Restore bool `json:"restore,omitempty"`

	// Adopt states that this epoch and region are how things are. It decides
	// nothing; it is for a control plane rebuilt without a record.
	// +optional
	Adopt bool `json:"adopt,omitempty"`

	// DataEpoch says, with adopt, which epoch moved the data last. Defaults to
	// epoch.
	// +optional
	// +kubebuilder:validation:Minimum=1
	DataEpoch int64 `json:"dataEpoch,omitempty"`

	// MaxDataLoss is the consent to lose data, as the age of the oldest data
	// that may be used, such as 90m or 1h30m. There is no default: without it no
	// loss is consented to.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$`
	MaxDataLoss *metav1.Duration `json:"maxDataLoss,omitempty"`

	// Reason for people to read later, such as an incident number.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Reason string `json:"reason,omitempty"`
}

// Protects says whose XRs follow a target.
type Protects struct {
	// Namespaces whose XRs follow this target and whose SnapshotSelections
	// count for it. Defaults to the namespace of the target.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	Namespaces []string `json:"namespaces,omitempty"`
}

// Requirements are what a region must offer before it may become active. They
// are looked up every six hours.
type Requirements struct {
	// InstanceTypes of Amazon EC2 that are needed, each in at least one usable
	// zone.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	InstanceTypes []string `json:"instanceTypes,omitempty"`

	// DBInstanceClasses of Amazon RDS that are needed, such as db.r6g.large, each
	// in at least one usable zone. A zone offers a class if it does for any of
	// the engines of RDS that were asked: Aurora, PostgreSQL, MySQL and MariaDB,
	// then Oracle, SQL Server and Db2.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=64
	DBInstanceClasses []string `json:"dbInstanceClasses,omitempty"`

	// Zones is the least number of usable availability zones. Without it none
	// is required.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Zones int `json:"zones,omitempty"`
}

// A Record says where the decision is kept.
type Record struct {
	// DynamoDB keeps it in a table.
	DynamoDB DynamoDBRecord `json:"dynamoDB"`
}

// A DynamoDBRecord is an item of a table that several control planes share. The
// table is of one region that is none of the regions of the target, or a global
// table with multi-region strong consistency; its partition key is the string
// id.
type DynamoDBRecord struct {
	// TableName of the table.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=255
	TableName string `json:"tableName"`

	// Key of the item. Defaults to namespace/name of the target. All control
	// planes must say the same, and no other target may.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Key string `json:"key,omitempty"`

	// Regions whose endpoints are called, in this order, less the region that
	// is being left.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=3
	// +kubebuilder:validation:items:MaxLength=32
	// +kubebuilder:validation:items:Pattern=`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`
	// +kubebuilder:validation:XValidation:rule="self.all(r, self.exists_one(s, s == r))",message="a region is listed twice"
	Regions []string `json:"regions"`
}

// FailoverTargetStatus is the observed state of a FailoverTarget.
type FailoverTargetStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	AtProvider FailoverTargetObservation `json:"atProvider,omitempty"`
}

// A Phase is where a FailoverTarget stands.
//
// +kubebuilder:validation:Enum=Pending;Steady;Blocked
type Phase string

// The phases of a FailoverTarget.
const (
	// PhasePending: no decision is known. Nothing follows the target.
	PhasePending Phase = "Pending"

	// PhaseSteady: the recorded decision stands and nothing else is asked for.
	PhaseSteady Phase = "Steady"

	// PhaseBlocked: an activation is asked for and refused. The recorded
	// decision stands.
	PhaseBlocked Phase = "Blocked"
)

// FailoverTargetObservation is the decision in force and the facts it rests
// on.
type FailoverTargetObservation struct {
	// ActiveRegion serves. Empty while no decision is known.
	// +optional
	ActiveRegion string `json:"activeRegion,omitempty"`

	// Epoch is the number of the decision. Home serves at epoch 1.
	// +optional
	Epoch int64 `json:"epoch,omitempty"`

	// DataEpoch is the newest epoch whose decision moved the data or restored
	// it in place. A decision that only takes over control does neither. Copies
	// of data are born under its number.
	// +optional
	DataEpoch int64 `json:"dataEpoch,omitempty"`

	// Holder is true when this control plane may act. Any other one only
	// observes.
	// +optional
	Holder bool `json:"holder,omitempty"`

	// Phase of the target.
	// +optional
	Phase Phase `json:"phase,omitempty"`

	// BlockedBy lists every reason why the activation is refused, at once.
	// +optional
	// +listType=atomic
	BlockedBy []Blocker `json:"blockedBy,omitempty"`

	// Decision in force.
	// +optional
	Decision *Decision `json:"decision,omitempty"`

	// History of the decisions before it, the newest first, at most ten.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=10
	History []PastDecision `json:"history,omitempty"`

	// ReachableRegions are the names of the regions that answer, for people.
	// +optional
	ReachableRegions string `json:"reachableRegions,omitempty"`

	// Regions and what is known of them.
	// +optional
	// +listType=map
	// +listMapKey=name
	Regions []RegionObservation `json:"regions,omitempty"`
}

// A BlockerCode says why an activation is refused.
//
// +kubebuilder:validation:Enum=RegionUnreachable;TooFewZones;TypeNotOffered;DataLossExceedsConsent;DataAgeUnknown;NothingMeasured;RecordUnreadable;RecordNotStrong;RecordNotWritten
type BlockerCode string

// The reasons why an activation is refused.
const (
	BlockerRegionUnreachable      BlockerCode = "RegionUnreachable"
	BlockerTooFewZones            BlockerCode = "TooFewZones"
	BlockerTypeNotOffered         BlockerCode = "TypeNotOffered"
	BlockerDataLossExceedsConsent BlockerCode = "DataLossExceedsConsent"
	BlockerDataAgeUnknown         BlockerCode = "DataAgeUnknown"
	BlockerNothingMeasured        BlockerCode = "NothingMeasured"
	BlockerRecordUnreadable       BlockerCode = "RecordUnreadable"
	BlockerRecordNotStrong        BlockerCode = "RecordNotStrong"
	BlockerRecordNotWritten       BlockerCode = "RecordNotWritten"
)

// A Blocker is one reason why an activation is refused.
type Blocker struct {
	// Code from a short fixed list.
	Code BlockerCode `json:"code"`

	// Message with the facts and what to do.
	Message string `json:"message"`
}

// A Decision made a region active.
type Decision struct {
	// From is the region that served before. Empty for the first decision.
	// +optional
	From string `json:"from,omitempty"`

	// DecidedAt is when the decision was made. Absent if it was only stated.
	// +optional
	DecidedAt *metav1.Time `json:"decidedAt,omitempty"`

	// DataLoss is the age of the oldest data that was accepted, as a duration.
	// +optional
	DataLoss string `json:"dataLoss,omitempty"`

	// OldestData is the oldest data time that was accepted. A birth from older
	// data waits. Absent if any age was accepted.
	// +optional
	OldestData *metav1.Time `json:"oldestData,omitempty"`

	// Restore is true when the decision restores the data of the active region
	// in place.
	// +optional
	Restore bool `json:"restore,omitempty"`

	// Accepted are the blockers that were let pass.
	// +optional
	// +listType=atomic
	Accepted []BlockerCode `json:"accepted,omitempty"`

	// Reason that was given.
	// +optional
	Reason string `json:"reason,omitempty"`

	// By is the uid of the FailoverTarget that decided.
	// +optional
	By string `json:"by,omitempty"`
}

// A PastDecision was in force before.
type PastDecision struct {
	Decision `json:",inline"`

	// ActiveRegion that it made active.
	ActiveRegion string `json:"activeRegion"`

	// Epoch is its number.
	Epoch int64 `json:"epoch"`

	// DataEpoch is the newest epoch that had moved the data by then.
	// +optional
	DataEpoch int64 `json:"dataEpoch,omitempty"`
}

// RegionObservation is what is known of one region.
type RegionObservation struct {
	// Name of the region.
	Name string `json:"name"`

	// Reachable says whether the region answers. It goes dark after three probes
	// in a row that were not answered over at least a minute, and comes back
	// after three that were. A region that is left must be proven to answer
	// anew.
	Reachable bool `json:"reachable"`

	// OptInStatus of the region in this account: opt-in-not-required, opted-in
	// or not-opted-in. Absent while nobody knows.
	// +optional
	OptInStatus string `json:"optInStatus,omitempty"`

	// Zones of the region, as this account sees them. While the region does not
	// answer they are those that were seen last.
	// +optional
	// +listType=map
	// +listMapKey=id
	Zones []ZoneObservation `json:"zones,omitempty"`

	// Offered says which of the required types the region offers.
	// +optional
	Offered *Offered `json:"offered,omitempty"`
}

// ZoneObservation is one zone as this account sees it.
type ZoneObservation struct {
	// ID of the zone, such as use1-az1. It means the same place in every
	// account.
	ID string `json:"id"`

	// Name of the zone, such as us-east-1a. It may mean another place in
	// another account.
	// +optional
	Name string `json:"name,omitempty"`

	// Type of the zone: availability-zone, local-zone or wavelength-zone.
	// Empty means availability-zone.
	// +optional
	Type string `json:"type,omitempty"`

	// State of the zone: available, unavailable, constrained, impaired or
	// information.
	// +optional
	State string `json:"state,omitempty"`

	// OptInStatus of the zone: opt-in-not-required, opted-in or not-opted-in.
	// +optional
	OptInStatus string `json:"optInStatus,omitempty"`
}

// Offered maps the required types to the ids of the zones that offer them. A
// type with no zone is not offered; a type that is not listed was not asked
// for.
type Offered struct {
	// InstanceTypes of Amazon EC2.
	// +optional
	InstanceTypes map[string][]string `json:"instanceTypes,omitempty"`

	// DBInstanceClasses of Amazon RDS.
	// +optional
	DBInstanceClasses map[string][]string `json:"dbInstanceClasses,omitempty"`
}
