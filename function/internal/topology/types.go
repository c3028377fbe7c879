package topology

import "github.com/crossdr/crossdr/function/internal/objective"

// A Tier says what kind of thing a component is.
type Tier string

// The tiers.
const (
	Global     Tier = "Global"
	Protection Tier = "Protection"
	Network    Tier = "Network"
	Data       Tier = "Data"
	Compute    Tier = "Compute"
	Workload   Tier = "Workload"
)

// A Placement says in which regions copies of a component exist.
type Placement string

// The placements. A plan may state all but the last two.
const (
	Active           Placement = "Active"
	ActiveAndStandby Placement = "ActiveAndStandby"
	Home             Placement = "Home"
	All              Placement = "All"
	Once             Placement = "Once"
)

// A Role is what a copy is there for.
type Role string

// The roles.
const (
	// Serving copies take the traffic.
	Serving Role = "Serving"

	// Standby copies are ready in a region that does not serve.
	Standby Role = "Standby"

	// Fenced copies served once and are only observed.
	Fenced Role = "Fenced"

	// Kept copies are no longer planned and only observed.
	Kept Role = "Kept"
)

// A Component of the plan.
type Component struct {
	Name string
	Tier Tier

	// Placement that the plan states, or "" for that of the tier.
	Placement Placement

	// Zones that the component is spread over, by region. Nil if it is not
	// spread.
	Zones map[string][]string

	// AdoptedZones maps a zone to the key that occupies it already.
	AdoptedZones map[string]string

	// EmptyAt are the epochs at which a Data component may be born empty.
	EmptyAt []int64

	// Adopt maps a key to the external name of what exists on AWS already.
	Adopt map[string]string

	// Restorable is true when the kind can be born from a snapshot.
	Restorable bool

	// Replicable is true when the kind can be born as a replica.
	Replicable bool

	// OtherKind is true when its replicas are of another kind.
	OtherKind bool

	// ToTime is true when a restore needs to be told the time to go back to.
	ToTime bool

	// Kind of its resource, with the group.
	Kind string

	// Parent is the component that this one belongs to, if it holds no data of
	// its own: it is there wherever that is.
	Parent string

	// Follows is the component whose serving copies each have one of this, such
	// as what tells AWS Backup which database to protect.
	Follows string

	// RunsOnce is true for a Workload that runs once after each failover.
	RunsOnce bool
}

// A Decision says which region serves.
type Decision struct {
	// Target is the name of the FailoverTarget, "" if the XR names none.
	Target string

	// Active region.
	Active string

	// Epoch of the decision.
	Epoch int64

	// From is the region that served before the decision, or "".
	From string

	// DataEpoch is the newest epoch that moved the data, or restored it in
	// place. A decision that only takes over control does neither.
	DataEpoch int64

	// OldestData is the oldest data time that the decision accepted, in RFC
	// 3339 and UTC, or "".
	OldestData string

	// Holder is true when this control plane may act.
	Holder bool

	// Dark holds the regions that are known not to answer.
	Dark map[string]bool
}

// An Observed copy, as its labels and its spec tell.
type Observed struct {
	Key       string
	Component string
	Region    string
	Zone      string

	// Role that it was rendered with last, or "" if it was never rendered by
	// us.
	Role Role

	// Epoch at which it was born.
	Epoch int64

	// DecidedEpoch is the newest epoch it was rendered at.
	DecidedEpoch int64

	// Target is the FailoverTarget it was rendered for.
	Target string

	// Kind of the resource, with the group.
	Kind string

	// ServesSince is the epoch since which it served, where that is not the
	// one it was born at.
	ServesSince int64

	// ReplicaOf is the key of the copy that it was born as a replica of.
	ReplicaOf string

	// RestoredFrom is the snapshot that it was born from, or "".
	RestoredFrom string

	// Store is the name on AWS of a store that may be in several regions at
	// once, or "" for a copy that is a store of its own.
	Store string

	// Members are the other regions that AWS reports such a store to be in. Nil
	// where nothing is reported: then the name alone counts.
	Members []string

	// Created is true when it is known to exist on AWS.
	Created bool

	// Failed is true when it could not be made on AWS, and nobody tries again
	// right now.
	Failed bool

	// Refused is true when AWS refused to make it, because it exists already.
	Refused bool

	// ExternalName is "" for what stands for nothing on AWS yet.
	ExternalName string

	// Healthy is true when it is ready, in its region.
	Healthy bool

	// Gone is true when it is reported not to exist on AWS any more.
	Gone bool
}

// A Copy is a component in one region and, if it is spread, one zone.
type Copy struct {
	Key       string
	Component string
	Region    string
	Zone      string
	Role      Role

	// Epoch at which it was, or would be, born.
	Epoch int64

	// Exists is true when the copy is observed.
	Exists bool

	// ServesSince is the epoch since which a serving copy of data serves.
	ServesSince int64

	// Promoted is true for a serving copy that was born as a replica.
	Promoted bool

	// Birth says how a copy that does not exist comes to be, and of a replica
	// what it replicates.
	Birth Birth

	// Store is as it is observed.
	Store string

	// Waits says why a copy that does not exist must not be created now. Empty
	// if nothing that this package knows is in the way.
	Waits string
}

// An Input of Plan.
type Input struct {
	// Regions that may serve, the home region first.
	Regions    []string
	Strategy   objective.Strategy
	Components []Component
	Decision   Decision
	Observed   []Observed

	// Memory is what the XR's status remembers.
	Memory Memory

	// Identity returns the name on AWS of a copy to be born. Nil in tests that
	// don't ask.
	Identity func(*Copy) string

	// Selections are what the observed SnapshotSelections say, by key.
	Selections map[string]SelectionFact
}
