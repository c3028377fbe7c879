package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Request says what to select.
type Request struct {
	// Region that is looked in.
	Region string

	Source Source
	Policy Policy
	Match  Match

	// MaxAge of the data: the recovery point objective. Nil means that no age is
	// too old, and an unknown one neither.
	MaxAge *time.Duration
}

// A Verdict says whether the selection holds what was asked for.
type Verdict string

// The verdicts.
const (
	// Available is selected, and not too old.
	Available Verdict = "Available"

	// NoCandidate is selected, because there is none or each was rejected.
	NoCandidate Verdict = "NoCandidate"

	// TooOld is what is selected.
	TooOld Verdict = "TooOld"

	// AgeUnknown is that of what is selected, so that it may be too old.
	AgeUnknown Verdict = "DataTimeUnknown"

	// SourceNotFound is a source that would have to be in the region and is not.
	SourceNotFound Verdict = "SourceNotFound"
)

// A Selection is what was selected, and why.
type Selection struct {
	// Selected is the best candidate, even when it is too old. Nil if none can be
	// restored from.
	Selected *Candidate

	// Reason why it is this one, or why there is none.
	Reason string

	// Rejected are the newest 20 that were rejected, the newest first.
	Rejected []Rejection

	// Candidates is how many were looked at.
	Candidates int

	// Verdict and Message say whether the age is as asked for. The message has no
	// ages, which change by themselves, but times.
	Verdict Verdict
	Message string
}

// Select selects the best of the candidates. It depends neither on the order
// that they come in nor on the time, but for the verdict, and does not write to
// them. A candidate that is listed twice counts twice.
func Select(now time.Time, r *Request, candidates []*Candidate) Selection {
	good, rejected := split(r, candidates)
	out := Selection{Candidates: len(candidates), Rejected: newest(slices.Clone(rejected))}

	if len(good) == 0 {
		out.Reason = none(r, len(candidates), rejected)
		out.Verdict, out.Message = NoCandidate, out.Reason

		if r.Source.Kind.resident() && len(candidates) == 0 {
			out.Verdict = SourceNotFound
		}

		return out
	}

	best := *slices.MinFunc(good, better)
	out.Selected = &best
	out.Verdict, out.Message = Judge(now, r.MaxAge, &best)
	out.Reason = because(r, len(good), len(candidates), out.Verdict, &best)

	return out
}

// split parts those that can be selected from those that can't.
func split(r *Request, candidates []*Candidate) ([]*Candidate, []Rejection) {
	var (
		good, byName []*Candidate
		rejected     []Rejection
	)

	reject := func(c *Candidate, code Code, why string) {
		rejected = append(rejected, Rejection{ID: c.ID, Code: code, Message: why, createdAt: c.CreatedAt})
	}

	for _, c := range candidates {
		if !r.Policy.wants(c) {
			continue
		}

		switch a, why := descends(&r.Source, c); a {
		case proven:
			good = append(good, c)
		case named:
			byName = append(byName, c)
		case unknown, foreign:
			reject(c, WrongLineage, why)
		}
	}

	if why := ambiguity(&r.Source, byName); why != "" {
		for _, c := range byName {
			reject(c, Ambiguous, why)
		}
	} else {
		good = append(good, byName...)
	}

	good = slices.DeleteFunc(good, func(c *Candidate) bool {
		for _, check := range checks() {
			if code, why := check(r, c); code != "" {
				reject(c, code, why)

				return true
			}
		}

		return false
	})

	return good, rejected
}

// Judge says whether the age of a candidate is as asked for, by maxAge; nil means
// that no age is too old. An age below zero is a clock that is off, and not too
// old.
func Judge(now time.Time, maxAge *time.Duration, c *Candidate) (Verdict, string) {
	switch {
	case c.DataTime.IsZero() && maxAge == nil:
		return Available, "nothing tells when the data of " + c.ID + " is from, and no maxAge is asked for"
	case c.DataTime.IsZero():
		return AgeUnknown, fmt.Sprintf("nothing tells when the data of %s is from, so that it may be older than the maxAge of %s; the tag %s can tell",
			c.ID, duration(*maxAge), TagDataTime)
	case maxAge == nil:
		return Available, "the data of " + c.ID + " is from " + stamp(c.DataTime)
	case now.Sub(c.DataTime) > *maxAge:
		return TooOld, fmt.Sprintf("the data of %s is from %s and too old since %s, by the maxAge of %s",
			c.ID, stamp(c.DataTime), stamp(c.DataTime.Add(*maxAge)), duration(*maxAge))
	}

	return Available, fmt.Sprintf("the data of %s is from %s and within the maxAge of %s until %s",
		c.ID, stamp(c.DataTime), duration(*maxAge), stamp(c.DataTime.Add(*maxAge)))
}

// because says why a candidate was selected.
func because(r *Request, good, all int, v Verdict, c *Candidate) string {
	var out string

	switch {
	case r.Policy.Type == Exact:
		out = "the one that was asked for"
	case all == 1:
		out = "the only candidate"
	case good == all:
		out = fmt.Sprintf("newest of %d candidates", all)
	case good == 1:
		out = fmt.Sprintf("the only usable one of %d candidates", all)
	default:
		out = fmt.Sprintf("newest of %d usable ones of %d candidates", good, all)
	}

	if r.Policy.Type == AtOrBefore {
		out += " at or before " + stamp(r.Policy.Time)
	}

	switch {
	case c.DataTime.IsZero():
		out += ", of unknown age"
	case r.MaxAge != nil && v == TooOld:
		out += ", older than " + duration(*r.MaxAge)
	case r.MaxAge != nil:
		out += " within " + duration(*r.MaxAge)
	}

	if c.Note != "" {
		out += "; " + c.Note
	}

	return out
}

// none says why nothing was selected.
func none(r *Request, all int, rejected []Rejection) string {
	counts := map[Code]int{}
	for i := range rejected {
		counts[rejected[i].Code]++
	}

	switch {
	case r.Source.Kind.resident() && all == 0:
		return fmt.Sprintf("there is no %s in %s", r.Source.Name(), r.Region)
	case r.Policy.Type == Exact && len(rejected) == 0:
		return fmt.Sprintf("there is no %s in %s", r.Policy.ID, r.Region)
	case r.Policy.Type == Exact:
		return r.Policy.ID + " can't be used: " + rejected[0].why()
	case all == 1 && len(rejected) == 1:
		return rejected[0].ID + " can't be used: " + rejected[0].why()
	case all == 0:
		return fmt.Sprintf("nothing in %s is a snapshot of %s", r.Region, r.Source.Name())
	}

	why := make([]string, 0, len(counts))
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		why = append(why, fmt.Sprintf("%d %s", counts[code], code))
	}

	return fmt.Sprintf("none of %d candidates can be used: %s", all, strings.Join(why, ", "))
}

// duration writes 24h for 24h0m0s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}

	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}

	return s
}
