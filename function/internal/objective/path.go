package objective

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Step of a failover.
type Step struct {
	Component string

	// Does is what is done, in one word: restore.
	Does string

	Takes time.Duration
}

func (s *Step) String() string { return s.Component + ": " + s.Does + " " + Short(s.Takes) }

// An Estimate is how long a failover takes, from the decision until everything
// serves.
type Estimate struct {
	Takes time.Duration

	// Path are the steps that decide it, in their order: each waits for the one
	// before it.
	Path []Step

	// Unknown are the stores that nobody knows how to bring back. Then Takes is
	// of all else.
	Unknown []string
}

// shown is how many steps of a path are told one by one.
const shown = 4

// String tells the steps of the path. Of a long one it tells the longest.
func (e *Estimate) String() string {
	if len(e.Path) == 0 {
		return "everything is there already"
	}

	longest := slices.Clone(e.Path)
	slices.SortStableFunc(longest, func(a, b Step) int { return cmp.Compare(b.Takes, a.Takes) })

	var (
		told []string
		rest time.Duration
		left int
	)

	for i := range e.Path {
		if slices.Contains(longest[:min(shown, len(longest))], e.Path[i]) {
			told = append(told, e.Path[i].String())
		} else {
			rest, left = rest+e.Path[i].Takes, left+1
		}
	}

	out := strings.Join(told, ", then ")
	if left > 0 {
		out += fmt.Sprintf(", and %s for %d shorter steps", Short(rest), left)
	}

	return out
}

// Dominating returns the longest step of the path, and false if there is none.
func (e *Estimate) Dominating() (Step, bool) {
	if len(e.Path) == 0 {
		return Step{}, false
	}

	return slices.MaxFunc(e.Path, func(a, b Step) int { return cmp.Compare(a.Takes, b.Takes) }), true
}

// Path returns the critical path of a failover over what comes after what. Up
// are the components that have a copy in the region that takes over: these wait
// for nothing. Full is true when their copies have their full size already.
func Path(components []Component, up map[string]bool, full bool) Estimate {
	w := walk{byName: map[string]*Component{}, up: up, full: full, ends: map[string]*end{}}
	for i := range components {
		w.byName[components[i].Name] = &components[i]
	}

	var (
		last *end
		out  Estimate
	)

	for i := range components {
		c := &components[i]
		if e := w.visit(c.Name); last == nil || e.at > last.at {
			last = e
		}

		if c.store() && !up[c.Name] && c.Facts.Restore == 0 {
			out.Unknown = append(out.Unknown, c.Name)
		}
	}

	for e := last; e != nil; e = e.before {
		if e.step.Takes > 0 {
			out.Path = append(out.Path, e.step)
			out.Takes += e.step.Takes
		}
	}

	slices.Reverse(out.Path)

	return out
}

// A walk over what comes after what.
type walk struct {
	byName map[string]*Component
	up     map[string]bool
	full   bool
	ends   map[string]*end
}

// An end of a component's step, and that of the one it waited for.
type end struct {
	at     time.Duration
	step   Step
	before *end
}

// visit returns when a component's step ends. A circle, which is a fault of the
// plan, ends where it began.
func (w *walk) visit(name string) *end {
	if e, ok := w.ends[name]; ok {
		return e
	}

	c := w.byName[name]
	out := &end{}
	w.ends[name] = out

	if c == nil {
		return out
	}

	out.step = c.step(w.up[name], w.full)

	// Only what is created waits, and what exists once.
	if !w.up[name] || c.Once {
		for _, before := range c.After {
			if e := w.visit(before); e.at > 0 && (out.before == nil || e.at > out.before.at) {
				out.before = e
			}
		}
	}

	out.at = out.step.Takes
	if out.before != nil {
		out.at += out.before.at
	}

	return out
}

// step returns what a failover does with a component.
func (c *Component) step(up, full bool) Step {
	f := &c.Facts

	switch {
	case c.Idle:
		return Step{Component: c.Name}
	case c.Once:
		return Step{Component: c.Name, Does: "change", Takes: f.Ready}
	case c.Runs:
		return Step{Component: c.Name, Does: "run", Takes: f.Ready}
	case c.store() && up:
		return Step{Component: c.Name, Does: "promote", Takes: f.Promote}
	case c.store():
		return Step{Component: c.Name, Does: "restore", Takes: f.Restore}
	case up && c.Scales && !full:
		return Step{Component: c.Name, Does: "scale", Takes: f.Scale}
	case up:
		return Step{Component: c.Name}
	}

	return Step{Component: c.Name, Does: "create", Takes: f.Ready}
}
