package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	fnv1beta1 "github.com/crossplane/function-sdk-go/proto/v1beta1"
	"github.com/crossplane/function-sdk-go/resource"
	"github.com/crossplane/function-sdk-go/response"
)

// limit is how long a test waits for something that must happen.
const limit = 20 * time.Second

type runFn func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error)

// A fake is a function that runs run.
type fake struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	run runFn
}

func (f fake) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return f.run(ctx, req)
}

func echo(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return response.To(req, response.DefaultTTL), nil
}

// A running server, and how to stop it.
type running struct {
	address string
	stop    context.CancelFunc
	stopped <-chan error
}

// run serves fn on a loopback port until the test ends.
func run(t *testing.T, fn runFn, creds credentials.TransportCredentials, grace time.Duration) running {
	t.Helper()

	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("cannot listen: %v", err)
	}

	ctx, stop := context.WithCancel(context.Background())
	s := newServer(fake{run: fn}, logging.NewNopLogger(), creds, 1<<20, grace)
	done := make(chan error, 1)
	stopped := make(chan struct{})
	go func() {
		done <- s.serve(ctx, lis)
		close(stopped)
	}()
	t.Cleanup(func() {
		stop()
		receive(t, stopped, "the server to stop")
	})

	return running{address: lis.Addr().String(), stop: stop, stopped: done}
}

// dial returns a connection to the server, with no TLS unless creds are given.
func (r running) dial(t *testing.T, creds credentials.TransportCredentials) *grpc.ClientConn {
	t.Helper()

	conn, err := grpc.NewClient(r.address, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatalf("cannot create a client: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// receive returns what the channel has to say, or fails the test.
func receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()

	select {
	case v := <-ch:
		return v
	case <-time.After(limit):
		t.Fatalf("gave up waiting for %s", what)
		panic("unreachable")
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

func TestPanic(t *testing.T) {
	const message = "cannot run the function, it panicked and its log has the stack: no such copy"
	desired := resource.MustStructJSON(`{"apiVersion":"example.org/v1","kind":"XR"}`)

	r := run(t, func(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		panic("no such copy")
	}, insecure.NewCredentials(), limit)
	conn := r.dial(t, insecure.NewCredentials())

	cases := map[string]struct {
		reason string
		call   func(ctx context.Context) (proto.Message, error)
		want   proto.Message
	}{
		"V1": {
			reason: "A panic should be a FATAL result that echoes the tag and the desired state.",
			call: func(ctx context.Context) (proto.Message, error) {
				return fnv1.NewFunctionRunnerServiceClient(conn).RunFunction(ctx, &fnv1.RunFunctionRequest{
					Meta:    &fnv1.RequestMeta{Tag: "a"},
					Desired: &fnv1.State{Composite: &fnv1.Resource{Resource: desired}},
				})
			},
			want: &fnv1.RunFunctionResponse{
				Meta:    &fnv1.ResponseMeta{Tag: "a", Ttl: durationpb.New(response.DefaultTTL)},
				Desired: &fnv1.State{Composite: &fnv1.Resource{Resource: desired}},
				Results: []*fnv1.Result{{Severity: fnv1.Severity_SEVERITY_FATAL, Message: message, Target: fnv1.Target_TARGET_COMPOSITE.Enum()}},
			},
		},
		"V1Beta1": {
			reason: "The older protocol should get the same answer.",
			call: func(ctx context.Context) (proto.Message, error) {
				return fnv1beta1.NewFunctionRunnerServiceClient(conn).RunFunction(ctx, &fnv1beta1.RunFunctionRequest{
					Meta: &fnv1beta1.RequestMeta{Tag: "b"},
				})
			},
			want: &fnv1beta1.RunFunctionResponse{
				Meta:    &fnv1beta1.ResponseMeta{Tag: "b", Ttl: durationpb.New(response.DefaultTTL)},
				Results: []*fnv1beta1.Result{{Severity: fnv1beta1.Severity_SEVERITY_FATAL, Message: message, Target: fnv1beta1.Target_TARGET_COMPOSITE.Enum()}},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := tc.call(bounded(t))
			if err != nil {
				t.Fatalf("\n%s\nRunFunction: %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("\n%s\nRunFunction: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	r := run(t, echo, insecure.NewCredentials(), limit)

	got, err := healthv1.NewHealthClient(r.dial(t, insecure.NewCredentials())).Check(bounded(t), &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatalf("cannot check health: %v", err)
	}
	if got.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("health: want SERVING, got %v", got.GetStatus())
	}
}

// A call in flight finishes although the server stops, and watchers of its
// health learn that it stops while that call still runs.
func TestGracefulStop(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	r := run(t, func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		close(started)
		<-release
		return echo(ctx, req)
	}, insecure.NewCredentials(), limit)
	conn := r.dial(t, insecure.NewCredentials())

	ctx, unwatch := context.WithCancel(bounded(t))
	defer unwatch()
	watch, err := healthv1.NewHealthClient(conn).Watch(ctx, &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatalf("cannot watch health: %v", err)
	}
	if now, err := watch.Recv(); err != nil || now.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Fatalf("health before the stop: want SERVING, got %v, %v", now.GetStatus(), err)
	}

	type answer struct {
		rsp *fnv1.RunFunctionResponse
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		rsp, err := fnv1.NewFunctionRunnerServiceClient(conn).RunFunction(ctx, &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: "late"}})
		answered <- answer{rsp, err}
	}()
	receive(t, started, "the call to start")

	r.stop()
	if now, err := watch.Recv(); err != nil || now.GetStatus() != healthv1.HealthCheckResponse_NOT_SERVING {
		t.Fatalf("health during the stop: want NOT_SERVING, got %v, %v", now.GetStatus(), err)
	}
	select {
	case err := <-r.stopped:
		t.Fatalf("the server stopped while a call was in flight: %v", err)
	default:
	}

	close(release)
	got := receive(t, answered, "the call to be answered")
	if got.err != nil || got.rsp.GetMeta().GetTag() != "late" {
		t.Errorf("the call in flight: want an answer, got %v, %v", got.rsp, got.err)
	}
	// A watch never ends by itself; closing it lets the server go.
	unwatch()
	if err := receive(t, r.stopped, "the server to stop"); err != nil {
		t.Errorf("serve: want no error after a graceful stop, got %v", err)
	}
}

func TestHardStop(t *testing.T) {
	started := make(chan struct{})
	r := run(t, func(ctx context.Context, _ *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		close(started)
		<-ctx.Done()
		return nil, ctx.Err()
	}, insecure.NewCredentials(), time.Millisecond)

	failed := make(chan error, 1)
	go func() {
		_, err := fnv1.NewFunctionRunnerServiceClient(r.dial(t, insecure.NewCredentials())).RunFunction(bounded(t), &fnv1.RunFunctionRequest{})
		failed <- err
	}()
	receive(t, started, "the call to start")

	r.stop()
	if err := receive(t, r.stopped, "the server to stop"); err != nil {
		t.Errorf("serve: want no error after a hard stop, got %v", err)
	}
	if err := receive(t, failed, "the call to fail"); err == nil {
		t.Error("a call longer than the grace period: want it cancelled, got an answer")
	}
}

func TestMaxRecvMessageSize(t *testing.T) {
	r := run(t, echo, insecure.NewCredentials(), limit)
	client := fnv1.NewFunctionRunnerServiceClient(r.dial(t, insecure.NewCredentials()))

	cases := map[string]struct {
		reason string
		size   int
		want   codes.Code
	}{
		"Below": {reason: "A request below the limit should be answered.", size: 1<<20 - 1<<10, want: codes.OK},
		"Above": {reason: "A request above the limit should be refused.", size: 1<<20 + 1, want: codes.ResourceExhausted},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := client.RunFunction(bounded(t), &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: strings.Repeat("x", tc.size)}})
			if got := status.Code(err); got != tc.want {
				t.Errorf("\n%s\nRunFunction: want %v, got %v", tc.reason, tc.want, err)
			}
		})
	}
}
