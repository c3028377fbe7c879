package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossdr/crossdr/internal/scenario"
)

var update = flag.Bool("update", false, "rewrite the expected output of the examples")

// tool returns the path of a binary that tools/build.sh built.
func tool(t *testing.T, name string) string {
	t.Helper()

	path, err := filepath.Abs(filepath.Join("..", ".tools", "bin", name))
	if err != nil {
		t.Fatal(err)
	}

	if _, err := os.Stat(path); err != nil {
		if testing.Short() {
			t.Skipf("%s is not built, and -short is set", name)
		}

		t.Fatalf("%s is not built: run make test, or tools/build.sh %s once", name, name)
	}

	return path
}

// serve serves a function of our own in this process.
func serveFunction(t *testing.T) string {
	t.Helper()

	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)

	go func() {
		done <- newServer(NewFunction(logging.NewNopLogger()), logging.NewNopLogger(), insecure.NewCredentials(), 4<<20, time.Second).serve(ctx, lis)
	}()

	t.Cleanup(func() {
		cancel()

		if err := <-done; err != nil {
			t.Error(err)
		}
	})

	return lis.Addr().String()
}

// servePatches serves the stand-in for function-patch-and-transform.
func servePatches(t *testing.T) string {
	t.Helper()

	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	s := grpc.NewServer()
	fnv1.RegisterFunctionRunnerServiceServer(s, scenario.Patches{})

	done := make(chan error, 1)

	go func() { done <- s.Serve(lis) }()

	t.Cleanup(func() {
		s.Stop()

		if err := <-done; err != nil {
			t.Error(err)
		}
	})

	return lis.Addr().String()
}

// TestExamples renders every example through the real reconciler.
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("..", "examples", "*", "functions.yaml"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("found no examples: %v", err)
	}

	engine := &scenario.Engine{Crossplane: tool(t, "crossplane-core"), Functions: map[string]string{
		"crossdr-function-dr": serveFunction(t), scenario.PatchesFunction: servePatches(t),
	}}

	for _, f := range dirs {
		dir := filepath.Dir(f)

		t.Run(filepath.Base(dir), func(t *testing.T) {
			s, err := scenario.Load(dir)
			if err != nil {
				t.Fatal(err)
			}

			rendered, err := engine.Run(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}

			for i := range rendered {
				t.Run(rendered[i].Step.Name, func(t *testing.T) { checkStep(t, &rendered[i]) })
			}
		})
	}
}

func checkStep(t *testing.T, r *scenario.Rendered) {
	t.Helper()

	for _, key := range r.Output.Lost() {
		t.Errorf("%s would be deleted", key)
	}

	got, err := golden(r.Output)
	if err != nil {
		t.Fatal(err)
	}

	observed, err := scenario.ToYAML(r.Observed)
	if err != nil {
		t.Fatal(err)
	}

	if *update {
		if err := r.Step.Update(got, observed); err != nil {
			t.Fatal(err)
		}

		return
	}

	want, err := r.Step.Expected()
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("not what expected.yaml says (make golden rewrites it): -want +got:\n%s", diff)
	}

	on, err := scenario.ToYAML(r.Step.Observed)
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(on, observed); diff != "" {
		t.Errorf("observed.yaml is not what the step before leaves behind (make golden rewrites it): -file +got:\n%s", diff)
	}
}

// golden prints what a person would look at: the status of the XR, what went
// wrong, and the composed resources.
func golden(o *scenario.Output) (string, error) {
	var b strings.Builder

	if o.Fatal != "" {
		// A FATAL result applies nothing, so nothing else matters.
		b.WriteString("# FATAL\n")

		for line := range strings.Lines(o.Fatal) {
			b.WriteString("# " + line)
		}

		return strings.TrimSpace(b.String()) + "\n", nil
	}

	for _, e := range o.Events {
		if strings.HasPrefix(e, "Warning") {
			b.WriteString("# " + e + "\n")
		}
	}

	status, _, err := unstructured.NestedMap(o.XR.Object, "status")
	if err != nil {
		return "", err
	}

	var conditions []any

	all, _ := status["conditions"].([]any)
	for _, c := range all {
		if m, _ := c.(map[string]any); m["type"] != "Responsive" {
			delete(m, "lastTransitionTime")
			conditions = append(conditions, m)
		}
	}

	slices.SortFunc(conditions, func(a, b any) int {
		return strings.Compare(fmt.Sprint(a.(map[string]any)["type"]), fmt.Sprint(b.(map[string]any)["type"]))
	})

	status["conditions"] = conditions

	metadata := map[string]any{"name": o.XR.GetName()}
	if ns := o.XR.GetNamespace(); ns != "" {
		metadata["namespace"] = ns
	}

	y, err := yaml.Marshal(map[string]any{
		"apiVersion": o.XR.GetAPIVersion(), "kind": o.XR.GetKind(), "metadata": metadata, "status": status,
	})
	if err != nil {
		return "", err
	}

	b.WriteString("---\n")
	b.Write(y)

	composed, err := scenario.ToYAML(o.Composed)
	b.WriteString(composed)

	return b.String(), err
}

// TestExamplesAdoption checks that to add our step to a live Composition
// renames and changes nothing: what differs is labels and policies only.
func TestExamplesAdoption(t *testing.T) {
	dir := filepath.Join("..", "examples", "adoption")
	read := func(file ...string) map[string]map[string]any {
		objects := readObjects(t, filepath.Join(dir, filepath.Join(file...)))
		out := map[string]map[string]any{}

		for i := range objects {
			if key := scenario.Key(&objects[i]); key != "" {
				out[key] = leaves(objects[i].Object, "", map[string]any{})
			}
		}

		return out
	}

	before, observed, adopted := read("1-before", "expected.yaml"), read("2-adopted", "observed.yaml"), read("2-adopted", "expected.yaml")
	if len(observed) == 0 {
		t.Fatal("nothing is observed")
	}

	// What only observes is new, and nothing else.
	for _, key := range slices.Collect(maps.Keys(adopted)) {
		if adopted[key][".kind"] == "SnapshotSelection" {
			delete(adopted, key)
		}
	}

	if diff := cmp.Diff(slices.Sorted(maps.Keys(observed)), slices.Sorted(maps.Keys(adopted))); diff != "" {
		t.Errorf("the keys change: -observed +adopted:\n%s", diff)
	}

	for key, fields := range adopted {
		for at, v := range fields {
			ours := strings.HasPrefix(at, ".metadata.labels.crossdr.io/") || strings.HasPrefix(at, ".spec.managementPolicies")
			if !ours && !reflect.DeepEqual(observed[key][at], v) {
				t.Errorf("%s%s changes from %v to %v", key, at, observed[key][at], v)
			}
		}

		// Crossplane takes away a field that it applied before and not now.
		for at := range before[key] {
			if _, kept := fields[at]; !kept {
				t.Errorf("%s%s goes", key, at)
			}
		}
	}
}

// TestStaticStability checks that a failover changes nothing of what Route 53
// would have to be asked for.
func TestStaticStability(t *testing.T) {
	dir := filepath.Join("..", "examples", "static-stability")

	spec := func(step, key string) any {
		for _, o := range readObjects(t, filepath.Join(dir, step)) {
			if scenario.Key(&o) == key {
				return o.Object["spec"]
			}
		}

		t.Fatalf("%s has no %s", step, key)

		return nil
	}

	for _, key := range []string{"dns", "dns-us-west-2", "check", "check-us-west-2"} {
		was := spec("2-failover/observed.yaml", key).(map[string]any)["forProvider"].(map[string]any)
		is := spec("3-serving/observed.yaml", key).(map[string]any)["forProvider"].(map[string]any)

		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("the failover changes %s: -before, +after:\n%s", key, diff)
		}
	}
}

// leaves returns every value of an object by its path.
func leaves(v any, at string, into map[string]any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			leaves(child, at+"."+name, into)
		}
	case []any:
		for i := range v {
			leaves(v[i], fmt.Sprint(at, "[", i, "]"), into)
		}
	default:
		into[at] = v
	}

	return into
}
