package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/internal/scenario"
)

// forecast says in words what the failover would do, what it would cost, and
// what is in its way.
func (in *inputs) forecast(now, then *result) string {
	var b strings.Builder

	b.WriteString(heading(fmt.Sprintf("preview: %s serves instead of %s", in.to, in.from)))
	fmt.Fprintf(&b, "%s %s\n\n", in.xr.GetKind(), strings.TrimPrefix(in.xr.GetNamespace()+"/"+in.xr.GetName(), "/"))

	for i, s := range in.said {
		title := ""
		if i == 0 {
			title = "made up"
		}

		b.WriteString(entry(title, s))
	}

	b.WriteString(entry("as it is", fmt.Sprintf("all the rest: the XR, the Composition, %s%s, what is known of the regions", count(len(in.observed), "composed resource"), in.strangers())))

	b.WriteString("\nWhat it would cost\n" + in.cost(now))

	if then.fatal == "" {
		b.WriteString("\nWhat would become of each copy\n" + then.changes())
		b.WriteString("\nWhat waits for what\n" + orNothing(then.waiting("  ")))
	}

	b.WriteString("\nWhat is in the way\n" + orNothing(in.blockers(now, then)))
	for i, w := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(now.warnings, then.warnings)))) {
		if i == 0 {
			b.WriteString("\nWarnings\n")
		}

		b.WriteString(wrap(w, "  ", "    "))
	}

	b.WriteString("\nTo do it, commit to FailoverTarget " + in.targetName() + "\n" + in.activation())
	b.WriteString("\n" + verdict([]result{*then}))

	return b.String()
}

func orNothing(s string) string {
	if s == "" {
		return "  Nothing that these files know of.\n"
	}

	return s
}

func (in *inputs) strangers() string {
	if in.foreign == 0 {
		return ""
	}

	return fmt.Sprintf(" (and %d in the files that are none of it)", in.foreign)
}

// cost is what the failover would cost in data and in time, beside what the
// objectives allow. The XR says it as long as the other region serves.
func (in *inputs) cost(now *result) string {
	s := ""

	switch oldest, known := in.loss(); {
	case len(in.measured) == 0:
		s += entry("data loss", "nobody knows: no SnapshotSelection in the files looks in "+in.to+" for this FailoverTarget")
	case !known:
		s += entry("data loss", "nobody knows: "+oldest.name+", "+oldest.reason)
	default:
		s += entry("data loss", fmt.Sprintf("%s: the oldest data is of %s, by %s", duration(in.at.Sub(oldest.dataTime)), oldest.dataTime.UTC().Format(time.RFC3339), oldest.name))
	}

	return s + entry("rpo", in.objective(now, "rpo")) + entry("rto", in.objective(now, "rto")) + now.protected()
}

// status returns what the XR says of an objective in the region.
func (in *inputs) status(now *result, name string) map[string]any {
	said, _, _ := unstructured.NestedMap(now.xr.Object, in.path("status", name)...)

	others, _, _ := unstructured.NestedSlice(said, "others")
	for _, o := range others {
		if m, _ := o.(map[string]any); text(m, "region") == in.to {
			// Nothing of the other region is true of this one.
			maps.DeleteFunc(said, func(name string, _ any) bool { return name != "objective" })
			maps.Copy(said, m)
		}
	}

	return said
}

// protected is what the XR says of whether another region could take over.
func (r *result) protected() string {
	list, _, _ := unstructured.NestedSlice(r.xr.Object, "status", "conditions")
	for _, c := range list {
		if m, _ := c.(map[string]any); text(m, "type") == recoveryv1alpha1.ConditionProtected {
			return entry("Protected now", fmt.Sprintf("%s, %s: %s", text(m, "status"), text(m, "reason"), text(m, "message")))
		}
	}

	return ""
}

// objective is what the XR says of one of its objectives, for the region if it
// says so of several.
func (in *inputs) objective(now *result, name string) string {
	said := in.status(now, name)

	var parts []string

	for _, word := range []string{"objective", "achievable", "estimated"} {
		if v := text(said, word); v != "" {
			parts = append(parts, word+" "+v)
		}
	}

	if measured, _ := said["measured"].(bool); measured {
		parts = append(parts, "as measured before")
	}

	if region := text(said, "region"); region != "" && region != in.to {
		parts = append(parts, "of "+region)
	}

	if verdict := text(said, "verdict"); verdict != "" {
		parts = append(parts, verdict)
	} else if met, ok := said["met"].(bool); ok && !met {
		parts = append(parts, "not met")
	} else if ok {
		parts = append(parts, "met")
	}

	s := strings.Join(parts, ", ")

	switch because := text(said, "because"); {
	case s == "" && because == "":
		stated := text(in.xr.Object, in.path("spec", "objectives."+name)...)
		if stated == "" {
			return "no objective is stated"
		}

		return "objective " + stated + "; the XR says no more"
	case because != "":
		return strings.TrimPrefix(s+": "+because, ": ")
	}

	return s
}

// changes lists the copies by what becomes of them.
func (r *result) changes() string {
	titles := []string{"new", born, "promoted", "take over", "stand by", "fenced", "kept", "leave", "change", "stay"}
	groups := map[string]*result{}

	for _, row := range r.rows {
		title := r.becomes(&row)
		if groups[title] == nil {
			groups[title] = &result{}
		}

		if title == born {
			row.key += r.origin(&row)
		}

		row.mark = created
		groups[title].rows = append(groups[title].rows, row)
	}

	var b strings.Builder

	for _, title := range titles {
		if g := groups[title]; g != nil {
			b.WriteString(g.group(created, title))
		}
	}

	return b.String()
}

// born is what becomes of data that does not exist in the region yet.
const born = "restored"

// origin says what a copy of data would be restored from.
func (r *result) origin(row *row) string {
	for i := range r.observed {
		u := &r.observed[i]

		selected := func(name string) string { return text(u.Object, "status", "atProvider", "selected", name) }
		if u.GetKind() != awsv1alpha1.SnapshotSelectionKind || u.GetLabels()[labelPrefix+"protects"] != r.component(row.key) ||
			text(u.Object, "spec", "forProvider", "region") != row.region || selected("id") == "" {
			continue
		}

		return " from " + selected("id") + " (data of " + cmp.Or(selected("dataTime"), "unknown time") + ")"
	}

	return ""
}

// becomes says in a word what becomes of a copy.
func (r *result) becomes(row *row) string {
	var was *unstructured.Unstructured

	for i := range r.observed {
		if u := &r.observed[i]; scenario.Key(u) == row.key {
			was = u
		}
	}

	if row.mark == leaves {
		return "leave"
	}

	data := r.tier(row.key) == fnv1alpha1.Data
	role := recoveryv1alpha1.Role(row.role)

	if was == nil {
		if data && role == recoveryv1alpha1.Serving {
			return born
		}

		return "new"
	}

	switch before := recoveryv1alpha1.Role(was.GetLabels()[labelPrefix+"role"]); {
	case role == recoveryv1alpha1.Kept:
		return "kept"
	case role == recoveryv1alpha1.Fenced:
		return "fenced"
	case role == recoveryv1alpha1.Serving && before == recoveryv1alpha1.Standby && data:
		return "promoted"
	case role == recoveryv1alpha1.Serving && before == recoveryv1alpha1.Standby:
		return "take over"
	case role == recoveryv1alpha1.Standby && before == recoveryv1alpha1.Serving:
		return "stand by"
	case row.mark == unchanged:
		return "stay"
	}

	return "change"
}

// component returns the component of a copy.
func (r *result) component(key string) string {
	for i := range r.status.Copies {
		if r.status.Copies[i].Key == key {
			return r.status.Copies[i].Component
		}
	}

	return ""
}

// tier returns the tier of a copy's component.
func (r *result) tier(key string) fnv1alpha1.Tier {
	of := r.component(key)

	for i := range r.plan.Components {
		if c := &r.plan.Components[i]; c.Name == of {
			return c.Tier
		}
	}

	return ""
}

// duration prints a time span without the zeros at its end.
func duration(d time.Duration) string {
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}

	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}

	return s
}

// activation is what a person would commit.
func (in *inputs) activation() string {
	var b strings.Builder

	b.WriteString("  spec:\n    forProvider:\n      activation:\n")
	fmt.Fprintf(&b, "        region: %s\n        epoch: %d\n", in.to, in.epoch)

	if oldest, known := in.loss(); known {
		age := in.at.Sub(oldest.dataTime).Truncate(time.Minute) + time.Minute
		fmt.Fprintf(&b, "        maxDataLoss: %s   # the data grows older while you type\n", duration(age))
	}

	if codes := slices.Sorted(maps.Keys(in.refusals())); len(codes) > 0 {
		fmt.Fprintf(&b, "        accept: [%s]   # only if you do\n", strings.Join(codes, ", "))
	}

	b.WriteString("        reason: …\n")

	return b.String()
}
