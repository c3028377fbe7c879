package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

const (
	// refreshBefore is how long before they expire credentials are refreshed, or
	// after two thirds of their life, if that is later. Should STS answer nowhere,
	// they serve for the rest of it.
	refreshBefore = 20 * time.Minute

	// retryAfter is how soon a refresh that failed is tried again, as long as
	// the credentials have not expired.
	retryAfter = time.Minute
)

// A regional provider gets credentials from STS in one region.
type regional struct {
	aws.CredentialsProvider

	name string
}

// An anyRegion provider gets credentials from the first region whose STS
// answers. It belongs in an aws.CredentialsCache, which never calls it twice at
// a time.
type anyRegion struct {
	regions []regional
	now     func() time.Time

	mu sync.Mutex

	// expires is when the credentials expire that were got last.
	expires time.Time

	// began is when some were asked for that are not there yet. Zero if none are.
	began time.Time

	// failed is why none were got the last time, or nil, and took how long that
	// took.
	failed error
	took   time.Duration
}

// Retrieve credentials.
func (p *anyRegion) Retrieve(ctx context.Context) (aws.Credentials, error) {
	p.mu.Lock()
	p.began = p.now()
	p.mu.Unlock()

	creds, err := p.retrieve(ctx)

	p.mu.Lock()
	defer p.mu.Unlock()

	p.failed, p.took, p.began = err, p.now().Sub(p.began), time.Time{}
	if err == nil {
		p.expires = creds.Expires
	}

	return creds, err
}

// HandleFailToRefresh returns the previous credentials for as long as they have
// not expired.
func (p *anyRegion) HandleFailToRefresh(_ context.Context, previous aws.Credentials, err error) (aws.Credentials, error) {
	if !previous.HasKeys() || !p.serves() {
		return aws.Credentials{}, err
	}

	p.mu.Lock()
	defer p.mu.Unlock()

	now := p.now()

	previous.Expires = now.Add(retryAfter)
	if previous.Expires.After(p.expires) {
		previous.Expires = p.expires
	}

	return previous, nil
}

// AdjustExpiresBy brings the refresh of new credentials forward, d being
// negative. That of previous ones stays what HandleFailToRefresh says.
func (p *anyRegion) AdjustExpiresBy(creds aws.Credentials, d time.Duration) (aws.Credentials, error) {
	p.mu.Lock()
	defer p.mu.Unlock()

	if creds.Expires.Equal(p.expires) {
		creds.Expires = creds.Expires.Add(max(d, -p.expires.Sub(p.now())/3))
	}

	return creds, nil
}

// retrieve from one region after the other.
func (p *anyRegion) retrieve(ctx context.Context) (aws.Credentials, error) {
	var failed error

	for _, r := range p.regions {
		creds, err := r.Retrieve(ctx)
		if err == nil {
			return creds, nil
		}

		if failed == nil {
			failed = fmt.Errorf("in %s: %w", r.name, err)
		} else {
			failed = fmt.Errorf("%w; in %s: %w", failed, r.name, err)
		}

		if refused(err) {
			break
		}
	}

	return aws.Credentials{}, failed
}

// slow reports whether it takes longer than a worker waits, or did the last time
// and nothing was got.
func (p *anyRegion) slow() bool {
	p.mu.Lock()
	defer p.mu.Unlock()

	if !p.began.IsZero() && p.now().Sub(p.began) >= patience {
		return true
	}

	return p.failed != nil && p.took >= patience
}

// serves reports whether the credentials that were got last have not expired.
func (p *anyRegion) serves() bool {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.now().Before(p.expires)
}

// failure is why none were got the last time, or nil.
func (p *anyRegion) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.failed
}

// refused reports whether STS answered that it won't give credentials, which it
// would answer in any region.
func refused(err error) bool {
	var (
		rsp *awshttp.ResponseError
		api smithy.APIError
	)

	if !errors.As(err, &rsp) || !errors.As(err, &api) {
		return false
	}

	switch api.ErrorCode() {
	// Another region may be active, less busy, or able to reach the identity
	// provider.
	case "RegionDisabledException", "Throttling", "ThrottlingException", "RequestLimitExceeded", "IDPCommunicationError":
		return false
	default:
		return rsp.HTTPStatusCode() >= http.StatusBadRequest && rsp.HTTPStatusCode() < http.StatusInternalServerError
	}
}
