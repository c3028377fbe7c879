package topology

import "slices"

// placeData places the copies of a component that holds data. One copy serves;
// it never moves, and a copy that served elsewhere stays as it is.
func (p *planner) placeData(c *Component) {
	for _, w := range p.wanted(c) {
		for _, z := range zones(c, w.Region) {
			if w.Role == Serving {
				p.placeServing(c, w.Region, z)
			} else {
				p.placeStandby(c, w.Region, z)
			}
		}
	}
}

// placeServing finds the copy that serves at the decided epoch: the one that
// serves in the active region already, else a standby to promote, else one
// that was born for this epoch and lost its role (with its labels, or because
// the plan did not know its component for a while), else a birth.
func (p *planner) placeServing(c *Component, region, zone string) {
	in := func(o *Observed) bool { return o.Region == region && o.Zone == zone }
	birth := p.key(c, region, zone, p.Decision.Epoch)

	for _, match := range []func(*Observed) bool{
		func(o *Observed) bool { return in(o) && o.Role == Serving },
		func(o *Observed) bool { return in(o) && o.Role == Standby },
		func(o *Observed) bool { return in(o) && o.unused() && o.Key == birth },
		func(o *Observed) bool { return in(o) && o.Role == "" && o.Epoch == p.Decision.Epoch },
	} {
		if o := p.find(c, match); o != nil {
			p.add(Copy{Key: o.Key, Component: c.Name, Region: region, Zone: zone, Role: Serving, Epoch: o.Epoch, Exists: true})

			return
		}
	}

	p.birth(c, p.Decision.Epoch, Copy{
		Component: c.Name, Region: region, Zone: zone,
		Role: Serving, Epoch: p.Decision.Epoch, Waits: p.unborn(c, region),
	})
}

// unborn says why a serving copy must not be born now. After the first epoch
// it needs data to be born from: an XR that is made again from Git must never
// come up with an empty database that looks recovered.
func (p *planner) unborn(c *Component, region string) string {
	if why := p.blocked(region); why != "" {
		return why
	}

	if p.Decision.Epoch > 1 && !slices.Contains(c.EmptyAt, p.Decision.Epoch) {
		return "there is nothing to restore it from, and spec.recovery.startEmpty does not consent to an empty one at this epoch"
	}

	return ""
}

// placeStandby keeps the standby copy of a region, or plans one.
func (p *planner) placeStandby(c *Component, region, zone string) {
	birth := p.key(c, region, zone, p.Decision.Epoch)

	o := p.find(c, func(o *Observed) bool {
		return o.Region == region && o.Zone == zone && (o.Role == Standby || o.unused() && o.Key == birth)
	})
	if o != nil {
		p.add(Copy{Key: o.Key, Component: c.Name, Region: region, Zone: zone, Role: Standby, Epoch: o.Epoch, Exists: true})

		return
	}

	waits := p.blocked(region)
	if waits == "" {
		waits = "nothing replicates " + c.Name + " to " + region
	}

	p.birth(c, p.Decision.Epoch, Copy{
		Component: c.Name, Region: region, Zone: zone,
		Role: Standby, Epoch: p.Decision.Epoch, Waits: waits,
	})
}

// unused returns whether the copy was not rendered by us yet, or was no longer
// planned: under the key of a birth it is what would be born, and goes on.
func (o *Observed) unused() bool { return o.Role == "" || o.Role == Kept }
