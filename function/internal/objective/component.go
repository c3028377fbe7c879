package objective

import "slices"

// A Component of the plan, as far as objectives are concerned.
type Component struct {
	Name string

	// Kind of its resource, for people: "rds Instance".
	Kind string

	// After are the components that must be ready before a copy is created.
	After []string

	Facts Facts

	// Data is true when it holds data that must not be lost.
	Data bool

	// Once is true when it exists once, whatever region serves, and may have to
	// change when another does.
	Once bool

	// Idle is true when a failover does nothing with it.
	Idle bool

	// Runs is true for a workload.
	Runs bool

	// From is the cheapest strategy that keeps a copy in the other regions,
	// where it is no store. Empty: none does.
	From Strategy

	// Scales is true when its standby is smaller than what serves.
	Scales bool

	// Restorable is true for a store that can be restored in another region, and
	// Replicable for one that can have a replica there.
	Restorable, Replicable bool

	// Alone is true for a store whose replica needs nothing else in its region.
	Alone bool

	// Stated is the strategy that the plan states for a store by its regions, or
	// "".
	Stated Strategy

	// Parent is the store that this belongs to, if it holds no data of its own.
	Parent string
}

// strategies from the cheapest to the fastest.
func strategies() []Strategy { return []Strategy{BackupAndRestore, PilotLight, WarmStandby, MultiSite} }

// AtLeast returns whether a strategy keeps as much ready as another one.
func (s Strategy) AtLeast(than Strategy) bool {
	all := strategies()

	return slices.Index(all, s) >= slices.Index(all, than)
}

// store returns whether it holds data of its own.
func (c *Component) store() bool { return c.Data && c.Parent == "" }

// alone returns whether it is replicated whatever the rest does: nothing else
// brings it back, and it needs nothing else.
func (c *Component) alone() bool { return c.Alone && c.Replicable && !c.Restorable }

// strategyOf returns the strategy that a store follows where that of the XR is
// given. Stated is true when that one is stated: then it is honoured, even for
// a kind that it is not possible for.
func (c *Component) strategyOf(xr Strategy, derived bool) Strategy {
	switch {
	case c.Stated != "":
		return c.Stated
	case !derived:
		return xr
	case !c.Replicable:
		return BackupAndRestore
	case xr == BackupAndRestore && c.alone():
		return PilotLight
	}

	return xr
}

// standing returns which components have a copy in the other regions.
func standing(components []Component, xr Strategy, derived bool) map[string]bool {
	out := make(map[string]bool, len(components))

	for i := range components {
		switch c := &components[i]; {
		case c.Parent != "":
		case c.Data:
			out[c.Name] = c.Replicable && c.strategyOf(xr, derived).AtLeast(PilotLight)
		default:
			out[c.Name] = c.From != "" && xr.AtLeast(c.From)
		}
	}

	for i := range components {
		if p := components[i].Parent; p != "" {
			out[components[i].Name] = out[p]
		}
	}

	return out
}
