package inventory

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// TestActions finds something of each kind, and compares what was called with
// what is documented.
func TestActions(t *testing.T) {
	w := newWorld(t)

	here := w.in(west)
	here.AddDBInstance(emulator.DBInstance{Identifier: "standby", ReplicaSource: eastDB})
	here.AddDBCluster(emulator.DBCluster{Identifier: "standby-cluster"})
	here.AddTable(emulator.Table{Name: "orders", PointInTimeRecovery: ago(time.Hour)})
	here.AddRecoveryPoint(emulator.RecoveryPoint{ResourceARN: eastDB, ResourceType: "RDS"})

	for _, s := range []snapshot.Source{
		{Kind: snapshot.DBInstance, Identifier: "payments"},
		{Kind: snapshot.DBCluster, Identifier: "orders"},
		{Kind: snapshot.Volume, Identifier: "vol-0a"},
		{Kind: snapshot.Table, Identifier: "orders", Tags: map[string]string{"app": "orders"}},
		{Kind: snapshot.RecoveryPoint, ARN: eastDB},
		{Kind: snapshot.Replica, Identifier: "standby"},
		{Kind: snapshot.Replica, Identifier: "standby-cluster"},
		{Kind: snapshot.Replica, Identifier: "orders"},
	} {
		r := of(s)
		r.RestoreAs = "restored"
		w.must(t, r)
	}

	calls := w.Calls(emulator.Scope{})
	called := make([]string, 0, len(calls))

	for _, c := range calls {
		if c.Region != west {
			t.Errorf("%s:%s is called in %s", c.Service, c.Action, c.Region)
		}

		called = append(called, c.Service+":"+c.Action)
	}

	slices.Sort(called)

	if diff := cmp.Diff(Actions, slices.Compact(called)); diff != "" {
		t.Errorf("What is called is what may be called: -documented, +called:\n%s", diff)
	}
}
