package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const paymentsARN = "arn:aws:rds:us-west-2:111122223333:db:payments"

func TestListRecoveryPointsByBackupVault(t *testing.T) {
	w := newWorld(t)
	home := w.here(west)
	points := map[string]RecoveryPoint{
		"arn:1": {Vault: "dr", ResourceARN: paymentsARN, ResourceType: "RDS", CreationTime: noon.Add(-3 * time.Hour)},
		"arn:2": {Vault: "dr", ResourceARN: paymentsARN, ResourceType: "RDS", CreationTime: noon.Add(-2 * time.Hour)},
		"arn:3": {Vault: "dr", ResourceARN: "arn:other", ResourceType: "EBS", CreationTime: noon.Add(-time.Hour), ParentARN: "arn:stack"},
		"arn:4": {Vault: "Default", ResourceARN: paymentsARN, ResourceType: "RDS"},
	}

	for arn, p := range points {
		p.ARN = arn
		home.AddRecoveryPoint(p)
	}

	w.SetPageSize(1)

	cases := map[string]struct {
		reason string
		in     backup.ListRecoveryPointsByBackupVaultInput
		want   []string
	}{
		"All":      {reason: "A vault has its own.", want: []string{"arn:1", "arn:2", "arn:3"}},
		"Resource": {reason: "They are told apart by resource.", in: backup.ListRecoveryPointsByBackupVaultInput{ByResourceArn: aws.String(paymentsARN)}, want: []string{"arn:1", "arn:2"}},
		"Type":     {reason: "And by its type.", in: backup.ListRecoveryPointsByBackupVaultInput{ByResourceType: aws.String("EBS")}, want: []string{"arn:3"}},
		"Parent":   {reason: "And by what they are part of.", in: backup.ListRecoveryPointsByBackupVaultInput{ByParentRecoveryPointArn: aws.String("arn:stack")}, want: []string{"arn:3"}},
		"After": {
			reason: "And by when they were created.",
			in:     backup.ListRecoveryPointsByBackupVaultInput{ByCreatedAfter: aws.Time(noon.Add(-150 * time.Minute))},
			want:   []string{"arn:2", "arn:3"},
		},
		"Before": {
			reason: "In both directions.",
			in:     backup.ListRecoveryPointsByBackupVaultInput{ByCreatedBefore: aws.Time(noon.Add(-150 * time.Minute))},
			want:   []string{"arn:1"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.in.BackupVaultName = aws.String("dr")

			var got []string

			for pages := backup.NewListRecoveryPointsByBackupVaultPaginator(w.backup(west), &tc.in); pages.HasMorePages(); {
				for _, p := range must[*backup.ListRecoveryPointsByBackupVaultOutput](w)(pages.NextPage(t.Context())).RecoveryPoints {
					got = append(got, *p.RecoveryPointArn)
				}
			}

			equal(t, tc.reason, tc.want, got)
		})
	}

	_, err := w.backup(west).ListRecoveryPointsByBackupVault(t.Context(), &backup.ListRecoveryPointsByBackupVaultInput{
		BackupVaultName: aws.String("none"),
	})
	equal(t, "A vault that does not exist is an error; AWS Backup says so with 400.", refusal{"ResourceNotFoundException", 400}, refusalOf(err))
}

func TestRecoveryPoint(t *testing.T) {
	w := newWorld(t)
	arn := w.here(west).AddRecoveryPoint(RecoveryPoint{
		ARN: "arn:aws:rds:us-west-2:111122223333:snapshot:awsbackup:job-1", Vault: "dr", ResourceARN: paymentsARN, ResourceType: "RDS",
		CreationTime: noon, InitiationTime: noon.Add(-time.Minute), CompletionTime: noon.Add(10 * time.Minute),
		DeleteAt: noon.AddDate(0, 0, 35), Encrypted: true, SizeBytes: 42,
		SourceVaultARN: "arn:aws:backup:us-east-1:111122223333:backup-vault:dr", Tags: map[string]string{"app": "payments"},
	})

	describe := func() *backup.DescribeRecoveryPointOutput {
		return must[*backup.DescribeRecoveryPointOutput](w)(w.backup(west).DescribeRecoveryPoint(t.Context(), &backup.DescribeRecoveryPointInput{
			BackupVaultName: aws.String("dr"), RecoveryPointArn: aws.String(arn),
		}))
	}

	begun := describe()
	if begun.Status != types.RecoveryPointStatusCreating || begun.CompletionDate != nil {
		t.Errorf("A recovery point takes its time: got %s, completed %v", begun.Status, begun.CompletionDate)
	}

	w.clock.Advance(10 * time.Minute)

	want := &backup.DescribeRecoveryPointOutput{
		RecoveryPointArn: aws.String(arn), BackupVaultName: aws.String("dr"), VaultType: types.VaultTypeBackupVault,
		BackupVaultArn: aws.String("arn:aws:backup:us-west-2:111122223333:backup-vault:dr"),
		ResourceArn:    aws.String(paymentsARN), ResourceType: aws.String("RDS"), Status: types.RecoveryPointStatusCompleted,
		CreationDate: aws.Time(noon), InitiationDate: aws.Time(noon.Add(-time.Minute)), CompletionDate: aws.Time(noon.Add(10 * time.Minute)),
		CalculatedLifecycle: &types.CalculatedLifecycle{DeleteAt: aws.Time(noon.AddDate(0, 0, 35))},
		IsEncrypted:         true, EncryptionKeyArn: aws.String("arn:aws:kms:us-west-2:111122223333:key/aws-backup"),
		BackupSizeInBytes: aws.Int64(42), SourceBackupVaultArn: aws.String("arn:aws:backup:us-east-1:111122223333:backup-vault:dr"),
	}

	ignore := cmpopts.IgnoreFields(backup.DescribeRecoveryPointOutput{}, "ResultMetadata")
	unexported := cmpopts.IgnoreUnexported(backup.DescribeRecoveryPointOutput{}, types.CalculatedLifecycle{})

	if diff := cmp.Diff(want, describe(), ignore, unexported); diff != "" {
		t.Errorf("A complete one says all of it: -want, +got:\n%s", diff)
	}

	tags := must[*backup.ListTagsOutput](w)(w.backup(west).ListTags(t.Context(), &backup.ListTagsInput{ResourceArn: aws.String(arn)}))
	equal(t, "Its tags are asked for by its ARN.", map[string]string{"app": "payments"}, tags.Tags)

	listed := must[*backup.ListRecoveryPointsByResourceOutput](w)(w.backup(west).ListRecoveryPointsByResource(t.Context(),
		&backup.ListRecoveryPointsByResourceInput{ResourceArn: aws.String(paymentsARN)})).RecoveryPoints
	equal(t, "A resource knows its recovery points.", arn, *listed[0].RecoveryPointArn)

	w.here(west).AddBackupVault(BackupVault{Name: "other"})

	_, err := w.backup(west).DescribeRecoveryPoint(t.Context(), &backup.DescribeRecoveryPointInput{
		BackupVaultName: aws.String("other"), RecoveryPointArn: aws.String(arn),
	})
	w.mustRefuse("A recovery point is in its vault.", "ResourceNotFoundException", err)

	w.here(west).RemoveRecoveryPoint(arn)

	_, err = w.backup(west).DescribeRecoveryPoint(t.Context(), &backup.DescribeRecoveryPointInput{
		BackupVaultName: aws.String("dr"), RecoveryPointArn: aws.String(arn),
	})
	w.mustRefuse("What is removed is gone.", "ResourceNotFoundException", err)
}

func TestListBackupVaults(t *testing.T) {
	w := newWorld(t)
	vault := w.here(west).AddBackupVault(BackupVault{Name: "empty", Tags: map[string]string{"a": "b"}})
	w.here(west).AddRecoveryPoint(RecoveryPoint{Vault: "full"})
	w.SetPageSize(1)

	got := map[string]int64{}

	for pages := backup.NewListBackupVaultsPaginator(w.backup(west), &backup.ListBackupVaultsInput{}); pages.HasMorePages(); {
		for _, v := range must[*backup.ListBackupVaultsOutput](w)(pages.NextPage(t.Context())).BackupVaultList {
			got[*v.BackupVaultName] = v.NumberOfRecoveryPoints
		}
	}

	equal(t, "Vaults say how much is in them.", map[string]int64{"empty": 0, "full": 1}, got)

	tags := must[*backup.ListTagsOutput](w)(w.backup(west).ListTags(t.Context(), &backup.ListTagsInput{ResourceArn: aws.String(vault)}))
	equal(t, "A vault has tags.", map[string]string{"a": "b"}, tags.Tags)

	_, err := w.backup(west).ListTags(t.Context(), &backup.ListTagsInput{ResourceArn: aws.String(vault + "x")})
	w.mustRefuse("What does not exist has none.", "ResourceNotFoundException", err)
}
