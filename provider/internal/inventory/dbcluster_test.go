package inventory

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

func TestDBClusterSnapshot(t *testing.T) {
	const (
		original = "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:original"
		mine     = "arn:aws:rds:us-west-2:111122223333:cluster-snapshot:mine"
	)

	in := func(with func(*rdstypes.DBClusterSnapshot)) rdstypes.DBClusterSnapshot {
		s := rdstypes.DBClusterSnapshot{
			DBClusterSnapshotIdentifier: aws.String("mine"), DBClusterSnapshotArn: aws.String(mine), SnapshotType: aws.String("manual"),
			Status: aws.String("available"), DBClusterIdentifier: aws.String("orders"), DbClusterResourceId: aws.String("cluster-ABC"),
			SnapshotCreateTime: &copied, Engine: aws.String("aurora-postgresql"), StorageEncrypted: aws.Bool(true),
		}
		with(&s)

		return s
	}
	want := func(with func(*snapshot.Candidate)) snapshot.Candidate {
		c := snapshot.Candidate{
			ID: "mine", ARN: mine, Origin: snapshot.Manual, CreatedAt: copied, Engine: "aurora-postgresql", Encrypted: true,
			Store: snapshot.Store{Identifier: "orders", ResourceID: "cluster-ABC"},
		}
		with(&c)

		return c
	}

	cases := map[string]struct {
		reason string
		in     rdstypes.DBClusterSnapshot
		want   snapshot.Candidate
	}{
		"Original": {
			reason: "The data of an original is from when it was taken.",
			in:     in(func(*rdstypes.DBClusterSnapshot) {}),
			want: want(func(c *snapshot.Candidate) {
				c.DataTime, c.DataTimeSource = copied, "SnapshotCreateTime"
				c.Store.Region, c.Store.ARNs = "us-west-2", []string{"arn:aws:rds:us-west-2:111122223333:cluster:orders"}
			}),
		},
		"Copy": {
			reason: "Of a copy AWS does not tell when its original was taken.",
			in:     in(func(s *rdstypes.DBClusterSnapshot) { s.SourceDBClusterSnapshotArn = aws.String(original) }),
			want: want(func(c *snapshot.Candidate) {
				c.Parent = original
				c.Store.Region, c.Store.ARNs = "us-east-1", []string{"arn:aws:rds:us-east-1:111122223333:cluster:orders"}
			}),
		},
		"TaggedCopy": {
			reason: "A tag may tell it.",
			in: in(func(s *rdstypes.DBClusterSnapshot) {
				s.SourceDBClusterSnapshotArn = aws.String(original)
				s.TagList = []rdstypes.Tag{{Key: aws.String(snapshot.TagDataTime), Value: aws.String("2026-11-20T08:02:00Z")}}
			}),
			want: want(func(c *snapshot.Candidate) {
				c.Parent, c.DataTime, c.DataTimeSource = original, data, snapshot.TagDataTime
				c.Tags = map[string]string{snapshot.TagDataTime: "2026-11-20T08:02:00Z"}
				c.Store.Region, c.Store.ARNs = "us-east-1", []string{"arn:aws:rds:us-east-1:111122223333:cluster:orders"}
			}),
		},
		"CopyOfAWSBackup": {
			reason: "AWS Backup names what it copied, and may not tell from where: then neither time nor region is known.",
			in:     in(func(s *rdstypes.DBClusterSnapshot) { s.DBClusterSnapshotIdentifier = aws.String("awsbackup:copyjob-1") }),
			want:   want(func(c *snapshot.Candidate) { c.ID, c.Origin = "awsbackup:copyjob-1", snapshot.Backup }),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, dbClusterSnapshot(&tc.in, "us-west-2")); diff != "" {
				t.Errorf("%s\ndbClusterSnapshot(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
