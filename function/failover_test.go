package main

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/topology"
)

func TestServingSince(t *testing.T) {
	decided := metav1.NewTime(time.Date(2026, 11, 20, 9, 14, 0, 0, time.UTC))

	with := func(kind, status, at string) map[string]any {
		return fields("status", fields("conditions", []any{
			fields("type", kind, "status", status, "lastTransitionTime", at, "message", "every copy is ready in us-west-2"),
		}))
	}

	home := with("Serving", "True", "2026-11-01T00:00:00Z")
	home["status"].(map[string]any)["conditions"].([]any)[0].(map[string]any)["message"] = "every copy is ready in us-east-1"

	type db struct {
		promoted bool
		readyAt  string
	}

	cases := map[string]struct {
		reason string
		db     db
		xr     map[string]any
		want   string
	}{
		"Restored": {
			reason: "What was restored serves since it is ready.",
			db:     db{readyAt: "2026-11-20T09:40:00Z"},
			xr:     with("Serving", "False", "2026-11-20T09:14:02Z"),
			want:   "2026-11-20T09:40:00Z",
		},
		"ReadyBefore": {
			reason: "Nothing serves before the decision.",
			db:     db{readyAt: "2026-11-01T00:00:00Z"},
			xr:     with("Serving", "True", "2026-11-01T00:00:00Z"),
			want:   "2026-11-20T09:14:00Z",
		},
		"JustPromoted": {
			reason: "A replica was ready all along. Since when it takes writes is not known when it is first seen to.",
			db:     db{promoted: true, readyAt: "2026-11-01T00:00:00Z"},
			xr:     with("Serving", "False", "2026-11-20T09:14:02Z"),
		},
		"Promoted": {
			reason: "It did when the XR said that everything serves.",
			db:     db{promoted: true, readyAt: "2026-11-01T00:00:00Z"},
			xr:     with("Serving", "True", "2026-11-20T09:16:30Z"),
			want:   "2026-11-20T09:16:30Z",
		},
		"ToldOfHome": {
			reason: "What it said of the region that is left is not meant. Crossplane may have written it again.",
			db:     db{promoted: true, readyAt: "2026-11-01T00:00:00Z"},
			xr:     home,
		},
		"ToldBefore": {
			reason: "Nor is what it said before the decision.",
			db:     db{promoted: true, readyAt: "2026-11-01T00:00:00Z"},
			xr:     with("Serving", "True", "2026-11-01T00:00:00Z"),
		},
		"NeverRendered": {
			reason: "An XR that never said anything tells nothing.",
			db:     db{promoted: true, readyAt: "2026-11-20T09:15:00Z"},
			xr:     fields(),
			want:   "2026-11-20T09:15:00Z",
		},
		"ReadySince": {
			reason: "What became ready afterwards counts.",
			db:     db{promoted: true, readyAt: "2026-11-20T09:20:00Z"},
			xr:     with("Serving", "True", "2026-11-20T09:16:30Z"),
			want:   "2026-11-20T09:20:00Z",
		},
		"NoCondition": {
			reason: "A Restore has no time of its own.",
			xr:     with("Serving", "True", "2026-11-20T09:16:30Z"),
			want:   "2026-11-20T09:16:30Z",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := &request{plan: &plan{}, xr: &object{message: message(tc.xr)}, decision: topology.Decision{Holder: true, Active: "us-west-2", Epoch: 2}}

			observed := fields()
			if tc.db.readyAt != "" {
				observed = with("Ready", "True", tc.db.readyAt)
			}

			out := &composition{copies: []composed{{
				Copy:  topology.Copy{Key: "db", Region: "us-west-2", Role: topology.Serving, Promoted: tc.db.promoted},
				ready: true, observed: &observedCopy{object: &object{message: message(observed)}},
			}}}

			got := ""
			if at, known := r.servingSince(out, &decided); known {
				got = at.Format(time.RFC3339)
			}

			if got != tc.want {
				t.Errorf("%s\nservingSince(...): want %q, got %q", tc.reason, tc.want, got)
			}
		})
	}
}

// TestAchievedRPO: what a failover lost is told by the data that was restored.
func TestAchievedRPO(t *testing.T) {
	decided := metav1.NewTime(time.Date(2026, 11, 20, 9, 14, 0, 0, time.UTC))

	cases := map[string]struct {
		reason   string
		dataTime string
		want     string
	}{
		"Older":   {reason: "It is as old as it was at the decision.", dataTime: "2026-11-20T09:02:00Z", want: "12m0s"},
		"Newer":   {reason: "Nobody loses less than nothing.", dataTime: "2026-11-20T09:20:00Z", want: "0s"},
		"Unknown": {reason: "Where no time is known, it is what the decision says.", want: "4m0s"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			target := &awsv1alpha1.FailoverTarget{}
			target.Status.AtProvider.Decision = &awsv1alpha1.Decision{From: "us-east-1", DecidedAt: &decided, DataLoss: "4m0s"}

			r := &request{
				plan: &plan{}, xr: &object{message: message(fields())}, target: target,
				decision: topology.Decision{Holder: true, Active: "us-west-2", Epoch: 2, DataEpoch: 2},
			}

			db := fields("metadata", fields("annotations", fields("crossdr.io/data-time", tc.dataTime)))
			out := &composition{copies: []composed{{
				Copy:  topology.Copy{Key: "db", Region: "us-west-2", Role: topology.Serving, ServesSince: 2},
				ready: true, observed: &observedCopy{object: &object{message: message(db)}},
			}}}

			got, err := r.lastFailover(out, nil)
			if err != nil {
				t.Fatal(err)
			}

			if rpo := text(got.GetStructValue().GetFields()["achievedRPO"]); rpo != tc.want {
				t.Errorf("%s\nlastFailover(...): want achievedRPO %q, got %q", tc.reason, tc.want, rpo)
			}
		})
	}
}
