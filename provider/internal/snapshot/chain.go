package snapshot

import (
	"slices"
	"strings"
)

// Trace follows the chains of copies: where the snapshot that another was
// copied from is listed, too, the copy's store is that one's, and its data time
// if it has none of its own. A part has the data time of the whole. It writes to
// the candidates.
func Trace(candidates []Candidate) {
	t := tracer{byARN: make(map[string]*Candidate, len(candidates)), traced: make(map[*Candidate]bool, len(candidates))}

	for i := range candidates {
		if c := &candidates[i]; c.ARN != "" {
			t.byARN[c.ARN] = c
		}
	}

	for i := range candidates {
		t.trace(&candidates[i])
	}
}

type tracer struct {
	byARN map[string]*Candidate

	// traced is true for what is done or under way, so that a circle ends.
	traced map[*Candidate]bool
}

func (t *tracer) trace(c *Candidate) {
	if t.traced[c] {
		return
	}

	t.traced[c] = true

	if parent := t.byARN[c.Parent]; parent != nil && !parent.isLaterThan(c) {
		t.trace(parent)

		if c.Store.ResourceID == "" || c.Store.ResourceID == parent.Store.ResourceID {
			c.Store = c.Store.from(&parent.Store)
			c.inherit(parent)
		}
	}

	if whole := t.byARN[c.Whole]; whole != nil {
		t.trace(whole)
		c.inherit(whole)
	}
}

// isLaterThan returns whether a snapshot was made after another one, which then is
// no copy of it: an ARN has the name in it, and a name may be used again. What
// has no creation time is still being made.
func (c *Candidate) isLaterThan(other *Candidate) bool {
	return !other.CreatedAt.IsZero() && (c.CreatedAt.IsZero() || c.CreatedAt.After(other.CreatedAt))
}

// inherit the data time of another, for want of an own one.
func (c *Candidate) inherit(from *Candidate) {
	if !c.DataTime.IsZero() || from.DataTime.IsZero() {
		return
	}

	c.DataTime, c.DataTimeSource = from.DataTime, from.DataTimeSource
	if !strings.Contains(c.DataTimeSource, inherited) {
		c.DataTimeSource += inherited + from.ID
	}
}

// inherited joins a field to the snapshot whose field it is.
const inherited = " of "

// from returns the store as the original tells it, which knows better where it
// is: a copy of a copy only knows where that was.
func (s *Store) from(original *Store) Store {
	out := *original
	if out.Identifier == "" {
		out.Identifier = s.Identifier
	}

	if out.ResourceID == "" {
		out.ResourceID = s.ResourceID
	}

	if out.Region == "" {
		out.Region, out.ARNs = s.Region, slices.Clone(s.ARNs)
	}

	return out
}
