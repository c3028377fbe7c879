package failover

import (
	"cmp"
	"fmt"
	"time"
)

// mostNamed is how many things a message names before it counts the others.
const mostNamed = 5

// maxSkew is how far a data time may lie ahead of our clock. AWS refuses calls
// whose signature is more than five minutes off, so two clocks that are further
// apart can't both be right, and nobody knows the age of the data.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
const maxSkew = 5 * time.Minute

// A loss is what would be lost by an activation, as the measurements that count
// say.
type loss struct {
	// oldest measurement of known age, and that age. Nil if there is none.
	oldest *Measurement
	age    time.Duration

	// unknown are those of unknown age. The loss is unbounded if there is one.
	unknown []unknownAge
}

type unknownAge struct {
	name    Name
	because string
}

// loss measures what the activation would lose.
func (c *consideration) loss() loss {
	var l loss

	for _, m := range counting(c.request, c.facts) {
		switch age := c.now().Sub(m.DataTime); {
		case m.DataTime.IsZero():
			l.unknown = append(l.unknown, unknownAge{m.Selection, cmp.Or(m.Reason, "it says no data time")})
		case age < -maxSkew:
			l.unknown = append(l.unknown, unknownAge{m.Selection, fmt.Sprintf("its data time %s lies ahead of this clock", stamp(m.DataTime))})
		case l.oldest == nil || m.DataTime.Before(l.oldest.DataTime):
			l.oldest, l.age = &m, max(0, age)
		}
	}

	return l
}

// measured returns whether anything counts.
func (l loss) measured() bool { return l.oldest != nil || len(l.unknown) > 0 }

// exceeds returns whether the known loss is larger than the consent. What is
// unknown is a blocker of its own.
func (l loss) exceeds(consent *time.Duration) bool {
	allowed := time.Duration(0)
	if consent != nil {
		allowed = *consent
	}

	return l.oldest != nil && l.age > allowed
}

// accepted returns the oldest data time that an activation accepts which no
// blocker is left of. Zero accepts any age, which is so once somebody has
// accepted that an age is unknown. Where nothing is measured the consent is all
// there is to go by.
func (l loss) accepted(now time.Time, consent *time.Duration) time.Time {
	switch {
	case len(l.unknown) > 0:
		return time.Time{}
	case l.oldest != nil:
		return seconds(l.oldest.DataTime)
	case consent != nil:
		return seconds(now.Add(-*consent))
	}

	return time.Time{}
}

// protected returns the namespaces whose selections count.
func (c *consideration) protected() []string {
	if len(c.request.Protects) > 0 {
		return c.request.Protects
	}

	return []string{c.facts.Target.Namespace}
}

// seconds is a time as Kubernetes writes it. What a time is cut by makes data
// look older, never newer.
func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// now is the time of the decision.
func (c *consideration) now() time.Time { return seconds(c.facts.Now) }
