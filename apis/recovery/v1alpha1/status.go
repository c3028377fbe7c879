package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Role is what a copy is there for.
//
// +kubebuilder:validation:Enum=Serving;Standby;Fenced;Kept
type Role string

// The roles of a copy.
const (
	// Serving copies take the traffic.
	Serving Role = "Serving"

	// Standby copies are ready in a region that does not serve.
	Standby Role = "Standby"

	// Fenced copies served once and are only observed: nothing may write to
	// them, and nothing deletes them.
	Fenced Role = "Fenced"

	// Kept copies are no longer planned and only observed.
	Kept Role = "Kept"
)

// A Status is what an XR or claim reads about its recovery, at
// status.recovery.
type Status struct {
	// ActiveRegion serves now.
	// +optional
	ActiveRegion string `json:"activeRegion,omitempty"`

	// Epoch is the number of the decision that made the active region active.
	// The home region serves at epoch 1.
	// +optional
	Epoch int64 `json:"epoch,omitempty"`

	// Strategy in force, and why.
	// +optional
	Strategy *StrategyStatus `json:"strategy,omitempty"`

	// RPO: how much data a failover would lose, and whether that is what was
	// asked for.
	// +optional
	RPO *RPOStatus `json:"rpo,omitempty"`

	// RTO: how long a failover would take, and whether that is what was asked
	// for.
	// +optional
	RTO *RTOStatus `json:"rto,omitempty"`

	// Dependencies are the steps of a failover that need another region than the
	// one that takes over.
	// +optional
	// +listType=map
	// +listMapKey=region
	// +kubebuilder:validation:MaxItems=8
	Dependencies []DependencyStatus `json:"dependencies,omitempty"`

	// Zones says where the zones of each region were learnt from.
	// +optional
	// +listType=map
	// +listMapKey=region
	Zones []ZonesStatus `json:"zones,omitempty"`

	// Copies of every component, sorted by key.
	// +optional
	// +listType=map
	// +listMapKey=key
	Copies []CopyStatus `json:"copies,omitempty"`

	// WaitingFor says what is not there yet and what it waits for, one
	// sentence each.
	// +optional
	// +listType=atomic
	WaitingFor []string `json:"waitingFor,omitempty"`

	// Workloads that run once at this epoch, and how far they are. It remembers
	// what ran when its object is gone.
	// +optional
	// +listType=map
	// +listMapKey=key
	Workloads []WorkloadStatus `json:"workloads,omitempty"`

	// LastFailover is the newest change of the active region that this XR went
	// through.
	// +optional
	LastFailover *FailoverStatus `json:"lastFailover,omitempty"`

	// Measured is how long failovers took, the newest of each way and strategy.
	// They replace the estimate.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	Measured []MeasuredFailover `json:"measured,omitempty"`
}

// A Verdict on an objective.
//
// +kubebuilder:validation:Enum=Met;BreachedCanMeet;Unattainable
type Verdict string

// RPOStatus says how much data a failover would lose.
type RPOStatus struct {
	// Objective as spec.recovery has it. Absent if it has none.
	// +optional
	Objective string `json:"objective,omitempty"`

	// Region that would take over.
	// +optional
	Region string `json:"region,omitempty"`

	// Achievable is the shortest rpo that could be promised with these stores and
	// this strategy, by their facts. Absent if nobody knows.
	// +optional
	Achievable string `json:"achievable,omitempty"`

	// DataTime is when the oldest snapshot that would be restored is from: what
	// was written after it would be lost. Absent if none would be restored.
	// +optional
	DataTime *metav1.Time `json:"dataTime,omitempty"`

	// Met is true when the data that is there now is new enough.
	// +optional
	Met *bool `json:"met,omitempty"`

	// Verdict is Met, BreachedCanMeet (a change would keep it, and because says
	// which) or Unattainable (nothing does with these stores).
	// +optional
	Verdict Verdict `json:"verdict,omitempty"`

	// Because says why, and what would help.
	Because string `json:"because"`
}

// RTOStatus says how long a failover would take.
type RTOStatus struct {
	// Objective as spec.recovery has it. Absent if it has none.
	// +optional
	Objective string `json:"objective,omitempty"`

	// Region that would take over.
	// +optional
	Region string `json:"region,omitempty"`

	// Estimated is how long it takes from the decision until everything serves.
	// Absent if nobody knows.
	// +optional
	Estimated string `json:"estimated,omitempty"`

	// Measured is true when a failover between these regions took that long,
	// with this strategy.
	// +optional
	Measured bool `json:"measured,omitempty"`

	// Met is true when that is no longer than the objective.
	// +optional
	Met *bool `json:"met,omitempty"`

	// Verdict as that of the rpo.
	// +optional
	Verdict Verdict `json:"verdict,omitempty"`

	// Because names the steps that take the time, and what would help.
	Because string `json:"because"`

	// Others are the other regions that could take over, and how long that would
	// take.
	// +optional
	// +listType=map
	// +listMapKey=region
	// +kubebuilder:validation:MaxItems=8
	Others []RegionRTO `json:"others,omitempty"`
}

// RegionRTO says how long a failover to one more region would take.
type RegionRTO struct {
	// Region that could take over.
	Region string `json:"region"`

	// Estimated as that of the rto.
	// +optional
	Estimated string `json:"estimated,omitempty"`

	// Measured as that of the rto.
	// +optional
	Measured bool `json:"measured,omitempty"`

	// Because names the steps that take the time.
	Because string `json:"because"`
}

// A DependencyStatus is a region that a failover needs, although it is not the
// one that takes over.
type DependencyStatus struct {
	// Region whose control planes are needed.
	Region string `json:"region"`

	// Steps that would not work while that region is dark.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	Steps []string `json:"steps"`

	// More steps than are listed.
	// +optional
	More int64 `json:"more,omitempty"`
}

// A MeasuredFailover is how long one failover took.
type MeasuredFailover struct {
	// From is the region that served before.
	From string `json:"from"`

	// To is the region that serves since.
	To string `json:"to"`

	// Strategy that was in force.
	Strategy Strategy `json:"strategy"`

	// Epoch of the decision.
	Epoch int64 `json:"epoch"`

	// Took is the time from the decision to serving, as a duration.
	Took string `json:"took"`
}

// StrategyStatus is the strategy in force.
type StrategyStatus struct {
	// Name of the strategy.
	Name Strategy `json:"name"`

	// Because says in one sentence why it is this one.
	Because string `json:"because"`

	// Components that hold data and follow another strategy than the whole.
	// +optional
	// +listType=map
	// +listMapKey=name
	Components []ComponentStrategy `json:"components,omitempty"`
}

// ComponentStrategy is the strategy of one component.
type ComponentStrategy struct {
	// Name of the component.
	Name string `json:"name"`

	// Strategy that it follows.
	Strategy Strategy `json:"strategy"`

	// Because says in one sentence why.
	Because string `json:"because"`
}

// ZonesStatus says what is known about the zones of one region.
type ZonesStatus struct {
	// Region these zones belong to.
	Region string `json:"region"`

	// Source is Live when the FailoverTarget reports the zones of this account,
	// and Table when they come from the table built into the function.
	// +kubebuilder:validation:Enum=Live;Table
	Source string `json:"source"`

	// AsOf is the date of the table. Empty when the source is Live.
	// +optional
	AsOf string `json:"asOf,omitempty"`

	// Usable zone ids, sorted.
	// +optional
	// +listType=atomic
	Usable []string `json:"usable,omitempty"`
}

// CopyStatus is one copy of a component.
type CopyStatus struct {
	// Key of the copy: its composition resource name.
	Key string `json:"key"`

	// Component the copy belongs to.
	Component string `json:"component"`

	// Region of the copy. Empty for a resource that AWS runs globally.
	// +optional
	Region string `json:"region,omitempty"`

	// Zone id of the copy, if its component is spread over zones.
	// +optional
	Zone string `json:"zone,omitempty"`

	// Role of the copy.
	Role Role `json:"role"`

	// Ready is true when the copy exists in its region and is ready.
	Ready bool `json:"ready"`

	// ExternalName of the copy on AWS, once it is known.
	// +optional
	ExternalName string `json:"externalName,omitempty"`

	// FenceVerified says whether AWS reports a fenced copy as its component's
	// fence, or for compute its scale, wants it. Absent where nothing shuts it.
	// +optional
	FenceVerified *bool `json:"fenceVerified,omitempty"`
}

// A WorkloadState is how far a workload that runs once is.
//
// +kubebuilder:validation:Enum=Waiting;Created;Completed
type WorkloadState string

// WorkloadStatus is one workload that runs once.
type WorkloadStatus struct {
	// Key of the workload.
	Key string `json:"key"`

	// State of it.
	State WorkloadState `json:"state"`
}

// FailoverStatus is one change of the active region.
type FailoverStatus struct {
	// Epoch of the decision.
	Epoch int64 `json:"epoch"`

	// From is the region that served before.
	// +optional
	From string `json:"from,omitempty"`

	// To is the region that serves since.
	To string `json:"to"`

	// DecidedAt is when the FailoverTarget recorded the decision.
	// +optional
	DecidedAt *metav1.Time `json:"decidedAt,omitempty"`

	// ServingAt is when the last serving copy became ready.
	// +optional
	ServingAt *metav1.Time `json:"servingAt,omitempty"`

	// AchievedRTO is the time from decision to serving, as a duration.
	// +optional
	AchievedRTO string `json:"achievedRTO,omitempty"`

	// AchievedRPO is how much older than the decision the restored data is, as
	// a duration.
	// +optional
	AchievedRPO string `json:"achievedRPO,omitempty"`
}
