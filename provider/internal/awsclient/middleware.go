package awsclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/crossplane/upjet/v2/pkg/metrics"
)

// apiOptions returns what every call of the provider has: its user agent, the
// metrics, limits to how long an attempt and all of it may take, and errors that
// read the same each time.
func (c *Connector) apiOptions(attempt, call time.Duration) []func(*middleware.Stack) error {
	return []func(*middleware.Stack) error{
		awsmiddleware.AddUserAgentKeyValue("crossdr", c.version),
		countCalls,
		limitAttempt(attempt),
		// What is added before goes around what is there: the time is limited
		// first, and errors are explained last.
		limitCall(call),
		explainErrors(cmp.Or(attempt, call)),
	}
}

// A progress is how far a call has come.
type progress struct {
	// attempted is true once AWS was asked.
	attempted bool

	// answer is the error that AWS answered the last attempt with, or nil.
	answer error
}

type progressKey struct{}

// limitAttempt limits how long AWS may take to answer, body and all. What comes
// before, such as waiting because AWS throttles, does not count.
func limitAttempt(limit time.Duration) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("crossdrAttempt", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			whole := ctx

			if limit > 0 {
				var cancel context.CancelFunc

				ctx, cancel = context.WithTimeout(ctx, limit)
				defer cancel()
			}

			out, meta, err := next.HandleDeserialize(ctx, in)

			// An attempt that the end of the whole call cuts short says nothing of AWS:
			// it had not its time.
			short := limit > 0 && err != nil && whole.Err() != nil

			if p, ok := ctx.Value(progressKey{}).(*progress); ok && !short {
				p.attempted, p.answer = true, nil

				if api := smithy.APIError(nil); errors.As(err, &api) {
					p.answer = err
				}
			}

			return out, meta, err
		}), middleware.Before)
	}
}

// limitCall limits how long a call may take with all its attempts and the waits
// between them. Who runs out of time while waiting is told what AWS answered
// before: a region that throttles is not one that is dark.
func limitCall(limit time.Duration) func(*middleware.Stack) error {
	return initialize("crossdrLimit", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		p := &progress{}

		limited, cancel := context.WithTimeout(context.WithValue(ctx, progressKey{}, p), limit)
		defer cancel()

		out, meta, err := next.HandleInitialize(limited, in)

		switch {
		case limited.Err() == nil, ctx.Err() != nil, !errors.Is(err, context.DeadlineExceeded):
		case p.answer != nil:
			err = p.answer
		case !p.attempted:
			err = &smithy.GenericAPIError{Code: throttling, Message: fmt.Sprintf("no call was let through within %s, after AWS had throttled others", limit)}
		}

		return out, meta, err
	})
}

// throttling is how AWS says so. The AWS SDK itself holds calls back after that,
// and nothing else keeps one from its first attempt.
const throttling = "Throttling"

// explainErrors replaces the text of errors by one that reads the same each
// time the same thing fails.
func explainErrors(limit time.Duration) func(*middleware.Stack) error {
	return initialize("crossdrErrors", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		out, meta, err := next.HandleInitialize(ctx, in)

		return out, meta, explain(err, limit)
	})
}

func initialize(id string, f func(context.Context, middleware.InitializeInput, middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error)) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc(id, f), middleware.Before)
	}
}

// countCalls counts each attempt that AWS answered, under the metric and with
// the labels of provider-upjet-aws, so that dashboards serve both.
func countCalls(stack *middleware.Stack) error {
	// After the other deserializers, right beside the transport: only there do
	// errors mean that there was no answer.
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("crossdrCount", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		start := time.Now()

		out, meta, err := next.HandleDeserialize(ctx, in)
		if err == nil {
			operation := awsmiddleware.GetOperationName(ctx)
			metrics.ExternalAPICalls.WithLabelValues(awsmiddleware.GetServiceID(ctx), operation).Inc()
			metrics.ExternalAPITime.WithLabelValues(verb(operation)).Observe(time.Since(start).Seconds())
		}

		return out, meta, err
	}), middleware.After)
}

// verb is what upjet's metric calls an operation.
func verb(operation string) string {
	switch operation {
	case "AssumeRole", "AssumeRoleWithWebIdentity":
		return "connect"
	case "PutItem":
		return "create"
	case "UpdateItem":
		return "update"
	default:
		return "read"
	}
}
