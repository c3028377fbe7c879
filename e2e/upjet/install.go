package upjet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// module is pinned by tools/crds.mod: its Go code, and all that it requires, is
// none of our business.
const module = "github.com/upbound/provider-aws/v2"

// Install installs the CRDs of all kinds, and lets Crossplane compose them, as
// its package manager does for the real provider.
func Install(ctx context.Context, c *controlplane.ControlPlane) error {
	crds, err := definitions(ctx)
	if err != nil {
		return err
	}

	groups := map[string]bool{}

	for _, crd := range crds {
		if err := c.Apply(ctx, crd); err != nil {
			return fmt.Errorf("cannot install a CRD: %w", err)
		}

		group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
		groups[group] = true
	}

	if err := c.AwaitKinds(ctx, crds...); err != nil {
		return fmt.Errorf("cannot install a CRD: %w", err)
	}

	if err := c.Apply(ctx, role(groups)); err != nil {
		return fmt.Errorf("cannot let Crossplane compose managed resources: %w", err)
	}

	return nil
}

// role lets Crossplane compose the kinds of some API groups.
func role(groups map[string]bool) *unstructured.Unstructured {
	names := make([]any, 0, len(groups))
	for group := range groups {
		names = append(names, group)
	}

	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1",
		"kind":       "ClusterRole",
		"metadata": map[string]any{
			"name":   "provider-upjet-aws",
			"labels": map[string]any{"rbac.crossplane.io/aggregate-to-crossplane": "true"},
		},
		"rules": []any{map[string]any{"apiGroups": names, "resources": []any{"*"}, "verbs": []any{"*"}}},
	}}
}

// definitions returns the CRDs of all kinds.
func definitions(ctx context.Context) ([]*unstructured.Unstructured, error) {
	sources, err := controlplane.Sources(ctx, "crds.mod", module)
	if err != nil {
		return nil, fmt.Errorf("cannot find the CRDs: %w", err)
	}

	dir := filepath.Join(sources, "package", "crds")

	var out []*unstructured.Unstructured

	for _, k := range kinds() {
		crd, err := definition(dir, &k)
		if err != nil {
			return nil, err
		}

		out = append(out, crd)
	}

	return out, nil
}

// definition returns the CRD of a kind.
func definition(dir string, k *kind) (*unstructured.Unstructured, error) {
	// Files have the plural.
	for _, plural := range []string{"s", "es"} {
		file := filepath.Join(dir, k.gvk().Group+"_"+strings.ToLower(k.name)+plural+".yaml")
		if _, err := os.Stat(file); err != nil {
			continue
		}

		objects, err := controlplane.Read(file)
		if err != nil {
			return nil, fmt.Errorf("cannot read the CRD of %s: %w", k, err)
		}

		return objects[0], nil
	}

	return nil, fmt.Errorf("cannot find the CRD of %s in %s", k, dir)
}

// parameters returns the fields of spec.forProvider of a CRD.
func parameters(crd *unstructured.Unstructured) (map[string]bool, error) {
	versions, _, err := unstructured.NestedSlice(crd.Object, "spec", "versions")
	if err != nil || len(versions) == 0 {
		return nil, fmt.Errorf("cannot read the versions of %s: %w", crd.GetName(), err)
	}

	version, _ := versions[0].(map[string]any)

	fields, _, err := unstructured.NestedMap(version, "schema", "openAPIV3Schema", "properties", "spec", "properties", "forProvider", "properties")
	if err != nil {
		return nil, fmt.Errorf("cannot read the schema of %s: %w", crd.GetName(), err)
	}

	out := map[string]bool{}
	for name := range fields {
		out[name] = true
	}

	return out, nil
}
