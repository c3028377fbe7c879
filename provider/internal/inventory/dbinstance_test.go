package inventory

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

func TestDBSnapshot(t *testing.T) {
	cases := map[string]struct {
		reason string
		in     rdstypes.DBSnapshot
		want   snapshot.Candidate
	}{
		"CopyAcrossRegions": {
			reason: "A copy is created later, and keeps what AWS knows of the store and of the time of its data.",
			in: rdstypes.DBSnapshot{
				DBSnapshotIdentifier: aws.String("copy"), DBSnapshotArn: aws.String(westSnap), SnapshotType: aws.String("manual"),
				Status: aws.String("available"), PercentProgress: aws.Int32(100),
				DBInstanceIdentifier: aws.String("payments"), DbiResourceId: aws.String("db-ABC"),
				SourceDBSnapshotIdentifier: aws.String(eastSnap), SourceRegion: aws.String("us-east-1"),
				SnapshotCreateTime: &copied, OriginalSnapshotCreateTime: aws.Time(data.Add(time.Minute)), SnapshotDatabaseTime: &data,
				Encrypted: aws.Bool(true), KmsKeyId: aws.String("key"), Engine: aws.String("postgres"), EngineVersion: aws.String("16.4"),
				AllocatedStorage: aws.Int32(100), TagList: []rdstypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
			},
			want: snapshot.Candidate{
				ID: "copy", ARN: westSnap, Parent: eastSnap, Origin: snapshot.Manual, CreatedAt: copied,
				DataTime: data, DataTimeSource: "SnapshotDatabaseTime",
				Store:     snapshot.Store{Identifier: "payments", ResourceID: "db-ABC", Region: "us-east-1", ARNs: []string{eastDB}},
				Encrypted: true, KMSKeyID: "key", Engine: "postgres", EngineVersion: "16.4", SizeGiB: 100, Tags: map[string]string{"a": "b"},
			},
		},
		"NoDatabaseTime": {
			reason: "Not every engine tells the time of its last transaction: then it is that of the original.",
			in:     rdstypes.DBSnapshot{Status: aws.String("available"), SnapshotCreateTime: &copied, OriginalSnapshotCreateTime: &data},
			want: snapshot.Candidate{
				Origin: snapshot.Manual, CreatedAt: copied, DataTime: data, DataTimeSource: "OriginalSnapshotCreateTime",
				Store: snapshot.Store{Region: "us-west-2"},
			},
		},
		"NoTimes": {
			reason: "When it was created says nothing about a snapshot that may be a copy, except that a tag can't be later.",
			in: rdstypes.DBSnapshot{
				Status: aws.String("available"), SnapshotCreateTime: &copied, SnapshotType: aws.String("awsbackup"),
				TagList: []rdstypes.Tag{{Key: aws.String(snapshot.TagDataTime), Value: aws.String("2026-11-20T08:02:00Z")}},
			},
			want: snapshot.Candidate{
				Origin: snapshot.Backup, CreatedAt: copied, DataTime: data, DataTimeSource: snapshot.TagDataTime,
				Store: snapshot.Store{Region: "us-west-2"}, Tags: map[string]string{snapshot.TagDataTime: "2026-11-20T08:02:00Z"},
			},
		},
		"Creating": {
			reason: "One that is not finished has no times, and its progress is told in steps.",
			in: rdstypes.DBSnapshot{
				DBSnapshotIdentifier: aws.String("rds:payments"), DBSnapshotArn: aws.String(westSnap), SnapshotType: aws.String("automated"),
				Status: aws.String("creating"), PercentProgress: aws.Int32(47), DBInstanceIdentifier: aws.String("payments"),
			},
			want: snapshot.Candidate{
				ID: "rds:payments", ARN: westSnap, Origin: snapshot.Automated, Unusable: snapshot.NotAvailable, Why: "it is creating, more than 40% done",
				Store: snapshot.Store{Identifier: "payments", Region: "us-west-2", ARNs: []string{"arn:aws:rds:us-west-2:111122223333:db:payments"}},
			},
		},
		"Failed": {
			reason: "A state of AWS is told in its words.",
			in:     rdstypes.DBSnapshot{Status: aws.String("failed"), PercentProgress: aws.Int32(100)},
			want: snapshot.Candidate{
				Origin: snapshot.Manual, Unusable: snapshot.NotAvailable, Why: "it is failed", Store: snapshot.Store{Region: "us-west-2"},
			},
		},
		"Shared": {
			reason: "What another account shares it can take away.",
			in:     rdstypes.DBSnapshot{Status: aws.String("available"), SnapshotType: aws.String("shared")},
			want: snapshot.Candidate{
				Origin: snapshot.Manual, Unusable: snapshot.Shared, Why: "it belongs to another account", Store: snapshot.Store{Region: "us-west-2"},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, dbSnapshot(&tc.in, "us-west-2")); diff != "" {
				t.Errorf("%s\ndbSnapshot(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
