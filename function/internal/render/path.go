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

// set writes a value.
func (p path) set(object map[string]any, value any) {
	p.parent(object)[p[len(p)-1]] = value
}

// parent returns the map that the path ends in, made where it is missing. Of
// an evaluated template the first three levels are ours. Those below may be
// shared with it, so they are copied.
func (p path) parent(object map[string]any) map[string]any {
	for i, name := range p[:len(p)-1] {
		child, _ := object[name].(map[string]any)

		switch {
		case child == nil:
			child = map[string]any{}
			object[name] = child
		case i > 1:
			child = maps.Clone(child)
			object[name] = child
		}

		object = child
	}

	return object
}

// remove deletes the value at the path, and no map that becomes empty.
func (p path) remove(object map[string]any) {
	if _, ok := p.get(object); !ok || len(p) == 0 {
		return
	}

	delete(p.parent(object), p[len(p)-1])
}
