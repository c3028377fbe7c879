package topology

import (
	"cmp"
	"slices"
	"strconv"
)

// What a SnapshotSelection says of the identity that a restore would create.
const (
	Absent  = "Absent"
	Present = "Present"
	Unknown = "Unknown"
)

// A SelectionFact is what an observed SnapshotSelection says.
type SelectionFact struct {
	Key string

	// Existing is Absent, Present or Unknown, or "" while nothing was said.
	Existing string

	// Region that it looks in. Empty means the right one.
	Region string

	// About is the identity that was asked about.
	About string

	// ExternalName of what exists.
	ExternalName string

	// Snapshot that is selected, and the time that its data is from, in RFC
	// 3339 and UTC, so that times compare as strings.
	Snapshot, DataTime string

	// Reason why it is this one, or why there is none.
	Reason string
}

// A Selection is a SnapshotSelection that the plan needs.
type Selection struct {
	Key       string
	Component string
	Region    string
	Zone      string

	// Source is the key of the copy whose data is looked for. It may not be
	// observed.
	Source string

	// SourceRegion is where that copy is.
	SourceRegion string

	// Birth is the key of the copy that a restore would create.
	Birth string

	// Epoch since which the source serves.
	Epoch int64

	// Replica is true when the source is a replica, and the lag of that is what
	// is looked for.
	Replica bool

	// Measured is true when the FailoverTarget measures its data loss by it.
	Measured bool
}

// SelectionKey returns the key of a SnapshotSelection.
func SelectionKey(component, region, zone string, epoch int64) string {
	place := region
	if zone != "" {
		place = zone
	}

	return component + "-snapshots-" + place + "-e" + strconv.FormatInt(epoch, 10)
}

// ReplicaKey returns the key of a SnapshotSelection that watches a replica.
func ReplicaKey(component, region, zone string, epoch int64) string {
	return component + "-replica-" + cmp.Or(zone, region) + "-e" + strconv.FormatInt(epoch, 10)
}

// plan plans the SnapshotSelections of a Data component: one where each
// birth waits, and one in each other region for the copy that serves.
func (p *planner) plan(c *Component) {
	if !c.Restorable && !c.Replicable || c.spread() || !p.Decision.Holder || p.Decision.Target == "" {
		return
	}

	for rank, z := range zones(c, p.Decision.Active) {
		cp := p.serving(c, rank)
		if cp == nil {
			continue
		}

		// Until it exists on AWS, a birth may still be pinned anew.
		if p.Decision.Epoch > 1 && (!cp.Exists || cp.Epoch == p.Decision.DataEpoch && !p.created(c, cp.Key)) {
			p.selectFor(c, cp, z, rank)
		}

		if cp.Exists {
			p.selectFrom(c, cp, rank)
		}
	}
}

func (p *planner) created(c *Component, key string) bool {
	return slices.ContainsFunc(p.observed[c.Name], func(o Observed) bool { return o.Key == key && o.Created })
}

// selectFor plans the selection that a birth is made from.
func (p *planner) selectFor(c *Component, cp *Copy, zone string, rank int) {
	last := p.served(c, rank)

	s := Selection{
		Key: SelectionKey(c.Name, cp.Region, zone, p.lineage(last)), Component: c.Name, Region: cp.Region, Zone: zone,
		Birth: cp.Key, Epoch: p.lineage(last), Measured: true,
	}

	switch {
	case last != nil:
		s.Source, s.SourceRegion = last.Key, last.Region
	case p.lineage(nil) == 1:
		s.Source, s.SourceRegion = p.key(c, p.home(), pair(c, p.home(), rank), 1), p.home()
	case p.Decision.From != "" && p.Decision.From != cp.Region:
		s.Source, s.SourceRegion = p.key(c, p.Decision.From, pair(c, p.Decision.From, rank), p.lineage(nil)), p.Decision.From
	default:
		// Taken over or restored in place: the data is in this region.
		s.Source, s.SourceRegion = p.key(c, cp.Region, zone, p.lineage(nil)), cp.Region
	}

	p.selections = append(p.selections, s)

	// A replica that is waited for is watched on.
	for i := range p.observed[c.Name] {
		if o := &p.observed[c.Name][i]; last != nil && o.Region == cp.Region && o.Zone == zone && p.follows(c, o, last.Key) {
			p.watch(c, o.Key, cp.Region, zone, last.since())
		}
	}
}

// selectFrom plans the selections of what serves, in the other regions.
func (p *planner) selectFrom(c *Component, cp *Copy, rank int) {
	for _, r := range p.Regions {
		if r == p.Decision.Active {
			continue
		}

		z := pair(c, r, rank)
		if z == "" && c.Zones != nil {
			continue
		}

		standby := slices.IndexFunc(p.copies, func(o Copy) bool {
			return o.Component == c.Name && o.Region == r && o.Zone == z && o.Role == Standby && o.Exists
		})
		if standby >= 0 {
			p.watch(c, p.copies[standby].Key, r, z, cp.ServesSince)
		}

		p.selections = append(p.selections, Selection{
			Key: SelectionKey(c.Name, r, z, cp.ServesSince), Component: c.Name, Region: r, Zone: z,
			Source: cp.Key, SourceRegion: cp.Region, Epoch: cp.ServesSince, Measured: standby < 0,
			Birth: p.key(c, r, z, p.Decision.Epoch+1),
		})
	}
}

// watch plans the selection that watches a replica.
func (p *planner) watch(c *Component, key, region, zone string, epoch int64) {
	p.selections = append(p.selections, Selection{
		Key: ReplicaKey(c.Name, region, zone, epoch), Component: c.Name, Region: region, Zone: zone,
		Source: key, SourceRegion: region, Epoch: epoch, Measured: true, Replica: true,
	})
}

// pair returns the zone of a rank in a region, or "".
func pair(c *Component, region string, rank int) string {
	if z := zones(c, region); rank < len(z) {
		return z[rank]
	}

	return ""
}
