package inventory

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// What RDS calls the types and the states of its snapshots.
const (
	typeAutomated = "automated"
	typeBackup    = "awsbackup"
	typeShared    = "shared"
	typePublic    = "public"

	statusAvailable = "available"
)

// rdsPage is the most that RDS returns at once.
const rdsPage = 100

// dbInstance finds the snapshots of a DB instance.
func (f *finder) dbInstance(ctx context.Context, r *Request) (*Answer, error) {
	return f.database(ctx, r, &databaseListings{
		snapshots: "DB snapshots",
		listSnapshots: func(ctx context.Context) ([]snapshot.Candidate, error) {
			return listDBSnapshots(ctx, f.clients.RDS(), f.region)
		},
		backups: "automated backups of DB instances",
		listBackups: func(ctx context.Context) ([]snapshot.Candidate, error) {
			return listDBInstanceBackups(ctx, f.clients.RDS())
		},
		stores: f.dbInstances,
	})
}

// listDBSnapshots lists all snapshots of the account. By default RDS leaves
// those of AWS Backup out.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
func listDBSnapshots(ctx context.Context, api rds.DescribeDBSnapshotsAPIClient, region string) ([]snapshot.Candidate, error) {
	var out []snapshot.Candidate

	seen := map[string]bool{}

	for _, of := range []*string{nil, aws.String(typeBackup)} {
		pages := rds.NewDescribeDBSnapshotsPaginator(api, &rds.DescribeDBSnapshotsInput{SnapshotType: of, MaxRecords: aws.Int32(rdsPage)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}

			for i := range page.DBSnapshots {
				if c := dbSnapshot(&page.DBSnapshots[i], region); !seen[c.ARN] {
					seen[c.ARN] = true
					out = append(out, c)
				}
			}
		}
	}

	return out, nil
}

func dbSnapshot(s *types.DBSnapshot, region string) snapshot.Candidate {
	c := snapshot.Candidate{
		ID: aws.ToString(s.DBSnapshotIdentifier), ARN: aws.ToString(s.DBSnapshotArn), Parent: aws.ToString(s.SourceDBSnapshotIdentifier),
		CreatedAt: utc(s.SnapshotCreateTime), Origin: rdsOrigin(aws.ToString(s.SnapshotType), aws.ToString(s.DBSnapshotIdentifier)),
		Encrypted: aws.ToBool(s.Encrypted), KMSKeyID: aws.ToString(s.KmsKeyId),
		Engine: aws.ToString(s.Engine), EngineVersion: aws.ToString(s.EngineVersion), SizeGiB: int64(aws.ToInt32(s.AllocatedStorage)),
		Store: snapshot.Store{
			Identifier: aws.ToString(s.DBInstanceIdentifier), ResourceID: aws.ToString(s.DbiResourceId),
			Region: region,
		},
		Tags: rdsTags(s.TagList),
	}

	// A copy of a copy tells the region of that only.
	if from := aws.ToString(s.SourceRegion); from != "" {
		c.Store.Region = from
	}

	c.Store.ARNs = list(rdsStore(&c, "db:"))
	c.Unusable, c.Why = rdsUnusable(aws.ToString(s.SnapshotType), aws.ToString(s.Status), s.PercentProgress)
	c.DataTime, c.DataTimeSource = dbSnapshotDataTime(s, &c)

	return c
}

// dbSnapshotDataTime returns when the data of a snapshot is from. Both fields of
// RDS stay as they are when it is copied; SnapshotCreateTime does not.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
func dbSnapshotDataTime(s *types.DBSnapshot, c *snapshot.Candidate) (time.Time, string) {
	switch {
	case s.SnapshotDatabaseTime != nil:
		return utc(s.SnapshotDatabaseTime), "SnapshotDatabaseTime"
	case s.OriginalSnapshotCreateTime != nil:
		return utc(s.OriginalSnapshotCreateTime), "OriginalSnapshotCreateTime"
	}

	return tagged(c)
}

// listDBInstanceBackups lists the automated backups, also those that are
// replicated from other regions. They are no candidates: what they can be
// restored to is a point in time.
func listDBInstanceBackups(ctx context.Context, api rds.DescribeDBInstanceAutomatedBackupsAPIClient) ([]snapshot.Candidate, error) {
	var out []snapshot.Candidate

	pages := rds.NewDescribeDBInstanceAutomatedBackupsPaginator(api, &rds.DescribeDBInstanceAutomatedBackupsInput{MaxRecords: aws.Int32(rdsPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.DBInstanceAutomatedBackups {
			b := &page.DBInstanceAutomatedBackups[i]
			out = append(out, automatedBackup(b.DBInstanceAutomatedBackupsArn, snapshot.Store{
				Identifier: aws.ToString(b.DBInstanceIdentifier), ResourceID: aws.ToString(b.DbiResourceId),
				ARNs: list(aws.ToString(b.DBInstanceArn)), Region: regionOf(aws.ToString(b.DBInstanceArn)),
			}, b.RestoreWindow))
		}
	}

	return out, nil
}

// automatedBackup returns a candidate that stands for a window: from when it was
// created until when its data is from.
func automatedBackup(arn *string, store snapshot.Store, w *types.RestoreWindow) snapshot.Candidate {
	c := snapshot.Candidate{ID: aws.ToString(arn), ARN: aws.ToString(arn), Store: store, Unusable: snapshot.NotAvailable, Why: "nothing can be restored to yet"}

	if w != nil && w.EarliestTime != nil && w.LatestTime != nil {
		c.CreatedAt, c.DataTime, c.Unusable, c.Why = utc(w.EarliestTime), utc(w.LatestTime), "", ""
	}

	return c
}

// newestWindow returns the window of the source, that with the newest end if it
// has several.
func newestWindow(r *Request, backups []*snapshot.Candidate) *Window {
	of := snapshot.Request{Region: r.Region, Source: r.Source}

	s := snapshot.Select(time.Time{}, &of, backups)
	if s.Selected == nil {
		return nil
	}

	return window(&s.Selected.CreatedAt, &s.Selected.DataTime)
}

// rdsStore derives the ARN of the database that a snapshot is of, for RDS does
// not tell it: it is in the region and account of the snapshot that this is a
// copy of, or in those of this one.
func rdsStore(c *snapshot.Candidate, prefix string) string {
	if c.Store.Identifier == "" {
		return ""
	}

	of := c.Parent
	if of == "" {
		of = c.ARN
	}

	return sibling(of, c.Store.Region, prefix+c.Store.Identifier)
}

// rdsOrigin returns who made a snapshot. What AWS Backup copies has its prefix,
// whatever its type.
func rdsOrigin(kind, id string) snapshot.Origin {
	switch {
	case kind == typeBackup || strings.HasPrefix(id, "awsbackup:"):
		return snapshot.Backup
	case kind == typeAutomated:
		return snapshot.Automated
	}

	return snapshot.Manual
}

// percentStep is how often the progress of a snapshot is told anew: each change
// of a status renders an XR.
const percentStep = 10

func rdsUnusable(kind, status string, percent *int32) (snapshot.Code, string) {
	switch {
	case kind == typeShared || kind == typePublic:
		return snapshot.Shared, "it belongs to another account"
	case status == statusAvailable:
		return "", ""
	case percent != nil && *percent < 100:
		return snapshot.NotAvailable, fmt.Sprintf("it is %s, more than %d%% done", status, *percent/percentStep*percentStep)
	}

	return snapshot.NotAvailable, "it is " + status
}

func rdsTags(tags []types.Tag) map[string]string {
	return tagMap(tags, func(t *types.Tag) (*string, *string) { return t.Key, t.Value })
}

// tagMap returns tags of any service. Nil if there are none.
func tagMap[T any](tags []T, of func(*T) (key, value *string)) map[string]string {
	if len(tags) == 0 {
		return nil
	}

	out := make(map[string]string, len(tags))

	for i := range tags {
		k, v := of(&tags[i])
		out[aws.ToString(k)] = aws.ToString(v)
	}

	return out
}

// tagged returns the data time that the tags tell.
func tagged(c *snapshot.Candidate) (time.Time, string) {
	if t := snapshot.TaggedDataTime(c.Tags, c.CreatedAt); !t.IsZero() {
		return t, snapshot.TagDataTime
	}

	return time.Time{}, ""
}

func utc(t *time.Time) time.Time { return aws.ToTime(t).UTC() }
