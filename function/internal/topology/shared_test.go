package topology

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// A store that is in several regions at once has the same data in each, so that
// none of its copies is fenced as long as one of them serves.
func TestPlanShared(t *testing.T) {
	table := Component{Name: "db", Tier: Data, Restorable: true, Replicable: true}
	shared := func(o Observed) Observed { return but(o, func(o *Observed) { o.Store = "orders" }) }
	served, replica := shared(served), shared(replica)
	promoted := but(replica, func(o *Observed) { o.Role, o.ServesSince, o.DecidedEpoch = Serving, 2, 2 })
	elsewhere := but(replica, func(o *Observed) { o.Key, o.Region = "db-eu-west-1", third })
	dropped := func(o Observed) Observed { return but(o, func(o *Observed) { o.Members = []string{third} }) }
	accepted := steady(west, 2)
	accepted.OldestData = "2026-07-01T12:00:00Z"

	cases := map[string]struct {
		reason   string
		strategy objective.Strategy
		decision Decision
		observed []Observed
		want     []string
	}{
		"Promoted": {
			reason: "Its replica serves, and what served stands by: it is the same store.", decision: steady(west, 2), observed: []Observed{served, replica},
			want: []string{"db Standby us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"FailedBack": {
			reason: "What began the store serves again, as any of its copies may.", decision: steady(east, 3), observed: []Observed{as(served, Standby), promoted},
			want: []string{"db Serving us-east-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 exists"},
		},
		"Siblings": {
			reason: "A replica of the same store can follow a replica.", decision: steady(third, 3), observed: []Observed{as(served, Standby), promoted, elsewhere},
			want: []string{"db Standby us-east-1 e1 exists", "db-eu-west-1 Serving eu-west-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 exists"},
		},
		"SiblingLost": {
			reason: "A region without a copy gets one from the copy that serves, since the others may not answer.", decision: steady(third, 3),
			observed: []Observed{as(served, Standby), but(elsewhere, func(o *Observed) { o.Role, o.ServesSince, o.DecidedEpoch = Serving, 3, 3 })},
			want:     []string{"db Standby us-east-1 e1 exists", "db-eu-west-1 Serving eu-west-1 e1 exists", "db-us-west-2-e3 Standby us-west-2 e3 new"},
		},
		"NotHealthy": {
			reason: "While no copy can serve, what served is fenced and the birth waits.", decision: steady(west, 2), observed: []Observed{served, sick(replica)},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e2 Standby us-east-1 e2 waits", "db-us-west-2 Kept us-west-2 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 waits"},
		},
		"HealthyLater": {
			reason: "When the replica can serve, what was fenced stands by again.", decision: steady(west, 2), observed: []Observed{as(served, Fenced), as(replica, Kept)},
			want: []string{"db Standby us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"FreshnessUnknown": {
			reason: "Law 8: unknown is not fresh, and one store in two regions may lag.", decision: accepted, observed: []Observed{served, replica},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e2 Standby us-east-1 e2 waits", "db-us-west-2 Kept us-west-2 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 waits"},
		},
		"LabelsLost": {
			reason: "A copy elsewhere that lost its labels is known by what it is of.", decision: steady(west, 2), observed: []Observed{but(served, func(o *Observed) { o.Role = "" }), promoted},
			want: []string{"db Standby us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"Dropped": {
			reason: "AWS took what served out of the store, and what is written since is not in it: it is another store of the same name.", decision: steady(west, 2),
			observed: []Observed{dropped(as(served, Standby)), promoted},
			want:     []string{"db Kept us-east-1 e1 exists", "db-us-east-1-e2 Standby us-east-1 e2 new", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"DroppedNotFailedBack": {
			reason: "It never serves again.", decision: steady(east, 3), observed: []Observed{dropped(as(served, Standby)), promoted},
			want: []string{"db Kept us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits", "db-us-west-2 Fenced us-west-2 e1 exists", "db-us-west-2-e3 Standby us-west-2 e3 waits"},
		},
		"BackBefore": {
			reason: "The decision comes back before the other region could serve: what served last does again.", decision: from(west, steady(east, 3)),
			observed: []Observed{as(served, Fenced), as(replica, Kept)},
			want:     []string{"db Serving us-east-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 exists"},
		},
		"RestoreInPlaceAsked": {
			reason: "A restore in place was asked for because of what is in it.", decision: from(east, steady(east, 2)), observed: []Observed{served, replica},
			want: []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e2 Serving us-east-1 e2 waits", "db-us-west-2 Kept us-west-2 e1 exists", "db-us-west-2-e2 Standby us-west-2 e2 waits"},
		},
		"MiddleGone": {
			reason: "What a copy was made from may be gone: the store is known by its name on AWS.", decision: steady(west, 2),
			observed: []Observed{promoted, but(served, func(o *Observed) { o.Key, o.ReplicaOf, o.Role, o.Epoch = "db-us-east-1-e2", "db-eu-west-1", Standby, 2 })},
			want:     []string{"db-us-east-1-e2 Standby us-east-1 e2 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"RestoredInPlace": {
			reason: "A restore makes another store: that before is fenced, and its other copies are kept.", decision: steady(east, 2),
			observed: []Observed{as(served, Fenced), as(replica, Standby), followed(Observed{Key: "db-us-east-1-e2", Component: "db", Region: east, Role: Serving, Epoch: 2, Created: true, Healthy: true}, 2)},
			want:     []string{"db Fenced us-east-1 e1 exists", "db-us-east-1-e2 Serving us-east-1 e2 exists", "db-us-west-2 Kept us-west-2 e1 exists", "db-us-west-2-e2 Standby us-west-2 e2 new"},
		},
		"NoStandby": {
			reason: "Where the strategy wants no standby, the copies elsewhere are kept, and serve again if they are asked to.", strategy: objective.BackupAndRestore,
			decision: steady(west, 2), observed: []Observed{served, replica},
			want: []string{"db Kept us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := Input{Regions: []string{east, west, third}, Strategy: objective.PilotLight, Components: []Component{table}, Decision: tc.decision, Observed: tc.observed}
			if tc.strategy != "" {
				in.Strategy = tc.strategy
			}

			// A third region would only make the rows longer.
			if tc.decision.Active != third {
				in.Regions = in.Regions[:2]
			}

			if diff := gocmp.Diff(tc.want, show(planned(in))); diff != "" {
				t.Errorf("%s\nPlan(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// from returns a decision that left a region.
func from(region string, d Decision) Decision {
	d.From = region

	return d
}
