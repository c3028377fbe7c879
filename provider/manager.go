package main

import (
	"context"
	"fmt"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	xpcontroller "github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/gate"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/customresourcesgate"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/statemetrics"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/awsclient"
	"github.com/crossdr/crossdr/provider/internal/controller"
)

// manager returns the manager of the controllers.
func (c *cli) manager(cfg *rest.Config) (ctrl.Manager, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, apiextensionsv1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("cannot build the scheme: %w", err)
		}
	}

	mgr, err := ctrl.NewManager(ratelimiter.LimitRESTConfig(cfg, c.MaxReconcileRate), ctrl.Options{
		Scheme: scheme,
		Cache: cache.Options{
			SyncPeriod:       &c.Sync,
			DefaultTransform: cache.TransformStripManagedFields(),
			ByObject: map[client.Object]cache.ByObject{
				&apiextensionsv1.CustomResourceDefinition{}: {Transform: customresourcesgate.TransformStripCRDSchema},
			},
		},
		Metrics:                metricsserver.Options{BindAddress: c.MetricsBindAddress},
		HealthProbeBindAddress: c.HealthProbeBindAddress,

		// Leases only, and long ones: under load a provider may miss the deadline
		// of a short one.
		LeaderElection:             c.LeaderElection,
		LeaderElectionID:           "crossplane-leader-election-provider-aws-dr",
		LeaderElectionResourceLock: resourcelock.LeasesResourceLock,
		LeaseDuration:              ptr.To(60 * time.Second),
		RenewDeadline:              ptr.To(50 * time.Second),
	})
	if err != nil {
		return nil, fmt.Errorf("cannot create the manager of the controllers: %w", err)
	}

	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("cannot add a probe: %w", err)
	}

	if err := mgr.AddReadyzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("cannot add a probe: %w", err)
	}

	return mgr, nil
}

// setup adds the controllers: at once or, where the provider may watch CRDs,
// each when its kinds are installed. One that can't be added then is told to
// fail.
func (c *cli) setup(ctx context.Context, mgr ctrl.Manager, log logging.Logger, fail func(error)) error {
	o, err := c.options(log)
	if err != nil {
		return err
	}

	connector := awsclient.NewConnector(mgr.GetClient(), mgr.GetAPIReader(), awsclient.WithVersion(version))

	safe, err := mayWatchCRDs(ctx, mgr.GetClient())
	if err != nil {
		return err
	}

	if !safe {
		log.Info("Starting all controllers at once: the provider may not watch CRDs, as safe-start needs it")

		return controller.Setup(mgr, o, connector)
	}

	o.Gate = new(gate.Gate[schema.GroupVersionKind])
	if err := customresourcesgate.Setup(mgr, o); err != nil {
		return fmt.Errorf("cannot add the gate of the controllers: %w", err)
	}

	controller.SetupGated(mgr, o, connector, fail)

	return nil
}

// options returns the options of the controllers.
func (c *cli) options(log logging.Logger) (xpcontroller.Options, error) {
	recorder := managed.NewMRMetricRecorder()
	state := statemetrics.NewMRStateMetrics()

	if err := metrics.Registry.Register(recorder); err != nil {
		return xpcontroller.Options{}, fmt.Errorf("cannot register metrics: %w", err)
	}

	if err := metrics.Registry.Register(state); err != nil {
		return xpcontroller.Options{}, fmt.Errorf("cannot register metrics: %w", err)
	}

	o := xpcontroller.Options{
		Logger:                  log,
		MaxConcurrentReconciles: c.MaxReconcileRate,
		PollInterval:            c.Poll,
		GlobalRateLimiter:       ratelimiter.NewGlobal(c.MaxReconcileRate),
		Features:                &feature.Flags{},
		MetricOptions: &xpcontroller.MetricOptions{
			PollStateMetricInterval: c.PollStateMetric,
			MRMetrics:               recorder,
			MRStateMetrics:          state,
		},
	}

	if c.EnableManagementPolicies {
		o.Features.Enable(feature.EnableBetaManagementPolicies)
	}

	return o, nil
}

// mayWatchCRDs reports whether the provider may watch CRDs. Crossplane allows it
// to providers whose package has the capability safe-start, as long as Crossplane
// manages their RBAC.
func mayWatchCRDs(ctx context.Context, c client.Client) (bool, error) {
	for _, verb := range []string{"get", "list", "watch"} {
		review := &authorizationv1.SelfSubjectAccessReview{
			Spec: authorizationv1.SelfSubjectAccessReviewSpec{
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Group:    apiextensionsv1.GroupName,
					Resource: "customresourcedefinitions",
					Verb:     verb,
				},
			},
		}
		if err := c.Create(ctx, review); err != nil {
			return false, fmt.Errorf("cannot ask whether the provider may %s CRDs: %w", verb, err)
		}

		if !review.Status.Allowed {
			return false, nil
		}
	}

	return true, nil
}
