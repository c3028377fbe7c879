package inventory

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

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

func TestFindRecoveryPoint(t *testing.T) {
	const files = "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1"

	w := newWorld(t)
	w.SetPageSize(2)

	here := w.in(west)

	for i := range 3 {
		here.AddRecoveryPoint(emulator.RecoveryPoint{
			ARN: fmt.Sprintf("arn:aws:backup:us-west-2:111122223333:recovery-point:other-%d", i), Vault: "other",
			ResourceARN: "arn:aws:dynamodb:us-west-2:111122223333:table/orders", ResourceType: "DynamoDB",
		})
		here.AddRecoveryPoint(emulator.RecoveryPoint{
			ARN: fmt.Sprintf("arn:aws:backup:us-west-2:111122223333:recovery-point:%d", i), Vault: fmt.Sprintf("vault-%d", i),
			ResourceARN: files, ResourceType: "EFS", CreationTime: ago(time.Duration(i) * time.Hour),
			Tags: map[string]string{snapshot.TagDataTime: "2026-11-20T08:02:00Z"},
		})
	}

	r := of(snapshot.Source{Kind: snapshot.RecoveryPoint, ARN: files})

	want := make([]facts, 0, 3)
	for i := range 3 {
		want = append(want, facts{
			ID: fmt.Sprintf("arn:aws:backup:us-west-2:111122223333:recovery-point:%d", i), Region: east, DataTime: data, DataTimeSource: snapshot.TagDataTime,
		})
	}

	if diff := cmp.Diff(want, factsOf(w.must(t, r))); diff != "" {
		t.Errorf("All vaults are looked into, and the tags of copies tell when their data is from: -want, +got:\n%s", diff)
	}

	asked := len(w.Calls(emulator.Scope{Action: "ListTags"}))

	w.later()
	w.must(t, r)

	if n := len(w.Calls(emulator.Scope{Action: "ListTags"})); asked != 3 || n != asked {
		t.Errorf("Tags are asked for one by one, and kept for longer than a listing: %d calls, then %d more", asked, n-asked)
	}

	if _, err := w.find(t, of(snapshot.Source{Kind: snapshot.RecoveryPoint, Tags: map[string]string{"a": "b"}})); err == nil {
		t.Error("AWS Backup lists no tags, and a source that is told by nothing else is none")
	}
}

func TestOnlyItsOwnRecoveryPointsAreAskedFor(t *testing.T) {
	const other = "arn:aws:rds:us-east-2:111122223333:db:payments"

	w := newWorld(t)
	for i := range 2 * mostTagged {
		w.in(west).AddRecoveryPoint(emulator.RecoveryPoint{
			ARN: fmt.Sprintf("arn:aws:backup:us-west-2:111122223333:recovery-point:other-%d", i), ResourceARN: other, ResourceType: "RDS", CreationTime: ago(time.Minute),
		})
	}

	w.in(west).AddRecoveryPoint(emulator.RecoveryPoint{
		ARN: "arn:aws:backup:us-west-2:111122223333:recovery-point:ours", ResourceARN: eastDB, ResourceType: "RDS", CreationTime: ago(time.Hour),
		Tags: map[string]string{snapshot.TagDataTime: "2026-11-20T08:02:00Z"},
	})

	r := of(snapshot.Source{Kind: snapshot.RecoveryPoint, Identifier: "payments", ARN: eastDB})

	s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
	if s.Selected == nil || !s.Selected.DataTime.Equal(data) {
		t.Errorf("What has the name of another one, and is newer, takes nothing away: selected %+v", s.Selected)
	}

	if n := len(w.Calls(emulator.Scope{Action: "ListTags"})); n != 1 {
		t.Errorf("The tags of what is not ours are asked for: %d calls", n)
	}
}

func TestMatchingTagsOfRecoveryPoints(t *testing.T) {
	const table = "arn:aws:dynamodb:us-west-2:111122223333:table/orders"

	w := newWorld(t)
	for name, tags := range map[string]map[string]string{"gold": {"tier": "gold"}, "plain": nil} {
		w.in(west).AddRecoveryPoint(emulator.RecoveryPoint{
			ARN: "arn:aws:backup:us-west-2:111122223333:recovery-point:" + name, ResourceARN: table, ResourceType: "DynamoDB", Tags: tags,
		})
	}

	r := of(snapshot.Source{Kind: snapshot.RecoveryPoint, ARN: table})
	r.Match.Tags = map[string]string{"tier": "gold"}

	s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
	if s.Selected == nil || nameOf(s.Selected.ID) != "gold" || len(s.Rejected) != 1 || s.Rejected[0].Code != snapshot.NotMatching {
		t.Errorf("Tags that are asked for are looked at: selected %v, rejected %v", s.Selected, s.Rejected)
	}
}
