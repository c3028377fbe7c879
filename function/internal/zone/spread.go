package zone

import (
	"fmt"
	"slices"
	"strings"
)

// Params of a spread.
type Params struct {
	// Zones of the region: live facts where there are any, else the table.
	Zones []Zone

	// Min is the least number of zones.
	Min int

	// Max is the largest number of zones for anything new. Zero means all.
	Max int

	// Exclude lists zones that nothing new is put into.
	Exclude []ID

	// Occupied lists the zones of the copies that exist.
	Occupied []ID
}

// UnmetError says that fewer zones than the minimum can be had.
type UnmetError struct {
	Min int

	// Chosen lists every zone that can be had, sorted by index.
	Chosen []ID

	// Rejected lists every zone that is left out, sorted by index.
	Rejected []Rejection
}

// Error lists every zone that can be had, and every other one with its reason.
func (e *UnmetError) Error() string {
	had := make([]string, 0, len(e.Chosen))
	for _, id := range e.Chosen {
		had = append(had, string(id))
	}

	var b strings.Builder

	fmt.Fprintf(&b, "at least %d zones are needed and %d can be had [%s]", e.Min, len(had), strings.Join(had, ", "))

	for _, r := range e.Rejected {
		fmt.Fprintf(&b, "; %s is left out because %s", r.ID, r.Because)
	}

	return b.String()
}

// Spread chooses the zones that a component has copies in.
//
// A zone that a copy occupies is always chosen, whatever became of it: it may
// have vanished from the facts, be unusable, excluded or above the maximum.
// (Not to choose it would delete or move the copy.) The other zones follow in
// the order of their index, up to the maximum. Chosen and rejected are sorted
// by index, and every zone of the facts is in one of them.
//
// The error is an *UnmetError, and chosen and rejected are valid beside it.
func Spread(p Params) (chosen []Zone, rejected []Rejection, err error) {
	var free []Zone

	for _, z := range sorted(p.Zones) {
		if slices.Contains(p.Occupied, z.ID) {
			chosen = append(chosen, z)
		} else {
			free = append(free, z)
		}
	}

	for _, id := range p.Occupied {
		if !slices.ContainsFunc(chosen, func(z Zone) bool { return z.ID == id }) {
			chosen = append(chosen, Zone{ID: id})
		}
	}

	usable, rejected := Usable(free)

	for _, z := range usable {
		switch {
		case slices.Contains(p.Exclude, z.ID):
			rejected = append(rejected, Rejection{ID: z.ID, Because: "the plan excludes it"})
		case p.Max > 0 && len(chosen) >= p.Max:
			rejected = append(rejected, Rejection{ID: z.ID, Because: fmt.Sprintf("max is %d", p.Max)})
		default:
			chosen = append(chosen, z)
		}
	}

	slices.SortFunc(chosen, func(a, b Zone) int { return byIndex(a.ID, b.ID) })
	slices.SortFunc(rejected, func(a, b Rejection) int { return byIndex(a.ID, b.ID) })

	if len(chosen) < p.Min {
		unmet := &UnmetError{Min: p.Min, Rejected: rejected}
		for _, z := range chosen {
			unmet.Chosen = append(unmet.Chosen, z.ID)
		}

		return chosen, rejected, unmet
	}

	return chosen, rejected, nil
}
