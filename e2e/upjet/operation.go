package upjet

import (
	"context"
	"errors"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// operations run in the background. They live as long as the simulator: what
// they know is lost when it stops, as it is when the real provider does.
type operations struct {
	ctx    context.Context //nolint:containedctx // Operations outlive the reconcile that starts them.
	client client.Client
	kind   *kind
	events chan event.GenericEvent
	now    func() time.Time
	log    logging.Logger

	mu      sync.Mutex
	byUID   map[types.UID]*operation
	running sync.WaitGroup
}

// An operation is the last one of a managed resource.
type operation struct {
	running bool

	// id of what it created, and what from: the state of Terraform until it is
	// written to the managed resource.
	id      string
	created values
}

var errRunning = errors.New("an operation is still running")

// of returns a copy of the last operation of a managed resource.
func (o *operations) of(mg *managedResource) operation {
	o.mu.Lock()
	defer o.mu.Unlock()

	if op, ok := o.byUID[mg.GetUID()]; ok {
		return *op
	}

	return operation{}
}

// start runs f in the background, and has the managed resource reconciled when
// it has ended. What it returns is the id of what it created.
func (o *operations) start(mg *managedResource, created values, failed xpv2.ConditionReason, f func(context.Context) (string, error)) error {
	o.mu.Lock()
	defer o.mu.Unlock()

	op, ok := o.byUID[mg.GetUID()]
	if !ok {
		op = &operation{}
		o.byUID[mg.GetUID()] = op
	}

	if op.running {
		return errRunning
	}

	op.running = true
	key := client.ObjectKeyFromObject(mg)

	o.running.Go(func() {
		id, err := f(o.ctx)
		o.end(op, id, created, err)

		if err != nil {
			o.report(key, failed, err)
		}

		reference := newManaged(o.kind).GetUnstructured()
		reference.SetNamespace(key.Namespace)
		reference.SetName(key.Name)

		select {
		case o.events <- event.GenericEvent{Object: reference}:
		case <-o.ctx.Done():
		}
	})

	return nil
}

func (o *operations) end(op *operation, id string, created values, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()

	op.running = false

	if err == nil && id != "" {
		op.id, op.created = id, created
	}
}

// report writes to a managed resource that its last operation has failed.
func (o *operations) report(key types.NamespacedName, reason xpv2.ConditionReason, err error) {
	o.log.Info("An operation failed", "name", key, "error", err)

	rerr := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		mg := newManaged(o.kind)
		if err := o.client.Get(o.ctx, key, mg); err != nil {
			return err
		}

		mg.SetConditions(o.failed(reason, err), xpv2.ReconcileError(err))

		return o.client.Status().Update(o.ctx, mg)
	})
	if rerr != nil {
		o.log.Info("Cannot report that an operation failed", "name", key, "error", rerr)
	}
}

func (o *operations) failed(reason xpv2.ConditionReason, err error) xpv2.Condition {
	return xpv2.Condition{
		Type: lastOperation, Status: corev1.ConditionFalse, LastTransitionTime: metav1.NewTime(o.now()), Reason: reason, Message: err.Error(),
	}
}

func (o *operations) succeeded() xpv2.Condition {
	return xpv2.Condition{Type: lastOperation, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(o.now()), Reason: "Success"}
}

// lastOperation is the condition of upjet that says how the last operation in
// the background went.
const (
	lastOperation = "LastAsyncOperation"
	createFailed  = "AsyncCreateFailure"
	updateFailed  = "AsyncUpdateFailure"
)
