package failovertarget

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

// TestNothingChangesByItself: each write of a target renders every XR that
// follows it.
func TestNothingChangesByItself(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.sharing("us")

	same := func(reason string, polls int) {
		t.Helper()

		before := p.get()
		p.crashAt(0, after)

		for range polls {
			now := p.poll()
			if diff := cmp.Diff(before.Status, now.Status); diff != "" {
				t.Fatalf("%s\n-before, +after:\n%s", reason, diff)
			}

			if diff := cmp.Diff(before.Annotations, now.Annotations); diff != "" {
				t.Fatalf("%s\n-before, +after:\n%s", reason, diff)
			}
		}

		// Each poll reads the record and sends a status that is as it was, which
		// the API server does not write.
		if p.spent != 2*polls {
			t.Errorf("%s\n%d effects in %d polls", reason, p.spent, polls)
		}
	}

	same("While all is well.", 10)

	dark := w.dark(east)

	p.polls(3)
	same("While a region stays dark.", 10)
	dark.Clear()
	p.polls(4) // Nobody waits for the probes of a dark region.
	same("Once it is back.", 3)

	p.edit(activating(west, 5))
	p.reconcile()
	same("While an activation is stale.", 3)
}

// TestReachabilityChangesTheStatusOnce: so do a few lost packets not.
func TestReachabilityChangesTheStatusOnce(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.apply(p.target())

	before, changes := p.reconcile(), 0

	for i := range 30 {
		// Every third probe is lost, and then all of five.
		if i%3 == 0 || i > 10 && i < 16 {
			lost := w.dark(east)
			defer lost.Clear()

			p.poll()
			lost.Clear()
		} else {
			p.poll()
		}

		now := p.get()
		if !cmp.Equal(before.Status, now.Status) {
			changes++
		}

		before = now
	}

	if changes != 1 {
		t.Errorf("the status changed %d times", changes)
	}
}

// TestRegionsAreAskedTogether: many targets ask a region once.
func TestRegionsAreAskedTogether(t *testing.T) {
	w := newWorld(t)
	w.in(west).OfferInstanceType("m7g.large")

	p := w.plane("us")
	need := &v1alpha1.Requirements{InstanceTypes: []string{"m7g.large"}, DBInstanceClasses: []string{"db.r6g.large"}}
	p.apply(p.target(func(mg *v1alpha1.FailoverTarget) { mg.Spec.ForProvider.Require = need }))

	calls := func(action string) int { return len(w.aws.Calls(emulator.Scope{Region: west, Action: action})) }

	p.reconcile()

	for range 10 {
		p.reconcile()
	}

	if got := calls("DescribeAvailabilityZones"); got != 1 {
		t.Errorf("Ten reconciles in a poll interval looked %d times.", got)
	}

	asked := calls("DescribeOrderableDBInstanceOptions")

	p.polls(10)

	if got := calls("DescribeAvailabilityZones"); got != 11 {
		t.Errorf("Eleven polls looked %d times.", got)
	}

	if got := calls("DescribeInstanceTypeOfferings"); got != 1 {
		t.Errorf("What is offered was asked %d times.", got)
	}

	if got := calls("DescribeOrderableDBInstanceOptions"); got != asked {
		t.Errorf("Classes were asked for %d times more.", got-asked)
	}

	regions := len(w.aws.Calls(emulator.Scope{Action: "DescribeRegions"}))
	if regions != 11 {
		t.Errorf("The regions of the account were listed %d times by 11 polls of two regions.", regions)
	}

	p.clock.Advance(offeredFor)
	p.poll()

	if got := calls("DescribeInstanceTypeOfferings"); got != 2 {
		t.Errorf("After hours it is asked again, %d times.", got)
	}

	p.edit(func(mg *v1alpha1.FailoverTarget) {
		mg.Spec.ForProvider.Require.InstanceTypes = append(mg.Spec.ForProvider.Require.InstanceTypes, "m8g.large")
	})

	mg := p.reconcile()
	if got := mg.Status.AtProvider.Regions[1].Offered.InstanceTypes["m8g.large"]; got == nil {
		t.Error("What is required from now on is asked for at once.")
	}
}

// TestOptIn: what a region can't tell itself, another one does.
func TestOptIn(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")

	const bahrain = "me-south-1"

	w.aws.Inject(emulator.Scope{Region: bahrain}, emulator.RequireOptIn())
	p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
		mg.Spec.ForProvider.Regions = append(mg.Spec.ForProvider.Regions, v1alpha1.TargetRegion{Name: bahrain})
	}))
	p.reconcile()

	if got := p.poll().Status.AtProvider.Regions[2].OptInStatus; got != "not-opted-in" {
		t.Errorf("%s is %q", bahrain, got)
	}

	p.selection("db", bahrain, 0)
	p.edit(activating(bahrain, 2))

	if diff := cmp.Diff([]v1alpha1.BlockerCode{"RegionUnreachable"}, codes(p.reconcile())); diff != "" {
		t.Errorf("It can't serve: -want, +got:\n%s", diff)
	}
}

// TestStatusKeepsTheDecision: what is reported can be read back, all but the
// nonce.
func TestStatusKeepsTheDecision(t *testing.T) {
	code := rapid.SampledFrom([]failover.Code{failover.CodeTooFewZones, failover.CodeTypeNotOffered, failover.CodeNothingMeasured})
	when := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}

		return time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "seconds"), 0).UTC()
	})
	some := rapid.Custom(func(t *rapid.T) failover.Decision {
		d := failover.Decision{
			Region: rapid.SampledFrom([]string{east, west, ohio}).Draw(t, "region"), Epoch: rapid.Int64Range(1, 99).Draw(t, "epoch"),
			From: rapid.SampledFrom([]string{"", east, west}).Draw(t, "from"), DecidedAt: when.Draw(t, "decided"), OldestData: when.Draw(t, "oldest"),
			Restore: rapid.Bool().Draw(t, "restore"), Reason: rapid.String().Draw(t, "reason"), By: rapid.String().Draw(t, "by"),
		}
		d.DataEpoch = rapid.Int64Range(1, d.Epoch).Draw(t, "data")

		if n := rapid.IntRange(0, 2).Draw(t, "accepted"); n > 0 {
			d.Accepted = rapid.SliceOfN(code, n, n).Draw(t, "codes")
		}

		return d
	})

	rapid.Check(t, func(t *rapid.T) {
		want := failover.Reported{State: failover.State{Decision: some.Draw(t, "decision")}, Holder: rapid.Bool().Draw(t, "holder")}
		if n := rapid.IntRange(0, failover.HistoryLimit).Draw(t, "history"); n > 0 {
			want.History = rapid.SliceOfN(some, n, n).Draw(t, "past")
		}

		mg := &v1alpha1.FailoverTarget{}
		report(mg, &failover.Report{State: want.State, Outcome: failover.Outcome{Phase: failover.PhaseSteady, Holder: want.Holder}}, nil, noon)

		if diff := cmp.Diff(want, reported(&mg.Status.AtProvider)); diff != "" {
			t.Fatalf("-reported, +read:\n%s", diff)
		}
	})
}

func TestConditions(t *testing.T) {
	decided := failover.State{Decision: failover.Decision{Region: east, Epoch: 1}}

	cases := map[string]struct {
		reason  string
		state   failover.State
		outcome failover.Reason
		ready   corev1.ConditionStatus
		decided corev1.ConditionStatus
	}{
		"Steady":     {"What is asked for is in force.", decided, failover.ReasonSteady, "True", "True"},
		"Following":  {"So it is where another one decided it.", decided, failover.ReasonFollowing, "True", "True"},
		"Blocked":    {"What stands can be followed, whatever is asked for.", decided, failover.ReasonBlocked, "True", "False"},
		"Stale":      {"An epoch that is past is not in force.", decided, failover.ReasonStale, "True", "False"},
		"Conflict":   {"Nor is what was decided otherwise.", decided, failover.ReasonConflict, "True", "False"},
		"Invalid":    {"Nor what can't be read.", decided, failover.ReasonInvalid, "True", "False"},
		"Unreadable": {"While the record is silent nobody knows.", decided, "RecordUnreadable", "True", "Unknown"},
		"NotStrong":  {"Nor while it could say two things.", decided, "RecordNotStrong", "True", "Unknown"},
		"NotWritten": {"Nor while it can't be written.", decided, "RecordNotWritten", "True", "Unknown"},
		"Undecided":  {"Where nothing is known nothing can be followed.", failover.State{}, failover.ReasonUndecided, "False", "False"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := &v1alpha1.FailoverTarget{}
			report(mg, &failover.Report{State: tc.state, Outcome: failover.Outcome{Reason: tc.outcome, Message: "because"}}, nil, noon)

			if got := mg.GetCondition("Ready"); got.Status != tc.ready {
				t.Errorf("%s\nReady is %s, want %s", tc.reason, got.Status, tc.ready)
			}

			got := mg.GetCondition(v1alpha1.TypeDecided)
			if got.Status != tc.decided || string(got.Reason) != string(tc.outcome) || got.Message != "because" {
				t.Errorf("%s\nDecided is %s, %s (%s), want %s", tc.reason, got.Status, got.Reason, got.Message, tc.decided)
			}

			// Another message is no transition.
			report(mg, &failover.Report{State: tc.state, Outcome: failover.Outcome{Reason: tc.outcome, Message: "still"}}, nil, noon.Add(time.Hour))

			if at := mg.GetCondition(v1alpha1.TypeDecided).LastTransitionTime; !at.Time.Equal(noon) {
				t.Errorf("%s\nsince %s", tc.reason, at)
			}
		})
	}
}

// TestRestart: a provider that starts anew in the middle of an outage does not
// forget what the status says.
func TestRestart(t *testing.T) {
	w := newWorld(t)
	w.in(east).OfferInstanceType("m7g.large")
	w.in(east).OfferDBInstance(emulator.OrderableDBInstanceOption{Class: "db.r6g.large"})

	p := w.plane("us")
	p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
		mg.Spec.ForProvider.Require = &v1alpha1.Requirements{InstanceTypes: []string{"m7g.large"}, DBInstanceClasses: []string{"db.r6g.large"}}
	}))
	p.reconcile()
	w.dark(east)

	before := p.polls(3)
	if got := before.Status.AtProvider.ReachableRegions; got != west {
		t.Fatalf("%s can be reached", got)
	}

	p.restart()

	for range 5 {
		if diff := cmp.Diff(before.Status, p.poll().Status); diff != "" {
			t.Fatalf("-before, +after:\n%s", diff)
		}
	}
}

// TestEngines: a class is asked for until every zone is known to offer it.
func TestEngines(t *testing.T) {
	cases := map[string]struct {
		reason string
		offers []emulator.OrderableDBInstanceOption
		want   int
		zones  int
	}{
		"First":   {"Most classes take one call.", []emulator.OrderableDBInstanceOption{{Class: "db.r6g.large", Engine: "aurora-postgresql"}}, 1, 4},
		"Others":  {"Some zones offer it for another engine.", []emulator.OrderableDBInstanceOption{{Class: "db.r6g.large", Engine: "postgres", ZoneIDs: []string{"usw2-az1"}}, {Class: "db.r6g.large", Engine: "mariadb"}}, 5, 4},
		"NoneOut": {"What nobody offers was asked for everywhere.", nil, len(engines()), 0},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, o := range tc.offers {
				w.in(west).OfferDBInstance(o)
			}

			p := w.plane("us")
			p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
				mg.Spec.ForProvider.Require = &v1alpha1.Requirements{DBInstanceClasses: []string{"db.r6g.large"}}
			}))

			if got := p.reconcile().Status.AtProvider.Regions[1].Offered.DBInstanceClasses["db.r6g.large"]; len(got) != tc.zones {
				t.Errorf("%s\nit is offered in %v", tc.reason, got)
			}

			if got := len(w.aws.Calls(emulator.Scope{Region: west, Action: "DescribeOrderableDBInstanceOptions"})); got != tc.want {
				t.Errorf("%s\n%d calls", tc.reason, got)
			}
		})
	}
}
