package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/internal/scenario"
)

// atHome is the request of an example whose home serves, with all there is.
func atHome(t *testing.T, edit func(xr map[string]any, observed map[string]map[string]any)) *fnv1.RunFunctionRequest {
	t.Helper()

	s, err := scenario.Load(filepath.Join("..", "examples", "postgresql"))
	if err != nil {
		t.Fatal(err)
	}

	pipeline, _ := at(s.Composition.Object, "spec", "pipeline").([]any)
	observed := map[string]map[string]any{}

	// What the second step starts from is what the first left behind.
	for _, o := range s.Steps[1].Observed {
		observed[scenario.Key(&o)] = o.Object
	}

	xr := s.XR.DeepCopy().Object
	edit(xr, observed)

	req := &fnv1.RunFunctionRequest{
		Input:    message(at(pipeline[0], "input").(map[string]any)),
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: message(xr)}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{requirementTarget: {Items: []*fnv1.Resource{
			{Resource: message(s.Steps[0].Required[0].Object)},
		}}},
	}

	for key, o := range observed {
		req.Observed.Resources[key] = &fnv1.Resource{Resource: message(o)}
	}

	return req
}

// judgedBy returns the condition Protected, and what the status says of both
// objectives.
func judgedBy(t *testing.T, rsp *fnv1.RunFunctionResponse) (protected string, status recoveryv1alpha1.Status) {
	t.Helper()

	for _, c := range rsp.GetConditions() {
		if c.GetType() == recoveryv1alpha1.ConditionProtected {
			protected = fmt.Sprint(c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE, " ", c.GetReason(), ": ", c.GetMessage())
		}
	}

	b, err := json.Marshal(at(rsp.GetDesired().GetComposite().GetResource().AsMap(), "status", "recovery"))
	if err != nil {
		t.Fatal(err)
	}

	if err := json.Unmarshal(b, &status); err != nil {
		t.Fatal(err)
	}

	return protected, status
}

func TestObjectivesAreJudged(t *testing.T) {
	const selection = "db-snapshots-us-west-2-e1"

	type want struct {
		Protected          string
		RPO, RTO           recoveryv1alpha1.Verdict
		Achievable         string
		Estimated          string
		DataTime, Measured bool
	}

	says := func(o map[string]any, status, reason, text string) {
		put(o, []any{fields("type", "Ready", "status", status, "reason", reason, "message", text, "lastTransitionTime", moment(0))}, "status", "conditions")
	}
	took := func(strategy string) map[string]any {
		return fields("from", "us-east-1", "to", "us-west-2", "strategy", strategy, "epoch", int64(2), "took", "5h0m0s")
	}

	cases := map[string]struct {
		reason string
		edit   func(xr map[string]any, observed map[string]map[string]any)
		want   want
	}{
		"Kept": {
			reason: "A snapshot that is new enough protects.",
			edit:   func(map[string]any, map[string]map[string]any) {},
			want:   want{"true StandbyReady: another region could take over", "Met", "Met", "1h30m", "33m", true, false},
		},
		"TooOld": {
			reason: "What is too old is told with the number, as soon as it is observed, and does not protect.",
			edit: func(_ map[string]any, observed map[string]map[string]any) {
				says(observed[selection], "False", "TooOld", "the data of s is from 08:02 and too old since 12:02, by the maxAge of 4h")
			},
			want: want{"false RPONotMet: rpo 4h is not kept: db: the data of s is from 08:02 and too old since 12:02, by the maxAge of 4h", "BreachedCanMeet", "Met", "1h30m", "33m", true, false},
		},
		"NothingSelected": {
			reason: "Nothing to restore is worse than something old, and has a reason of its own.",
			edit: func(_ map[string]any, observed map[string]map[string]any) {
				says(observed[selection], "False", "NoCandidate", "")
				put(observed[selection], fields("reason", "there is no snapshot"), "status", "atProvider")
			},
			want: want{"false DataNotProven: " + selection + ": there is no snapshot", "BreachedCanMeet", "Met", "1h30m", "33m", false, false},
		},
		"Tightened": {
			reason: "An answer to an older question is none to a harder one.",
			edit: func(xr map[string]any, _ map[string]map[string]any) {
				put(xr, "2h", "spec", "recovery", "objectives", "rpo")
			},
			want: want{"false RPONotMet: rpo 2h is not kept: db: " + selection + " has not said yet whether the data is new enough for the rpo that is asked for now", "BreachedCanMeet", "Met", "1h30m", "33m", true, false},
		},
		"TightenedAndAsked": {
			reason: "That the harder question was asked does not make the older answer one to it.",
			edit: func(xr map[string]any, observed map[string]map[string]any) {
				put(xr, "2h", "spec", "recovery", "objectives", "rpo")
				put(observed[selection], "2h0m0s", "spec", "forProvider", "maxAge")
				put(observed[selection], int64(2), "metadata", "generation")
				put(observed[selection], []any{fields("type", "Ready", "status", "True", "reason", "Available", "observedGeneration", int64(1))}, "status", "conditions")
			},
			want: want{"false RPONotMet: rpo 2h is not kept: db: " + selection + " has not said yet whether the data is new enough for the rpo that is asked for now", "BreachedCanMeet", "Met", "1h30m", "33m", true, false},
		},
		"TightenedAndAnswered": {
			reason: "The answer to it is one.",
			edit: func(xr map[string]any, observed map[string]map[string]any) {
				put(xr, "2h", "spec", "recovery", "objectives", "rpo")
				put(observed[selection], "2h0m0s", "spec", "forProvider", "maxAge")
				put(observed[selection], int64(2), "metadata", "generation")
				put(observed[selection], []any{fields("type", "Ready", "status", "True", "reason", "Available", "observedGeneration", int64(2))}, "status", "conditions")
			},
			want: want{"true StandbyReady: another region could take over", "Met", "Met", "1h30m", "33m", true, false},
		},
		"Loosened": {
			reason: "What was new enough for a harder question is for an easier one.",
			edit: func(xr map[string]any, _ map[string]map[string]any) {
				put(xr, "24h", "spec", "recovery", "objectives", "rpo")
			},
			want: want{"true StandbyReady: another region could take over", "Met", "Met", "1h30m", "33m", true, false},
		},
		"StatedTooSlow": {
			reason: "A stated strategy is honoured, and what it can't keep is told.",
			edit: func(xr map[string]any, _ map[string]map[string]any) {
				put(xr, "15m", "spec", "recovery", "objectives", "rto")
				put(xr, "BackupAndRestore", "spec", "recovery", "strategy")
			},
			want: want{"false RTONotMet: rto 15m is not kept: subnet: create 1m, then subnetgroup: create 1m, then db: restore 30m, then dns: change 1m; without spec.recovery.strategy it would be WarmStandby, and take 11m", "Met", "BreachedCanMeet", "1h30m", "33m", true, false},
		},
		"Measured": {
			reason: "What a failover took replaces the estimate.",
			edit: func(xr map[string]any, _ map[string]map[string]any) {
				put(xr, []any{took("BackupAndRestore")}, "status", "recovery", "measured")
			},
			want: want{"false RTONotMet: rto 4h is not kept: the failover from us-east-1 to us-west-2 at epoch 2 took 5h; the strategy PilotLight would take 11m", "Met", "BreachedCanMeet", "1h30m", "5h", true, true},
		},
		"MeasuredWithAnotherStrategy": {
			reason: "With another strategy it says nothing.",
			edit: func(xr map[string]any, _ map[string]map[string]any) {
				put(xr, []any{took("PilotLight")}, "status", "recovery", "measured")
			},
			want: want{"true StandbyReady: another region could take over", "Met", "Met", "1h30m", "33m", true, false},
		},
		"MeasuredGarbage": {
			reason: "What can't be read was not measured.",
			edit: func(xr map[string]any, _ map[string]map[string]any) {
				put(xr, "soon", "status", "recovery", "measured")
			},
			want: want{"true StandbyReady: another region could take over", "Met", "Met", "1h30m", "33m", true, false},
		},
		"NoFailoverTarget": {
			reason: "Without somebody to decide, nothing is kept.",
			edit: func(xr map[string]any, observed map[string]map[string]any) {
				r := at(xr, "spec", "recovery").(map[string]any)
				delete(r, "failoverTarget")
				put(r, []any{"us-east-1", "us-west-2"}, "regions")

				for _, o := range observed {
					delete(o["metadata"].(map[string]any)["labels"].(map[string]any), "crossdr.io/failover-target")
				}
			},
			want: want{"false NoFailoverTarget: no FailoverTarget is named, so nothing can make another region active", "BreachedCanMeet", "BreachedCanMeet", "", "", false, false},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := ask(t, NewFunction(logging.NewNopLogger()), atHome(t, tc.edit))
			if f := fatal(rsp); f != "" {
				t.Fatal(f)
			}

			protected, s := judgedBy(t, rsp)
			got := want{protected, s.RPO.Verdict, s.RTO.Verdict, s.RPO.Achievable, s.RTO.Estimated, s.RPO.DataTime != nil, s.RTO.Measured}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// What needs another region is told once, and stays in the status: a warning of
// each render would drown the others.
func TestDependenciesAreWarnedOfOnce(t *testing.T) {
	fn := NewFunction(logging.NewNopLogger())
	warnings := func(rsp *fnv1.RunFunctionResponse) (out []string) {
		for _, r := range rsp.GetResults() {
			if r.GetSeverity() == fnv1.Severity_SEVERITY_WARNING {
				out = append(out, r.GetMessage())
			}
		}

		return out
	}

	first := ask(t, fn, atHome(t, func(map[string]any, map[string]map[string]any) {}))
	want := []string{"while us-east-1 is dark, a failover to us-west-2 can't do all of its steps, because AWS runs their control planes from there: dns: change (route53 Record)"}

	if diff := cmp.Diff(want, warnings(first)); diff != "" {
		t.Errorf("the first render: -want, +got:\n%s", diff)
	}

	status := at(first.GetDesired().GetComposite().GetResource().AsMap(), "status", "recovery")
	again := ask(t, fn, atHome(t, func(xr map[string]any, _ map[string]map[string]any) { put(xr, status, "status", "recovery") }))

	if got := warnings(again); len(got) > 0 {
		t.Errorf("the next render warns again: %v", got)
	}
}

// What somebody measured counts more than the table, also for the strategy.
func TestFactsOfThePlan(t *testing.T) {
	req := atHome(t, func(map[string]any, map[string]map[string]any) {})
	plan := req.GetInput().AsMap()

	for _, c := range plan["components"].([]any) {
		if c := c.(map[string]any); c["name"] == "db" {
			c["facts"] = fields("restore", "5h", "promote", "3m")
		}
	}

	req.Input = message(plan)

	_, s := judgedBy(t, ask(t, NewFunction(logging.NewNopLogger()), req))

	want := recoveryv1alpha1.StrategyStatus{
		Name:    recoveryv1alpha1.PilotLight,
		Because: "rto 4h is shorter than the 5h3m that BackupAndRestore would take (subnet: create 1m, then subnetgroup: create 1m, then db: restore 5h, then dns: change 1m)",
	}
	if diff := cmp.Diff(&want, s.Strategy); diff != "" {
		t.Errorf("strategy: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff("4m", s.RTO.Estimated); diff != "" {
		t.Errorf("estimated: -want, +got:\n%s", diff)
	}
}
