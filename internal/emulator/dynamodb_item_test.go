package emulator

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func recordKey(target string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"target": &types.AttributeValueMemberS{Value: target}}
}

// putRecordIf writes an epoch if it is larger than the one that is there.
func (w *world) putRecordIf(ctx context.Context, region, target string, epoch int) error {
	item := recordKey(target)
	item["epoch"] = &types.AttributeValueMemberN{Value: strconv.Itoa(epoch)}
	item["by"] = &types.AttributeValueMemberS{Value: region}

	_, err := w.dynamodb(region).PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(record), Item: item,
		ConditionExpression:                 aws.String("attribute_not_exists(#t) OR #e < :e"),
		ExpressionAttributeNames:            map[string]string{"#t": "target", "#e": "epoch"},
		ExpressionAttributeValues:           map[string]types.AttributeValue{":e": item["epoch"]},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})

	return err
}

func (w *world) putRecord(region, target string, epoch int) {
	w.t.Helper()

	if err := w.putRecordIf(w.t.Context(), region, target, epoch); err != nil {
		w.t.Fatalf("unexpected error: %v", err)
	}
}

// epoch that a region reads; 0 for none.
func (w *world) epoch(region, target string, consistent bool) int {
	w.t.Helper()

	out := must[*dynamodb.GetItemOutput](w)(w.dynamodb(region).GetItem(w.t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String(record), Key: recordKey(target), ConsistentRead: aws.Bool(consistent),
	}))

	n, ok := out.Item["epoch"].(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}

	epoch, err := strconv.Atoi(n.Value)
	if err != nil {
		w.t.Fatalf("epoch is no number: %v", err)
	}

	return epoch
}

func TestPutItem(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTable(Table{Name: record, HashKey: "target"})

	ctx := t.Context()
	w.mustRefuse("The first write finds nothing.", "", w.putRecordIf(ctx, west, "payments", 1))
	w.mustRefuse("A larger epoch wins.", "", w.putRecordIf(ctx, west, "payments", 2))
	w.mustRefuse("Another item is another matter.", "", w.putRecordIf(ctx, west, "orders", 1))

	err := w.putRecordIf(ctx, west, "payments", 2)
	w.mustRefuse("The same epoch loses.", "ConditionalCheckFailedException", err)

	var lost *types.ConditionalCheckFailedException
	if !errors.As(err, &lost) {
		t.Fatalf("The SDK must know the error: got %v", err)
	}

	equal(t, "Who loses is told what is there.", "2", lost.Item["epoch"].(*types.AttributeValueMemberN).Value)
	equal(t, "What is there is what was written last.", 2, w.epoch(west, "payments", true))

	_, err = w.dynamodb(west).PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(record), Item: recordKey("payments"), ConditionExpression: aws.String("attribute_not_exists(#t)"),
		ExpressionAttributeNames: map[string]string{"#t": "target"},
	})
	if !errors.As(err, &lost) || lost.Item != nil {
		t.Errorf("Who does not ask is not told: got %v", err)
	}

	out := must[*dynamodb.PutItemOutput](w)(w.dynamodb(west).PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(record), Item: recordKey("payments"), ReturnValues: types.ReturnValueAllOld,
	}))
	equal(t, "Without a condition, a write replaces all of an item.", []any{3, 0}, []any{len(out.Attributes), w.epoch(west, "payments", true)})
}

func TestReadsSettle(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTable(Table{Name: record, HashKey: "target"})
	w.putRecord(west, "payments", 1)
	w.clock.Advance(time.Second)
	w.putRecord(west, "payments", 2)

	equal(t, "A read that need not be consistent misses the last write; one that must does not.",
		[]int{1, 2}, []int{w.epoch(west, "payments", false), w.epoch(west, "payments", true)})
	w.clock.Advance(time.Second)
	equal(t, "It is seen in the end.", 2, w.epoch(west, "payments", false))
}

func TestEventualWritesBothWin(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).AddGlobalTable(Table{Name: record, HashKey: "target"}, Eventual, "", east, west)

	ctx := t.Context()
	w.mustRefuse("One region decides.", "", w.putRecordIf(ctx, east, "payments", 2))
	w.mustRefuse("The other does not know, and decides too: this is why such a table is no record.", "", w.putRecordIf(ctx, west, "payments", 2))
	w.Account(testAccount).ReplicateTable(record)

	by := func(region string) string {
		return w.here(region).Item(record, "payments")["by"]["S"].(string)
	}

	equal(t, "After replication the last writer has won, in both.", []string{west, west}, []string{by(east), by(west)})
}

func TestStrongWriteWinsOnce(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).AddGlobalTable(Table{Name: record, HashKey: "target"}, Strong, ohio, east, west)

	var (
		group sync.WaitGroup
		errs  [20]error
	)

	for i := range errs {
		group.Go(func() { errs[i] = w.putRecordIf(t.Context(), []string{east, west}[i%2], "payments", 2) })
	}

	group.Wait()

	got := map[string]int{}
	for _, err := range errs {
		got[code(err)]++
	}

	equal(t, "Of any number of writes of one epoch, from all regions at once, one wins.",
		map[string]int{"": 1, "ConditionalCheckFailedException": 19}, got)
	equal(t, "Every region reads it at once.", []int{2, 2}, []int{w.epoch(east, "payments", true), w.epoch(west, "payments", true)})

	_, err := w.dynamodb(ohio).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(record)})
	w.mustRefuse("A witness has no table.", "ResourceNotFoundException", err)

	w.Inject(Scope{Action: "PutItem"}, Conflict().Times(1))
	w.mustRefuse("Writes of two regions can be in each other's way.", "ReplicatedWriteConflictException", w.putRecordIf(t.Context(), west, "payments", 3))
	w.mustRefuse("A retry helps.", "", w.putRecordIf(t.Context(), west, "payments", 3))
}

func TestItemRefuses(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTable(Table{Name: record, HashKey: "target"})

	cases := map[string]struct {
		reason string
		key    map[string]types.AttributeValue
	}{
		"NoKey":   {reason: "An item has its key.", key: map[string]types.AttributeValue{"x": &types.AttributeValueMemberS{Value: "a"}}},
		"KeyType": {reason: "Of its type.", key: map[string]types.AttributeValue{"target": &types.AttributeValueMemberN{Value: "1"}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := w.dynamodb(west).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(record), Item: tc.key})
			w.mustRefuse(tc.reason, codeValidation, err)

			_, err = w.dynamodb(west).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(record), Key: tc.key})
			w.mustRefuse(tc.reason, codeValidation, err)
		})
	}

	extra := recordKey("a")
	extra["epoch"] = &types.AttributeValueMemberN{Value: "1"}
	_, err := w.dynamodb(west).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(record), Key: extra})
	w.mustRefuse("A key is no more than the key.", codeValidation, err)
}

func TestRangeKey(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTable(Table{Name: record, HashKey: "target", RangeKey: "kind"})

	item := recordKey("payments")
	item["kind"] = &types.AttributeValueMemberS{Value: "decision"}
	must[*dynamodb.PutItemOutput](w)(w.dynamodb(west).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(record), Item: item}))

	equal(t, "Both keys name an item.", []any{true, false},
		[]any{w.here(west).Item(record, "payments", "decision") != nil, w.here(west).Item(record, "payments", "other") != nil})
}
