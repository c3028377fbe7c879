package render

import (
	"maps"
	"slices"
	"strings"
)

// A Neighbour is a component of the plan, as others refer to it.
type Neighbour struct {
	Component string
	Group     string
	Kind      string

	// Labels that its template sets.
	Labels map[string]string

	// Names maps the metadata.name of its home copy to the names of its copies:
	// by region, or by zone id where the component is spread.
	Names map[string]map[string]string

	// Regions in which it has copies. A copy that exists once has none.
	Regions map[string]bool
}

// refer keeps references within the copy's region.
func (w *writer) refer() {
	for _, at := range w.selectors {
		w.narrow(at)
	}

	for _, at := range w.references {
		w.rename(at)
	}
}

// narrow adds the region to a selector that would find copies of a component
// in every region. On an existing copy that is resolved already it is not
// introduced: that would change its spec and nothing else.
func (w *writer) narrow(at path) {
	v, _ := at.get(w.object)

	selector, ok := v.(map[string]any)
	if !ok || w.copy.Region == "" {
		return
	}

	labels, _ := selector["matchLabels"].(map[string]any)
	controller, _ := selector["matchControllerRef"].(bool)

	if !controller && len(labels) == 0 || !w.findsCopiesHere(at, labels) {
		return
	}

	region := at.child("matchLabels", LabelRegion)

	if w.copy.Observed != nil {
		always, _ := (path{"policy", "resolve"}).get(selector)
		if _, narrowed := w.copy.Observed.Get(region...); !narrowed && always != "Always" {
			return
		}
	}

	region.set(w.object, w.copy.Region)
}

// findsCopiesHere returns whether a selector finds copies of components, and
// each of these has a copy in the region.
func (w *writer) findsCopiesHere(at path, labels map[string]any) bool {
	target := w.layout.references[strings.Join(at[2:], ".")]
	found := false

	for i := range w.scope.Neighbours {
		n := &w.scope.Neighbours[i]
		if n.Kind != target.Kind || !strings.HasPrefix(n.Group, target.Service+".") || !n.matches(labels) {
			continue
		}

		if !n.Regions[w.copy.Region] {
			return false
		}

		found = true
	}

	return found
}

// matches returns whether the labels select copies of the component.
func (n *Neighbour) matches(labels map[string]any) bool {
	for k, v := range labels {
		switch {
		case k == LabelComponent && v == n.Component:
		case k == LabelRegion:
		default:
			if have, ok := n.Labels[k]; !ok || have != v {
				return false
			}
		}
	}

	return true
}

// rename rewrites a reference that names the home copy of a component, so that
// it names the copy in this region.
func (w *writer) rename(at path) {
	v, _ := at.get(w.object)

	switch v := v.(type) {
	case map[string]any:
		if renamed, ok := w.renamed(v); ok {
			at.set(w.object, renamed)
		}
	case []any:
		out := slices.Clone(v)

		for i := range out {
			if m, isMap := out[i].(map[string]any); isMap {
				if renamed, ok := w.renamed(m); ok {
					out[i] = renamed
				}
			}
		}

		at.set(w.object, out)
	}
}

func (w *writer) renamed(ref map[string]any) (map[string]any, bool) {
	name, _ := ref["name"].(string)
	if name == "" {
		return nil, false
	}

	for i := range w.scope.Neighbours {
		copies, ok := w.scope.Neighbours[i].Names[name]
		if !ok {
			continue
		}

		for _, place := range []string{w.copy.Zone, w.copy.Region} {
			if to, ok := copies[place]; ok && place != "" && to != name {
				out := maps.Clone(ref)
				out["name"] = to

				return out, true
			}
		}
	}

	return nil, false
}
