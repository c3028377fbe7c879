package topology

import (
	"cmp"
	"slices"
)

// A BirthKind is how a copy of data comes to be.
type BirthKind string

// The kinds of birth.
const (
	// BornPlain: as any Composition makes a resource. Only at epoch 1, and for
	// copies without data.
	BornPlain BirthKind = ""

	// BornEmpty: with the consent of spec.recovery.startEmpty.
	BornEmpty BirthKind = "Empty"

	// BornAdopted: it exists on AWS already, and is taken over by its name.
	BornAdopted BirthKind = "Adopted"

	// BornRestored: from a snapshot.
	BornRestored BirthKind = "Restored"

	// BornReplica: as a replica of the serving copy.
	BornReplica BirthKind = "Replica"
)

// A Birth says how a copy that does not exist comes to be.
type Birth struct {
	Kind BirthKind

	// Snapshot to restore from, and the time that its data is from.
	Snapshot, DataTime string

	// ExternalName to adopt.
	ExternalName string

	// Source is the key of the copy that it descends from.
	Source string
}

// placeData places the copies of a component that holds data. The life of such
// a copy is in docs/data.md; this is the whole of it:
//
//	was                                              becomes
//	Serving, here, since the data moved last         Serving
//	any, elsewhere, of the store that serves, where
//	  one store is in several regions at once        Standby (if one is wanted there)
//	any, here, healthy, of the store that served
//	  last, where one is in several at once          Serving (promoted)
//	Serving, elsewhere or before the data moved      Fenced
//	Kept, here, served since the data moved last
//	  (its component was out of the plan)            Serving
//	Standby or Kept, here, healthy, a replica of
//	  the copy that served last                      Serving (promoted)
//	Standby or Kept, elsewhere, a replica of
//	  the copy that serves                           Standby
//	any other Standby or Kept                        observed only: Kept
//	Serving, born for a decision, never made on AWS,
//	  elsewhere                                      Kept
//	Fenced, here, healthy, served last, where one
//	  store is in several regions at once            Serving
//	any other Fenced                                 for ever Fenced
//	not there, at epoch 1                            Serving (born as it is)
//	not there, later                                 Serving (adopted, restored, or empty by consent), or waits
//
// Here is the active region. The data moved last at the newest epoch that
// changed the region or restored in place.
func (p *planner) placeData(c *Component) {
	for rank, z := range zones(c, p.Decision.Active) {
		p.placeServing(c, z, rank)
	}

	for _, w := range p.wanted(c) {
		if w.Role != Standby {
			continue
		}

		for rank, z := range zones(c, w.Region) {
			p.placeStandby(c, w.Region, z, rank)
		}
	}

	p.plan(c)
}

// placeServing finds the copy that serves in a zone of the active region, or
// plans its birth. A zone's rank pairs it with one of the region left.
func (p *planner) placeServing(c *Component, zone string, rank int) {
	in := func(o *Observed) bool { return o.Region == p.Decision.Active && o.Zone == zone }
	last := p.served(c, rank)

	for _, match := range []func(*Observed) bool{
		func(o *Observed) bool { return in(o) && o.Role == Serving && p.continues(o) },
		func(o *Observed) bool { return in(o) && o.Role == "" && p.continues(o) },
		func(o *Observed) bool { return in(o) && o.Role == Kept && !o.neverPromoted() && p.continues(o) },
		func(o *Observed) bool { return in(o) && p.promotable(c, o, last) && p.fresh(c, o, last) },
		func(o *Observed) bool { return in(o) && p.neverLeft(o, last) },
	} {
		if o := p.find(c, match); o != nil {
			cp := Copy{
				Key: o.Key, Component: c.Name, Region: o.Region, Zone: zone, Role: Serving, Epoch: o.Epoch, Exists: true,
				ServesSince: p.servesSince(o), Promoted: o.ReplicaOf != "",
			}

			cp.Birth, cp.Waits = p.pinAnew(c, o, &cp, last)
			p.add(cp)

			return
		}
	}

	key, free := p.free(c, p.Decision.Active, zone, p.Decision.DataEpoch)
	if !free {
		return
	}

	cp := Copy{
		Key: key, Component: c.Name, Region: p.Decision.Active, Zone: zone,
		Role: Serving, Epoch: p.Decision.DataEpoch, ServesSince: p.Decision.DataEpoch,
	}

	switch gone := p.gone(c, zone); {
	case gone == "" || gone == key || c.Adopt[key] != "":
		cp.Birth, cp.Waits = p.birth(c, &cp, last)
	case c.OtherKind:
		cp.Waits = gone + " served, and its resource is gone from Crossplane; it takes writes on AWS, and spec.recovery.adopt with the name of that store takes it over under the key " + key
	default:
		_, cp.Epoch = cutEpoch(gone)
		cp.Key, cp.Birth, cp.Waits = gone, Birth{Kind: BornAdopted, ExternalName: p.Memory.ExternalNames[gone]}, p.blocked(cp.Region)
	}

	p.add(cp)
}

// gone returns the key of the copy that the status says serves in a zone of the
// active region, and that is not observed any more, or "". It is taken back
// under that key: nothing else has what was written to it.
func (p *planner) gone(c *Component, zone string) string {
	i := slices.IndexFunc(p.Memory.Served, func(s Served) bool {
		return s.Component == c.Name && s.Region == p.Decision.Active && s.Zone == zone && !p.taken[s.Key] && p.Memory.ExternalNames[s.Key] != ""
	})
	if i < 0 || p.Memory.Epoch < p.Decision.DataEpoch {
		return ""
	}

	return p.Memory.Served[i].Key
}

// continues returns whether a copy in the active region goes on serving: it
// has served since the data moved last. Copies of an XR that follows a
// FailoverTarget for the first time have served all along.
func (p *planner) continues(o *Observed) bool {
	follows := o.Target != "" || o.DecidedEpoch > 0

	switch {
	case o.Role == "" && p.followed():
		return o.Epoch == p.Decision.DataEpoch
	case !follows, o.since() >= p.Decision.DataEpoch:
		return true
	}

	// A copy that is kept is rendered at every later epoch, too, and does not
	// serve.
	return o.Role != Kept && o.DecidedEpoch >= p.Decision.DataEpoch
}

// followed returns whether the XR was rendered for a FailoverTarget before: a
// label says so, or a key that names a later epoch.
func (p *planner) followed() bool {
	return slices.ContainsFunc(p.Observed, func(o Observed) bool { return o.Target != "" || o.Epoch > 1 })
}

// servesSince returns the epoch since which a copy that serves now does.
func (p *planner) servesSince(o *Observed) int64 {
	if o.Role == Serving || o.Role == "" {
		return o.since()
	}

	return p.Decision.DataEpoch
}

func (o *Observed) since() int64 { return max(o.ServesSince, o.Epoch) }

// neverPromoted returns whether a copy was born as a replica and still is one.
func (o *Observed) neverPromoted() bool { return o.ReplicaOf != "" && o.ServesSince <= o.Epoch }

// promotable returns whether a copy can take over from the one that served
// last: it is a replica of it, and healthy.
func (p *planner) promotable(c *Component, o, last *Observed) bool {
	return o.Healthy && last != nil && p.follows(c, o, last.Key)
}

// follows returns whether a copy is a replica of another one, or shares its
// store.
func (p *planner) follows(c *Component, o *Observed, of string) bool {
	return (o.Role == Standby || o.Role == Kept) && o.ReplicaOf == of || p.shares(c, o, of)
}

// shares returns whether a copy and another one are the same store on AWS. Even
// a fenced one has the same data as the other, then. One that AWS took out of
// its store, or that is gone there, has not, though it is called the same.
func (p *planner) shares(c *Component, o *Observed, with string) bool {
	i := slices.IndexFunc(p.observed[c.Name], func(other Observed) bool { return other.Key == with })
	if i < 0 || o.Key == with || o.Store == "" {
		return false
	}

	other := &p.observed[c.Name][i]

	return !o.Gone && !other.Gone && o.Store == other.Store && o.Region != other.Region && p.reaches(o, other.Region) && p.reaches(other, o.Region)
}

// reaches returns whether a store is in another region, too, as far as AWS
// reports it. What a region said that does not answer is of no use.
func (p *planner) reaches(o *Observed, region string) bool {
	return o.Members == nil || p.Decision.Dark[o.Region] || slices.Contains(o.Members, region)
}

// neverLeft returns whether a copy of a store in several regions served last, in
// the region that the decision comes back to before any other could serve: what
// was written elsewhere in the meantime is in it, too.
func (p *planner) neverLeft(o, last *Observed) bool {
	return o.Store != "" && last != nil && o.Key == last.Key && o.Healthy && p.Decision.From != o.Region && p.reaches(o, p.Decision.From)
}

// fresh returns whether a replica has the data that the decision accepted.
// Unknown is not fresh.
func (p *planner) fresh(c *Component, o, last *Observed) bool {
	s := p.Selections[ReplicaKey(c.Name, o.Region, o.Zone, last.since())]

	return p.Decision.OldestData == "" || s.DataTime != "" && s.DataTime >= p.Decision.OldestData
}

// served returns the copy that served last, before the decision: of the given
// rank among the zones, if there are several.
func (p *planner) served(c *Component, rank int) *Observed {
	var last *Observed

	all := p.observed[c.Name]
	for i := range all {
		o := &all[i]

		if !p.everServed(o) || o.Region == p.Decision.Active && p.continues(o) && o.Role != Fenced || p.rank(c, o) != rank {
			continue
		}

		if last == nil || p.servedAfter(o, last) {
			last = o
		}
	}

	return last
}

// servedAfter orders copies by when they served. What served at one epoch is
// found out by its place: at epoch 1 home does.
func (p *planner) servedAfter(o, than *Observed) bool {
	home := func(o *Observed) int {
		if o.Region == p.home() {
			return 1
		}

		return 0
	}

	return cmp.Or(
		cmp.Compare(o.since(), than.since()), home(o)-home(than), len(than.Zone)-len(o.Zone), cmp.Compare(than.Key, o.Key),
	) > 0
}

// rank returns the place of a copy's zone among those of its region. A zone
// that the component has left comes after them.
func (p *planner) rank(c *Component, o *Observed) int {
	list := zones(c, o.Region)
	if i := slices.Index(list, o.Zone); i >= 0 || c.Zones == nil {
		return max(i, 0)
	}

	left := map[string]bool{}

	for _, other := range p.observed[c.Name] {
		if other.Region == o.Region && other.Zone < o.Zone && !slices.Contains(list, other.Zone) {
			left[other.Zone] = true
		}
	}

	return len(list) + len(left)
}

// everServed returns whether the copy serves or did. One that was never made on
// AWS did not.
func (p *planner) everServed(o *Observed) bool {
	switch o.Role {
	case Fenced:
		return true
	case Kept:
		if o.Epoch == 1 && o.ServesSince <= 1 {
			return o.ReplicaOf == "" && o.Region == p.home()
		}

		return !o.neverPromoted() && o.Created
	case Serving, "":
		return o.Epoch == 1 || o.Created
	case Standby:
	}

	return false
}

// lineage returns the epoch of the copy that the data descends from.
func (p *planner) lineage(last *Observed) int64 {
	if last != nil {
		return last.since()
	}

	// Nothing is observed: the XR was made again from Git. What served before
	// this decision is what the decision before made.
	return max(1, p.Decision.DataEpoch-1)
}

// placeStandby keeps the standby copy of a region, or plans one. A replica of
// anything but what serves now is no standby.
func (p *planner) placeStandby(c *Component, region, zone string, rank int) {
	serving := p.serving(c, rank)

	o := p.find(c, func(o *Observed) bool {
		return o.Region == region && o.Zone == zone && serving != nil && p.follows(c, o, serving.Key)
	})
	if o != nil {
		p.add(Copy{Key: o.Key, Component: c.Name, Region: region, Zone: zone, Role: Standby, Epoch: o.Epoch, Exists: true, Birth: Birth{Source: o.ReplicaOf}})

		return
	}

	if serving == nil {
		return
	}

	key, free := p.free(c, region, zone, serving.ServesSince)
	if !free {
		// A copy of the same epoch in this region is fenced or kept.
		return
	}

	cp := Copy{
		Key: key, Component: c.Name, Region: region, Zone: zone,
		Role: Standby, Epoch: serving.ServesSince, Birth: Birth{Kind: BornReplica, Source: serving.Key},
	}

	switch why := p.blocked(region); {
	case why != "":
		cp.Waits = why
	case !c.Replicable || c.spread():
		cp.Waits = "its kind has no replicas that crossdr can make"
	case !serving.Exists:
		cp.Waits = "for " + serving.Key
	}

	p.add(cp)
}

// serving returns the serving copy of a rank.
func (p *planner) serving(c *Component, rank int) *Copy {
	list := zones(c, p.Decision.Active)
	if rank >= len(list) {
		return nil
	}

	i := slices.IndexFunc(p.copies, func(cp Copy) bool {
		return cp.Component == c.Name && cp.Role == Serving && cp.Zone == list[rank]
	})
	if i < 0 {
		return nil
	}

	return &p.copies[i]
}
