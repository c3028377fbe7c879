package awsclient

import (
	"context"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"github.com/crossplane/upjet/v2/pkg/metrics"
)

// apiOptions returns what every call of the provider has: its user agent, the
// metrics, a limit to how long it may take, and errors that read the same each
// time.
func (c *Connector) apiOptions(limit time.Duration) []func(*middleware.Stack) error {
	return []func(*middleware.Stack) error{
		awsmiddleware.AddUserAgentKeyValue("crossdr", c.version),
		countCalls,
		// What is added before goes around what is there: the time is limited
		// first, and errors are explained last.
		limitCall(limit),
		explainErrors(limit),
	}
}

// limitCall limits how long a call may take with all its attempts.
func limitCall(limit time.Duration) func(*middleware.Stack) error {
	return initialize("crossdrLimit", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()

		return next.HandleInitialize(ctx, in)
	})
}

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
