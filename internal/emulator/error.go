package emulator

import (
	"fmt"
	"net/http"
)

// An Error is what AWS answers instead of a result.
type Error struct {
	// Code as AWS spells it for the service, such as DBSnapshotNotFound.
	Code string

	// Status of the HTTP response.
	Status int

	// Message for people.
	Message string

	// details are further members of the error, where its shape has them.
	details object
}

// Error returns the code and the message.
func (e *Error) Error() string {
	return e.Code + ": " + e.Message
}

// refuse returns an error of the client's making.
func refuse(code, format string, args ...any) error {
	return &Error{Code: code, Status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...)}
}

// missing returns an error about something that does not exist. RDS and AWS
// Backup differ from EC2 and DynamoDB in that they answer it with a 404.
func missing(code, format string, args ...any) error {
	return &Error{Code: code, Status: http.StatusNotFound, Message: fmt.Sprintf(format, args...)}
}

// commonErrors are the errors that any action of a service can answer. Each
// service has its own codes for them.
type commonErrors struct {
	throttled, denied, expired, unknownKey, badSignature, skewed, notOptedIn, unknownAction, internal Error

	// codes of errors whose message depends on the request.
	unsupported, invalid, missing, badToken string
}

const (
	messageThrottled    = "Rate exceeded"
	messageExpired      = "The security token included in the request is expired"
	messageUnknownKey   = "The security token included in the request is invalid."
	messageBadSignature = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	messageSkewed       = "Signature expired: the request's time is too far from that of the server"
	messageNotOptedIn   = "The AWS Access Key Id needs a subscription for the service"
	messageInternal     = "An internal error has occurred"
)

// queryErrors are the common errors of RDS and STS.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
func queryErrors() commonErrors {
	return commonErrors{
		throttled:     Error{Code: codeThrottling, Status: http.StatusBadRequest, Message: messageThrottled},
		denied:        Error{Code: codeAccessDenied, Status: http.StatusForbidden},
		expired:       Error{Code: "ExpiredToken", Status: http.StatusForbidden, Message: messageExpired},
		unknownKey:    Error{Code: "InvalidClientTokenId", Status: http.StatusForbidden, Message: messageUnknownKey},
		badSignature:  Error{Code: codeBadSignature, Status: http.StatusForbidden, Message: messageBadSignature},
		skewed:        Error{Code: codeBadSignature, Status: http.StatusForbidden, Message: messageSkewed},
		notOptedIn:    Error{Code: codeOptInRequired, Status: http.StatusForbidden, Message: messageNotOptedIn},
		unknownAction: Error{Code: "InvalidAction", Status: http.StatusBadRequest},
		internal:      Error{Code: "InternalFailure", Status: http.StatusInternalServerError, Message: messageInternal},
		unsupported:   codeInvalidValue,
		invalid:       codeInvalidValue,
		missing:       codeMissing,
		badToken:      codeInvalidValue,
	}
}

// cloudWatchErrors are the common errors of CloudWatch: those of awsQuery, but
// for what its present protocol does not know.
func cloudWatchErrors() commonErrors {
	errs := queryErrors()
	errs.unknownAction = Error{Code: codeUnknownOperation, Status: http.StatusNotFound}
	errs.badToken = "InvalidNextToken"

	return errs
}

// ec2Errors are the common errors of EC2.
//
// See https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
func ec2Errors() commonErrors {
	auth := Error{
		Code: "AuthFailure", Status: http.StatusUnauthorized,
		Message: "AWS was not able to validate the provided access credentials",
	}

	return commonErrors{
		throttled:     Error{Code: "RequestLimitExceeded", Status: http.StatusServiceUnavailable, Message: "Request limit exceeded."},
		denied:        Error{Code: "UnauthorizedOperation", Status: http.StatusForbidden},
		expired:       Error{Code: "RequestExpired", Status: http.StatusBadRequest, Message: "Request has expired."},
		unknownKey:    auth,
		badSignature:  auth,
		skewed:        Error{Code: "RequestExpired", Status: http.StatusBadRequest, Message: "Request has expired."},
		notOptedIn:    Error{Code: codeOptInRequired, Status: http.StatusUnauthorized, Message: messageNotOptedIn},
		unknownAction: Error{Code: "InvalidAction", Status: http.StatusBadRequest},
		internal:      Error{Code: "InternalError", Status: http.StatusInternalServerError, Message: messageInternal},
		unsupported:   "UnknownParameter",
		invalid:       codeInvalidValue,
		missing:       codeMissing,
		badToken:      "InvalidPaginationToken",
	}
}

// dynamoDBErrors are the common errors of DynamoDB. All but the server's own
// faults are 400.
//
// See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
func dynamoDBErrors() commonErrors {
	return commonErrors{
		throttled:     Error{Code: "ThrottlingException", Status: http.StatusBadRequest, Message: messageThrottled},
		denied:        Error{Code: "AccessDeniedException", Status: http.StatusBadRequest},
		expired:       Error{Code: "ExpiredTokenException", Status: http.StatusBadRequest, Message: messageExpired},
		unknownKey:    Error{Code: "UnrecognizedClientException", Status: http.StatusBadRequest, Message: messageUnknownKey},
		badSignature:  Error{Code: codeBadJSONSignature, Status: http.StatusBadRequest, Message: messageBadSignature},
		skewed:        Error{Code: codeBadJSONSignature, Status: http.StatusBadRequest, Message: messageSkewed},
		notOptedIn:    Error{Code: codeOptInRequired, Status: http.StatusBadRequest, Message: messageNotOptedIn},
		unknownAction: Error{Code: codeUnknownOperation, Status: http.StatusBadRequest},
		internal:      Error{Code: "InternalServerError", Status: http.StatusInternalServerError, Message: messageInternal},
		unsupported:   codeValidation,
		invalid:       codeValidation,
		missing:       codeValidation,
		badToken:      codeValidation,
	}
}

// backupErrors are the common errors of AWS Backup.
//
// See https://docs.aws.amazon.com/aws-backup/latest/devguide/CommonErrors.html
func backupErrors() commonErrors {
	return commonErrors{
		throttled:     Error{Code: "ThrottlingException", Status: http.StatusBadRequest, Message: messageThrottled},
		denied:        Error{Code: "AccessDeniedException", Status: http.StatusForbidden},
		expired:       Error{Code: "ExpiredTokenException", Status: http.StatusForbidden, Message: messageExpired},
		unknownKey:    Error{Code: "UnrecognizedClientException", Status: http.StatusForbidden, Message: messageUnknownKey},
		badSignature:  Error{Code: codeBadJSONSignature, Status: http.StatusForbidden, Message: messageBadSignature},
		skewed:        Error{Code: codeBadJSONSignature, Status: http.StatusForbidden, Message: messageSkewed},
		notOptedIn:    Error{Code: codeOptInRequired, Status: http.StatusForbidden, Message: messageNotOptedIn},
		unknownAction: Error{Code: codeUnknownOperation, Status: http.StatusNotFound},
		internal:      Error{Code: "ServiceUnavailableException", Status: http.StatusInternalServerError, Message: messageInternal},
		unsupported:   "InvalidParameterValueException",
		invalid:       "InvalidParameterValueException",
		missing:       "MissingParameterValueException",
		badToken:      "InvalidParameterValueException",
	}
}

// Codes that several actions answer.
const (
	codeInvalidValue       = "InvalidParameterValue"
	codeInvalidCombination = "InvalidParameterCombination"
	codeMissing            = "MissingParameter"
	codeValidation         = "ValidationException"
	codeOptInRequired      = "OptInRequired"
	codeUnknownOperation   = "UnknownOperationException"
	codeThrottling         = "Throttling"
	codeAccessDenied       = "AccessDenied"
	codeBadSignature       = "SignatureDoesNotMatch"
	codeBadJSONSignature   = "InvalidSignatureException"
)
