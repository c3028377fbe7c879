package record

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/crossdr/crossdr/provider/internal/failover"
	"github.com/crossdr/crossdr/provider/internal/inventory"
)

// patience is how long one call may take. DynamoDB answers within milliseconds:
// what takes longer is dark, and the next endpoint should be asked.
const patience = 4 * time.Second

// An API is what is called of Amazon DynamoDB in one region.
type API interface {
	DescribeTable(ctx context.Context, in *dynamodb.DescribeTableInput, opts ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// A Connect returns the API of a region, and the identity of the credentials
// that it is called with.
type Connect func(ctx context.Context, region string) (api API, identity string, err error)

// A Place is where a record is kept.
type Place struct {
	// Table is the name of the table.
	Table string

	// Key is the value of the partition key id.
	Key string

	// Regions whose endpoints may be asked, as the spec lists them.
	Regions []string

	// About are the regions that are decided about.
	About []string
}

// Tables is what is known of tables. It is safe for concurrent use.
type Tables struct {
	now func() time.Time

	mu    sync.Mutex
	known map[tableKey]description
}

// NewTables returns Tables that know nothing yet.
func NewTables(now func() time.Time) *Tables {
	return &Tables{now: now, known: map[tableKey]description{}}
}

// Record returns the record at a place, for one turn.
func (t *Tables) Record(p Place, connect Connect) *Record {
	return &Record{tables: t, place: p, connect: connect}
}

// A Record is read and written in one turn. It is not safe for concurrent use.
type Record struct {
	tables  *Tables
	place   Place
	connect Connect

	// read is the item that was read last. What a newer version has put there
	// stays there.
	read item
}

// Read carries out a StepRead: it reads the record, consistently, at the first
// endpoint that answers.
func (r *Record) Read(ctx context.Context, endpoints []string) failover.Reply {
	var failed []string

	for _, region := range endpoints {
		reading, err := r.readAt(ctx, region)
		if err == nil {
			return failover.Reply{Result: failover.ResultDone, Reading: reading}
		}

		failed = append(failed, said(region, err))
	}

	return unreadable(strings.Join(failed, "; "))
}

// Write carries out a StepRecord: it writes the state, on the condition that
// the epoch is the expected one, or that there is no item if that is 0.
//
// The next endpoint is asked when one does not answer. That writes no decision
// twice: whichever write comes first, the condition of the other does not hold.
func (r *Record) Write(ctx context.Context, endpoints []string, s failover.State, expect int64) failover.Reply {
	in, err := r.put(s, expect)
	if err != nil {
		return failover.Reply{Result: failover.ResultUnknown, Detail: err.Error()}
	}

	var failed []string

	for _, region := range endpoints {
		err := r.writeAt(ctx, region, in)

		var refused *types.ConditionalCheckFailedException

		switch {
		case err == nil:
			return failover.Reply{Result: failover.ResultDone}
		case errors.As(err, &refused):
			// The first endpoint may have taken the write without our hearing of
			// it. To read it back tells.
			return failover.Reply{Result: failover.ResultRefused, Detail: said(region, errors.New("its epoch is not the one that was read any more"))}
		}

		failed = append(failed, said(region, err))
	}

	return failover.Reply{Result: failover.ResultUnknown, Detail: strings.Join(failed, "; ")}
}

// unreadable is the reply when nobody knows what the record says.
func unreadable(detail string) failover.Reply {
	fault := failover.RecordFault{Code: failover.CodeRecordUnreadable, Detail: detail}

	return failover.Reply{Result: failover.ResultUnknown, Reading: failover.Reading{Fault: fault}, Detail: detail}
}

// readAt reads the record in one region. An error says that another region may
// know more.
func (r *Record) readAt(ctx context.Context, region string) (failover.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	api, identity, err := r.connect(ctx, region)
	if err != nil {
		return failover.Reading{}, err
	}

	d, err := r.tables.describe(ctx, api, tableKey{identity: identity, region: region, name: r.place.Table})
	if err != nil {
		return failover.Reading{}, err
	}

	if fault := d.fault(region, &r.place); fault.Code != "" {
		return failover.Reading{Fault: fault}, nil
	}

	out, err := api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.place.Table), Key: key(r.place.Key), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return failover.Reading{}, fmt.Errorf("cannot read the item: %w", err)
	}

	r.read = out.Item

	state, err := decode(out.Item)
	if err != nil {
		return failover.Reading{Fault: failover.RecordFault{
			Code:   failover.CodeRecordUnreadable,
			Detail: fmt.Sprintf("the item %q of table %s in %s makes no sense: %s", r.place.Key, r.place.Table, region, err),
		}}, nil
	}

	return failover.Reading{State: state}, nil
}

func (r *Record) writeAt(ctx context.Context, region string, in *dynamodb.PutItemInput) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	api, _, err := r.connect(ctx, region)
	if err != nil {
		return err
	}

	_, err = api.PutItem(ctx, in)

	return err
}

// put returns the conditional write.
func (r *Record) put(s failover.State, expect int64) (*dynamodb.PutItemInput, error) {
	written, err := encode(r.place.Key, s)
	if err != nil {
		return nil, err
	}

	next := item{}
	maps.Copy(next, r.read)
	maps.Copy(next, written)

	in := &dynamodb.PutItemInput{
		TableName:                aws.String(r.place.Table),
		Item:                     next,
		ConditionExpression:      aws.String("attribute_not_exists(#epoch)"),
		ExpressionAttributeNames: map[string]string{"#epoch": attributeEpoch},
	}

	if expect > 0 {
		in.ConditionExpression = aws.String("#epoch = :expected")
		in.ExpressionAttributeValues = item{":expected": number(expect)}
	}

	return in, nil
}

// said tells what went wrong in a region, in words that are the same as long as
// the same is wrong: they end up in a status.
func said(region string, err error) string {
	switch inventory.ProblemOf(err) { //nolint:exhaustive // What the others say is said best by AWS.
	case inventory.Unreachable:
		return region + " does not answer"
	case inventory.Untrusted:
		return region + ": " + inventory.Untrusted.Words()
	case inventory.ServerError:
		return region + " answers with errors of its own"
	case inventory.Throttled:
		return region + " throttles the calls of this account"
	}

	return region + ": " + err.Error()
}
