package topology

import (
	"cmp"
	"slices"
)

// A Tier says what kind of thing a component is.
type Tier string

// The tiers.
const (
	Global     Tier = "Global"
	Protection Tier = "Protection"
	Network    Tier = "Network"
	Data       Tier = "Data"
	Compute    Tier = "Compute"
	Workload   Tier = "Workload"
)

// A Strategy is one of AWS's four.
type Strategy string

// The strategies, the slowest first.
const (
	BackupAndRestore Strategy = "BackupAndRestore"
	PilotLight       Strategy = "PilotLight"
	WarmStandby      Strategy = "WarmStandby"
	MultiSite        Strategy = "MultiSite"
)

// A Placement says in which regions copies of a component exist.
type Placement string

// The placements. A plan may state all but the last two.
const (
	Active           Placement = "Active"
	ActiveAndStandby Placement = "ActiveAndStandby"
	Home             Placement = "Home"
	All              Placement = "All"
	Once             Placement = "Once"
)

// A Role is what a copy is there for.
type Role string

// The roles.
const (
	// Serving copies take the traffic.
	Serving Role = "Serving"

	// Standby copies are ready in a region that does not serve.
	Standby Role = "Standby"

	// Fenced copies served once and are only observed.
	Fenced Role = "Fenced"

	// Kept copies are no longer planned and only observed.
	Kept Role = "Kept"
)

// PlacementOf returns where a tier puts copies under a strategy.
func PlacementOf(t Tier, s Strategy) Placement {
	switch {
	case t == Global, t == Workload:
		return Once
	case s == MultiSite:
		return All
	case t == Protection:
		return ActiveAndStandby
	case s == BackupAndRestore:
		return Active
	case t == Compute && s == PilotLight:
		return Active
	}

	return ActiveAndStandby
}

// A Component of the plan.
type Component struct {
	Name string
	Tier Tier

	// Placement that the plan states, or "" for that of the tier.
	Placement Placement

	// Zones that the component is spread over, by region. Nil if it is not
	// spread.
	Zones map[string][]string

	// AdoptedZones maps a zone to the key that occupies it already.
	AdoptedZones map[string]string

	// EmptyAt are the epochs at which a Data component may be born empty.
	EmptyAt []int64

	// Adopt maps a key to the external name of what exists on AWS already.
	Adopt map[string]string

	// Restorable is true when the kind can be born from a snapshot.
	Restorable bool

	// Replicable is true when the kind can be born as a replica.
	Replicable bool

	// Dependent is true for a kind that holds no data of its own but belongs to
	// one that does, as the instance of a database cluster: it is born anew
	// with that, from nothing.
	Dependent bool

	// RunsOnce is true for a Workload that runs once after each failover.
	RunsOnce bool
}

// A Decision says which region serves.
type Decision struct {
	// Target is the name of the FailoverTarget, "" if the XR names none.
	Target string

	// Active region.
	Active string

	// Epoch of the decision.
	Epoch int64

	// From is the region that served before the decision, or "".
	From string

	// DataEpoch is the newest epoch that moved the data, or restored it in
	// place. A decision that only takes over control does neither.
	DataEpoch int64

	// OldestData is the oldest data time that the decision accepted, in RFC
	// 3339 and UTC, or "".
	OldestData string

	// Holder is true when this control plane may act.
	Holder bool

	// Dark holds the regions that are known not to answer.
	Dark map[string]bool
}

// An Observed copy, as its labels and its spec tell.
type Observed struct {
	Key       string
	Component string
	Region    string
	Zone      string

	// Role that it was rendered with last, or "" if it was never rendered by
	// us.
	Role Role

	// Epoch at which it was born.
	Epoch int64

	// DecidedEpoch is the newest epoch it was rendered at.
	DecidedEpoch int64

	// Target is the FailoverTarget it was rendered for.
	Target string

	// ServesSince is the epoch since which it served, where that is not the
	// one it was born at.
	ServesSince int64

	// ReplicaOf is the key of the copy that it was born as a replica of.
	ReplicaOf string

	// Created is true when it is known to exist on AWS.
	Created bool

	// Failed is true when it could not be made on AWS.
	Failed bool

	// Healthy is true when it is ready, in its region.
	Healthy bool
}

// A Copy is a component in one region and, if it is spread, one zone.
type Copy struct {
	Key       string
	Component string
	Region    string
	Zone      string
	Role      Role

	// Epoch at which it was, or would be, born.
	Epoch int64

	// Exists is true when the copy is observed.
	Exists bool

	// ServesSince is the epoch since which a serving copy of data serves.
	ServesSince int64

	// Promoted is true for a serving copy that was born as a replica.
	Promoted bool

	// Birth says how a copy that does not exist comes to be, and of a replica
	// what it replicates.
	Birth Birth

	// Waits says why a copy that does not exist must not be created now. Empty
	// if nothing that this package knows is in the way.
	Waits string
}

// An Input of Plan.
type Input struct {
	// Regions that may serve, the home region first.
	Regions    []string
	Strategy   Strategy
	Components []Component
	Decision   Decision
	Observed   []Observed

	// Memory is what the XR's status remembers.
	Memory Memory

	// Selections are what the observed SnapshotSelections say, by key.
	Selections map[string]SelectionFact
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
		case c.Tier == Data:
			p.placeData(c)
		case c.RunsOnce:
			p.placeWorkload(c)
		default:
			p.placeStateless(c)
		}
	}

	for i := range in.Observed {
		p.keep(&in.Observed[i])
	}

	slices.SortFunc(p.copies, func(a, b Copy) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(p.selections, func(a, b Selection) int { return cmp.Compare(a.Key, b.Key) })

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
				cp.Epoch, cp.Waits = p.Decision.Epoch, p.blocked(w.Region)
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
	case o.Role == Fenced:
		return Fenced
	case i < 0, o.Role == Kept, !slices.Contains(p.Regions, o.Region):
		return Kept
	case o.Role == Standby, p.Components[i].Tier == Data && !p.everServed(o):
		return Kept
	}

	return Fenced
}
