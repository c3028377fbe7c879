package awsclient

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	// patience is how long a worker waits for credentials: as long as one region
	// of STS takes that is dark, and the next one that answers. They are got on
	// without it.
	patience = 5 * time.Second

	// impatience is how long it waits when the last ones took longer than that,
	// and were not got in the end.
	impatience = 250 * time.Millisecond
)

// errWaiting is the error of credentials that STS is still asked for.
var errWaiting = errors.New("AWS STS has not answered yet")

// A session is credentials, and how they are got.
type session struct {
	aws.CredentialsProvider

	// sts gets them. Nil if they need none.
	sts *anyRegion
}

// ready waits until there are credentials, but not for long: whoever waits for an
// STS that answers nowhere keeps others from what they can do.
func (s *session) ready(ctx context.Context) error {
	limit := patience
	if s.sts != nil && s.sts.slow() {
		limit = impatience
	}

	short, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	_, err := s.Retrieve(short)

	gaveUp := short.Err() != nil && ctx.Err() == nil

	switch {
	case err == nil || s.sts == nil || ctx.Err() != nil:
		return err
	case gaveUp && s.sts.serves():
		// They are only being refreshed.
		return nil
	case s.sts.failure() != nil:
		return s.sts.failure()
	case !gaveUp:
		return err
	default:
		return errWaiting
	}
}
