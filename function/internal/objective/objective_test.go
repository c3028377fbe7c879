package objective

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDerive(t *testing.T) {
	type want struct {
		strategy Strategy
		because  string
		err      string
	}

	cases := map[string]struct {
		reason string
		in     Objectives
		want   want
	}{
		"Nothing": {
			reason: "Without objectives nothing justifies more than the cheapest strategy.",
			want:   want{strategy: BackupAndRestore, because: "no objectives are set"},
		},
		"Days": {
			reason: "A day is what backups are for.",
			in:     Objectives{RPO: new(24 * time.Hour), RTO: new(24 * time.Hour)},
			want:   want{strategy: BackupAndRestore, because: "BackupAndRestore can keep rpo 24h and rto 24h"},
		},
		"Hours": {
			reason: "Hours are what backups are for.",
			in:     Objectives{RPO: new(4 * time.Hour), RTO: new(4 * time.Hour)},
			want:   want{strategy: BackupAndRestore, because: "BackupAndRestore can keep rpo 4h and rto 4h"},
		},
		"TensOfMinutes": {
			reason: "Both objectives rule backups out; the RPO is named, because it decides what happens to the data.",
			in:     Objectives{RPO: new(15 * time.Minute), RTO: new(time.Hour)},
			want:   want{strategy: PilotLight, because: "rpo 15m is shorter than the 1h that BackupAndRestore can keep"},
		},
		"Minutes": {
			reason: "A pilot light keeps this RPO, so it is the RTO that forces a warm standby.",
			in:     Objectives{RPO: new(time.Minute), RTO: new(10 * time.Minute)},
			want:   want{strategy: WarmStandby, because: "rto 10m is shorter than the 20m that PilotLight can keep"},
		},
		"NearlyNothing": {
			reason: "Zero is an objective, not the absence of one.",
			in:     Objectives{RPO: new(time.Duration(0)), RTO: new(30 * time.Second)},
			want:   want{strategy: MultiSite, because: "rpo 0s is shorter than the 1s that WarmStandby can keep"},
		},
		"OnlyRPO": {
			reason: "An RTO that is not set forces nothing and is not mentioned.",
			in:     Objectives{RPO: new(90 * time.Minute)},
			want:   want{strategy: BackupAndRestore, because: "BackupAndRestore can keep rpo 1h30m"},
		},
		"OnlyRTO": {
			reason: "An RPO that is not set forces nothing and is not mentioned.",
			in:     Objectives{RTO: new(90 * time.Minute)},
			want:   want{strategy: PilotLight, because: "rto 1h30m is shorter than the 2h that BackupAndRestore can keep"},
		},
		"AtTheLimit": {
			reason: "A limit itself can be kept.",
			in:     Objectives{RPO: new(time.Hour), RTO: new(2 * time.Hour)},
			want:   want{strategy: BackupAndRestore, because: "BackupAndRestore can keep rpo 1h and rto 2h"},
		},
		"JustBelowTheLimit": {
			reason: "What is shorter than a limit can't be kept, however little.",
			in:     Objectives{RPO: new(time.Hour - time.Second), RTO: new(2 * time.Hour)},
			want:   want{strategy: PilotLight, because: "rpo 59m59s is shorter than the 1h that BackupAndRestore can keep"},
		},
		"Stated": {
			reason: "A stated strategy is honoured, even one that can't keep the objectives.",
			in:     Objectives{RPO: new(time.Duration(0)), Stated: BackupAndRestore},
			want:   want{strategy: BackupAndRestore, because: "it is stated in spec.recovery.strategy"},
		},
		"Negative": {
			reason: "No time is shorter than none. Every fault is told, stated strategy or not.",
			in:     Objectives{RPO: new(-5 * time.Minute), RTO: new(-time.Second), Stated: MultiSite},
			want:   want{err: "objectives.rpo: -5m is negative\nobjectives.rto: -1s is negative"},
		},
		"UnknownStrategy": {
			reason: "A strategy that nobody knows is told, not guessed.",
			in:     Objectives{Stated: "Multisite"},
			want:   want{err: `strategy: "Multisite" is not a strategy`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got want

			p, err := Derive(tc.in, nil)

			got.strategy, got.because = p.Strategy, p.Because
			if err != nil {
				got.err = err.Error()
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nDerive(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// speed of the strategies, the slowest first.
var speed = []Strategy{BackupAndRestore, PilotLight, WarmStandby, MultiSite}

// durations from zero to days, dense where the limits are. Nil is no objective.
func durations() *rapid.Generator[*time.Duration] {
	near := []time.Duration{0, time.Second, time.Minute, 2 * time.Minute, 20 * time.Minute, time.Hour, 2 * time.Hour}

	some := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) time.Duration {
			at := rapid.SampledFrom(near).Draw(t, "near")

			return max(0, at+time.Duration(rapid.IntRange(-2, 2).Draw(t, "by"))*time.Nanosecond)
		}),
		rapid.Map(rapid.Int64Range(0, int64(72*time.Hour)), func(n int64) time.Duration { return time.Duration(n) }),
	)

	return rapid.Ptr(some, true)
}

// shorter reports whether a asks for as much as b or more.
func shorter(a, b *time.Duration) bool {
	return b == nil || (a != nil && *a <= *b)
}

func TestShorterObjectivesAreNeverSlower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Objectives{RPO: durations().Draw(t, "rpo a"), RTO: durations().Draw(t, "rto a")}
		b := Objectives{RPO: durations().Draw(t, "rpo b"), RTO: durations().Draw(t, "rto b")}

		// Make a the one that asks for more.
		if !shorter(a.RPO, b.RPO) {
			a.RPO, b.RPO = b.RPO, a.RPO
		}

		if !shorter(a.RTO, b.RTO) {
			a.RTO, b.RTO = b.RTO, a.RTO
		}

		fast, err := Derive(a, nil)
		if err != nil || fast.Because == "" {
			t.Fatalf("Objectives that are not negative have a strategy and a reason: %q, %v", fast.Because, err)
		}

		slow, err := Derive(b, nil)
		if err != nil {
			t.Fatal(err)
		}

		if slices.Index(speed, fast.Strategy) < slices.Index(speed, slow.Strategy) {
			t.Fatalf("Shorter objectives led to the slower %s instead of %s", fast.Strategy, slow.Strategy)
		}
	})
}

func TestBecauseNamesTheNextCheaperStrategy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Objectives{RPO: durations().Draw(t, "rpo"), RTO: durations().Draw(t, "rto")}

		p, err := Derive(in, nil)
		if err != nil {
			t.Fatal(err)
		}

		strategy, because := p.Strategy, p.Because

		i := slices.Index(speed, strategy)
		if i == 0 {
			return
		}

		if want := "that " + string(speed[i-1]) + " can keep"; !strings.HasSuffix(because, want) {
			t.Fatalf("%s because %q: want it to end in %q", strategy, because, want)
		}
	})
}

func TestShort(t *testing.T) {
	cases := map[string]time.Duration{
		"0s":     0,
		"500ms":  500 * time.Millisecond,
		"30s":    30 * time.Second,
		"1m":     time.Minute,
		"10m":    10 * time.Minute,
		"1m30s":  90 * time.Second,
		"1h":     time.Hour,
		"1h30m":  90 * time.Minute,
		"10h10m": 10*time.Hour + 10*time.Minute,
		"20h":    20 * time.Hour,
		"1h0m5s": time.Hour + 5*time.Second,
		"-15m":   -15 * time.Minute,
		"2m0.5s": 2*time.Minute + 500*time.Millisecond,
	}
	for want, d := range cases {
		if diff := cmp.Diff(want, Short(d)); diff != "" {
			t.Errorf("Short(%s): -want, +got:\n%s", d, diff)
		}
	}
}
