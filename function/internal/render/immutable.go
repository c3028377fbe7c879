package render

import (
	"maps"
	"slices"
)

// immutables writes what can't change on an existing copy as it is observed,
// and takes away what the copy does not have: on a live resource some of these
// are refused, and others rename or replace it.
func (w *writer) immutables() {
	if w.copy.Observed == nil {
		return
	}

	for _, at := range w.layout.immutable {
		if was, exists := w.copy.Observed.Get(at...); exists {
			at.set(w.object, was)
		} else {
			at.remove(w.object)
		}
	}

	// A create-only value may stand in either block.
	for _, name := range []string{"forProvider", "initProvider"} {
		if len(w.layout.arguments) == 0 {
			break
		}

		at := path{spec, name}
		was := w.observed(at)
		v, stated := at.get(w.object)
		now, _ := v.(map[string]any)

		if now == nil {
			now = map[string]any{}
		}

		w.nested(at, now, was)
		w.arguments(at, now, was)

		if stated || len(now) > 0 {
			at.set(w.object, now)
		}
	}

	slices.Sort(w.result.Warnings)
}

// observed returns the immutable part of an observed block.
func (w *writer) observed(block path) map[string]any {
	was := map[string]any{}

	for name := range w.copy.Observed.Fields(block...) {
		if _, ok := w.layout.arguments[name]; ok || w.layout.blocks[name] {
			was[name], _ = w.copy.Observed.Get(block.child(name)...)
		}
	}

	return was
}

// nested restores arguments within blocks.
func (w *writer) nested(block path, now, was map[string]any) {
	for _, p := range w.layout.nested {
		before, exists := p.get(was)

		asked, stated := p.get(now)
		if stated && p.tell && !equal(asked, before) {
			w.tell(block.child(p.path...))
		}

		// The block of an argument may be shared with the template.
		if exists || stated {
			now[p.path[0]] = copied(now[p.path[0]])
		}

		if exists {
			p.set(now, before)
		} else if stated {
			p.remove(now)
		}
	}
}

func copied(v any) any {
	if m, ok := v.(map[string]any); ok {
		return maps.Clone(m)
	}

	return v
}

// arguments restores whole arguments.
func (w *writer) arguments(block path, now, was map[string]any) {
	for argument, before := range was {
		tell, ok := w.layout.arguments[argument]
		if !ok {
			continue
		}

		if asked, stated := now[argument]; tell && stated && !equal(asked, before) {
			w.tell(block.child(argument))
		}

		now[argument] = before
	}

	for argument := range now {
		tell, ok := w.layout.arguments[argument]
		if _, exists := was[argument]; !ok || exists {
			continue
		}

		if tell {
			w.tell(block.child(argument))
		}

		delete(now, argument)
	}
}

// tell warns that the template asks for what the copy can't have.
func (w *writer) tell(at path) {
	w.result.Warnings = append(w.result.Warnings, w.copy.Key+": "+at.String()+" can't change on a resource that exists, so it stays as it is")
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
