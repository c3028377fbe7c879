package main

import (
	"fmt"
	"slices"
	"strings"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/sequence"
	"github.com/crossdr/crossdr/function/internal/topology"
	"github.com/crossdr/crossdr/function/internal/zone"
)

// A composition is the answer to a request, before it is encoded.
type composition struct {
	copies   []composed
	warnings []string
	short    []shortage
}

// A composed copy.
type composed struct {
	topology.Copy

	observed *observedCopy
	ready    bool

	// waits says what the copy waits for, or "".
	waits string

	// object that is desired, or nil while the copy is not to exist.
	object map[string]any
}

// counts returns whether the XR waits for the copy.
func (c *composed) counts(active string) bool {
	return c.Role == topology.Serving && (c.Region == "" || c.Region == active)
}

// compose decides which copies there are and renders them.
func (r *request) compose(f *faults) *composition {
	zones, short := spread(r.plan, r.regions, r.facts, r.observed)
	out := &composition{short: r.checkShortages(short, f)}

	in := r.topologyInput(zones)
	for _, c := range topology.Contradictions(in) {
		f.addf("%s: %s", r.name, c)
	}

	if f.err() != nil {
		return out
	}

	byKey := make(map[string]*observedCopy, len(r.observed))
	for i := range r.observed {
		byKey[r.observed[i].Key] = &r.observed[i]
	}

	planned := topology.Plan(in)
	out.copies = make([]composed, 0, len(planned))

	for _, c := range planned {
		cc := composed{Copy: c, observed: byKey[c.Key], waits: c.Waits}
		cc.ready = cc.observed != nil && isReady(cc.observed, c.Region)
		out.copies = append(out.copies, cc)
	}

	r.checkKinds(out, f)
	r.order(out)
	r.render(out, f)

	return out
}

// order holds back the copies whose predecessors are not ready.
func (r *request) order(out *composition) {
	copies := make([]sequence.Copy, 0, len(out.copies))

	for i := range out.copies {
		c := &out.copies[i]
		copies = append(copies, sequence.Copy{
			Key: c.Key, Component: c.Component, Region: c.Region, Exists: c.Exists, Ready: c.ready,
			Counts: (c.Role == topology.Serving || c.Role == topology.Standby && (c.Exists || c.waits == "")) && !r.decision.Dark[c.Region],
		})
	}

	waiting := sequence.Open(r.decision.Active, copies, r.plan.after)

	for i := range out.copies {
		if before := waiting[out.copies[i].Key]; len(before) > 0 && out.copies[i].waits == "" {
			out.copies[i].waits = "for " + strings.Join(before, ", ")
		}
	}
}

func (r *request) render(out *composition, f *faults) {
	e := r.newEvaluator(out, f)

	for i := range out.copies {
		c := &out.copies[i]
		if !c.Exists && c.waits != "" {
			continue
		}

		rc := r.renderCopy(c)

		t := r.templateOf(&c.Copy)
		if t == nil {
			c.object = render.Preserve(e.scope, rc, c.observed.placement.Managed)

			continue
		}

		if rc.Region == "" && t.RegionPath != "" {
			rc.Region = r.onlyRegion(c)
		}

		result := t.Copy(e.scope, rc, e.variables(rc))
		f.add(r.objectOf(&c.Copy), result.Faults)
		out.warnings = append(out.warnings, result.Warnings...)

		if len(result.Missing) > 0 {
			c.waits = "for " + strings.Join(slices.Compact(slices.Sorted(slices.Values(result.Missing))), ", ")
		}

		if c.Exists || len(result.Missing) == 0 {
			c.object = result.Object
		}
	}
}

// onlyRegion returns where a regional kind that exists once lives: where it is,
// or at home.
func (r *request) onlyRegion(c *composed) string {
	if c.observed != nil && c.observed.placement.Region != "" {
		return c.observed.placement.Region
	}

	return r.regions[0]
}

// checkKinds reports templates of another kind than what exists under their
// key. Crossplane would forget the old resource and leave it behind.
func (r *request) checkKinds(out *composition, f *faults) {
	for i := range out.copies {
		c := &out.copies[i]

		t := r.templateOf(&c.Copy)
		if t == nil || c.observed == nil {
			continue
		}

		if is := c.observed.groupKind(); is != t.Kind+"."+t.Group {
			f.addf("%s: %s exists as a %s, but its template is a %s.%s: give the new kind a component of its own", r.objectOf(&c.Copy), c.Key, is, t.Kind, t.Group)
		}
	}
}

// objectOf names what a fault in a copy's template is in.
func (r *request) objectOf(c *topology.Copy) string {
	switch p := r.plan.byName[c.Component]; {
	case p != nil && p.Zones != nil && c.Key != c.Component && r.templates[c.Key] != nil:
		return "composed resource " + c.Key
	case p != nil && p.template != nil:
		return "RecoveryPlan component " + c.Component
	}

	return "composed resource " + c.Component
}

// templateOf returns the template of a copy, or nil if it is only preserved.
func (r *request) templateOf(c *topology.Copy) *render.Template {
	if c.Role == topology.Kept {
		return nil
	}

	known := r.plan.byName[c.Component]
	if known == nil {
		return nil
	}

	// The key of an adopted zone may have a template of its own.
	if known.Zones != nil && c.Key != c.Component && r.templates[c.Key] != nil {
		return r.templates[c.Key]
	}

	return r.templates[c.Component]
}

func (r *request) renderCopy(c *composed) *render.Copy {
	out := &render.Copy{
		Key: c.Key, Component: c.Component, Region: c.Region, Zone: c.Zone, Role: string(c.Role), Epoch: c.Epoch,
		Fenced: c.Role == topology.Fenced || c.Role == topology.Kept,
		Suffix: strings.TrimPrefix(c.Key, c.Component), KeepNames: c.Key == c.Component,
		Adopt: r.spec.Adopt[c.Key],
	}

	if c.observed != nil {
		out.Observed = c.observed.object
	}

	if facts := r.facts[c.Region]; facts != nil && c.Zone != "" {
		out.ZoneName = string(facts.names[zone.ID(c.Zone)])
	}

	if known := r.plan.byName[c.Component]; known != nil {
		out.Data = known.tier() == topology.Data
		out.KeepNames = out.KeepNames || known.Zones != nil && known.Zones.Adopt[c.Zone] == c.Key

		if c.Role == topology.Standby {
			out.Scale = known.scale
		}
	}

	return out
}

// status returns the copy as the XR shows it.
func (c *composed) status() recoveryv1alpha1.CopyStatus {
	s := recoveryv1alpha1.CopyStatus{
		Key: c.Key, Component: c.Component, Region: c.Region, Zone: c.Zone, Role: recoveryv1alpha1.Role(c.Role), Ready: c.ready,
	}

	if c.observed != nil {
		s.ExternalName = c.observed.externalName()
	}

	return s
}

// waiting returns one sentence for each copy that waits for something.
func (o *composition) waiting() []string {
	var out []string

	for i := range o.copies {
		if c := &o.copies[i]; c.waits != "" {
			verb := "waits "
			if !strings.HasPrefix(c.waits, "for ") {
				verb = "is not created: "
			}

			out = append(out, fmt.Sprint(c.Key, " ", verb, c.waits))
		}
	}

	return out
}
