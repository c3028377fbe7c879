package crd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// observedAt is when the examples were observed.
var observedAt = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// seconds of an age of some minutes. What the test takes is in it.
var seconds = regexp.MustCompile(`\b(\d+m)\d+s\b`)

// TestExampleColumns prints the examples of SnapshotSelections as an operator sees
// them right after they were observed.
func TestExampleColumns(t *testing.T) {
	root, err := controlplane.Repository()
	if err != nil {
		t.Fatal(err)
	}

	dir := filepath.Join(root, "examples", "provider", "snapshotselection")

	objects, err := controlplane.Read(filepath.Join(dir, "expected.yaml"))
	if err != nil {
		t.Fatal(err)
	}

	inhabit(t, "team-a")

	for _, u := range objects {
		status := u.Object["status"]

		created := create(t, u).GetCreationTimestamp()

		u.Object["status"] = later(status, created.Sub(observedAt))
		if err := api.Client().Status().Update(t.Context(), u, client.FieldValidation(metav1.FieldValidationStrict)); err != nil {
			t.Fatal(err)
		}
	}

	got, err := api.Kubectl(t.Context(), "get", "snapshotselections", "--namespace=team-a")
	if err != nil {
		t.Fatal(err)
	}

	got = seconds.ReplaceAllStringFunc(age.ReplaceAllString(got, "20s"), func(s string) string {
		minutes, _, _ := strings.Cut(s, "m")

		return minutes + "m" + strings.Repeat(" ", len(s)-len(minutes)-1)
	})

	golden(t, filepath.Join(dir, "get.txt"), got)

	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}

	if !strings.Contains(string(readme), got) {
		t.Error("README.md shows something else than get.txt")
	}
}

// later returns a value of an object with its times as much later.
func later(v any, by time.Duration) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = later(v[k], by)
		}

		return out
	case []any:
		out := make([]any, 0, len(v))
		for i := range v {
			out = append(out, later(v[i], by))
		}

		return out
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t.Add(by).UTC().Format(time.RFC3339)
		}
	}

	return v
}
