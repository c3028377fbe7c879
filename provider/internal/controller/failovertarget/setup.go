package failovertarget

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/uuid"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/statemetrics"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/awsclient"
	"github.com/crossdr/crossdr/provider/internal/record"
)

const (
	// jitterParts of the poll interval is how much the interval varies, so that
	// the objects don't all come at once.
	jitterParts = 10

	// hurry is how often a target is looked at that is not Steady: somebody waits
	// for it. The regions are not asked more often for that.
	hurry = 10 * time.Second
)

// Setup adds the controller.
func Setup(mgr ctrl.Manager, o controller.Options, aws *awsclient.Connector) error {
	name := managed.ControllerName(v1alpha1.FailoverTargetGroupVersionKind.GroupKind().String())
	backoff := awsclient.NewBackoff(mgr, v1alpha1.FailoverTargetGroupVersionKind)

	c := &connector{
		kube:   mgr.GetClient(),
		tables: record.NewTables(time.Now),
		events: event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...),
		gatherer: gatherer{
			kube:    mgr.GetClient(),
			connect: by(aws),
			prober:  newProber(o.PollInterval, time.Now),
			now:     time.Now,
			nonce:   func() string { return string(uuid.NewUUID()) },
		},
	}

	if o.MetricOptions != nil && o.MetricOptions.MRStateMetrics != nil {
		recorder := statemetrics.NewMRStateRecorder(mgr.GetClient(), o.Logger, o.MetricOptions.MRStateMetrics,
			&v1alpha1.FailoverTargetList{}, o.MetricOptions.PollStateMetricInterval)
		if err := mgr.Add(recorder); err != nil {
			return fmt.Errorf("cannot add the metrics of %s: %w", name, err)
		}
	}

	if err := mgr.GetFieldIndexer().IndexField(context.Background(), &v1alpha1.SnapshotSelection{}, indexTarget, index); err != nil {
		return fmt.Errorf("cannot index SnapshotSelections: %w", err)
	}

	options := o.ForControllerRuntime()
	options.RateLimiter = backoff.RateLimiter()

	err := ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(options).
		For(&v1alpha1.FailoverTarget{}, builder.WithPredicates(resource.DesiredStateChanged())).
		Watches(&v1alpha1.SnapshotSelection{}, handler.EnqueueRequestsFromMapFunc(waiting(mgr.GetClient())), builder.WithPredicates(measuredAnew())).
		Complete(ratelimiter.NewReconciler(name, newReconciler(mgr, o, name, backoff, c), o.GlobalRateLimiter))
	if err != nil {
		return fmt.Errorf("cannot add the controller %s: %w", name, err)
	}

	return nil
}

// by returns a connect that uses the ProviderConfig of a FailoverTarget.
func by(aws *awsclient.Connector) connect {
	return func(ctx context.Context, mg *v1alpha1.FailoverTarget, region string, avoid ...string) (clients, string, error) {
		c, err := aws.Connect(ctx, mg, region, avoid...)

		// The regions of a target are connected to at the same time, and each time
		// it is recorded that the ProviderConfig is used. Another one was faster.
		if kerrors.IsAlreadyExists(err) || kerrors.IsConflict(err) {
			c, err = aws.Connect(ctx, mg, region, avoid...)
		}

		if err != nil {
			return nil, "", err
		}

		return c, c.Identity, nil
	}
}

// newReconciler returns the managed reconciler, which the back-off of its
// ProviderConfig surrounds.
func newReconciler(mgr ctrl.Manager, o controller.Options, name string, backoff *awsclient.Backoff, c *connector) reconcile.Reconciler {
	finalizer := backoff.Finalizer()
	options := []managed.ReconcilerOption{
		managed.WithTypedExternalConnector[*v1alpha1.FailoverTarget](c),
		// There is no external name to initialize: nothing on AWS has one.
		managed.WithInitializers(finalizeFirst(finalizer)),
		managed.WithFinalizer(finalizer),
		managed.WithLogger(o.Logger.WithValues("controller", name)),
		managed.WithRecorder(c.events),
		managed.WithPollInterval(o.PollInterval),
		managed.WithPollIntervalHook(interval),
	}

	if o.Features.Enabled(feature.EnableBetaManagementPolicies) {
		options = append(options, managed.WithManagementPolicies())
	}

	if o.MetricOptions != nil && o.MetricOptions.MRMetrics != nil {
		options = append(options, managed.WithMetricRecorder(o.MetricOptions.MRMetrics))
	}

	return backoff.Reconciler(managed.NewReconciler(mgr, resource.ManagedKind(v1alpha1.FailoverTargetGroupVersionKind), options...))
}

// interval returns when a target is looked at again.
func interval(mg resource.Managed, poll time.Duration) time.Duration {
	if t, ok := mg.(*v1alpha1.FailoverTarget); ok && t.Status.AtProvider.Phase != v1alpha1.PhaseSteady {
		poll = min(poll, hurry)
	}

	jitter := float64(poll / jitterParts)

	return poll + time.Duration((rand.Float64()*2-1)*jitter) //nolint:gosec // No need for secure randomness.
}

// finalizeFirst adds the finalizer before anything is observed. The reconciler
// adds it afterwards, and what the API server answers then has the status of
// before: the first observation would be lost until the next poll.
func finalizeFirst(f resource.Finalizer) managed.Initializer {
	return managed.InitializerFn(func(ctx context.Context, mg resource.Managed) error {
		if meta.WasDeleted(mg) {
			return nil
		}

		return f.AddFinalizer(ctx, mg)
	})
}
