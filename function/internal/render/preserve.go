package render

import (
	"maps"
	"slices"
	"strings"
)

// Preserve returns an observed copy as it is, only observed from now on. It
// carries the full spec: a part of it would take the rest away.
func Preserve(s *Scope, c *Copy, managed bool) map[string]any {
	observed := c.Observed.Map()

	object := maps.Clone(observed)
	delete(object, "status")

	was, _ := observed[metadata].(map[string]any)
	m := map[string]any{}

	for _, name := range []string{"name", "namespace", annotationsField} {
		if v, ok := was[name]; ok {
			m[name] = v
		}
	}

	if annotations, ok := m[annotationsField].(map[string]any); ok {
		m[annotationsField] = durable(annotations)
	}

	labels, _ := was["labels"].(map[string]any)
	m["labels"] = s.labels(c, labels)
	object[metadata] = m

	if managed {
		SetPolicies(object, []any{"Observe"})
	}

	return object
}

// durable leaves out annotations that somebody else writes while things
// happen: to write an older value back would undo theirs.
func durable(annotations map[string]any) map[string]any {
	out := maps.Clone(annotations)
	maps.DeleteFunc(out, func(k string, _ any) bool {
		return strings.HasPrefix(k, "crossplane.io/external-create-") ||
			k == "crossplane.io/reconcile-requested-at" ||
			k == "kubectl.kubernetes.io/last-applied-configuration"
	})

	return out
}

// SetPolicies writes the management policies of an object whose spec may be
// shared.
func SetPolicies(object map[string]any, policies []any) {
	was, _ := object[spec].(map[string]any)
	now := maps.Clone(was)

	if now == nil {
		now = map[string]any{}
	}

	now["managementPolicies"] = policies
	object[spec] = now
}

// FinalSnapshot says whether the deletion of a database leaves a snapshot
// behind, where its kind can.
func FinalSnapshot(object map[string]any, leave bool) {
	kind, _ := object["kind"].(string)
	apiVersion, _ := object["apiVersion"].(string)
	service, _, _ := strings.Cut(apiVersion, ".")

	if kind != "Instance" && kind != "Cluster" || !slices.Contains([]string{"rds", "docdb", "neptune", "redshift"}, service) {
		return
	}

	was, _ := object[spec].(map[string]any)
	now := maps.Clone(was)
	arguments, _ := now["forProvider"].(map[string]any)
	arguments = maps.Clone(arguments)

	if arguments == nil {
		return
	}

	arguments["skipFinalSnapshot"] = !leave

	if name, _ := arguments["finalSnapshotIdentifier"].(string); name == "" && leave {
		m, _ := object[metadata].(map[string]any)
		name, _ = m["name"].(string)
		arguments["finalSnapshotIdentifier"] = name + "-final"
	}

	now["forProvider"] = arguments
	object[spec] = now
}

// Equal compares two JSON values.
func Equal(a, b any) bool { return equal(a, b) }
