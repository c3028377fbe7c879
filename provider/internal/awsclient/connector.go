package awsclient

import (
	"context"
	"fmt"
	"sync"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// A Connector connects managed resources to AWS. It keeps credentials and
// clients, so that managed resources that share a ProviderConfig share them,
// and with them what the clients learn about throttling.
type Connector struct {
	kube     client.Client
	secrets  client.Reader
	usage    resource.ModernTracker
	version  string
	timeouts Timeouts
	http     *awshttp.BuildableClient

	mu       sync.Mutex
	accounts map[configKey]*account
}

// An Option configures a Connector.
type Option func(*Connector)

// WithVersion sets the version of the provider, for the user agent of the calls:
// crossdr/<version>. Defaults to dev.
func WithVersion(version string) Option {
	return func(c *Connector) { c.version = version }
}

// WithTimeouts sets how long AWS may take to answer. Defaults to
// DefaultTimeouts.
func WithTimeouts(t Timeouts) Option {
	return func(c *Connector) { c.timeouts = t }
}

// NewConnector returns a Connector that reads ProviderConfigs, and the metadata
// of Secrets, through kube, and the data of Secrets through secrets. When kube
// has a cache, secrets should have none: the data of all Secrets of a cluster
// has no place in the provider's memory.
func NewConnector(kube client.Client, secrets client.Reader, opts ...Option) *Connector {
	c := &Connector{
		kube:     kube,
		secrets:  secrets,
		usage:    resource.NewProviderConfigUsageTracker(kube, &v1alpha1.ProviderConfigUsage{}),
		version:  "dev",
		timeouts: DefaultTimeouts(),
		accounts: map[configKey]*account{},
	}
	for _, o := range opts {
		o(c)
	}

	c.http = c.timeouts.httpClient()

	return c
}

// Connect returns a Client for a region, with the credentials that the managed
// resource's ProviderConfig says. It records that the ProviderConfig is used.
//
// Connect calls AWS STS when credentials are needed that it does not have yet.
// STS is called in other regions than the given one, which may be dark, and
// never in those to avoid: a failover names the region that it leaves. So an
// error of Connect says nothing about the region, while an error of a call by
// the Client does.
func (c *Connector) Connect(ctx context.Context, mg resource.ModernManaged, region string, avoid ...string) (*Client, error) {
	if err := c.usage.Track(ctx, mg); err != nil {
		return nil, fmt.Errorf("cannot track the use of a ProviderConfig: %w", err)
	}

	cfg, err := c.config(ctx, mg)
	if err != nil {
		return nil, err
	}

	acc, err := c.account(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("cannot use %s: %w", cfg.key, err)
	}

	cl, err := acc.client(ctx, region, avoid)
	if err != nil {
		return nil, fmt.Errorf("cannot use %s: %w", cfg.key, err)
	}

	if err := cl.session.ready(ctx); err != nil {
		return nil, fmt.Errorf("cannot get the credentials of %s: %w", cfg.key, err)
	}

	return cl, nil
}

// account returns what is kept for a ProviderConfig. It is made anew when the
// spec of the ProviderConfig, or a Secret that it selects, has changed.
func (c *Connector) account(ctx context.Context, cfg config) (*account, error) {
	versions, err := c.versions(ctx, cfg)
	if err != nil {
		return nil, err
	}

	if acc := c.kept(cfg.key, cfg.identity(versions)); acc != nil {
		return acc, nil
	}

	secrets, err := c.read(ctx, cfg)
	if err != nil {
		return nil, err
	}

	identity := cfg.identity(secrets.versions)

	c.mu.Lock()
	defer c.mu.Unlock()

	// Another call may have been faster.
	if acc := c.accounts[cfg.key]; acc != nil && acc.identity == identity {
		return acc, nil
	}

	acc, err := c.newAccount(cfg, identity, secrets)
	if err != nil {
		return nil, err
	}

	c.accounts[cfg.key] = acc

	return acc, nil
}

// kept returns the account that is kept under the key, if it has the identity.
func (c *Connector) kept(key configKey, identity string) *account {
	c.mu.Lock()
	defer c.mu.Unlock()

	if acc := c.accounts[key]; acc != nil && acc.identity == identity {
		return acc
	}

	return nil
}

// forget what is kept for a ProviderConfig that is gone.
func (c *Connector) forget(key configKey) {
	c.mu.Lock()
	defer c.mu.Unlock()

	delete(c.accounts, key)
}
