package topology

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/function/internal/objective"
)

func TestFollower(t *testing.T) {
	two := []string{east, west}
	db := Component{Name: "db", Tier: Data, Restorable: true, Replicable: true}
	follower := Component{Name: "db-backup", Tier: Protection, Follows: "db"}

	left := Decision{Target: "dr.t", Active: west, Epoch: 2, DataEpoch: 2, From: east, Holder: true}
	follow := left
	follow.Holder = false

	home := Observed{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1, Target: "dr.t", Created: true, Healthy: true}
	beside := Observed{Key: "db-backup", Component: "db-backup", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1, Target: "dr.t"}

	fenced, besideFenced := home, beside
	fenced.Role, besideFenced.Role = Fenced, Fenced

	later := Observed{Key: "db-us-west-2-e2", Component: "db", Region: west, Role: Serving, Epoch: 2, DecidedEpoch: 2, Target: "dr.t", Created: true, Healthy: true}
	replica := Observed{Key: "db-us-west-2", Component: "db", Region: west, Role: Standby, Epoch: 1, DecidedEpoch: 1, Target: "dr.t", ReplicaOf: "db", Created: true, Healthy: true}
	kept := beside
	kept.Role = Kept

	cases := map[string]struct {
		reason     string
		components []Component
		strategy   objective.Strategy
		decision   Decision
		observed   []Observed
		want       []string
	}{
		"Home": {
			reason: "It waits for what it follows, under its bare name.", components: []Component{db, follower}, decision: steady(east, 1),
			want: []string{"db Serving us-east-1 e1 new", "db-backup Serving us-east-1 e1 waits"},
		},
		"Serving": {
			reason: "Beside a copy that serves there is one.", components: []Component{db, follower}, decision: steady(east, 1), observed: []Observed{home},
			want: []string{"db Serving us-east-1 e1 exists", "db-backup Serving us-east-1 e1 new"},
		},
		"NoStandby": {
			reason: "A replica is not followed.", components: []Component{db, follower}, strategy: objective.PilotLight, decision: steady(east, 1), observed: []Observed{home, replica, beside},
			want: []string{"db Serving us-east-1 e1 exists", "db-backup Serving us-east-1 e1 exists", "db-us-west-2 Standby us-west-2 e1 exists"},
		},
		"Restored": {
			reason: "The next copy has one of its own, of its epoch, and the old one is fenced with what it follows.", components: []Component{db, follower}, decision: left, observed: []Observed{home, beside, later},
			want: []string{"db Fenced us-east-1 e1 exists", "db-backup Fenced us-east-1 e1 exists", "db-backup-us-west-2-e2 Serving us-west-2 e2 new", "db-us-west-2-e2 Serving us-west-2 e2 exists"},
		},
		"Promoted": {
			reason: "A promoted replica keeps its epoch, and so does what follows it.", components: []Component{db, follower}, decision: left, observed: []Observed{home, beside, replica},
			want: []string{"db Fenced us-east-1 e1 exists", "db-backup Fenced us-east-1 e1 exists", "db-backup-us-west-2 Serving us-west-2 e1 new", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"TakenOut": {
			reason: "Law 1: what follows no more is kept.", components: []Component{db}, decision: left, observed: []Observed{fenced, besideFenced, later, {Key: "db-backup-us-west-2-e2", Component: "db-backup", Region: west, Role: Serving, Epoch: 2, DecidedEpoch: 2, Target: "dr.t"}},
			want: []string{"db Fenced us-east-1 e1 exists", "db-backup Fenced us-east-1 e1 exists", "db-backup-us-west-2-e2 Kept us-west-2 e2 exists", "db-us-west-2-e2 Serving us-west-2 e2 exists"},
		},
		"TakenBack": {
			reason: "What was kept follows again, and no second one is made.", components: []Component{db, follower}, decision: steady(east, 1), observed: []Observed{home, kept},
			want: []string{"db Serving us-east-1 e1 exists", "db-backup Serving us-east-1 e1 exists"},
		},
		"NotHolder": {
			reason: "Law 4: who only observes makes none.", components: []Component{db, follower}, decision: follow, observed: []Observed{fenced, besideFenced, later},
			want: []string{"db Fenced us-east-1 e1 exists", "db-backup Fenced us-east-1 e1 exists", "db-backup-us-west-2-e2 Serving us-west-2 e2 waits", "db-us-west-2-e2 Serving us-west-2 e2 exists"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			strategy := tc.strategy
			if strategy == "" {
				strategy = objective.BackupAndRestore
			}

			copies, _ := Plan(Input{Regions: two, Strategy: strategy, Components: tc.components, Decision: tc.decision, Observed: tc.observed})
			if diff := cmp.Diff(tc.want, show(copies)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
