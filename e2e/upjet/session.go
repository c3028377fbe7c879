package upjet

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	// patience is how long a call may take that a reconcile waits for. A dark region
	// answers none, and others wait for their reconcile.
	patience = 2 * time.Second

	// endurance is how long one in the background may take, which keeps nobody
	// waiting. What it has begun is lost if it gives up.
	endurance = 20 * time.Second
)

// A session is access to one region, with an access key.
type session struct {
	config aws.Config
	region string
}

func newSession(endpoint, keyID, secret, region string, client *http.Client) *session {
	return &session{region: region, config: aws.Config{
		Region:           or(region, "us-east-1"),
		BaseEndpoint:     aws.String(endpoint),
		Credentials:      credentials.NewStaticCredentialsProvider(keyID, secret, ""),
		HTTPClient:       client,
		RetryMaxAttempts: 1,
	}}
}

// reach returns an error if the region does not answer. Global services have no
// region that could be dark: what AWS runs for them in us-east-1 is not part of
// the simulation.
func (s *session) reach(ctx context.Context) error {
	if s.region == "" {
		return nil
	}

	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	if _, err := sts.NewFromConfig(s.config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		return fmt.Errorf("cannot call %s: %w", s.region, err)
	}

	return nil
}

// zone returns the id and the name of a zone of the region, of which one is
// known.
func (s *session) zone(ctx context.Context, id, name string) (zoneID, zoneName string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	in := &ec2.DescribeAvailabilityZonesInput{}
	if id != "" {
		in.ZoneIds = []string{id}
	} else {
		in.ZoneNames = []string{name}
	}

	out, err := ec2.NewFromConfig(s.config).DescribeAvailabilityZones(ctx, in)
	if err != nil {
		return "", "", fmt.Errorf("cannot find zone %s%s: %w", id, name, err)
	}

	z := out.AvailabilityZones[0]
	if z.State != "available" {
		return "", "", fmt.Errorf("zone %s is %s", aws.ToString(z.ZoneName), z.State)
	}

	return aws.ToString(z.ZoneId), aws.ToString(z.ZoneName), nil
}

func (s *session) rds() *rds.Client { return rds.NewFromConfig(s.config) }
