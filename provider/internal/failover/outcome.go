package failover

// A Phase is where a FailoverTarget stands. The words are those of the API.
type Phase string

// The phases.
const (
	// PhasePending: no decision is known. Nothing follows the target.
	PhasePending Phase = "Pending"

	// PhaseSteady: the recorded decision stands, and nothing else is asked for
	// that could be done.
	PhaseSteady Phase = "Steady"

	// PhaseBlocked: an activation is asked for and refused. The recorded
	// decision stands.
	PhaseBlocked Phase = "Blocked"
)

// A Reason says in a word why an outcome is what it is: the reason of a
// condition.
type Reason string

// The reasons. Those of a record that can't be used are its codes.
const (
	// ReasonDecided: a decision is to be recorded. It is in force once it is.
	ReasonDecided Reason = "Decided"

	// ReasonSteady: the recorded decision stands, and this control plane acts on
	// it.
	ReasonSteady Reason = "Steady"

	// ReasonFollowing: the recorded decision stands, and another control plane
	// acts on it.
	ReasonFollowing Reason = "Following"

	// ReasonStale: the activation is not for the next epoch.
	ReasonStale Reason = "Stale"

	// ReasonConflict: the activation says otherwise than what is recorded for
	// its epoch.
	ReasonConflict Reason = "Conflict"

	// ReasonInvalid: the request has faults.
	ReasonInvalid Reason = "Invalid"

	// ReasonBlocked: the activation is refused.
	ReasonBlocked Reason = "Blocked"

	// ReasonUndecided: an activation is asked for, and nothing is recorded that
	// it could follow.
	ReasonUndecided Reason = "Undecided"
)

// An Outcome is what came of a request.
type Outcome struct {
	Phase  Phase
	Reason Reason

	// Message for people: one sentence, and what to do. It is the same until
	// something changes.
	Message string

	// Holder is true when this control plane may act.
	Holder bool

	// BlockedBy lists every reason why the activation is refused.
	BlockedBy []Blocker

	// Faults of the request.
	Faults []Fault
}
