package upjet

import (
	"context"
	"maps"
	"time"
)

// A shelf holds the resources of one kind that the emulator does not know.
type shelf struct {
	kind      *kind
	store     *Store
	session   *session
	principal string

	// takes is how long a create takes.
	takes time.Duration
}

func (s *shelf) call() Call { return Call{Principal: s.principal, Region: s.session.region} }

// read reads a resource.
func (s *shelf) read(ctx context.Context, id string) (values, error) {
	if err := s.session.reach(ctx); err != nil {
		return nil, err
	}

	attributes, ok := s.store.Lookup(s.kind.String(), s.session.region, id)
	if !ok {
		return nil, errNotFound
	}

	if s.session.region != "" {
		attributes[argumentRegion] = s.session.region
	}

	return attributes, nil
}

// create creates a resource, and returns its id.
func (s *shelf) create(ctx context.Context, name string, desired values) (string, error) {
	if err := s.session.reach(ctx); err != nil {
		return "", err
	}

	if s.kind.String() == "ec2/Subnet" {
		id, name, err := s.session.zone(ctx, desired.text("availabilityZoneId"), desired.text(zoneName))
		if err != nil {
			return "", err
		}

		desired = maps.Clone(desired)
		desired["availabilityZoneId"], desired[zoneName] = id, name
	}

	id, err := s.store.create(s.call(), s.kind, name, desired)
	if err != nil {
		return "", err
	}

	return id, wait(ctx, s.takes)
}

// update changes a resource.
func (s *shelf) update(ctx context.Context, id string, arguments values, _ []change) error {
	if err := s.session.reach(ctx); err != nil {
		return err
	}

	return s.store.update(s.call(), s.kind, id, arguments)
}

// remove deletes a resource.
func (s *shelf) remove(ctx context.Context, id string, _ values) error {
	if err := s.session.reach(ctx); err != nil {
		return err
	}

	s.store.remove(s.call(), s.kind, id)

	return nil
}

// wait until something has taken its time.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
