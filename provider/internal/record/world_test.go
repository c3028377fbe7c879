package record

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

const (
	account = "111122223333"

	east    = "us-east-1"
	west    = "us-west-2"
	ohio    = "us-east-2"
	ireland = "eu-west-1"

	tableName, itemKey = "crossdr", "dr/payments"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// A world is an emulated DynamoDB, over HTTP.
type world struct {
	t      *testing.T
	aws    *emulator.Emulator
	clock  *emulator.Clock
	url    string
	tables *Tables

	// attempts of each call.
	attempts int
}

func newWorld(t *testing.T) *world {
	t.Helper()

	clock := emulator.NewClock(noon)
	w := &world{t: t, clock: clock, aws: emulator.New(clock.Now), tables: NewTables(clock.Now), attempts: 1}
	w.aws.Account(account).AddAccessKey("AKIATEST", "secret")

	server := httptest.NewServer(w.aws)
	t.Cleanup(server.Close)
	w.url = server.URL

	return w
}

// single adds a table of one region.
func (w *world) single(region string) {
	w.aws.Account(account).Region(region).AddTable(emulator.Table{Name: tableName})
}

// global adds a global table in three regions, the last of which may be a
// witness.
func (w *world) global(consistency, witness string, regions ...string) {
	w.aws.Account(account).AddGlobalTable(emulator.Table{Name: tableName}, consistency, witness, regions...)
}

// record of a target that decides about us-east-1 and us-west-2, through the
// endpoints of some regions.
func (w *world) record(regions ...string) *Record {
	p := Place{Table: tableName, Key: itemKey, Regions: regions, About: []string{east, west}}

	return w.tables.Record(p, func(_ context.Context, region string) (API, string, error) {
		return w.client(region), "identity", nil
	})
}

func (w *world) client(region string) *dynamodb.Client {
	return dynamodb.NewFromConfig(aws.Config{
		Region: region, BaseEndpoint: aws.String(w.url), RetryMaxAttempts: w.attempts, HTTPClient: emulator.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIATEST", "secret", ""),
	})
}

// put an item as somebody else does.
func (w *world) put(region string, i item) {
	w.t.Helper()

	if _, err := w.client(region).PutItem(w.t.Context(), &dynamodb.PutItemInput{TableName: aws.String(tableName), Item: i}); err != nil {
		w.t.Fatal(err)
	}
}

// inject a fault into the calls of DynamoDB in a region. Without an action they
// are all meant.
func (w *world) inject(region, action string, f emulator.Fault) *emulator.Injection {
	return w.aws.Inject(emulator.Scope{Region: region, Service: "dynamodb", Action: action}, f)
}

func home() failover.State {
	return failover.State{Decision: failover.Decision{Region: east, Epoch: 1, DataEpoch: 1, DecidedAt: noon, By: "us", Nonce: "n1"}}
}

func moved(by string) failover.State {
	s := home()

	return failover.State{
		Decision: failover.Decision{Region: west, Epoch: 2, DataEpoch: 2, From: east, DecidedAt: noon, Reason: "INC-4711", By: by, Nonce: by + "2"},
		History:  []failover.Decision{s.Decision},
	}
}
