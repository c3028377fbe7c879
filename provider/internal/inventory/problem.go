package inventory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// A Problem is why AWS could not be asked.
type Problem string

// The problems.
const (
	// Waiting is for an answer that takes long.
	Waiting Problem = "Waiting"

	// Throttled are calls of this account.
	Throttled Problem = "Throttled"

	// AccessDenied is a permission that the credentials don't have.
	AccessDenied Problem = "AccessDenied"

	// CredentialsExpired are credentials that were good once.
	CredentialsExpired Problem = "CredentialsExpired"

	// CredentialsRefused are unknown credentials, or some of an account that has
	// not enabled the region: AWS says no more.
	CredentialsRefused Problem = "CredentialsRefused"

	// NotOptedIn is an account that has not enabled the region.
	NotOptedIn Problem = "NotOptedIn"

	// ClockSkew is a clock of ours that is off, by that of AWS.
	ClockSkew Problem = "ClockSkew"

	// Unreachable does not answer, or does not answer in time.
	Unreachable Problem = "Unreachable"

	// Untrusted is a certificate that nobody vouches for: of a proxy, mostly.
	Untrusted Problem = "Untrusted"

	// ServerError is an error of AWS itself.
	ServerError Problem = "ServerError"

	// Failed is anything else.
	Failed Problem = "Failed"
)

// An Error is a listing that failed.
type Error struct {
	Code    Problem
	Region  string
	Listing string

	err error
}

// Error returns what failed. It is the same as long as the same is wrong, so
// that a condition tells since when: how a dark region does not answer differs
// from one time to the next, and is left to Unwrap.
func (e *Error) Error() string {
	out := fmt.Sprintf("cannot list %s in %s: ", e.Listing, e.Region)

	switch words := e.Code.Words(); {
	case words == "":
		return out + e.err.Error()
	case e.Code == CredentialsRefused:
		return out + words + ": " + e.err.Error()
	default:
		return out + words
	}
}

// Words say a problem to people. Empty means that AWS says it best.
func (p Problem) Words() string {
	switch p {
	case Unreachable:
		return "the region does not answer"
	case Untrusted:
		return "the certificate of the endpoint is not trusted"
	case Throttled:
		return "AWS throttles the calls of this account"
	case ServerError:
		return "AWS answers with errors of its own"
	case ClockSkew:
		return "the clock of this provider and that of AWS differ too much"
	case CredentialsExpired:
		return "the credentials have expired"
	case CredentialsRefused:
		return "AWS refuses the credentials, or the account has not enabled the region"
	case NotOptedIn:
		return "the account has not enabled the region"
	case Waiting:
		return ErrWaiting.Error()
	case AccessDenied, Failed:
	}

	return ""
}

// Unwrap returns the error of the AWS SDK.
func (e *Error) Unwrap() error { return e.err }

// ProblemOf returns why AWS could not be asked.
func ProblemOf(err error) Problem {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}

	return classify(err)
}

// codes of AWS, where the kind of error is not told otherwise.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
// and https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
func codes() map[string]Problem {
	return map[string]Problem{
		"AccessDenied":                AccessDenied,
		"AccessDeniedException":       AccessDenied,
		"UnauthorizedOperation":       AccessDenied,
		"NotAuthorized":               AccessDenied,
		"ExpiredToken":                CredentialsExpired,
		"ExpiredTokenException":       CredentialsExpired,
		"AuthFailure":                 CredentialsRefused,
		"InvalidClientTokenId":        CredentialsRefused,
		"UnrecognizedClientException": CredentialsRefused,
		"InvalidSignatureException":   CredentialsRefused,
		"SignatureDoesNotMatch":       CredentialsRefused,
		"IncompleteSignature":         CredentialsRefused,
		"OptInRequired":               NotOptedIn,
		"SubscriptionRequired":        NotOptedIn,
		"RequestTimeTooSkewed":        ClockSkew,
		"RequestExpired":              ClockSkew,
		"RequestInTheFuture":          ClockSkew,
		"InternalError":               ServerError,
		"InternalFailure":             ServerError,
		"InternalServerError":         ServerError,
		"ServiceUnavailable":          ServerError,
		"Unavailable":                 ServerError,
	}
}

// classify an error of the AWS SDK.
func classify(err error) Problem {
	var (
		api         smithy.APIError
		response    *awshttp.ResponseError
		certificate *tls.CertificateVerificationError
		network     net.Error
	)

	switch {
	case errors.Is(err, ErrWaiting):
		return Waiting
	case errors.As(err, &api):
		return classifyAPI(api)
	case errors.As(err, &response) && response.HTTPStatusCode() >= http.StatusInternalServerError:
		return ServerError
	case errors.As(err, &certificate):
		return Untrusted
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network):
		return Unreachable
	}

	return Failed
}

func classifyAPI(api smithy.APIError) Problem {
	// A signature that is too old or too new is one error of many services with
	// one that is wrong.
	skewed := strings.Contains(api.ErrorMessage(), "Signature expired") || strings.Contains(api.ErrorMessage(), "Signature not yet current")

	known, ok := codes()[api.ErrorCode()]
	_, throttled := retry.DefaultThrottleErrorCodes[api.ErrorCode()]

	switch {
	case skewed:
		return ClockSkew
	case throttled:
		return Throttled
	case ok:
		return known
	case api.ErrorFault() == smithy.FaultServer:
		return ServerError
	}

	return Failed
}
