package render

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/crossdr/crossdr/function/internal/catalog"
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

	// Epochs of the copies of data that may be written to, by region. Selectors
	// must not find the fenced ones beside them.
	Epochs map[string]int64

	// Regions in which it has copies. A copy that exists once has none.
	Regions map[string]bool
}

// RefersTo returns where the template refers to a resource of a kind, or "".
func (t *Template) RefersTo(group, kind string) string {
	n := &Neighbour{Group: group, Kind: kind}

	for _, at := range slices.Concat(t.selectors, t.references) {
		base := at[2:].String()
		for _, end := range []string{"Selector", "Refs", "Ref"} {
			base = strings.TrimSuffix(base, end)
		}

		if reference, ok := t.layout.references[base+"Selector"]; ok && n.is(reference) {
			return at.String()
		}
	}

	return ""
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

	found, epoch := w.findCopies(at, labels)
	if !controller && len(labels) == 0 || !found {
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

	of := at.child("matchLabels", LabelEpoch)

	switch was, narrowed := w.observedAt(of); {
	case narrowed:
		of.set(w.object, was)
	case w.copy.Observed == nil && epoch > 0:
		of.set(w.object, strconv.FormatInt(epoch, 10))
	}
}

func (w *writer) observedAt(at path) (any, bool) {
	if w.copy.Observed == nil {
		return nil, false
	}

	return w.copy.Observed.Get(at...)
}

// findCopies returns whether a selector finds copies of components in the
// region and, where these hold data, the epoch of the one that may be written
// to: fenced ones stay beside it.
func (w *writer) findCopies(at path, labels map[string]any) (found bool, epoch int64) {
	target := w.layout.references[at[2:].String()]
	several := false

	for i := range w.scope.Neighbours {
		n := &w.scope.Neighbours[i]
		if !n.is(target) || !n.matches(labels) || !n.Regions[w.copy.Region] {
			continue
		}

		several = several || found
		found, epoch = true, n.Epochs[w.copy.Region]
	}

	if several {
		epoch = 0
	}

	return found, epoch
}

// is returns whether the component is of the kind that is referred to.
func (n *Neighbour) is(target catalog.Reference) bool {
	return n.Kind == target.Kind && strings.HasPrefix(n.Group, target.Service+".")
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
	may := w.target(at)

	switch v := v.(type) {
	case map[string]any:
		if renamed, ok := w.renamed(v, may); ok {
			at.set(w.object, renamed)
		}
	case []any:
		out := slices.Clone(v)

		for i := range out {
			if m, isMap := out[i].(map[string]any); isMap {
				if renamed, ok := w.renamed(m, may); ok {
					out[i] = renamed
				}
			}
		}

		at.set(w.object, out)
	}
}

// target returns whether a reference may be to a component: things of several
// kinds often have one name. A reference that the catalog does not know may be
// to any, but that to a Secret is to nothing else.
func (w *writer) target(at path) func(*Neighbour) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(at[2:].String(), "Refs"), "Ref")

	if reference, ok := w.layout.references[base+"Selector"]; ok {
		return func(n *Neighbour) bool { return n.is(reference) }
	}

	secret := strings.HasSuffix(base, "Secret")

	return func(n *Neighbour) bool { return !secret || n.Kind == "Secret" }
}

func (w *writer) renamed(ref map[string]any, may func(*Neighbour) bool) (map[string]any, bool) {
	name, _ := ref["name"].(string)
	if name == "" {
		return nil, false
	}

	for i := range w.scope.Neighbours {
		copies, ok := w.scope.Neighbours[i].Names[name]
		if !ok || !may(&w.scope.Neighbours[i]) {
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
