package install

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/e2e/registry"
)

func TestInstall(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	r, err := registry.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(r.Stop)

	for _, name := range []string{"function-dr", "provider-aws-dr", "configuration-dr"} {
		if err := r.Push(ctx, name); err != nil {
			t.Fatal(err)
		}
	}

	// The Configuration is all that a user installs.
	configuration := object("pkg.crossplane.io/v1", "Configuration", "configuration-dr")
	configuration.Object["spec"] = map[string]any{"package": registry.Name("configuration-dr")}

	if err := crossplane.Apply(ctx, r.ImageConfig(), configuration); err != nil {
		t.Fatal(err)
	}

	for _, tc := range []struct {
		reason    string
		object    *unstructured.Unstructured
		condition string
	}{
		{"The function is what the Configuration depends on.", object("pkg.crossplane.io/v1", "Function", "crossdr-function-dr"), "Healthy"},
		{"The provider is what the Configuration depends on.", object("pkg.crossplane.io/v1", "Provider", "crossdr-provider-aws-dr"), "Healthy"},
		{"The Configuration is installed with what it depends on.", configuration, "Healthy"},
		{"The Configuration brings its XRD.", object("apiextensions.crossplane.io/v2", "CompositeResourceDefinition", "postgresqlinstances.database.crossdr.io"), "Established"},
	} {
		if err := crossplane.AwaitCondition(ctx, tc.object, tc.condition); err != nil {
			t.Fatalf("\n%s\n%v", tc.reason, err)
		}
	}

	if err := crossplane.RunPrograms(ctx); err != nil {
		t.Fatal(err)
	}

	observe(ctx, t)
}

// observe tests that the provider's controllers have started, and may do what
// they need to with the role that its package gives it.
func observe(ctx context.Context, t *testing.T) {
	t.Helper()

	selection := object("aws.m.crossdr.io/v1alpha1", "SnapshotSelection", "payments-db")
	selection.SetNamespace("default")
	selection.Object["spec"] = map[string]any{
		"providerConfigRef": map[string]any{"kind": "ProviderConfig", "name": "nobody"},
		"forProvider": map[string]any{
			"region": "us-west-2",
			"source": map[string]any{"kind": "DBInstance", "identifier": "payments-db"},
		},
	}

	if err := crossplane.Apply(ctx, selection); err != nil {
		t.Fatal(err)
	}

	const want = `cannot get ProviderConfig "default/nobody"`

	err := crossplane.Await(ctx, func(ctx context.Context) error {
		observed := selection.DeepCopy()
		if err := crossplane.Client().Get(ctx, client.ObjectKeyFromObject(selection), observed); err != nil {
			return fmt.Errorf("cannot get the SnapshotSelection: %w", err)
		}

		if status := fmt.Sprint(observed.Object["status"]); !strings.Contains(status, want) {
			return fmt.Errorf("its status does not say %q: %s", want, status)
		}

		return nil
	})
	if err != nil {
		t.Errorf("\nThe provider says what is wrong with a SnapshotSelection.\n%v", err)
	}
}

// object returns a reference to an object of the cluster.
func object(apiVersion, kind, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{}}
	u.SetAPIVersion(apiVersion)
	u.SetKind(kind)
	u.SetName(name)

	return u
}
