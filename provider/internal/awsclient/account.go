package awsclient

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// maxAttempts of a call. Few, because the reconcile is tried again anyhow.
const maxAttempts = 3

// An account is what is kept for one state of a ProviderConfig and of the
// Secrets that it selects: a spec that has changed is another account.
type account struct {
	connector *Connector
	spec      v1alpha1.ProviderConfigSpec
	identity  string

	// static credentials, for the source Secret.
	static aws.Credentials

	// token is a web identity token, for a tokenConfig with source Secret.
	token []byte

	mu sync.Mutex

	// sessions by the STS regions that their credentials come from.
	sessions map[string]*session

	// clients by region and by the STS regions that their credentials come from.
	clients map[string]*Client
}

func (c *Connector) newAccount(cfg config, identity string, s secrets) (*account, error) {
	a := &account{
		connector: c,
		spec:      cfg.spec,
		identity:  identity,
		token:     s.token,
		sessions:  map[string]*session{},
		clients:   map[string]*Client{},
	}

	if cfg.spec.Credentials.Source == v1alpha1.CredentialsSecret {
		creds, err := parseCredentials(s.credentials)
		if err != nil {
			return nil, err
		}

		a.static = creds
	}

	return a, nil
}

// client returns the account's client for a region. STS is not called in the
// regions to avoid.
func (a *account) client(ctx context.Context, region string, avoid []string) (*Client, error) {
	sts := stsRegions(a.spec.STSRegions, region, avoid)
	key := region + " " + strings.Join(sts, " ")

	a.mu.Lock()
	defer a.mu.Unlock()

	if cl := a.clients[key]; cl != nil {
		return cl, nil
	}

	s, err := a.session(ctx, sts)
	if err != nil {
		return nil, err
	}

	cfg, err := a.load(ctx, region, a.connector.timeouts.Attempt, a.connector.timeouts.Call, awsconfig.WithCredentialsProvider(s.CredentialsProvider))
	if err != nil {
		return nil, err
	}

	cl := newClient(cfg, a.identity, a.spec.Endpoint)
	cl.session = s
	a.clients[key] = cl

	return cl, nil
}

// session returns credentials that come from the given STS regions.
func (a *account) session(ctx context.Context, sts []string) (*session, error) {
	key := strings.Join(sts, " ")
	if s := a.sessions[key]; s != nil {
		return s, nil
	}

	s, err := a.newSession(ctx, sts)
	if err != nil {
		return nil, err
	}

	a.sessions[key] = s

	return s, nil
}

// load returns a configuration for a region. What the environment says, such as
// AWS_ENDPOINT_URL or AWS_CA_BUNDLE, counts where the options don't.
func (a *account) load(ctx context.Context, region string, attempt, call time.Duration, opts ...func(*awsconfig.LoadOptions) error) (aws.Config, error) {
	all := slices.Concat([]func(*awsconfig.LoadOptions) error{
		awsconfig.WithRegion(region),
		awsconfig.WithHTTPClient(a.connector.http),
		awsconfig.WithAPIOptions(a.connector.apiOptions(attempt, call)),
		awsconfig.WithRetryMode(aws.RetryModeAdaptive),
		awsconfig.WithRetryMaxAttempts(maxAttempts),
	}, opts)

	if a.spec.SkipMetadataAPICheck {
		all = append(all, awsconfig.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	}

	cfg, err := awsconfig.LoadDefaultConfig(ctx, all...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("cannot load the configuration of the AWS SDK: %w", err)
	}

	cfg.HTTPClient = plainBodies{next: cfg.HTTPClient}

	return cfg, nil
}
