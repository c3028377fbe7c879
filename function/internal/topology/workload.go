package topology

import "strconv"

// A WorkloadState is what the XR's status remembers of a workload that runs
// once: its object may be gone when it is asked.
type WorkloadState string

// The states of a workload that runs once.
const (
	// WorkloadWaiting: it is to run at this epoch, and did not yet.
	WorkloadWaiting WorkloadState = "Waiting"

	// WorkloadCreated: it was made.
	WorkloadCreated WorkloadState = "Created"

	// WorkloadCompleted: it ended well. It is never made again at this epoch,
	// even when its object has expired.
	WorkloadCompleted WorkloadState = "Completed"
)

// A Memory is what the XR's status remembers.
type Memory struct {
	// Epoch of the status, or 0 if there is none.
	Epoch int64

	// Workloads by key.
	Workloads map[string]WorkloadState

	// ExternalNames of copies, by key.
	ExternalNames map[string]string

	// Served are the copies that served at that epoch.
	Served []Served

	// RunAgainAt is the epoch at which a person consents to run the workloads.
	RunAgainAt int64
}

// Precedes returns whether the status is from before an epoch, and so knows that
// nothing of it has run.
func (m *Memory) Precedes(epoch int64) bool { return m.Epoch > 0 && m.Epoch < epoch }

// A Served copy is one that the status says serves.
type Served struct{ Key, Component, Region, Zone string }

// WorkloadKey returns the key of a workload that runs once an epoch.
func WorkloadKey(component string, epoch int64) string {
	return component + "-e" + strconv.FormatInt(epoch, 10)
}

// placeWorkload places a workload that runs once after each failover, such as
// a Velero Restore. It never runs twice: a second restore would put old
// objects over new ones. Consent stays in the XR, so it does not undo that a
// workload completed.
func (p *planner) placeWorkload(c *Component) {
	epoch := p.Decision.DataEpoch
	consent := p.Memory.RunAgainAt == epoch
	key := WorkloadKey(c.Name, epoch)
	cp := Copy{Key: key, Component: c.Name, Region: p.Decision.Active, Role: Serving, Epoch: epoch}

	if o := p.find(c, func(o *Observed) bool { return o.Key == key }); o != nil {
		cp.Exists = true
		p.add(cp)

		return
	}

	state := p.Memory.Workloads[key]
	switch {
	case epoch == 1 && !consent, state == WorkloadCompleted:
		return
	case consent, state == WorkloadWaiting, state == "" && p.Memory.Precedes(epoch):
		cp.Waits = p.blocked(cp.Region)
	case state == WorkloadCreated:
		cp.Waits = "it was made, and is gone before anybody saw it complete; spec.recovery.restoreWorkloads lets it run again"
	default:
		cp.Waits = "nobody knows whether it ran at this epoch; spec.recovery.restoreWorkloads lets it run"
	}

	p.add(cp)
}
