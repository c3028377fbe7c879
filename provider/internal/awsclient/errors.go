package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"syscall"
	"time"

	"github.com/aws/smithy-go"
)

// An explained error says the same each time the same thing fails. The text of
// the AWS SDK's errors has request ids and port numbers in it: shown in a
// condition, they would change the status of a managed resource with every
// attempt, and each change renders an XR.
type explained struct {
	error

	text string
}

// Error returns the text.
func (e explained) Error() string { return e.text }

// Unwrap returns the error of the AWS SDK.
func (e explained) Unwrap() error { return e.error }

// explain returns an error with a text that reads the same each time. The limit
// is how long the call could take.
func explain(err error, limit time.Duration) error {
	if err == nil {
		return nil
	}

	return explained{error: err, text: text(err, limit)}
}

func text(err error, limit time.Duration) string {
	var (
		api  smithy.APIError
		dns  *net.DNSError
		op   *net.OpError
		errn syscall.Errno
	)

	switch {
	case errors.As(err, &api):
		return api.ErrorCode() + ": " + encoded.ReplaceAllString(api.ErrorMessage(), "")
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within %s", limit)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("cannot resolve %s: no such host", dns.Name)
	case errors.As(err, &dns):
		return fmt.Sprintf("cannot resolve %s", dns.Name)
	case errors.As(err, &errn):
		return errn.Error()
	case errors.As(err, &op) && op.Timeout():
		return "timed out: " + op.Op
	case errors.As(err, &op):
		return op.Op + ": " + op.Err.Error()
	default:
		return requestID.ReplaceAllString(err.Error(), "")
	}
}

// requestID matches the id that AWS gives to a request.
var requestID = regexp.MustCompile(`,? RequestID: [^,]*`)

// encoded matches the part of a message that only the account that is denied can
// decode, and that differs each time.
var encoded = regexp.MustCompile(`\s*Encoded authorization failure message: \S+`)
