package failover

import "time"

// A Request is what the spec of a FailoverTarget asks for.
type Request struct {
	// Regions that may serve, the home region first.
	Regions []string

	// Activation asks for a region to become active. Nil asks for nothing.
	Activation *Activation

	// Require says what a region must offer before it is activated.
	Require Requirements

	// Protects are the namespaces whose SnapshotSelections count. Empty means
	// that of the target.
	Protects []string

	// RecordRegions are the regions whose endpoints serve the record. Empty
	// means that the decision is kept in the object itself.
	RecordRegions []string
}

// shared returns whether several control planes share a record.
func (r *Request) shared() bool { return len(r.RecordRegions) > 0 }

// An Activation asks for a region to become active.
type Activation struct {
	// Region to activate.
	Region string

	// Epoch of the decision: the recorded one plus one.
	Epoch int64

	// Accept names blockers that may pass, for this epoch only.
	Accept []Code

	// Restore asks, with the active region itself, to restore its data in place.
	Restore bool

	// Adopt states that this epoch and region are how things are.
	Adopt bool

	// DataEpoch says, with Adopt, which epoch moved the data last. Zero means
	// Epoch.
	DataEpoch int64

	// MaxDataLoss is the consent to lose data. Nil consents to no loss: there is
	// no default.
	MaxDataLoss *time.Duration

	// Reason for people to read later.
	Reason string
}

// Requirements are what a region must offer before it is activated.
type Requirements struct {
	// InstanceTypes of EC2. Each must be offered in a usable zone.
	InstanceTypes []string

	// DBInstanceClasses of RDS. Each must be offered in a usable zone.
	DBInstanceClasses []string

	// Zones is the least number of usable zones. Zero requires none.
	Zones int
}
