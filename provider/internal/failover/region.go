package failover

import (
	"fmt"
	"slices"
	"strings"
)

// A Region as an account sees it.
type Region struct {
	Reachability Reachability

	// OptInStatus of the region in the account, in the words of EC2's
	// DescribeRegions: opt-in-not-required (as empty counts), opted-in or
	// not-opted-in.
	OptInStatus string

	// Zones of the region.
	Zones []Zone

	// InstanceTypes of EC2 that are required, each with the ids of the zones
	// that offer it. One that is missing was not asked for yet.
	InstanceTypes map[string][]string

	// DBInstanceClasses of RDS that are required, each with the ids of the zones
	// that offer it. One that is missing was not asked for yet.
	DBInstanceClasses map[string][]string
}

// A Zone as an account sees it, in the words of EC2's
// DescribeAvailabilityZones. What is empty counts as fit.
type Zone struct {
	// ID such as usw2-az1.
	ID string

	// Type is availability-zone, local-zone or wavelength-zone.
	Type string

	// State is available, unavailable, constrained, impaired or information.
	State string

	// OptInStatus is opt-in-not-required, opted-in or not-opted-in.
	OptInStatus string
}

// notOptedIn is EC2's word for a region or zone that the account can't use.
const notOptedIn = "not-opted-in"

// unusable says why nothing new can be put into a zone. Empty if it can. It is
// the same rule by which the function spreads copies over zones.
func (z Zone) unusable() string {
	switch {
	case z.Type != "" && z.Type != "availability-zone":
		return "it is a " + z.Type
	case z.OptInStatus == notOptedIn:
		return "it is not opted in"
	case z.State != "" && z.State != "available":
		return "its state is " + z.State
	}

	return ""
}

// usable returns the ids of the zones that something new can be put into, and
// for each other one why it can't. Both are sorted.
func (r Region) usable() (ids, rejected []string) {
	for _, z := range r.Zones {
		switch because := z.unusable(); {
		case because != "":
			rejected = append(rejected, fmt.Sprintf("%s is left out because %s", z.ID, because))
		default:
			ids = append(ids, z.ID)
		}
	}

	slices.Sort(ids)
	slices.Sort(rejected)

	return slices.Compact(ids), slices.Compact(rejected)
}

// missing returns which of the required types no usable zone offers, and which
// nobody knows of. Unknown is not offered.
func (r Region) missing(required []string, offered map[string][]string) (none, unknown []string) {
	usable, _ := r.usable()

	for _, name := range required {
		zones, asked := offered[name]

		switch {
		case !asked:
			unknown = append(unknown, name)
		case !slices.ContainsFunc(zones, func(id string) bool { return slices.Contains(usable, id) }):
			none = append(none, name)
		}
	}

	slices.Sort(none)
	slices.Sort(unknown)

	return none, unknown
}

// list names things, or says that there are none.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}

	return strings.Join(names, ", ")
}
