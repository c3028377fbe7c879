package objective

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	hour   = time.Hour
	minute = time.Minute
)

// goals returns objectives. Zero is none.
func goals(rpo, rto time.Duration, stated Strategy) Objectives {
	out := Objectives{Stated: stated}
	if rpo > 0 {
		out.RPO = &rpo
	}

	if rto > 0 {
		out.RTO = &rto
	}

	return out
}

// asTable makes the database a table, and asVolume a volume.
func asTable(c *Component) {
	if c.Name == "db" {
		c.Kind, c.Restorable, c.Alone, c.Facts = "dynamodb Table", false, true, Facts{ReplicaLag: time.Second}
	}
}

func asVolume(c *Component) {
	if c.Name == "db" {
		c.Kind, c.Replicable = "ec2 EBSVolume", false
	}
}

func TestDeriveByFacts(t *testing.T) {
	type want struct {
		strategy, store Strategy
		because, store2 string
	}

	cases := map[string]struct {
		reason string
		in     Objectives
		parts  []Component
		want   want
	}{
		"Snapshots": {
			reason: "A snapshot is new enough, and a restore fast enough.",
			in:     goals(4*hour, 4*hour, ""),
			parts:  shop(),
			want:   want{BackupAndRestore, BackupAndRestore, "BackupAndRestore can keep rpo 4h and rto 4h", asTheWhole},
		},
		"SnapshotsAreTooOld": {
			reason: "An hourly snapshot is not there after an hour: it has to be copied.",
			in:     goals(hour, 4*hour, ""),
			parts:  shop(),
			want:   want{PilotLight, PilotLight, "rpo 1h is shorter than the 1h30m that the snapshots of db can be old", asTheWhole},
		},
		"SnapshotsAreTooOldAndNothingElseIsThere": {
			reason: "A network that stands by makes no snapshot newer.",
			in:     goals(hour, 4*hour, ""),
			parts:  shop(asVolume),
			want:   want{BackupAndRestore, BackupAndRestore, "BackupAndRestore can keep rpo 1h and rto 4h", asTheWhole},
		},
		"RestoreIsTooSlow": {
			reason: "By its order of magnitude a strategy would do, and by these components it does not.",
			in:     goals(24*hour, 2*hour, ""),
			parts: shop(func(c *Component) {
				if c.Name == "db" {
					c.Facts.Restore = 5 * hour
				}
			}),
			want: want{PilotLight, PilotLight, "rto 2h is shorter than the 5h12m that BackupAndRestore would take (vpc: create 1m, then db: restore 5h, then app: create 10m, then dns: change 1m)", asTheWhole},
		},
		"ATableReplicatesOnItsOwn": {
			reason: "What can't be restored elsewhere is replicated, and nothing else for its sake.",
			in:     goals(4*hour, 4*hour, ""),
			parts:  shop(asTable),
			want:   want{BackupAndRestore, PilotLight, "BackupAndRestore can keep rpo 4h and rto 4h", "a store of kind dynamodb Table can't be restored in another region, and its replica needs nothing else there"},
		},
		"NoObjectives": {
			reason: "Without objectives nothing justifies a replica.",
			parts:  shop(asTable),
			want:   want{BackupAndRestore, BackupAndRestore, "no objectives are set", asTheWhole},
		},
		"AVolumeIsRestored": {
			reason: "A kind without replicas is restored, whatever the rest does: a standby that can't be made is none.",
			in:     goals(15*minute, hour, ""),
			parts:  shop(asVolume),
			want:   want{PilotLight, BackupAndRestore, "rpo 15m is shorter than the 1h that BackupAndRestore can keep", "a store of kind ec2 EBSVolume has no replica that crossdr could promote"},
		},
		"Stated": {
			reason: "A stated strategy is honoured for each store.",
			in:     goals(15*minute, hour, WarmStandby),
			parts:  shop(asVolume),
			want:   want{WarmStandby, WarmStandby, "it is stated in spec.recovery.strategy", asTheWhole},
		},
		"StatedInThePlan": {
			reason: "What the plan states of one store is honoured before that.",
			in:     goals(15*minute, hour, ""),
			parts:  shop(func(c *Component) { c.Stated = BackupAndRestore }),
			want:   want{PilotLight, BackupAndRestore, "rpo 15m is shorter than the 1h that BackupAndRestore can keep", "the plan states its regions"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := Derive(tc.in, tc.parts)
			if err != nil {
				t.Fatal(err)
			}

			got := want{p.Strategy, p.Stores[0].Strategy, p.Because, p.Stores[0].Because}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nDerive(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestJudgeRTO(t *testing.T) {
	took := func(d time.Duration) *Measured {
		return &Measured{Epoch: 2, From: "us-east-1", To: "us-west-2", Took: d}
	}

	cases := map[string]struct {
		reason   string
		in       Objectives
		parts    []Component
		measured *Measured
		want     Judgement
	}{
		"Met": {
			reason: "The estimate is told, by its steps.",
			in:     goals(4*hour, 4*hour, ""),
			parts:  shop(),
			want:   Judgement{Value: new(42 * minute), Met: true, Verdict: Met, Because: "vpc: create 1m, then db: restore 30m, then app: create 10m, then dns: change 1m"},
		},
		"NoObjective": {
			reason: "Without an objective there is an estimate and no verdict.",
			in:     goals(4*hour, 0, ""),
			parts:  shop(),
			want:   Judgement{Value: new(42 * minute), Met: true, Because: "vpc: create 1m, then db: restore 30m, then app: create 10m, then dns: change 1m"},
		},
		"StatedTooSlow": {
			reason: "A stated strategy is judged, and the one that would do is named.",
			in:     goals(4*hour, 30*minute, BackupAndRestore),
			parts:  shop(),
			want:   Judgement{Value: new(42 * minute), Verdict: BreachedCanMeet, Because: "vpc: create 1m, then db: restore 30m, then app: create 10m, then dns: change 1m; without spec.recovery.strategy it would be PilotLight, and take 21m"},
		},
		"TooSlowForAll": {
			reason: "Where no strategy helps, the step that takes the time is named.",
			in:     goals(minute, 5*minute, ""),
			parts:  shop(),
			want:   Judgement{Value: new(10 * minute), Verdict: Unattainable, Because: "db: promote 10m; no strategy is fast enough, and db takes the most of it"},
		},
		"OnlyFasterWithoutTheData": {
			reason: "A strategy that is faster because it keeps no replica is no advice where the rpo needs one, and is not said not to be there.",
			in:     goals(15*minute, 45*minute, ""),
			parts: shop(func(c *Component) {
				if c.Name == "db" {
					c.Facts.Promote = 2 * hour
				}
			}),
			want: Judgement{Value: new(2 * hour), Verdict: Unattainable, Because: "db: promote 2h; no strategy that keeps rpo 15m is fast enough, and db takes the most of it"},
		},
		"FasterWithoutAReplica": {
			reason: "Where snapshots keep the rpo, it is.",
			in:     goals(4*hour, 45*minute, PilotLight),
			parts: shop(func(c *Component) {
				if c.Name == "db" {
					c.Facts.Promote = 2 * hour
				}
			}),
			want: Judgement{Value: new(2*hour + 11*minute), Verdict: BreachedCanMeet, Because: "db: promote 2h, then app: create 10m, then dns: change 1m; the strategy BackupAndRestore would take 42m"},
		},
		"MeasuredMet": {
			reason:   "What was measured replaces what was estimated.",
			in:       goals(4*hour, 4*hour, ""),
			parts:    shop(),
			measured: took(23*minute + 10*time.Second),
			want:     Judgement{Value: new(23*minute + 10*time.Second), Met: true, Measured: true, Verdict: Met, Because: "the failover from us-east-1 to us-west-2 at epoch 2 took 23m10s"},
		},
		"MeasuredTooSlow": {
			reason:   "A failover that took too long counts more than an estimate that says it should not have.",
			in:       goals(15*minute, hour, ""),
			parts:    shop(),
			measured: took(2 * hour),
			want:     Judgement{Value: new(2 * hour), Measured: true, Verdict: BreachedCanMeet, Because: "the failover from us-east-1 to us-west-2 at epoch 2 took 2h; the strategy WarmStandby would take 10m"},
		},
		"ByHand": {
			reason: "What nobody knows is no promise.",
			in:     goals(4*hour, 4*hour, ""),
			parts: shop(func(c *Component) {
				if c.Name == "db" {
					c.Restorable, c.Replicable, c.Facts = false, false, Facts{}
				}
			}),
			want: Judgement{Verdict: BreachedCanMeet, Because: "nobody knows how long it takes to bring back db by hand: try it, and state facts.restore of it in the plan"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := Derive(tc.in, tc.parts)
			if err != nil {
				t.Fatal(err)
			}

			got := JudgeRTO(tc.in, &p, tc.parts, p.Standing, tc.measured)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nJudgeRTO(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestJudgeRPO(t *testing.T) {
	kept, old := []Seen{{Component: "db", Kept: true}}, []Seen{{Component: "db", Why: "db: the data is from 08:02, and too old since 12:02"}}

	cases := map[string]struct {
		reason string
		in     Objectives
		parts  []Component
		seen   []Seen
		want   Judgement
	}{
		"Snapshots": {
			reason: "With snapshots, how often one is needed is what a person has to know.",
			in:     goals(4*hour, 4*hour, ""),
			parts:  shop(),
			seen:   kept,
			want:   Judgement{Value: new(90 * minute), Met: true, Verdict: Met, Because: "db is restored from a snapshot: to keep rpo 4h, copy one to the other region at least every 3h30m"},
		},
		"SnapshotsTooOld": {
			reason: "What is observed decides whether it is kept now, and is the reason.",
			in:     goals(4*hour, 4*hour, ""),
			parts:  shop(),
			seen:   old,
			want:   Judgement{Value: new(90 * minute), Verdict: BreachedCanMeet, Because: "db: the data is from 08:02, and too old since 12:02"},
		},
		"NoObjective": {
			reason: "Without an objective there is nothing to keep.",
			in:     goals(0, 4*hour, ""),
			parts:  shop(),
			seen:   old,
			want:   Judgement{Value: new(90 * minute), Met: true, Because: "db is restored from a snapshot, which can be 1h30m old: one every 1h, and 30m to copy it"},
		},
		"Replica": {
			reason: "A replica is as new as its lag.",
			in:     goals(15*minute, hour, ""),
			parts:  shop(),
			seen:   kept,
			want:   Judgement{Value: new(minute), Met: true, Verdict: Met, Because: "the replica of db lags up to 1m"},
		},
		"StatedTooOld": {
			reason: "A stated strategy is judged, and what would help is named, also while luck keeps it.",
			in:     goals(15*minute, 0, BackupAndRestore),
			parts:  shop(),
			seen:   kept,
			want:   Judgement{Value: new(90 * minute), Met: true, Verdict: BreachedCanMeet, Because: "db is restored from a snapshot, which can be 1h30m old: one every 1h, and 30m to copy it; a replica would lag up to 1m: leave spec.recovery.strategy out, or state PilotLight (what is there now is new enough)"},
		},
		"PlanKeepsItHome": {
			reason: "What the plan states is what has to change.",
			in:     goals(15*minute, 0, ""),
			parts: shop(func(c *Component) {
				if c.Data {
					c.Stated = BackupAndRestore
				}
			}),
			seen: old,
			want: Judgement{Value: new(90 * minute), Verdict: BreachedCanMeet, Because: "db is restored from a snapshot, which can be 1h30m old: one every 1h, and 30m to copy it; a replica would lag up to 1m: take regions of db out of the plan"},
		},
		"NoReplica": {
			reason: "A kind without replicas has nothing newer than snapshots.",
			in:     goals(15*minute, 0, ""),
			parts:  shop(asVolume),
			seen:   old,
			want:   Judgement{Value: new(90 * minute), Verdict: Unattainable, Because: "db is restored from a snapshot, which can be 1h30m old: one every 1h, and 30m to copy it; ec2 EBSVolume has no replica that crossdr could promote: keep this data in another kind of store, or allow a longer rpo"},
		},
		"ReplicaLagsTooMuch": {
			reason: "What replicates asynchronously loses something.",
			in:     goals(time.Second, 0, ""),
			parts:  shop(),
			seen:   old,
			want:   Judgement{Value: new(minute), Verdict: Unattainable, Because: "the replica of db lags up to 1m; no replica of the kind rds Instance is closer: keep this data in another kind of store, or allow a longer rpo"},
		},
		"NothingBringsItBack": {
			reason: "What crossdr can't bring back keeps nothing, and no number is made up.",
			in:     goals(24*hour, 0, ""),
			parts: shop(func(c *Component) {
				if c.Name == "db" {
					c.Kind, c.Restorable, c.Replicable, c.Facts = "efs FileSystem", false, false, Facts{}
				}
			}),
			seen: old,
			want: Judgement{Verdict: Unattainable, Because: "crossdr can't bring back db (efs FileSystem) in another region; keep this data in a kind of store that it can, or give it another tier if it can be made again"},
		},
		"NoData": {
			reason: "Without data nothing is lost.",
			in:     goals(time.Second, 0, ""),
			want:   Judgement{Met: true, Verdict: Met, Because: "no component is of tier Data, so no data is watched"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := Derive(tc.in, tc.parts)
			if err != nil {
				t.Fatal(err)
			}

			got := JudgeRPO(tc.in, &p, tc.parts, p.Standing, tc.seen)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nJudgeRPO(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
