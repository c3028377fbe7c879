package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// owner is the field manager of what is applied.
const owner = client.FieldOwner("crossdr-e2e")

// Read returns the objects of a YAML file.
func Read(file string) ([]*unstructured.Unstructured, error) {
	f, err := os.Open(file) //nolint:gosec // The caller says what to read.
	if err != nil {
		return nil, fmt.Errorf("cannot read objects: %w", err)
	}
	defer f.Close() //nolint:errcheck // Nothing was written.

	objects, err := parse(f)
	if err != nil {
		return nil, fmt.Errorf("cannot read the objects of %s: %w", file, err)
	}

	return objects, nil
}

// parse reads YAML documents, and leaves the empty ones out.
func parse(r io.Reader) ([]*unstructured.Unstructured, error) {
	const buffer = 4096

	var out []*unstructured.Unstructured

	for d := yaml.NewYAMLOrJSONDecoder(r, buffer); ; {
		u := &unstructured.Unstructured{}

		err := d.Decode(&u.Object)
		if errors.Is(err, io.EOF) {
			return out, nil
		}

		if err != nil {
			return nil, fmt.Errorf("cannot parse YAML: %w", err)
		}

		if len(u.Object) > 0 {
			out = append(out, u)
		}
	}
}

// Apply applies objects as kubectl apply --server-side does.
func (c *ControlPlane) Apply(ctx context.Context, objects ...*unstructured.Unstructured) error {
	for _, u := range objects {
		if err := c.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(u.DeepCopy()), owner, client.ForceOwnership); err != nil {
			return fmt.Errorf("cannot apply %s %s: %w", u.GetKind(), u.GetName(), err)
		}
	}

	return nil
}

// ApplyCRDs applies the CRDs of the folder, and returns when the API server
// serves their kinds.
func (c *ControlPlane) ApplyCRDs(ctx context.Context, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return fmt.Errorf("cannot list CRDs: %w", err)
	}

	if len(files) == 0 {
		return fmt.Errorf("cannot find a CRD in %s", dir)
	}

	var crds []*unstructured.Unstructured

	for _, file := range files {
		objects, err := Read(file)
		if err != nil {
			return err
		}

		crds = append(crds, objects...)
	}

	if err := c.Apply(ctx, crds...); err != nil {
		return err
	}

	return c.AwaitKinds(ctx, crds...)
}

// ApplyFile applies the one object of a file, waits for a condition of it unless
// that is empty, and returns the object.
func (c *ControlPlane) ApplyFile(ctx context.Context, file, condition string) (*unstructured.Unstructured, error) {
	objects, err := Read(file)
	if err != nil {
		return nil, err
	}

	if err := c.Apply(ctx, objects...); err != nil {
		return nil, err
	}

	if condition != "" {
		if err := c.AwaitCondition(ctx, objects[0], condition); err != nil {
			return nil, err
		}
	}

	return objects[0], nil
}
