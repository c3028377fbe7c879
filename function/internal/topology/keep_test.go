package topology

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// What is observed and not planned, or observed under a key that is planned:
// law 1 holds whatever the labels say.
func TestPlanKeeps(t *testing.T) {
	db := Component{Name: "db", Tier: Data}
	app := Component{Name: "app", Tier: Compute}
	two := []string{east, west}
	standby := Observed{Key: "db-us-west-2", Component: "db", Region: west, Role: Standby, Epoch: 1, ReplicaOf: "db"}
	serving := Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1}

	as := func(o Observed, role Role) Observed {
		o.Role = role

		return o
	}

	subnets := Component{Name: "subnet", Tier: Network, Zones: zonesOf(2), AdoptedZones: map[string]string{"use1-az1": "subnet-a"}}

	cases := map[string]struct {
		reason string
		in     Input
		want   []string
	}{
		"StrategyLowered": {
			reason: "What the strategy stopped asking for is kept; TestPlanData promotes such a replica.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{app, db}, Decision: steady(east, 1), Observed: []Observed{
				serving, standby, {Key: "app", Component: "app", Region: east, Role: Serving, Epoch: 1}, {Key: "app-us-west-2", Component: "app", Region: west, Role: Standby, Epoch: 1},
			}},
			want: []string{
				"app Serving us-east-1 e1 exists", "app-us-west-2 Kept us-west-2 e1 exists", "db Serving us-east-1 e1 exists", "db-us-west-2 Kept us-west-2 e1 exists",
			},
		},
		"StrategyRaisedAgain": {
			reason: "A kept copy is used again when the strategy asks for it: its key can't be another's.",
			in: Input{Regions: two, Strategy: objective.WarmStandby, Components: []Component{app, db}, Decision: steady(east, 1), Observed: []Observed{
				serving, as(standby, Kept), {Key: "app", Component: "app", Region: east, Role: Serving, Epoch: 1}, {Key: "app-us-west-2", Component: "app", Region: west, Role: Kept, Epoch: 1},
			}},
			want: []string{
				"app Serving us-east-1 e1 exists", "app-us-west-2 Standby us-west-2 e1 exists", "db Serving us-east-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 exists",
			},
		},
		"ComponentRemoved": {
			reason: "A component that left the plan leaves its copies, only observed; what was fenced stays so.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{app}, Decision: steady(west, 2), Observed: []Observed{as(serving, Fenced), as(standby, Serving)}},
			want:   []string{"app-us-west-2 Serving us-west-2 e2 new", "db Fenced us-east-1 e1 exists", "db-us-west-2 Kept us-west-2 e1 exists"},
		},
		"ComponentBack": {
			reason: "A component that comes back to the plan serves from what it left: to plan a new copy under its key would delete it.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{db}, Decision: steady(east, 1), Observed: []Observed{as(serving, Kept)}},
			want:   []string{"db Serving us-east-1 e1 exists"},
		},
		"ComponentBackLater": {
			reason: "If a failover happened meanwhile, what it left may be old: it stays kept at each render, and the new copy waits.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{db}, Decision: steady(east, 3), Observed: []Observed{followed(as(serving, Kept), 3)}},
			want:   []string{"db Kept us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits"},
		},
		"ComponentBackNotHolder": {
			reason: "Even who creates nothing keeps what exists under a planned key.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{db}, Decision: Decision{Target: "t", Active: east, Epoch: 1, DataEpoch: 1}, Observed: []Observed{as(serving, Kept), as(standby, Kept)}},
			want:   []string{"db Serving us-east-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 exists"},
		},
		"RegionRemoved": {
			reason: "Copies in a region that left the list are only observed.",
			in: Input{Regions: []string{east}, Strategy: objective.PilotLight, Components: []Component{app, db}, Decision: steady(east, 1), Observed: []Observed{
				serving, standby, {Key: "app-us-west-2", Component: "app", Region: west, Role: Fenced, Epoch: 1},
			}},
			want: []string{"app Serving us-east-1 e1 new", "app-us-west-2 Fenced us-west-2 e1 exists", "db Serving us-east-1 e1 exists", "db-us-west-2 Kept us-west-2 e1 exists"},
		},
		"Unlabelled": {
			reason: "Law 6: what an earlier step made under our keys is taken over in the role that it is in the place of; what nobody calls a replica is no standby.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{db, app}, Decision: steady(east, 1), Observed: []Observed{as(serving, ""), as(standby, ""), {Key: "app", Component: "app", Region: east, Epoch: 1}}},
			want:   []string{"app Serving us-east-1 e1 exists", "db Serving us-east-1 e1 exists", "db-us-west-2 Fenced us-west-2 e1 exists"},
		},
		"UnlabelledUnwanted": {
			reason: "An unlabelled copy that nothing plans may have served: it is fenced.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{db}, Decision: steady(east, 1), Observed: []Observed{as(serving, ""), as(standby, "")}},
			want:   []string{"db Serving us-east-1 e1 exists", "db-us-west-2 Fenced us-west-2 e1 exists"},
		},
		"LabelsLostAfterFailover": {
			reason: "A home copy that lost its labels is not mistaken for a birth of the new epoch, nor for one that always served.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{app, db}, Decision: steady(east, 3), Observed: []Observed{
				as(serving, ""), followed(Observed{Key: "app", Component: "app", Region: east, Role: Serving, Epoch: 1}, 3),
			}},
			want: []string{"app Serving us-east-1 e1 exists", "db Fenced us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits"},
		},
		"TargetLabelLost": {
			reason: "A copy that says at which epoch it was decided did not start to follow a target just now.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{db}, Decision: steady(east, 3), Observed: []Observed{
				{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1},
			}},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits"},
		},
		"KeyOfAnother": {
			reason: "A copy labelled as another component's holds its key: it is kept rather than rendered as what it is not.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{app}, Decision: steady(east, 1), Observed: []Observed{
				{Key: "app", Component: "gone", Region: east, Role: Serving, Epoch: 1},
			}},
			want: []string{"app Kept us-east-1 e1 exists"},
		},
		"KeyElsewhere": {
			reason: "A fenced copy under the key of a birth is not taken for the birth.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{db}, Decision: steady(east, 1), Observed: []Observed{serving, as(standby, Fenced)}},
			want:   []string{"db Serving us-east-1 e1 exists", "db-us-west-2 Fenced us-west-2 e1 exists"},
		},
		"AdoptionEdited": {
			reason: "A key that is in another zone than the plan says keeps its zone, and the zone it was to have gets a key of its own.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{subnets}, Decision: steady(east, 1), Observed: []Observed{
				{Key: "subnet-a", Component: "subnet", Region: east, Zone: "use1-az2", Role: Serving, Epoch: 1},
			}},
			want: []string{"subnet-a Serving us-east-1/use1-az2 e1 exists", "subnet-use1-az1 Serving us-east-1/use1-az1 e1 new"},
		},
		"TwoOfOnePlace": {
			reason: "Of two copies of one place without data, the older one is used and the other stays.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{app}, Decision: steady(east, 2), Observed: []Observed{
				{Key: "app-us-east-1", Component: "app", Region: east, Role: Serving, Epoch: 2}, {Key: "app", Component: "app", Region: east, Role: Serving, Epoch: 1},
			}},
			want: []string{"app Serving us-east-1 e1 exists", "app-us-east-1 Fenced us-east-1 e2 exists"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := gocmp.Diff(tc.want, show(planned(tc.in))); diff != "" {
				t.Errorf("%s\nPlan(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestContradictions(t *testing.T) {
	two := []string{east, west}
	components := []Component{{Name: "db", Tier: Data}, {Name: "subnet", Tier: Network, Zones: zonesOf(1)}, {Name: "dns", Tier: Global}}

	type args struct {
		regions  []string
		decision Decision
		observed Observed
	}

	cases := map[string]struct {
		reason string
		args   args
		want   []string
	}{
		"Consistent": {
			reason: "A copy that its decision explains contradicts nothing.",
			args:   args{two, steady(east, 1), Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1, Target: "dr.payments"}},
		},
		"TargetNamedNow": {
			reason: "A target may be named at any time while home serves.",
			args:   args{two, steady(east, 1), Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1}},
		},
		"NewlyLed": {
			reason: "Law 2: a target that is named only now was decided without this XR: following it would leave the data.",
			args:   args{two, steady(west, 2), Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1}},
			want:   []string{"db: holds the data, and FailoverTarget dr/payments, which the XR follows for the first time, says that us-west-2 is active: name it while the region of the data is"},
		},
		"NewlyLedUnlabelled": {
			reason: "Also if the step is new to the Composition.",
			args:   args{two, steady(west, 2), Observed{Key: "db", Component: "db", Region: east, Epoch: 1}},
			want:   []string{"db: holds the data, and FailoverTarget dr/payments, which the XR follows for the first time, says that us-west-2 is active: name it while the region of the data is"},
		},
		"NewlyLedKept": {
			reason: "Also if its component was out of the plan.",
			args:   args{two, steady(west, 2), Observed{Key: "db", Component: "db", Region: east, Role: Kept, Epoch: 1}},
			want:   []string{"db: holds the data, and FailoverTarget dr/payments, which the XR follows for the first time, says that us-west-2 is active: name it while the region of the data is"},
		},
		"NewlyLedThere": {
			reason: "While the region of the data is active, the target may be at any epoch.",
			args:   args{two, steady(east, 3), Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1}},
		},
		"NewlyLedStandby": {
			reason: "A replica in another region is no data that would be left: an XR with standbys may name a target.",
			args:   args{two, steady(east, 1), Observed{Key: "db-us-west-2", Component: "db", Region: west, Role: Standby, Epoch: 1, ReplicaOf: "db", Created: true}},
		},
		"NewlyLedStateless": {
			reason: "What holds no data is left without loss.",
			args:   args{two, steady(west, 2), Observed{Key: "subnet-use1-az1", Component: "subnet", Region: east, Zone: "use1-az1", Role: Serving, Epoch: 1}},
		},
		"NotFenced": {
			reason: "A copy that the last decision left as serving is fenced by this one: that is a failover, no contradiction.",
			args:   args{two, steady(west, 2), Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1, Target: "dr.payments"}},
		},
		"TargetOlder": {
			reason: "A target that was restored from an old backup must not move the data back.",
			args:   args{two, steady(east, 1), Observed{Key: "db-us-west-2-e2", Component: "db", Region: west, Role: Serving, Epoch: 2, DecidedEpoch: 2, Target: "dr.payments"}},
			want:   []string{"db-us-west-2-e2: rendered at epoch 2, but FailoverTarget dr/payments is at epoch 1: it is older than what exists"},
		},
		"BornLater": {
			reason: "The birth epoch alone proves a newer decision, even if the other label is lost.",
			args:   args{two, steady(east, 1), Observed{Key: "db-us-west-2-e2", Component: "db", Region: west, Epoch: 2}},
			want:   []string{"db-us-west-2-e2: rendered at epoch 2, but FailoverTarget dr/payments is at epoch 1: it is older than what exists"},
		},
		"TargetForgotten": {
			reason: "An XR that names no target any more must not fall back to home.",
			args:   args{two, Decision{Active: east, Epoch: 1, DataEpoch: 1, Holder: true}, Observed{Key: "db", Component: "db", Region: east, Role: Fenced, Epoch: 1, DecidedEpoch: 2, Target: "dr.payments"}},
			want:   []string{"db: rendered at epoch 2, but the XR names no FailoverTarget: name the one that made that decision"},
		},
		"TargetForgottenAtHome": {
			reason: "Copies that follow a target say so at epoch 1, too.",
			args:   args{two, Decision{Active: east, Epoch: 1, DataEpoch: 1, Holder: true}, Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1, Target: "dr.payments"}},
			want:   []string{"db: follows FailoverTarget dr/payments, but the XR names none"},
		},
		"TargetChanged": {
			reason: "Epochs of two targets can't be compared.",
			args:   args{two, steady(east, 1), Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1, Target: "dr.other"}},
			want:   []string{"db: follows FailoverTarget dr/other, but the XR names dr/payments"},
		},
		"HomeChanged": {
			reason: "The list of regions was turned round: the bare name is the home copy's.",
			args:   args{[]string{west, east}, Decision{Active: west, Epoch: 1, DataEpoch: 1, Holder: true}, Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1}},
			want:   []string{"db: is in us-east-1, but the first region of the list is us-west-2: the home region can't change"},
		},
		"HomeChangedAndGone": {
			reason: "A copy elsewhere proves where home is not: the data at home must not be born again there, empty.",
			args:   args{[]string{west, east}, Decision{Active: west, Epoch: 1, DataEpoch: 1, Holder: true}, Observed{Key: "db-us-west-2", Component: "db", Region: west, Role: Standby, Epoch: 1}},
			want:   []string{"db-us-west-2: has a key that names us-west-2, and the key of a copy at home names none: the home region was another one than the first of the list, and can't change"},
		},
		"HomeChangedZones": {
			reason: "Data in zones has no bare name, but it served when home served.",
			args:   args{[]string{west, east}, Decision{Active: west, Epoch: 1, DataEpoch: 1, Holder: true}, Observed{Key: "db-use1-az1", Component: "db", Region: east, Zone: "use1-az1", Role: Serving, Epoch: 1}},
			want:   []string{"db-use1-az1: serves in us-east-1 at epoch 1, but us-west-2 is to serve at that epoch: one epoch has one active region"},
		},
		"TwoRegionsAtOneEpoch": {
			reason: "A record that was edited by hand must not start a second writer.",
			args:   args{two, steady(east, 2), Observed{Key: "db-us-west-2-e2", Component: "db", Region: west, Role: Serving, Epoch: 2, DecidedEpoch: 2, Target: "dr.payments"}},
			want:   []string{"db-us-west-2-e2: serves in us-west-2 at epoch 2, but us-east-1 is to serve at that epoch: one epoch has one active region"},
		},
		"SpreadLater": {
			reason: "Zones that are given to a database that exists would fence it and make an empty one.",
			args:   args{two, steady(east, 1), Observed{Key: "db", Component: "db", Region: east, Zone: "use1-az1", Epoch: 1}},
			want:   []string{"db: holds the data of db, but is in none of the places that its zones ask for: data can't be spread over zones later, nor gathered"},
		},
		"DecidedLater": {
			reason: "The newest epoch that a copy knows counts.",
			args:   args{two, steady(east, 1), Observed{Key: "db-us-west-2-e2", Component: "db", Region: west, Role: Serving, Epoch: 2, DecidedEpoch: 3, Target: "dr.payments"}},
			want:   []string{"db-us-west-2-e2: rendered at epoch 3, but FailoverTarget dr/payments is at epoch 1: it is older than what exists"},
		},
		"FencedOfThisDecision": {
			reason: "What was born for the decision in force can't be fenced: it would be born again under the same key.",
			args:   args{two, steady(west, 2), Observed{Key: "db-us-west-2-e2", Component: "db", Region: west, Role: Fenced, Epoch: 2, DecidedEpoch: 2, Target: "dr.payments"}},
			want:   []string{"db-us-west-2-e2: is fenced, but it was born for the decision in force: nothing else can serve"},
		},
		"OnceAnywhere": {
			reason: "What exists once may be anywhere.",
			args:   args{two, steady(east, 1), Observed{Key: "dns", Component: "dns", Region: west, Role: Serving, Epoch: 1}},
		},
		"NotOurs": {
			reason: "A component that left the plan is kept, wherever it is.",
			args:   args{two, steady(east, 1), Observed{Key: "gone", Component: "gone", Region: west, Role: Kept, Epoch: 1}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := Input{Regions: tc.args.regions, Strategy: objective.PilotLight, Components: components, Decision: tc.args.decision, Observed: []Observed{tc.args.observed}}
			if diff := gocmp.Diff(tc.want, Contradictions(in), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nContradictions(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
