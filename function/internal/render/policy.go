package render

import "slices"

// policies writes what the provider may do. A copy with data may be created
// once; after that, one that somebody deleted by hand must be reported as gone
// and not be made again, empty. It is never deleted with its XR.
//
// Crossplane accepts no other sets than those it lists. These are listed by
// every supported version.
func (w *writer) policies() {
	if !w.copy.Data || !w.layout.managed {
		return
	}

	at := path{spec, "managementPolicies"}
	stated, isStated := at.get(w.object)

	switch {
	case w.created():
		if !isStated || contains(stated, "Create") || contains(stated, "*") {
			at.set(w.object, []any{"Observe", "Update", "LateInitialize"})
		}
	case w.copy.Adopt != "":
		at.set(w.object, []any{"Observe", "Update", "LateInitialize"})
	case !isStated:
		at.set(w.object, []any{"Observe", "Create", "Update", "LateInitialize"})
	}
}

// created returns whether the copy exists on AWS, or did: once it may not be
// created any more, a lost status does not change that.
func (w *writer) created() bool {
	if w.copy.Observed == nil {
		return false
	}

	if v, ok := w.copy.Observed.Get(spec, "managementPolicies"); ok && !contains(v, "Create") && !contains(v, "*") {
		return true
	}

	for _, id := range []string{"arn", "id"} {
		if v, ok := w.copy.Observed.Get("status", "atProvider", id); ok && v != "" {
			return true
		}
	}

	return false
}

func contains(list any, want string) bool {
	l, _ := list.([]any)

	return slices.Contains(l, any(want))
}
