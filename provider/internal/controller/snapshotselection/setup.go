// Package snapshotselection reconciles SnapshotSelections: it observes which
// snapshot of a store a region could restore from.
package snapshotselection

import (
	"context"
	"fmt"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
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
	"github.com/crossdr/crossdr/provider/internal/inventory"
)

// jitterParts of the poll interval is how much the interval varies, so that the
// objects of a region don't all come at once.
const jitterParts = 10

// Setup adds the controller.
func Setup(mgr ctrl.Manager, o controller.Options, aws *awsclient.Connector) error {
	name := managed.ControllerName(v1alpha1.SnapshotSelectionGroupVersionKind.GroupKind().String())
	backoff := awsclient.NewBackoff(mgr, v1alpha1.SnapshotSelectionGroupVersionKind)

	c := &connector{
		connect:   by(aws),
		inventory: inventory.New(o.PollInterval, time.Now),
		record:    event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...),
		now:       time.Now,
	}

	if o.MetricOptions != nil && o.MetricOptions.MRStateMetrics != nil {
		recorder := statemetrics.NewMRStateRecorder(mgr.GetClient(), o.Logger, o.MetricOptions.MRStateMetrics,
			&v1alpha1.SnapshotSelectionList{}, o.MetricOptions.PollStateMetricInterval)
		if err := mgr.Add(recorder); err != nil {
			return fmt.Errorf("cannot add the metrics of %s: %w", name, err)
		}
	}

	options := o.ForControllerRuntime()
	options.RateLimiter = backoff.RateLimiter()

	err := ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(options).
		For(&v1alpha1.SnapshotSelection{}, builder.WithPredicates(resource.DesiredStateChanged())).
		Complete(ratelimiter.NewReconciler(name, newReconciler(mgr, o, name, backoff, c), o.GlobalRateLimiter))
	if err != nil {
		return fmt.Errorf("cannot add the controller %s: %w", name, err)
	}

	return nil
}

// by returns a connect that uses the ProviderConfig of a SnapshotSelection.
func by(aws *awsclient.Connector) connect {
	return func(ctx context.Context, mg *v1alpha1.SnapshotSelection) (inventory.Clients, string, error) {
		c, err := aws.Connect(ctx, mg, mg.Spec.ForProvider.Region)
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
		managed.WithTypedExternalConnector[*v1alpha1.SnapshotSelection](c),
		// There is no external name to initialize: nothing on AWS has one.
		managed.WithInitializers(finalizeFirst(finalizer)),
		managed.WithFinalizer(finalizer),
		managed.WithLogger(o.Logger.WithValues("controller", name)),
		managed.WithRecorder(c.record),
		managed.WithPollInterval(o.PollInterval),
		managed.WithPollJitterHook(o.PollInterval / jitterParts),
	}

	if o.Features.Enabled(feature.EnableBetaManagementPolicies) {
		options = append(options, managed.WithManagementPolicies())
	}

	if o.MetricOptions != nil && o.MetricOptions.MRMetrics != nil {
		options = append(options, managed.WithMetricRecorder(o.MetricOptions.MRMetrics))
	}

	return backoff.Reconciler(managed.NewReconciler(mgr, resource.ManagedKind(v1alpha1.SnapshotSelectionGroupVersionKind), options...))
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
