package inventory

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// Clients call AWS in one region, with the credentials of one identity.
type Clients interface {
	Backup() *backup.Client
	CloudWatch() *cloudwatch.Client
	DynamoDB() *dynamodb.Client
	EC2() *ec2.Client
	RDS() *rds.Client
}

// A Request says what to find.
type Request struct {
	snapshot.Request

	// RestoreAs is the name that a restore would give what it creates. Empty if
	// that is not asked.
	RestoreAs string
}

// An Answer is what was found.
type Answer struct {
	// Candidates that have to do with the source. Others read them, too: nobody
	// writes to them.
	Candidates []*snapshot.Candidate

	// Window that the store can be restored to any point of. Nil if there is none
	// in the region.
	Window *Window

	// Existing says whether RestoreAs exists. Nil if that was not asked.
	Existing *Existing
}

// A Window is a span of time.
type Window struct{ Earliest, Latest time.Time }

// An Inventory finds what is in the regions of AWS. It is safe for concurrent
// use.
type Inventory struct {
	cache *cache
	now   func() time.Time
}

// New returns an Inventory for objects that are polled at an interval.
func New(poll time.Duration, now func() time.Time) *Inventory {
	return &Inventory{cache: newCache(poll, now), now: now}
}

// Wait returns when nothing is asked any more. Tests use it.
func (i *Inventory) Wait() { i.cache.running.Wait() }

// Find finds what there is for a request, in its region. Clients call that
// region, with the credentials that the identity stands for.
//
// Find returns within seconds whatever AWS does. What it asked for comes later
// then, and the error is ErrWaiting, or why it failed the last time.
func (i *Inventory) Find(ctx context.Context, clients Clients, identity string, r *Request) (*Answer, error) {
	f := &finder{Inventory: i, clients: clients, identity: identity, region: r.Region}
	r = r.Normalized()

	a, err := f.find(ctx, r)
	if err != nil {
		return nil, err
	}

	if r.RestoreAs == "" {
		return a, nil
	}

	if a.Existing, err = f.existing(ctx, r); err != nil {
		return nil, fmt.Errorf("cannot tell whether %s exists: %w", r.RestoreAs, err)
	}

	return a, nil
}

// A finder answers one request.
type finder struct {
	*Inventory

	clients  Clients
	identity string
	region   string
}

func (f *finder) find(ctx context.Context, r *Request) (*Answer, error) {
	switch r.Source.Kind {
	case snapshot.DBInstance:
		return f.dbInstance(ctx, r)
	case snapshot.DBCluster:
		return f.dbCluster(ctx, r)
	case snapshot.Volume:
		return f.volume(ctx, r)
	case snapshot.Table:
		return f.table(ctx, r)
	case snapshot.RecoveryPoint:
		return f.recoveryPoint(ctx, r)
	case snapshot.Replica:
		return f.replica(ctx, r)
	}

	return nil, fmt.Errorf("cannot find snapshots of a %q", r.Source.Kind)
}

// key of a listing of the region.
func (f *finder) key(listing string) key {
	return key{identity: f.identity, region: f.region, listing: listing}
}

// index returns a listing of candidates, and makes it if need be.
func (f *finder) index(ctx context.Context, listing string, list func(context.Context) ([]snapshot.Candidate, error)) (*snapshot.Index, error) {
	return fetch(ctx, f.cache, f.key(listing), func(ctx context.Context) (*snapshot.Index, int, error) {
		all, err := list(ctx)
		if err != nil {
			return nil, 0, f.failed(listing, err)
		}

		snapshot.Trace(all)

		return snapshot.NewIndex(all), len(all), nil
	})
}

// tagsKept is how long tags are kept that AWS tells for one thing at a time.
const tagsKept = 10 * time.Minute

// tags of one thing, and how to list them.
func (f *finder) tags(ctx context.Context, listing, arn string, list func(context.Context) (map[string]string, error)) (map[string]string, error) {
	k := f.key(listing)
	k.detail, k.keep = arn, tagsKept

	return fetch(ctx, f.cache, k, func(ctx context.Context) (map[string]string, int, error) {
		out, err := list(ctx)
		if err != nil {
			return nil, 0, f.failed(listing, err)
		}

		return out, 1, nil
	})
}

// byTags returns whether tags are asked for.
func (r *Request) byTags() bool { return len(r.Source.Tags)+len(r.Match.Tags) > 0 }

// failed says what could not be listed, in words that are the same each time.
func (f *finder) failed(listing string, err error) error {
	return &Error{Code: classify(err), Region: f.region, Listing: listing, err: err}
}

// restless is how often the data time of what is never at rest, a replica or a
// point in time to go back to, is told anew: a tenth of the age that is allowed.
// Each change of a status renders an XR. It is rounded down, and so never
// newer than the data is.
func (r *Request) restless(t time.Time) time.Time {
	step := mostRestless
	if r.MaxAge != nil {
		step = min(step, max(*r.MaxAge/restlessParts, time.Second))
	}

	return t.UTC().Truncate(step)
}

const (
	restlessParts = 10
	mostRestless  = 5 * time.Minute
)

// windowStep is what the ends of a window are rounded to, inwards. It is for
// people, and moves all the time.
const windowStep = 15 * time.Minute

// window returns a window, or nil if it has no end.
func window(earliest, latest *time.Time) *Window {
	if earliest == nil || latest == nil {
		return nil
	}

	w := &Window{Earliest: earliest.UTC().Add(windowStep - 1).Truncate(windowStep), Latest: latest.UTC().Truncate(windowStep)}
	if w.Latest.Before(w.Earliest) {
		return nil
	}

	return w
}
