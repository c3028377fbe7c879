package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// A FailoverTarget says which region serves, and since which decision. XRs
// that name it follow it.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws}
// +kubebuilder:printcolumn:name="ACTIVE",type="string",JSONPath=".status.atProvider.activeRegion"
// +kubebuilder:printcolumn:name="EPOCH",type="integer",JSONPath=".status.atProvider.epoch"
// +kubebuilder:printcolumn:name="PHASE",type="string",JSONPath=".status.atProvider.phase"
// +kubebuilder:printcolumn:name="REACHABLE",type="string",JSONPath=".status.atProvider.regions[?(@.reachable==true)].name"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
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
type FailoverTargetParameters struct {
	// Regions that may serve, the home region first.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Regions []TargetRegion `json:"regions"`

	// Activation asks for a region to become active. Absent, the recorded
	// decision stands.
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
	// +kubebuilder:validation:Pattern=`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`
	Name string `json:"name"`
}

// An Activation asks for a region to become active.
type Activation struct {
	// Region to activate. One of the regions of this target.
	Region string `json:"region"`

	// Epoch of the decision: the recorded epoch plus one. Any other epoch is
	// stale and changes nothing.
	// +kubebuilder:validation:Minimum=2
	Epoch int64 `json:"epoch"`

	// Accept names blockers that are accepted for this epoch only.
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

	// MaxDataLoss is the consent to lose data, as the age of the oldest data
	// that may be used. There is no default.
	// +optional
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
	Namespaces []string `json:"namespaces,omitempty"`
}

// Requirements are what a region must offer before it may become active.
type Requirements struct {
	// InstanceTypes of Amazon EC2 that are needed.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	InstanceTypes []string `json:"instanceTypes,omitempty"`

	// DBInstanceClasses of Amazon RDS that are needed.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	DBInstanceClasses []string `json:"dbInstanceClasses,omitempty"`

	// Zones is the least number of usable availability zones.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Zones int `json:"zones,omitempty"`
}

// A Record says where the decision is kept.
type Record struct {
	// DynamoDB keeps it in a table.
	DynamoDB DynamoDBRecord `json:"dynamoDB"`
}

// A DynamoDBRecord is a table that several control planes share.
type DynamoDBRecord struct {
	// TableName of the table.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=255
	TableName string `json:"tableName"`

	// Regions whose endpoints are called, in this order, less the region that
	// is being left.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=3
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

	// BlockedBy lists every reason why the activation is refused.
	// +optional
	// +listType=atomic
	BlockedBy []Blocker `json:"blockedBy,omitempty"`

	// Decision in force.
	// +optional
	Decision *Decision `json:"decision,omitempty"`

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

	// DecidedAt is when the decision was recorded.
	// +optional
	DecidedAt *metav1.Time `json:"decidedAt,omitempty"`

	// DataLoss is the age of the oldest data that was accepted, as a duration.
	// +optional
	DataLoss string `json:"dataLoss,omitempty"`

	// OldestData is the oldest data time that was accepted.
	// +optional
	OldestData *metav1.Time `json:"oldestData,omitempty"`

	// Restore is true when the decision restores the data of the active region
	// in place.
	// +optional
	Restore bool `json:"restore,omitempty"`

	// Reason that was given.
	// +optional
	Reason string `json:"reason,omitempty"`

	// By is the uid of the FailoverTarget that decided.
	// +optional
	By string `json:"by,omitempty"`
}

// RegionObservation is what is known of one region.
type RegionObservation struct {
	// Name of the region.
	Name string `json:"name"`

	// Reachable says whether the region answers, with hysteresis.
	Reachable bool `json:"reachable"`

	// Zones of the region, as this account sees them.
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
