package render

import (
	"maps"
	"slices"
	"strings"
)

// A path of field names from the root of an object. Lists are not walked.
type path []string

func pathOf(dotted string) path {
	if dotted == "" {
		return nil
	}

	return strings.Split(dotted, ".")
}

// Names of the two parts of a resource that the function writes to.
const (
	metadata = "metadata"
	spec     = "spec"
)

func (p path) String() string { return strings.Join(p, ".") }

// child returns the path of something below.
func (p path) child(names ...string) path { return slices.Concat(p, names) }

// get returns the value at the path.
func (p path) get(object map[string]any) (any, bool) {
	var v any = object

	for _, name := range p {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}

		if v, ok = m[name]; !ok {
			return nil, false
		}
	}

	return v, true
}

// set writes a value. Every map on the way is copied first, because the parts
// of an evaluated template may be shared with it.
func (p path) set(object map[string]any, value any) {
	for _, name := range p[:len(p)-1] {
		child, _ := object[name].(map[string]any)
		child = maps.Clone(child)

		if child == nil {
			child = map[string]any{}
		}

		object[name] = child
		object = child
	}

	object[p[len(p)-1]] = value
}

// remove deletes the value at the path, and no map that becomes empty.
func (p path) remove(object map[string]any) {
	if _, ok := p.get(object); !ok || len(p) == 0 {
		return
	}

	for _, name := range p[:len(p)-1] {
		child, _ := object[name].(map[string]any)
		child = maps.Clone(child)
		object[name] = child
		object = child
	}

	delete(object, p[len(p)-1])
}
