package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
)

// column is where the text of the summary starts.
const column = "                  "

// summary says what the last step changed, in words.
func summary(results []result) string {
	if len(results) == 0 {
		return ""
	}

	r := &results[len(results)-1]

	var b strings.Builder

	b.WriteString(heading("what " + r.step + " changes"))

	if r.fatal != "" {
		return b.String() + "Nothing, because the result is FATAL.\n\n" + verdict(results)
	}

	now := place{r.status.ActiveRegion, r.status.Epoch}
	before := now

	if len(results) > 1 {
		was := &results[len(results)-2].status
		before = place{was.ActiveRegion, was.Epoch}
	}

	switch {
	case now.region == "":
	case before == now || before.region == "":
		b.WriteString(entry("active region", now.String()))
	default:
		b.WriteString(entry("active region", fmt.Sprintf("%s (before: %s)", now, before)))
	}

	if d := r.target.Status.AtProvider.Decision; d != nil && d.Reason != "" {
		b.WriteString(entry("because", d.Reason))
	}

	for _, group := range []struct{ mark, title string }{
		{created, "appear"}, {fenced, "fenced"}, {changed, "change"}, {unchanged, "stay"}, {waits, "wait"}, {leaves, "leave"},
	} {
		b.WriteString(r.group(group.mark, group.title))
	}

	if len(r.status.WaitingFor) > 0 {
		b.WriteString("\nWhat is waited for\n" + r.waiting("  "))
	}

	b.WriteString(r.zones())
	b.WriteString("\n" + verdict(results))

	return b.String()
}

// A place is which region serves, and since which decision.
type place struct {
	region string
	epoch  int64
}

func (p place) String() string { return fmt.Sprintf("%s, epoch %d", p.region, p.epoch) }

// entry is one line of the summary, and more if it is long.
func entry(title, s string) string {
	return wrap(fmt.Sprintf("%-16s%s", title, s), "  ", column)
}

// group lists the keys with a mark, by region.
func (r *result) group(mark, title string) string {
	var regions []string

	keys := map[string][]string{}
	count := 0

	for _, row := range r.rows {
		if row.mark != mark {
			continue
		}

		where := cmp.Or(row.region, "global")
		if !slices.Contains(regions, where) {
			regions = append(regions, where)
		}

		key := row.key
		if mark == changed && row.role != "" {
			key += " (" + row.role + ")"
		}

		keys[where] = append(keys[where], key)
		count++
	}

	var b strings.Builder

	for i, where := range regions {
		name := ""
		if i == 0 {
			name = fmt.Sprintf("%s (%d)", title, count)
		}

		b.WriteString(entry(name, where+": "+strings.Join(keys[where], ", ")))
	}

	return b.String()
}

// zones says which zones of each region are used, and why others are not.
func (r *result) zones() string {
	if len(r.status.Zones) == 0 {
		return ""
	}

	var b strings.Builder

	b.WriteString("\nZones\n")

	for _, z := range r.status.Zones {
		source := "live facts"
		if z.Source != "Live" {
			source = "table of " + z.AsOf
		}

		b.WriteString(entry(z.Region, fmt.Sprintf("%d usable (%s)", len(z.Usable), source)))

		used := r.used(z.Region)
		for _, role := range slices.Sorted(maps.Keys(used)) {
			b.WriteString(entry("", strings.ToLower(string(role))+": "+strings.Join(used[role], ", ")))
		}

		for _, s := range r.leftOut(&z, used) {
			b.WriteString(entry("", "left out: "+s))
		}
	}

	return b.String()
}

// used returns the zones that have copies, by the role of these.
func (r *result) used(region string) map[recoveryv1alpha1.Role][]string {
	out := map[recoveryv1alpha1.Role][]string{}

	for i := range r.status.Copies {
		c := &r.status.Copies[i]
		if c.Region == region && c.Zone != "" && !slices.Contains(out[c.Role], c.Zone) {
			out[c.Role] = append(out[c.Role], c.Zone)
		}
	}

	for role := range out {
		slices.Sort(out[role])
	}

	return out
}

// leftOut returns the zones without copies, with the reason of each.
func (r *result) leftOut(z *recoveryv1alpha1.ZonesStatus, used map[recoveryv1alpha1.Role][]string) []string {
	occupied := slices.Concat(slices.Collect(maps.Values(used))...)

	var out []string

	for _, region := range r.target.Status.AtProvider.Regions {
		if region.Name != z.Region {
			continue
		}

		for i := range region.Zones {
			if id := region.Zones[i].ID; !slices.Contains(occupied, id) && !slices.Contains(z.Usable, id) {
				out = append(out, id+", "+unusable(&region.Zones[i]))
			}
		}
	}

	spare := slices.DeleteFunc(slices.Clone(z.Usable), func(id string) bool { return slices.Contains(occupied, id) })
	if len(spare) > 0 && len(used) > 0 {
		out = append(out, strings.Join(spare, ", ")+", "+unneeded(&r.plan))
	}

	return out
}

// unusable says why the function takes a zone to be unusable, or "".
func unusable(z *awsv1alpha1.ZoneObservation) string {
	switch {
	case z.Type != "" && z.Type != "availability-zone":
		return "it is a " + z.Type
	case z.OptInStatus == "not-opted-in":
		return "it is not opted in"
	case z.State != "" && z.State != "available":
		return "its state is " + z.State
	}

	return ""
}

// unneeded says why usable zones are not used.
func unneeded(p *fnv1alpha1.RecoveryPlan) string {
	var limits []string

	for i := range p.Components {
		if z := p.Components[i].Zones; z != nil && (z.Max > 0 || len(z.Exclude) > 0) {
			limit := p.Components[i].Name + " has"
			if z.Max > 0 {
				limit += fmt.Sprintf(" at most %d", z.Max)
			}

			if len(z.Exclude) > 0 {
				limit += " none of " + strings.Join(z.Exclude, ", ")
			}

			limits = append(limits, limit)
		}
	}

	return cmp.Or(strings.Join(limits, "; "), "nothing is spread over them")
}

// verdict says whether anything would be deleted, by what every step observed
// and rendered.
func verdict(results []result) string {
	var b strings.Builder

	for _, r := range results {
		for _, key := range r.deleted {
			fmt.Fprintf(&b, "WOULD BE DELETED by %s: %s\n", r.step, key)
		}
	}

	if b.Len() > 0 {
		return b.String()
	}

	for _, r := range results {
		for _, key := range r.left {
			fmt.Fprintf(&b, "Leaves with %s, because the XR retires it: %s\n", r.step, key)
		}
	}

	if b.Len() > 0 {
		return b.String() + "Nothing else is deleted.\n"
	}

	last := &results[len(results)-1]
	but := ""

	if len(last.answered) > 0 {
		but = ", but for what only observes: " + strings.Join(last.answered, ", ")
	}

	switch n := len(last.observed); {
	case last.fatal != "":
		return "Nothing is deleted: a FATAL result applies nothing.\n"
	case n == 0:
		return fmt.Sprintf("Nothing is deleted: nothing existed before %s.\n", last.step)
	case n == 1:
		return fmt.Sprintf("Nothing is deleted: the one resource that existed before %s is still rendered%s.\n", last.step, but)
	default:
		return wrap(fmt.Sprintf("Nothing is deleted: all %d resources that existed before %s are still rendered%s.", n, last.step, but), "", "  ")
	}
}
