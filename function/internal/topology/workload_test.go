package topology

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestPlanWorkload(t *testing.T) {
	there := Observed{Key: "app-e2", Component: "app", Region: west, Role: Serving, Epoch: 2}
	is := func(epoch int64, s WorkloadState) Memory {
		m := Memory{Epoch: epoch}
		if s != "" {
			m.Workloads = map[string]WorkloadState{"app-e2": s}
		}

		return m
	}
	consent := func(m Memory, epoch int64) Memory {
		m.RunAgainAt = epoch

		return m
	}
	notHolder := steady(west, 2)
	notHolder.Holder = false

	cases := map[string]struct {
		reason   string
		decision Decision
		memory   Memory
		observed []Observed
		want     []string
		waits    string
	}{
		"EpochOne":         {reason: "At epoch 1 nothing is restored.", decision: steady(east, 1), memory: Memory{Epoch: 1}},
		"EpochOneConsent":  {reason: "But a person may ask for it.", decision: steady(east, 1), memory: Memory{Epoch: 1, RunAgainAt: 1}, want: []string{"app-e1 Serving us-east-1 e1 new"}},
		"NewEpoch":         {reason: "The status is of an older epoch: it begins.", decision: steady(west, 2), memory: is(1, ""), want: []string{"app-e2 Serving us-west-2 e2 new"}},
		"Waiting":          {reason: "It waited at this epoch, and still is to run.", decision: steady(west, 2), memory: is(2, WorkloadWaiting), want: []string{"app-e2 Serving us-west-2 e2 new"}},
		"There":            {reason: "It exists.", decision: steady(west, 2), memory: is(2, WorkloadCreated), observed: []Observed{there}, want: []string{"app-e2 Serving us-west-2 e2 exists"}},
		"ThereCompleted":   {reason: "What completed stays while it is there.", decision: steady(west, 2), memory: is(2, WorkloadCompleted), observed: []Observed{there}, want: []string{"app-e2 Serving us-west-2 e2 exists"}},
		"ThereLater":       {reason: "Law 1: that of an older epoch stays, too.", decision: steady(east, 3), memory: is(2, WorkloadCompleted), observed: []Observed{there}, want: []string{"app-e2 Fenced us-west-2 e2 exists", "app-e3 Serving us-east-1 e3 new"}},
		"CreatedAndGone":   {reason: "It may have run: a person decides.", decision: steady(west, 2), memory: is(2, WorkloadCreated), want: []string{"app-e2 Serving us-west-2 e2 waits"}, waits: "gone before anybody saw it complete"},
		"CompletedExpired": {reason: "It ended well and its object expired: it is not made again.", decision: steady(west, 2), memory: is(2, WorkloadCompleted)},
		"StatusLost":       {reason: "Nobody knows whether it ran.", decision: steady(west, 2), want: []string{"app-e2 Serving us-west-2 e2 waits"}, waits: "nobody knows whether it ran"},
		"NotRemembered":    {reason: "A workload that came into the plan at this epoch waits, too.", decision: steady(west, 2), memory: is(2, ""), want: []string{"app-e2 Serving us-west-2 e2 waits"}, waits: "nobody knows"},
		"Consent":          {reason: "A person says that it may run.", decision: steady(west, 2), memory: consent(Memory{}, 2), want: []string{"app-e2 Serving us-west-2 e2 new"}},
		"ConsentCreated":   {reason: "Also if it was made before.", decision: steady(west, 2), memory: consent(is(2, WorkloadCreated), 2), want: []string{"app-e2 Serving us-west-2 e2 new"}},
		"ConsentOther":     {reason: "Consent at another epoch is none.", decision: steady(west, 2), memory: consent(Memory{}, 1), want: []string{"app-e2 Serving us-west-2 e2 waits"}, waits: "nobody knows"},
		"ConsentCompleted": {
			reason:   "Consent stays in the XR. When the object that it allowed expires, a month later, nothing is restored over what was written since.",
			decision: steady(west, 2), memory: consent(is(2, WorkloadCompleted), 2),
		},
		"TakenOverCompleted": {reason: "A takeover moved no data: what ran for it does not run again.", decision: taken(west, 3, 2), memory: is(3, WorkloadCompleted)},
		"TakenOverNow":       {reason: "Nor in the render that takes over.", decision: taken(west, 3, 2), memory: is(2, WorkloadCompleted)},
		"TakenOverThere":     {reason: "What runs is not fenced by a takeover.", decision: taken(west, 3, 2), memory: is(2, WorkloadCreated), observed: []Observed{there}, want: []string{"app-e2 Serving us-west-2 e2 exists"}},
		"TakenOverWaiting":   {reason: "What waited is still to run, for the data that moved.", decision: taken(west, 3, 2), memory: is(2, WorkloadWaiting), want: []string{"app-e2 Serving us-west-2 e2 new"}},
		"TakenOverFirst":     {reason: "At home, a takeover restores nothing.", decision: taken(east, 2, 1), memory: Memory{Epoch: 1}},
		"TakenOverConsent":   {reason: "Consent at the epoch of the takeover is none to that of the data.", decision: taken(west, 3, 2), memory: consent(is(2, WorkloadCreated), 3), want: []string{"app-e2 Serving us-west-2 e2 waits"}, waits: "gone before anybody saw it complete"},
		"NotHolder":          {reason: "Law 4: another control plane runs it.", decision: notHolder, memory: consent(is(1, ""), 2), want: []string{"app-e2 Serving us-west-2 e2 waits"}, waits: "not the holder"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			copies := planned(Input{
				Regions: []string{east, west}, Components: []Component{{Name: "app", Tier: Workload, RunsOnce: true}},
				Decision: tc.decision, Memory: tc.memory, Observed: tc.observed,
			})

			var got []string
			if len(copies) > 0 {
				got = show(copies)
			}

			if diff := gocmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nPlan(...): -want +got:\n%s", tc.reason, diff)
			}

			if tc.waits != "" && !strings.Contains(copies[0].Waits, tc.waits) {
				t.Errorf("%s\nwant it to wait because %q, got %q", tc.reason, tc.waits, copies[0].Waits)
			}
		})
	}
}
