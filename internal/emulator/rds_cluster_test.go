package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

const aurora = "aurora-postgresql"

func (w *world) dbCluster(region, id string) types.DBCluster {
	w.t.Helper()

	return must[*rds.DescribeDBClustersOutput](w)(w.rds(region).DescribeDBClusters(w.t.Context(), &rds.DescribeDBClustersInput{
		DBClusterIdentifier: aws.String(id),
	})).DBClusters[0]
}

func (w *world) global(region, id string) types.GlobalCluster {
	w.t.Helper()

	return must[*rds.DescribeGlobalClustersOutput](w)(w.rds(region).DescribeGlobalClusters(w.t.Context(), &rds.DescribeGlobalClustersInput{
		GlobalClusterIdentifier: aws.String(id),
	})).GlobalClusters[0]
}

func TestDBCluster(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass, Engine: aurora})
	w.SetDuration(Scope{Action: "CreateDBCluster"}, time.Minute)

	ctx := t.Context()
	in := &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String("orders"), Engine: aws.String(aurora), MasterUsername: aws.String("root"),
		StorageEncrypted: aws.Bool(true), BackupRetentionPeriod: aws.Int32(3),
	}
	must[*rds.CreateDBClusterOutput](w)(w.rds(west).CreateDBCluster(ctx, in))
	equal(t, "A cluster takes its time.", "creating", *w.dbCluster(west, "orders").Status)
	w.clock.Advance(time.Minute)

	for _, id := range []string{"orders-1", "orders-2"} {
		must[*rds.CreateDBInstanceOutput](w)(w.rds(west).CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
			DBInstanceIdentifier: aws.String(id), DBClusterIdentifier: aws.String("orders"),
			DBInstanceClass: aws.String(largeClass), Engine: aws.String(aurora),
		}))
	}

	k := w.dbCluster(west, "orders")
	writers := map[string]bool{}

	for _, m := range k.DBClusterMembers {
		writers[*m.DBInstanceIdentifier] = *m.IsClusterWriter
	}

	equal(t, "A cluster lists its members, of which the first takes writes.", map[string]bool{"orders-1": true, "orders-2": false}, writers)
	equal(t, "It is available, in three zones of the region, and its members have its key.",
		[]any{"available", []string{"us-west-2a", "us-west-2b", "us-west-2c"}, *k.KmsKeyId},
		[]any{*k.Status, k.AvailabilityZones, *w.dbInstance(west, "orders-1").KmsKeyId})

	_, err := w.rds(west).CreateDBCluster(ctx, in)
	w.mustRefuse("An identifier names one cluster.", "DBClusterAlreadyExistsFault", err)

	_, err = w.rds(west).CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("x"), DBClusterIdentifier: aws.String("none"), DBInstanceClass: aws.String(largeClass), Engine: aws.String(aurora),
	})
	w.mustRefuse("A member needs its cluster.", "DBClusterNotFoundFault", err)

	backups := must[*rds.DescribeDBClusterAutomatedBackupsOutput](w)(w.rds(west).DescribeDBClusterAutomatedBackups(ctx,
		&rds.DescribeDBClusterAutomatedBackupsInput{DBClusterIdentifier: aws.String("orders")})).DBClusterAutomatedBackups
	equal(t, "A cluster always has backups.", noon.Add(time.Minute), backups[0].RestoreWindow.LatestTime.Add(time.Minute))
}

func TestRetainedClusterBackup(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddDBClusterAutomatedBackup(DBClusterAutomatedBackup{ClusterIdentifier: "gone", ResourceID: "cluster-G", Latest: noon.Add(-time.Hour)})

	find := func(id string) (*rds.DescribeDBClusterAutomatedBackupsOutput, error) {
		return w.rds(west).DescribeDBClusterAutomatedBackups(t.Context(), &rds.DescribeDBClusterAutomatedBackupsInput{DbClusterResourceId: aws.String(id)})
	}

	b := must[*rds.DescribeDBClusterAutomatedBackupsOutput](w)(find("cluster-G")).DBClusterAutomatedBackups[0]
	equal(t, "The backup of a deleted cluster is retained, and its window stands still.",
		[]any{"retained", noon.Add(-time.Hour)}, []any{*b.Status, *b.RestoreWindow.LatestTime})

	_, err := find("cluster-none")
	w.mustRefuse("No backup is an error.", "DBClusterAutomatedBackupNotFoundFault", err)
}

func TestRestoreDBCluster(t *testing.T) {
	w := newWorld(t)
	key := "arn:aws:kms:us-west-2:111122223333:key/k"
	w.here(west).AddDBClusterSnapshot(DBClusterSnapshot{Identifier: "s", Encrypted: true, KMSKeyID: key})

	restore := func(id, engine, snapshot string) error {
		_, err := w.rds(west).RestoreDBClusterFromSnapshot(t.Context(), &rds.RestoreDBClusterFromSnapshotInput{
			DBClusterIdentifier: aws.String(id), Engine: aws.String(engine), SnapshotIdentifier: aws.String(snapshot),
		})

		return err
	}

	w.mustRefuse("A snapshot that does not exist can't be restored.", "DBClusterSnapshotNotFoundFault", restore("new", aurora, "none"))
	w.mustRefuse("Nor one of another engine.", codeInvalidCombination, restore("new", "aurora-mysql", "s"))
	w.mustRefuse("The engine's own can.", "", restore("new", aurora, "s"))

	k := w.dbCluster(west, "new")
	equal(t, "The key is the snapshot's, and there are no instances yet.", []any{key, 0}, []any{*k.KmsKeyId, len(k.DBClusterMembers)})
}

func TestGlobalCluster(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass, Engine: aurora})

	ctx := t.Context()
	primary := w.here(east).AddDBCluster(DBCluster{Identifier: "orders", Encrypted: true})
	must[*rds.CreateGlobalClusterOutput](w)(w.rds(east).CreateGlobalCluster(ctx, &rds.CreateGlobalClusterInput{
		GlobalClusterIdentifier: aws.String("world"), SourceDBClusterIdentifier: aws.String(primary),
	}))

	in := &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String("orders-west"), Engine: aws.String(aurora), GlobalClusterIdentifier: aws.String("world"),
	}
	_, err := w.rds(west).CreateDBCluster(ctx, in)
	w.mustRefuse("A secondary of an encrypted cluster needs a key of its region.", codeInvalidCombination, err)

	in.KmsKeyId, in.MasterUsername = aws.String("k"), aws.String("root")
	_, err = w.rds(west).CreateDBCluster(ctx, in)
	w.mustRefuse("A secondary has the users of its primary.", codeInvalidCombination, err)

	in.MasterUsername = nil
	secondary := *must[*rds.CreateDBClusterOutput](w)(w.rds(west).CreateDBCluster(ctx, in)).DBCluster.DBClusterArn

	must[*rds.CreateDBInstanceOutput](w)(w.rds(west).CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("orders-west-1"), DBClusterIdentifier: aws.String("orders-west"),
		DBInstanceClass: aws.String(largeClass), Engine: aws.String(aurora),
	}))
	equal(t, "Nothing takes writes in a secondary.", false, *w.dbCluster(west, "orders-west").DBClusterMembers[0].IsClusterWriter)

	members := w.global(west, "world").GlobalClusterMembers
	equal(t, "Every region knows the members, and how well they follow.",
		[]any{primary, true, []string{secondary}, secondary, false, types.GlobalClusterMemberSynchronizationStatus("connected")},
		[]any{
			*members[0].DBClusterArn, *members[0].IsWriter, members[0].Readers,
			*members[1].DBClusterArn, *members[1].IsWriter, members[1].SynchronizationStatus,
		})

	remove := func(region, arn string) error {
		_, err := w.rds(region).RemoveFromGlobalCluster(ctx, &rds.RemoveFromGlobalClusterInput{
			GlobalClusterIdentifier: aws.String("world"), DbClusterIdentifier: aws.String(arn),
		})

		return err
	}

	w.mustRefuse("The primary can't be removed before its secondaries.", "InvalidGlobalClusterStateFault", remove(east, primary))
	w.mustRefuse("A secondary can.", "", remove(west, secondary))
	w.mustRefuse("It is then no member.", "DBClusterNotFoundFault", remove(west, secondary))

	k := w.dbCluster(west, "orders-west")
	equal(t, "A cluster that was removed takes writes on its own.", []any{true, true}, []any{*k.DBClusterMembers[0].IsClusterWriter, k.GlobalClusterIdentifier == nil})
}

func TestJoinGlobalClusterRefuses(t *testing.T) {
	w := newWorld(t)
	primary := w.here(east).AddDBCluster(DBCluster{Identifier: "orders"})
	w.Account(testAccount).SetGlobalCluster(GlobalCluster{Identifier: "world", Members: []GlobalClusterMember{{ClusterARN: primary, Writer: true}}})

	cases := map[string]struct {
		reason                 string
		region, engine, global string
		want                   string
	}{
		"Joins":      {reason: "Another region joins.", region: west, engine: aurora, global: "world"},
		"NoGlobal":   {reason: "The global cluster exists.", region: west, engine: aurora, global: "none", want: "GlobalClusterNotFoundFault"},
		"Engine":     {reason: "It is of one engine.", region: west, engine: "aurora-mysql", global: "world", want: codeInvalidCombination},
		"SameRegion": {reason: "It has one cluster a region.", region: east, engine: aurora, global: "world", want: "InvalidGlobalClusterStateFault"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := w.rds(tc.region).CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
				DBClusterIdentifier: aws.String("x-" + name), Engine: aws.String(tc.engine), GlobalClusterIdentifier: aws.String(tc.global),
			})
			w.mustRefuse(tc.reason, tc.want, err)
		})
	}

	_, err := w.rds(east).CreateGlobalCluster(t.Context(), &rds.CreateGlobalClusterInput{
		GlobalClusterIdentifier: aws.String("second"), SourceDBClusterIdentifier: aws.String(primary),
	})
	w.mustRefuse("A cluster is in one global cluster.", "InvalidDBClusterStateFault", err)
}

func TestDescribeDBClusters(t *testing.T) {
	w := newWorld(t)
	arn := w.here(west).AddDBCluster(DBCluster{Identifier: "orders", ResourceID: "cluster-A"})
	w.here(west).AddDBCluster(DBCluster{Identifier: "users", Engine: "neptune"})

	filter := func(name, value string) *rds.DescribeDBClustersInput {
		return &rds.DescribeDBClustersInput{Filters: []types.Filter{{Name: aws.String(name), Values: []string{value}}}}
	}

	cases := map[string]struct {
		reason string
		in     *rds.DescribeDBClustersInput
		want   int
		code   string
	}{
		"All":      {reason: "All are listed.", in: &rds.DescribeDBClustersInput{}, want: 2},
		"ARN":      {reason: "An ARN names one.", in: &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String(arn)}, want: 1},
		"Resource": {reason: "A resource id finds one.", in: filter("db-cluster-resource-id", "cluster-A"), want: 1},
		"Engine":   {reason: "Engines are told apart.", in: filter("engine", "neptune"), want: 1},
		"Tag":      {reason: "There is no filter for tags.", in: filter("tag:a", "b"), code: codeInvalidValue},
		"NotFound": {reason: "None is an error.", in: &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("none")}, code: "DBClusterNotFoundFault"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := w.rds(west).DescribeDBClusters(t.Context(), tc.in)
			w.mustRefuse(tc.reason, tc.code, err)

			if err == nil {
				equal(t, tc.reason, tc.want, len(out.DBClusters))
			}
		})
	}
}

func TestSetGlobalCluster(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).SetGlobalCluster(GlobalCluster{
		Identifier: "world",
		Members: []GlobalClusterMember{
			{ClusterARN: "a", Writer: true}, {ClusterARN: "b", SynchronizationStatus: "pending-resync"},
		},
		Failover: &GlobalClusterFailover{Status: "failing-over", FromARN: "a", ToARN: "b", DataLossAllowed: true},
	})

	g := w.global(east, "world")
	equal(t, "A failover that is under way is shown.",
		[]any{types.FailoverStatusFailingOver, "b", true, types.GlobalClusterMemberSynchronizationStatusPendingResync},
		[]any{g.FailoverState.Status, *g.FailoverState.ToDbClusterArn, *g.FailoverState.IsDataLossAllowed, g.GlobalClusterMembers[1].SynchronizationStatus})

	_, err := w.rds(east).DescribeGlobalClusters(t.Context(), &rds.DescribeGlobalClustersInput{GlobalClusterIdentifier: aws.String("none")})
	w.mustRefuse("A global cluster that does not exist is an error.", "GlobalClusterNotFoundFault", err)
}
