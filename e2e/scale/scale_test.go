package scale

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/e2e/aws"
	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/registry"
)

// many XRs follow one FailoverTarget.
const many = 200

// activation leaves us-east-1. There is no data, so none is measured.
const activation = `{"spec":{"forProvider":{"activation":{"region":"us-west-2","epoch":2,"accept":["NothingMeasured"],"reason":"us-east-1 impaired"}}}}`

func TestManyFollowOneTarget(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	cloud := aws.Start()
	t.Cleanup(cloud.Stop)

	install(ctx, t, cloud)
	apply(ctx, t, "definition.yaml", "Established")
	apply(ctx, t, "composition.yaml", "")
	target := apply(ctx, t, "failovertarget.yaml", "Ready")

	for i := range many {
		if err := crossplane.Apply(ctx, notice(i)); err != nil {
			t.Fatal(err)
		}
	}

	rendered(ctx, t, 1)
	cloud.Darken("us-east-1")

	start := now()
	if err := crossplane.Client().Patch(ctx, target, client.RawPatch(types.MergePatchType, []byte(activation))); err != nil {
		t.Fatal(err)
	}

	decided := decision(ctx, t, target)
	times := rendered(ctx, t, 2)
	t.Logf("from the patch: decided after %.1f s; of %d XRs the first serves after %.1f s, half of them after %.1f s, all after %.1f s",
		decided.Sub(start).Seconds(), many, times[0].Sub(start).Seconds(), times[many/2].Sub(start).Seconds(), times[many-1].Sub(start).Seconds())

	everyCopy(ctx, t)
}

// decision waits until the activation is in force, and returns when it was seen
// to be.
func decision(ctx context.Context, t *testing.T, target *unstructured.Unstructured) time.Time {
	t.Helper()

	err := crossplane.Await(ctx, func(ctx context.Context) error {
		if err := crossplane.Client().Get(ctx, client.ObjectKeyFromObject(target), target); err != nil {
			return fmt.Errorf("cannot get the FailoverTarget: %w", err)
		}

		if epoch, _, _ := unstructured.NestedInt64(target.Object, "status", "atProvider", "epoch"); epoch != 2 {
			return fmt.Errorf("it is at epoch %d: %v", epoch, target.Object["status"])
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	return now()
}

// rendered waits until all XRs are rendered for an epoch and Ready, and returns
// when each was seen to be, the earliest first.
func rendered(ctx context.Context, t *testing.T, epoch int64) []time.Time {
	t.Helper()

	seen := map[string]time.Time{}

	err := crossplane.Await(ctx, func(ctx context.Context) error {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(notice(0).GroupVersionKind())

		if err := crossplane.Client().List(ctx, list, client.InNamespace("default")); err != nil {
			return fmt.Errorf("cannot list XRs: %w", err)
		}

		for i := range list.Items {
			xr := &list.Items[i]

			if _, ok := seen[xr.GetName()]; !ok && serves(xr, epoch) {
				seen[xr.GetName()] = now()
			}
		}

		if len(seen) < many {
			return fmt.Errorf("%d of %d XRs serve at epoch %d", len(seen), many, epoch)
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	times := make([]time.Time, 0, len(seen))
	for _, at := range seen {
		times = append(times, at)
	}

	slices.SortFunc(times, time.Time.Compare)

	return times
}

// serves returns whether an XR is rendered for an epoch, and its condition
// Serving is of that render and True.
func serves(xr *unstructured.Unstructured, epoch int64) bool {
	got, _, _ := unstructured.NestedInt64(xr.Object, "status", "recovery", "epoch")
	region, _, _ := unstructured.NestedString(xr.Object, "status", "recovery", "activeRegion")
	conditions, _, _ := unstructured.NestedSlice(xr.Object, "status", "conditions")

	return got == epoch && slices.ContainsFunc(conditions, func(c any) bool {
		condition, _ := c.(map[string]any)

		return condition["type"] == "Serving" && condition["status"] == "True" && condition["message"] == "every copy is ready in "+region
	})
}

// everyCopy tests that each XR has a copy in the region that serves, and still
// has the one in the region that is lost.
func everyCopy(ctx context.Context, t *testing.T) {
	t.Helper()

	list := &corev1.ConfigMapList{}
	if err := crossplane.Client().List(ctx, list, client.InNamespace("default"), client.MatchingLabels{"crossdr.io/component": "network"}); err != nil {
		t.Fatal(err)
	}

	count := map[string]int{}
	for i := range list.Items {
		count[list.Items[i].Data["region"]]++
	}

	if count["us-east-1"] != many || count["us-west-2"] != many {
		t.Errorf("\nEach XR has what it needs in the region that serves, and nothing is deleted.\ncopies by region: got %v, want %d in each", count, many)
	}
}

// install installs our packages with the access to AWS, and runs both programs.
func install(ctx context.Context, t *testing.T, cloud *aws.AWS) {
	t.Helper()

	r, err := registry.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(r.Stop)

	names := map[string]string{"Function": "function-dr", "Provider": "provider-aws-dr"}
	packages := make([]*unstructured.Unstructured, 0, len(names))

	for kind, name := range names {
		if err := r.Push(ctx, name); err != nil {
			t.Fatal(err)
		}

		packages = append(packages, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "pkg.crossplane.io/v1", "kind": kind,
			"metadata": map[string]any{"name": "crossdr-" + name},
			"spec":     map[string]any{"package": registry.Name(name)},
		}})
	}

	if err := crossplane.Apply(ctx, append(packages, r.ImageConfig())...); err != nil {
		t.Fatal(err)
	}

	for _, pkg := range packages {
		if err := crossplane.AwaitCondition(ctx, pkg, "Healthy"); err != nil {
			t.Fatal(err)
		}
	}

	if err := crossplane.RunPrograms(ctx); err != nil {
		t.Fatal(err)
	}

	if err := crossplane.Apply(ctx, cloud.Access(controlplane.Namespace)...); err != nil {
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

// notice returns one of the XRs.
func notice(i int) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "e2e.crossdr.io/v1alpha1", "kind": "Notice",
		"metadata": map[string]any{"namespace": "default", "name": fmt.Sprintf("notice-%03d", i)},
		"spec": map[string]any{"recovery": map[string]any{
			"objectives":     map[string]any{"rpo": "4h", "rto": "4h"},
			"failoverTarget": map[string]any{"name": "all"},
		}},
	}}
}

func now() time.Time { return time.Now() } //nolint:forbidigo // What is measured goes by it.
