package main

import (
	"cmp"

	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/zone"
)

// An evaluator gives each copy the variables that its expressions read.
type evaluator struct {
	*request

	out     *composition
	scope   *render.Scope
	xr      map[string]any
	serving map[string]any
	regions map[string]*expression.Region
	offered map[string]map[string]bool

	// guarded is how each component is protected, by region.
	guarded map[string]map[string]guarded
}

func (r *request) newEvaluator(out *composition, f *faults) *evaluator {
	e := &evaluator{
		request: r, out: out, scope: r.scope(), serving: map[string]any{},
		regions: map[string]*expression.Region{}, offered: map[string]map[string]bool{},
	}

	e.xr, _ = integers(r.xr.message.AsMap()).(map[string]any)

	for _, name := range r.regions {
		p, err := parameters(&r.spec, name)
		if err != nil {
			f.addf("%s %s.parameters[%s]: %s", r.name, r.plan.SpecFrom, name, err)
		}

		e.regions[name] = r.facts[name].variable(name, p)
	}

	read := r.readServing()

	for i := range out.copies {
		c := &out.copies[i]
		if read[c.Component] && c.observed != nil && c.counts(r.decision.Active) && e.serving[c.Component] == nil {
			e.serving[c.Component] = integers(c.observed.object.message.AsMap())
		}
	}

	e.scope.Neighbours = r.neighbours(out, e.scope)

	return e
}

// readServing returns the components whose serving copies are read, by templates
// or by what is laid over them.
func (r *request) readServing() map[string]bool {
	read := map[string]bool{}

	for _, t := range r.templates {
		for _, name := range t.Serving() {
			read[name] = true
		}
	}

	for i := range r.plan.components {
		c := &r.plan.components[i]
		for _, overlay := range []*render.Overlay{c.restore, c.replicate, c.fence} {
			if overlay == nil {
				continue
			}

			for _, name := range overlay.Serving() {
				read[name] = true
			}
		}
	}

	return read
}

func (e *evaluator) variables(c *render.Copy) *expression.Variables {
	name := cmp.Or(c.Region, e.decision.Active)

	v := &expression.Variables{
		XR: e.xr, Region: e.regions[name], Component: c.Component, Active: e.decision.Active, Serving: e.serving,
	}

	if v.Region == nil {
		// Only a copy that is preserved can be in a region that is not listed.
		v.Region = &expression.Region{Name: name}
	}

	if c.Zone != "" {
		z := zone.Zone{ID: zone.ID(c.Zone)}
		v.Zone = &expression.Zone{ID: c.Zone, Name: c.ZoneName, Index: int64(z.Index())}
	}

	if facts := e.facts[name]; facts != nil {
		at := name + "/" + c.Zone
		if e.offered[at] == nil {
			e.offered[at] = facts.offeredIn(c.Zone)
		}

		v.Offered = e.offered[at]
	}

	return v
}
