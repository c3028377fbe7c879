package snapshot

import "slices"

// An Index finds the candidates of a region that have to do with a source,
// without looking at each. It is read by many at once and never changes.
type Index struct {
	by map[key][]*Candidate

	size int
}

// A key is one thing that leads to a candidate.
type key struct{ what, value string }

// NewIndex indexes candidates. Nobody may write to them afterwards.
func NewIndex(candidates []Candidate) *Index {
	x := &Index{by: make(map[key][]*Candidate, 4*len(candidates)), size: len(candidates)}

	for i := range candidates {
		c := &candidates[i]

		for _, k := range c.keys() {
			// The keys of one candidate come one after the other.
			if l := x.by[k]; len(l) == 0 || l[len(l)-1] != c {
				x.by[k] = append(l, c)
			}
		}
	}

	return x
}

// Len is how many candidates are indexed.
func (x *Index) Len() int { return x.size }

func (c *Candidate) keys() []key {
	out := []key{
		{"identifier", c.Store.Identifier},
		{"resource id", c.Store.ResourceID},
		{"lineage", c.Tags[TagLineage]},
		{"id", c.ID},
		{"id", c.ARN},
	}
	for _, arn := range c.Store.ARNs {
		out = append(out, key{"arn", arn})
	}

	for _, tags := range []map[string]string{c.Tags, c.Store.Tags} {
		for k, v := range tags {
			out = append(out, key{"tag", k + "=" + v})
		}
	}

	return slices.DeleteFunc(out, func(k key) bool { return k.value == "" })
}

// About returns the candidates that could be selected, and those that look as
// if: what has the name of the source and is of another lineage is among them,
// what has nothing to do with it is not.
func (x *Index) About(r *Request) []*Candidate {
	keys := []key{
		{"identifier", r.Source.Identifier},
		{"resource id", r.Source.ResourceID},
		{"arn", r.Source.ARN},
		{"lineage", r.Source.Identifier},
		{"lineage", r.Source.ResourceID},
		{"lineage", r.Source.ARN},
	}

	if r.Policy.Type == Exact {
		keys = append(keys, key{"id", r.Policy.ID})
	}

	if k, ok := x.rarest(r.Source.Tags); ok && r.Source.onlyTagged() {
		keys = append(keys, k)
	}

	var out []*Candidate

	seen := map[*Candidate]bool{}

	for _, k := range keys {
		for _, c := range x.by[k] {
			if k.value != "" && !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}

	return out
}

// rarest returns the tag that the fewest candidates have: all of them have to
// fit, so that one of them leads to every candidate.
func (x *Index) rarest(tags map[string]string) (key, bool) {
	var (
		best  key
		found bool
	)

	for k, v := range tags {
		at := key{"tag", k + "=" + v}
		if n := len(x.by[at]); !found || n < len(x.by[best]) || n == len(x.by[best]) && at.value < best.value {
			best, found = at, true
		}
	}

	return best, found
}
