package controlplane

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Await returns nil when the condition holds. It gives up when the context is
// done or one of the processes has ended.
func (c *ControlPlane) Await(ctx context.Context, condition func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	err := poll(ctx, func(ctx context.Context) error {
		if err := c.Err(); err != nil {
			cancel(err)
		}

		return condition(ctx)
	})
	if err != nil {
		return fmt.Errorf("%w (the logs are in %s)", err, c.dir)
	}

	return nil
}

// AwaitCondition returns nil when a condition of an object is True.
func (c *ControlPlane) AwaitCondition(ctx context.Context, object *unstructured.Unstructured, condition string) error {
	return c.Await(ctx, func(ctx context.Context) error {
		observed := &unstructured.Unstructured{}
		observed.SetGroupVersionKind(object.GroupVersionKind())

		if err := c.client.Get(ctx, client.ObjectKeyFromObject(object), observed); err != nil {
			return fmt.Errorf("cannot get %s %s: %w", object.GetKind(), object.GetName(), err)
		}

		return holds(observed, condition)
	})
}

// AwaitKinds returns nil when the API server serves the kinds of CRDs, and says
// so to those who ask what it serves: it does both a moment after the condition
// Established is True.
func (c *ControlPlane) AwaitKinds(ctx context.Context, crds ...*unstructured.Unstructured) error {
	for _, crd := range crds {
		if err := c.AwaitCondition(ctx, crd, "Established"); err != nil {
			return err
		}

		if err := c.Await(ctx, func(ctx context.Context) error { return c.serves(ctx, crd) }); err != nil {
			return err
		}
	}

	return nil
}

// serves returns nil if all versions of a CRD can be listed.
func (c *ControlPlane) serves(ctx context.Context, crd *unstructured.Unstructured) error {
	group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(crd.Object, "spec", "names", "kind")
	versions, _, _ := unstructured.NestedSlice(crd.Object, "spec", "versions")

	for i := range versions {
		version, _ := versions[i].(map[string]any)
		if version["served"] != true {
			continue
		}

		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: fmt.Sprint(version["name"]), Kind: kind + "List"})

		if err := c.client.List(ctx, list, client.Limit(1)); err != nil {
			return fmt.Errorf("cannot list what %s defines: %w", crd.GetName(), err)
		}
	}

	return nil
}

// holds returns nil if a condition of an object is True, and says what is known
// of it otherwise.
func holds(object *unstructured.Unstructured, condition string) error {
	conditions, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
	if err != nil {
		return fmt.Errorf("cannot read the conditions of %s %s: %w", object.GetKind(), object.GetName(), err)
	}

	for i := range conditions {
		c, ok := conditions[i].(map[string]any)
		if !ok || c["type"] != condition {
			continue
		}

		if c["status"] == "True" {
			return nil
		}

		return fmt.Errorf("%s %s is not %s: %v: %v", object.GetKind(), object.GetName(), condition, c["reason"], c["message"])
	}

	return fmt.Errorf("%s %s says nothing of %s yet", object.GetKind(), object.GetName(), condition)
}
