package snapshot

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A PolicyType says which of several candidates is the best.
type PolicyType string

// The types of policies.
const (
	// Latest selects the newest data.
	Latest PolicyType = "Latest"

	// AtOrBefore selects the newest data that is not newer than a time.
	AtOrBefore PolicyType = "AtOrBefore"

	// Exact selects one candidate by its id.
	Exact PolicyType = "Exact"
)

// A Policy says which of several candidates is the best. The zero value is
// Latest.
type Policy struct {
	Type PolicyType

	// Time for AtOrBefore.
	Time time.Time

	// ID for Exact.
	ID string
}

// wants returns whether the candidate is asked for at all. One that is not is
// not rejected either: nobody asks why.
func (p *Policy) wants(c *Candidate) bool {
	return p.Type != Exact || c.ID == p.ID || c.ARN != "" && c.ARN == p.ID
}

// A Match leaves candidates out. The zero value leaves none out.
type Match struct {
	// Tags that the candidate itself must have.
	Tags map[string]string

	// Encrypted that it must be, or not. Nil leaves it open.
	Encrypted *bool

	// Origins that it may have. Empty means any.
	Origins []Origin
}

// A check says why a candidate is not to be selected, or "".
type check func(r *Request, c *Candidate) (Code, string)

// checks of what descends from the source, in the order in which they are made.
func checks() []check {
	return []check{usable, hasTags, isEncrypted, hasOrigin, notTooNew}
}

func usable(_ *Request, c *Candidate) (Code, string) { return c.Unusable, c.Why }

func hasTags(r *Request, c *Candidate) (Code, string) {
	if contains(c.Tags, r.Match.Tags) {
		return "", ""
	}

	return NotMatching, "it is not tagged " + pairs(r.Match.Tags)
}

func isEncrypted(r *Request, c *Candidate) (Code, string) {
	if r.Match.Encrypted == nil || *r.Match.Encrypted == c.Encrypted {
		return "", ""
	}

	return NotMatching, "encrypted is " + strconv.FormatBool(c.Encrypted)
}

func hasOrigin(r *Request, c *Candidate) (Code, string) {
	if len(r.Match.Origins) == 0 || c.Origin == "" || slices.Contains(r.Match.Origins, c.Origin) {
		return "", ""
	}

	origins := make([]string, 0, len(r.Match.Origins))
	for _, o := range r.Match.Origins {
		origins = append(origins, string(o))
	}

	return NotMatching, "its origin is " + string(c.Origin) + ", not " + strings.Join(origins, " or ")
}

func notTooNew(r *Request, c *Candidate) (Code, string) {
	switch {
	case r.Policy.Type != AtOrBefore:
		return "", ""
	case c.DataTime.IsZero():
		return DataTimeUnknown, "nothing tells when its data is from, so that it may be newer than " + stamp(r.Policy.Time)
	case c.DataTime.After(r.Policy.Time):
		return TooNew, "its data is from " + stamp(c.DataTime) + ", after " + stamp(r.Policy.Time)
	}

	return "", ""
}

// stamp writes a time for people.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
