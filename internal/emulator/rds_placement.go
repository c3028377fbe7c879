package emulator

import (
	"slices"
	"strings"
)

// An OrderableDBInstanceOption says that a class can be had for an engine. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_OrderableDBInstanceOption.html
type OrderableDBInstanceOption struct {
	// Class such as db.r6g.large.
	Class string

	// Engine and EngineVersion; by default postgres and 16.4.
	Engine, EngineVersion string

	// ZoneIDs in which it can be had; by default all.
	ZoneIDs []string
}

// A DBSubnetGroup says in which zones the instances of a VPC can be.
type DBSubnetGroup struct {
	Name string

	// ZoneIDs of its subnets; by default all. RDS wants at least two.
	ZoneIDs []string
}

// OfferDBInstance makes a class orderable in the region. None is by default, so
// no instance can be created.
func (r *Region) OfferDBInstance(o OrderableDBInstanceOption) {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	o.Engine = or(o.Engine, "postgres")
	o.EngineVersion = or(o.EngineVersion, "16.4")
	r.orderable = append(r.orderable, o)
}

// AddDBSubnetGroup adds a subnet group to the region.
func (r *Region) AddDBSubnetGroup(g DBSubnetGroup) {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	r.dbSubnetGroups.put(strings.ToLower(g.Name), &g)
}

func rdsPlacementActions() map[string]action {
	return map[string]action{
		"DescribeOrderableDBInstanceOptions": rdsAction(
			"Engine! EngineVersion DBInstanceClass MaxRecords:int Marker", describeOrderableDBInstanceOptions),
	}
}

// key orders options for paging.
func (o OrderableDBInstanceOption) key() string {
	return strings.Join([]string{o.Engine, o.Class, o.EngineVersion}, " ")
}

// describeOrderableDBInstanceOptions lists classes, each with the names of its
// zones. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html
func describeOrderableDBInstanceOptions(c *call, d *document) error {
	found := slices.DeleteFunc(slices.Clone(c.region.orderable), func(o OrderableDBInstanceOption) bool {
		return o.Engine != c.in.str("Engine") || !anyOf(c.asked("EngineVersion"), o.EngineVersion) ||
			!anyOf(c.asked("DBInstanceClass"), o.Class)
	})

	// This action has larger pages than the others of RDS.
	l := rdsListing()
	l.most = 10000

	page, next, err := paginate(c, l, found, OrderableDBInstanceOption.key)
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "OrderableDBInstanceOptions", "OrderableDBInstanceOption", page, func(o OrderableDBInstanceOption) {
		d.text("DBInstanceClass", o.Class)
		d.text("Engine", o.Engine)
		d.text("EngineVersion", o.EngineVersion)
		d.boolean("Vpc", true)
		each(d, "AvailabilityZones", "AvailabilityZone", c.region.zoneNames(o.ZoneIDs), func(name string) { d.text("Name", name) })
	})

	return nil
}

// placeInstance returns the zone in which an instance of a class is to be: the
// one asked for, else the first of the subnet group that offers it and takes
// anything new.
func (r *Region) placeInstance(class, engine, zone, subnetGroup string) (string, error) {
	offered := r.zonesOffering(class, engine)
	if len(offered) == 0 {
		return "", refuse(codeInvalidCombination,
			"RDS does not support creating a DB instance with the following combination: DBInstanceClass=%s, Engine=%s", class, engine)
	}

	covered, err := r.covered(subnetGroup)
	if err != nil {
		return "", err
	}

	if zone != "" {
		if z, ok := r.zone(zone); !ok || z.name != zone {
			return "", refuse(codeInvalidValue, "%s is not a valid availability zone", zone)
		}

		if !slices.Contains(covered, zone) {
			return "", refuse("InvalidVPCNetworkStateFault", "DB subnet group %s has no subnet in %s", subnetGroup, zone)
		}

		covered = []string{zone}
	}

	for _, name := range covered {
		if z, _ := r.zone(name); z.state == ZoneAvailable && slices.Contains(offered, name) {
			return name, nil
		}
	}

	return "", refuse("InsufficientDBInstanceCapacity", "%s is not available in %s", class, strings.Join(covered, ", "))
}

// zonesOffering returns the names of the zones in which a class can be had.
func (r *Region) zonesOffering(class, engine string) []string {
	var names []string

	for _, o := range r.orderable {
		if o.Class == class && o.Engine == engine {
			names = append(names, r.zoneNames(o.ZoneIDs)...)
		}
	}

	return names
}

// covered returns the names of the zones of a subnet group; without one, all.
func (r *Region) covered(subnetGroup string) ([]string, error) {
	if subnetGroup == "" {
		return r.zoneNames(nil), nil
	}

	g, ok := r.dbSubnetGroups.get(strings.ToLower(subnetGroup))
	if !ok {
		return nil, missing("DBSubnetGroupNotFoundFault", "DB subnet group '%s' does not exist.", subnetGroup)
	}

	names := r.zoneNames(g.ZoneIDs)
	if len(names) < 2 {
		return nil, refuse("DBSubnetGroupDoesNotCoverEnoughAZs", "The DB subnet group %s must cover at least two Availability Zones", subnetGroup)
	}

	return names, nil
}
