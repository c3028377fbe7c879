package failover

import "fmt"

// An Observation is what a control plane sees at the start of a turn. It comes
// from one read of the FailoverTarget, whose resourceVersion every write of the
// turn to that object must carry.
type Observation struct {
	// Kept is what the annotation says, and KeptFault why it can't be read.
	Kept      Memory
	KeptFault string

	// Reported is what the status says.
	Reported Reported

	// Request is the spec.
	Request Request

	// Facts, but for Holder and Record, which follow from the rest.
	Facts Facts

	// Withheld says why this control plane must not decide, nor write the record.
	// Empty if it may.
	Withheld string
}

// Reported is what the status of a FailoverTarget says. Zero if it was lost.
type Reported struct {
	State

	Holder bool
}

// known is what a control plane knows in the middle of a turn.
type known struct {
	State

	holder bool
	fault  RecordFault

	// keptFault says what is wrong with the annotation.
	keptFault string

	// unrecorded is true when the record is empty and this control plane, which
	// holds the decision, must write it.
	unrecorded bool
}

// settle returns what is known: what the record says, if it is shared and
// answers, else what the object remembers. It never goes back.
func (o *Observation) settle(t Turn) known {
	remembered, keptFault := o.remembered()
	k := known{State: remembered.State, holder: o.holds(remembered.Decision, remembered), keptFault: keptFault}

	switch {
	case !o.Request.shared() && keptFault != "":
		k.fault = RecordFault{Code: CodeRecordUnreadable, Detail: keptFault}
	case !o.Request.shared():
	case t.Read:
		k.read(t.Record)
		k.holder = o.holds(k.Decision, remembered)
	}

	if o.Request.shared() && len(o.endpoints(k.Decision)) == 0 {
		k.fault = RecordFault{Code: CodeRecordUnreadable, Detail: "none of spec.forProvider.record.dynamoDB.regions may be called: they are dark, or being left"}
	}

	return k
}

// remembered returns what the object remembers: the annotation, or the status
// if that is newer or all there is. Each may be lost without the other: Velero
// drops the status, and an apply from Git the annotation.
func (o *Observation) remembered() (Reported, string) {
	kept, reported := Reported{State: o.Kept.State, Holder: o.Kept.Holder}, o.Reported
	reported.DataEpoch = reported.dataEpoch()

	switch {
	case o.KeptFault != "":
		return reported, "the annotation says nothing: " + o.KeptFault
	case reported.Epoch > kept.Epoch:
		return reported, ""
	case kept.Epoch > 0 && reported.Epoch == kept.Epoch && !agree(kept.Decision, reported.Decision):
		return reported, fmt.Sprintf("the annotation says that %s serves at %s, and the status says %s",
			kept.Region, epoch(kept.Epoch), reported.Region)
	}

	return kept, ""
}

// holds returns whether this control plane made a decision: it holds what is
// remembered of it, or attempted it. The status has no field for the nonce.
func (o *Observation) holds(d Decision, remembered Reported) bool {
	if d.Epoch == 0 || d.By == "" || d.By != o.Facts.UID {
		return false
	}

	attempted := o.Kept.Attempt == Attempt{Epoch: d.Epoch, Nonce: d.Nonce}
	held := remembered.Holder && remembered.Epoch == d.Epoch && (remembered.Nonce == "" || remembered.Nonce == d.Nonce)

	return attempted || held
}

// dataEpoch returns the newest epoch that moved the data. Where a status does
// not say, because a person wrote it, a decision that changed the region or
// restored in place did: the function reads it so, too.
func (d Decision) dataEpoch() int64 {
	switch {
	case d.DataEpoch > 0 || d.Epoch == 0:
		return min(d.DataEpoch, d.Epoch)
	case d.Restore || d.From != d.Region:
		return d.Epoch
	}

	return 1
}

// agree returns whether two sources say the same of an epoch.
func agree(a, b Decision) bool { return a.Region == b.Region && a.DataEpoch == b.DataEpoch }

// read takes in what the shared record says. It is believed unless it is older
// than, or contradicts, what is remembered: then it was lost, or is another
// one, and to follow it could activate a second region at one epoch.
func (k *known) read(r Reading) {
	unreadable := func(format string, args ...any) {
		k.fault = RecordFault{Code: CodeRecordUnreadable, Detail: fmt.Sprintf(format, args...)}
	}

	switch said := r.State; {
	case r.Fault.Code != "":
		k.fault = r.Fault
	case said.Epoch == 0 && k.holder:
		k.unrecorded = true
	case said.Epoch == 0 && k.Epoch > 0:
		unreadable("it is empty, but this object remembers %s, which %q decided and may write again", epoch(k.Epoch), k.By)
	case said.Epoch < k.Epoch:
		unreadable("it is at %s, but this object remembers %s, so it was lost or is another one; if this object is right, delete its item", epoch(said.Epoch), epoch(k.Epoch))
	case said.Epoch == k.Epoch && k.Epoch > 0 && !agree(said.Decision, k.Decision):
		unreadable("it says that %s serves at %s, but this object remembers %s: find out which takes writes", said.Region, epoch(k.Epoch), k.Region)
	default:
		k.State = said
	}
}
