package objective

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Verdict on an objective. The words are those of AWS Resilience Hub, of which
// MetCanImprove is left out: a cheaper strategy is none that keeps it better.
type Verdict string

// The verdicts.
const (
	// Met: it is kept.
	Met Verdict = "Met"

	// BreachedCanMeet: it is not kept, and a change would keep it.
	BreachedCanMeet Verdict = "BreachedCanMeet"

	// Unattainable: nothing that crossdr can do with these components keeps it.
	Unattainable Verdict = "Unattainable"
)

// A Judgement on one objective.
type Judgement struct {
	// Value is what can be achieved. Nil if nobody knows.
	Value *time.Duration

	// Met is true when the objective is kept now. Without an objective there is
	// nothing to keep.
	Met bool

	// Verdict is empty without an objective.
	Verdict Verdict

	// Because says in one sentence why, and what would help.
	Because string

	// Measured is true when the value was measured, by a failover.
	Measured bool
}

// A Measured failover.
type Measured struct {
	Epoch    int64
	From, To string
	Took     time.Duration
}

// JudgeRTO judges how long a failover would take. Up are the components that
// have a copy in the region that would take over. A measured time replaces the
// estimate.
func JudgeRTO(in Objectives, p *Plan, components []Component, up map[string]bool, measured *Measured) Judgement {
	e := Path(components, up, p.Strategy == MultiSite)
	out := Judgement{Value: &e.Takes, Because: e.String(), Met: len(e.Unknown) == 0}

	switch {
	case measured != nil:
		out.Value, out.Measured, out.Met = &measured.Took, true, true
		out.Because = fmt.Sprintf("the failover from %s to %s at epoch %d took %s", measured.From, measured.To, measured.Epoch, Short(measured.Took))
	case !out.Met:
		out.Value = nil
		out.Because = "nobody knows how long it takes to bring back " + some(e.Unknown) + " by hand"
	}

	if in.RTO == nil {
		return out
	}

	out.Met = out.Met && *out.Value <= *in.RTO
	out.Verdict = Met

	if !out.Met {
		out.breachedRTO(in, p, components, &e)
	}

	return out
}

// some tells the first of many names.
func some(names []string) string {
	if left := len(names) - shown; left > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), left)
	}

	return strings.Join(names, ", ")
}

// breachedRTO says what would keep an rto that is not kept.
func (j *Judgement) breachedRTO(in Objectives, p *Plan, components []Component, now *Estimate) {
	j.Verdict = BreachedCanMeet

	if better := in.faster(p, components, j.Measured); better != "" {
		j.Because += "; " + better

		return
	}

	if j.Value == nil {
		j.Because += ": try it, and state facts.restore of it in the plan"

		return
	}

	planned := estimate(components, p.Strategy, in.derives())

	switch longest, ok := now.Dominating(); {
	case len(planned.Unknown) == 0 && planned.Takes <= *in.RTO && j.Measured:
		j.Because += fmt.Sprintf(", and was estimated at %s: find out what held it up, or state in facts of the plan what it takes", Short(planned.Takes))
	case len(planned.Unknown) == 0 && planned.Takes <= *in.RTO:
		j.Because += fmt.Sprintf("; with all standbys that the strategy asks for it would be %s", Short(planned.Takes))
	case ok && !j.Measured:
		j.Verdict = Unattainable
		j.Because += "; " + in.slow(components) + ", and " + longest.Component + " takes the most of it"
	default:
		j.Verdict = Unattainable
		j.Because += "; " + in.slow(components)
	}
}

// slow says that no strategy keeps the rto, or none of those that keep the rpo.
func (in Objectives) slow(components []Component) string {
	for _, s := range strategies() {
		if e := estimate(components, s, false); len(e.Unknown) == 0 && e.Takes <= *in.RTO && !in.keptBy(s, components) {
			return fmt.Sprintf("no strategy that keeps rpo %s is fast enough", Short(*in.RPO))
		}
	}

	return "no strategy is fast enough"
}

// faster names a strategy that keeps the rto where the one in force does not, or
// "".
func (in Objectives) faster(p *Plan, components []Component, measured bool) string {
	if in.Stated != "" {
		free := in
		free.Stated = ""

		if left, err := Derive(free, components); err == nil {
			if e := estimate(components, left.Strategy, true); len(e.Unknown) == 0 && e.Takes <= *in.RTO {
				return fmt.Sprintf("without spec.recovery.strategy it would be %s, and take %s", left.Strategy, Short(e.Takes))
			}
		}
	}

	for _, s := range strategies() {
		if !in.replaces(s, p.Strategy, components, measured) {
			continue
		}

		if e := estimate(components, s, false); len(e.Unknown) == 0 && e.Takes <= *in.RTO {
			return fmt.Sprintf("the strategy %s would take %s", s, Short(e.Takes))
		}
	}

	return ""
}

// replaces returns whether a strategy may be advised in place of the one in
// force. A slower one keeps more only where a replica takes longer than a
// restore, by the facts. A measured time says nothing of that, and time must not
// be bought with data.
func (in Objectives) replaces(s, now Strategy, components []Component, measured bool) bool {
	if s.AtLeast(now) {
		return s != now
	}

	return !measured && in.keptBy(s, components)
}

// keptBy returns whether a strategy keeps the rpo, by the facts.
func (in Objectives) keptBy(s Strategy, components []Component) bool {
	up := standing(components, s, false)

	return in.RPO == nil || !slices.ContainsFunc(components, func(c Component) bool {
		age, _, known := c.age(up[c.Name], in.RPO)

		return c.store() && (!known || age > *in.RPO)
	})
}

// A Seen says what is observed of the data of one store in the region that
// would take over.
type Seen struct {
	Component string

	// Kept is true when it is proven that the data is there, and new enough.
	Kept bool

	// Why not.
	Why string
}

// JudgeRPO judges how much data a failover would lose: by the facts whether the
// objective can be kept at all, and by what is observed whether it is now.
func JudgeRPO(in Objectives, p *Plan, components []Component, up map[string]bool, seen []Seen) Judgement {
	out := Judgement{Met: true, Because: "no component is of tier Data, so no data is watched"}

	var unknown string

	for i := range components {
		c := &components[i]
		if !c.store() {
			continue
		}

		age, how, known := c.age(up[c.Name], in.RPO)

		switch {
		case !known:
			unknown = cmp.Or(unknown, how)
		case out.Value == nil || age > *out.Value:
			out.Value, out.Because = &age, how
		}
	}

	if unknown != "" {
		out.Value, out.Because, out.Met = nil, unknown, false
	}

	if in.RPO == nil {
		return out
	}

	// What is seen decides whether it is kept now, and the facts whether that can
	// last.
	out.Verdict, out.Met = Met, true

	if why := out.breachedRPO(in, p, components, up); why != "" {
		out.Because = why
	}

	switch i := slices.IndexFunc(seen, func(s Seen) bool { return !s.Kept }); {
	case i < 0 && out.Verdict != Met:
		out.Because += " (what is there now is new enough)"
	case i < 0:
	case out.Verdict == Met:
		out.Met, out.Verdict, out.Because = false, BreachedCanMeet, seen[i].Why
	default:
		out.Met = false
	}

	return out
}

// age returns how old the data of a store in the other region can be, and in
// words what of it is there. Up is true when a replica is.
func (c *Component) age(up bool, rpo *time.Duration) (age time.Duration, how string, known bool) {
	f := &c.Facts

	switch {
	case up:
		return f.ReplicaLag, fmt.Sprintf("the replica of %s lags up to %s", c.Name, Short(f.ReplicaLag)), true
	case !c.Restorable || f.SnapshotEvery == 0:
		return 0, fmt.Sprintf("crossdr can't bring back %s (%s) in another region", c.Name, c.Kind), false
	case rpo != nil && *rpo >= f.snapshotAge():
		return f.snapshotAge(), fmt.Sprintf("%s is restored from a snapshot: to keep rpo %s, copy one to the other region at least every %s", c.Name, Short(*rpo), Short(*rpo-f.SnapshotCopy)), true
	}

	return f.snapshotAge(), fmt.Sprintf("%s is restored from a snapshot, which can be %s old: one every %s, and %s to copy it", c.Name, Short(f.snapshotAge()), Short(f.SnapshotEvery), Short(f.SnapshotCopy)), true
}

// breachedRPO sets the verdict of the store that keeps the objective the least,
// and says why, or nothing if all keep it.
func (j *Judgement) breachedRPO(in Objectives, p *Plan, components []Component, up map[string]bool) string {
	var why string

	for i := range components {
		c := &components[i]
		if !c.store() {
			continue
		}

		age, how, known := c.age(up[c.Name], in.RPO)

		switch {
		case known && age <= *in.RPO:
		case !up[c.Name] && c.Replicable && c.Facts.ReplicaLag <= *in.RPO:
			if j.Verdict == Met {
				j.Verdict = BreachedCanMeet
				why = fmt.Sprintf("%s; a replica would lag up to %s: %s", how, Short(c.Facts.ReplicaLag), c.toReplicate(in, p))
			}
		case j.Verdict != Unattainable:
			j.Verdict = Unattainable
			why = how + "; " + c.instead(up[c.Name], known)
		}
	}

	return why
}

// toReplicate says how the store gets a replica.
func (c *Component) toReplicate(in Objectives, p *Plan) string {
	switch {
	case c.Stated == BackupAndRestore:
		return "take regions of " + c.Name + " out of the plan"
	case in.Stated == BackupAndRestore:
		return "leave spec.recovery.strategy out, or state " + string(PilotLight)
	case p.Strategy == BackupAndRestore:
		return "state the strategy " + string(PilotLight)
	}

	return "docs/data.md says how one is made again"
}

// instead says what to do about a store that can't keep the objective.
func (c *Component) instead(up, known bool) string {
	switch {
	case !known && !c.Replicable:
		return "keep this data in a kind of store that it can, or give it another tier if it can be made again"
	case up || c.Replicable:
		return "no replica of the kind " + c.Kind + " is closer: keep this data in another kind of store, or allow a longer rpo"
	}

	return c.Kind + " has no replica that crossdr could promote: keep this data in another kind of store, or allow a longer rpo"
}
