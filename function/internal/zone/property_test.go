package zone

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anyID is one of few ids, so that facts, exclusions and copies often meet.
func anyID() *rapid.Generator[ID] {
	return rapid.Custom(func(t *rapid.T) ID {
		form := rapid.SampledFrom([]string{"use1-az%d", "use1-az%d", "use1-az%d", "use1-bos1-az%d", "us-east-%d"}).Draw(t, "form")

		return ID(fmt.Sprintf(form, rapid.IntRange(1, 12).Draw(t, "number")))
	})
}

func anyZone() *rapid.Generator[Zone] {
	return rapid.Custom(func(t *rapid.T) Zone {
		return Zone{
			ID:    anyID().Draw(t, "id"),
			Name:  Name(rapid.SampledFrom([]string{"", "us-east-1a", "us-east-1b"}).Draw(t, "name")),
			Type:  rapid.SampledFrom([]string{"", "availability-zone", "availability-zone", "local-zone"}).Draw(t, "type"),
			State: rapid.SampledFrom([]string{"", "available", "available", "constrained", "unavailable"}).Draw(t, "state"),
			OptIn: rapid.SampledFrom([]string{"", "opt-in-not-required", "opted-in", "not-opted-in"}).Draw(t, "optIn"),
		}
	})
}

// anyParams may list a zone twice, with facts that contradict each other.
func anyParams() *rapid.Generator[Params] {
	return rapid.Custom(func(t *rapid.T) Params {
		return Params{
			Zones:    rapid.SliceOfN(anyZone(), 0, 12).Draw(t, "zones"),
			Min:      rapid.IntRange(0, 6).Draw(t, "min"),
			Max:      rapid.IntRange(0, 6).Draw(t, "max"),
			Exclude:  rapid.SliceOfN(anyID(), 0, 3).Draw(t, "exclude"),
			Occupied: rapid.SliceOfN(anyID(), 0, 4).Draw(t, "occupied"),
		}
	})
}

// distinct ids, sorted.
func distinct(in []ID) []ID {
	out := slices.Clone(in)
	slices.Sort(out)

	return slices.Compact(out)
}

func TestSpreadProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyParams().Draw(t, "params")
		chosen, rejected, err := Spread(p)

		if !slices.IsSortedFunc(chosen, func(a, b Zone) int { return byIndex(a.ID, b.ID) }) {
			t.Fatalf("Chosen is not sorted by index: %v", ids(chosen))
		}

		if !slices.IsSortedFunc(rejected, func(a, b Rejection) int { return byIndex(a.ID, b.ID) }) {
			t.Fatalf("Rejected is not sorted by index: %v", rejected)
		}

		for _, id := range p.Occupied {
			if !slices.Contains(ids(chosen), id) {
				t.Fatalf("%s is occupied and dropped", id)
			}
		}

		for _, z := range chosen {
			if slices.Contains(p.Occupied, z.ID) {
				continue
			}

			if because := z.unusable(); because != "" {
				t.Fatalf("%s is chosen and empty though %s", z.ID, because)
			}

			if slices.Contains(p.Exclude, z.ID) {
				t.Fatalf("%s is chosen and empty though the plan excludes it", z.ID)
			}
		}

		if occupied := len(distinct(p.Occupied)); p.Max > 0 && len(chosen) > max(p.Max, occupied) {
			t.Fatalf("%d zones are chosen with max %d and %d occupied", len(chosen), p.Max, occupied)
		}

		if unmet := len(chosen) < p.Min; unmet != (err != nil) {
			t.Fatalf("%d zones are chosen with min %d and the error is %v", len(chosen), p.Min, err)
		}

		// Two of one id, or an id that is both chosen and rejected, would be
		// one too many here.
		all := ids(chosen)
		for _, r := range rejected {
			all = append(all, r.ID)
		}

		slices.Sort(all)

		if diff := cmp.Diff(distinct(append(ids(p.Zones), p.Occupied...)), all, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("Every zone is chosen or rejected, and once: -want, +got:\n%s", diff)
		}
	})
}

func TestSpreadIsDeterministic(t *testing.T) {
	type result struct {
		Chosen   []Zone
		Rejected []Rejection
		Err      error
	}

	spread := func(p Params) result {
		chosen, rejected, err := Spread(p)

		return result{Chosen: chosen, Rejected: rejected, Err: err}
	}

	rapid.Check(t, func(t *rapid.T) {
		p := anyParams().Draw(t, "params")
		before := Params{
			Zones: slices.Clone(p.Zones), Min: p.Min, Max: p.Max,
			Exclude: slices.Clone(p.Exclude), Occupied: slices.Clone(p.Occupied),
		}
		first := spread(p)

		if diff := cmp.Diff(before, p); diff != "" {
			t.Fatalf("The input is written to: -want, +got:\n%s", diff)
		}

		if diff := cmp.Diff(first, spread(p)); diff != "" {
			t.Fatalf("The same input leads to another output: -first, +second:\n%s", diff)
		}

		p.Zones = rapid.Permutation(p.Zones).Draw(t, "zones in another order")
		p.Exclude = rapid.Permutation(p.Exclude).Draw(t, "exclude in another order")
		p.Occupied = rapid.Permutation(p.Occupied).Draw(t, "occupied in another order")

		if diff := cmp.Diff(first, spread(p)); diff != "" {
			t.Fatalf("The order of the input shows in the output: -first, +second:\n%s", diff)
		}
	})
}

func TestSpreadIsSticky(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyParams().Draw(t, "params")

		// Copies are made in the zones chosen first. Then the facts and the
		// plan change in any way.
		chosen, _, _ := Spread(p)
		changed := anyParams().Draw(t, "changed")
		changed.Occupied = ids(chosen)

		if rapid.Bool().Draw(t, "facts only") {
			changed.Min, changed.Max, changed.Exclude = p.Min, p.Max, p.Exclude
		}

		now, _, _ := Spread(changed)
		for _, id := range ids(chosen) {
			if !slices.Contains(ids(now), id) {
				t.Fatalf("%s has a copy and is dropped: %v became %v", id, ids(chosen), ids(now))
			}
		}

		// Once the copies exist, the same input asks for nothing else.
		p.Occupied = ids(chosen)
		if again, _, _ := Spread(p); !slices.Equal(ids(again), ids(chosen)) {
			t.Fatalf("The spread does not settle: %v became %v", ids(chosen), ids(again))
		}
	})
}
