package controlplane

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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
