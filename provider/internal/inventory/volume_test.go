package inventory

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

func TestEBSSnapshot(t *testing.T) {
	const arn = "arn:aws:ec2:us-west-2::snapshot/snap-1"

	in := func(with func(*ec2types.Snapshot)) ec2types.Snapshot {
		s := ec2types.Snapshot{
			SnapshotId: aws.String("snap-1"), VolumeId: aws.String("vol-0a"), OwnerId: aws.String(account), StartTime: &copied,
			State: ec2types.SnapshotStateCompleted, StorageTier: ec2types.StorageTierStandard, VolumeSize: aws.Int32(8),
		}
		with(&s)

		return s
	}
	want := func(with func(*snapshot.Candidate)) snapshot.Candidate {
		c := snapshot.Candidate{
			ID: "snap-1", ARN: arn, Origin: snapshot.Manual, CreatedAt: copied, SizeGiB: 8, DataTime: copied, DataTimeSource: "StartTime",
			Store: snapshot.Store{
				Identifier: "vol-0a", ResourceID: "vol-0a", Region: "us-west-2", ARNs: []string{"arn:aws:ec2:us-west-2:111122223333:volume/vol-0a"},
			},
		}
		with(&c)

		return c
	}
	asCopy := func(c *snapshot.Candidate) { c.Store, c.DataTime, c.DataTimeSource = snapshot.Store{}, time.Time{}, "" }

	cases := map[string]struct {
		reason string
		in     ec2types.Snapshot
		want   snapshot.Candidate
	}{
		"Original": {
			reason: "The data of an original is from when it was begun.",
			in:     in(func(*ec2types.Snapshot) {}),
			want:   want(func(*snapshot.Candidate) {}),
		},
		"Copy": {
			reason: "EC2 says of a copy that it is one, and gives it a volume id that means nothing.",
			in:     in(func(s *ec2types.Snapshot) { s.TransferType = ec2types.TransferTypeStandard }),
			want:   want(asCopy),
		},
		"OlderCopy": {
			reason: "Of older copies the volume id alone says it.",
			in:     in(func(s *ec2types.Snapshot) { s.VolumeId = aws.String("vol-ffffffff") }),
			want:   want(asCopy),
		},
		"TaggedCopy": {
			reason: "Tags tell what EC2 does not.",
			in: in(func(s *ec2types.Snapshot) {
				s.VolumeId = aws.String("vol-ffffffff")
				s.Tags = []ec2types.Tag{
					{Key: aws.String(snapshot.TagDataTime), Value: aws.String("2026-11-20T08:02:00Z")}, {Key: aws.String("aws:backup:source-resource"), Value: aws.String("vol-0a")},
				}
			}),
			want: want(func(c *snapshot.Candidate) {
				c.Store, c.DataTime, c.DataTimeSource, c.Origin = snapshot.Store{}, data, snapshot.TagDataTime, snapshot.Backup
				c.Tags = map[string]string{snapshot.TagDataTime: "2026-11-20T08:02:00Z", "aws:backup:source-resource": "vol-0a"}
			}),
		},
		"Archived": {
			reason: "An archived one must be brought back first.",
			in:     in(func(s *ec2types.Snapshot) { s.StorageTier = ec2types.StorageTierArchive }),
			want: want(func(c *snapshot.Candidate) {
				c.Unusable, c.Why = snapshot.Archived, "it is archived: to restore it from the archive takes up to 72 hours"
			}),
		},
		"Pending": {
			reason: "One that is not complete can't be restored.",
			in:     in(func(s *ec2types.Snapshot) { s.State = ec2types.SnapshotStatePending }),
			want:   want(func(c *snapshot.Candidate) { c.Unusable, c.Why = snapshot.NotAvailable, "it is pending" }),
		},
		"Deleted": {
			reason: "What is in the Recycle Bin is listed, too.",
			in:     in(func(s *ec2types.Snapshot) { s.State = ec2types.SnapshotStateRecoverable }),
			want:   want(func(c *snapshot.Candidate) { c.Unusable, c.Why = snapshot.NotAvailable, "it is in the Recycle Bin" }),
		},
		"Error": {
			reason: "What EC2 says went wrong is told.",
			in: in(func(s *ec2types.Snapshot) {
				s.State, s.StateMessage = ec2types.SnapshotStateError, aws.String("Given key ID is not accessible")
			}),
			want: want(func(c *snapshot.Candidate) {
				c.Unusable, c.Why = snapshot.NotAvailable, "it is in state error Given key ID is not accessible"
			}),
		},
		"Lifecycle": {
			reason: "Amazon Data Lifecycle Manager makes snapshots by itself.",
			in: in(func(s *ec2types.Snapshot) {
				s.Tags = []ec2types.Tag{{Key: aws.String("aws:dlm:lifecycle-policy-id"), Value: aws.String("policy-1")}}
			}),
			want: want(func(c *snapshot.Candidate) {
				c.Origin, c.Tags = snapshot.Automated, map[string]string{"aws:dlm:lifecycle-policy-id": "policy-1"}
			}),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ebsSnapshot(&tc.in, "us-west-2")); diff != "" {
				t.Errorf("%s\nebsSnapshot(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
