package topology

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// birth returns how the serving copy comes to be, or what it waits for.
func (p *planner) birth(c *Component, cp *Copy, last *Observed) (Birth, string) {
	if why := p.blocked(cp.Region); why != "" {
		return Birth{}, why
	}

	// What was there is taken back by its name: if somebody deleted it on AWS,
	// that is told, and no empty one takes its place.
	if name := cmp.Or(c.Adopt[cp.Key], p.Memory.ExternalNames[cp.Key]); name != "" {
		return Birth{Kind: BornAdopted, ExternalName: name}, ""
	}

	if p.Decision.Epoch == 1 {
		return Birth{}, p.orphaned(c)
	}

	return p.descend(c, cp, last)
}

// descend returns how a copy comes to be by what its selection says, or what it
// waits for.
func (p *planner) descend(c *Component, cp *Copy, last *Observed) (Birth, string) {
	s, asked := p.ask(c, cp, last)
	consent := slices.Contains(c.EmptyAt, p.Decision.DataEpoch)

	switch {
	case asked && s.Existing == Present && s.ExternalName == "":
		return Birth{}, "for " + s.Key + " to say by which name to adopt what exists already"
	case asked && s.Existing == Present:
		// Even with consent to an empty one: it may be left from before.
		return Birth{Kind: BornAdopted, ExternalName: s.ExternalName}, ""
	case c.Restorable && !asked && !c.spread():
		return Birth{}, "for " + SelectionKey(c.Name, cp.Region, cp.Zone, p.lineage(last)) + " to say whether it exists already"
	case asked && s.Existing != Absent:
		return Birth{}, "for " + s.Key + ": it is not known whether it exists already"
	case consent:
		return Birth{Kind: BornEmpty}, ""
	}

	if why := p.unrestorable(c, cp, last); why != "" {
		return Birth{}, why
	}

	if why := p.unusable(c, &s); why != "" {
		return Birth{}, why
	}

	b := Birth{Kind: BornRestored, Snapshot: s.Snapshot, DataTime: s.DataTime}
	if last != nil {
		b.Source = last.Key
	}

	return b, ""
}

// ask returns what the selection of a birth says, and whether that says anything
// of what is to be born.
func (p *planner) ask(c *Component, cp *Copy, last *Observed) (SelectionFact, bool) {
	s, found := p.Selections[SelectionKey(c.Name, cp.Region, cp.Zone, p.lineage(last))]
	here := s.Region == "" || s.Region == cp.Region

	return s, found && here && s.Existing != "" && (p.Identity == nil || s.About == p.Identity(cp))
}

// orphaned says which observed store might be the one that is about to be born
// empty: one of its kind, of a component that the plan does not know.
func (p *planner) orphaned(c *Component) string {
	if slices.Contains(c.EmptyAt, 1) {
		return ""
	}

	known := func(name string) bool {
		return slices.ContainsFunc(p.Components, func(c Component) bool { return c.Name == name })
	}

	for i := range p.Observed {
		if o := &p.Observed[i]; c.Kind != "" && o.Kind == c.Kind && !known(o.Component) {
			return fmt.Sprintf("%s exists, and its component %s is not in the plan; if this one is new, spec.recovery.startEmpty {component: %s, epoch: 1} says so", o.Key, o.Component, c.Name)
		}
	}

	return ""
}

// unrestorable says why a snapshot must not be restored, however good it is.
func (p *planner) unrestorable(c *Component, cp *Copy, last *Observed) string {
	empty := fmt.Sprintf("spec.recovery.startEmpty {component: %s, epoch: %d} would consent to an empty one", c.Name, p.Decision.DataEpoch)

	switch {
	case c.spread():
		return "data that is spread over zones is not restored; spec.recovery.adopt takes over what somebody restored, and " + empty
	case !c.Restorable:
		return "its kind can't be restored from a snapshot; " + empty
	case last == nil && c.Replicable && p.Strategy != objective.BackupAndRestore:
		return "nothing of it is observed, so a promoted replica may serve under another name; spec.recovery.adopt says which"
	case last == nil:
		return ""
	case last.Region == cp.Region && (p.Decision.From != cp.Region || p.Decision.Epoch != p.Decision.DataEpoch):
		return last.Key + " served last, in this region, and nothing is known to have served after it; spec.recovery.adopt with its external name takes it over, and " + empty
	}

	replica := func(o Observed) bool {
		return o.Region == cp.Region && o.Zone == cp.Zone && o.Created && p.follows(c, &o, last.Key)
	}
	if i := slices.IndexFunc(p.observed[c.Name], replica); i >= 0 {
		return "for its replica " + p.observed[c.Name][i].Key + " to be ready, with data that the decision accepted; if it is lost, spec.recovery.retire lets a snapshot be restored"
	}

	return ""
}

// unusable says why a selection can't be restored from.
func (p *planner) unusable(c *Component, s *SelectionFact) string {
	switch {
	case s.Snapshot != "" && s.DataTime == "" && c.ToTime:
		return "for " + s.Key + " to say up to what time it can be restored"
	case s.Snapshot == "":
		return "for a snapshot: " + cmp.Or(s.Reason, s.Key+" has selected none")
	case p.Decision.OldestData != "" && (s.DataTime == "" || s.DataTime < p.Decision.OldestData):
		return "for newer data: the decision accepted none older than " + p.Decision.OldestData + ", and that of " + s.Snapshot + " is of " + cmp.Or(s.DataTime, "an unknown time")
	}

	return ""
}

// pinAnew returns what a copy that could not be made is to be made from, or
// what that waits for: maybe another snapshot, maybe it exists after all, and
// then it is taken over by its name.
func (p *planner) pinAnew(c *Component, o *Observed, cp *Copy, last *Observed) (Birth, string) {
	if !p.unmade(o) {
		return Birth{}, ""
	}

	if why := p.blocked(cp.Region); why != "" {
		return Birth{}, why
	}

	b, waits := p.descend(c, cp, last)

	switch adopt := c.Adopt[o.Key]; {
	case adopt != "" && adopt != b.ExternalName:
		// It has another name on AWS, and would be renamed to that of this copy.
		return Birth{}, "for a person: it could not be made, and spec.recovery.adopt is for what is not there yet; delete its managed resource, which deletes nothing on AWS, and " + adopt + " is adopted"
	case b.Kind == BornAdopted && o.ExternalName != "" && o.ExternalName != b.ExternalName:
		return Birth{}, "for a person: it could not be made, because " + b.ExternalName + " exists already, and it stands for " + o.ExternalName + "; if that is wrong, annotate it with crossplane.io/external-name: " + b.ExternalName
	case b.Kind == BornAdopted:
		// Whoever made it forgot so before it wrote down the name: a provider that
		// restarts while a database is restored.
		return b, ""
	case o.Refused && waits == "":
		// What the selection knows is older than that it was refused. It keeps the
		// snapshot that it was made from.
		return Birth{}, "for " + SelectionKey(c.Name, cp.Region, cp.Zone, p.lineage(last)) + " to say by which name to adopt what exists already"
	case b.Kind == BornRestored && o.Failed && o.RestoredFrom != "":
		return b, ""
	}

	return Birth{}, waits
}

// unmade returns whether a copy that was born by what its selection said could
// not be made. At epoch 1 none is asked: there a copy is made, or fails, as in
// any Composition.
func (p *planner) unmade(o *Observed) bool {
	asked := o.Epoch == p.Decision.DataEpoch && p.Decision.Epoch > 1 && (o.Epoch > 1 || o.RestoredFrom != "")

	return asked && !o.Created && (o.Failed || o.Refused)
}

// spread returns whether the component is spread over zones.
func (c *Component) spread() bool { return c.Zones != nil }
