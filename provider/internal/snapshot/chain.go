package snapshot

import (
	"slices"
	"strings"
)

// Trace follows the chains of copies: where the snapshot that another was
// copied from is listed, too, the copy's store is that one's, and its data time
// if it has none of its own. It writes to the candidates.
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
	parent := t.byARN[c.Parent]
	if parent == nil || t.traced[c] {
		return
	}

	t.traced[c] = true
	t.trace(parent)

	if c.Store.ResourceID != "" && c.Store.ResourceID != parent.Store.ResourceID {
		return
	}

	c.Store = c.Store.from(&parent.Store)

	if c.DataTime.IsZero() && !parent.DataTime.IsZero() {
		c.DataTime, c.DataTimeSource = parent.DataTime, parent.DataTimeSource
		if !strings.Contains(c.DataTimeSource, inherited) {
			c.DataTimeSource += inherited + parent.ID
		}
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
