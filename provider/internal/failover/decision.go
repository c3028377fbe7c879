package failover

import (
	"slices"
	"strings"
	"time"
)

// HistoryLimit is how many decisions before the one in force are kept.
const HistoryLimit = 10

// A Decision says which region serves, since which epoch, and on whose word.
// Times are in UTC and whole seconds, as Kubernetes writes them.
type Decision struct {
	// Region that is active.
	Region string `json:"region,omitempty"`

	// Epoch is the number of the decision. Home serves at epoch 1; 0 is no
	// decision.
	Epoch int64 `json:"epoch,omitempty"`

	// DataEpoch is the newest epoch whose decision moved the data or restored it
	// in place. A decision that only takes over control does neither.
	DataEpoch int64 `json:"dataEpoch,omitempty"`

	// From is the region that served before: Region itself if the decision took
	// over control or restored in place, and empty if nobody knows of one.
	From string `json:"from,omitempty"`

	// DecidedAt is when it was decided. Zero if it was only stated (adopt).
	DecidedAt time.Time `json:"decidedAt,omitzero"`

	// OldestData is the oldest data time that was accepted, by this decision or,
	// if it moved no data, by the one of the data epoch. Zero accepts any.
	OldestData time.Time `json:"oldestData,omitzero"`

	// Restore is true when the data of the active region is restored in place.
	Restore bool `json:"restore,omitempty"`

	// Accepted are the blockers that were let pass, sorted.
	Accepted []Code `json:"accepted,omitempty"`

	// Reason that was given.
	Reason string `json:"reason,omitempty"`

	// By is the uid of the FailoverTarget that decided: the holder.
	By string `json:"by,omitempty"`

	// Nonce tells two decisions of one uid apart. A cluster that was restored
	// from a snapshot of etcd has objects of the same uid as the lost one.
	Nonce string `json:"nonce,omitempty"`
}

// DataLoss is the age of the oldest data that was accepted, at the time of the
// decision. False if the decision moved no data, or accepted any age.
func (d Decision) DataLoss() (time.Duration, bool) {
	if d.Epoch != d.DataEpoch || d.DecidedAt.IsZero() || d.OldestData.IsZero() {
		return 0, false
	}

	return max(0, d.DecidedAt.Sub(d.OldestData)), true
}

// Describe tells a decision in one sentence, for an Event.
func (d Decision) Describe() string {
	var s string

	switch {
	case d.Epoch == 0:
		return "nothing is decided"
	case d.From == "" && d.Epoch == 1:
		s = d.Region + " is home and serves at " + epoch(d.Epoch)
	case d.From == "":
		s = d.Region + " is stated to serve at " + epoch(d.Epoch) + ", which decides nothing"
	case d.From == d.Region && d.Restore:
		s = "the data of " + d.Region + " is restored in place at " + epoch(d.Epoch)
	case d.From == d.Region:
		s = "control over " + d.Region + " is taken over at " + epoch(d.Epoch) + ", and no data moves"
	default:
		s = d.Region + " is active at " + epoch(d.Epoch) + ", and " + d.From + " is left"
	}

	if loss, ok := d.DataLoss(); ok && d.Epoch > 1 {
		s += "; data from " + stamp(d.OldestData) + " on is accepted (" + short(loss) + " before the decision)"
	}

	if len(d.Accepted) > 0 {
		s += "; accepted: " + joinCodes(d.Accepted)
	}

	if d.Reason != "" {
		s += "; reason: " + d.Reason
	}

	return s
}

// A State is what is recorded: the decision in force, and those before it.
type State struct {
	Decision

	// History of the decisions before, the newest first, at most HistoryLimit.
	History []Decision `json:"history,omitempty"`
}

// then returns the state after a decision.
func (s State) then(d Decision) State {
	if s.Epoch == 0 {
		return State{Decision: d}
	}

	history := append([]Decision{s.Decision}, s.History...)

	return State{Decision: d, History: history[:min(len(history), HistoryLimit)]}
}

// An Attempt is the newest decision that a control plane tried to record. It is
// remembered before the record is written, so that after a crash or a lost
// reply the control plane knows its own decision from that of a twin.
type Attempt struct {
	Epoch int64  `json:"epoch,omitempty"`
	Nonce string `json:"nonce,omitempty"`
}

func joinCodes(codes []Code) string {
	names := make([]string, 0, len(codes))
	for _, c := range codes {
		names = append(names, string(c))
	}

	slices.Sort(names)

	return strings.Join(names, ", ")
}
