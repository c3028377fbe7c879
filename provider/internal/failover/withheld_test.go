package failover

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A taken step, and whether it decides.
type taken struct {
	Kind    StepKind
	Decides bool
}

// turn takes the steps of one turn, and returns them and the report.
func (s *store) turn(o Observation) ([]taken, Report) {
	var (
		turn Turn
		out  []taken
	)

	for range 20 {
		step := NextStep(turn, o)
		out = append(out, taken{step.Kind, step.Decides})

		if step.Kind == StepReport || step.Kind == StepAgain {
			return out, step.Report
		}

		_, reply := s.do(step)
		turn = turn.Learn(step, reply)
	}

	return out, Report{}
}

func TestStepsThatDecide(t *testing.T) {
	atHome := Memory{State: state(home()), Holder: true, Attempt: Attempt{1, "n1"}}
	record := []string{west, ohio}

	cases := map[string]struct {
		reason string
		store  store
		kept   Memory
		asks   *Activation
		record []string
		want   []taken
	}{
		"FirstSight": {
			reason: "That home serves is a decision, too.",
			want:   []taken{{StepRemember, true}, {StepReport, false}},
		},
		"Activated": {
			reason: "Without a record the annotation makes it one.",
			kept:   atHome, asks: to(west, 2),
			want: []taken{{StepRemember, true}, {StepReport, false}},
		},
		"Recorded": {
			reason: "The attempt belongs to it; what is remembered of it does not.",
			store:  store{state: state(home())},
			kept:   atHome, asks: to(west, 2), record: record,
			want: []taken{{StepRead, false}, {StepRemember, true}, {StepRecord, true}, {StepRemember, false}, {StepReport, false}},
		},
		"Seeded": {
			reason: "To write a record that is empty changes more than this object.",
			kept:   atHome, record: record,
			want: []taken{{StepRead, false}, {StepRecord, true}, {StepReport, false}},
		},
		"Followed": {
			reason: "To follow decides nothing.",
			store:  store{state: state(by(them, failedOver()), home())},
			kept:   atHome, record: record,
			want: []taken{{StepRead, false}, {StepRemember, false}, {StepReport, false}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o := Observation{Kept: tc.kept, Request: asks(tc.asks), Facts: fine()}
			o.Request.RecordRegions = tc.record

			if got, _ := tc.store.turn(o); !cmp.Equal(tc.want, got) {
				t.Errorf("%s\nsteps: -want +got:\n%s", tc.reason, cmp.Diff(tc.want, got))
			}
		})
	}
}

func TestWithheld(t *testing.T) {
	atHome := Memory{State: state(home()), Holder: true, Attempt: Attempt{1, "n1"}}
	record := []string{west, ohio}
	toLetIt := "; to let it: " + command + `'[{"op":"replace","path":"/spec/managementPolicies","value":["*"]}]'. Nothing was changed, and it is tried again`

	type want struct {
		Phase   Phase
		Reason  Reason
		Epoch   int64
		Message string
	}

	cases := map[string]struct {
		reason string
		store  store
		kept   Memory
		asks   *Activation
		record []string
		want   want
	}{
		"FirstSight": {
			reason: "Who may only observe does not even decide that home serves.",
			want:   want{PhasePending, "RecordNotWritten", 0, "the decision could not be written: it may only observe" + toLetIt},
		},
		"Activated": {
			reason: "What would be decided is Blocked, with what stands in the way.",
			kept:   atHome, asks: to(west, 2),
			want: want{PhaseBlocked, ReasonBlocked, 1, "us-east-1 stays active at epoch 1. RecordNotWritten: the decision could not be written: it may only observe" + toLetIt},
		},
		"ActivatedWithRecord": {
			reason: "The record is read, and not written.",
			store:  store{state: state(home())},
			kept:   atHome, asks: to(west, 2), record: record,
			want: want{PhaseBlocked, ReasonBlocked, 1, "us-east-1 stays active at epoch 1. RecordNotWritten: the decision could not be written: it may only observe" + toLetIt},
		},
		"EmptyRecord": {
			reason: "Nor is it where it is empty.",
			kept:   atHome, record: record,
			want: want{PhaseSteady, "RecordNotWritten", 1, "us-east-1 is active at epoch 1, but the decision could not be written: it may only observe" + toLetIt},
		},
		"Followed": {
			reason: "What others decide is followed.",
			store:  store{state: state(by(them, failedOver()), home())},
			kept:   atHome, asks: to(west, 2), record: record,
			want: want{PhaseSteady, ReasonFollowing, 2, ""},
		},
		"Stale": {
			reason: "What would not be decided anyhow is told as always.",
			kept:   atHome, asks: to(west, 5),
			want: want{PhaseSteady, ReasonStale, 1, "the activation is for epoch 5, but us-east-1 is active at epoch 1, so the next one is for epoch 2: it changes nothing"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o := Observation{Kept: tc.kept, Request: asks(tc.asks), Facts: fine(), Withheld: "it may only observe"}
			o.Request.RecordRegions = tc.record

			steps, report := tc.store.turn(o)
			for _, s := range steps {
				if s.Decides {
					t.Errorf("%s\nit took %v", tc.reason, steps)
				}
			}

			got := want{report.Outcome.Phase, report.Outcome.Reason, report.State.Epoch, report.Outcome.Message}
			if got.Reason == ReasonFollowing {
				got.Message = ""
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nreport: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
