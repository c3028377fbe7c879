package main

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/resource"
)

// sizes of the benchmarks, in rendered resources over two regions.
var sizes = []int{10, 100, 500}

// responseLimit is what gRPC lets Crossplane receive.
const responseLimit = 4 << 20

// steady returns a request that renders n resources in two regions, all of
// which exist, and its response.
func steady(tb testing.TB, fn fnv1.FunctionRunnerServiceServer, n int) (*fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {
	tb.Helper()

	kinds := []string{
		`{"apiVersion":"ec2.aws.m.upbound.io/v1beta1","kind":"VPC","spec":{"forProvider":{"cidrBlock":"${xr.spec.cidr}","enableDnsHostnames":true,"enableDnsSupport":true,"tags":{"Team":"payments","CostCenter":"4711"}}}}`,
		`{"apiVersion":"ec2.aws.m.upbound.io/v1beta1","kind":"SecurityGroup","metadata":{"labels":{"app":"${xr.metadata.name}"}},"spec":{"forProvider":{"description":"for ${xr.metadata.name} in ${region.name}","vpcIdSelector":{"matchControllerRef":true},"tags":{"Team":"payments"}}}}`,
		`{"apiVersion":"rds.aws.m.upbound.io/v1beta1","kind":"SubnetGroup","spec":{"forProvider":{"description":"Subnets of ${component}","subnetIdSelector":{"matchControllerRef":true},"tags":{"Team":"payments","CostCenter":"4711"}}}}`,
		`{"apiVersion":"autoscaling.aws.m.upbound.io/v1beta1","kind":"AutoscalingGroup","spec":{"forProvider":{"minSize":1,"maxSize":4,"desiredCapacity":"${xr.spec.size}","healthCheckType":"EC2","healthCheckGracePeriod":300,"launchTemplate":{"name":"app","version":"$Latest"},"tag":[{"key":"Team","value":"payments","propagateAtLaunch":true}]}}}`,
	}

	components := make([]any, 0, n/2)

	for i := range n / 2 {
		template := resource.MustStructJSON(kinds[i%len(kinds)]).AsMap()
		components = append(components, map[string]any{"name": fmt.Sprintf("c%03d", i), "tier": "Network", "template": template})
	}

	input, err := structpb.NewStruct(map[string]any{"apiVersion": "fn.crossdr.io/v1alpha1", "kind": "RecoveryPlan", "components": components})
	if err != nil {
		tb.Fatal(err)
	}

	req := &fnv1.RunFunctionRequest{
		Input: input,
		Observed: &fnv1.State{
			Composite: &fnv1.Resource{Resource: resource.MustStructJSON(`{"apiVersion":"example.org/v1","kind":"XApp","metadata":{"name":"app","namespace":"team-a"},
				"spec":{"cidr":"10.0.0.0/16","size":2,"recovery":{"strategy":"PilotLight","failoverTarget":{"name":"app","namespace":"dr"}}}}`)},
			Resources: map[string]*fnv1.Resource{},
		},
		Desired: &fnv1.State{},
		RequiredResources: map[string]*fnv1.Resources{requirementTarget: {Items: []*fnv1.Resource{{Resource: resource.MustStructJSON(`{
			"apiVersion":"aws.m.crossdr.io/v1alpha1","kind":"FailoverTarget","metadata":{"name":"app","namespace":"dr"},
			"spec":{"forProvider":{"regions":[{"name":"us-east-1"},{"name":"us-west-2"}],"protects":{"namespaces":["team-a"]}}},
			"status":{"atProvider":{"activeRegion":"us-east-1","epoch":1,"holder":true,"phase":"Steady","regions":[
				{"name":"us-east-1","reachable":true,"zones":[{"id":"use1-az1","name":"us-east-1a","state":"available"}]},
				{"name":"us-west-2","reachable":true,"zones":[{"id":"usw2-az1","name":"us-west-2a","state":"available"}]}]}}}`)}}}},
	}

	rsp := call(tb, fn, req)

	for key, r := range rsp.GetDesired().GetResources() {
		o := proto.CloneOf(r.GetResource())
		o.Fields["status"] = structpb.NewStructValue(resource.MustStructJSON(`{"atProvider":{"id":"x-0123456789abcdef0","arn":"arn:aws:ec2:us-east-1:123456789012:x/x-0123456789abcdef0","ownerId":"123456789012"},
			"conditions":[{"type":"Ready","status":"True","reason":"Available","lastTransitionTime":"2026-11-20T08:00:00Z"},{"type":"Synced","status":"True","reason":"ReconcileSuccess","lastTransitionTime":"2026-11-20T08:00:00Z"}]}`))
		req.Observed.Resources[key] = &fnv1.Resource{Resource: o}
	}

	return req, call(tb, fn, req)
}

func call(tb testing.TB, fn fnv1.FunctionRunnerServiceServer, req *fnv1.RunFunctionRequest) *fnv1.RunFunctionResponse {
	tb.Helper()

	rsp, err := fn.RunFunction(context.Background(), proto.CloneOf(req))
	if err != nil {
		tb.Fatal(err)
	}

	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			tb.Fatal(r.GetMessage())
		}
	}

	return rsp
}

// TestResponseSize guards gRPC's limit on what Crossplane can receive.
func TestResponseSize(t *testing.T) {
	_, rsp := steady(t, NewFunction(logging.NewNopLogger()), 500)
	if n := len(rsp.GetDesired().GetResources()); n != 500 {
		t.Fatalf("rendered %d resources, want 500", n)
	}

	if size := proto.Size(rsp); size > responseLimit/4 {
		t.Errorf("500 resources take %d bytes, want well under the limit of %d", size, responseLimit)
	}
}

func BenchmarkRunFunction(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			fn := NewFunction(logging.NewNopLogger())
			req, _ := steady(b, fn, n)

			b.ReportAllocs()

			for b.Loop() {
				// The response shares what it can with the request, which a
				// server gets anew each time.
				r := &fnv1.RunFunctionRequest{Input: req.GetInput(), Observed: req.GetObserved(), Desired: &fnv1.State{}, RequiredResources: req.GetRequiredResources()}
				if _, err := fn.RunFunction(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// fixed answers every request with the same response: the least that any
// function costs.
type fixed struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	rsp *fnv1.RunFunctionResponse
}

func (f *fixed) RunFunction(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return f.rsp, nil
}

// BenchmarkGRPC compares the function with one that only echoes a fixed
// response, as a client sees both.
func BenchmarkGRPC(b *testing.B) {
	for _, n := range sizes {
		fn := NewFunction(logging.NewNopLogger())
		req, rsp := steady(b, fn, n)

		for name, served := range map[string]fnv1.FunctionRunnerServiceServer{"crossdr": fn, "echo": &fixed{rsp: rsp}} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				client := dial(b, served)

				b.ReportAllocs()

				for b.Loop() {
					if _, err := client.RunFunction(b.Context(), req); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func dial(b *testing.B, fn fnv1.FunctionRunnerServiceServer) fnv1.FunctionRunnerServiceClient {
	b.Helper()

	lis, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)

	go func() {
		done <- newServer(fn, logging.NewNopLogger(), insecure.NewCredentials(), 64<<20, time.Second).serve(ctx, lis)
	}()

	conn, err := grpc.NewClient(lis.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		b.Fatal(err)
	}

	b.Cleanup(func() {
		_ = conn.Close()

		cancel()

		<-done
	})

	return fnv1.NewFunctionRunnerServiceClient(conn)
}
