package emulator

import (
	"slices"
	"time"
)

// The types of a snapshot that an account can have itself. Those of other
// accounts appear as shared or public.
const (
	snapshotManual    = "manual"
	snapshotAutomated = "automated"
	snapshotAWSBackup = "awsbackup"
	snapshotShared    = "shared"
	snapshotPublic    = "public"
)

// A databaseSnapshot is a [DBSnapshot] or a [DBClusterSnapshot].
type databaseSnapshot interface {
	facts() snapshotFacts
}

// snapshotFacts are what both kinds of snapshot are listed by.
type snapshotFacts struct {
	identifier, kind string

	// source is the identifier of what it is a snapshot of.
	source, resourceID, engine string

	// resource and sourceResource are what ARNs have before the identifiers.
	resource, sourceResource string

	sharedWith []string
}

// A snapshotView is what of a snapshot depends on who looks: one of another
// account has its ARN for an identifier, and shared or public for a type.
type snapshotView struct {
	identifier, kind, arn string
}

// view of a snapshot by the account that has it.
func (r *Region) view(f snapshotFacts) snapshotView {
	return snapshotView{identifier: f.identifier, kind: f.kind, arn: r.arn(rdsService, f.resource+f.identifier)}
}

// A seen snapshot is one as an account sees it.
type seen[T databaseSnapshot] struct {
	snapshot T
	facts    snapshotFacts
	owner    *Region
	kind     string
	foreign  bool
}

func (s seen[T]) arn() string {
	return s.owner.arn(rdsService, s.facts.resource+s.facts.identifier)
}

func (s seen[T]) sourceARN() string {
	return s.owner.arn(rdsService, s.facts.sourceResource+s.facts.source)
}

func (s seen[T]) identifier() string {
	if s.foreign {
		return s.arn()
	}

	return s.facts.identifier
}

func (s seen[T]) view() snapshotView {
	return snapshotView{identifier: s.identifier(), kind: s.kind, arn: s.arn()}
}

// sharing says as what an account sees a snapshot of another account; empty if
// it does not.
func sharing(with []string, account string) string {
	switch {
	case slices.Contains(with, account):
		return snapshotShared
	case slices.Contains(with, "all"):
		return snapshotPublic
	default:
		return ""
	}
}

// visible returns the snapshots of the account, and those of other accounts that
// it may restore.
func visible[T databaseSnapshot](c *call, in func(*Region) []T) []seen[T] {
	var out []seen[T]

	for id, account := range c.emulator.accounts {
		there, ok := account.regions[c.Region]
		if !ok {
			continue
		}

		all := in(there)
		out = slices.Grow(out, len(all))

		for _, s := range all {
			f := s.facts()
			one := seen[T]{snapshot: s, facts: f, owner: there, kind: f.kind, foreign: id != c.Account}

			if one.foreign {
				one.kind = sharing(f.sharedWith, c.Account)
			}

			if one.kind != "" {
				out = append(out, one)
			}
		}
	}

	return out
}

// snapshotNames are what the parameters of a listing are called.
type snapshotNames struct {
	snapshot, source, resource                   string
	snapshotFilter, sourceFilter, resourceFilter string
	notFound                                     func(string) error
}

// snapshotPage returns the page of snapshots that a call asks for. They are
// automated and manual ones unless another type is asked for: those of other
// accounts and those of AWS Backup are listed only when asked for, and an
// automated one by its identifier only when its type is named. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
func snapshotPage[T databaseSnapshot](c *call, n snapshotNames, in func(*Region) []T) ([]seen[T], string, error) {
	filters, err := c.filters(n.snapshotFilter, n.sourceFilter, n.resourceFilter, "snapshot-type", "engine")
	if err != nil {
		return nil, "", err
	}

	kinds, err := c.snapshotKinds(filters["snapshot-type"])
	if err != nil {
		return nil, "", err
	}

	if c.in.has(n.snapshot) && !c.in.has("SnapshotType") {
		kinds = slices.DeleteFunc(kinds, func(kind string) bool { return kind == snapshotAutomated })
	}

	found := slices.DeleteFunc(visible(c, in), func(s seen[T]) bool {
		return !slices.Contains(kinds, s.kind) ||
			!named(c.asked(n.snapshot), s.identifier(), s.arn) || !named(filters[n.snapshotFilter], s.identifier(), s.arn) ||
			!named(c.asked(n.source), s.facts.source, s.sourceARN) || !named(filters[n.sourceFilter], s.facts.source, s.sourceARN) ||
			!anyOf(c.asked(n.resource), s.facts.resourceID) || !anyOf(filters[n.resourceFilter], s.facts.resourceID) ||
			!anyOf(filters["engine"], s.facts.engine)
	})

	if id := c.in.str(n.snapshot); id != "" && len(found) == 0 {
		return nil, "", n.notFound(id)
	}

	return paginate(c, rdsListing(), found, seen[T].identifier)
}

// named reports whether something is among what is asked for, by its identifier
// or its ARN.
func named(asked []string, identifier string, arn func() string) bool {
	return len(asked) == 0 || anyOf(asked, identifier, arn())
}

// asked returns what a parameter asks for: one value, or none.
func (c *call) asked(name string) []string {
	if !c.in.has(name) {
		return nil
	}

	return []string{c.in.str(name)}
}

// snapshotKinds returns the types of snapshot that a call asks for.
func (c *call) snapshotKinds(filter []string) ([]string, error) {
	if asked := c.in.str("SnapshotType"); asked != "" {
		if !slices.Contains([]string{snapshotAutomated, snapshotManual, snapshotShared, snapshotPublic, snapshotAWSBackup}, asked) {
			return nil, refuse(codeInvalidValue, "Invalid snapshot type: %s", asked)
		}

		return []string{asked}, nil
	}

	if len(filter) > 0 {
		return filter, nil
	}

	kinds := []string{snapshotAutomated, snapshotManual}
	if c.in.boolean("IncludeShared") {
		kinds = append(kinds, snapshotShared)
	}

	if c.in.boolean("IncludePublic") {
		kinds = append(kinds, snapshotPublic)
	}

	return kinds, nil
}

// sourceSnapshot finds a snapshot that a call copies or restores: by its
// identifier in the account and region, and by its ARN elsewhere.
func sourceSnapshot[T databaseSnapshot](c *call, id, prefix string, in func(*Region, string) (T, bool), missing func(string) error) (T, *Region, error) {
	from, name := c.region, id

	if there, local, ok := c.region.at(id, prefix); ok {
		from, name = there, local
	}

	s, ok := in(from, name)
	if !ok || (from.account != c.region.account && sharing(s.facts().sharedWith, c.Account) == "") {
		return s, nil, missing(id)
	}

	return s, from, c.reach(from)
}

// pending returns a status that lasts until a time, and another from then on.
func pending(now, until time.Time, before, after string) string {
	if now.Before(until) {
		return before
	}

	return after
}
