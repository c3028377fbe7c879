package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

func TestDBClusterSnapshots(t *testing.T) {
	w := newWorld(t)
	w.here(east).AddDBCluster(DBCluster{Identifier: "orders", ResourceID: "cluster-A"})

	ctx := t.Context()
	taken := must[*rds.CreateDBClusterSnapshotOutput](w)(w.rds(east).CreateDBClusterSnapshot(ctx, &rds.CreateDBClusterSnapshotInput{
		DBClusterIdentifier: aws.String("orders"), DBClusterSnapshotIdentifier: aws.String("s1"),
	})).DBClusterSnapshot

	w.clock.Advance(time.Hour)

	must[*rds.CopyDBClusterSnapshotOutput](w)(w.rds(west).CopyDBClusterSnapshot(ctx, &rds.CopyDBClusterSnapshotInput{
		SourceDBClusterSnapshotIdentifier: taken.DBClusterSnapshotArn, TargetDBClusterSnapshotIdentifier: aws.String("copy"),
	}))

	w.here(west).AddDBClusterSnapshot(DBClusterSnapshot{Identifier: "rds:auto", ClusterIdentifier: "orders", Type: snapshotAutomated})

	found := must[*rds.DescribeDBClusterSnapshotsOutput](w)(w.rds(west).DescribeDBClusterSnapshots(ctx, &rds.DescribeDBClusterSnapshotsInput{
		DbClusterResourceId: aws.String("cluster-A"),
	})).DBClusterSnapshots

	if len(found) != 1 {
		t.Fatalf("A resource id finds the snapshots of one cluster: got %d", len(found))
	}

	equal(t, "A copy of a cluster snapshot tells when it was copied, and of its source no more than the ARN.",
		[]any{noon.Add(time.Hour), aws.ToString(taken.DBClusterSnapshotArn), "cluster-A"},
		[]any{*found[0].SnapshotCreateTime, aws.ToString(found[0].SourceDBClusterSnapshotArn), aws.ToString(found[0].DbClusterResourceId)})

	_, err := w.rds(west).DescribeDBClusterSnapshots(ctx, &rds.DescribeDBClusterSnapshotsInput{DBClusterSnapshotIdentifier: aws.String("s1")})
	w.mustRefuse("A snapshot of another region is not found.", "DBClusterSnapshotNotFoundFault", err)

	w.here(west).RemoveDBClusterSnapshot("copy")

	_, err = w.rds(west).DescribeDBClusterSnapshots(ctx, &rds.DescribeDBClusterSnapshotsInput{DBClusterSnapshotIdentifier: aws.String("copy")})
	w.mustRefuse("A snapshot that was removed is not found.", "DBClusterSnapshotNotFoundFault", err)
}

func TestRDSTags(t *testing.T) {
	w := newWorld(t)
	arns := []string{
		w.here(west).AddDBInstance(DBInstance{Identifier: "i"}),
		w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "s"}),
		w.here(west).AddDBCluster(DBCluster{Identifier: "k"}),
		w.here(west).AddDBClusterSnapshot(DBClusterSnapshot{Identifier: "ks"}),
	}

	for _, arn := range arns {
		must[*rds.AddTagsToResourceOutput](w)(w.rds(west).AddTagsToResource(t.Context(), &rds.AddTagsToResourceInput{
			ResourceName: aws.String(arn), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		}))

		out := must[*rds.ListTagsForResourceOutput](w)(w.rds(west).ListTagsForResource(t.Context(), &rds.ListTagsForResourceInput{ResourceName: aws.String(arn)}))
		equal(t, "Tags that were added are listed: "+arn, "b", aws.ToString(out.TagList[0].Value))
	}

	for arn, want := range map[string]string{
		"arn:aws:rds:us-west-2:111122223333:db:none":       "DBInstanceNotFound",
		"arn:aws:rds:us-west-2:111122223333:snapshot:none": "DBSnapshotNotFound",
		"arn:aws:rds:us-east-1:111122223333:db:i":          codeInvalidValue,
		"i": codeInvalidValue,
	} {
		_, err := w.rds(west).ListTagsForResource(t.Context(), &rds.ListTagsForResourceInput{ResourceName: aws.String(arn)})
		w.mustRefuse("Tags are of what exists in the region, by ARN: "+arn, want, err)
	}
}
