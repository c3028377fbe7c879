package render

import (
	"maps"
	"slices"
)

// immutables writes what can't change on an existing copy as it is observed,
// and takes away what the copy does not have: on a live resource some of these
// are refused, and others rename or replace it.
func (w *writer) immutables(template map[string]any) {
	if w.copy.Observed == nil {
		return
	}

	for _, at := range w.layout.immutable {
		was, exists := w.copy.Observed.Get(at...)
		w.restore(at, was, exists)
	}

	if len(w.layout.arguments) == 0 {
		return
	}

	// A create-only value may stand in either block.
	for _, name := range []string{"forProvider", "initProvider"} {
		at := path{spec, name}
		v, _ := w.copy.Observed.Get(at...)
		was, _ := v.(map[string]any)
		v, _ = at.get(template)
		asked, _ := v.(map[string]any)
		w.nested(at, asked, was)
		w.arguments(at, asked, was)
	}
}

// nested restores arguments within blocks.
func (w *writer) nested(block path, asked, was map[string]any) {
	for _, p := range w.layout.nested {
		before, exists := p.get(was)
		after, stated := p.get(asked)

		if exists || stated {
			w.tell(block.child(p...), after, stated, before)
			w.restore(block.child(p...), before, exists)
		}
	}
}

// arguments restores whole arguments.
func (w *writer) arguments(block path, asked, was map[string]any) {
	for _, argument := range slices.Sorted(maps.Keys(asked)) {
		if tell, ok := w.layout.arguments[argument]; ok && !has(was, argument) {
			w.tell(block.child(argument), asked[argument], tell, nil)
			w.restore(block.child(argument), nil, false)
		}
	}

	for _, argument := range slices.Sorted(maps.Keys(was)) {
		if tell, ok := w.layout.arguments[argument]; ok {
			w.tell(block.child(argument), asked[argument], tell && has(asked, argument), was[argument])
			w.restore(block.child(argument), was[argument], true)
		}
	}

	// What the function wrote and the copy does not have: a zone, an identity.
	for _, p := range []path{w.layout.region, w.layout.zoneName, w.layout.zoneID, w.layout.identity} {
		if p.under(block) && !has(was, p[len(block)]) {
			p.remove(w.object)
		}
	}
}

// under returns whether the path names a field of a block.
func (p path) under(block path) bool {
	return len(p) == len(block)+1 && slices.Equal(p[:len(block)], block)
}

func has(m map[string]any, name string) bool {
	_, ok := m[name]

	return ok
}

// tell warns that the template asks for what the copy can't have.
func (w *writer) tell(at path, asked any, stated bool, was any) {
	if stated && !equal(asked, was) {
		w.result.Warnings = append(w.result.Warnings, w.copy.Key+": "+at.String()+" can't change on a resource that exists, so it stays as it is")
	}
}

// restore puts one immutable value back to what the copy has.
func (w *writer) restore(at path, was any, exists bool) {
	if exists {
		at.set(w.object, was)
	} else {
		at.remove(w.object)
	}
}

// equal compares two JSON values. Numbers may have come as int64 or float64.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)

		return ok && maps.EqualFunc(a, b, equal)
	case []any:
		b, ok := b.([]any)

		return ok && slices.EqualFunc(a, b, equal)
	case int64:
		if f, ok := b.(float64); ok {
			return float64(a) == f
		}
	case float64:
		if i, ok := b.(int64); ok {
			return a == float64(i)
		}
	}

	return a == b
}
