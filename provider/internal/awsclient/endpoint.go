package awsclient

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// A service is a service of AWS that the provider calls, by the name that
// provider-upjet-aws gives it in endpoint.services and in Dynamic URLs.
type service string

// The services that the provider calls.
const (
	serviceSTS        service = "sts"
	serviceRDS        service = "rds"
	serviceEC2        service = "ec2"
	serviceBackup     service = "backup"
	serviceDynamoDB   service = "dynamodb"
	serviceCloudWatch service = "cloudwatch"
)

// An endpoint is where a service is called when it is not where the AWS SDK
// expects it.
type endpoint struct {
	// url to call, or nil for the one that the AWS SDK knows.
	url *string

	// apiOptions sign requests as the endpoint expects it.
	apiOptions []func(*middleware.Stack) error
}

// set the options of a service's client.
func (e endpoint) set(url **string, apiOptions *[]func(*middleware.Stack) error) {
	if e.url != nil {
		*url = e.url
	}

	*apiOptions = append(*apiOptions, e.apiOptions...)
}

// endpointOf returns where a service is called in a region. The SDK's own
// environment variables, such as AWS_ENDPOINT_URL, count where the config says
// nothing.
func endpointOf(cfg *v1alpha1.EndpointConfig, s service, region string) endpoint {
	if cfg == nil || !applies(cfg.Services, s) {
		return endpoint{}
	}

	url := urlOf(cfg.URL, s, region)
	if url == nil {
		return endpoint{}
	}

	return endpoint{url: url, apiOptions: signing(cfg)}
}

// urlOf returns the URL to call, or nil for the one that the AWS SDK knows.
func urlOf(cfg v1alpha1.URLConfig, s service, region string) *string {
	switch {
	case cfg.Type == v1alpha1.URLStatic:
		return cfg.Static
	case cfg.Type == v1alpha1.URLDynamic && cfg.Dynamic != nil:
		return aws.String(cfg.Dynamic.Protocol + "://" + string(s) + "." + region + "." + cfg.Dynamic.Host)
	default:
		return nil
	}
}

// applies reports whether the endpoint is for a service: for those that it
// lists, or for all when it lists none.
func applies(services []string, s service) bool {
	return len(services) == 0 || slices.ContainsFunc(services, func(listed string) bool {
		return strings.EqualFold(listed, string(s))
	})
}

// signing returns options that sign requests for another name or region.
func signing(cfg *v1alpha1.EndpointConfig) []func(*middleware.Stack) error {
	name, region := aws.ToString(cfg.SigningName), aws.ToString(cfg.SigningRegion)
	if name == "" && region == "" {
		return nil
	}

	return []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("crossdrSigning", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			if name != "" {
				ctx = awsmiddleware.SetSigningName(ctx, name) //nolint:staticcheck // Each service has a WithSigV4SigningName that does just this, for its own type of options.
			}

			if region != "" {
				ctx = awsmiddleware.SetSigningRegion(ctx, region) //nolint:staticcheck // As above.
			}

			return next.HandleInitialize(ctx, in)
		}), middleware.After)
	}}
}
