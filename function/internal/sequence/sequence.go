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
			waiting[c.Key] = keys
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

	done := map[string]bool{}

	for _, n := range names {
		if cycle := walk(n, after, nil, done); cycle != nil {
			out = append(out, strings.Join(cycle, " → "))
		}
	}

	return out
}

// walk follows after from one component and returns the first way back to a
// component on the path.
func walk(name string, after map[string][]string, path []string, done map[string]bool) []string {
	if i := slices.Index(path, name); i >= 0 {
		return append(slices.Clone(path[i:]), name)
	}

	if done[name] {
		return nil
	}

	path = append(path, name)

	for _, next := range after[name] {
		if cycle := walk(next, after, path, done); cycle != nil {
			done[name] = true

			return cycle
		}
	}

	done[name] = true

	return nil
}
