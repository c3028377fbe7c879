package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/internal/scenario"
)

// What a step does to a resource.
const (
	created   = "+"
	unchanged = "="
	changed   = "~"
	fenced    = "!"
	waits     = "."
	leaves    = "-"
)

// labels of a copy.
const labelPrefix = "crossdr.io/"

// A row is one composed resource, or a copy that is not made yet.
type row struct {
	mark, key, kind, region, zone, role, note string
}

// compare fills in the rows, and what would be deleted.
func (r *result) compare() {
	before := map[string]*unstructured.Unstructured{}
	for i := range r.observed {
		before[identity(&r.observed[i])] = &r.observed[i]
	}

	rendered := map[string]bool{}
	kinds := kindsOf(&r.plan)

	for i := range r.composed {
		u := &r.composed[i]
		row := rowOf(before[identity(u)], u)
		r.rows = append(r.rows, row)
		rendered[row.key] = true
		kinds[u.GetLabels()[labelPrefix+"component"]] = row.kind

		delete(before, identity(u))
	}

	for _, u := range before {
		switch {
		case !scenario.MayGo(u, r.retired):
			r.deleted = append(r.deleted, scenario.Key(u))
		case u.GetKind() != awsv1alpha1.SnapshotSelectionKind:
			r.left = append(r.left, scenario.Key(u))
		default:
			r.answered = append(r.answered, scenario.Key(u))
		}
	}

	slices.Sort(r.deleted)
	slices.Sort(r.left)
	slices.Sort(r.answered)

	for i := range r.status.Copies {
		c := &r.status.Copies[i]
		if rendered[c.Key] {
			continue
		}

		mark, note := waits, "waits, see below"
		if slices.Contains(r.left, c.Key) {
			mark, note = leaves, "leaves, as the XR retires it"
		}

		r.rows = append(r.rows, row{mark: mark, key: c.Key, kind: cmp.Or(kinds[c.Component], "-"), region: c.Region, zone: c.Zone, role: string(c.Role), note: note})
	}

	slices.SortFunc(r.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(r.place(&a), r.place(&b)), cmp.Compare(a.region, b.region), cmp.Compare(a.key, b.key))
	})
}

// place puts the active region first, and what exists once last.
func (r *result) place(of *row) int {
	switch of.region {
	case r.status.ActiveRegion:
		return 0
	case "":
		return 2
	}

	return 1
}

// identity is what Kubernetes tells resources apart by.
func identity(u *unstructured.Unstructured) string {
	return u.GroupVersionKind().GroupKind().String() + "/" + u.GetNamespace() + "/" + u.GetName()
}

// rowOf compares a resource with what existed before, which may be nothing.
func rowOf(was, u *unstructured.Unstructured) row {
	l := u.GetLabels()
	r := row{
		mark: created, key: scenario.Key(u), kind: kindOf(u),
		region: cmp.Or(l[labelPrefix+"region"], text(u.Object, "spec", "forProvider", "region")),
		zone:   l[labelPrefix+"zone"], role: l[labelPrefix+"role"],
	}

	if was == nil {
		return r
	}

	labels, fields := changes(was, u)

	switch {
	case isFenced(r.role) && !isFenced(was.GetLabels()[labelPrefix+"role"]):
		r.mark, r.note = fenced, "only observed from now on"
	case len(labels)+len(fields) == 0:
		r.mark = unchanged
	default:
		r.mark = changed
		if len(labels) > 2 {
			fields = append(fields, strconv.Itoa(len(labels))+" labels")
		} else if len(labels) > 0 {
			fields = append(fields, "labels "+strings.Join(labels, ", "))
		}

		r.note = strings.Join(fields, "; ")
	}

	return r
}

func isFenced(role string) bool {
	return role == string(recoveryv1alpha1.Fenced) || role == string(recoveryv1alpha1.Kept)
}

// changes returns the labels and the fields of the spec that are applied and
// differ from what is observed. A field within forProvider or initProvider that
// is not applied belongs to somebody else, and stays.
func changes(was, u *unstructured.Unstructured) (labels, fields []string) {
	before, after := was.GetLabels(), u.GetLabels()

	for _, k := range slices.Sorted(maps.Keys(after)) {
		if before[k] != after[k] {
			labels = append(labels, strings.TrimPrefix(k, labelPrefix))
		}
	}

	a, _, _ := unstructured.NestedMap(was.Object, "spec")
	b, _, _ := unstructured.NestedMap(u.Object, "spec")

	for _, k := range slices.Sorted(maps.Keys(b)) {
		fields = append(fields, changesOf(k, a[k], b[k])...)
	}

	for _, k := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[k]; !ok {
			fields = append(fields, k)
		}
	}

	return labels, fields
}

// changesOf compares one field of the spec: argument by argument, if it is a
// block of them.
func changesOf(name string, was, now any) []string {
	before, _ := was.(map[string]any)
	after, ok := now.(map[string]any)

	if !ok || before == nil {
		if reflect.DeepEqual(was, now) {
			return nil
		}

		return []string{name}
	}

	var fields []string

	for _, k := range slices.Sorted(maps.Keys(after)) {
		if !reflect.DeepEqual(before[k], after[k]) {
			fields = append(fields, name+"."+k)
		}
	}

	return fields
}

// kindsOf returns the kind of each component whose template is in the plan.
func kindsOf(p *fnv1alpha1.RecoveryPlan) map[string]string {
	kinds := map[string]string{}

	for i := range p.Components {
		u := unstructured.Unstructured{}
		if t := p.Components[i].Template; t != nil && json.Unmarshal(t.Raw, &u.Object) == nil {
			kinds[p.Components[i].Name] = kindOf(&u)
		}
	}

	return kinds
}

// kindOf returns the kind with its service: rds/Instance.
func kindOf(u *unstructured.Unstructured) string {
	service, rest, _ := strings.Cut(u.GroupVersionKind().Group, ".")
	if rest == "" {
		return u.GetKind()
	}

	return service + "/" + u.GetKind()
}
