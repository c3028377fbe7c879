package render

import (
	"maps"
	"strings"
)

// Shut lays over a fenced copy what shuts it on AWS: overlay is a resource with
// spec.forProvider fields. It returns whether AWS reports all of them as they
// should be. Until then the provider may update the copy, and after that only
// observe it.
func Shut(object map[string]any, observed Object, overlay map[string]any) bool {
	v, _ := (path{spec, "forProvider"}).get(overlay)

	wanted, _ := v.(map[string]any)
	if len(wanted) == 0 {
		return true
	}

	was, _ := object[spec].(map[string]any)
	now := maps.Clone(was)
	arguments, _ := now["forProvider"].(map[string]any)

	// A copy that lost its spec is not written to.
	if len(arguments) == 0 {
		return false
	}

	arguments = maps.Clone(arguments)

	merge(arguments, wanted)

	now["forProvider"] = arguments
	now["managementPolicies"] = []any{"Observe", "Update"}

	reported, _ := observed.Get("status", "atProvider")
	verified := reports(reported, wanted)

	if verified {
		now["managementPolicies"] = []any{"Observe"}
	}

	object[spec] = now

	return verified
}

// reports returns whether what is wanted is part of what is reported. Lists
// are sets: AWS returns them in an order of its own.
func reports(reported, wanted any) bool {
	switch w := wanted.(type) {
	case map[string]any:
		r, ok := reported.(map[string]any)
		for name, v := range w {
			ok = ok && reports(r[name], v)
		}

		return ok
	case []any:
		r, ok := reported.([]any)
		if !ok || len(r) != len(w) {
			return false
		}

		for i := range w {
			ok = ok && containsEqual(r, w[i]) && containsEqual(w, r[i])
		}

		return ok
	}

	return equal(wanted, reported)
}

func containsEqual(list []any, v any) bool {
	for i := range list {
		if equal(list[i], v) {
			return true
		}
	}

	return false
}

// Stopped returns what stops a kind of compute, as fields by path, or nil if
// nothing is known that does.
func (t *Template) Stopped() map[string]any {
	zero := map[string]map[string]any{
		"AutoscalingGroup.autoscaling": {"minSize": int64(0), "desiredCapacity": int64(0)},
		"Service.ecs":                  {"desiredCount": int64(0)},
	}

	service, _, _ := strings.Cut(t.Group, ".")

	arguments, ok := zero[t.Kind+"."+service]
	if !ok || !t.layout.managed {
		return nil
	}

	// What the template does not state would not come back when it serves.
	stated := map[string]any{}

	for name, v := range arguments {
		if t.States(spec, "forProvider", name) {
			stated[path{spec, "forProvider", name}.String()] = v
		}
	}

	if len(stated) == 0 {
		return nil
	}

	return stated
}

// Set returns a resource with the fields at some paths, or nil if there are
// none.
func Set(fields map[string]any) map[string]any {
	if len(fields) == 0 {
		return nil
	}

	out := map[string]any{}
	for dotted, v := range fields {
		pathOf(dotted).set(out, v)
	}

	return out
}
