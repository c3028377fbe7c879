package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Source is the store whose data is looked for. Empty means that it is not
// stated.
type Source struct {
	Kind       Kind
	Identifier string
	ResourceID string
	ARN        string

	// Tags that the store, or its snapshots, carry.
	Tags map[string]string
}

// Name of the source, for people.
func (s *Source) Name() string {
	return cmp.Or(s.Identifier, s.ResourceID, s.ARN, "what is tagged "+pairs(s.Tags))
}

// onlyTagged returns whether nothing but tags tells the source.
func (s *Source) onlyTagged() bool { return s.Identifier == "" && s.ResourceID == "" && s.ARN == "" }

// An answer of a rule about the lineage of a candidate.
type answer int

const (
	// unknown leaves it to the next rule.
	unknown answer = iota

	// foreign is of another store.
	foreign

	// named is of a store that has the name or the tags of the source, which
	// another may have, too.
	named

	// proven is of the source.
	proven
)

// A lineageRule answers whether a candidate descends from a source, and what
// speaks against it.
type lineageRule func(s *Source, c *Candidate) (answer, string)

// lineageRules in the order in which they are asked.
func lineageRules() []lineageRule {
	return []lineageRule{byResourceID, byARN, byLineageTag, byIdentifier, byTags}
}

// descends asks the rules.
func descends(s *Source, c *Candidate) (answer, string) {
	for _, rule := range lineageRules() {
		a, why := rule(s, c)

		switch {
		case a == unknown:
			continue
		case a != foreign && !s.onlyTagged() && !c.carries(s.Tags):
			return foreign, "neither it nor its store is tagged " + pairs(s.Tags)
		}

		return a, why
	}

	return foreign, "nothing proves that it is of " + s.Name()
}

func byResourceID(s *Source, c *Candidate) (answer, string) {
	switch c.Store.ResourceID {
	case "":
		return unknown, ""
	case s.ResourceID:
		return proven, ""
	}

	if s.ResourceID == "" {
		return unknown, ""
	}

	return foreign, "it is of " + c.Store.ResourceID + ", not of " + s.ResourceID
}

func byARN(s *Source, c *Candidate) (answer, string) {
	switch {
	case s.ARN == "" || len(c.Store.ARNs) == 0:
		return unknown, ""
	case slices.Contains(c.Store.ARNs, s.ARN):
		return proven, ""
	}

	return foreign, "it is of " + c.Store.ARNs[0] + ", not of " + s.ARN
}

// byLineageTag compares the tag with what is of its own kind: an ARN with the
// ARN, anything else with the resource id. A name in the tag is proof where
// only the name is known; that it differs is none of the contrary, for it may
// be a resource id.
func byLineageTag(s *Source, c *Candidate) (answer, string) {
	tag, want := c.Tags[TagLineage], s.ResourceID
	if strings.HasPrefix(tag, "arn:") {
		want = s.ARN
	}

	switch {
	case tag == "":
		return unknown, ""
	case tag == want, s.ResourceID == "" && tag == s.Identifier:
		return proven, ""
	case want == "":
		return unknown, ""
	}

	return foreign, fmt.Sprintf("its tag %s says that it is of %s, not of %s", TagLineage, tag, want)
}

func byIdentifier(s *Source, c *Candidate) (answer, string) {
	switch {
	case s.Identifier == "" || c.Store.Identifier == "":
		return unknown, ""
	case s.Identifier == c.Store.Identifier:
		return named, ""
	}

	return foreign, "it is of " + c.Store.Identifier + ", not of " + s.Identifier
}

func byTags(s *Source, c *Candidate) (answer, string) {
	switch {
	case !s.onlyTagged():
		return unknown, ""
	case len(s.Tags) == 0:
		return foreign, "the source states nothing to know it by"
	case c.carries(s.Tags):
		return named, ""
	}

	return foreign, "neither it nor its store is tagged " + pairs(s.Tags)
}

// carries returns whether the candidate or its store has all of the tags.
func (c *Candidate) carries(tags map[string]string) bool {
	return contains(c.Tags, tags) || contains(c.Store.Tags, tags)
}

func contains(all, some map[string]string) bool {
	for k, v := range some {
		if got, ok := all[k]; !ok || got != v {
			return false
		}
	}

	return true
}

// ambiguity says which two stores the named candidates are of, or "" if they
// are of one. One region has one store of a name, a kind and an account at a time;
// that another had it before is no ambiguity, for the source is told by that name.
func ambiguity(s *Source, candidates []*Candidate) string {
	stores := map[string]Store{}

	for _, c := range candidates {
		b := c.descent()
		stores[b.key()] = b
	}

	keys := slices.Sorted(maps.Keys(stores))

	for i, k := range keys {
		for _, other := range keys[:i] {
			a, b := stores[other], stores[k]
			if s.onlyTagged() || a.isApartFrom(&b) {
				return fmt.Sprintf("%s may be %s or %s: state the resourceId or the arn", s.Name(), a.place(), b.place())
			}
		}
	}

	return ""
}

// descent is the store of a candidate or, where AWS does not tell it, the one
// that the lineage tag tells.
func (c *Candidate) descent() Store {
	out := c.Store

	switch tag := c.Tags[TagLineage]; {
	case tag == "" || out.ResourceID != "" || len(out.ARNs) > 0:
	case strings.HasPrefix(tag, "arn:"):
		out.ARNs = []string{tag}
	default:
		out.ResourceID = tag
	}

	return out
}

// isApartFrom returns whether two stores of a name can't have had it one after the
// other: they are in two regions, or are known by other ARNs.
func (s *Store) isApartFrom(b *Store) bool {
	if s.Region == "" || b.Region == "" {
		return false
	}

	return s.Region != b.Region || len(s.ARNs) > 0 && len(b.ARNs) > 0 && !slices.ContainsFunc(s.ARNs, func(arn string) bool { return slices.Contains(b.ARNs, arn) })
}

// place of the store, for people.
func (s *Store) place() string {
	if s.Region == "" {
		return s.name()
	}

	return s.name() + " in " + s.Region
}

// key tells stores apart.
func (s *Store) key() string {
	if s.ResourceID != "" {
		return s.ResourceID
	}

	return s.Region + "\x00" + s.Identifier + "\x00" + strings.Join(s.ARNs, " ")
}

// pairs writes tags for people.
func pairs(tags map[string]string) string {
	out := make([]string, 0, len(tags))
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, k+"="+tags[k])
	}

	return strings.Join(out, ", ")
}
