package inventory

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// poll interval of the tests.
const poll = time.Minute

var errDark = errors.New("the region is dark")

// A source of listings that counts how often it is asked.
type counter struct {
	mu    sync.Mutex
	asked int

	// takes is how long it takes, and err what it fails with then.
	takes time.Duration
	err   error
	items int
}

func (s *counter) list(ctx context.Context) (int, int, error) {
	s.mu.Lock()
	s.asked++
	n, takes, err, items := s.asked, s.takes, s.err, s.items
	s.mu.Unlock()

	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}

	return n, max(1, items), err
}

func (s *counter) set(takes time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.takes, s.err = takes, err
}

// A step of a story: something is asked for a while after the last step ended.
type step struct {
	after time.Duration

	// takes and err change the source.
	takes *time.Duration
	err   error

	// want is which listing is returned, counted from 1, after how long a wait.
	want    int
	wantErr error
	waits   time.Duration
}

func TestFetch(t *testing.T) {
	takes := func(d time.Duration) *time.Duration { return &d }

	cases := map[string]struct {
		reason string
		steps  []step
		asked  int
	}{
		"Kept": {
			reason: "Within half a poll interval nothing is asked again, and after it everything is.",
			steps: []step{
				{takes: takes(time.Second), want: 1, waits: time.Second},
				{after: 29 * time.Second, want: 1},
				{after: time.Second, want: 2, waits: time.Second},
			},
			asked: 2,
		},
		"FailedIsRemembered": {
			reason: "What failed is not asked again for a quarter of an interval: who asks fails at once.",
			steps: []step{
				{takes: takes(time.Second), err: errDark, wantErr: errDark, waits: time.Second},
				{after: 14 * time.Second, wantErr: errDark},
				{after: time.Second, takes: takes(time.Second), want: 2, waits: time.Second},
			},
			asked: 2,
		},
		"AFailureIsNotHiddenByWhatWasKnown": {
			reason: "When AWS can't be asked, nobody is told that all is as before.",
			steps: []step{
				{takes: takes(0), want: 1},
				{after: 30 * time.Second, takes: takes(0), err: errDark, wantErr: errDark},
			},
			asked: 2,
		},
		"Waiting": {
			reason: "A worker is held for two seconds, and the listing goes on without it.",
			steps: []step{
				{takes: takes(5 * time.Second), wantErr: ErrWaiting, waits: 2 * time.Second},
				{after: time.Second, wantErr: ErrWaiting},
				{after: 2 * time.Second, want: 1},
			},
			asked: 1,
		},
		"OldWhileWaiting": {
			reason: "A listing that takes long, as of very many snapshots, leaves the last one to be used, but not for ever.",
			steps: []step{
				{takes: takes(0), want: 1},
				{after: 30 * time.Second, takes: takes(100 * time.Second), want: 1, waits: 2 * time.Second},
				{after: time.Second, want: 1},
				{after: 86 * time.Second, want: 1},
				{after: time.Second, wantErr: ErrWaiting},
				{after: 10 * time.Second, want: 2},
				{after: 29 * time.Second, want: 2},
			},
			asked: 2,
		},
		"Dark": {
			reason: "Who asked a dark region in vain waits for it no more: it is asked in the background until it answers.",
			steps: []step{
				{takes: takes(10 * time.Second), err: errDark, wantErr: ErrWaiting, waits: 2 * time.Second},
				{after: 8 * time.Second, wantErr: errDark},
				{after: 15 * time.Second, wantErr: errDark},
				{after: 10 * time.Second, wantErr: errDark},
				{after: 15 * time.Second, takes: takes(0), wantErr: errDark},
				{after: time.Nanosecond, want: 3},
			},
			asked: 3,
		},
		"Endless": {
			reason: "A listing that never ends is ended.",
			steps: []step{
				{takes: takes(time.Hour), wantErr: ErrWaiting, waits: 2 * time.Second},
				{after: 118 * time.Second, wantErr: context.DeadlineExceeded},
			},
			asked: 1,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCache(poll, time.Now)
				source := &counter{}

				for i, s := range tc.steps {
					time.Sleep(s.after)
					synctest.Wait()

					if s.takes != nil {
						source.set(*s.takes, s.err)
					}

					began := time.Now()
					got, err := fetch(t.Context(), c, key{listing: "things"}, source.list)

					if diff := cmp.Diff(s.want, got); diff != "" || !errors.Is(err, s.wantErr) {
						t.Errorf("%s\nstep %d: fetch(...): error %v, want %v; -want, +got:\n%s", tc.reason, i, err, s.wantErr, diff)
					}

					if diff := cmp.Diff(s.waits, time.Since(began)); diff != "" {
						t.Errorf("%s\nstep %d: waited: -want, +got:\n%s", tc.reason, i, diff)
					}
				}

				c.running.Wait()

				if source.asked != tc.asked {
					t.Errorf("%s\nasked %d times, want %d", tc.reason, source.asked, tc.asked)
				}
			})
		})
	}
}

func TestManyShareOneListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(poll, time.Now)
		source := &counter{takes: time.Second}

		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() {
				if got, err := fetch(t.Context(), c, key{listing: "things"}, source.list); got != 1 || err != nil {
					t.Errorf("fetch(...): %d, %v", got, err)
				}
			})
		}

		wg.Wait()

		if source.asked != 1 {
			t.Errorf("1000 who asked at once made %d listings", source.asked)
		}
	})
}

func TestWhoGivesUpTakesNothingFromOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(poll, time.Now)
		source := &counter{takes: time.Second}

		ctx, cancel := context.WithCancel(t.Context())

		var wg sync.WaitGroup

		wg.Go(func() {
			if _, err := fetch(ctx, c, key{listing: "things"}, source.list); !errors.Is(err, context.Canceled) {
				t.Errorf("fetch(...) of who gave up: %v", err)
			}
		})

		synctest.Wait()
		cancel()

		if got, err := fetch(t.Context(), c, key{listing: "things"}, source.list); got != 1 || err != nil {
			t.Errorf("fetch(...): %d, %v; want the listing that the other began", got, err)
		}

		wg.Wait()
	})
}

func TestKeysShareNothing(t *testing.T) {
	keys := []key{
		{identity: "a", region: "us-east-1", listing: "things"},
		{identity: "b", region: "us-east-1", listing: "things"},
		{identity: "a", region: "us-west-2", listing: "things"},
		{identity: "a", region: "us-east-1", listing: "other things"},
	}

	synctest.Test(t, func(t *testing.T) {
		c := newCache(poll, time.Now)
		dark := &counter{takes: time.Hour}

		_, err := fetch(t.Context(), c, keys[0], dark.list)
		if !errors.Is(err, ErrWaiting) {
			t.Fatalf("fetch(...) of a dark region: %v", err)
		}

		for _, k := range keys[1:] {
			source, began := &counter{}, time.Now()

			if got, err := fetch(t.Context(), c, k, source.list); got != 1 || err != nil || time.Since(began) != 0 {
				t.Errorf("fetch(%+v): %d, %v after %s; want its own listing at once", k, got, err, time.Since(began))
			}
		}

		// The listing of the dark region ends before the test does.
		c.running.Wait()
	})
}

func TestTheCacheIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(poll, time.Now)

		for i := range 5 {
			source := &counter{items: mostItems / 3}
			if _, err := fetch(t.Context(), c, key{listing: fmt.Sprint(i)}, source.list); err != nil {
				t.Fatal(err)
			}

			time.Sleep(time.Millisecond)
		}

		var kept []string
		for _, l := range []string{"0", "1", "2", "3", "4"} {
			if c.entries[key{listing: l}] != nil {
				kept = append(kept, l)
			}
		}

		if diff := cmp.Diff([]string{"2", "3", "4"}, kept); diff != "" {
			t.Errorf("What was not asked for the longest goes first: kept: -want, +got:\n%s", diff)
		}

		huge := &counter{items: 2 * mostItems}
		if got, err := fetch(t.Context(), c, key{listing: "huge"}, huge.list); got != 1 || err != nil {
			t.Errorf("fetch(...) of more than there is room for: %d, %v", got, err)
		}

		if len(c.entries) != 1 || c.items != 2*mostItems {
			t.Errorf("%d entries with %d items are kept; want the last one only, however large", len(c.entries), c.items)
		}

		time.Sleep(unusedIntervals*poll + 1)

		if _, err := fetch(t.Context(), c, key{listing: "new"}, (&counter{}).list); err != nil {
			t.Fatal(err)
		}

		if len(c.entries) != 1 || c.items != 1 {
			t.Errorf("%d entries with %d items are kept; want that nobody asks for to be forgotten", len(c.entries), c.items)
		}
	})
}

func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(poll, time.Now)
		source := &counter{}
		k := key{listing: "tags", keep: 10 * time.Minute}

		for range 2 {
			if _, err := fetch(t.Context(), c, k, source.list); err != nil {
				t.Fatal(err)
			}

			time.Sleep(9 * time.Minute)
		}

		if got, err := fetch(t.Context(), c, k, source.list); got != 2 || err != nil {
			t.Errorf("fetch(...) of what is kept for 10 minutes: listing %d, %v after 18 minutes", got, err)
		}
	})
}
