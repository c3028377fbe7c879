package upjet

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"

	"github.com/crossdr/crossdr/internal/emulator"
)

// Options say what a simulator works with.
type Options struct {
	// Config of the API server.
	Config *rest.Config

	// Endpoint of the emulator, and an access key of the store's account. Control
	// planes that are to be told apart have different keys.
	Endpoint, KeyID, Secret string

	// Store holds what the emulator does not know.
	Store *Store

	// Takes is how long a create takes of what is in the store. How long one of a
	// database takes, the emulator knows.
	Takes time.Duration

	// Poll is how often what exists is read again.
	Poll time.Duration

	// Now is the time that conditions are written with.
	Now func() time.Time

	// Log is told what the controllers do.
	Log io.Writer
}

// A Simulator is provider-upjet-aws, running.
type Simulator struct {
	stop    context.CancelFunc
	ended   chan struct{}
	err     error
	workers []*operations
	births  *births
}

// Start starts a simulator, after Install. It returns when its controllers are
// started.
func Start(ctx context.Context, o Options) (*Simulator, error) {
	crds, err := definitions(ctx)
	if err != nil {
		return nil, err
	}

	log := funcr.New(func(prefix, args string) {
		// Nobody is left to tell.
		_, _ = fmt.Fprintln(o.Log, prefix, args)
	}, funcr.Options{LogTimestamp: true, Verbosity: 1})

	// What is logged without a logger of its own is of no interest.
	ctrl.SetLogger(logr.Discard())

	mgr, err := ctrl.NewManager(o.Config, ctrl.Options{
		Logger:  log,
		Metrics: server.Options{BindAddress: "0"},
		Client: client.Options{Cache: &client.CacheOptions{
			Unstructured: true, DisableFor: []client.Object{&corev1.Secret{}},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("cannot start the simulator: %w", err)
	}

	// It outlives the context of its start.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Simulator{stop: stop, ended: make(chan struct{}), births: newBirths()}
	http := emulator.Client()

	for i, k := range kinds() {
		schema, err := parameters(crds[i])
		if err != nil {
			stop()

			return nil, err
		}

		c := &connector{kind: &k, schema: schema, cloud: o.clouds(&k, http), births: s.births, secrets: secrets{client: mgr.GetClient()}}
		if err := s.control(running, mgr, c, o); err != nil {
			stop()

			return nil, err
		}
	}

	go func() {
		defer close(s.ended)

		s.err = mgr.Start(running)
	}()

	if !mgr.GetCache().WaitForCacheSync(ctx) {
		s.Stop()

		return nil, fmt.Errorf("cannot start the simulator: %w", context.Cause(ctx))
	}

	return s, nil
}

// Settle waits until the simulator has written down all that AWS makes for it, and
// of a database that it has begun, and lets it make no more. To stop it earlier
// may leave what it does not touch again, as it does with the real one.
func (s *Simulator) Settle(ctx context.Context) error { return s.births.settle(ctx) }

// Stop stops the simulator as a kill does: what runs in the background ends where
// it is, and what it knew is lost.
func (s *Simulator) Stop() {
	s.stop()
	<-s.ended

	for _, o := range s.workers {
		o.running.Wait()
	}
}

// Err returns why the simulator has ended, if it has by itself.
func (s *Simulator) Err() error {
	select {
	case <-s.ended:
		return s.err
	default:
		return nil
	}
}

// clouds returns AWS for one kind.
func (o *Options) clouds(k *kind, http *http.Client) func(region string) cloud {
	return func(region string) cloud {
		session := newSession(o.Endpoint, o.KeyID, o.Secret, region, http)
		if k.String() == "rds/Instance" {
			return &database{kind: k, store: o.Store, session: session}
		}

		return &shelf{kind: k, store: o.Store, session: session, principal: o.KeyID, takes: o.Takes}
	}
}

// control starts the controller of one kind.
func (s *Simulator) control(ctx context.Context, mgr manager.Manager, c *connector, o Options) error {
	const (
		grace   = 3 * time.Second
		workers = 10
	)

	typed := newTypedManager(mgr, c.kind)
	log := logging.NewLogrLogger(mgr.GetLogger().WithName(c.kind.String()))
	c.operations = &operations{
		ctx: ctx, client: typed.GetClient(), kind: c.kind, events: make(chan event.GenericEvent), now: o.Now, log: log,
		byUID: map[types.UID]*operation{},
	}
	s.workers = append(s.workers, c.operations)

	initializers := []managed.Initializer{c.secrets}
	if c.kind.assign == nil {
		initializers = append(initializers, managed.NewNameAsExternalName(typed.GetClient()))
	}

	r := managed.NewReconciler(typed, resource.ManagedKind(c.kind.gvk()),
		managed.WithExternalConnector(c),
		managed.WithInitializers(initializers...),
		managed.WithPollInterval(o.Poll),
		managed.WithCreationGracePeriod(grace),
		managed.WithLogger(log),
		managed.WithManagementPolicies())

	err := ctrl.NewControllerManagedBy(mgr).
		Named("upjet-" + c.kind.service + "-" + c.kind.name).
		For(newManaged(c.kind).GetUnstructured()).
		WatchesRawSource(source.Channel(c.operations.events, &handler.EnqueueRequestForObject{})).
		WithOptions(controller.Options{
			MaxConcurrentReconciles: workers, SkipNameValidation: new(true),
			RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](o.Poll/10, o.Poll),
		}).
		Complete(r)
	if err != nil {
		return fmt.Errorf("cannot control %s: %w", c.kind, err)
	}

	return nil
}
