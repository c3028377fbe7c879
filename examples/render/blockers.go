package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// blockers lists what is in the way of the failover, in the order in which a
// person would meet it.
func (in *inputs) blockers(now, then *result) string {
	var b strings.Builder

	said := func(s string) { b.WriteString(wrap(s, "  ", "    ")) }

	for _, f := range []struct{ when, fatal string }{{"already now", now.fatal}, {"then", then.fatal}} {
		for line := range strings.Lines(f.fatal) {
			said("The XR, " + f.when + ": " + strings.TrimSpace(line))
		}
	}

	refusals := in.refusals()
	for _, code := range slices.Sorted(maps.Keys(refusals)) {
		said("The FailoverTarget, by what it knew last: " + code + ", " + refusals[code])
	}

	dependencies, _, _ := unstructured.NestedSlice(now.xr.Object, in.path("status", "dependencies")...)
	for _, d := range dependencies {
		m, _ := d.(map[string]any)
		steps, _, _ := unstructured.NestedStringSlice(m, "steps")
		said("If " + text(m, "region") + " is dark: " + strings.Join(steps, "; "))
	}

	for _, s := range then.status.WaitingFor {
		if then.stuck(s) {
			said("The XR, then: " + s)
		}
	}

	return b.String()
}

// stuck returns whether a sentence says that something waits for more than
// copies that are made by themselves.
func (r *result) stuck(sentence string) bool {
	_, what, ok := strings.Cut(sentence, " waits for ")
	if !ok {
		return true
	}

	keys := map[string]bool{}
	for i := range r.status.Copies {
		keys[r.status.Copies[i].Key] = true
	}

	for name := range strings.SplitSeq(what, ", ") {
		if !keys[strings.TrimSuffix(name, " to be ready")] {
			return true
		}
	}

	return false
}

// refusals are the reasons, by their code, for which the FailoverTarget would
// refuse, as far as its status and the SnapshotSelections tell. It decides by
// what it finds when it is asked.
func (in *inputs) refusals() map[string]string {
	t := awsv1alpha1.FailoverTarget{}
	if err := decode(in.now.Object, &t); err != nil {
		return nil
	}

	out := map[string]string{}

	for i := range t.Status.AtProvider.Regions {
		if r := &t.Status.AtProvider.Regions[i]; r.Name == in.to {
			in.regionRefuses(out, r, t.Spec.ForProvider.Require)
		}
	}

	switch oldest, known := in.loss(); {
	case len(in.measured) == 0:
		out[string(awsv1alpha1.BlockerNothingMeasured)] = "no SnapshotSelection in the files looks in " + in.to + " for it"
	case !known:
		out[string(awsv1alpha1.BlockerDataAgeUnknown)] = oldest.name + ": " + oldest.reason
	}

	return out
}

func (in *inputs) regionRefuses(out map[string]string, r *awsv1alpha1.RegionObservation, need *awsv1alpha1.Requirements) {
	if !r.Reachable {
		out[string(awsv1alpha1.BlockerRegionUnreachable)] = in.to + " does not answer"
	}

	if need == nil {
		return
	}

	usable := map[string]bool{}

	for i := range r.Zones {
		if z := &r.Zones[i]; unusable(z) == "" {
			usable[z.ID] = true
		}
	}

	if len(usable) < need.Zones {
		out[string(awsv1alpha1.BlockerTooFewZones)] = fmt.Sprintf("%s has %s, and require.zones is %d", in.to, count(len(usable), "usable zone"), need.Zones)
	}

	var missing []string

	offered := r.Offered
	if offered == nil {
		offered = &awsv1alpha1.Offered{}
	}

	for _, kind := range []struct {
		required []string
		offered  map[string][]string
	}{{need.InstanceTypes, offered.InstanceTypes}, {need.DBInstanceClasses, offered.DBInstanceClasses}} {
		for _, name := range kind.required {
			if !slices.ContainsFunc(kind.offered[name], func(id string) bool { return usable[id] }) {
				missing = append(missing, name)
			}
		}
	}

	if len(missing) > 0 {
		out[string(awsv1alpha1.BlockerTypeNotOffered)] = "no usable zone of " + in.to + " is known to offer " + strings.Join(missing, ", ")
	}
}
