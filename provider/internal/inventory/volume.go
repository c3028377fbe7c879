package inventory

import (
	"context"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/crossdr/crossdr/internal/region"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// ec2Page is the most snapshots or volumes that EC2 returns at once.
const ec2Page = 1000

// noVolume matches the volume id that EC2 gives to what was not made of a
// volume, such as a copy of a snapshot.
var noVolume = regexp.MustCompile(`^vol-f+$`)

// volume finds the snapshots of a volume.
func (f *finder) volume(ctx context.Context, r *Request) (*Answer, error) {
	x, err := f.index(ctx, "EBS snapshots", func(ctx context.Context) ([]snapshot.Candidate, error) {
		return listSnapshots(ctx, f.clients.EC2(), f.region)
	})
	if err != nil {
		return nil, err
	}

	return &Answer{Candidates: x.About(&r.Request)}, nil
}

func listSnapshots(ctx context.Context, api ec2.DescribeSnapshotsAPIClient, in string) ([]snapshot.Candidate, error) {
	var out []snapshot.Candidate

	pages := ec2.NewDescribeSnapshotsPaginator(api, &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}, MaxResults: aws.Int32(ec2Page)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.Snapshots {
			out = append(out, ebsSnapshot(&page.Snapshots[i], in))
		}
	}

	return out, nil
}

// ebsSnapshot returns a candidate. Of a copy EC2 tells neither the volume nor
// when its data is from: its volume id is arbitrary, and its StartTime is when
// it was copied.
//
// See https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
func ebsSnapshot(s *types.Snapshot, in string) snapshot.Candidate {
	id, partition := aws.ToString(s.SnapshotId), region.Partition(in)
	c := snapshot.Candidate{
		ID: id, ARN: "arn:" + partition + ":ec2:" + in + "::snapshot/" + id, CreatedAt: utc(s.StartTime),
		Encrypted: aws.ToBool(s.Encrypted), KMSKeyID: aws.ToString(s.KmsKeyId), SizeGiB: int64(aws.ToInt32(s.VolumeSize)),
		Tags: ec2Tags(s.Tags),
	}
	c.Origin = ebsOrigin(c.Tags)
	c.Unusable, c.Why = ebsUnusable(s)

	volume := aws.ToString(s.VolumeId)
	if s.TransferType != "" || volume == "" || noVolume.MatchString(volume) {
		c.DataTime, c.DataTimeSource = tagged(&c)

		return c
	}

	c.DataTime, c.DataTimeSource = c.CreatedAt, "StartTime"
	c.Store = snapshot.Store{
		Identifier: volume, ResourceID: volume, Region: in,
		ARNs: []string{"arn:" + partition + ":ec2:" + in + ":" + aws.ToString(s.OwnerId) + ":volume/" + volume},
	}

	return c
}

// ebsOrigin returns who made a snapshot: AWS Backup and Amazon Data Lifecycle
// Manager write tags that nobody else can.
func ebsOrigin(tags map[string]string) snapshot.Origin {
	origin := snapshot.Manual

	for k := range tags {
		switch {
		case strings.HasPrefix(k, "aws:backup:"):
			return snapshot.Backup
		case strings.HasPrefix(k, "aws:dlm:"):
			origin = snapshot.Automated
		}
	}

	return origin
}

func ebsUnusable(s *types.Snapshot) (snapshot.Code, string) {
	switch {
	case s.State == types.SnapshotStateRecoverable, s.State == types.SnapshotStateRecovering:
		return snapshot.NotAvailable, "it is in the Recycle Bin"
	case s.State == types.SnapshotStatePending:
		return snapshot.NotAvailable, "it is pending"
	case s.State != types.SnapshotStateCompleted:
		return snapshot.NotAvailable, strings.TrimSpace("it is in state " + string(s.State) + " " + aws.ToString(s.StateMessage))
	case s.StorageTier == types.StorageTierArchive:
		return snapshot.Archived, "it is archived: to restore it from the archive takes up to 72 hours"
	}

	return "", ""
}

func ec2Tags(tags []types.Tag) map[string]string {
	return tagMap(tags, func(t *types.Tag) (*string, *string) { return t.Key, t.Value })
}
