package emulator

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

func TestDarkSource(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass})
	w.here(west).AddTable(Table{Name: record})
	snapshot := w.here(east).AddDBSnapshot(DBSnapshot{Identifier: "s"})
	cluster := w.here(east).AddDBClusterSnapshot(DBClusterSnapshot{Identifier: "s"})
	instance := w.here(east).AddDBInstance(DBInstance{Identifier: "i", Class: largeClass, BackupRetentionPeriod: 1})
	volume := w.here(east).AddSnapshot(Snapshot{ID: "snap-s"})

	ctx := t.Context()
	calls := map[string]func(string) error{
		"CopyDBSnapshot": func(id string) error {
			_, err := w.rds(west).CopyDBSnapshot(ctx, &rds.CopyDBSnapshotInput{
				SourceDBSnapshotIdentifier: aws.String(snapshot), TargetDBSnapshotIdentifier: aws.String(id),
			})

			return err
		},
		"CopyDBClusterSnapshot": func(id string) error {
			_, err := w.rds(west).CopyDBClusterSnapshot(ctx, &rds.CopyDBClusterSnapshotInput{
				SourceDBClusterSnapshotIdentifier: aws.String(cluster), TargetDBClusterSnapshotIdentifier: aws.String(id),
			})

			return err
		},
		"CreateDBInstanceReadReplica": func(id string) error {
			_, err := w.rds(west).CreateDBInstanceReadReplica(ctx, &rds.CreateDBInstanceReadReplicaInput{
				SourceDBInstanceIdentifier: aws.String(instance), DBInstanceIdentifier: aws.String(id),
			})

			return err
		},
		"CopySnapshot": func(string) error {
			_, err := w.ec2(west).CopySnapshot(ctx, &ec2.CopySnapshotInput{SourceRegion: aws.String(east), SourceSnapshotId: aws.String(volume)})

			return err
		},
		"UpdateTable": func(string) error {
			_, err := w.dynamodb(west).UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: aws.String(record), ReplicaUpdates: replicaIn(east)})

			return err
		},
	}

	for name, f := range calls {
		dark := w.Inject(Scope{Region: east}, Hang())
		equal(t, "Nothing can be fetched from a region that is dark: "+name, 500, refusalOf(f("a")).Status)
		dark.Clear()
		w.mustRefuse("It can when the region is back: "+name, "", f("b"))
	}
}

func TestStrongQuorum(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).AddGlobalTable(Table{Name: record, HashKey: "target"}, Strong, ohio, east, west)

	read := func() error {
		_, err := w.dynamodb(west).GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: aws.String(record), Key: recordKey("payments"), ConsistentRead: aws.Bool(true),
		})

		return err
	}

	w.Inject(Scope{Region: east}, Reset())
	w.mustRefuse("Two regions of three agree.", "", w.putRecordIf(t.Context(), west, "payments", 2))

	witness := w.Inject(Scope{Region: ohio, Service: dynamoDBService}, Hang())
	w.mustRefuse("One alone does not write.", "InternalServerError", w.putRecordIf(t.Context(), west, "payments", 3))
	w.mustRefuse("Nor does it read.", "InternalServerError", read())
	witness.Clear()
	equal(t, "What was refused was not written.", 2, w.epoch(west, "payments", true))
}
