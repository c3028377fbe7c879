package failover

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEncode(t *testing.T) {
	m := Memory{State: state(failedOver(), home()), Holder: true, Attempt: Attempt{Epoch: 2, Nonce: "n2"}}
	m.Accepted = []Code{CodeTooFewZones}

	got, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}

	// It is in clusters and tables: a change of it is a change of the API.
	want := `{"region":"us-west-2","epoch":2,"dataEpoch":2,"from":"us-east-1","decidedAt":"2026-11-20T11:00:00Z","oldestData":"2026-11-20T10:00:00Z",` +
		`"accepted":["TooFewZones"],"by":"uid-of-us","nonce":"n2",` +
		`"history":[{"region":"us-east-1","epoch":1,"dataEpoch":1,"decidedAt":"2026-11-19T12:00:00Z","by":"uid-of-us","nonce":"n1"}],` +
		`"holder":true,"attempt":{"epoch":2,"nonce":"n2"}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEncodeAndDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Memory{State: anyState().Draw(t, "state"), Attempt: Attempt{Epoch: rapid.Int64Range(0, 3).Draw(t, "attempted"), Nonce: rapid.String().Draw(t, "nonce")}}
		want.Reason = rapid.String().Draw(t, "reason")

		if len(want.History) == 0 {
			want.History = nil
		}

		text, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}

		got, err := DecodeMemory(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("memory: %v, -want +got:\n%s", err, diff)
		}

		if text, err = want.State.Encode(); err != nil {
			t.Fatal(err)
		}

		state, err := DecodeState(text)
		if diff := cmp.Diff(want.State, state); diff != "" || err != nil {
			t.Fatalf("state: %v, -want +got:\n%s", err, diff)
		}
	})
}

func TestDecode(t *testing.T) {
	cases := map[string]struct {
		reason string
		text   string
		want   int64
		err    bool
	}{
		"Nothing":      {reason: "No annotation is no memory."},
		"Empty":        {reason: "Nor is an empty one.", text: "{}"},
		"Known":        {reason: "The least that a decision says.", text: `{"region":"us-east-1","epoch":3,"dataEpoch":2}`, want: 3},
		"Newer":        {reason: "A newer version may say more.", text: `{"region":"us-east-1","epoch":1,"dataEpoch":1,"quorum":3}`, want: 1},
		"OnlyAttempt":  {reason: "A first attempt stands there before any decision.", text: `{"attempt":{"epoch":1,"nonce":"n"}}`},
		"NoJSON":       {reason: "Text that is cut off says nothing.", text: `{"region":"us-east-1","epoch":`, err: true},
		"NoRegion":     {reason: "A decision without a region is none.", text: `{"epoch":2,"dataEpoch":2}`, err: true},
		"NoEpoch":      {reason: "Nor is one without an epoch.", text: `{"region":"us-east-1"}`, err: true},
		"Negative":     {reason: "Epochs begin at 1.", text: `{"region":"us-east-1","epoch":-1}`, err: true},
		"NoDataEpoch":  {reason: "Nobody would know which data serves.", text: `{"region":"us-east-1","epoch":2}`, err: true},
		"DataIsAhead":  {reason: "Data can't have moved after the last decision.", text: `{"region":"us-east-1","epoch":2,"dataEpoch":3}`, err: true},
		"StrangePlace": {reason: "Not a region.", text: `{"region":"Frankfurt","epoch":2,"dataEpoch":2}`, err: true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			m, errMemory := DecodeMemory(tc.text)
			s, errState := DecodeState(tc.text)

			if (errMemory != nil) != tc.err || (errState != nil) != tc.err {
				t.Errorf("%s\nerrors %v and %v", tc.reason, errMemory, errState)
			}

			if !tc.err && (m.Epoch != tc.want || s.Epoch != tc.want) {
				t.Errorf("%s\nepochs %d and %d, want %d", tc.reason, m.Epoch, s.Epoch, tc.want)
			}
		})
	}
}
