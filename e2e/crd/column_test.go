package crd

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "rewrite what kubectl is expected to print")

// age is how old an object is, in the last column.
var age = regexp.MustCompile(`(?m)\d+s$`)

func TestColumns(t *testing.T) {
	created := func(spec, kind, name string) *unstructured.Unstructured {
		u := object(t, kind, spec)
		u.SetName(name)

		return create(t, u)
	}

	const selection = `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}}`

	fresh := created(selection, "SnapshotSelection", "payments-db-fresh")
	// kubectl shows it as 26h for half an hour: the test takes less.
	dataTime := fresh.GetCreationTimestamp().Add(-26*time.Hour - 30*time.Minute).UTC().Format(time.RFC3339)

	observe(t, fresh, `
atProvider: {selected: {id: "rds:payments-db-2026-11-20-09-00", dataTime: "`+dataTime+`"}}
conditions:
- {type: Ready, status: "True", reason: Available, lastTransitionTime: "2026-11-20T09:00:00Z"}
- {type: Synced, status: "True", reason: ReconcileSuccess, lastTransitionTime: "2026-11-20T09:00:00Z"}
`)
	observe(t, created(selection, "SnapshotSelection", "payments-db-none"), `
conditions:
- {type: Ready, status: "False", reason: NoCandidate, lastTransitionTime: "2026-11-20T09:00:00Z"}
- {type: Synced, status: "True", reason: ReconcileSuccess, lastTransitionTime: "2026-11-20T09:00:00Z"}
`)

	created(`forProvider: {regions: [{name: us-east-1}, {name: us-west-2}]}`, "FailoverTarget", "orders")
	observe(t, created(`forProvider: {regions: [{name: us-east-1}, {name: us-west-2}, {name: us-east-2}]}`, "FailoverTarget", "payments"), `
atProvider:
  activeRegion: us-west-2
  epoch: 2
  holder: true
  phase: Steady
  reachableRegions: us-west-2, us-east-2
  regions: [{name: us-east-1, reachable: false}, {name: us-west-2, reachable: true}, {name: us-east-2, reachable: true}]
conditions:
- {type: Decided, status: "True", reason: Steady, lastTransitionTime: "2026-11-20T09:00:00Z"}
- {type: Ready, status: "True", reason: Available, lastTransitionTime: "2026-11-20T09:00:00Z"}
- {type: Synced, status: "True", reason: ReconcileSuccess, lastTransitionTime: "2026-11-20T09:00:00Z"}
`)

	got, err := api.Kubectl(t.Context(), "get", "snapshotselections,failovertargets", "--namespace=default")
	if err != nil {
		t.Fatal(err)
	}

	golden(t, filepath.Join("testdata", "get.txt"), age.ReplaceAllString(got, "<age>"))
}

// observe writes the status of an object, in YAML.
func observe(t *testing.T, u *unstructured.Unstructured, status string) {
	t.Helper()

	var s map[string]any
	if err := yaml.UnmarshalStrict([]byte(status), &s); err != nil {
		t.Fatal(err)
	}

	u.Object["status"] = s

	if err := api.Client().Status().Update(t.Context(), u); err != nil {
		t.Fatal(err)
	}
}

// golden compares a text with a file, or writes the file.
func golden(t *testing.T, file, got string) {
	t.Helper()

	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("\nThe columns tell an operator which region serves, and what could be restored: -want +got:\n%s", diff)
	}
}
