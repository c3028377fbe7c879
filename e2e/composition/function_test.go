package composition

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/registry"
)

// name is what Crossplane calls our function when the Configuration depends on
// it, and what Compositions refer to.
const name = "crossdr-function-dr"

func TestFunctionRenders(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	install(ctx, t)

	apply(ctx, t, "definition.yaml", "Established")
	apply(ctx, t, "composition.yaml", "")
	xr := apply(ctx, t, "xr.yaml", "Ready")

	awaitNotice(ctx, t, "What the Composition says is composed, in the home region.", map[string]string{"region": "us-east-1", "text": "hello"})

	if err := unstructured.SetNestedField(xr.Object, "goodbye", "spec", "text"); err != nil {
		t.Fatal(err)
	}

	if err := crossplane.Apply(ctx, xr); err != nil {
		t.Fatal(err)
	}

	awaitNotice(ctx, t, "A change of the XR is rendered at once.", map[string]string{"region": "us-east-1", "text": "goodbye"})

	protect(ctx, t, notice(ctx, t))
}

// install installs the package of the function, and runs it.
func install(ctx context.Context, t *testing.T) {
	t.Helper()

	binary, err := controlplane.Build(ctx, "./function")
	if err != nil {
		t.Fatal(err)
	}

	r, err := registry.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(r.Stop)

	if err := r.Push(ctx, "function-dr"); err != nil {
		t.Fatal(err)
	}

	pkg := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "pkg.crossplane.io/v1",
		"kind":       "Function",
		"metadata":   map[string]any{"name": name},
		"spec":       map[string]any{"package": registry.Name("function-dr")},
	}}
	if err := crossplane.Apply(ctx, r.ImageConfig(), pkg); err != nil {
		t.Fatal(err)
	}

	if err := crossplane.AwaitCondition(ctx, pkg, "Healthy"); err != nil {
		t.Fatal(err)
	}

	if _, err := crossplane.RunFunction(ctx, name, binary); err != nil {
		t.Fatal(err)
	}
}

// apply applies the object of a file, and waits for a condition of it unless
// that is empty.
func apply(ctx context.Context, t *testing.T, file, condition string) *unstructured.Unstructured {
	t.Helper()

	object, err := crossplane.ApplyFile(ctx, filepath.Join("testdata", file), condition)
	if err != nil {
		t.Fatal(err)
	}

	return object
}

// notices returns the ConfigMaps that are copies of the component.
func notices(ctx context.Context) ([]corev1.ConfigMap, error) {
	list := &corev1.ConfigMapList{}
	if err := crossplane.Client().List(ctx, list, client.InNamespace("default"), client.MatchingLabels{"crossdr.io/component": "notice"}); err != nil {
		return nil, fmt.Errorf("cannot list ConfigMaps: %w", err)
	}

	return list.Items, nil
}

// notice returns the one ConfigMap that is a copy of the component.
func notice(ctx context.Context, t *testing.T) *corev1.ConfigMap {
	t.Helper()

	list, err := notices(ctx)
	if err != nil || len(list) != 1 {
		t.Fatalf("found %d ConfigMaps, not one: %v", len(list), err)
	}

	return &list[0]
}

// awaitNotice waits until exactly one ConfigMap is composed, with the data.
func awaitNotice(ctx context.Context, t *testing.T, reason string, want map[string]string) {
	t.Helper()

	err := crossplane.Await(ctx, func(ctx context.Context) error {
		list, err := notices(ctx)
		if err != nil {
			return err
		}

		got := make([]map[string]string, 0, len(list))
		for i := range list {
			got = append(got, list[i].Data)
		}

		if diff := cmp.Diff([]map[string]string{want}, got); diff != "" {
			return errors.New("the composed ConfigMaps: -want +got:\n" + diff)
		}

		return nil
	})
	if err != nil {
		t.Fatalf("\n%s\n%v", reason, err)
	}
}

// protect tests that the webhooks of Crossplane are called: one of them refuses
// to delete what is in use.
func protect(ctx context.Context, t *testing.T, used *corev1.ConfigMap) {
	t.Helper()

	usage := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "protection.crossplane.io/v1beta1",
		"kind":       "Usage",
		"metadata":   map[string]any{"name": "notice", "namespace": used.Namespace},
		"spec": map[string]any{
			"of":     map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "resourceRef": map[string]any{"name": used.Name}},
			"reason": "somebody reads it",
		},
	}}
	if err := crossplane.Apply(ctx, usage); err != nil {
		t.Fatal(err)
	}

	if err := crossplane.AwaitCondition(ctx, usage, "Ready"); err != nil {
		t.Fatal(err)
	}

	if err := crossplane.Client().Delete(ctx, used, client.DryRunAll); err == nil || !strings.Contains(err.Error(), "somebody reads it") {
		t.Errorf("\nThe API server calls Crossplane's webhooks.\nDelete(...): want an error that says why it is in use, got: %v", err)
	}
}
