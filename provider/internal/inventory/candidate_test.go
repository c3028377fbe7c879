package inventory

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// Times of the tables: data is from data, and is copied at copied.
var (
	data   = time.Date(2026, 11, 20, 8, 2, 0, 0, time.UTC)
	copied = data.Add(3 * time.Hour)
)

const (
	account  = "111122223333"
	eastDB   = "arn:aws:rds:us-east-1:111122223333:db:payments"
	eastSnap = "arn:aws:rds:us-east-1:111122223333:snapshot:rds:payments-2026-11-20"
	westSnap = "arn:aws:rds:us-west-2:111122223333:snapshot:copy"
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

func TestRecoveryPoint(t *testing.T) {
	const (
		arn   = "arn:aws:backup:us-west-2:111122223333:recovery-point:1"
		there = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1"
		here  = "arn:aws:elasticfilesystem:us-west-2:111122223333:file-system/fs-1"
	)

	in := func(resource string, with func(*backuptypes.RecoveryPointByBackupVault)) backuptypes.RecoveryPointByBackupVault {
		p := backuptypes.RecoveryPointByBackupVault{
			RecoveryPointArn: aws.String(arn), ResourceArn: aws.String(resource), ResourceType: aws.String("EFS"), Status: backuptypes.RecoveryPointStatusCompleted,
			CreationDate: &data, BackupSizeInBytes: aws.Int64(bytesPerGiB + 1), IsEncrypted: true,
		}
		with(&p)

		return p
	}
	want := func(resource, region string, with func(*snapshot.Candidate)) snapshot.Candidate {
		c := snapshot.Candidate{
			ID: arn, ARN: arn, Origin: snapshot.Backup, CreatedAt: data, Engine: "EFS", SizeGiB: 2, Encrypted: true,
			Store: snapshot.Store{Identifier: "fs-1", ARNs: []string{resource}, Region: region},
		}
		with(&c)

		return c
	}
	nothing := func(*backuptypes.RecoveryPointByBackupVault) {}

	cases := map[string]struct {
		reason string
		in     backuptypes.RecoveryPointByBackupVault
		want   snapshot.Candidate
	}{
		"Original": {
			reason: "In the region of the resource CreationDate is when it was backed up.",
			in:     in(here, nothing),
			want: want(here, "us-west-2", func(c *snapshot.Candidate) {
				c.DataTime, c.DataTimeSource = data, "CreationDate"
			}),
		},
		"Copy": {
			reason: "In another region it is a copy, and what CreationDate means there is not certain.",
			in:     in(there, nothing),
			want:   want(there, "us-east-1", func(*snapshot.Candidate) {}),
		},
		"FromAnotherAccount": {
			reason: "A source vault says that it was copied, though the region is the same.",
			in: in(here, func(p *backuptypes.RecoveryPointByBackupVault) {
				p.SourceBackupVaultArn = aws.String("arn:aws:backup:us-west-2:444455556666:backup-vault:v")
			}),
			want: want(here, "us-west-2", func(*snapshot.Candidate) {}),
		},
		"Expired": {
			reason: "What AWS Backup could not delete in time has expired all the same.",
			in: in(there, func(p *backuptypes.RecoveryPointByBackupVault) {
				p.Status = backuptypes.RecoveryPointStatusExpired
			}),
			want: want(there, "us-east-1", func(c *snapshot.Candidate) {
				c.Unusable, c.Why = snapshot.Expired, "it has expired, and AWS Backup could not delete it yet"
			}),
		},
		"Partial": {
			reason: "A part of a backup is none.",
			in: in(there, func(p *backuptypes.RecoveryPointByBackupVault) {
				p.Status, p.ParentRecoveryPointArn = backuptypes.RecoveryPointStatusPartial, aws.String("parent")
			}),
			want: want(there, "us-east-1", func(c *snapshot.Candidate) {
				c.Unusable, c.Why, c.Whole = snapshot.NotAvailable, "it is PARTIAL", "parent"
			}),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, recoveryPoint(&tc.in, "us-west-2")); diff != "" {
				t.Errorf("%s\nrecoveryPoint(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestReplicaCandidate(t *testing.T) {
	const arn = "arn:aws:rds:us-west-2:111122223333:db:standby"

	want := func(with func(*snapshot.Candidate)) *snapshot.Candidate {
		c := &snapshot.Candidate{
			ID: "standby", ARN: arn, CreatedAt: data,
			Store: snapshot.Store{Identifier: "standby", ResourceID: "db-S", ARNs: []string{arn}, Region: "us-east-1"},
		}
		with(c)

		return c
	}

	cases := map[string]struct {
		reason string
		with   func(*database)
		want   *snapshot.Candidate
	}{
		"Well": {
			reason: "A replica that is available can be promoted.",
			with:   func(*database) {},
			want:   want(func(*snapshot.Candidate) {}),
		},
		"BrokenLink": {
			reason: "When the primary's region is dark the link is broken, and the replica is what is left.",
			with:   func(d *database) { d.link = "error" },
			want:   want(func(c *snapshot.Candidate) { c.Note = "its replication is error" }),
		},
		"BackingUp": {
			reason: "What is over in minutes does not make it unusable: each change would be a false alarm.",
			with:   func(d *database) { d.status = "backing-up" },
			want:   want(func(*snapshot.Candidate) {}),
		},
		"NotWell": {
			reason: "A state that is not known to be well is not.",
			with:   func(d *database) { d.status = "inaccessible-encryption-credentials" },
			want: want(func(c *snapshot.Candidate) {
				c.Unusable, c.Why = snapshot.NotAvailable, "it is inaccessible-encryption-credentials"
			}),
		},
		"Promoted": {
			reason: "What takes writes of its own is no replica any more.",
			with:   func(d *database) { d.primary = "" },
			want: want(func(c *snapshot.Candidate) {
				c.Unusable, c.Why = snapshot.NotAvailable, promoted
				c.Store.Region = "us-west-2"
			}),
		},
		"SameRegion": {
			reason: "Within a region the primary is told by its identifier.",
			with:   func(d *database) { d.primary = "payments" },
			want:   want(func(c *snapshot.Candidate) { c.Store.Region = "us-west-2" }),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := database{identifier: "standby", resourceID: "db-S", arn: arn, status: "available", createdAt: data, primary: eastDB}
			tc.with(&d)

			if diff := cmp.Diff(tc.want, d.candidate()); diff != "" {
				t.Errorf("%s\ncandidate(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestTableUnusable(t *testing.T) {
	replica := func(region string, s dynamodbtypes.ReplicaStatus) dynamodbtypes.ReplicaDescription {
		return dynamodbtypes.ReplicaDescription{RegionName: aws.String(region), ReplicaStatus: s}
	}

	cases := map[string]struct {
		reason string
		in     dynamodbtypes.TableDescription
		want   string
	}{
		"Active": {
			reason: "A replica that is active can be used, whatever the other one is.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusActive,
				Replicas:    []dynamodbtypes.ReplicaDescription{replica("us-east-1", dynamodbtypes.ReplicaStatusRegionDisabled), replica("us-west-2", dynamodbtypes.ReplicaStatusActive)},
			},
		},
		"OthersOnly": {
			reason: "The region that is asked may be left out of the list.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusActive, Replicas: []dynamodbtypes.ReplicaDescription{replica("us-east-1", dynamodbtypes.ReplicaStatusActive)},
			},
		},
		"NoReplica": {
			reason: "A table of one region replicates nothing.",
			in:     dynamodbtypes.TableDescription{TableStatus: dynamodbtypes.TableStatusActive},
			want:   "it is no replica: it is in this region only",
		},
		"ReplicaNotWell": {
			reason: "A replica that lost its key is on its way out.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusActive,
				Replicas:    []dynamodbtypes.ReplicaDescription{replica("us-west-2", dynamodbtypes.ReplicaStatusInaccessibleEncryptionCredentials)},
			},
			want: "its replica is INACCESSIBLE_ENCRYPTION_CREDENTIALS",
		},
		"TableNotWell": {
			reason: "So is a table that is being deleted.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusDeleting, Replicas: []dynamodbtypes.ReplicaDescription{replica("us-east-1", dynamodbtypes.ReplicaStatusActive)},
			},
			want: "it is DELETING",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tableUnusable(&tc.in, "us-west-2")); diff != "" {
				t.Errorf("%s\ntableUnusable(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLagTimes(t *testing.T) {
	at := func(minutes ...int) (out []time.Time) {
		for _, m := range minutes {
			out = append(out, data.Add(time.Duration(m)*time.Minute))
		}

		return out
	}

	cases := map[string]struct {
		reason string
		in     cloudwatchtypes.MetricDataResult
		want   lagTimes
	}{
		"NewestSample": {
			reason: "The data is as old as the sample is, and the lag older.",
			in:     cloudwatchtypes.MetricDataResult{Timestamps: at(3, 2, 1), Values: []float64{30, 30, 30}},
			want:   lagTimes{"standby": data.Add(150 * time.Second)},
		},
		"WhatWasReceivedStays": {
			reason: "A lag that grows takes nothing away from what was there before.",
			in:     cloudwatchtypes.MetricDataResult{Timestamps: at(3, 2, 1), Values: []float64{600, 300, 0.5}},
			want:   lagTimes{"standby": data.Add(59500 * time.Millisecond)},
		},
		"NothingReplicated": {
			reason: "A lag below zero is none.",
			in:     cloudwatchtypes.MetricDataResult{Timestamps: at(3, 2, 1), Values: []float64{-1, -1, 60}},
			want:   lagTimes{"standby": data},
		},
		"NoSamples": {
			reason: "Without a sample nothing is known.",
			in:     cloudwatchtypes.MetricDataResult{},
			want:   lagTimes{},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := lagTimes{}
			got.add("standby", &tc.in, time.Second)

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nadd(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRestless(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 34, 56, 789, time.UTC)

	cases := map[string]struct {
		reason string
		maxAge *time.Duration
		want   time.Time
	}{
		"NoMaxAge": {reason: "Nobody has to know it to the second.", want: time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)},
		"Day":      {reason: "More than five minutes is never made of it.", maxAge: new(24 * time.Hour), want: time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)},
		"Minutes":  {reason: "It is told to a tenth of what is allowed.", maxAge: new(10 * time.Minute), want: time.Date(2026, 11, 20, 12, 34, 0, 0, time.UTC)},
		"Zero":     {reason: "Who allows nothing gets seconds.", maxAge: new(time.Duration(0)), want: time.Date(2026, 11, 20, 12, 34, 56, 0, time.UTC)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := &Request{Request: snapshot.Request{MaxAge: tc.maxAge}}

			if diff := cmp.Diff(tc.want, r.restless(now)); diff != "" {
				t.Errorf("%s\nrestless(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWindow(t *testing.T) {
	early, late := data.Add(time.Second), data.Add(time.Hour+time.Second)

	cases := map[string]struct {
		reason           string
		earliest, latest *time.Time
		want             *Window
	}{
		"Rounded": {reason: "Its ends are rounded inwards.", earliest: &early, latest: &late, want: &Window{Earliest: data.Add(13 * time.Minute), Latest: data.Add(58 * time.Minute)}},
		"Open":    {reason: "Without an end it is none.", earliest: &early},
		"Short":   {reason: "What is shorter than the rounding is not told.", earliest: &early, latest: aws.Time(early.Add(time.Minute))},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, window(tc.earliest, tc.latest)); diff != "" {
				t.Errorf("%s\nwindow(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
