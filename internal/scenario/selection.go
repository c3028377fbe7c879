package scenario

import (
	"fmt"
	"regexp"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

var epochOf = regexp.MustCompile(`-e([0-9]+)$`)

// selectSnapshot plays provider-aws-dr: a SnapshotSelection finds a snapshot
// of its source that is as old as the source's epoch is, an hour for each.
func selectSnapshot(u *unstructured.Unstructured, all []unstructured.Unstructured) {
	source, _, _ := unstructured.NestedString(u.Object, "spec", "forProvider", "source", "identifier")
	restoreAs, _, _ := unstructured.NestedString(u.Object, "spec", "forProvider", "restoreAs")

	at := map[string]any{"candidates": int64(0), "reason": "there is no snapshot of " + source}
	ready := "False"

	existing := map[string]any{"state": "Absent", "restoreAs": restoreAs}

	for i := range all {
		name, ok := identity(&all[i])
		if !ok {
			continue
		}

		switch name {
		case restoreAs:
			existing = map[string]any{"restoreAs": restoreAs, "state": "Present", "externalName": all[i].GetAnnotations()["crossplane.io/external-name"]}
		case source:
			hour := 8
			if m := epochOf.FindStringSubmatch(Key(u)); m != nil {
				_, _ = fmt.Sscan(m[1], &hour)
				hour += 8
			}

			ready = "True"
			at["candidates"], at["reason"] = int64(14), "newest of 14 candidates"
			at["selected"] = map[string]any{
				"id":             fmt.Sprintf("awsbackup:copyjob-%s-2026-11-20-%02d-02", source, hour),
				"dataTime":       fmt.Sprintf("2026-11-20T%02d:02:00Z", hour),
				"dataTimeSource": "SnapshotDatabaseTime",
			}
		}
	}

	at["existing"] = existing
	u.Object["status"] = map[string]any{
		"atProvider": at,
		"conditions": []any{map[string]any{"type": "Ready", "status": ready, "reason": "Available", "lastTransitionTime": settledAt}},
	}
}

// identity returns what a resource is called on AWS, once it is there.
func identity(u *unstructured.Unstructured) (string, bool) {
	if _, ok, _ := unstructured.NestedString(u.Object, "status", "atProvider", "id"); !ok {
		return "", false
	}

	if name, ok, _ := unstructured.NestedString(u.Object, "spec", "forProvider", "identifier"); ok {
		return name, true
	}

	return u.GetAnnotations()["crossplane.io/external-name"], true
}
