package sequence

import (
	"cmp"
	"slices"
	"strings"
)

// A Copy as far as its order is concerned.
type Copy struct {
	Key       string
	Component string

	// Region of the copy, or "" if it exists once.
	Region string

	// Exists is true when the copy is observed. It is never withdrawn then.
	Exists bool

	// Ready is true when the copy is ready.
	Ready bool

	// Counts is false for a copy that others must not wait for: one that is
	// fenced or kept, or in a region that does not answer.
	Counts bool
}

// Open returns the keys that each copy waits for, by key. A copy that exists,
// or whose predecessors are all ready, is not in the result. After maps a
// component to those that must be ready before it, in the same region. A copy
// that exists once waits for those in the active region, and all wait for it.
func Open(active string, copies []Copy, after map[string][]string) map[string][]string {
	unready := map[string][]*Copy{}

	for i := range copies {
		if c := &copies[i]; c.Counts && !c.Ready {
			unready[c.Component] = append(unready[c.Component], c)
		}
	}

	waiting := map[string][]string{}

	for i := range copies {
		c := &copies[i]
		if c.Exists {
			continue
		}

		keys := make([]string, 0, len(after[c.Component]))
		for _, before := range after[c.Component] {
			keys = append(keys, in(cmp.Or(c.Region, active), unready[before])...)
		}

		if len(keys) > 0 {
			slices.Sort(keys)
			waiting[c.Key] = slices.Compact(keys)
		}
	}

	return waiting
}

// in returns the keys of the copies that a copy in a region waits for.
func in(region string, copies []*Copy) []string {
	var keys []string

	for _, c := range copies {
		if c.Region == "" || c.Region == region {
			keys = append(keys, c.Key)
		}
	}

	return keys
}

// Cycles returns every component that waits for itself, with the way round, in
// the order of the names.
func Cycles(after map[string][]string) []string {
	names := make([]string, 0, len(after))
	for n := range after {
		names = append(names, n)
	}

	slices.Sort(names)

	var out []string

	told := map[string]bool{}

	for _, n := range names {
		if told[n] {
			continue
		}

		cycle := way(n, n, after, map[string]bool{})
		if cycle == nil {
			continue
		}

		for _, name := range cycle {
			told[name] = true
		}

		out = append(out, strings.Join(cycle, " → "))
	}

	return out
}

// way returns the names on a way from one component to another that it waits
// for, or nil if there is none.
func way(from, to string, after map[string][]string, seen map[string]bool) []string {
	for _, next := range after[from] {
		if next == to {
			return []string{from, to}
		}

		if seen[next] {
			continue
		}

		seen[next] = true

		if rest := way(next, to, after, seen); rest != nil {
			return append([]string{from}, rest...)
		}
	}

	return nil
}
