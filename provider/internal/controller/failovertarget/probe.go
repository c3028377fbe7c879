package failovertarget

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

const (
	// patience is how long a reconcile waits for the regions that it asks.
	patience = 2 * time.Second

	// longestProbe ends what does not end by itself.
	longestProbe = 30 * time.Second

	// freshParts of a poll interval is how long a region is not asked again: half
	// of one. So each poll of a target makes a probe, and many targets make no
	// more than two in an interval.
	freshParts = 2

	// forgottenAfter is when a region is forgotten that no target names any more.
	forgottenAfter = 24 * time.Hour
)

// errLeft is why a call is given up.
var errLeft = errors.New("the region is being left")

// A place is a region as the credentials of a ProviderConfig see it.
type place struct{ config, region string }

// A sight is what is known of a place. What it holds is not written to.
type sight struct {
	reach failover.Reachability

	// optIn is the opt-in status of the region. Empty while nobody knows.
	optIn string

	// zones of the region. Nil while nobody knows.
	zones []v1alpha1.ZoneObservation

	// types and classes are the zones that offer each of those that were asked
	// for.
	types, classes map[string]offer

	// err is what AWS, or the ProviderConfig, refuses to tell. Nil if the region
	// does not answer: its reach says so.
	err error
}

// An entry is a sight, and who is looking.
type entry struct {
	sight

	identity string
	askedAt  time.Time
	usedAt   time.Time

	// slow is true when somebody waited for the last probe in vain.
	slow bool

	// flight is the probe under way, or nil.
	flight *flight
}

// An ask is for a look at one region.
type ask struct {
	place

	target  types.UID
	contact failover.Contact
	require v1alpha1.Requirements
	connect func(context.Context) (clients, string, error)
}

// A prober looks at regions beside the reconciles, one call at a time for each.
type prober struct {
	poll     time.Duration
	patience time.Duration
	now      func() time.Time

	// running are the flights, for tests to wait for.
	running sync.WaitGroup

	mu      sync.Mutex
	entries map[place]*entry
	regions map[string]listing
}

func newProber(poll time.Duration, now func() time.Time) *prober {
	return &prober{poll: poll, patience: patience, now: now, entries: map[place]*entry{}, regions: map[string]listing{}}
}

// reach returns what is known of a place so far.
func (p *prober) reach(at place) failover.Reachability {
	p.mu.Lock()
	defer p.mu.Unlock()

	if e := p.entries[at]; e != nil {
		return e.reach
	}

	return failover.Reachability{}
}

// doubt has a place prove that it answers before it is reported to, and returns
// what is known of it then.
func (p *prober) doubt(at place) failover.Reachability {
	p.mu.Lock()
	defer p.mu.Unlock()

	e := p.entries[at]
	if e == nil {
		return failover.Reachability{}
	}

	e.reach = e.reach.Doubt()

	return e.reach
}

// look looks at regions, and returns what is known of each. It waits a little
// for those that may be asked anything.
func (p *prober) look(ctx context.Context, asks []ask) map[string]sight {
	waits := map[*entry]*flight{}

	p.mu.Lock()
	p.sweep()

	for i := range asks {
		if e, f := p.join(ctx, &asks[i]); f != nil {
			waits[e] = f
		}
	}

	p.mu.Unlock()
	p.wait(ctx, waits)
	p.mu.Lock()
	defer p.mu.Unlock()

	seen := map[string]sight{}

	for i := range asks {
		s := p.entries[asks[i].place].sight
		s.optIn = p.regions[asks[i].config].status[asks[i].region]
		seen[asks[i].region] = s
	}

	return seen
}

// join begins a probe if one is due and none is under way. It returns the one to
// wait for, if any.
func (p *prober) join(ctx context.Context, a *ask) (*entry, *flight) {
	e := p.entries[a.place]
	if e == nil {
		e = &entry{}
		p.entries[a.place] = e
	}

	e.usedAt = p.now()

	if a.contact == failover.ContactNone {
		e.leave(a.target)

		return e, nil
	}

	if e.flight == nil && p.due(e, a) {
		p.begin(ctx, e, *a)
	}

	if e.flight == nil {
		return e, nil
	}

	e.flight.wanted[a.target] = true

	// Who waited for a region in vain is not made to wait for it again.
	if a.contact != failover.ContactAll || e.slow {
		return e, nil
	}

	return e, e.flight
}

// due returns whether a region is to be asked again.
func (p *prober) due(e *entry, a *ask) bool {
	switch {
	case e.askedAt.IsZero(), p.now().Sub(e.askedAt) >= p.poll/freshParts:
		return true
	case e.err != nil, a.contact != failover.ContactAll:
		return false
	}

	return e.unoffered(a)
}

// wait for probes, but not long.
func (p *prober) wait(ctx context.Context, waits map[*entry]*flight) {
	timer := time.NewTimer(p.patience)
	defer timer.Stop()

	for e, f := range waits {
		select {
		case <-f.done:
			continue
		default:
		}

		select {
		case <-f.done:
		case <-timer.C:
			// The timer has nothing to say to those that come next.
			timer.Reset(0)
			p.waitedInVain(e, f)
		case <-ctx.Done():
			return
		}
	}
}

func (p *prober) waitedInVain(e *entry, f *flight) {
	p.mu.Lock()
	defer p.mu.Unlock()

	if e.flight == f {
		e.slow = true
	}
}

// sweep forgets the regions that nobody has asked for in a while.
func (p *prober) sweep() {
	for at, e := range p.entries {
		if e.flight == nil && p.now().Sub(e.usedAt) > forgottenAfter {
			delete(p.entries, at)
		}
	}
}
