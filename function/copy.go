package main

import (
	"cmp"
	"strings"

	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
	"github.com/crossdr/crossdr/function/internal/zone"
)

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
func (r *request) templateOf(c *composed) *render.Template {
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

	t := r.templates[c.Component]
	if t != nil && c.isOf(t.Replica()) {
		return t.Replica()
	}

	return t
}

// isOf returns whether the copy is, or is to be born, of the kind of a
// replica's template.
func (c *composed) isOf(replica *render.Template) bool {
	if c.observed == nil {
		return c.Birth.Kind == topology.BornReplica
	}

	return c.observed.groupKind() == replica.Kind+"."+replica.Group
}

func (r *request) renderCopy(c *composed) *render.Copy {
	out := &render.Copy{
		Key: c.Key, Component: c.Component, Region: c.Region, Zone: c.Zone, Role: string(c.Role), Epoch: c.Epoch,
		Fenced: c.idle(),
		Suffix: strings.TrimPrefix(c.Key, c.Component), KeepNames: c.Key == c.Component,
		Adopt: cmp.Or(r.spec.Adopt[c.Key], c.Birth.ExternalName), ServesSince: c.ServesSince, Promoted: c.Promoted,
		Birth: render.Birth{Snapshot: c.Birth.Snapshot, DataTime: c.Birth.DataTime},
	}

	if c.observed != nil {
		out.Observed = c.observed.object
		// What a person says is for its birth only.
		out.Adopt = c.Birth.ExternalName
	}

	if facts := r.facts[c.Region]; facts != nil && c.Zone != "" {
		out.ZoneName = string(facts.names[zone.ID(c.Zone)])
	}

	if known := r.plan.byName[c.Component]; known != nil {
		out.Data = known.tier() == topology.Data
		out.Durable = out.Data || known.tier() == topology.Protection
		out.KeepNames = out.KeepNames || known.Zones != nil && known.Zones.Adopt[c.Zone] == c.Key

		if c.Role == topology.Standby {
			out.Scale = r.scaleOf(known)
		}

		r.vary(out, c, known)
	}

	return out
}

// scaleOf returns what a standby copy has instead of what its template says.
// Where all copies of compute serve, one stands by only because its region was
// left: without a scale of its own it is stopped.
func (r *request) scaleOf(c *component) map[string]any {
	everywhere := topology.PlacementOf(c.tier(), r.strategy.Strategy) == topology.All && c.Regions == ""
	if len(c.scale) > 0 || c.tier() != topology.Compute || !everywhere {
		return c.scale
	}

	return r.templates[c.Name].Stopped()
}

// vary says how a copy of data differs from its template, by its birth.
func (r *request) vary(out *render.Copy, c *composed, known *component) {
	restored := c.Birth.Kind == topology.BornRestored
	if c.observed != nil {
		restored = restored || c.observed.object.Text("metadata", "annotations", render.AnnotationRestoredFrom) != ""
	}

	t := r.templates[c.Component]

	switch {
	// That of replicas of another kind is in their template.
	case c.Role == topology.Standby && out.Data && t != nil && t.Replica() == t:
		out.Overlay = known.replicate
	case restored:
		out.Overlay = known.restore
	}

	if c.Birth.Kind == topology.BornReplica && c.replicates != nil {
		out.Birth.ReplicaOf = c.Birth.Source
		out.Birth.ReplicaSource = t.ReplicaSource(c.replicates)
	}
}
