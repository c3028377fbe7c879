package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
)

func TestFlags(t *testing.T) {
	defaults := cli{
		Sync: time.Hour, Poll: time.Minute, PollStateMetric: 5 * time.Second, MaxReconcileRate: 100,
		MetricsBindAddress: ":8080", HealthProbeBindAddress: ":8081", EnableManagementPolicies: true,
	}

	cases := map[string]struct {
		reason string
		args   []string
		env    map[string]string
		want   func(*cli)
	}{
		"Defaults": {
			reason: "Without flags the provider must do what is documented.",
			want:   func(*cli) {},
		},
		"OfOtherProviders": {
			reason: "Flags that a DeploymentRuntimeConfig of another provider has must do the same here.",
			args:   []string{"--debug", "--poll=10m", "--sync=2h", "--max-reconcile-rate=10", "--leader-election", "--enable-management-policies=false", "--metrics-bind-address=:9090", "--health-probe-bind-addr=:9091"},
			want: func(c *cli) {
				c.Debug, c.Poll, c.Sync, c.MaxReconcileRate, c.LeaderElection, c.EnableManagementPolicies = true, 10*time.Minute, 2*time.Hour, 10, true, false
				c.MetricsBindAddress, c.HealthProbeBindAddress = ":9090", ":9091"
			},
		},
		"Environment": {
			reason: "So must variables.",
			env:    map[string]string{"LEADER_ELECTION": "true", "ENABLE_MANAGEMENT_POLICIES": "false"},
			want:   func(c *cli) { c.LeaderElection, c.EnableManagementPolicies = true, false },
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for k, v := range tc.env {
				t.Setenv(k, v)
			}

			got, want := cli{}, defaults
			tc.want(&want)

			parser, err := kong.New(&got, kong.Vars{"version": version})
			if err != nil {
				t.Fatal(err)
			}

			if _, err := parser.Parse(tc.args); err != nil {
				t.Fatalf("\n%s\nParse(...): %v", tc.reason, err)
			}

			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("\n%s\nParse(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestMayWatchCRDs(t *testing.T) {
	errBoom := errors.New("boom")

	type want struct {
		safe bool
		err  error
	}

	cases := map[string]struct {
		reason string
		create func(verb string) (allowed bool, err error)
		want   want
	}{
		"Allowed": {
			reason: "A provider that may get, list and watch CRDs can wait for them.",
			create: func(string) (bool, error) { return true, nil },
			want:   want{safe: true},
		},
		"NoWatch": {
			reason: "One that may not do all three can't.",
			create: func(verb string) (bool, error) { return verb != "watch", nil },
		},
		"Error": {
			reason: "Not knowing is no answer.",
			create: func(string) (bool, error) { return false, errBoom },
			want:   want{err: errBoom},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := &test.MockClient{MockCreate: func(_ context.Context, o client.Object, _ ...client.CreateOption) error {
				review := o.(*authorizationv1.SelfSubjectAccessReview)

				var err error
				review.Status.Allowed, err = tc.create(review.Spec.ResourceAttributes.Verb)

				return err
			}}

			safe, err := mayWatchCRDs(t.Context(), c)
			if safe != tc.want.safe || !errors.Is(err, tc.want.err) {
				t.Errorf("\n%s\nmayWatchCRDs(...): want %+v, got %t, %v", tc.reason, tc.want, safe, err)
			}
		})
	}
}

// TestRun checks that the provider starts its controllers once their kinds are
// installed, and stops when it is told to.
//
// There is one run only: controller-runtime has one registry of metrics and of
// names of controllers a process.
func TestRun(t *testing.T) {
	// The API server below is too simple for it.
	t.Setenv("KUBE_FEATURE_WatchListClient", "false")

	api := newAPIServer(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() {
		c := &cli{Poll: time.Minute, Sync: time.Hour, PollStateMetric: time.Minute, MaxReconcileRate: 100, MetricsBindAddress: "0", HealthProbeBindAddress: "0", EnableManagementPolicies: true}
		done <- c.run(ctx, &rest.Config{Host: api.url}, logging.NewNopLogger())
	}()

	api.wait(t, "customresourcedefinitions", done)

	if got := api.watched("providerconfigs"); got {
		t.Error("want no controller to start before its kind is installed")
	}

	api.install(t)

	for _, plural := range []string{"providerconfigs", "clusterproviderconfigs", "providerconfigusages", "snapshotselections", "failovertargets"} {
		api.wait(t, plural, done)
	}

	stop()

	select {
	case err := <-done:
		if err != nil {
			t.Errorf("run(...): %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("run(...): want it to return when it is told to stop")
	}
}

func TestFailure(t *testing.T) {
	errBoom := errors.New("boom")

	stopped, stop := context.WithCancel(t.Context())
	stop()

	parent, cancel := context.WithCancelCause(t.Context())
	cancel(errBoom)

	cases := map[string]struct {
		reason string
		ctx    context.Context //nolint:containedctx // It is the argument.
		want   error
	}{
		"Stopped": {reason: "Being told to stop is no failure.", ctx: stopped},
		"Failed":  {reason: "A controller that can't be added must end the program with its error.", ctx: parent, want: errBoom},
		"Running": {reason: "There is nothing to report yet.", ctx: t.Context()},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := failure(tc.ctx); !errors.Is(got, tc.want) {
				t.Errorf("\n%s\nfailure(...): want %v, got %v", tc.reason, tc.want, got)
			}
		})
	}
}
