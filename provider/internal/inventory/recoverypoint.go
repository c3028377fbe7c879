package inventory

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

const (
	// backupPage is the most that AWS Backup returns at once.
	backupPage = 1000

	// mostTagged is of how many recovery points the tags are asked for, the newest
	// first, to learn when their data is from.
	mostTagged = 20
)

// recoveryPoint finds the recovery points of a resource, in all vaults.
func (f *finder) recoveryPoint(ctx context.Context, r *Request) (*Answer, error) {
	if r.Source.Identifier == "" && r.Source.ARN == "" {
		return nil, errors.New("cannot find recovery points by tags: AWS Backup lists none, so that the source needs an identifier or an ARN")
	}

	x, err := f.index(ctx, "recovery points", func(ctx context.Context) ([]snapshot.Candidate, error) {
		return listRecoveryPoints(ctx, f.clients.Backup(), f.region)
	})
	if err != nil {
		return nil, err
	}

	found := x.About(&r.Request)
	slices.SortFunc(found, func(a, b *snapshot.Candidate) int { return b.CreatedAt.Compare(a.CreatedAt) })

	asked := 0

	for i, c := range found {
		if other := r.Source.ARN != "" && !slices.Contains(c.Store.ARNs, r.Source.ARN); other || c.Unusable != "" {
			continue
		}

		if !r.byTags() && (!c.DataTime.IsZero() || asked == mostTagged) {
			continue
		}

		asked++

		if found[i], err = f.taggedPoint(ctx, c); err != nil {
			return nil, err
		}
	}

	return &Answer{Candidates: found}, nil
}

// backupAPI lists recovery points.
type backupAPI interface {
	backup.ListBackupVaultsAPIClient
	backup.ListRecoveryPointsByBackupVaultAPIClient
}

func listRecoveryPoints(ctx context.Context, api backupAPI, region string) ([]snapshot.Candidate, error) {
	var out []snapshot.Candidate

	vaults := backup.NewListBackupVaultsPaginator(api, &backup.ListBackupVaultsInput{MaxResults: aws.Int32(backupPage)})
	for vaults.HasMorePages() {
		page, err := vaults.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.BackupVaultList {
			points, err := listVault(ctx, api, page.BackupVaultList[i].BackupVaultName, region)
			if err != nil {
				return nil, err
			}

			out = append(out, points...)
		}
	}

	return out, nil
}

func listVault(ctx context.Context, api backup.ListRecoveryPointsByBackupVaultAPIClient, vault *string, region string) ([]snapshot.Candidate, error) {
	var out []snapshot.Candidate

	pages := backup.NewListRecoveryPointsByBackupVaultPaginator(api, &backup.ListRecoveryPointsByBackupVaultInput{
		BackupVaultName: vault, MaxResults: aws.Int32(backupPage),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.RecoveryPoints {
			out = append(out, recoveryPoint(&page.RecoveryPoints[i], region))
		}
	}

	return out, nil
}

// recoveryPoint returns a candidate. What CreationDate means on a copy is told in
// two ways, so that it is believed only where the resource is in the region of
// the vault and nothing says that it was copied.
//
// See https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByBackupVault.html
func recoveryPoint(p *types.RecoveryPointByBackupVault, region string) snapshot.Candidate {
	arn, resource := aws.ToString(p.RecoveryPointArn), aws.ToString(p.ResourceArn)
	c := snapshot.Candidate{
		ID: arn, ARN: arn, Whole: aws.ToString(p.ParentRecoveryPointArn), CreatedAt: utc(p.CreationDate), Origin: snapshot.Backup,
		Encrypted: p.IsEncrypted, KMSKeyID: aws.ToString(p.EncryptionKeyArn), Engine: aws.ToString(p.ResourceType),
		SizeGiB: gib(aws.ToInt64(p.BackupSizeInBytes)),
		Store:   snapshot.Store{Identifier: nameOf(resource), ARNs: list(resource), Region: regionOf(resource)},
	}

	switch p.Status {
	case types.RecoveryPointStatusAvailable, types.RecoveryPointStatusCompleted:
	case types.RecoveryPointStatusExpired:
		c.Unusable, c.Why = snapshot.Expired, "it has expired, and AWS Backup could not delete it yet"
	case types.RecoveryPointStatusPartial, types.RecoveryPointStatusDeleting, types.RecoveryPointStatusStopped, types.RecoveryPointStatusCreating:
		c.Unusable, c.Why = snapshot.NotAvailable, "it is "+string(p.Status)
	default:
		c.Unusable, c.Why = snapshot.NotAvailable, "it is "+string(p.Status)
	}

	if c.Store.Region == region && aws.ToString(p.SourceBackupVaultArn) == "" && p.CreationDate != nil {
		c.DataTime, c.DataTimeSource = c.CreatedAt, "CreationDate"
	}

	return c
}

// tagsAPI tells the tags of one recovery point.
type tagsAPI = backup.ListTagsAPIClient

// taggedPoint returns a recovery point with its tags, and with the data time
// that they tell if it has none. Others read the given one.
func (f *finder) taggedPoint(ctx context.Context, c *snapshot.Candidate) (*snapshot.Candidate, error) {
	tags, err := f.tags(ctx, "tags of recovery points", c.ARN, func(ctx context.Context) (map[string]string, error) {
		return listTags(ctx, f.clients.Backup(), c.ARN)
	})
	if err != nil {
		return nil, err
	}

	out := *c
	out.Tags = tags

	if out.DataTime.IsZero() {
		out.DataTime, out.DataTimeSource = tagged(&out)
	}

	return &out, nil
}

func listTags(ctx context.Context, api tagsAPI, arn string) (map[string]string, error) {
	out := map[string]string{}

	pages := backup.NewListTagsPaginator(api, &backup.ListTagsInput{ResourceArn: aws.String(arn)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		maps.Copy(out, page.Tags)
	}

	return out, nil
}
