package inventory

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// tableTagsAPI tells the tags of one table.
type tableTagsAPI interface {
	ListTagsOfResource(ctx context.Context, in *dynamodb.ListTagsOfResourceInput, opts ...func(*dynamodb.Options)) (*dynamodb.ListTagsOfResourceOutput, error)
}

// tableAPI is asked about one table at a time: DynamoDB lists names only.
type tableAPI interface {
	DescribeTable(ctx context.Context, in *dynamodb.DescribeTableInput, opts ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	DescribeContinuousBackups(ctx context.Context, in *dynamodb.DescribeContinuousBackupsInput, opts ...func(*dynamodb.Options)) (*dynamodb.DescribeContinuousBackupsOutput, error)
}

// table finds the points in time that a table of the region can be restored to.
// A replica of the table of another region has the same name here, and continuous
// backups of its own: what is not asked for is not offered.
func (f *finder) table(ctx context.Context, r *Request) (*Answer, error) {
	if r.Source.Identifier == "" {
		return nil, errors.New("cannot find a table by tags: DynamoDB does not list them, so that the source needs an identifier or an ARN")
	}

	if there := regionOf(r.Source.ARN); there != "" && there != f.region {
		return &Answer{Candidates: []*snapshot.Candidate{tableElsewhere(r.Source.ARN, there)}}, nil
	}

	t, err := f.describeTable(ctx, r.Source.Identifier)
	if err != nil || t == nil {
		return &Answer{}, err
	}

	pitr, err := f.describeRecovery(ctx, r.Source.Identifier)
	if err != nil {
		return nil, err
	}

	c, err := f.tableCandidate(ctx, r, t)
	if err != nil {
		return nil, err
	}

	out := &Answer{Candidates: []*snapshot.Candidate{c}}

	switch why := statusUnusable(t); {
	case why != "":
		c.Unusable, c.Why = snapshot.NotAvailable, why
	case pitr == nil || pitr.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusEnabled || pitr.LatestRestorableDateTime == nil:
		c.Unusable, c.Why = snapshot.NotAvailable, "it has no point-in-time recovery"
	default:
		c.DataTime, c.DataTimeSource = r.point(utc(pitr.EarliestRestorableDateTime), utc(pitr.LatestRestorableDateTime))
		out.Window = window(pitr.EarliestRestorableDateTime, pitr.LatestRestorableDateTime)
	}

	return out, nil
}

// point returns the best point of a window that a table can be restored to, and
// what tells it. It is in the window, for that is what a restore is given.
func (r *Request) point(earliest, latest time.Time) (time.Time, string) {
	// Restores take seconds.
	first := earliest.Add(time.Second - 1).Truncate(time.Second)
	newest := r.restless(latest)

	switch asked := r.Policy.Time.UTC(); {
	case r.Policy.Type == snapshot.AtOrBefore && asked.Before(first):
		return first, "EarliestRestorableDateTime"
	case r.Policy.Type == snapshot.AtOrBefore && !asked.After(latest):
		return asked, "policy.time"
	case newest.Before(first):
		return first, "LatestRestorableDateTime"
	}

	return newest, "LatestRestorableDateTime"
}

// tableElsewhere returns a candidate that says why a table of another region can't
// be restored in this one.
//
// See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_restores.html
func tableElsewhere(arn, region string) *snapshot.Candidate {
	return &snapshot.Candidate{
		ID: arn, ARN: arn, Store: snapshot.Store{Identifier: nameOf(arn), ARNs: list(arn), Region: region},
		Unusable: snapshot.NotAvailable, Why: "its continuous backups are in " + region + ": they can be restored there only",
	}
}

// tableCandidate returns a candidate for a table itself, with its tags if these
// are asked for.
func (f *finder) tableCandidate(ctx context.Context, r *Request, t *types.TableDescription) (*snapshot.Candidate, error) {
	c := tableItself(t, f.region)
	if !r.byTags() {
		return c, nil
	}

	var err error

	c.Tags, err = f.tags(ctx, "tags of tables", c.ARN, func(ctx context.Context) (map[string]string, error) {
		return listTableTags(ctx, f.clients.DynamoDB(), c.ARN)
	})

	return c, err
}

// listTableTags returns the tags of a table. The AWS SDK has no paginator for
// them.
func listTableTags(ctx context.Context, api tableTagsAPI, arn string) (map[string]string, error) {
	out := map[string]string{}
	in := &dynamodb.ListTagsOfResourceInput{ResourceArn: &arn}

	for {
		page, err := api.ListTagsOfResource(ctx, in)
		if err != nil {
			return nil, err
		}

		for _, t := range page.Tags {
			out[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}

		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return out, nil
		}
	}
}

// tableItself returns a candidate for a table itself. It is known by the ARN
// that it has in each region that it is replicated to.
func tableItself(t *types.TableDescription, region string) *snapshot.Candidate {
	arn := aws.ToString(t.TableArn)
	arns := []string{arn}

	for i := range t.Replicas {
		if there := aws.ToString(t.Replicas[i].RegionName); there != "" && there != region {
			arns = append(arns, sibling(arn, there, "table/"+aws.ToString(t.TableName)))
		}
	}

	c := &snapshot.Candidate{
		ID: arn, ARN: arn, CreatedAt: utc(t.CreationDateTime), Encrypted: true,
		SizeGiB: gib(aws.ToInt64(t.TableSizeBytes)),
		Store:   snapshot.Store{Identifier: aws.ToString(t.TableName), ResourceID: aws.ToString(t.TableId), ARNs: arns, Region: region},
	}

	// DynamoDB encrypts all tables; this is told for keys other than its own.
	if t.SSEDescription != nil {
		c.KMSKeyID = aws.ToString(t.SSEDescription.KMSMasterKeyArn)
	}

	return c
}

// describeTable returns a table, or nil if there is none of the name.
func (f *finder) describeTable(ctx context.Context, name string) (*types.TableDescription, error) {
	return describe(ctx, f, "table", name, func(ctx context.Context, api tableAPI) (*types.TableDescription, error) {
		out, err := api.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			return nil, err
		}

		return out.Table, nil
	})
}

// describeRecovery returns what a table can be restored to, or nil if there is
// none of the name.
func (f *finder) describeRecovery(ctx context.Context, name string) (*types.PointInTimeRecoveryDescription, error) {
	return describe(ctx, f, "point-in-time recovery of table", name, func(ctx context.Context, api tableAPI) (*types.PointInTimeRecoveryDescription, error) {
		out, err := api.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &name})
		if err != nil || out.ContinuousBackupsDescription == nil {
			return nil, err
		}

		return out.ContinuousBackupsDescription.PointInTimeRecoveryDescription, nil
	})
}

// describe asks about one table.
func describe[T any](ctx context.Context, f *finder, what, name string, ask func(context.Context, tableAPI) (*T, error)) (*T, error) {
	k := f.key(what)
	k.detail = name

	return fetch(ctx, f.cache, k, func(ctx context.Context) (*T, int, error) {
		out, err := ask(ctx, f.clients.DynamoDB())

		var none *types.ResourceNotFoundException

		var noTable *types.TableNotFoundException

		switch {
		case errors.As(err, &none), errors.As(err, &noTable):
			return nil, 1, nil
		case err != nil:
			return nil, 0, f.failed(what+" "+name, err)
		}

		return out, 1, nil
	})
}

// statusUnusable says why a table can't be used, by its state.
func statusUnusable(t *types.TableDescription) string {
	if slices.Contains([]types.TableStatus{types.TableStatusActive, types.TableStatusUpdating, types.TableStatusReplicationNotAuthorized}, t.TableStatus) {
		return ""
	}

	return "it is " + string(t.TableStatus)
}

// tableGone returns whether a table goes away.
func tableGone(t *types.TableDescription) bool {
	return strings.HasPrefix(string(t.TableStatus), "DELET")
}

const bytesPerGiB = 1 << 30

// gib rounds up.
func gib(bytes int64) int64 { return (bytes + bytesPerGiB - 1) / bytesPerGiB }
