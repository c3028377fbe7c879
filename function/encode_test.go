package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
)

func TestTTL(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*fnv1.RunFunctionRequest)
		want   time.Duration
	}{
		"Serves": {
			reason: "Of an XR that serves Crossplane tells what changes.",
			change: func(*fnv1.RunFunctionRequest) {},
			want:   response.DefaultTTL,
		},
		"Waits": {
			reason: "Crossplane may have stopped to tell what changes of an XR that waits.",
			change: func(req *fnv1.RunFunctionRequest) { delete(req.GetObserved().GetResources(), "c000") },
			want:   waitingTTL,
		},
		"StandbyWaits": {
			reason: "Nobody waits for a standby.",
			change: func(req *fnv1.RunFunctionRequest) { delete(req.GetObserved().GetResources(), "c000-us-west-2") },
			want:   response.DefaultTTL,
		},
		"NotTheHolder": {
			reason: "A control plane that only observes waits for nothing.",
			change: func(req *fnv1.RunFunctionRequest) {
				target := req.GetRequiredResources()[requirementTarget].GetItems()[0].GetResource().GetFields()
				target["status"].GetStructValue().GetFields()["atProvider"].GetStructValue().Fields["holder"] = structpb.NewBoolValue(false)
			},
			want: response.DefaultTTL,
		},
	}

	fn := NewFunction(logging.NewNopLogger())

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req, _ := steady(t, fn, 10)
			tc.change(req)

			got := call(t, fn, req).GetMeta().GetTtl().AsDuration()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nTTL: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
