package failover

import (
	"cmp"
	"slices"
	"strconv"
)

func (c *consideration) activation() *Activation { return c.request.Activation }

// region is the one that is to be activated.
func (c *consideration) region() Region { return c.facts.Regions[c.activation().Region] }

// moves returns whether the activation moves the data, or restores it in place.
func (c *consideration) moves() bool {
	return c.activation().Region != c.state.Region || c.activation().Restore
}

// same returns whether the activation asks for what the decision in force did.
// Where that left a region, or was only stated, restore says nothing.
func (c *consideration) same() bool {
	a, d := c.activation(), c.state.Decision

	return a.Region == d.Region && (d.From != d.Region || a.Restore == d.Restore)
}

// made returns the state with a decision, and the outcome.
func (c *consideration) made(d Decision) (State, Outcome) {
	d.By, d.Nonce = c.facts.UID, c.facts.Nonce

	return c.state.then(d), Outcome{Phase: PhaseSteady, Reason: ReasonDecided, Message: d.Describe()}
}

func decided(s State, out Outcome) (State, Outcome, bool) { return s, out, true }

// home is the first decision of all.
func (c *consideration) home() Decision {
	return Decision{Region: c.request.Regions[0], Epoch: 1, DataEpoch: 1, DecidedAt: c.now()}
}

// adopted is how things are, as a person says. Nobody knows when that was
// decided, or what was left.
func (c *consideration) adopted() Decision {
	a := c.activation()

	return Decision{Region: a.Region, Epoch: a.Epoch, DataEpoch: cmp.Or(a.DataEpoch, a.Epoch), Reason: a.Reason}
}

// activated is the decision that the activation asks for.
func (c *consideration) activated() Decision {
	a := c.activation()
	d := Decision{
		Region: a.Region, Epoch: a.Epoch, From: c.state.Region, Restore: a.Restore,
		DecidedAt: c.now(), Reason: a.Reason, Accepted: c.accepted(),
	}

	if !c.moves() {
		// What the data may be as old as was accepted when it moved, and may
		// still be waited for.
		d.DataEpoch, d.OldestData = c.state.DataEpoch, c.state.OldestData

		return d
	}

	d.DataEpoch, d.OldestData = a.Epoch, c.loss().accepted(c.now(), a.MaxDataLoss)

	return d
}

// accepted are the blockers that are let pass.
func (c *consideration) accepted() []Code {
	blockers := c.blockers()
	if len(blockers) == 0 {
		return nil
	}

	codes := make([]Code, 0, len(blockers))

	for _, b := range blockers {
		codes = append(codes, b.Code)
	}

	slices.Sort(codes)

	return codes
}

// standing is the outcome when the recorded decision stands, and nothing else
// is asked for.
func (c *consideration) standing() Outcome {
	out := Outcome{Phase: PhaseSteady, Reason: ReasonSteady, Message: c.state.Region + " is active at " + epoch(c.state.Epoch)}

	code, message := c.recordFault()

	switch {
	case code != "":
		out.Reason, out.Message = Reason(code), out.Message+", but "+message
	case !c.facts.Holder:
		out.Reason, out.Message = ReasonFollowing, out.Message+". "+c.following()
	}

	return out
}

// following says who acts, and how to take over.
func (c *consideration) following() string {
	by := "by " + cmp.Or(c.state.By, "nobody that is known")
	if c.state.By == c.facts.UID {
		by = "by a twin of this control plane, which has the same uid and another memory"
	}

	return "It was decided " + by + ", and this control plane (" + c.facts.UID + ") only observes. " +
		"To take over control, which moves nothing: " + c.takeOver()
}

func (c *consideration) takeOver() string {
	return c.activate(`"region":"` + c.state.Region + `","epoch":` + strconv.FormatInt(c.state.Epoch+1, 10))
}

// asked says what an activation asks for.
func asked(a *Activation) string {
	if a.Restore {
		return a.Region + " to be restored in place"
	}

	return a.Region
}
