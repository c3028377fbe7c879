package failover

// MaxTries is how often one turn tries to write the record.
const MaxTries = 3

// A StepKind is one thing that a control plane does in a turn.
type StepKind string

// The steps.
const (
	// StepRead: read the shared record, consistently.
	StepRead StepKind = "Read"

	// StepRemember: write Memory into the annotation.
	StepRemember StepKind = "Remember"

	// StepRecord: write State to the shared record, on the condition that its
	// epoch is Expect, or that it is empty if that is 0.
	StepRecord StepKind = "Record"

	// StepReport: write Report into the status. The turn is over.
	StepReport StepKind = "Report"

	// StepAgain: the object has changed under the turn. The turn is over, and
	// another one must begin with what is there now.
	StepAgain StepKind = "Again"
)

// A Step is the next thing to do in a turn.
type Step struct {
	Kind StepKind

	// Decides is true of a step with which a decision is made, or written again
	// where it was lost. Without it nothing outside of this object is changed.
	Decides bool

	// Endpoints are the regions at which the record may be called, in order. No
	// other may be.
	Endpoints []string

	Memory Memory
	State  State
	Expect int64
	Report Report
}

// A Report is what the status says.
type Report struct {
	State   State
	Outcome Outcome

	// Event tells the decision that the status did not know yet. Empty if there
	// is none.
	Event string
}

// A Result is what is known of a step that was carried out.
type Result string

// The results.
const (
	// ResultDone: it took effect, or the record was read.
	ResultDone Result = "Done"

	// ResultRefused: the condition of the write did not hold.
	ResultRefused Result = "Refused"

	// ResultUnknown: it may have taken effect, or may yet. The reply was lost,
	// or another write was replicated at the same time.
	ResultUnknown Result = "Unknown"
)

// A Reply is what came of a step.
type Reply struct {
	Result Result

	// Reading is the reply to StepRead.
	Reading Reading

	// Detail says why it is not known to be done.
	Detail string
}

// A Reading is what the shared record says: nothing, if State is zero. The
// fault says that nobody knows.
type Reading struct {
	State State
	Fault RecordFault
}

// A Turn is what a control plane has learned since it observed the object. It
// lives in memory, for one reconcile: the zero value begins one. What must
// survive a crash is in the annotation, the record and the status.
type Turn struct {
	// Read is true when Record is what the record said last.
	Read   bool
	Record Reading

	// Kept is what was written into the annotation, if it was.
	Kept *Memory

	// Tries is how often the record was written in vain, and Failure why.
	Tries   int
	Failure string

	// Over is true when there is nothing left to do but to begin again.
	Over bool
}

// Learn returns the turn after a step. Only an acknowledged write is believed:
// after any other reply the record is read again, and says who has won.
func (t Turn) Learn(s Step, r Reply) Turn {
	switch done := r.Result == ResultDone; {
	case s.Kind == StepRead:
		t.Read, t.Record = true, r.Reading
	case s.Kind == StepRecord && done:
		t.Record = Reading{State: s.State}
	case s.Kind == StepRecord:
		t.Read, t.Tries, t.Failure = false, t.Tries+1, r.Detail
	case s.Kind == StepRemember && done:
		t.Kept = &s.Memory
	default:
		t.Over = true
	}

	return t
}

// NextStep returns what a control plane does next. The order of the writes is
// that of authority, so that a crash between any two of them loses nothing that
// somebody has acted on: what is attempted (annotation), the decision (shared
// record), the memory of it (annotation), and last the status, which is all
// that others see.
func NextStep(t Turn, o Observation) Step {
	if t.Kept != nil {
		o.Kept, o.KeptFault = *t.Kept, ""
	}

	if t.Over {
		return Step{Kind: StepAgain}
	}

	remembered, _ := o.remembered()
	if endpoints := o.endpoints(remembered.Decision); o.Request.shared() && !t.Read && len(endpoints) > 0 {
		return Step{Kind: StepRead, Endpoints: endpoints}
	}

	k := o.settle(t)
	next, out := o.decide(&k, t)

	switch attempt := (Attempt{Epoch: next.Epoch, Nonce: next.Nonce}); {
	case k.unrecorded:
		return Step{Kind: StepRecord, Decides: true, Endpoints: o.endpoints(k.Decision), State: k.State}
	case next.Epoch == k.Epoch:
		return o.finish(&k, out)
	case !o.Request.shared():
		return Step{Kind: StepRemember, Decides: true, Memory: Memory{State: next, Holder: true, Attempt: attempt}}
	case o.Kept.Attempt != attempt:
		return Step{Kind: StepRemember, Decides: true, Memory: Memory{State: k.State, Holder: k.holder, Attempt: attempt}}
	}

	return Step{Kind: StepRecord, Decides: true, Endpoints: o.endpoints(k.Decision), State: next, Expect: k.Epoch}
}

// decide asks for a decision on what is known. One that could not be recorded,
// or must not be made here, is none.
func (o *Observation) decide(k *known, t Turn) (State, Outcome) {
	facts := o.Facts
	facts.Holder, facts.Record = k.holder, k.fault

	// A decision that was attempted keeps its nonce: the write may yet take
	// effect.
	if o.attempted(k) {
		facts.Nonce = o.Kept.Attempt.Nonce
	}

	next, out := Decide(k.State, o.Request, facts)
	failure := o.Withheld

	if failure != "" {
		failure += "; to let it: " + patch(facts.Target, `{"op":"replace","path":"/spec/managementPolicies","value":["*"]}`)
	}

	switch {
	case next.Epoch == k.Epoch && !k.unrecorded:
		return next, out
	case failure == "" && t.Tries < MaxTries:
		return next, out
	case failure == "":
		failure = t.Failure
	}

	k.unrecorded = false
	facts.Record = RecordFault{Code: CodeRecordNotWritten, Detail: failure}

	return Decide(k.State, o.Request, facts)
}

// attempted returns whether the next decision was attempted before.
func (o *Observation) attempted(k *known) bool {
	next := k.Epoch + 1
	if a := o.Request.Activation; k.Epoch == 0 && a != nil {
		next = a.Epoch
	}

	return o.Kept.Attempt.Epoch == next
}

// finish brings the annotation up to date, and then the status. An annotation
// that can't be read is left as it is while nothing better is known.
func (o *Observation) finish(k *known, out Outcome) Step {
	memory := Memory{State: k.State, Holder: k.holder, Attempt: o.Kept.Attempt}

	if !memory.equal(o.Kept) && (k.fault.Code == "" || k.keptFault == "") {
		return Step{Kind: StepRemember, Memory: memory}
	}

	report := Report{State: k.State, Outcome: out}
	if k.Epoch != o.Reported.Epoch {
		report.Event = k.Describe()
	}

	return Step{Kind: StepReport, Report: report}
}
