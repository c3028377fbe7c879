package upjet

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
)

// A typedManager is a manager as the reconciler of one kind sees it.
type typedManager struct {
	manager.Manager

	kind   *kind
	scheme *runtime.Scheme
}

func newTypedManager(m manager.Manager, k *kind) *typedManager {
	s := runtime.NewScheme()
	s.AddKnownTypeWithName(k.gvk(), &managedResource{})

	return &typedManager{Manager: m, kind: k, scheme: s}
}

// GetScheme returns a scheme that knows the kind.
func (m *typedManager) GetScheme() *runtime.Scheme { return m.scheme }

// GetClient returns a client for managed resources of the kind, and all others.
func (m *typedManager) GetClient() client.Client {
	return &typedClient{Client: m.Manager.GetClient(), kind: m.kind}
}

// A typedClient hands managed resources to a client as what they are made of,
// which the client knows how to cache.
type typedClient struct {
	client.Client

	kind *kind
}

// Get gets an object.
func (c *typedClient) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	return c.Client.Get(ctx, key, c.plain(o), opts...)
}

// List lists objects.
func (c *typedClient) List(ctx context.Context, l client.ObjectList, opts ...client.ListOption) error {
	if managed, ok := l.(*managedList); ok {
		l = &managed.UnstructuredList
	}

	return c.Client.List(ctx, l, opts...)
}

// Update updates an object.
func (c *typedClient) Update(ctx context.Context, o client.Object, opts ...client.UpdateOption) error {
	return c.Client.Update(ctx, c.plain(o), opts...)
}

// Patch patches an object.
func (c *typedClient) Patch(ctx context.Context, o client.Object, p client.Patch, opts ...client.PatchOption) error {
	return c.Client.Patch(ctx, c.plain(o), p, opts...)
}

// Status returns a writer of statuses.
func (c *typedClient) Status() client.SubResourceWriter {
	return &typedStatus{SubResourceWriter: c.Client.Status(), client: c}
}

// plain returns what a managed resource is made of. One that has no kind yet
// gets that of the client.
func (c *typedClient) plain(o client.Object) client.Object {
	mg, ok := o.(*managedResource)
	if !ok {
		return o
	}

	if mg.GetKind() == "" {
		mg.SetGroupVersionKind(c.kind.gvk())
	}

	return mg.GetUnstructured()
}

// A typedStatus writes the statuses of managed resources.
type typedStatus struct {
	client.SubResourceWriter

	client *typedClient
}

// Update updates a status.
func (s *typedStatus) Update(ctx context.Context, o client.Object, opts ...client.SubResourceUpdateOption) error {
	return s.SubResourceWriter.Update(ctx, s.client.plain(o), opts...)
}
