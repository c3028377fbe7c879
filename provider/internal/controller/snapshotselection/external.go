package snapshotselection

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/inventory"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// A connect returns the clients of the region that is looked in, and the
// identity of the credentials that they use.
type connect func(ctx context.Context, mg *v1alpha1.SnapshotSelection) (clients inventory.Clients, identity string, err error)

// A connector connects SnapshotSelections to AWS.
type connector struct {
	connect   connect
	inventory *inventory.Inventory
	record    event.Recorder
	now       func() time.Time
}

// Connect to the region that is looked in. To delete a SnapshotSelection takes
// nothing of AWS: what is dark, or not allowed any more, does not hold it back.
func (c *connector) Connect(ctx context.Context, mg *v1alpha1.SnapshotSelection) (managed.TypedExternalClient[*v1alpha1.SnapshotSelection], error) {
	e := &external{record: c.record, now: c.now}
	if meta.WasDeleted(mg) {
		return e, nil
	}

	clients, identity, err := c.connect(ctx, mg)
	if err != nil {
		e.unanswered(mg)

		return nil, err
	}

	e.find = func(ctx context.Context, r *inventory.Request) (*inventory.Answer, error) {
		return c.inventory.Find(ctx, clients, identity, r)
	}

	return e, nil
}

// Disconnect does nothing: connections are shared.
func (c *connector) Disconnect(context.Context) error { return nil }

// An external is what a SnapshotSelection observes. There is nothing that it
// could create, update or delete.
type external struct {
	find   func(ctx context.Context, r *inventory.Request) (*inventory.Answer, error)
	record event.Recorder
	now    func() time.Time
}

// Observe what is in the region, and select. While AWS can't be asked, what was
// selected last stays: the error says what is wrong, and the condition Synced
// since when.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.SnapshotSelection) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{}, nil
	}

	r, err := request(mg)
	if err != nil {
		e.unanswered(mg)

		return managed.ExternalObservation{}, err
	}

	a, err := e.find(ctx, r)
	if err != nil {
		e.unanswered(mg)

		return managed.ExternalObservation{}, err
	}

	was, candidates := mg.Status.AtProvider.Selected, a.Candidates
	if r.Source.Kind == snapshot.Replica {
		candidates = proved(candidates, was)
	}

	s := snapshot.Select(e.now(), &r.Request, candidates)

	mg.Status.AtProvider = observation(&s, a, mg.Spec.ForProvider.RestoreAs)
	e.mark(mg, s.Verdict, s.Message)
	e.tell(mg, was)

	// Whatever was found, the question exists and is answered: that nothing was
	// found must not make the reconciler create anything.
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
}

// Create does nothing, and is never called: Observe says that all exists.
func (e *external) Create(context.Context, *v1alpha1.SnapshotSelection) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, nil
}

// Update does nothing, and is never called: Observe says that all is up to date.
func (e *external) Update(context.Context, *v1alpha1.SnapshotSelection) (managed.ExternalUpdate, error) {
	return managed.ExternalUpdate{}, nil
}

// Delete does nothing: a SnapshotSelection has nothing on AWS.
func (e *external) Delete(context.Context, *v1alpha1.SnapshotSelection) (managed.ExternalDelete, error) {
	return managed.ExternalDelete{}, nil
}

// Disconnect does nothing: connections are shared.
func (e *external) Disconnect(context.Context) error { return nil }

// reasonSelected is of an event.
const reasonSelected = event.Reason("SelectedSnapshot")

// tell as an event that another snapshot is selected, or none any more.
func (e *external) tell(mg *v1alpha1.SnapshotSelection, was *v1alpha1.SelectedSnapshot) {
	at := &mg.Status.AtProvider

	switch {
	case at.Selected != nil && (was == nil || was.ID != at.Selected.ID):
		e.record.Event(mg, event.Normal(reasonSelected, fmt.Sprintf("Selected %s: %s", at.Selected.ID, at.Reason)))
	case at.Selected == nil && was != nil:
		e.record.Event(mg, event.Warning(reasonSelected, fmt.Errorf("%s is not selected any more: %s", was.ID, at.Reason)))
	}
}

// mark the condition Ready with a verdict, and tell as an event that it has
// turned.
func (e *external) mark(mg *v1alpha1.SnapshotSelection, v snapshot.Verdict, message string) {
	was := mg.GetCondition(xpv2.TypeReady).Status

	mark(mg, v, message, e.now())

	switch is := mg.GetCondition(xpv2.TypeReady).Status; {
	case was == corev1.ConditionTrue && is == corev1.ConditionFalse:
		e.record.Event(mg, event.Warning(event.Reason(v), errors.New(message)))
	case was == corev1.ConditionFalse && is == corev1.ConditionTrue:
		e.record.Event(mg, event.Normal(event.Reason(v), message))
	}
}

// unanswered keeps what is known while AWS can't be asked: the selection grows
// older, and whether something exists is not known any more.
func (e *external) unanswered(mg *v1alpha1.SnapshotSelection) {
	at := &mg.Status.AtProvider

	if name := mg.Spec.ForProvider.RestoreAs; name != "" {
		at.Existing = &v1alpha1.Existing{RestoreAs: name, State: v1alpha1.ExistingUnknown}
	}

	if at.Selected == nil || mg.Spec.ForProvider.MaxAge == nil {
		return
	}

	c := &snapshot.Candidate{ID: at.Selected.ID}
	if at.Selected.DataTime != nil {
		c.DataTime = at.Selected.DataTime.Time
	}

	if v, message := snapshot.Judge(e.now(), &mg.Spec.ForProvider.MaxAge.Duration, c); v != snapshot.Available {
		e.mark(mg, v, message)
	}
}
