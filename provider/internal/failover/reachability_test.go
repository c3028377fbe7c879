package failover

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestReachability(t *testing.T) {
	type probe struct {
		after    time.Duration
		answered bool
	}

	type want struct {
		reach    Reach
		darkFor  time.Duration // From the beginning; 0 if it is not dark.
		usable   bool
		reported bool
	}

	const poll = 30 * time.Second

	yes, no := true, false

	answers, fails := probe{poll, true}, probe{poll, false}

	cases := map[string]struct {
		reason string
		probes []probe
		last   *bool
		want   want
	}{
		"Nothing": {
			reason: "What was never probed is unknown, and unknown is not reachable.",
			want:   want{},
		},
		"Restarted": {
			reason: "After a restart the status keeps what was reported, but nothing is activated on its word.",
			last:   &yes,
			want:   want{reported: true},
		},
		"FirstAnswer": {
			reason: "One answer is enough to activate a region that nothing is known against, and to report a new target.",
			probes: []probe{answers},
			want:   want{usable: true, reported: true},
		},
		"FirstAnswerOfDark": {
			reason: "One answer does not take back what was reported before a restart.",
			probes: []probe{answers},
			last:   &no,
			want:   want{usable: true},
		},
		"Reachable": {
			reason: "Three answers make a region reachable, whatever was reported.",
			probes: []probe{answers, answers, answers},
			last:   &no,
			want:   want{reach: ReachReachable, usable: true, reported: true},
		},
		"TwoFailures": {
			reason: "Two failures are not enough to go dark, however long they take.",
			probes: []probe{answers, answers, answers, {time.Hour, false}, {time.Hour, false}},
			want:   want{reach: ReachReachable, usable: true, reported: true},
		},
		"QuickFailures": {
			reason: "Three failures are not enough to go dark if they come at once.",
			probes: []probe{answers, answers, answers, fails, {time.Second, false}, {time.Second, false}, {time.Second, false}},
			want:   want{reach: ReachReachable, usable: true, reported: true},
		},
		"Dark": {
			reason: "Three failures over a minute make a region dark, since the first of them.",
			probes: []probe{answers, answers, answers, fails, fails, fails},
			want:   want{reach: ReachDark, darkFor: 4 * poll},
		},
		"DarkFromUnknown": {
			reason: "A region that never answered goes dark, too.",
			probes: []probe{fails, fails, fails},
			last:   &yes,
			want:   want{reach: ReachDark, darkFor: poll},
		},
		"StaysDark": {
			reason: "Two answers in an outage don't bring a region back, nor do they change since when it is dark.",
			probes: []probe{fails, fails, fails, answers, answers, fails, fails, fails, fails},
			want:   want{reach: ReachDark, darkFor: poll},
		},
		"Back": {
			reason: "Three answers in a row bring it back.",
			probes: []probe{fails, fails, fails, answers, answers, fails, answers, answers, answers},
			want:   want{reach: ReachReachable, usable: true, reported: true},
		},
		"UnknownThatFails": {
			reason: "A region that answered once and fails now is not activated on that answer.",
			probes: []probe{answers, fails},
			want:   want{},
		},
		"ClockGoesBack": {
			reason: "A clock that is set back can't make a region dark.",
			probes: []probe{answers, answers, answers, fails, {-time.Hour, false}, fails, fails},
			want:   want{reach: ReachReachable, usable: true, reported: true},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var r Reachability

			now := noon
			for _, p := range tc.probes {
				now = now.Add(p.after)
				r = r.Next(now, p.answered)
			}

			got := want{reach: r.Reach(), usable: r.Usable(), reported: r.Reported(tc.last)}
			if since := r.DarkSince(); !since.IsZero() {
				got.darkFor = since.Sub(noon)
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// Between two changes of what is reported lie at least as many probes as it
// takes, whatever the answers: each change renders every XR.
func TestReachabilityChangesSeldom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, now, since := answering, noon, BackAfter

		for range rapid.IntRange(1, 100).Draw(t, "probes") {
			before := r.Reach()
			now = now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "seconds")) * time.Second)
			r = r.Next(now, rapid.Bool().Draw(t, "answered"))
			since++

			if r.Reach() == ReachUnknown {
				t.Fatal("what was known once is unknown")
			}

			if r.Reach() == before {
				continue
			}

			if since < min(DarkAfter, BackAfter) {
				t.Fatalf("%s after %d probes", r.Reach(), since)
			}

			since = 0
		}
	})
}

func TestDoubt(t *testing.T) {
	const poll = 30 * time.Second

	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

	known := Reachability{}
	for range BackAfter {
		known = known.Next(now, true)
	}

	cases := map[string]struct {
		reason   string
		answered []bool
		last     bool
		want     bool
	}{
		"Left": {
			reason: "A region that is left may have gone dark just now.",
			last:   true,
		},
		"Answers": {
			reason:   "An answer or two may have been on their way.",
			answered: []bool{true, true},
		},
		"Proven": {
			reason:   "It answers.",
			answered: []bool{true, true, true},
			want:     true,
		},
		"NotInARow": {
			reason:   "What fails in between proves nothing.",
			answered: []bool{true, true, false, true, true},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := known.Doubt()
			for i, answered := range tc.answered {
				r = r.Next(now.Add(time.Duration(i+1)*poll), answered)
			}

			if got := r.Reported(&tc.last); got != tc.want {
				t.Errorf("%s\nReported(%t): want %t, got %t", tc.reason, tc.last, tc.want, got)
			}

			if !r.Usable() {
				t.Errorf("A region that is left may be activated again at once.\nUsable(): want true, got false")
			}
		})
	}
}
