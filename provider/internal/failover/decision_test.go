package failover

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDescribe(t *testing.T) {
	cases := map[string]struct {
		decision Decision
		want     string
	}{
		"None":     {want: "nothing is decided"},
		"Home":     {decision: home(), want: "us-east-1 is home and serves at epoch 1"},
		"Adopted":  {decision: Decision{Region: west, Epoch: 4, DataEpoch: 4}, want: "us-west-2 is stated to serve at epoch 4, which decides nothing"},
		"TakeOver": {decision: Decision{Region: west, Epoch: 3, DataEpoch: 2, From: west, DecidedAt: noon, OldestData: noon}, want: "control over us-west-2 is taken over at epoch 3, and no data moves"},
		"Accepted": {
			decision: Decision{Region: west, Epoch: 2, DataEpoch: 2, From: east, Accepted: []Code{CodeNothingMeasured, CodeDataAgeUnknown}, Reason: "a test"},
			want:     "us-west-2 is active at epoch 2, and us-east-1 is left; accepted: DataAgeUnknown, NothingMeasured; reason: a test",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.decision.Describe()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestHistory(t *testing.T) {
	s := state(home())
	for n := int64(2); n < 20; n++ {
		s = s.then(Decision{Region: west, Epoch: n})
	}

	got := make([]int64, 0, HistoryLimit)
	for _, d := range s.History {
		got = append(got, d.Epoch)
	}

	if diff := cmp.Diff([]int64{18, 17, 16, 15, 14, 13, 12, 11, 10, 9}, got); diff != "" || s.Epoch != 19 {
		t.Errorf("the newest decisions are kept, the newest first: at epoch %d -want +got:\n%s", s.Epoch, diff)
	}
}
