package inventory

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// copiedByBackup is how AWS Backup names what it copied, in place of backed up.
const copiedByBackup = "awsbackup:copyjob-"

// dbCluster finds the snapshots of a cluster of Aurora, DocumentDB or Neptune:
// RDS lists those of all three.
func (f *finder) dbCluster(ctx context.Context, r *Request) (*Answer, error) {
	return f.database(ctx, r, &databaseListings{
		snapshots: "DB cluster snapshots",
		listSnapshots: func(ctx context.Context) ([]snapshot.Candidate, error) {
			return listDBClusterSnapshots(ctx, f.clients.RDS(), f.region)
		},
		backups: "automated backups of DB clusters",
		listBackups: func(ctx context.Context) ([]snapshot.Candidate, error) {
			return listDBClusterBackups(ctx, f.clients.RDS())
		},
		stores: f.dbClusters,
	})
}

// listDBClusterSnapshots lists all snapshots of the account. As with instances,
// those of AWS Backup are asked for, too: by a filter, since they are no type
// that the documentation of SnapshotType has for clusters.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
func listDBClusterSnapshots(ctx context.Context, api rds.DescribeDBClusterSnapshotsAPIClient, region string) ([]snapshot.Candidate, error) {
	var out []snapshot.Candidate

	seen := map[string]bool{}

	for _, filters := range [][]types.Filter{nil, {{Name: aws.String("snapshot-type"), Values: []string{typeBackup}}}} {
		pages := rds.NewDescribeDBClusterSnapshotsPaginator(api, &rds.DescribeDBClusterSnapshotsInput{Filters: filters, MaxRecords: aws.Int32(rdsPage)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}

			for i := range page.DBClusterSnapshots {
				if c := dbClusterSnapshot(&page.DBClusterSnapshots[i], region); !seen[c.ARN] {
					seen[c.ARN] = true
					out = append(out, c)
				}
			}
		}
	}

	return out, nil
}

func dbClusterSnapshot(s *types.DBClusterSnapshot, region string) snapshot.Candidate {
	c := snapshot.Candidate{
		ID: aws.ToString(s.DBClusterSnapshotIdentifier), ARN: aws.ToString(s.DBClusterSnapshotArn), Parent: aws.ToString(s.SourceDBClusterSnapshotArn),
		CreatedAt: utc(s.SnapshotCreateTime), Origin: rdsOrigin(aws.ToString(s.SnapshotType), aws.ToString(s.DBClusterSnapshotIdentifier)),
		Encrypted: aws.ToBool(s.StorageEncrypted), KMSKeyID: aws.ToString(s.KmsKeyId),
		Engine: aws.ToString(s.Engine), EngineVersion: aws.ToString(s.EngineVersion), SizeGiB: int64(aws.ToInt32(s.AllocatedStorage)),
		Store: snapshot.Store{
			Identifier: aws.ToString(s.DBClusterIdentifier), ResourceID: aws.ToString(s.DbClusterResourceId),
			Region: region,
		},
		Tags: rdsTags(s.TagList),
	}

	switch from := regionOf(c.Parent); {
	case from != "":
		c.Store.Region = from
	case strings.HasPrefix(c.ID, copiedByBackup):
		// From where, nothing tells.
		c.Store.Region = ""
	}

	if c.Store.Region != "" {
		c.Store.ARNs = list(rdsStore(&c, "cluster:"))
	}

	c.Unusable, c.Why = rdsUnusable(aws.ToString(s.SnapshotType), aws.ToString(s.Status), s.PercentProgress)
	c.DataTime, c.DataTimeSource = dbClusterSnapshotDataTime(s, &c)

	return c
}

// dbClusterSnapshotDataTime returns when the data of a snapshot is from. A copy
// does not tell when its original was made.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterSnapshot.html
func dbClusterSnapshotDataTime(s *types.DBClusterSnapshot, c *snapshot.Candidate) (time.Time, string) {
	if c.Parent == "" && !strings.HasPrefix(c.ID, copiedByBackup) && s.SnapshotCreateTime != nil {
		return c.CreatedAt, "SnapshotCreateTime"
	}

	return tagged(c)
}

func listDBClusterBackups(ctx context.Context, api rds.DescribeDBClusterAutomatedBackupsAPIClient) ([]snapshot.Candidate, error) {
	var out []snapshot.Candidate

	pages := rds.NewDescribeDBClusterAutomatedBackupsPaginator(api, &rds.DescribeDBClusterAutomatedBackupsInput{MaxRecords: aws.Int32(rdsPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.DBClusterAutomatedBackups {
			b := &page.DBClusterAutomatedBackups[i]
			out = append(out, automatedBackup(b.DBClusterAutomatedBackupsArn, snapshot.Store{
				Identifier: aws.ToString(b.DBClusterIdentifier), ResourceID: aws.ToString(b.DbClusterResourceId),
				ARNs: list(aws.ToString(b.DBClusterArn)), Region: regionOf(aws.ToString(b.DBClusterArn)),
			}, b.RestoreWindow))
		}
	}

	return out, nil
}
