package topology

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// What copies of data are observed as in the tables below.
var (
	dbStore  = Component{Name: "db", Tier: Data, Restorable: true, Replicable: true}
	served   = followed(Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, Created: true, Healthy: true}, 1)
	replica  = followed(Observed{Key: "db-us-west-2", Component: "db", Region: west, Role: Standby, Epoch: 1, ReplicaOf: "db", Created: true, Healthy: true}, 1)
	restored = followed(Observed{Key: "db-us-west-2-e2", Component: "db", Region: west, Role: Serving, Epoch: 2, RestoredFrom: "snap-1", Created: true, Healthy: true}, 2)
)

// but returns a copy that differs.
func but(o Observed, change func(*Observed)) Observed {
	change(&o)

	return o
}

func as(o Observed, r Role) Observed { return but(o, func(o *Observed) { o.Role = r }) }

func sick(o Observed) Observed { return but(o, func(o *Observed) { o.Healthy = false }) }

func unmade(o Observed) Observed {
	return but(o, func(o *Observed) { o.Created, o.Healthy, o.Failed = false, false, true })
}

// The rows of the table in placeData's comment, and what is between them.
func TestPlanData(t *testing.T) {
	promoted := but(replica, func(o *Observed) { o.Role, o.ServesSince, o.DecidedEpoch = Serving, 2, 2 })
	accepted := steady(west, 2)
	accepted.OldestData = "2026-07-01T12:00:00Z"
	replicaOfOther := but(replica, func(o *Observed) { o.Key, o.ReplicaOf, o.Epoch = "db-us-west-2-e2", "db-eu-west-1-e2", 2 })

	cases := map[string]struct {
		reason   string
		strategy objective.Strategy
		decision Decision
		observed []Observed
		want     []string

		// DataTime of the replica in us-west-2, if a selection watches it.
		dataTime string
	}{
		"ServesOn": {
			reason: "Serving, here, since the data moved last: it serves.", decision: steady(east, 1), observed: []Observed{served},
			want: []string{"db Serving us-east-1 e1 exists"},
		},
		"Elsewhere": {
			reason: "Serving, elsewhere: it is fenced.", decision: steady(west, 2), observed: []Observed{served},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 waits"},
		},
		"RestoreInPlace": {
			reason: "Serving, here, before the data moved: it is fenced, and a new one born beside it.", decision: steady(west, 3), observed: []Observed{as(served, Fenced), restored},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Fenced us-west-2 e2 exists", "db-us-west-2-e3 Serving us-west-2 e3 waits"},
		},
		"Takeover": {
			reason: "A decision that only takes over control changes no copy.", decision: taken(west, 3, 2), observed: []Observed{as(served, Fenced), restored},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 exists"},
		},
		"EpochMissed": {
			reason: "Decided at 1, and the data moved away and back since: it is stale.", decision: steady(east, 3), observed: []Observed{served},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits"},
		},
		"NewlyFollowed": {
			reason: "An XR that names a target at epoch 3 only now has served all along.", decision: steady(east, 3),
			observed: []Observed{but(served, func(o *Observed) { o.Target, o.DecidedEpoch = "", 0 })},
			want:     []string{"db Serving us-east-1 e1 exists"},
		},
		"EveryLabelLost": {
			reason: "A key that names an epoch proves that a target was followed: the oldest copy has not served all along.", decision: steady(east, 3),
			observed: []Observed{
				{Key: "db", Component: "db", Region: east, Epoch: 1, Created: true, Healthy: true},
				{Key: "db-us-east-1-e3", Component: "db", Region: east, Epoch: 3, Created: true, Healthy: true},
			},
			strategy: objective.BackupAndRestore,
			want:     []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 exists"},
		},
		"NewlyFollowedOn": {
			reason: "It serves on when it has the labels.", decision: steady(east, 3), observed: []Observed{followed(served, 3)},
			want: []string{"db Serving us-east-1 e1 exists"},
		},
		"NewlyFollowedElsewhere": {
			reason: "If home does not serve, Contradictions refuses that; if it did not, no second writer would come of it.", decision: steady(west, 3),
			observed: []Observed{but(served, func(o *Observed) { o.Target, o.DecidedEpoch = "", 0 })},
			want:     []string{"db Fenced us-east-1 e1 exists", "db-us-west-2-e3 Serving us-west-2 e3 waits"},
		},
		"TakenBack": {
			reason: "Kept, here, served since the data moved last: its component was out of the plan, and it serves again.", decision: steady(west, 2),
			observed: []Observed{as(served, Fenced), as(restored, Kept)},
			want:     []string{"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 exists"},
		},
		"TakenBackPromoted": {
			reason: "So does one that was promoted, healthy or not: it has what was written since, and a restore would lose it.", decision: steady(west, 2),
			observed: []Observed{as(served, Fenced), sick(as(promoted, Kept))},
			want:     []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"TakenBackLater": {
			reason: "Kept, here, but the data was written elsewhere since: the label of the newest render proves nothing, because what is kept is rendered, too.", decision: steady(east, 3),
			observed: []Observed{followed(as(served, Kept), 3), followed(as(restored, Fenced), 3)},
			want:     []string{"db Kept us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits", "db-us-west-2-e2 Fenced us-west-2 e2 exists"},
		},
		"NeverMadeAgain": {
			reason: "Nor does what was never made, when the decision comes back to its region.", decision: steady(west, 4),
			observed: []Observed{followed(as(served, Fenced), 4), followed(as(unmade(restored), Kept), 4)},
			want:     []string{"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Kept us-west-2 e2 exists", "db-us-west-2-e4 Serving us-west-2 e4 waits"},
		},
		"Promoted": {
			reason: "Standby, here, healthy, a replica of what served last: it is promoted.", strategy: objective.PilotLight, decision: steady(west, 2), observed: []Observed{served, replica},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e2 Standby us-east-1 e2 new", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"PromotedThoughKept": {
			reason: "Kept, here, healthy, a replica of what served last: it is promoted.", decision: steady(west, 2), observed: []Observed{served, as(replica, Kept)},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"PromotedLater": {
			reason: "A replica that becomes healthy while the birth waits is promoted.", decision: steady(west, 2),
			observed: []Observed{followed(as(served, Fenced), 2), followed(as(replica, Kept), 2)},
			want:     []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"NotHealthy": {
			reason: "A replica that is not healthy is kept, and the birth waits.", decision: steady(west, 2), observed: []Observed{served, sick(replica)},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Kept us-west-2 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 waits"},
		},
		"PromotedFresh": {
			reason: "Its data is as new as the decision accepted: it is promoted.", decision: accepted, observed: []Observed{served, replica}, dataTime: "2026-07-01T12:00:00Z",
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"NotFresh": {
			reason: "Nobody consented to older data: it is kept, and the birth waits for it to catch up.", decision: accepted, observed: []Observed{served, replica}, dataTime: "2026-07-01T11:59:59Z",
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Kept us-west-2 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 waits"},
		},
		"FreshnessUnknown": {
			reason: "Law 8: unknown is not fresh.", decision: accepted, observed: []Observed{served, replica},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Kept us-west-2 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 waits"},
		},
		"StaysPromotedStale": {
			reason: "What was promoted serves on: only the promotion asks how old its data is.", decision: accepted, observed: []Observed{as(served, Fenced), promoted},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"StaysPromoted": {
			reason: "What was promoted serves on, healthy or not.", decision: steady(west, 2), observed: []Observed{as(served, Fenced), sick(promoted)},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"StaleReplica": {
			reason: "Law 8: a healthy replica of a copy that was fenced before is never promoted.", strategy: objective.PilotLight, decision: steady(third, 3),
			observed: []Observed{
				as(served, Fenced), restored, but(replica, func(o *Observed) { o.Key, o.Region = "db-eu-west-1", third }),
			},
			want: []string{
				"db Fenced us-east-1 e1 exists", "db-eu-west-1 Kept eu-west-1 e1 exists", "db-eu-west-1-e3 Serving eu-west-1 e3 waits",
				"db-us-east-1-e3 Standby us-east-1 e3 waits", "db-us-west-2-e2 Fenced us-west-2 e2 exists", "db-us-west-2-e3 Standby us-west-2 e3 waits",
			},
		},
		"StandsBy": {
			reason: "Standby or Kept, elsewhere, a replica of what serves: it stands by.", strategy: objective.PilotLight, decision: steady(east, 1), observed: []Observed{served, as(replica, Kept)},
			want: []string{"db Serving us-east-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 exists"},
		},
		"OtherStandby": {
			reason: "Standby, any other: it is kept.", strategy: objective.PilotLight, decision: steady(east, 1), observed: []Observed{served, replicaOfOther},
			want: []string{"db Serving us-east-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 new", "db-us-west-2-e2 Kept us-west-2 e2 exists"},
		},
		"NeverMade": {
			reason: "Serving, born for a decision, never made, elsewhere: it is kept, and the older lineage is used again.", decision: steady(third, 3),
			observed: []Observed{as(served, Fenced), unmade(restored)},
			want:     []string{"db Fenced us-east-1 e1 exists", "db-eu-west-1-e3 Serving eu-west-1 e3 waits", "db-us-west-2-e2 Kept us-west-2 e2 exists"},
		},
		"Fenced": {
			reason: "Fenced: it is fenced.", decision: steady(east, 3), observed: []Observed{as(served, Fenced), restored},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits", "db-us-west-2-e2 Fenced us-west-2 e2 exists"},
		},
		"BornAtHome": {
			reason: "Not there, at epoch 1: it is born.", decision: steady(east, 1),
			want: []string{"db Serving us-east-1 e1 new"},
		},
		"Rebuilt": {
			reason: "Not there, later: it waits.", decision: steady(west, 2),
			want: []string{"db-us-west-2-e2 Serving us-west-2 e2 waits"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := Input{Regions: []string{east, west, third}, Strategy: objective.BackupAndRestore, Components: []Component{dbStore}, Decision: tc.decision, Observed: tc.observed}
			if tc.strategy != "" {
				in.Strategy = tc.strategy
			}

			if key := "db-replica-us-west-2-e1"; tc.dataTime != "" {
				in.Selections = map[string]SelectionFact{key: {Key: key, DataTime: tc.dataTime}}
			}

			// A third region would only make the rows longer.
			if name != "StaleReplica" && tc.decision.Active != third {
				in.Regions = in.Regions[:2]
			}

			if diff := gocmp.Diff(tc.want, show(planned(in))); diff != "" {
				t.Errorf("%s\nPlan(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// Whole lives: each decision is carried out before the next.
func TestPlanLives(t *testing.T) {
	ebs := Component{Name: "ebs", Tier: Data, Restorable: true, Zones: zonesOf(2)}
	instance := Component{Name: "i", Tier: Data, Parent: "db"}
	adopted := ebs
	adopted.Adopt = map[string]string{
		"ebs-usw2-az1-e2": "vol-1", "ebs-usw2-az2-e2": "vol-2", "ebs-use1-az1-e3": "vol-3", "ebs-use1-az2-e3": "vol-4",
	}
	stays := dbStore
	stays.Adopt = map[string]string{"db-us-east-1-e3": "db-ABC"}
	cluster := []Component{dbStore, instance}

	cases := map[string]struct {
		reason     string
		components []Component
		strategy   objective.Strategy
		decisions  []Decision
		unmade     map[string]bool
		want       [][]string
	}{
		"PilotLight": {
			reason: "A->B->A->B: each decision promotes the standby that the one before left.", components: []Component{dbStore}, strategy: objective.PilotLight,
			decisions: []Decision{steady(east, 1), steady(west, 2), steady(east, 3), steady(west, 4)},
			want: [][]string{
				{"db Serving", "db-us-west-2 Standby"},
				{"db Fenced", "db-us-east-1-e2 Standby", "db-us-west-2 Serving"},
				{"db Fenced", "db-us-east-1-e2 Serving", "db-us-west-2 Fenced", "db-us-west-2-e3 Standby"},
				{"db Fenced", "db-us-east-1-e2 Fenced", "db-us-east-1-e4 Standby", "db-us-west-2 Fenced", "db-us-west-2-e3 Serving"},
			},
		},
		"BackupAndRestore": {
			reason: "A->B->A: each decision restores under a key never used.", components: []Component{dbStore}, strategy: objective.BackupAndRestore,
			decisions: []Decision{steady(east, 1), steady(west, 2), taken(west, 3, 2), steady(east, 4)},
			want: [][]string{
				{"db Serving"},
				{"db Fenced", "db-us-west-2-e2 Serving from db"},
				{"db Fenced", "db-us-west-2-e2 Serving"},
				{"db Fenced", "db-us-east-1-e4 Serving from db-us-west-2-e2", "db-us-west-2-e2 Fenced"},
			},
		},
		"NeverMade": {
			reason: "What was never made leaves no data: the one before it is restored from, at each of several renders.", components: []Component{dbStore}, strategy: objective.BackupAndRestore,
			decisions: []Decision{steady(east, 1), steady(west, 2), steady(third, 3)}, unmade: map[string]bool{"db-us-west-2-e2": true},
			want: [][]string{
				{"db Serving"},
				{"db Fenced", "db-us-west-2-e2 Serving from db"},
				{"db Fenced", "db-eu-west-1-e3 Serving from db", "db-us-west-2-e2 Kept"},
			},
		},
		"NeverMadeHome": {
			reason: "If the decision comes back to where the data is, no snapshot of it is restored beside it.", components: []Component{dbStore}, strategy: objective.BackupAndRestore,
			decisions: []Decision{steady(east, 1), steady(west, 2), steady(east, 3)}, unmade: map[string]bool{"db-us-west-2-e2": true},
			want: [][]string{
				{"db Serving"},
				{"db Fenced", "db-us-west-2-e2 Serving from db"},
				{"db Fenced", "db-us-west-2-e2 Kept"},
			},
		},
		"NeverMadeAdopted": {
			reason: "A person takes it over.", components: []Component{stays}, strategy: objective.BackupAndRestore,
			decisions: []Decision{steady(east, 1), steady(west, 2), steady(east, 3)}, unmade: map[string]bool{"db-us-west-2-e2": true},
			want: [][]string{
				{"db Serving"},
				{"db Fenced", "db-us-west-2-e2 Serving from db"},
				{"db Fenced", "db-us-east-1-e3 Serving as db-ABC", "db-us-west-2-e2 Kept"},
			},
		},
		"Zones": {
			reason: "What is spread over zones is not restored: nothing is born in the other region by itself.", components: []Component{ebs}, strategy: objective.BackupAndRestore,
			decisions: []Decision{steady(east, 1), steady(west, 2)},
			want: [][]string{
				{"ebs-use1-az1 Serving", "ebs-use1-az2 Serving"},
				{"ebs-use1-az1 Fenced", "ebs-use1-az2 Fenced"},
			},
		},
		"ZoneNeverMade": {
			reason: "Each zone has the copy that a person restored for it; one that was never made is kept, and the others are fenced.", components: []Component{adopted}, strategy: objective.BackupAndRestore,
			decisions: []Decision{steady(east, 1), steady(west, 2), steady(east, 3)}, unmade: map[string]bool{"ebs-usw2-az1-e2": true},
			want: [][]string{
				{"ebs-use1-az1 Serving", "ebs-use1-az2 Serving"},
				{"ebs-use1-az1 Fenced", "ebs-use1-az2 Fenced", "ebs-usw2-az1-e2 Serving as vol-1", "ebs-usw2-az2-e2 Serving as vol-2"},
				{
					"ebs-use1-az1 Fenced", "ebs-use1-az1-e3 Serving as vol-3", "ebs-use1-az2 Fenced", "ebs-use1-az2-e3 Serving as vol-4",
					"ebs-usw2-az1-e2 Kept", "ebs-usw2-az2-e2 Fenced",
				},
			},
		},
		"Dependent": {
			reason: "What belongs to a store is born beside it, from nothing, and is fenced with it.", components: cluster, strategy: objective.BackupAndRestore,
			decisions: []Decision{steady(east, 1), steady(west, 2), steady(west, 3)},
			want: [][]string{
				{"db Serving", "i Serving"},
				{"db Fenced", "db-us-west-2-e2 Serving from db", "i Fenced", "i-us-west-2-e2 Serving"},
				{
					"db Fenced", "db-us-west-2-e2 Fenced", "db-us-west-2-e3 Serving from db-us-west-2-e2",
					"i Fenced", "i-us-west-2-e2 Fenced", "i-us-west-2-e3 Serving",
				},
			},
		},
		"DependentStandby": {
			reason: "It stands by beside a replica, serves when that is promoted, and has the epoch of that.", components: cluster, strategy: objective.PilotLight,
			decisions: []Decision{steady(east, 1), steady(west, 2), steady(east, 3)},
			want: [][]string{
				{"db Serving", "db-us-west-2 Standby", "i Serving", "i-us-west-2 Standby"},
				{"db Fenced", "db-us-east-1-e2 Standby", "db-us-west-2 Serving", "i Fenced", "i-us-east-1-e2 Standby", "i-us-west-2 Serving"},
				{
					"db Fenced", "db-us-east-1-e2 Serving", "db-us-west-2 Fenced", "db-us-west-2-e3 Standby",
					"i Fenced", "i-us-east-1-e2 Serving", "i-us-west-2 Fenced", "i-us-west-2-e3 Standby",
				},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := Input{Regions: []string{east, west, third}, Strategy: tc.strategy, Components: tc.components, Selections: map[string]SelectionFact{}}

			// A third region would only make the rows longer.
			if tc.decisions[len(tc.decisions)-1].Active != third {
				in.Regions = in.Regions[:2]
			}

			for i, d := range tc.decisions {
				if d.From == "" {
					d.From = in.Decision.Active
				}

				in.Decision = d
				if diff := gocmp.Diff(tc.want[i], live(&in, tc.unmade)); diff != "" {
					t.Errorf("%s\nPlan(...) of decision %d: -want +got:\n%s", tc.reason, i, diff)
				}
			}
		})
	}
}

// live carries a decision out, with selections that all have a snapshot, until
// nothing changes, and shows what is there and what it came from.
func live(in *Input, unmade map[string]bool) []string {
	from := map[string]string{}

	for range 4 {
		copies, selections := Plan(*in)
		for _, s := range selections {
			in.Selections[s.Key] = SelectionFact{Key: s.Key, Existing: Absent, Snapshot: "snap"}
		}

		for _, c := range copies {
			switch {
			case c.Exists:
			case c.Birth.Kind == BornRestored:
				from[c.Key] = " from " + c.Birth.Source
			case c.Birth.Kind == BornAdopted:
				from[c.Key] = " as " + c.Birth.ExternalName
			}
		}

		in.Observed = settle(*in, copies)
		for i := range in.Observed {
			o := &in.Observed[i]
			o.Created, o.Healthy = !unmade[o.Key], !unmade[o.Key]
		}
	}

	out := make([]string, 0, len(in.Observed))
	for _, o := range in.Observed {
		out = append(out, o.Key+" "+string(o.Role)+from[o.Key])
	}

	return out
}
