package inventory

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

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
