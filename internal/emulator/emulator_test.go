package emulator

import (
	"errors"
	"net/http"
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
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

const (
	testAccount  = "111122223333"
	otherAccount = "444455556666"
	east         = "us-east-1"
	west         = "us-west-2"
)

// A world is an emulator that is served, and clients of it.
type world struct {
	*Emulator

	t      *testing.T
	clock  *Clock
	server *httptest.Server
	client *http.Client
}

// noon is when every test begins.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T) *world {
	t.Helper()

	clock := NewClock(noon)
	e := New(clock.Now)
	e.Account(testAccount).AddAccessKey("AKIATEST", "secret")
	e.Account(otherAccount).AddAccessKey("AKIAOTHER", "secret")

	server := httptest.NewServer(e)
	client := Client()

	t.Cleanup(server.Close)
	t.Cleanup(client.CloseIdleConnections)

	return &world{Emulator: e, t: t, clock: clock, server: server, client: client}
}

// config of a client that does not retry, so that a test sees every answer.
func (w *world) config(region string) aws.Config {
	return aws.Config{
		Region:           region,
		BaseEndpoint:     aws.String(w.server.URL),
		Credentials:      credentials.NewStaticCredentialsProvider("AKIATEST", "secret", ""),
		RetryMaxAttempts: 1,
		HTTPClient:       w.client,
	}
}

// other account's configuration.
func (w *world) other(region string) aws.Config {
	cfg := w.config(region)
	cfg.Credentials = credentials.NewStaticCredentialsProvider("AKIAOTHER", "secret", "")

	return cfg
}

func (w *world) rds(region string) *rds.Client { return rds.NewFromConfig(w.config(region)) }
func (w *world) ec2(region string) *ec2.Client { return ec2.NewFromConfig(w.config(region)) }
func (w *world) sts(region string) *sts.Client { return sts.NewFromConfig(w.config(region)) }
func (w *world) dynamodb(region string) *dynamodb.Client {
	return dynamodb.NewFromConfig(w.config(region))
}

func (w *world) backup(region string) *backup.Client { return backup.NewFromConfig(w.config(region)) }
func (w *world) cloudwatch(region string) *cloudwatch.Client {
	return cloudwatch.NewFromConfig(w.config(region))
}

func (w *world) here(region string) *Region { return w.Account(testAccount).Region(region) }

// must fails the test if a call failed, and returns its answer.
func must[T any](w *world) func(T, error) T {
	return func(out T, err error) T {
		w.t.Helper()

		if err != nil {
			w.t.Fatalf("unexpected error: %v", err)
		}

		return out
	}
}

// optional returns a parameter that is left out if it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}

	return &s
}

// code of the error that AWS answered; empty for no error.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}

	if err != nil {
		return "no answer: " + err.Error()
	}

	return ""
}

// mustRefuse fails the test unless AWS answered an error with a code.
func (w *world) mustRefuse(reason, want string, err error) {
	w.t.Helper()

	if diff := cmp.Diff(want, code(err)); diff != "" {
		w.t.Errorf("%s\n-want, +got:\n%s\n%v", reason, diff, err)
	}
}

// equal compares, and says why both should be the same.
func equal(t *testing.T, reason string, want, got any) {
	t.Helper()

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n-want, +got:\n%s", reason, diff)
	}
}

// waitFor waits for something that other goroutines bring about.
func (w *world) waitFor(what string, done func() bool) {
	w.t.Helper()

	limit := time.After(10 * time.Second)

	for !done() {
		select {
		case <-limit:
			w.t.Fatalf("waited too long for %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}
