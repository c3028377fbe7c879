package topology

import (
	"cmp"
	"slices"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// PlacementOf returns where a tier puts copies under a strategy.
func PlacementOf(t Tier, s objective.Strategy) Placement {
	switch {
	case t == Global, t == Workload:
		return Once
	case s == objective.MultiSite:
		return All
	case t == Protection:
		return ActiveAndStandby
	case s == objective.BackupAndRestore:
		return Active
	case t == Compute && s == objective.PilotLight:
		return Active
	}

	return ActiveAndStandby
}

// Plan decides which copies there are, and which SnapshotSelections they need.
// Every observed copy is among them: what nothing plans for any more is fenced
// or kept. The results are sorted by key.
func Plan(in Input) ([]Copy, []Selection) {
	p := planner{Input: in, placed: map[string]bool{}, taken: map[string]bool{}, observed: map[string][]Observed{}}

	for _, o := range in.Observed {
		p.observed[o.Component] = append(p.observed[o.Component], o)
		p.taken[o.Key] = true
	}

	for i := range in.Components {
		c := &in.Components[i]

		switch {
		case c.Parent != "", c.Follows != "":
		case c.Tier == Data:
			p.placeData(c)
		case c.RunsOnce:
			p.placeWorkload(c)
		default:
			p.placeStateless(c)
		}
	}

	for i := range in.Components {
		switch c := &in.Components[i]; {
		case c.Parent != "":
			p.placeDependent(c)
		case c.Follows != "":
			p.placeFollower(c)
		}
	}

	for i := range in.Observed {
		p.keep(&in.Observed[i])
	}

	for i := range p.copies {
		p.copies[i].Store = p.storeOf(p.copies[i].Key)
	}

	slices.SortFunc(p.copies, func(a, b Copy) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(p.selections, func(a, b Selection) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Source, b.Source)) })
	// Of two replicas in one place, one is enough to watch.
	p.selections = slices.CompactFunc(p.selections, func(a, b Selection) bool { return a.Key == b.Key })

	return p.copies, p.selections
}

type planner struct {
	Input

	observed map[string][]Observed
	placed   map[string]bool
	taken    map[string]bool
	copies   []Copy

	selections []Selection
}

func (p *planner) home() string { return p.Regions[0] }

func (p *planner) placement(c *Component) Placement {
	if c.Placement != "" && c.Tier != Global && c.Tier != Workload {
		return c.Placement
	}

	return PlacementOf(c.Tier, p.Strategy)
}

// wanted returns the regions in which the component has copies, and the role
// of each.
func (p *planner) wanted(c *Component) []Copy {
	var out []Copy

	placement := p.placement(c)

	for _, r := range p.Regions {
		active := r == p.Decision.Active

		switch {
		case placement == Once:
			return []Copy{{Role: Serving}}
		case active && placement != Home:
			out = append(out, Copy{Region: r, Role: Serving})
		case placement == All && c.Tier == Compute && p.left(r):
			// Its servers must not write to the database that was left.
			out = append(out, Copy{Region: r, Role: Standby})
		case placement == All && c.Tier != Data:
			out = append(out, Copy{Region: r, Role: Serving})
		case placement == Home && r == p.home():
			role := Standby
			if active {
				role = Serving
			}

			out = append(out, Copy{Region: r, Role: role})
		case placement == All, placement == ActiveAndStandby:
			out = append(out, Copy{Region: r, Role: Standby})
		}
	}

	return out
}

// zones returns the zones of the component in a region, or one empty zone.
func zones(c *Component, region string) []string {
	if c.Zones == nil || region == "" {
		return []string{""}
	}

	return c.Zones[region]
}

func (p *planner) placeStateless(c *Component) {
	for _, w := range p.wanted(c) {
		for _, z := range zones(c, w.Region) {
			cp := w
			cp.Component, cp.Zone = c.Name, z

			if o := p.find(c, func(o *Observed) bool { return p.isStatelessCopy(c, o, w.Region, z) }); o != nil {
				cp.Key, cp.Epoch, cp.Exists = o.Key, o.Epoch, true
				p.add(cp)

				continue
			}

			var free bool
			if cp.Key, free = p.free(c, w.Region, z, 1); free {
				cp.Epoch, cp.Waits = p.Decision.Epoch, cmp.Or(p.blocked(w.Region), p.rebuilt(c, cp.Key))
				p.add(cp)
			}
		}
	}
}

// isStatelessCopy returns whether an observed copy is the one in a region and
// zone. A copy without data is used again at every later epoch.
func (p *planner) isStatelessCopy(c *Component, o *Observed, region, zone string) bool {
	if region == "" {
		return o.Key == c.Name
	}

	return o.Region == region && o.Zone == zone
}

// find returns the first match among the observed copies of a component that
// are not placed yet: the oldest, and of one age the first by key.
func (p *planner) find(c *Component, match func(*Observed) bool) *Observed {
	var found *Observed

	all := p.observed[c.Name]
	for i := range all {
		o := &all[i]
		if p.placed[o.Key] || !match(o) {
			continue
		}

		if found == nil || cmp.Or(cmp.Compare(o.Epoch, found.Epoch), cmp.Compare(o.Key, found.Key)) < 0 {
			found = o
		}
	}

	return found
}

// blocked says why nothing new may be created in a region.
func (p *planner) blocked(region string) string {
	switch {
	case !p.Decision.Holder:
		return "this control plane is not the holder of " + display(p.Decision.Target) + " and only observes"
	case p.Decision.Dark[region] && region != p.Decision.Active:
		return region + " does not answer"
	}

	return ""
}

func (p *planner) add(c Copy) {
	p.placed[c.Key] = true
	p.copies = append(p.copies, c)
}

// free returns a key for a copy that does not exist yet, or false. A key that
// is observed already is never used again: whatever has it would be taken for
// the new copy.
func (p *planner) free(c *Component, region, zone string, born int64) (string, bool) {
	key := p.key(c, region, zone, born)
	if p.taken[key] {
		key = Key(c.Name, p.home(), region, zone, born)
	}

	return key, !p.taken[key]
}

// keep adds an observed copy that nothing planned.
func (p *planner) keep(o *Observed) {
	if p.placed[o.Key] {
		return
	}

	p.add(Copy{
		Key: o.Key, Component: o.Component, Region: o.Region, Zone: o.Zone,
		Role: p.unplanned(o), Epoch: o.Epoch, Exists: true,
	})
}

// unplanned returns the role of an observed copy that nothing planned: fenced
// if it served, kept if it never did or its component is gone. (A standby copy
// of data can be promoted even when it is kept.)
func (p *planner) unplanned(o *Observed) Role {
	i := slices.IndexFunc(p.Components, func(c Component) bool { return c.Name == o.Component })

	switch {
	case i >= 0 && p.sharesServing(&p.Components[i], o):
		return Kept
	case o.Role == Fenced:
		return Fenced
	case i < 0, o.Role == Kept, !slices.Contains(p.Regions, o.Region):
		return Kept
	case o.Role == Standby, p.Components[i].Tier == Data && !p.everServed(o):
		return Kept
	}

	return Fenced
}

// storeOf returns the store that an observed copy is of, if that may be in
// several regions at once.
func (p *planner) storeOf(key string) string {
	if i := slices.IndexFunc(p.Observed, func(o Observed) bool { return o.Key == key }); i >= 0 {
		return p.Observed[i].Store
	}

	return ""
}

// sharesServing returns whether an observed copy is of the store that serves.
func (p *planner) sharesServing(c *Component, o *Observed) bool {
	return slices.ContainsFunc(p.copies, func(cp Copy) bool {
		return cp.Component == c.Name && cp.Role == Serving && p.shares(c, o, cp.Key)
	})
}

// left returns whether the data of the XR served in a region and does not any
// more.
func (p *planner) left(region string) bool {
	if region == p.Decision.Active {
		return false
	}

	return region == p.Decision.From || slices.ContainsFunc(p.Observed, func(o Observed) bool {
		i := slices.IndexFunc(p.Components, func(c Component) bool { return c.Name == o.Component })

		return i >= 0 && p.Components[i].Tier == Data && o.Region == region && (o.Role == Fenced || o.Role == Serving)
	})
}
