package main

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// rehearse renders what a failover to each other region would need and is not
// there yet, and returns what would be refused then: a parameter that is
// missing for a region is to be told before the day on which it is needed.
func (r *request) rehearse(out *composition, e *evaluator, zones map[string]map[string][]string) []string {
	if !r.decision.Holder || r.decision.Target == "" {
		return nil
	}

	var refused []string

	for i := range r.plan.components {
		c := &r.plan.components[i]
		if c.tier() == topology.Global || c.tier() == topology.Workload || c.Regions == fnv1alpha1.Home {
			continue
		}

		for _, name := range r.regions {
			places := []string{""}
			if c.Zones != nil {
				places = zones[c.Name][name]
			}

			if len(places) > 0 {
				refused = append(refused, r.rehearseCopy(out, e, c, r.nextCopy(c, name, places[0]))...)
			}
		}
	}

	slices.Sort(refused)

	return slices.Compact(refused)
}

// rehearseCopy returns what would be refused of a copy: its birth, and later on
// what shuts it.
func (r *request) rehearseCopy(out *composition, e *evaluator, c *component, next *composed) []string {
	births, fences := r.rehearseBirth(out, e, c, next), rehearseFence(e, c, r.renderCopy(next))
	refused := make([]string, 0, len(births)+len(fences))

	for _, fault := range births {
		refused = append(refused, fmt.Sprintf("a failover to %s would be refused: %s %s", next.Region, r.objectOf(&next.Copy), fault.Error()))
	}

	for _, fault := range fences {
		refused = append(refused, fmt.Sprintf("once %s is left, all would be refused: RecoveryPlan %s", next.Region, fault.Error()))
	}

	return refused
}

// nextCopy returns the copy that would be born in a place at the next epoch.
func (r *request) nextCopy(c *component, region, zone string) *composed {
	born := int64(1)
	if c.tier() == topology.Data {
		born = r.decision.Epoch + 1
	}

	return &composed{Copy: topology.Copy{
		Key: topology.Key(c.Name, r.regions[0], region, zone, born), Component: c.Name, Region: region, Zone: zone,
		Role: topology.Serving, Epoch: r.decision.Epoch + 1, Birth: topology.Birth{Kind: topology.BornRestored},
	}}
}

// rehearseBirth returns the faults of a copy that would be born. What is
// rendered already is told with the rest.
func (r *request) rehearseBirth(out *composition, e *evaluator, c *component, next *composed) field.ErrorList {
	rendered := func(o composed) bool { return o.Component == c.Name && o.Region == next.Region && o.object != nil }
	if next.Region == r.decision.Active || c.tier() != topology.Data && slices.ContainsFunc(out.copies, rendered) {
		return nil
	}

	rc := r.renderCopy(next)
	vars := e.variables(rc)
	vars.Active = next.Region

	return r.templates[c.Name].Copy(e.scope, rc, vars).Faults
}

// rehearseFence returns the faults in what would shut a copy that is left.
func rehearseFence(e *evaluator, c *component, rc *render.Copy) field.ErrorList {
	if c.fence == nil {
		return nil
	}

	return c.fence.Evaluate(e.variables(rc), nil, c.path.Child("fence", "overlay")).Faults
}
