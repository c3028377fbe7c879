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
}

// StrategyStatus is the strategy in force.
type StrategyStatus struct {
	// Name of the strategy.
	Name Strategy `json:"name"`

	// Because says in one sentence why it is this one.
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
