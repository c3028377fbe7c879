package inventory

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

const (
	east = "us-east-1"
	west = "us-west-2"
)

// noon is when every test begins.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// A world is an emulated AWS, and an inventory of it that reads its clock.
type world struct {
	*emulator.Emulator

	clock     *emulator.Clock
	server    *httptest.Server
	inventory *Inventory
}

func newWorld(tb testing.TB) *world {
	tb.Helper()

	clock := emulator.NewClock(noon)
	w := &world{Emulator: emulator.New(clock.Now), clock: clock, inventory: New(poll, clock.Now)}
	w.Account(account).AddAccessKey("AKIATEST", "secret")
	w.server = httptest.NewServer(w)

	tb.Cleanup(func() {
		w.inventory.Wait()
		w.server.Close()
	})

	return w
}

func (w *world) in(region string) *emulator.Region { return w.Account(account).Region(region) }

// find what there is in the west.
func (w *world) find(tb testing.TB, r *Request) (*Answer, error) {
	tb.Helper()

	if r.Region == "" {
		r.Region = west
	}

	return w.inventory.Find(tb.Context(), w.clients(r.Region), "identity", r)
}

// must find.
func (w *world) must(tb testing.TB, r *Request) *Answer {
	tb.Helper()

	a, err := w.find(tb, r)
	if err != nil {
		tb.Fatalf("Find(...): unexpected error: %v", err)
	}

	return a
}

// later lets the clock go on until nothing that is kept is fresh.
func (w *world) later() { w.clock.Advance(poll) }

// clients of a region, which do not retry, so that a fault is one error, and
// which give a dark region up soon.
type clients struct {
	aws.Config
}

func (w *world) clients(region string) clients {
	soon := emulator.Client()
	soon.Timeout = 500 * time.Millisecond

	return clients{aws.Config{
		Region: region, BaseEndpoint: aws.String(w.server.URL),
		Credentials:      credentials.NewStaticCredentialsProvider("AKIATEST", "secret", ""),
		RetryMaxAttempts: 1,
		HTTPClient:       soon,
	}}
}

func (c clients) Backup() *backup.Client         { return backup.NewFromConfig(c.Config) }
func (c clients) CloudWatch() *cloudwatch.Client { return cloudwatch.NewFromConfig(c.Config) }
func (c clients) DynamoDB() *dynamodb.Client     { return dynamodb.NewFromConfig(c.Config) }
func (c clients) EC2() *ec2.Client               { return ec2.NewFromConfig(c.Config) }
func (c clients) RDS() *rds.Client               { return rds.NewFromConfig(c.Config) }

// of returns a request for a source.
func of(s snapshot.Source) *Request {
	return &Request{Request: snapshot.Request{Region: west, Source: s}}
}

// named returns the ids of what was found.
func named(a *Answer) []string {
	out := make([]string, 0, len(a.Candidates))
	for _, c := range a.Candidates {
		out = append(out, c.ID)
	}

	return out
}

// ago is a time before noon.
func ago(d time.Duration) time.Time { return noon.Add(-d) }
