package failover

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// command is what changes the target.
const command = "kubectl -n dr patch failovertargets.aws.m.crossdr.io payments --type=json -p "

// amended is the command that sets one field of an activation of epoch 2.
func amended(field, value string) string {
	return command + "'[" +
		`{"op":"test","path":"/spec/forProvider/activation/epoch","value":2},` +
		`{"op":"add","path":"/spec/forProvider/activation/` + field + `","value":` + value + `}]'`
}

func TestBlockers(t *testing.T) {
	type args struct {
		activation *Activation
		require    Requirements
		protects   []string
		record     []string
		facts      Facts
	}

	well := Region{
		Reachability: answering,
		Zones: []Zone{
			{ID: "usw2-az4", Type: "availability-zone", State: "constrained"},
			{ID: "usw2-lax1-az1", Type: "local-zone", OptInStatus: "not-opted-in"},
			{ID: "usw2-az3", OptInStatus: "not-opted-in"},
			{ID: "usw2-az1", Type: "availability-zone", State: "available", OptInStatus: "opt-in-not-required"},
		},
		InstanceTypes:     map[string][]string{"m7g.large": {"usw2-az1", "usw2-az4"}, "p5.48xlarge": {}},
		DBInstanceClasses: map[string][]string{"db.r6g.large": {"usw2-az1"}, "db.r7g.large": {"usw2-az4"}},
	}

	elsewhere := func(m Measurement, edit func(*Measurement)) Measurement {
		edit(&m)

		return m
	}

	unknown := func(name, reason string) Measurement {
		return Measurement{Selection: Name{"dr", name}, Target: payments, Region: west, Reason: reason}
	}

	cases := map[string]struct {
		reason string
		args   args
		want   []Blocker
	}{
		"None": {
			reason: "Nothing stands against it.",
			args: args{
				activation: to(west, 2),
				require:    Requirements{Zones: 1, InstanceTypes: []string{"m7g.large"}, DBInstanceClasses: []string{"db.r6g.large"}},
				facts:      fine(seen(well)),
			},
		},
		"RegionUnreachable": {
			reason: "A dark region can't be activated. The message has no counts: they would change with every probe.",
			args:   args{activation: to(west, 2), facts: fine(seen(Region{Reachability: dark}))},
			want: []Blocker{{CodeRegionUnreachable, "us-west-2 has not answered since 2026-11-20T12:00:00Z: activate another region, wait until it is back, or accept it: " +
				amended("accept", `["RegionUnreachable"]`)}},
		},
		"RegionUnknown": {
			reason: "Nor can one that has not answered since the process started.",
			args:   args{activation: to(west, 2), facts: fine(seen(Region{}))},
			want: []Blocker{{CodeRegionUnreachable, "us-west-2 has not answered yet: wait, activate another region, or accept it: " +
				amended("accept", `["RegionUnreachable"]`)}},
		},
		"RegionNotEnabled": {
			reason: "A region that the account has not opted into answers nothing of use.",
			args:   args{activation: to(west, 2), facts: fine(seen(Region{Reachability: answering, OptInStatus: "not-opted-in"}))},
			want:   []Blocker{{CodeRegionUnreachable, "us-west-2 is not enabled for this account: enable it (aws account enable-region --region-name us-west-2), or activate another region"}},
		},
		"TooFewZones": {
			reason: "Zones that nothing new can be put into don't count, each for its reason.",
			args:   args{activation: to(west, 2), require: Requirements{Zones: 2}, facts: fine(seen(well))},
			want: []Blocker{{CodeTooFewZones, "us-west-2 has 1 usable zones (usw2-az1), and spec.forProvider.require.zones is 2" +
				"; usw2-az3 is left out because it is not opted in; usw2-az4 is left out because its state is constrained; usw2-lax1-az1 is left out because it is a local-zone" +
				". Lower that, or accept it: " + amended("accept", `["TooFewZones"]`)}},
		},
		"ZonesUnknown": {
			reason: "Zones that nobody has asked for yet are none.",
			args:   args{activation: to(west, 2), require: Requirements{Zones: 1}, facts: fine(seen(Region{Reachability: answering}))},
			want: []Blocker{{CodeTooFewZones, "us-west-2 has 0 usable zones (none), and spec.forProvider.require.zones is 1. Lower that, or accept it: " +
				amended("accept", `["TooFewZones"]`)}},
		},
		"TypeNotOffered": {
			reason: "A type counts where a usable zone offers it, and what nobody knows is not offered. What was accepted before stays accepted.",
			args: args{
				activation: to(west, 2, accept(CodeTooFewZones)),
				require: Requirements{
					InstanceTypes:     []string{"p5.48xlarge", "m7g.large", "x9.huge"},
					DBInstanceClasses: []string{"db.r7g.large", "db.r6g.large"},
				},
				facts: fine(seen(well)),
			},
			want: []Blocker{{CodeTypeNotOffered, "in us-west-2 no usable zone offers p5.48xlarge (require.instanceTypes); nobody knows whether x9.huge is offered (require.instanceTypes)" +
				"; no usable zone offers db.r7g.large (require.dbInstanceClasses). Take what is not needed out of spec.forProvider.require, or accept it: " +
				amended("accept", `["TooFewZones","TypeNotOffered"]`)}},
		},
		"NothingMeasured": {
			reason: "No tenant can speak for another: what counts names this target, looks in the region to be activated, and is in a protected namespace.",
			args: args{
				activation: to(west, 2),
				protects:   []string{"team-a", "team-b"},
				facts: fine(measuring(
					measured("unprotected", west, time.Minute),
					elsewhere(measured("elsewhere", east, time.Minute), func(m *Measurement) { m.Selection.Namespace = "team-a" }),
					elsewhere(measured("other", west, time.Minute), func(m *Measurement) {
						m.Selection.Namespace, m.Target = "team-a", Name{"dr", "invoices"}
					}),
					elsewhere(measured("none", west, time.Minute), func(m *Measurement) { m.Selection.Namespace, m.Target = "team-a", Name{} }),
				)),
			},
			want: []Blocker{{CodeNothingMeasured, "no SnapshotSelection counts: none looks in us-west-2, names dr/payments in its failoverTargetRef and is in a protected namespace (team-a, team-b), so nobody knows how much data would be lost. Make one, or accept it: " +
				amended("accept", `["NothingMeasured"]`)}},
		},
		"NoTenantBlocks": {
			reason: "No tenant can block another: only team-a's selection counts, and it is fresh.",
			args: args{
				activation: to(west, 2),
				protects:   []string{"team-a"},
				facts: fine(measuring(
					measured("unprotected", west, 99*time.Hour),
					elsewhere(measured("db", west, time.Minute), func(m *Measurement) { m.Selection.Namespace = "team-a" }),
				)),
			},
		},
		"DataAgeUnknown": {
			reason: "Unknown is unbounded, however much is consented to. All are named, with what they say.",
			args: args{
				activation: to(west, 2),
				facts: fine(measuring(
					measured("fresh", west, time.Minute), unknown("b", ""), unknown("a", "no candidate"),
					elsewhere(unknown("c", ""), func(m *Measurement) { m.DataTime = noon.Add(6 * time.Minute) }),
				)),
			},
			want: []Blocker{{CodeDataAgeUnknown, "nobody knows how old the data is that us-west-2 would restore, by dr/a (no candidate), dr/b (it says no data time), dr/c (its data time 2026-11-20T12:06:00Z lies ahead of this clock): the loss may be of any size. Mend the selections, or accept it: " +
				amended("accept", `["DataAgeUnknown"]`)}},
		},
		"ManyUnknown": {
			reason: "Of many the first are named, and the others counted.",
			args: args{
				activation: to(west, 2),
				facts:      fine(measuring(unknown("a", "x"), unknown("b", "x"), unknown("c", "x"), unknown("d", "x"), unknown("e", "x"), unknown("f", "x"), unknown("g", "x"))),
			},
			want: []Blocker{{CodeDataAgeUnknown, "nobody knows how old the data is that us-west-2 would restore, by dr/a (x), dr/b (x), dr/c (x), dr/d (x), dr/e (x), 2 more: the loss may be of any size. Mend the selections, or accept it: " +
				amended("accept", `["DataAgeUnknown"]`)}},
		},
		"DataLossExceedsConsent": {
			reason: "The oldest data counts. The message says when it is from, and the consent that is enough for a while.",
			args: args{
				activation: to(west, 2),
				facts:      fine(measuring(measured("new", west, time.Minute), measured("old", west, 83*time.Minute+12*time.Second), measured("older", west, 61*time.Minute))),
			},
			want: []Blocker{{CodeDataLossExceedsConsent, "us-west-2 would lose what was written since 2026-11-20T10:36:48Z (dr/old), which is more than 1h20m ago, and activation.maxDataLoss consents to 1h. To consent to 1h30m: " +
				amended("maxDataLoss", `"1h30m"`)}},
		},
		"NoConsent": {
			reason: "There is no default: any loss needs a consent.",
			args:   args{activation: to(west, 2, unconsented), facts: fine(measuring(measured("db", west, time.Second)))},
			want: []Blocker{{CodeDataLossExceedsConsent, "us-west-2 would lose what was written since 2026-11-20T11:59:59Z (dr/db), which is less than 5m ago, and activation.maxDataLoss consents to no loss, as it is not set. To consent to 10m: " +
				amended("maxDataLoss", `"10m"`)}},
		},
		"NoLoss": {
			reason: "What loses nothing needs no consent. A data time may lie a little ahead: clocks differ.",
			args:   args{activation: to(west, 2, unconsented), facts: fine(measuring(measured("db", west, -time.Minute)))},
		},
		"JustEnough": {
			reason: "A loss of what is consented to is consented to.",
			args:   args{activation: to(west, 2), facts: fine(measuring(measured("db", west, time.Hour)))},
		},
		"Record": {
			reason: "A record that can't be read blocks, and the message says how to go on without it.",
			args:   args{activation: to(west, 2), record: []string{west}, facts: fine(faulty(CodeRecordUnreadable))},
			want:   []Blocker{{CodeRecordUnreadable, "the record can't be read: it is broken. Nothing changes until it can. If no other control plane that uses it can come back, give it up, and the decision is kept in this object: " + command + `'[{"op":"remove","path":"/spec/forProvider/record"}]'`}},
		},
		"RecordNotWritten": {
			reason: "A decision that could not be written is none.",
			args:   args{activation: to(west, 2), record: []string{west}, facts: fine(faulty(CodeRecordNotWritten))},
			want:   []Blocker{{CodeRecordNotWritten, "the decision could not be written: it is broken. Nothing was changed, and it is tried again"}},
		},
		"TakeOver": {
			reason: "To take over control touches no copy, so only the record can be in the way.",
			args: args{
				activation: to(east, 2, unconsented), require: Requirements{Zones: 9},
				facts: fine(measuring(), faulty(CodeRecordNotStrong), func(f *Facts) { f.Regions = nil }),
			},
			want: []Blocker{{CodeRecordNotStrong, "the record can't decide between two control planes: it is broken. Repair the annotation. If the status is right, remove it, and it is written again: " + command + `'[{"op":"remove","path":"/metadata/annotations/crossdr.io~1decision"}]'`}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := asks(tc.args.activation)
			r.Require, r.Protects, r.RecordRegions = tc.args.require, tc.args.protects, tc.args.record

			next, out := Decide(state(home()), r, tc.args.facts)

			if diff := cmp.Diff(tc.want, out.BlockedBy); diff != "" {
				t.Errorf("%s\nblockers: -want +got:\n%s", tc.reason, diff)
			}

			if blocked := next.Epoch == 1; blocked != (len(tc.want) > 0) || blocked != (out.Phase == PhaseBlocked) {
				t.Errorf("%s\nepoch %d, phase %s", tc.reason, next.Epoch, out.Phase)
			}
		})
	}
}

// Every reason is told at once, in the order of the checks, and each that is
// accepted is gone; what was accepted is written down.
func TestAccept(t *testing.T) {
	worst := fine(
		seen(Region{Reachability: dark}),
		measuring(measured("db", west, 2*time.Hour), Measurement{Selection: Name{"dr", "x"}, Target: payments, Region: west}),
	)
	require := Requirements{Zones: 1, InstanceTypes: []string{"m7g.large"}}

	all := []Code{CodeRegionUnreachable, CodeTooFewZones, CodeTypeNotOffered, CodeDataAgeUnknown, CodeDataLossExceedsConsent}

	for n := range len(all) + 1 {
		r := asks(to(west, 2, accept(all[:n]...)))
		r.Require = require

		next, out := Decide(state(home()), r, worst)

		var got []Code
		for _, b := range out.BlockedBy {
			got = append(got, b.Code)
		}

		if diff := cmp.Diff(append([]Code(nil), all[n:]...), got); diff != "" {
			t.Errorf("with %d accepted: -want +got:\n%s", n, diff)
		}

		if n < len(all) {
			continue
		}

		want := Decision{
			Region: west, Epoch: 2, DataEpoch: 2, From: east, DecidedAt: noon, By: us, Nonce: "n",
			Accepted: []Code{CodeDataAgeUnknown, CodeDataLossExceedsConsent, CodeRegionUnreachable, CodeTooFewZones, CodeTypeNotOffered},
		}
		if diff := cmp.Diff(want, next.Decision); diff != "" {
			t.Errorf("with all accepted the oldest data is of any age: -want +got:\n%s", diff)
		}
	}
}

func TestAcceptedData(t *testing.T) {
	hour := time.Hour

	cases := map[string]struct {
		reason       string
		measurements []Measurement
		accept       []Code
		consent      *time.Duration
		want         time.Time
		loss         time.Duration
	}{
		"Oldest": {
			reason:       "The oldest data that is measured is what is accepted, not all that was consented to.",
			measurements: []Measurement{measured("a", west, time.Minute), measured("b", west, 20*time.Minute)},
			consent:      &hour,
			want:         noon.Add(-20 * time.Minute), loss: 20 * time.Minute,
		},
		"Ahead": {
			reason:       "A clock that is behind makes no negative loss.",
			measurements: []Measurement{measured("a", west, -time.Minute)},
			want:         noon.Add(time.Minute),
		},
		"Exceeds": {
			reason:       "Who accepts a loss without a number accepts what is measured.",
			measurements: []Measurement{measured("a", west, 3*time.Hour)},
			accept:       []Code{CodeDataLossExceedsConsent},
			consent:      &hour,
			want:         noon.Add(-3 * time.Hour), loss: 3 * time.Hour,
		},
		"Unknown": {
			reason:       "Who accepts an unknown age accepts any.",
			measurements: []Measurement{measured("a", west, time.Minute), {Selection: Name{"dr", "x"}, Target: payments, Region: west}},
			accept:       []Code{CodeDataAgeUnknown},
			consent:      &hour,
		},
		"NothingMeasured": {
			reason:  "Where nothing is measured, the consent bounds what may be used later.",
			accept:  []Code{CodeNothingMeasured},
			consent: &hour,
			want:    noon.Add(-time.Hour), loss: time.Hour,
		},
		"NothingMeasuredNorConsented": {
			reason: "Where there is no consent either, any age is accepted.",
			accept: []Code{CodeNothingMeasured},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := to(west, 2, accept(tc.accept...))
			a.MaxDataLoss = tc.consent

			next, out := Decide(state(home()), asks(a), fine(measuring(tc.measurements...)))
			if next.Epoch != 2 {
				t.Fatalf("%s\n%s", tc.reason, out.Message)
			}

			if diff := cmp.Diff(tc.want, next.OldestData); diff != "" {
				t.Errorf("%s\noldest data: -want +got:\n%s", tc.reason, diff)
			}

			if loss, ok := next.DataLoss(); loss != tc.loss || ok != !tc.want.IsZero() {
				t.Errorf("%s\ndata loss %s, %t, want %s", tc.reason, loss, ok, tc.loss)
			}
		})
	}
}

// What ends up in the status changes seldom, and the consent that it proposes
// is still enough some minutes later.
func TestRounded(t *testing.T) {
	changes, last := 0, ""

	for age := time.Duration(0); age < 24*time.Hour; age += time.Minute {
		words, enough := rounded(age)
		if words != last {
			changes++
			last = words
		}

		if enough <= age+5*time.Minute-time.Second {
			t.Errorf("%s is not enough for %s", enough, age)
		}
	}

	if want := 24 + 44; changes != want {
		t.Errorf("the words changed %d times in a day, want %d", changes, want)
	}
}
