package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

func TestExplain(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 54321}

	cases := map[string]struct {
		reason string
		err    error
		want   string
	}{
		"API": {
			reason: "What AWS said is what counts.",
			err:    &smithy.GenericAPIError{Code: "AccessDenied", Message: "User x is not authorized"},
			want:   "AccessDenied: User x is not authorized",
		},
		"EncodedMessage": {
			reason: "A message that differs each time, and that nobody can read, must be left out.",
			err:    &smithy.GenericAPIError{Code: "UnauthorizedOperation", Message: "You are not authorized. Encoded authorization failure message: hJk12-_"},
			want:   "UnauthorizedOperation: You are not authorized.",
		},
		"TimedOut": {
			reason: "A region that does not answer is what it is, wherever the SDK noticed.",
			err:    &smithy.CanceledError{Err: fmt.Errorf("attempt 3: %w", context.DeadlineExceeded)},
			want:   "no answer within 10s",
		},
		"NoSuchHost": {
			reason: "The resolver's address must be left out.",
			err:    &net.DNSError{Err: "no such host", Name: "rds.us-west-9.amazonaws.com", Server: "10.0.0.10:53", IsNotFound: true},
			want:   "cannot resolve rds.us-west-9.amazonaws.com: no such host",
		},
		"ResolverDown": {
			reason: "So must the ports.",
			err:    &net.DNSError{Err: "read udp 10.0.0.7:4711->10.0.0.10:53: i/o timeout", Name: "rds.us-west-2.amazonaws.com", IsTimeout: true},
			want:   "cannot resolve rds.us-west-2.amazonaws.com",
		},
		"Reset": {
			reason: "A local port differs each time.",
			err:    &net.OpError{Op: "read", Net: "tcp", Source: local, Err: os.NewSyscallError("read", syscall.ECONNRESET)},
			want:   "connection reset by peer",
		},
		"DialTimeout": {
			reason: "A connection that can't be opened is reported as such.",
			err:    &net.OpError{Op: "dial", Net: "tcp", Source: local, Err: os.ErrDeadlineExceeded},
			want:   "timed out: dial",
		},
		"RequestID": {
			reason: "The id of a request differs each time.",
			err:    errors.New("https response error StatusCode: 200, RequestID: 0cf2-11, deserialization failed"),
			want:   "https response error StatusCode: 200, deserialization failed",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := explain(tc.err, 10*time.Second)
			if err.Error() != tc.want {
				t.Errorf("\n%s\nexplain(...): want %q, got %q", tc.reason, tc.want, err.Error())
			}

			if !errors.Is(err, tc.err) {
				t.Errorf("\n%s\nexplain(...): want the error of the SDK to be in it", tc.reason)
			}
		})
	}
}

// TestErrorsReadTheSame checks that a call that fails twice fails with the same
// words.
func TestErrorsReadTheSame(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  emulator.Fault
		want   string
	}{
		"Denied": {
			reason: "A permission that is missing is reported with the principal.",
			fault:  emulator.Deny(),
			want:   "operation error RDS: DescribeDBSnapshots, AccessDenied: User: " + homeUser + " is not authorized to perform: rds:DescribeDBSnapshots",
		},
		"Expired": {
			reason: "So are credentials that expired.",
			fault:  emulator.Expire(),
			want:   "operation error RDS: DescribeDBSnapshots, ExpiredToken: The security token included in the request is expired",
		},
		"Dark": {
			reason: "A dark region must be given up, and reported, in time.",
			fault:  emulator.Hang(),
			want:   "operation error RDS: DescribeDBSnapshots, no answer within 200ms",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			timeouts := DefaultTimeouts()
			if tc.fault == emulator.Hang() {
				timeouts.Attempt = 200 * time.Millisecond
			}

			w := newWorld(t, WithTimeouts(timeouts))
			w.apply(cluster(from(bySecret("dr"))))
			w.apply(secret("dr", map[string]string{"credentials": homeINI}))
			w.aws.Inject(emulator.Scope{Service: "rds"}, tc.fault)

			cl := w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)
			for range 2 {
				if err := w.describe(cl); err == nil || err.Error() != tc.want {
					t.Errorf("\n%s\nDescribeDBSnapshots(...): want %q, got %v", tc.reason, tc.want, err)
				}
			}
		})
	}
}

// TestAttempts checks that a call is tried a few times, and no more.
func TestAttempts(t *testing.T) {
	w := newWorld(t)
	w.apply(cluster(from(bySecret("dr"))))
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))
	failing := w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Fail(emulator.Error{Code: "InternalFailure", Status: http.StatusInternalServerError}))

	if err := w.describe(w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)); err == nil {
		t.Error("DescribeDBSnapshots(...): want an error")
	}

	if failing.Hits() != maxAttempts {
		t.Errorf("want %d attempts, got %d", maxAttempts, failing.Hits())
	}
}

func statusOf(err error) int {
	var rsp *awshttp.ResponseError
	if !errors.As(err, &rsp) {
		return 0
	}

	return rsp.HTTPStatusCode()
}
