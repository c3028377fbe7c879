package upjet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// errNotFound is what reading something returns that does not exist.
var errNotFound = errors.New("there is no such resource")

// errEnding is what the last attempt to make something returns.
var errEnding = errors.New("the simulator is about to end")

// A cloud is AWS, as far as one kind is concerned, in one region.
type cloud interface {
	read(ctx context.Context, id string) (values, error)
	create(ctx context.Context, name string, desired values) (string, error)
	update(ctx context.Context, id string, arguments values, changes []change) error
	remove(ctx context.Context, id string, attributes values) error
}

// A connector connects managed resources of one kind with AWS.
type connector struct {
	kind       *kind
	schema     map[string]bool
	operations *operations
	births     *births
	cloud      func(region string) cloud
	secrets    secrets
}

// Connect connects a managed resource with the region that it is in.
func (c *connector) Connect(_ context.Context, mg resource.Managed) (managed.ExternalClient, error) {
	m, ok := mg.(*managedResource)
	if !ok {
		return nil, fmt.Errorf("cannot connect %T", mg)
	}

	return &external{connector: c, cloud: c.cloud(m.region())}, nil
}

// An external is what a managed resource stands for.
type external struct {
	*connector

	cloud cloud

	// changes are those that Observe has found.
	changes []change
}

// Disconnect does nothing.
func (e *external) Disconnect(context.Context) error { return nil }

// Observe reads what exists, and compares it with the managed resource.
func (e *external) Observe(ctx context.Context, mg resource.Managed) (managed.ExternalObservation, error) {
	m, _ := mg.(*managedResource)

	last := e.operations.of(m)
	if last.running {
		e.births.end(m.GetUID())

		return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
	}

	read, err := e.cloud.read(ctx, or(meta.GetExternalName(m), last.id))
	if errors.Is(err, errNotFound) {
		if !e.births.begin(m.GetUID()) {
			return managed.ExternalObservation{}, errEnding
		}

		return managed.ExternalObservation{}, nil
	}

	if err != nil {
		return managed.ExternalObservation{}, fmt.Errorf("failed to observe the resource: %w", err)
	}

	e.births.end(m.GetUID())

	state := e.state(m, last, read)
	m.SetConditions(xpv2.Available())

	details, err := e.secrets.details(ctx, m, state)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	out := managed.ExternalObservation{ResourceExists: true, ConnectionDetails: details}

	if policies := m.GetManagementPolicies(); slices.Contains(policies, xpv2.ManagementActionLateInitialize) || slices.Contains(policies, xpv2.ManagementActionAll) {
		arguments := m.arguments()
		out.ResourceLateInitialized = e.kind.lateInitialize(arguments, state, e.schema)
		m.set("spec.forProvider", map[string]any(arguments))
	}

	if id := state.text("id"); id != meta.GetExternalName(m) {
		meta.SetExternalName(m, id)

		out.ResourceLateInitialized = true
	}

	m.set("status.atProvider", map[string]any(state))

	if !observeOnly(m) {
		e.changes = differences(m.arguments(), state)
	}

	out.ResourceUpToDate = len(e.changes) == 0
	if out.ResourceUpToDate && e.kind.background {
		m.SetConditions(e.operations.succeeded())
	}

	return out, nil
}

// Create creates what the managed resource stands for.
func (e *external) Create(ctx context.Context, mg resource.Managed) (managed.ExternalCreation, error) {
	m, _ := mg.(*managedResource)
	desired := m.desired()
	name := or(meta.GetExternalName(m), m.GetName())

	if e.kind.background {
		return managed.ExternalCreation{}, e.operations.start(m, desired, createFailed, func(ctx context.Context) (string, error) {
			id, err := e.cloud.create(ctx, name, desired)
			if err != nil {
				return "", fmt.Errorf("async create failed: %w", err)
			}

			return id, nil
		})
	}

	id, err := e.cloud.create(ctx, name, desired)
	if err != nil {
		return managed.ExternalCreation{}, fmt.Errorf("failed to create the resource: %w", err)
	}

	meta.SetExternalName(m, id)

	return managed.ExternalCreation{}, nil
}

// Update changes what exists, and refuses to replace it.
func (e *external) Update(ctx context.Context, mg resource.Managed) (managed.ExternalUpdate, error) {
	m, _ := mg.(*managedResource)
	arguments, changes := m.arguments(), e.changes
	id := meta.GetExternalName(m)

	if !e.kind.background {
		if err := e.kind.refuse(changes); err != nil {
			return managed.ExternalUpdate{}, err
		}

		if err := e.cloud.update(ctx, id, arguments, changes); err != nil {
			return managed.ExternalUpdate{}, fmt.Errorf("failed to update the resource: %w", err)
		}

		return managed.ExternalUpdate{}, nil
	}

	return managed.ExternalUpdate{}, e.operations.start(m, nil, updateFailed, func(ctx context.Context) (string, error) {
		if err := e.kind.refuse(changes); err != nil {
			return "", fmt.Errorf("async update failed: %w", err)
		}

		if err := e.cloud.update(ctx, id, arguments, changes); err != nil {
			return "", fmt.Errorf("async update failed: failed to update the resource: %w", err)
		}

		return "", nil
	})
}

// Delete deletes what exists.
func (e *external) Delete(ctx context.Context, mg resource.Managed) (managed.ExternalDelete, error) {
	m, _ := mg.(*managedResource)

	if err := e.cloud.remove(ctx, meta.GetExternalName(m), m.observed()); err != nil {
		return managed.ExternalDelete{}, fmt.Errorf("failed to delete the resource: %w", err)
	}

	return managed.ExternalDelete{}, nil
}

// state returns what Terraform would have in its state: what was read, and the
// arguments that can't be read.
func (e *external) state(m *managedResource, last operation, read values) values {
	state := m.observed()
	if len(state) == 0 {
		state = values{}
		maps.Copy(state, last.created)
	}

	for name, value := range m.arguments() {
		if _, readable := read[name]; isArgument(name) && !readable && !slices.Contains(e.kind.forceNew, name) {
			state[name] = value
		}
	}

	maps.Copy(state, read)
	maps.DeleteFunc(state, func(name string, value any) bool { return value == nil || !isArgument(name) })

	return state
}

func observeOnly(m *managedResource) bool {
	return slices.Equal(m.GetManagementPolicies(), xpv2.ManagementPolicies{xpv2.ManagementActionObserve})
}
