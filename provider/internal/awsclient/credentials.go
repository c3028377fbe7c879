package awsclient

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// The environment of a pod whose service account has a role: IRSA.
//
// See https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html
const (
	envRoleARN   = "AWS_ROLE_ARN"
	envTokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE" //nolint:gosec // The name of a variable, no credential.
)

const (
	// sessionName of the roles that are assumed, for AWS CloudTrail.
	sessionName = "crossdr"

	// sessionDuration is the longest that role chaining allows, and one that
	// every role allows.
	//
	// See https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
	sessionDuration = time.Hour
)

// newSession returns credentials that come from the given STS regions.
func (a *account) newSession(ctx context.Context, regions []string) (*session, error) {
	if a.spec.Credentials.Source == v1alpha1.CredentialsSecret && len(a.spec.AssumeRoleChain) == 0 {
		return &session{CredentialsProvider: credentials.StaticCredentialsProvider{Value: a.static}}, nil
	}

	if len(regions) == 0 {
		return nil, errors.New("cannot choose a region for AWS STS: the only ones that are left are to be avoided")
	}

	p := &anyRegion{now: time.Now}

	for _, r := range regions {
		creds, err := a.inRegion(ctx, r)
		if err != nil {
			return nil, err
		}

		p.regions = append(p.regions, regional{name: r, CredentialsProvider: creds})
	}

	cache := aws.NewCredentialsCache(p, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = refreshBefore })

	return &session{CredentialsProvider: cache, sts: p}, nil
}

// inRegion returns credentials that come from STS in one region.
func (a *account) inRegion(ctx context.Context, region string) (aws.CredentialsProvider, error) {
	cfg, err := a.loadSTS(ctx, region, awsconfig.WithCredentialsProvider(aws.AnonymousCredentials{}))
	if err != nil {
		return nil, err
	}

	creds, err := a.source(ctx, cfg)
	if err != nil {
		return nil, err
	}

	for _, hop := range a.spec.AssumeRoleChain {
		cfg.Credentials = creds
		creds = stscreds.NewAssumeRoleProvider(a.sts(cfg), string(hop.RoleARN), assume(hop))
	}

	return creds, nil
}

// source returns the credentials that the chain of roles starts with.
func (a *account) source(ctx context.Context, cfg aws.Config) (aws.CredentialsProvider, error) {
	switch s := a.spec.Credentials.Source; s {
	case v1alpha1.CredentialsSecret:
		return credentials.StaticCredentialsProvider{Value: a.static}, nil
	case v1alpha1.CredentialsIRSA:
		if role, file := os.Getenv(envRoleARN), os.Getenv(envTokenFile); role != "" && file != "" {
			return stscreds.NewWebIdentityRoleProvider(a.sts(cfg), role, stscreds.IdentityTokenFile(file), named(sessionName)), nil
		}

		return a.chain(ctx, cfg.Region)
	case v1alpha1.CredentialsPodIdentity:
		return a.chain(ctx, cfg.Region)
	case v1alpha1.CredentialsWebIdentity:
		return a.webIdentity(cfg)
	default:
		return nil, fmt.Errorf("cannot use the credentials source %q", s)
	}
}

// chain returns the credentials that the AWS SDK finds by itself.
func (a *account) chain(ctx context.Context, region string) (aws.CredentialsProvider, error) {
	e := endpointOf(a.spec.Endpoint, serviceSTS, region)
	opts := []func(*awsconfig.LoadOptions) error{
		awsconfig.WithAPIOptions(slices.Concat(a.connector.apiOptions(0, a.connector.timeouts.STS), e.apiOptions)),
	}

	if e.url != nil {
		opts = append(opts, awsconfig.WithBaseEndpoint(*e.url))
	}

	cfg, err := a.loadSTS(ctx, region, opts...)
	if err != nil {
		return nil, err
	}

	return cfg.Credentials, nil
}

// loadSTS returns a configuration to call STS with. Calls have one attempt: the
// next one is made in another region.
func (a *account) loadSTS(ctx context.Context, region string, opts ...func(*awsconfig.LoadOptions) error) (aws.Config, error) {
	return a.load(ctx, region, 0, a.connector.timeouts.STS, append(opts, awsconfig.WithRetryMaxAttempts(1))...)
}

func (a *account) webIdentity(cfg aws.Config) (aws.CredentialsProvider, error) {
	opts := a.spec.Credentials.WebIdentity
	if opts == nil {
		return nil, errors.New("cannot assume a role with a web identity: credentials.webIdentity is not set")
	}

	token, err := a.tokenOf(opts.TokenConfig)
	if err != nil {
		return nil, err
	}

	name := opts.RoleSessionName
	if name == "" {
		name = sessionName
	}

	return stscreds.NewWebIdentityRoleProvider(a.sts(cfg), string(opts.RoleARN), token, named(name)), nil
}

func (a *account) tokenOf(cfg *v1alpha1.WebIdentityTokenConfig) (stscreds.IdentityTokenRetriever, error) {
	switch {
	case cfg == nil && os.Getenv(envTokenFile) == "":
		return nil, errors.New("cannot assume a role with a web identity: credentials.webIdentity.tokenConfig is not set, and neither is the environment variable " + envTokenFile)
	case cfg == nil:
		return stscreds.IdentityTokenFile(os.Getenv(envTokenFile)), nil
	case cfg.Source == v1alpha1.TokenFilesystem && cfg.Fs != nil:
		return stscreds.IdentityTokenFile(cfg.Fs.Path), nil
	default:
		return token(a.token), nil
	}
}

// A token is a web identity token that was read from a Secret.
type token []byte

// GetIdentityToken returns the token.
func (t token) GetIdentityToken() ([]byte, error) { return t, nil }

// sts returns a client of STS in the configuration's region.
func (a *account) sts(cfg aws.Config) *sts.Client {
	e := endpointOf(a.spec.Endpoint, serviceSTS, cfg.Region)

	return sts.NewFromConfig(cfg, func(o *sts.Options) {
		e.set(&o.BaseEndpoint, &o.APIOptions)
	})
}

func named(session string) func(*stscreds.WebIdentityRoleOptions) {
	return func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = session }
}

func assume(hop v1alpha1.AssumeRoleOptions) func(*stscreds.AssumeRoleOptions) {
	return func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = sessionName
		o.Duration = sessionDuration
		o.ExternalID = hop.ExternalID
		o.TransitiveTagKeys = hop.TransitiveTagKeys

		for _, t := range hop.Tags {
			o.Tags = append(o.Tags, types.Tag{Key: aws.String(t.Key), Value: aws.String(t.Value)})
		}
	}
}
