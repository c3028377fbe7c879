package render

import "slices"

// policiesField is where the policies are, below spec.
const policiesField = "managementPolicies"

// policies writes what the provider may do. A copy with data may be created
// once; after that, one that somebody deleted by hand must be reported as gone
// and not be made again, empty. It is never deleted with its XR.
//
// Crossplane accepts no other sets than those it lists. These are listed by
// every supported version.
func (w *writer) policies() {
	if !w.copy.Durable || !w.managed {
		return
	}

	if w.copy.Data && w.statesReplicas() {
		w.guard()

		return
	}

	at := path{spec, policiesField}
	stated, isStated := at.get(w.object)

	switch {
	case w.created() || w.adopts():
		at.set(w.object, lasting(stated, isStated))
	case !isStated:
		at.set(w.object, []any{"Observe", "Create", "Update", "LateInitialize"})
	}
}

// lasting returns the policies of a copy that exists: those that the template
// states, less to create and to delete.
func lasting(stated any, isStated bool) []any {
	list, _ := stated.([]any)
	if !isStated || contains(stated, "*") {
		return []any{"Observe", "Update", "LateInitialize"}
	}

	out := []any{}

	for _, p := range list {
		if p != "Create" && p != "Delete" {
			out = append(out, p)
		}
	}

	return out
}

func (w *writer) created() bool { return w.copy.Observed != nil && Created(w.copy.Observed) }

// Unmakeable returns whether a copy to be born could never come to be: its
// template lets nothing be made. At home it is as any Composition makes it, and
// what is adopted exists.
func Unmakeable(c *Copy, object map[string]any) bool {
	stated, isStated := (path{spec, policiesField}).get(object)

	return c.Durable && c.Observed == nil && !c.KeepNames && c.Adopt == "" && isStated && !contains(stated, "Create") && !contains(stated, "*")
}

// Created returns whether an observed copy of data exists on AWS, or did: once
// it may not be created any more, a lost status does not change that.
func Created(o Object) bool {
	// A kept copy may be one that was never made, and is only observed since.
	role, _ := o.Get(metadata, "labels", LabelRole)
	if v, ok := o.Get(spec, policiesField); ok && role != "Kept" && !contains(v, "Create") && !contains(v, "*") {
		return true
	}

	for _, id := range []string{"arn", "id"} {
		v, _ := o.Get("status", "atProvider", id)
		if s, _ := v.(string); s != "" {
			return true
		}
	}

	return false
}

// adopts returns whether the copy is born as one that exists on AWS already.
func (w *writer) adopts() bool { return w.copy.Observed == nil && w.copy.Adopt != "" }

func contains(list any, want string) bool {
	l, _ := list.([]any)

	return slices.Contains(l, any(want))
}
