package failover

import "time"

// What it takes to change one's mind about a region. One lost packet must not
// make a region dark, and one answer in the middle of an outage must not bring
// it back: each change is written to the status, and renders every XR that
// follows the target.
const (
	// DarkAfter is how many probes in a row must fail, over no less than
	// DarkFor, until a region is dark.
	DarkAfter = 3

	// DarkFor is how long they must have failed, from the first of them to the
	// last.
	DarkFor = time.Minute

	// BackAfter is how many probes in a row must be answered until a region is
	// known to be reachable.
	BackAfter = 3
)

// A Reach says whether a region answers.
type Reach string

// Whether a region answers.
const (
	// ReachUnknown: too few probes were made.
	ReachUnknown Reach = ""

	// ReachReachable: it answered often enough, and did not go dark since.
	ReachReachable Reach = "Reachable"

	// ReachDark: it failed often and long enough, and did not come back since.
	ReachDark Reach = "Dark"
)

// Reachability of one region, with hysteresis. The zero value knows nothing.
//
// It lives in the memory of the process, one for each region and credentials,
// and is never written to the status: its counters change with every probe.
// After a restart it is unknown until enough probes were made, and until then
// the status keeps what was reported last (Reported).
type Reachability struct {
	reach     Reach
	failures  int
	successes int

	// doubted is how many probes in a row must be answered until it is reported
	// as reachable, whatever else is known of it.
	doubted int

	// failing is when the first of the failures in a row was, and dark the same
	// of those that made the region dark.
	failing time.Time
	dark    time.Time
}

// Next returns what is known after a probe. A region has answered whatever the
// answer is, if it is the region's own: a denial and a throttled call are
// answers. A time-out, a refused connection and an internal error are not.
func (r Reachability) Next(now time.Time, answered bool) Reachability {
	if answered {
		r.failures, r.failing = 0, time.Time{}
		r.doubted = max(r.doubted-1, 0)

		if r.successes = min(r.successes+1, BackAfter); r.successes == BackAfter {
			r.reach, r.dark = ReachReachable, time.Time{}
		}

		return r
	}

	if r.doubted > 0 {
		r.doubted = BackAfter
	}

	if r.successes = 0; r.failures == 0 {
		r.failing = now
	}

	r.failures = min(r.failures+1, DarkAfter)

	if r.reach != ReachDark && r.failures == DarkAfter && now.Sub(r.failing) >= DarkFor {
		r.reach, r.dark = ReachDark, r.failing
	}

	return r
}

// Doubt returns what is known once the region is left. Until it proves that it
// answers, it is reported as if it did not: it may have gone dark just now, and
// that takes DarkFor to be known. It may be activated all the same.
func (r Reachability) Doubt() Reachability {
	r.doubted = BackAfter

	return r
}

// Reach says whether the region answers.
func (r Reachability) Reach() Reach { return r.reach }

// DarkSince is when the first of the probes failed that made the region dark.
// Zero if it is not dark.
func (r Reachability) DarkSince() time.Time { return r.dark }

// Reported returns what the status says: what was reported last, as long as too
// few probes were made. Last is nil if nothing was reported; then the newest
// probe counts.
func (r Reachability) Reported(last *bool) bool {
	switch {
	case r.doubted > 0:
		return false
	case r.reach != ReachUnknown:
		return r.reach == ReachReachable
	case last != nil:
		return *last
	}

	return r.successes > 0
}

// Usable returns whether a region may be activated. It must not be dark; and
// if that is not known, because the process has just started, the newest probe
// must have been answered. To wait for more probes then would cost time in the
// middle of a disaster.
func (r Reachability) Usable() bool {
	return r.reach == ReachReachable || r.reach == ReachUnknown && r.successes > 0
}
