package inventory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"
)

// What is kept, and for how long, follows from how often each object is polled.
const (
	// freshParts of a poll interval is how long a listing is kept: half of one.
	// So every poll of an object sees another listing than its last poll did,
	// whatever the jitter, and however many objects share a listing, AWS is asked
	// at most twice in an interval.
	freshParts = 2

	// staleIntervals is how old a listing may be that is handed out while the
	// next one takes long: an account with very many snapshots, or throttling.
	staleIntervals = 2

	// failedParts of a poll interval is how long nothing is asked again that
	// failed: a quarter of one. So a region that does not answer is asked
	// little, and those that wait for it wait no longer than for one that does.
	failedParts = 4

	// unusedIntervals is when a listing is forgotten that nobody asks for, as
	// after its credentials have changed.
	unusedIntervals = 10
)

const (
	// patience is how long a call waits for a listing. A worker that waits for a
	// dark region does nothing else: the listing goes on without it.
	patience = 2 * time.Second

	// longestListing ends a listing that does not end by itself.
	longestListing = 2 * time.Minute

	// mostItems is how many things are kept in all listings together: some
	// hundred MB. Those that were not asked for the longest go first; the last
	// one stays, however large.
	mostItems = 200_000
)

// ErrWaiting is the error of what AWS has been asked for and has not answered
// yet.
var ErrWaiting = errors.New("AWS is still being asked")

// A key is one thing to ask AWS for, with what is allowed to see it.
type key struct {
	// identity of the credentials: nobody sees what others are allowed to.
	identity string
	region   string

	// listing names what is listed, for people.
	listing string

	// detail is one thing, where AWS has no listing of all.
	detail string

	// keep is for how long an answer is kept. Zero is a part of the poll interval.
	keep time.Duration
}

// A cache keeps what AWS answered, so that all objects that ask the same share
// one listing: while one is under way, others wait for it and don't begin
// another.
type cache struct {
	poll time.Duration
	now  func() time.Time

	// running are the listings under way, for tests to wait for.
	running sync.WaitGroup

	mu      sync.Mutex
	entries map[key]*entry
	slow    map[key]*slowness
	items   int
}

// A slowness is how a listing is answered, all of its details together: of a
// thousand tables that are asked about one by one, one is found out to be dark.
type slowness struct {
	// late is how many are under way for longer than a worker is to be held.
	late int

	// failed is true if the last one was late, and failed.
	failed bool
}

// all of the details of a key.
func (k key) all() key {
	k.detail, k.keep = "", 0

	return k
}

// An entry is what is known of a key.
type entry struct {
	// value is the last answer, and listedAt when it was complete. Nil if there
	// never was any.
	value    any
	items    int
	listedAt time.Time

	// err is why the last listing failed, or nil.
	err      error
	failedAt time.Time

	usedAt time.Time

	// flight is the listing under way, or nil.
	flight *flight
}

// fresh returns whether the value can be used as it is.
func (e *entry) fresh(now time.Time, keep time.Duration) bool {
	return e.err == nil && e.value != nil && now.Sub(e.listedAt) < keep
}

// A flight is a listing under way.
type flight struct {
	done chan struct{}

	// late is closed once it takes longer than a worker is to be held.
	late chan struct{}
}

// isLate returns whether nobody is to wait for it any more.
func (f *flight) isLate() bool {
	select {
	case <-f.late:
		return true
	default:
		return false
	}
}

func newCache(poll time.Duration, now func() time.Time) *cache {
	return &cache{poll: poll, now: now, entries: map[key]*entry{}, slow: map[key]*slowness{}}
}

// A lister asks AWS for all of something, and says how many items that are.
type lister[T any] func(ctx context.Context) (T, int, error)

// fetch returns what list returns, or what it did a while ago, which nobody may
// write to. It fails as list did a while ago, and with ErrWaiting when AWS takes
// longer than a worker is to be held.
func fetch[T any](ctx context.Context, c *cache, k key, list lister[T]) (T, error) {
	var none T

	v, err := c.get(ctx, k, func(ctx context.Context) (any, int, error) { return list(ctx) })
	if errors.Is(err, ErrWaiting) {
		return none, fmt.Errorf("cannot list %s in %s yet: %w", k.listing, k.region, err)
	}

	if err != nil {
		return none, err
	}

	out, ok := v.(T)
	if !ok {
		return none, fmt.Errorf("cannot use what is kept for %s: it is a %T", k.listing, v)
	}

	return out, nil
}

func (c *cache) get(ctx context.Context, k key, list lister[any]) (any, error) {
	e, f, wait := c.join(ctx, k, list)
	if f == nil {
		return c.answer(e, true)
	}

	if !wait {
		return c.answer(e, false)
	}

	select {
	case <-f.done:
		return c.answer(e, true)
	case <-f.late:
		return c.answer(e, false)
	case <-ctx.Done():
		return nil, fmt.Errorf("cannot wait for AWS: %w", ctx.Err())
	}
}

// join returns the entry of a key and, unless what it holds can be used as it
// is, the listing that is under way and whether to wait for it. It begins one if
// there is none.
func (c *cache) join(ctx context.Context, k key, list lister[any]) (*entry, *flight, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()

	now := c.now()

	e := c.entries[k]
	if e == nil {
		c.sweep(now)

		e = &entry{}
		c.entries[k] = e
	}

	e.usedAt = now

	switch {
	case e.err != nil && now.Sub(e.failedAt) < c.poll/failedParts:
		return e, nil, false
	case e.fresh(now, cmp.Or(k.keep, c.poll/freshParts)):
		return e, nil, false
	case e.flight == nil:
		c.begin(ctx, k, e, list)
	}

	// Who asked a region in vain is not made to wait for it again.
	slow := c.slow[k.all()]

	return e, e.flight, !e.flight.isLate() && (slow == nil || slow.late == 0 && !slow.failed)
}

// begin a listing. It serves others, too, and so outlives the call that begins
// it.
func (c *cache) begin(ctx context.Context, k key, e *entry, list lister[any]) {
	f := &flight{done: make(chan struct{}), late: make(chan struct{})}
	e.flight = f

	late := time.AfterFunc(patience, func() { c.late(k, f) })
	ctx = context.WithoutCancel(ctx)

	c.running.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, longestListing)
		defer cancel()
		defer late.Stop()

		v, items, err := list(ctx)

		c.land(k, f, v, items, err)
	})
}

// late records that a listing takes longer than a worker is to be held.
func (c *cache) late(k key, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()

	// It may have ended just now.
	if c.entries[k] == nil || c.entries[k].flight != f {
		return
	}

	if c.slow[k.all()] == nil {
		c.slow[k.all()] = &slowness{}
	}

	c.slow[k.all()].late++

	close(f.late)
}

// land records what a listing returned. One that failed leaves what was known
// before, and what was read before it failed is no answer.
func (c *cache) land(k key, f *flight, v any, items int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)

	// What is under way is not forgotten.
	now, e := c.now(), c.entries[k]
	e.flight = nil

	slow := c.slow[k.all()]
	if f.isLate() {
		slow.late--
	}

	if err != nil {
		e.err, e.failedAt = err, now

		if slow != nil {
			slow.failed = f.isLate()
		}

		return
	}

	if slow != nil && slow.failed {
		c.revive(k)
	}

	c.items += items - e.items
	e.value, e.items, e.listedAt, e.err = v, items, now, nil

	c.evict(e)
}

// revive a region that answers again: its other listings are waited for, too, and
// not one after the other found out to be good.
func (c *cache) revive(k key) {
	for other, slow := range c.slow {
		if other.identity == k.identity && other.region == k.region {
			slow.failed = false
		}
	}
}

// answer returns what an entry holds. While a listing is under way (not done)
// that is an old one for some time, unless the last one failed: then it is known
// that AWS can't be asked.
func (c *cache) answer(e *entry, done bool) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()

	switch {
	case e.err != nil:
		return nil, e.err
	case e.value != nil && (done || c.now().Sub(e.listedAt) < staleIntervals*c.poll):
		return e.value, nil
	}

	return nil, ErrWaiting
}

// evict forgets the values that were not asked for the longest, as long as there
// are too many. The newest stays.
func (c *cache) evict(newest *entry) {
	for c.items > mostItems {
		var (
			oldest *entry
			at     key
		)

		for k, e := range c.entries {
			if e != newest && e.flight == nil && (oldest == nil || e.usedAt.Before(oldest.usedAt)) {
				oldest, at = e, k
			}
		}

		if oldest == nil {
			return
		}

		c.items -= oldest.items
		delete(c.entries, at)
	}
}

// sweep forgets what nobody has asked for in a while.
func (c *cache) sweep(now time.Time) {
	asked := map[key]bool{}

	for k, e := range c.entries {
		if e.flight == nil && now.Sub(e.usedAt) > unusedIntervals*c.poll {
			c.items -= e.items
			delete(c.entries, k)

			continue
		}

		asked[k.all()] = true
	}

	maps.DeleteFunc(c.slow, func(k key, _ *slowness) bool { return !asked[k] })
}
