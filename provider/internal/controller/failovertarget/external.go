package failovertarget

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/failover"
	"github.com/crossdr/crossdr/provider/internal/record"
)

// reasonDecided is of the event that tells a decision.
const reasonDecided = event.Reason(v1alpha1.TypeDecided)

// A connector begins a turn for each reconcile.
type connector struct {
	gatherer

	kube   client.Client
	tables *record.Tables
	events event.Recorder
}

// Connect to nothing yet: which regions may be called depends on what the object
// says, and to delete one takes nothing of AWS.
func (c *connector) Connect(context.Context, *v1alpha1.FailoverTarget) (managed.TypedExternalClient[*v1alpha1.FailoverTarget], error) {
	return &external{connector: c}, nil
}

// Disconnect does nothing: connections are shared.
func (c *connector) Disconnect(context.Context) error { return nil }

// An external carries out one turn. What it observes and updates is the decision,
// wherever that is kept.
type external struct {
	*connector

	turn   failover.Turn
	seen   failover.Observation
	sights map[string]sight
	record *record.Record

	// failed is why the object could not be written.
	failed error
}

// Observe takes the turn as far as it goes without a decision.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.FailoverTarget) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{}, nil
	}

	if err := e.begin(ctx, mg); err != nil {
		return managed.ExternalObservation{}, err
	}

	step, err := e.advance(ctx, mg, false)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	// There is always something to follow, so nothing is ever created.
	if step.Decides {
		return managed.ExternalObservation{ResourceExists: true}, nil
	}

	e.report(mg, &step.Report)

	// What could not be found out kept nobody from deciding. It should be mended
	// all the same, and so the condition Synced says it.
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, problems(e.sights)
}

// Create does nothing, and is never called: Observe says that all exists.
func (e *external) Create(context.Context, *v1alpha1.FailoverTarget) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, nil
}

// Update decides: it takes the turn to its end.
func (e *external) Update(ctx context.Context, mg *v1alpha1.FailoverTarget) (managed.ExternalUpdate, error) {
	step, err := e.advance(ctx, mg, true)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	e.report(mg, &step.Report)

	if out := &step.Report.Outcome; unwritten(out) {
		return managed.ExternalUpdate{}, errors.New(out.Message)
	}

	return managed.ExternalUpdate{}, nil
}

// Delete does nothing, and is never called: the record outlives the object.
func (e *external) Delete(context.Context, *v1alpha1.FailoverTarget) (managed.ExternalDelete, error) {
	return managed.ExternalDelete{}, nil
}

// Disconnect does nothing: connections are shared.
func (e *external) Disconnect(context.Context) error { return nil }

// begin the turn.
func (e *external) begin(ctx context.Context, mg *v1alpha1.FailoverTarget) error {
	var err error
	if e.seen, e.sights, err = e.gather(ctx, mg); err != nil {
		return err
	}

	if mg.Spec.ForProvider.Record != nil {
		e.record = e.tables.Record(recordOf(mg), e.endpoint(mg))
	}

	return nil
}

// endpoint returns how the record is called in a region.
func (e *external) endpoint(mg *v1alpha1.FailoverTarget) record.Connect {
	contact := map[string]failover.Contact{}
	for name, s := range e.sights {
		contact[name] = e.seen.Contact(name, s.reach)
	}

	avoided := avoid(contact)

	return func(ctx context.Context, region string) (record.API, string, error) {
		c, identity, err := e.connect(ctx, mg, region, avoided...)
		if err != nil {
			return nil, "", err
		}

		return c.DynamoDB(), identity, nil
	}
}

// advance takes the turn to its report or, unless it may decide, to the step
// that does.
func (e *external) advance(ctx context.Context, mg *v1alpha1.FailoverTarget, decide bool) (failover.Step, error) {
	for {
		step := failover.NextStep(e.turn, e.seen)

		switch {
		case step.Kind == failover.StepAgain:
			return step, fmt.Errorf("cannot remember the decision in %s: %w", v1alpha1.AnnotationDecision, e.failed)
		case step.Kind == failover.StepReport, step.Decides && !decide:
			return step, nil
		}

		e.turn = e.turn.Learn(step, e.do(ctx, mg, &step))
	}
}

// do carries out a step.
func (e *external) do(ctx context.Context, mg *v1alpha1.FailoverTarget, step *failover.Step) failover.Reply {
	switch step.Kind { //nolint:exhaustive // The others end the turn.
	case failover.StepRead:
		return e.record.Read(ctx, step.Endpoints)
	case failover.StepRecord:
		return e.record.Write(ctx, step.Endpoints, step.State, step.Expect)
	case failover.StepRemember:
		return e.remember(ctx, mg, &step.Memory)
	}

	return failover.Reply{Result: failover.ResultUnknown, Detail: fmt.Sprintf("%s is no step to carry out", step.Kind)}
}

// remember writes the annotation, if the object is still what was observed.
func (e *external) remember(ctx context.Context, mg *v1alpha1.FailoverTarget, m *failover.Memory) failover.Reply {
	e.failed = e.annotate(ctx, mg, m)
	if e.failed != nil {
		return failover.Reply{Result: failover.ResultUnknown, Detail: e.failed.Error()}
	}

	return failover.Reply{Result: failover.ResultDone}
}

func (e *external) annotate(ctx context.Context, mg *v1alpha1.FailoverTarget, m *failover.Memory) error {
	text, err := m.Encode()
	if err != nil {
		return err
	}

	next := mg.DeepCopy()
	meta.AddAnnotations(next, map[string]string{v1alpha1.AnnotationDecision: text})

	if err := e.kube.Patch(ctx, next, client.MergeFromWithOptions(mg, client.MergeFromWithOptimisticLock{})); err != nil {
		return err
	}

	next.DeepCopyInto(mg)

	return nil
}

// report fills in the status, and tells what has changed in events. They are
// told before the status is written: better twice than never.
func (e *external) report(mg *v1alpha1.FailoverTarget, r *failover.Report) {
	was := mg.GetCondition(v1alpha1.TypeDecided)

	e.doubt(mg, r.State.Epoch, r.State.From, r.State.Region)
	report(mg, r, e.sights, e.now())

	if r.Event != "" {
		e.events.Event(mg, event.Normal(reasonDecided, r.Event))
	}

	if is := mg.GetCondition(v1alpha1.TypeDecided); is.Reason != was.Reason && is.Status != corev1.ConditionTrue {
		e.events.Event(mg, event.Warning(event.Reason(is.Reason), errors.New(is.Message)))
	}
}

// doubt has the region that a decision leaves prove that it answers, as of the
// first report of that decision. It may have gone dark just now, which takes a
// while to be known, and what is born in it would wait there for its return.
func (e *external) doubt(mg *v1alpha1.FailoverTarget, epoch int64, from, to string) {
	if epoch <= mg.Status.AtProvider.Epoch || from == to {
		return
	}

	s, ok := e.sights[from]
	if !ok {
		return
	}

	s.reach = e.prober.doubt(place{configOf(mg), from})
	e.sights[from] = s

	if last := lastKnown(mg, from); last != nil {
		last.Reachable = false
	}
}

// unwritten returns whether something was to be recorded, and could not be.
func unwritten(out *failover.Outcome) bool {
	for _, b := range out.BlockedBy {
		if b.Code == failover.CodeRecordNotWritten {
			return true
		}
	}

	return out.Reason == failover.Reason(failover.CodeRecordNotWritten)
}
