package inventory

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestARegionThatAnswersAgainIsWaitedFor(t *testing.T) {
	here := func(listing string) key { return key{identity: "a", region: "us-west-2", listing: listing} }
	there := key{identity: "a", region: "us-east-1", listing: "things"}

	synctest.Test(t, func(t *testing.T) {
		c := newCache(poll, time.Now)
		source := &counter{takes: 10 * time.Second, err: errDark}

		for _, k := range []key{here("things"), here("other things"), there} {
			if _, err := fetch(t.Context(), c, k, source.list); !errors.Is(err, ErrWaiting) {
				t.Fatalf("fetch(...) in the dark: %v", err)
			}
		}

		time.Sleep(time.Minute)
		source.set(time.Second, nil)

		if _, err := fetch(t.Context(), c, here("things"), source.list); !errors.Is(err, errDark) {
			t.Errorf("fetch(...) of what did not answer: %v, want that it does not wait", err)
		}

		c.running.Wait()

		if _, err := fetch(t.Context(), c, here("other things"), source.list); err != nil {
			t.Errorf("fetch(...) of something else in a region that answers again: %v", err)
		}

		if _, err := fetch(t.Context(), c, there, source.list); !errors.Is(err, errDark) {
			t.Errorf("fetch(...) in another region: %v, want that it does not wait", err)
		}

		c.running.Wait()
	})
}

func TestOneOfManyIsWaitedFor(t *testing.T) {
	one := func(i int) key {
		return key{identity: "a", region: "us-west-2", listing: "things one by one", detail: fmt.Sprint(i)}
	}

	cases := map[string]struct {
		reason string
		takes  time.Duration
		err    error
		after  time.Duration
	}{
		"UnderWay": {reason: "While one is not answered, nobody waits for the next one.", takes: time.Minute, after: 0},
		"Failed":   {reason: "When one was not answered, nobody waits for the next one either.", takes: 10 * time.Second, err: errDark, after: 10 * time.Second},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCache(poll, time.Now)
				dark := &counter{takes: tc.takes, err: tc.err}

				if _, err := fetch(t.Context(), c, one(0), dark.list); !errors.Is(err, ErrWaiting) {
					t.Fatalf("%s\nfetch(...): %v", tc.reason, err)
				}

				time.Sleep(tc.after)

				began := time.Now()

				for i := range 100 {
					if _, err := fetch(t.Context(), c, one(i+1), dark.list); !errors.Is(err, ErrWaiting) {
						t.Fatalf("%s\nfetch(...): %v", tc.reason, err)
					}
				}

				if waited := time.Since(began); waited != 0 {
					t.Errorf("%s\n100 of them held a worker for %s", tc.reason, waited)
				}

				c.running.Wait()
				time.Sleep(poll)

				// It answers again.
				source := &counter{takes: time.Second}
				_, _ = fetch(t.Context(), c, one(0), source.list)

				c.running.Wait()

				if got, err := fetch(t.Context(), c, one(1000), source.list); got != 2 || err != nil {
					t.Errorf("%s\nfetch(...) when they are answered again: %d, %v; want its own answer", tc.reason, got, err)
				}
			})
		})
	}
}
