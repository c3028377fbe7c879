package inventory

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

const (
	promoted   = "it replicates nothing: it was promoted, or never was a replica"
	replicaLag = "ReplicaLag"
)

// facts are what the tests of single candidates look at.
type facts struct {
	ID, Region     string
	DataTime       time.Time
	DataTimeSource string
	Unusable       snapshot.Code
	Why, Note      string
}

func factsOf(a *Answer) []facts {
	out := make([]facts, 0, len(a.Candidates))
	for _, c := range a.Candidates {
		out = append(out, facts{
			ID: c.ID, Region: c.Store.Region, DataTime: c.DataTime, DataTimeSource: c.DataTimeSource,
			Unusable: c.Unusable, Why: c.Why, Note: c.Note,
		})
	}

	return out
}

func TestFindTable(t *testing.T) {
	const table = "arn:aws:dynamodb:us-west-2:111122223333:table/orders"

	cases := map[string]struct {
		reason string
		table  *emulator.Table
		source snapshot.Source
		want   []facts
		window *Window
	}{
		"PointInTimeRecovery": {
			reason: "What a table can be restored to is one candidate, as new as the newest point in time, less what it is rounded by.",
			table:  &emulator.Table{Name: "orders", PointInTimeRecovery: ago(48 * time.Hour)},
			source: snapshot.Source{Identifier: "orders"},
			want:   []facts{{ID: table, Region: west, DataTime: ago(5 * time.Minute), DataTimeSource: "LatestRestorableDateTime"}},
			window: &Window{Earliest: ago(48 * time.Hour), Latest: ago(15 * time.Minute)},
		},
		"NoRecovery": {
			reason: "A table without point-in-time recovery can't be restored.",
			table:  &emulator.Table{Name: "orders"},
			source: snapshot.Source{ARN: table},
			want:   []facts{{ID: table, Region: west, Unusable: snapshot.NotAvailable, Why: "it has no point-in-time recovery"}},
		},
		"NoTable": {
			reason: "A table that is not there is no error.",
			source: snapshot.Source{Identifier: "orders"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if tc.table != nil {
				w.in(west).AddTable(*tc.table)
			}

			tc.source.Kind = snapshot.Table
			a := w.must(t, of(tc.source))

			if diff := cmp.Diff(tc.want, factsOf(a), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(tc.window, a.Window); diff != "" {
				t.Errorf("%s\nFind(...): window: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAReplicatedTableIsTheSameTable(t *testing.T) {
	w := newWorld(t)
	w.Account(account).AddGlobalTable(emulator.Table{Name: "orders", PointInTimeRecovery: ago(time.Hour)}, emulator.Eventual, "", east, west)
	w.in(west).AddTable(emulator.Table{Name: "other", PointInTimeRecovery: ago(time.Hour)})

	for name, want := range map[string]bool{"orders": true, "other": false} {
		r := of(snapshot.Source{Kind: snapshot.Table, ARN: "arn:aws:dynamodb:us-east-1:111122223333:table/" + name})

		s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
		if (s.Selected != nil) != want {
			t.Errorf("The table %s of the other region is told by its ARN: selected %v, rejected %v", name, s.Selected, s.Rejected)
		}
	}
}

func TestFindDBInstanceReplica(t *testing.T) {
	lag := func(w *world, at time.Time, seconds float64) {
		w.in(west).PutMetric(emulator.Metric{
			Namespace: "AWS/RDS", Name: replicaLag, Dimensions: map[string]string{"DBInstanceIdentifier": "standby"},
		}, at, seconds)
	}

	cases := map[string]struct {
		reason string
		do     func(w *world)
		source snapshot.Source
		maxAge time.Duration
		want   []facts
	}{
		"Lag": {
			reason: "The data is as old as the last sample, and the lag older.",
			do:     func(w *world) { lag(w, ago(3*time.Minute), 1); lag(w, ago(2*time.Minute), 30) },
			source: snapshot.Source{Identifier: "standby"}, maxAge: 10 * time.Second,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(150 * time.Second), DataTimeSource: replicaLag}},
		},
		"Steps": {
			reason: "It is rounded down to a tenth of what is allowed: each change of a status renders an XR.",
			do:     func(w *world) { lag(w, ago(2*time.Minute), 30) },
			source: snapshot.Source{Identifier: "standby"}, maxAge: 10 * time.Minute,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(3 * time.Minute), DataTimeSource: replicaLag}},
		},
		"DarkForHours": {
			reason: "While the primary is dark nothing is replicated, and the data is as new as it was.",
			do: func(w *world) {
				w.in(west).SetReplication("standby", "error", "cannot connect")

				for h := 8; h > 5; h-- {
					lag(w, ago(time.Duration(h)*time.Hour), 600)
				}

				for m := 300; m > 0; m -= 10 {
					lag(w, ago(time.Duration(m)*time.Minute), -1)
				}
			},
			source: snapshot.Source{Identifier: "standby"}, maxAge: 10 * time.Minute,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(6*time.Hour + 10*time.Minute), DataTimeSource: replicaLag, Note: "its replication is error"}},
		},
		"NoSamples": {
			reason: "Without a sample nobody knows.",
			do:     func(*world) {},
			source: snapshot.Source{Identifier: "standby"},
			want:   []facts{{ID: "standby", Region: east}},
		},
		"ByARN": {
			reason: "An ARN tells what it is, and where.",
			do:     func(w *world) { lag(w, ago(time.Minute), 0) },
			source: snapshot.Source{ARN: "arn:aws:rds:us-west-2:111122223333:db:standby"}, maxAge: 10 * time.Second,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(time.Minute), DataTimeSource: replicaLag}},
		},
		"ByTags": {
			reason: "So do tags.",
			do:     func(w *world) { lag(w, ago(time.Minute), 0) },
			source: snapshot.Source{Tags: map[string]string{"crossdr.io/component": "db"}}, maxAge: 10 * time.Second,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(time.Minute), DataTimeSource: replicaLag}},
		},
		"NotAReplica": {
			reason: "A database that takes writes of its own is no replica.",
			do:     func(*world) {},
			source: snapshot.Source{Identifier: "alone"},
			want: []facts{{
				ID: "alone", Region: west, Unusable: snapshot.NotAvailable, Why: promoted,
			}},
		},
		"NotThere": {
			reason: "What is not there is no error: it is not found.",
			do:     func(*world) {},
			source: snapshot.Source{Identifier: "gone"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.in(west).AddDBInstance(emulator.DBInstance{
				Identifier: "standby", ResourceID: "db-S", ReplicaSource: eastDB, Tags: map[string]string{"crossdr.io/component": "db"},
			})
			w.in(west).AddDBInstance(emulator.DBInstance{Identifier: "alone", ResourceID: "db-A"})
			tc.do(w)

			tc.source.Kind = snapshot.Replica
			r := of(tc.source)

			if tc.maxAge != 0 {
				r.MaxAge = &tc.maxAge
			}

			if diff := cmp.Diff(tc.want, factsOf(w.must(t, r)), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAReplicaOfAnotherLineage(t *testing.T) {
	w := newWorld(t)
	w.in(west).AddDBInstance(emulator.DBInstance{Identifier: "standby", ResourceID: "db-NEW", ReplicaSource: eastDB})

	r := of(snapshot.Source{Kind: snapshot.Replica, Identifier: "standby", ResourceID: "db-OLD"})

	s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
	if len(s.Rejected) != 1 || s.Rejected[0].Code != snapshot.WrongLineage {
		t.Errorf("A replica that took the name of another is another: selected %v, rejected %v", s.Selected, s.Rejected)
	}
}

func TestFindDBClusterReplica(t *testing.T) {
	const (
		primary = "arn:aws:rds:us-east-1:111122223333:cluster:orders"
		standby = "arn:aws:rds:us-west-2:111122223333:cluster:standby"
	)

	member := func(writer, sync string) func(w *world) {
		return func(w *world) {
			w.Account(account).SetGlobalCluster(emulator.GlobalCluster{Identifier: "g", Members: []emulator.GlobalClusterMember{
				{ClusterARN: primary, Writer: writer == primary},
				{ClusterARN: standby, Writer: writer == standby, SynchronizationStatus: sync},
			}})
		}
	}

	cases := map[string]struct {
		reason     string
		do         func(w *world)
		dimensions map[string]string
		want       []facts
	}{
		"Secondary": {
			reason:     "The lag of a secondary cluster is in milliseconds.",
			do:         member(primary, "connected"),
			dimensions: map[string]string{"DBClusterIdentifier": "standby"},
			want:       []facts{{ID: "standby", Region: east, DataTime: ago(62 * time.Second), DataTimeSource: "AuroraGlobalDBReplicationLag"}},
		},
		"BySourceRegion": {
			reason:     "It may be told by the region of the primary, too.",
			do:         member(primary, "connected"),
			dimensions: map[string]string{"DBClusterIdentifier": "standby", "SourceRegion": east},
			want:       []facts{{ID: "standby", Region: east, DataTime: ago(62 * time.Second), DataTimeSource: "AuroraGlobalDBReplicationLag"}},
		},
		"Resync": {
			reason: "One that lost the connection can be used, and it is told.",
			do:     member(primary, "pending-resync"),
			want:   []facts{{ID: "standby", Region: east, Note: "its replication is pending-resync"}},
		},
		"Promoted": {
			reason: "The writer follows nobody.",
			do:     member(standby, "connected"),
			want: []facts{{
				ID: "standby", Region: west, Unusable: snapshot.NotAvailable, Why: promoted,
			}},
		},
		"NoMember": {
			reason: "Nor does a cluster of its own.",
			do:     func(*world) {},
			want: []facts{{
				ID: "standby", Region: west, Unusable: snapshot.NotAvailable, Why: promoted,
			}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.in(west).AddDBCluster(emulator.DBCluster{Identifier: "standby", ResourceID: "cluster-S"})
			w.in(east).AddDBCluster(emulator.DBCluster{Identifier: "orders", ResourceID: "cluster-O"})
			tc.do(w)

			if tc.dimensions != nil {
				m := emulator.Metric{Namespace: "AWS/RDS", Name: "AuroraGlobalDBReplicationLag", Dimensions: tc.dimensions}
				w.in(west).PutMetric(m, ago(time.Minute), 1500)
			}

			r := of(snapshot.Source{Kind: snapshot.Replica, Identifier: "standby"})
			r.MaxAge = new(time.Second)

			if diff := cmp.Diff(tc.want, factsOf(w.must(t, r)), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFindTableReplica(t *testing.T) {
	cases := map[string]struct {
		reason      string
		consistency string
		regions     []string
		state       string
		want        []facts
	}{
		"NotAuthorized": {
			reason:      "A link that is broken takes nothing away from what has come over it.",
			consistency: emulator.Eventual, regions: []string{east, west}, state: "REPLICATION_NOT_AUTHORIZED",
			want: []facts{{ID: "orders", Region: west, Note: "its replication is not authorized"}},
		},
		"Eventual": {
			reason:      "DynamoDB tells the lag in the region that sends only, which may be dark.",
			consistency: emulator.Eventual, regions: []string{east, west},
			want: []facts{{ID: "orders", Region: west}},
		},
		"Strong": {
			reason:      "What is acknowledged is in all regions.",
			consistency: emulator.Strong, regions: []string{east, west, "us-east-2"},
			want: []facts{{ID: "orders", Region: west, DataTime: noon, DataTimeSource: "MultiRegionConsistency"}},
		},
		"Inaccessible": {
			reason:      "A replica without its key is on its way out.",
			consistency: emulator.Eventual, regions: []string{east, west}, state: "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
			want: []facts{{ID: "orders", Region: west, Unusable: snapshot.NotAvailable, Why: "it is INACCESSIBLE_ENCRYPTION_CREDENTIALS"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Account(account).AddGlobalTable(emulator.Table{Name: "orders", Status: tc.state}, tc.consistency, "", tc.regions...)

			if diff := cmp.Diff(tc.want, factsOf(w.must(t, of(snapshot.Source{Kind: snapshot.Replica, Identifier: "orders"})))); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFindRecoveryPoint(t *testing.T) {
	const files = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1"

	w := newWorld(t)
	w.SetPageSize(2)

	here := w.in(west)

	for i := range 3 {
		here.AddRecoveryPoint(emulator.RecoveryPoint{
			ARN: fmt.Sprintf("arn:aws:backup:us-west-2:111122223333:recovery-point:other-%d", i), Vault: "other",
			ResourceARN: "arn:aws:dynamodb:us-west-2:111122223333:table/orders", ResourceType: "DynamoDB",
		})
		here.AddRecoveryPoint(emulator.RecoveryPoint{
			ARN: fmt.Sprintf("arn:aws:backup:us-west-2:111122223333:recovery-point:%d", i), Vault: fmt.Sprintf("vault-%d", i),
			ResourceARN: files, ResourceType: "EFS", CreationTime: ago(time.Duration(i) * time.Hour),
			Tags: map[string]string{snapshot.TagDataTime: "2026-11-20T08:02:00Z"},
		})
	}

	r := of(snapshot.Source{Kind: snapshot.RecoveryPoint, ARN: files})

	want := make([]facts, 0, 3)
	for i := range 3 {
		want = append(want, facts{
			ID: fmt.Sprintf("arn:aws:backup:us-west-2:111122223333:recovery-point:%d", i), Region: east, DataTime: data, DataTimeSource: snapshot.TagDataTime,
		})
	}

	if diff := cmp.Diff(want, factsOf(w.must(t, r))); diff != "" {
		t.Errorf("All vaults are looked into, and the tags of copies tell when their data is from: -want, +got:\n%s", diff)
	}

	asked := len(w.Calls(emulator.Scope{Action: "ListTags"}))

	w.later()
	w.must(t, r)

	if n := len(w.Calls(emulator.Scope{Action: "ListTags"})); asked != 3 || n != asked {
		t.Errorf("Tags are asked for one by one, and kept for longer than a listing: %d calls, then %d more", asked, n-asked)
	}

	if _, err := w.find(t, of(snapshot.Source{Kind: snapshot.RecoveryPoint, Tags: map[string]string{"a": "b"}})); err == nil {
		t.Error("AWS Backup lists no tags, and a source that is told by nothing else is none")
	}
}

func TestMatchingTagsOfRecoveryPoints(t *testing.T) {
	const table = "arn:aws:dynamodb:us-west-2:111122223333:table/orders"

	w := newWorld(t)
	for name, tags := range map[string]map[string]string{"gold": {"tier": "gold"}, "plain": nil} {
		w.in(west).AddRecoveryPoint(emulator.RecoveryPoint{
			ARN: "arn:aws:backup:us-west-2:111122223333:recovery-point:" + name, ResourceARN: table, ResourceType: "DynamoDB", Tags: tags,
		})
	}

	r := of(snapshot.Source{Kind: snapshot.RecoveryPoint, ARN: table})
	r.Match.Tags = map[string]string{"tier": "gold"}

	s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
	if s.Selected == nil || nameOf(s.Selected.ID) != "gold" || len(s.Rejected) != 1 || s.Rejected[0].Code != snapshot.NotMatching {
		t.Errorf("Tags that are asked for are looked at: selected %v, rejected %v", s.Selected, s.Rejected)
	}
}

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
		{Kind: snapshot.Table, Identifier: "orders"},
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
