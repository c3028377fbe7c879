package failover

import (
	"fmt"
	"slices"
	"strings"
)

// Decide returns the state that is to be recorded, and what came of the
// request. The state is the given one unless a decision is made; then the
// outcome's reason is ReasonDecided, and nothing may follow the decision before
// it is recorded.
//
// Decide never lowers the epoch, and never raises it by more than one, unless
// nothing is recorded and a person states how things are. To decide twice is to
// decide once: the request that made a decision leaves it as it is.
func Decide(s State, r Request, f Facts) (State, Outcome) {
	c := &consideration{state: s, request: &r, facts: &f}

	next, out := c.decide()
	out.Holder = f.Holder && s.Epoch > 0

	return next, out
}

// A consideration is what a decision is made from.
type consideration struct {
	state   State
	request *Request
	facts   *Facts
}

// decide returns what the first rule that applies says. If none does, the
// activation is carried out.
func (c *consideration) decide() (State, Outcome) {
	for _, rule := range c.rules() {
		if next, out, applies := rule(); applies {
			return next, out
		}
	}

	return c.made(c.activated())
}

// A rule returns what comes of a request that it applies to.
type rule func() (State, Outcome, bool)

// rules in their order.
func (c *consideration) rules() []rule {
	return []rule{
		c.invalid,
		c.unknown,
		c.adopting,
		c.undecided,
		c.firstSight,
		c.notAsked,
		c.repeated,
		c.conflicting,
		c.stale,
		c.misadopted,
		c.blocked,
	}
}

// invalid: what is asked for can't be read, so nothing changes.
func (c *consideration) invalid() (State, Outcome, bool) {
	faults := Validate(c.state, *c.request)
	said := make([]string, 0, len(faults))

	for _, f := range faults {
		said = append(said, f.String())
	}

	phase := PhaseSteady

	switch a := c.request.Activation; {
	case c.state.Epoch == 0:
		phase = PhasePending
	case a != nil && a.Epoch > c.state.Epoch:
		phase = PhaseBlocked
	}

	return c.state, Outcome{Phase: phase, Reason: ReasonInvalid, Message: strings.Join(said, "; "), Faults: faults}, len(faults) > 0
}

// unknown: nothing is known, and the record does not say that nothing is
// recorded.
func (c *consideration) unknown() (State, Outcome, bool) {
	code, message := c.recordFault()

	return c.state, Outcome{Phase: PhasePending, Reason: Reason(code), Message: message}, c.state.Epoch == 0 && code != ""
}

// adopting: nothing is recorded, and a person says how things are.
func (c *consideration) adopting() (State, Outcome, bool) {
	if c.state.Epoch > 0 || c.request.Activation == nil || !c.activation().Adopt {
		return State{}, Outcome{}, false
	}

	return decided(c.made(c.adopted()))
}

// undecided: nothing is recorded, and what is asked for can't be the first
// decision. Decisions were made that nobody here knows of.
func (c *consideration) undecided() (State, Outcome, bool) {
	if c.state.Epoch > 0 || c.request.Activation == nil {
		return State{}, Outcome{}, false
	}

	a := c.activation()

	return c.state, Outcome{Phase: PhasePending, Reason: ReasonUndecided, Message: fmt.Sprintf(
		"%s is asked for in %s, and no decision is recorded that it could follow. If things are as it says, state that: %s. If this target is new, remove spec.forProvider.activation: home serves first",
		epoch(a.Epoch), a.Region, c.amend("adopt", "true"))}, true
}

// firstSight: nothing is recorded or asked for, so home serves.
func (c *consideration) firstSight() (State, Outcome, bool) {
	if c.state.Epoch > 0 {
		return State{}, Outcome{}, false
	}

	return decided(c.made(c.home()))
}

// notAsked: the recorded decision stands.
func (c *consideration) notAsked() (State, Outcome, bool) {
	return c.state, c.standing(), c.request.Activation == nil
}

// repeated: what is asked for is what is recorded.
func (c *consideration) repeated() (State, Outcome, bool) {
	a := c.request.Activation

	return c.state, c.standing(), a.Epoch == c.state.Epoch && c.same()
}

// conflicting: what is asked for was decided otherwise. The record stands.
func (c *consideration) conflicting() (State, Outcome, bool) {
	a := c.request.Activation

	return c.state, Outcome{Phase: PhaseSteady, Reason: ReasonConflict, Message: fmt.Sprintf(
		"the activation asks for %s at %s, but that is decided otherwise: %s. It changes nothing; ask for %s",
		asked(a), epoch(a.Epoch), c.state.Describe(), epoch(c.state.Epoch+1))}, a.Epoch == c.state.Epoch
}

// stale: the activation is not for the next epoch, so it was made for another
// state of things. While the record does not answer, one that is ahead may
// still be right.
func (c *consideration) stale() (State, Outcome, bool) {
	a, next := c.request.Activation, c.state.Epoch+1

	return c.state, Outcome{Phase: PhaseSteady, Reason: ReasonStale, Message: fmt.Sprintf(
		"the activation is for %s, but %s is active at %s, so the next one is for %s: it changes nothing",
		epoch(a.Epoch), c.state.Region, epoch(c.state.Epoch), epoch(next))}, a.Epoch < next || a.Epoch > next && c.facts.Record.Code == ""
}

// misadopted: adopt states how things are, and they are otherwise.
func (c *consideration) misadopted() (State, Outcome, bool) {
	a := c.request.Activation

	return c.state, Outcome{Phase: PhaseSteady, Reason: ReasonConflict, Message: fmt.Sprintf(
		"the activation states that %s serves at %s, but %s is active at %s, as is recorded. It changes nothing; to decide it, set adopt to false",
		a.Region, epoch(a.Epoch), c.state.Region, epoch(c.state.Epoch))}, a.Adopt
}

// blocked: something stands against the activation that nobody has accepted.
func (c *consideration) blocked() (State, Outcome, bool) {
	var refused []Blocker

	for _, b := range c.blockers() {
		if acceptable, _ := b.Code.acceptable(); !acceptable || !slices.Contains(c.activation().Accept, b.Code) {
			refused = append(refused, b)
		}
	}

	said := make([]string, 0, len(refused))
	for _, b := range refused {
		said = append(said, string(b.Code)+": "+b.Message)
	}

	return c.state, Outcome{
		Phase: PhaseBlocked, Reason: ReasonBlocked, BlockedBy: refused,
		Message: fmt.Sprintf("%s stays active at %s. %s", c.state.Region, epoch(c.state.Epoch), strings.Join(said, ". ")),
	}, len(refused) > 0
}
