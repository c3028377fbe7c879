package zone

import (
	"cmp"
	"slices"

	"github.com/crossdr/crossdr/internal/region"
)

// An ID is the id of a zone, such as use1-az1: the physical place, the same in
// every account.
type ID string

// A Name is the name of a zone, such as us-east-1a. It may mean another place
// in another account.
type Name string

// A Zone is one zone of a region, as far as it is known. The words of Type,
// State and OptIn are those of the EC2 API; the table knows none of them.
type Zone struct {
	ID   ID
	Name Name

	// Type is availability-zone (as empty counts), local-zone or
	// wavelength-zone.
	Type string

	// State is available (as empty counts), unavailable, constrained, impaired
	// or information.
	State string

	// OptIn is opt-in-not-required (as empty counts), opted-in or
	// not-opted-in.
	OptIn string
}

// What a zone must be for something new to be put into it.
const (
	availabilityZone = "availability-zone"
	optInNotRequired = "opt-in-not-required"
	optedIn          = "opted-in"
	available        = "available"
)

// A Rejection says why a zone is left out.
type Rejection struct {
	ID ID

	// Because is a clause for people, such as "its state is constrained".
	Because string
}

// Index is the number in the zone's id less one, so it never shifts when other
// zones come and go. It is -1 if the id has no number.
func (z Zone) Index() int {
	i, ok := region.ZoneIndex(string(z.ID))
	if !ok {
		return -1
	}

	return i
}

// unusable says why nothing new can be put into the zone. Empty if it can.
func (z Zone) unusable() string {
	if z.Type != "" && z.Type != availabilityZone {
		return "it is a " + z.Type
	}

	if z.OptIn != "" && z.OptIn != optInNotRequired && z.OptIn != optedIn {
		return "it is not opted in"
	}

	if z.State != "" && z.State != available {
		return "its state is " + z.State
	}

	// Address ranges are cut by index: without one, two zones would share one.
	if z.Index() < 0 {
		return "its id has no number"
	}

	return ""
}

// FromTable returns the zones of a region by the table that is built in: their
// ids, and nothing else. Live facts of the account overrule it.
func FromTable(name string) ([]Zone, bool) {
	r, ok := region.Lookup(name)
	if !ok {
		return nil, false
	}

	zones := make([]Zone, 0, len(r.Zones))
	for _, id := range r.Zones {
		zones = append(zones, Zone{ID: ID(id)})
	}

	return sorted(zones), true
}

// Usable parts the zones that something new can be put into from the others.
// Both are sorted by index.
func Usable(zones []Zone) (usable []Zone, rejected []Rejection) {
	for _, z := range sorted(zones) {
		if because := z.unusable(); because != "" {
			rejected = append(rejected, Rejection{ID: z.ID, Because: because})

			continue
		}

		usable = append(usable, z)
	}

	return usable, rejected
}

// sorted returns the zones by index, and one of each id. Of two that
// contradict each other the same one is kept whatever their order.
func sorted(zones []Zone) []Zone {
	out := slices.Clone(zones)
	slices.SortFunc(out, func(a, b Zone) int {
		return cmp.Or(
			byIndex(a.ID, b.ID),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.State, b.State),
			cmp.Compare(a.OptIn, b.OptIn),
		)
	})

	return slices.CompactFunc(out, func(a, b Zone) bool { return a.ID == b.ID })
}

// byIndex orders by the number in the id: az2 comes before az10.
func byIndex(a, b ID) int {
	return cmp.Or(
		cmp.Compare(Zone{ID: a}.Index(), Zone{ID: b}.Index()),
		cmp.Compare(a, b),
	)
}
