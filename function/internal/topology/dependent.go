package topology

import "slices"

// placeDependent places the copies of a component that holds no data of its
// own but belongs to one that does, as the instance of a database cluster:
// beside each copy of that, born at the same epoch, in the same role.
func (p *planner) placeDependent(c *Component) {
	for _, of := range slices.Clone(p.copies) {
		if of.Component != c.Parent || of.Role != Serving && of.Role != Standby {
			continue
		}

		for _, z := range zones(c, of.Region) {
			// One is enough beside a parent that is spread over zones.
			there := func(cp Copy) bool { return cp.Component == c.Name && cp.Region == of.Region && cp.Zone == z }
			if !slices.ContainsFunc(p.copies, there) {
				p.placeBeside(c, &of, z)
			}
		}
	}
}

// placeFollower places one copy beside each serving copy of the component that
// it follows, under the epoch of that: what is told of one store can't be told
// of another later. What stands beside a copy that serves no more is fenced with
// it.
func (p *planner) placeFollower(c *Component) {
	for _, of := range slices.Clone(p.copies) {
		if of.Component != c.Follows || of.Role != Serving {
			continue
		}

		cp := Copy{Component: c.Name, Region: of.Region, Role: Serving, Epoch: of.Epoch}

		if o := p.find(c, func(o *Observed) bool { return o.Region == of.Region && o.Epoch == of.Epoch }); o != nil {
			cp.Key, cp.Exists = o.Key, true
			p.add(cp)

			continue
		}

		var free bool
		if cp.Key, free = p.free(c, of.Region, "", of.Epoch); !free {
			continue
		}

		if cp.Waits = p.blocked(of.Region); cp.Waits == "" && !of.Exists {
			cp.Waits = "for " + of.Key
		}

		p.add(cp)
	}
}

func (p *planner) placeBeside(c *Component, of *Copy, zone string) {
	cp := Copy{
		Component: c.Name, Region: of.Region, Zone: zone, Role: of.Role, Epoch: of.Epoch, ServesSince: of.ServesSince,
	}

	o := p.find(c, func(o *Observed) bool {
		return o.Region == of.Region && o.Zone == zone && o.Epoch == of.Epoch && o.Role != Fenced
	})
	if o != nil {
		cp.Key, cp.Exists = o.Key, true
		p.add(cp)

		return
	}

	key, free := p.free(c, of.Region, zone, of.Epoch)
	if !free {
		return
	}

	cp.Key = key
	if cp.Waits = p.blocked(of.Region); cp.Waits == "" && !of.Exists {
		cp.Waits = "for " + of.Key
	}

	p.add(cp)
}
