package awsclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// limited returns a world that limits calls, and a client of the west.
func limited(t *testing.T, limits Timeouts) (*world, *Client) {
	t.Helper()

	w := newWorld(t, WithTimeouts(limits))
	w.apply(cluster(from(bySecret("dr"))))
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))

	return w, w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)
}

// throttled reports whether an error is one that AWS throttles with.
func throttled(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}

	_, ok := retry.DefaultThrottleErrorCodes[api.ErrorCode()]

	return ok && !errors.Is(err, context.DeadlineExceeded)
}

func TestThrottlingIsNotDarkness(t *testing.T) {
	cases := map[string]struct {
		reason string
		call   time.Duration
	}{
		"BetweenAttempts": {
			reason: "Who gives up while waiting for the next attempt was throttled, and not left without an answer.",
			call:   time.Second,
		},
		"BeforeTheFirst": {
			reason: "So was who is held back by the AWS SDK because others were throttled, and never asks.",
			call:   500 * time.Millisecond,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			limits := DefaultTimeouts()
			limits.Call = tc.call
			w, cl := limited(t, limits)
			lasting := w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Throttle())

			for range 4 {
				if err := w.describe(cl); !throttled(err) {
					t.Errorf("%s\nDescribeDBSnapshots(...): want that AWS throttles, got %v", tc.reason, err)
				}
			}

			if lasting.Hits() == 0 {
				t.Error("nothing was throttled")
			}
		})
	}
}

func TestWaitingIsNotInTheLimitOfAnAttempt(t *testing.T) {
	limits := DefaultTimeouts()
	limits.Attempt = time.Second
	w, cl := limited(t, limits)
	w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Throttle().Times(2))

	// After a throttled call the AWS SDK lets one through in two seconds.
	for range 2 {
		if err := w.describe(cl); err != nil {
			t.Errorf("what is throttled for a while is answered later, and got: %v", err)
		}
	}
}

func TestDarknessIsGivenUpAtOnce(t *testing.T) {
	limits := DefaultTimeouts()
	limits.Attempt = time.Second
	w, cl := limited(t, limits)
	dark := w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Hang())

	const want = "no answer within 1s"
	if err := w.describe(cl); err == nil || !strings.HasSuffix(err.Error(), want) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want %q, got %v", want, err)
	}

	if dark.Hits() != 1 {
		t.Errorf("want one attempt in a region that does not answer, got %d", dark.Hits())
	}
}

func TestDarknessAfterThrottlingIsDarkness(t *testing.T) {
	limits := DefaultTimeouts()
	limits.Attempt = time.Second
	w, cl := limited(t, limits)
	dark := w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Hang())
	w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Throttle().Times(1)) // What is injected last is first.

	if err := w.describe(cl); err == nil || throttled(err) {
		t.Errorf("the last attempt had no answer, and got: %v", err)
	}

	if dark.Hits() != 1 {
		t.Errorf("want one attempt without an answer, got %d", dark.Hits())
	}
}

// An httpClient in the form of a function.
type httpClient func(r *http.Request) (*http.Response, error)

func (f httpClient) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestPlainBodies(t *testing.T) {
	body := struct {
		io.WriterTo
		io.ReadCloser
	}{ReadCloser: io.NopCloser(strings.NewReader("body"))}

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost", body)
	if err != nil {
		t.Fatal(err)
	}

	sent := httpClient(func(r *http.Request) (*http.Response, error) {
		if _, ok := r.Body.(io.WriterTo); ok {
			t.Error("net/http must not see an io.WriterTo: it closes connections that are read")
		}

		if got, err := io.ReadAll(r.Body); err != nil || string(got) != "body" {
			t.Errorf("ReadAll(...): want body, got %q, %v", got, err)
		}

		return nil, nil //nolint:nilnil // Nobody looks at it.
	})

	if _, err := (plainBodies{next: sent}).Do(r); err != nil { //nolint:bodyclose // There is none.
		t.Error(err)
	}

	if _, ok := r.Body.(io.WriterTo); !ok {
		t.Error("the request of the AWS SDK must stay as it was")
	}

	_, cl := limited(t, DefaultTimeouts())
	if _, ok := cl.RDS().Options().HTTPClient.(plainBodies); !ok {
		t.Errorf("the clients of services send through it: got %T", cl.RDS().Options().HTTPClient)
	}
}
