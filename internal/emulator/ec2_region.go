package emulator

import (
	"maps"
	"slices"
	"strings"

	"github.com/crossdr/crossdr/internal/region"
)

// OfferInstanceType says in which zones of the region, by id, an instance type
// is offered; none named means all. Nothing is offered by default.
func (r *Region) OfferInstanceType(name string, zoneIDs ...string) {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	if r.offerings == nil {
		r.offerings = map[string][]string{}
	}

	r.offerings[name] = zoneIDs
}

func ec2RegionActions() map[string]action {
	return map[string]action{
		"DescribeRegions": ec2Action("AllRegions:bool RegionName:list Filter:list", describeRegions),
		"DescribeAvailabilityZones": ec2Action(
			"AllAvailabilityZones:bool ZoneId:list ZoneName:list Filter:list", describeAvailabilityZones),
		"DescribeInstanceTypeOfferings": ec2Action(
			"LocationType Filter:list MaxResults:int NextToken", describeInstanceTypeOfferings),
	}
}

// describeRegions lists the regions that are on for the account, and all of the
// partition if it is asked to. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
func describeRegions(c *call, d *document) error {
	filters, err := c.ec2Filters("endpoint", "opt-in-status", "region-name")
	if err != nil {
		return err
	}

	asked := c.in.strs("RegionName")

	for _, name := range asked {
		if _, ok := region.Lookup(name); !ok {
			return refuse(codeInvalidValue, "Invalid region: '%s'", name)
		}
	}

	names := slices.DeleteFunc(slices.Concat(defaultRegions(), optInRegions()), func(name string) bool {
		status := c.region.account.optInStatus(name)

		return (status == notOptedIn && !c.in.boolean("AllRegions")) || !anyOf(asked, name) ||
			!filters.cover(map[string]string{"region-name": name, "endpoint": ec2Endpoint(name), "opt-in-status": status}, nil)
	})

	each(d, "regionInfo", "item", names, func(name string) {
		d.text("regionName", name)
		d.text("regionEndpoint", ec2Endpoint(name))
		d.text("optInStatus", c.region.account.optInStatus(name))
	})

	return nil
}

func ec2Endpoint(name string) string {
	return "ec2." + name + ".amazonaws.com"
}

// describeAvailabilityZones lists the zones that the account can use, of every
// type, and those that it would have to opt in to if it is asked to. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
func describeAvailabilityZones(c *call, d *document) error {
	filters, err := c.ec2Filters("opt-in-status", "region-name", "state", "zone-id", "zone-name", "zone-type")
	if err != nil {
		return err
	}

	ids, names := c.in.strs("ZoneId"), c.in.strs("ZoneName")

	for _, asked := range slices.Concat(ids, names) {
		if _, ok := c.region.zone(asked); !ok {
			return refuse(codeInvalidValue, "Invalid availability zone: [%s]", asked)
		}
	}

	zones := slices.DeleteFunc(c.region.zones(), func(z accountZone) bool {
		return (z.optIn == notOptedIn && !c.in.boolean("AllAvailabilityZones")) ||
			!anyOf(ids, z.id) || !anyOf(names, z.name) ||
			!filters.cover(map[string]string{
				"opt-in-status": z.optIn, "region-name": c.Region, "state": string(z.state),
				"zone-id": z.id, "zone-name": z.name, "zone-type": z.kind,
			}, nil)
	})

	each(d, "availabilityZoneInfo", "item", zones, func(z accountZone) {
		d.text("zoneName", z.name)
		d.text("zoneId", z.id)
		d.text("zoneState", string(z.state))
		d.text("zoneType", z.kind)
		d.text("optInStatus", z.optIn)
		d.text("regionName", c.Region)
		d.text("groupName", c.Region+"-zg-1")
		d.text("networkBorderGroup", c.Region)

		if z.message != "" {
			each(d, "messageSet", "item", []string{z.message}, func(m string) { d.text("message", m) })
		}
	})

	return nil
}

// An offering is an instance type at a location.
type offering struct {
	instanceType, location string
}

func (o offering) key() string { return o.instanceType + " " + o.location }

// describeInstanceTypeOfferings lists which types are offered where. A zone that
// the account does not see offers nothing. See
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
func describeInstanceTypeOfferings(c *call, d *document) error {
	filters, err := c.ec2Filters("instance-type", "location")
	if err != nil {
		return err
	}

	kind := or(c.in.str("LocationType"), "region")

	if !slices.Contains([]string{"region", "availability-zone", "availability-zone-id"}, kind) {
		return refuse(codeInvalidValue, "Invalid value '%s' for LocationType", kind)
	}

	var found []offering

	for _, name := range slices.Sorted(maps.Keys(c.region.offerings)) {
		for _, location := range c.region.locations(kind, c.region.offerings[name]) {
			if filters.cover(map[string]string{"instance-type": name, "location": location}, nil) {
				found = append(found, offering{instanceType: name, location: location})
			}
		}
	}

	page, next, err := paginate(c, ec2Listing(), found, offering.key)
	if err != nil {
		return err
	}

	each(d, "instanceTypeOfferingSet", "item", page, func(o offering) {
		d.text("instanceType", o.instanceType)
		d.text("locationType", kind)
		d.text("location", o.location)
	})
	d.text("nextToken", next)

	return nil
}

// locations of a kind in the zones with the given ids; none given means all.
func (r *Region) locations(kind string, ids []string) []string {
	if kind == "region" {
		return []string{r.name}
	}

	var out []string

	for _, z := range r.zones() {
		switch {
		case !strings.HasPrefix(z.kind, "availability"), !anyOf(ids, z.id):
		case kind == "availability-zone-id":
			out = append(out, z.id)
		default:
			out = append(out, z.name)
		}
	}

	return out
}
