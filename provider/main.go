// Command provider serves provider-aws-dr, a Crossplane provider that observes
// which snapshot of a store to restore from, and records which region serves.
package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kong"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
)

// version of the provider, which the linker sets: -X main.version=v0.1.0.
var version = "dev"

// A cli holds the flags of the program. They have the names that other providers
// gave them.
type cli struct {
	Debug bool `help:"Emit debug logs in addition to info logs." short:"d"`

	Version kong.VersionFlag `help:"Print the version and exit."`

	Sync time.Duration `default:"1h" help:"How often every object is looked at again, whether it changed or not." short:"s"`

	Poll time.Duration `default:"1m" help:"How often each managed resource is observed anew on AWS. Each one's interval varies by up to a tenth, so that they don't all come at once."`

	PollStateMetric time.Duration `default:"5s" help:"How often the metrics of the managed resources' state are recorded."`

	MaxReconcileRate int `default:"100" help:"How many managed resources may be reconciled a second, and of each kind at a time."`

	LeaderElection bool `env:"LEADER_ELECTION" help:"Elect a leader between the replicas of the provider." short:"l"`

	MetricsBindAddress string `default:":8080" env:"METRICS_BIND_ADDRESS" help:"Address at which to serve metrics. 0 serves none."`

	HealthProbeBindAddress string `default:":8081" env:"HEALTH_PROBE_BIND_ADDRESS" help:"Address at which to serve the probes /healthz and /readyz. 0 serves none." name:"health-probe-bind-addr"`

	EnableManagementPolicies bool `default:"true" env:"ENABLE_MANAGEMENT_POLICIES" help:"Support management policies." negatable:""`
}

func main() {
	ctx := kong.Parse(&cli{},
		kong.Name("provider"),
		kong.Description("provider-aws-dr: which snapshot to restore from, and which region serves."),
		kong.Vars{"version": version})
	ctx.FatalIfErrorf(ctx.Run())
}

// Run runs the provider until the program is told to stop.
func (c *cli) Run() error {
	if c.MaxReconcileRate < 1 {
		return fmt.Errorf("cannot run: --max-reconcile-rate must be at least 1, not %d", c.MaxReconcileRate)
	}

	if c.Poll <= 0 {
		return fmt.Errorf("cannot run: --poll must be longer than nothing, not %s", c.Poll)
	}

	cfg, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("cannot find the API server: %w", err)
	}

	return c.run(ctrl.SetupSignalHandler(), cfg, c.logger())
}

// run runs the provider against an API server until the context is done.
func (c *cli) run(ctx context.Context, cfg *rest.Config, log logging.Logger) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)

	mgr, err := c.manager(cfg)
	if err != nil {
		return err
	}

	if err := c.setup(ctx, mgr, log, fail); err != nil {
		return err
	}

	log.Info("Starting", "version", version, "poll-interval", c.Poll.String(), "max-reconcile-rate", c.MaxReconcileRate)

	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("cannot run the controllers: %w", err)
	}

	return failure(ctx)
}

// failure returns why the context is done, when it is not because the program
// was told to stop.
func failure(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil && cause != ctx.Err() { //nolint:errorlint // The very same error, or another one.
		return cause
	}

	return nil
}

// logger returns the logger of the provider.
func (c *cli) logger() logging.Logger {
	zl := zap.New(zap.UseDevMode(c.Debug))

	// controller-runtime is very verbose even at info level: what matters comes
	// through the provider's own logger.
	if c.Debug {
		ctrl.SetLogger(zl)
	} else {
		ctrl.SetLogger(zap.New(zap.WriteTo(io.Discard)))
	}

	return logging.NewLogrLogger(zl.WithName("provider-aws-dr"))
}
