package main

import (
	"slices"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// checkServed reports components that no copy would serve, because the key of
// the one to be born is that of another copy.
func (r *request) checkServed(out *composition, f *faults) {
	for i := range r.plan.components {
		c := &r.plan.components[i]

		if t := r.templates[c.Name]; c.tier() == topology.Data && t.Dependent() && r.parentOf(t) == "" {
			f.addf("RecoveryPlan component %s: a %s follows its Cluster, and the plan has no component of tier Data that is one", c.Name, t.Kind)
		}

		serves := func(o composed) bool { return o.Component == c.Name && o.Role == topology.Serving }
		somewhere := c.tier() != topology.Workload && c.Regions != fnv1alpha1.Home && c.guard == nil

		if somewhere && !slices.ContainsFunc(out.copies, serves) {
			f.addf("RecoveryPlan component %s: no copy would serve in %s, because another has the key that a new one would get", c.Name, r.decision.Active)
		}
	}
}

// checkKinds reports templates of another kind than what exists under their
// key. Crossplane would forget the old resource and leave it behind.
func (r *request) checkKinds(out *composition, f *faults) {
	for i := range out.copies {
		c := &out.copies[i]

		t := r.templateOf(c)
		if t == nil || c.observed == nil || c.Role == topology.Fenced || !r.decision.Holder {
			continue
		}

		if is := c.observed.groupKind(); is != t.Kind+"."+t.Group {
			f.addf("%s: %s exists as a %s, but its template is a %s.%s: give the new kind a component of its own", r.objectOf(&c.Copy), c.Key, is, t.Kind, t.Group)
		}
	}
}
