package main

import (
	"fmt"
	"strings"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// shut shuts a fenced copy on AWS once its region answers: a store by the
// fence of its component, and compute by its standby scale or down to nothing,
// so that old servers don't write to an old database.
func (r *request) shut(c *composed, rc *render.Copy, e *evaluator, f *faults) {
	known := r.plan.byName[c.Component]
	if known == nil || c.Role != topology.Fenced || c.observed == nil || !c.observed.placement.Managed ||
		!r.decision.Holder || r.decision.Dark[c.Region] || shares(e.out, c, false) != "" {
		return
	}

	var overlay map[string]any

	switch {
	case known.tier() == topology.Data && r.templates[c.Component].Attached(c.observed.object):
		// A replica takes no writes. To be allowed to update it would promote it.
	case known.tier() == topology.Data && known.fence != nil:
		result := known.fence.Evaluate(e.variables(rc), nil, known.path.Child("fence", "overlay"))
		f.add("RecoveryPlan", result.Faults)

		if len(result.Missing) > 0 {
			return
		}

		overlay, _ = result.Value.(map[string]any)
	case known.tier() == topology.Compute && len(known.scale) > 0:
		overlay = render.Set(known.scale)
	case known.tier() == topology.Compute:
		overlay = render.Set(r.templates[c.Component].Stopped())
	}

	if overlay == nil {
		return
	}

	verified := render.Shut(c.object, c.observed.object, overlay)
	c.fenceVerified = &verified
}

// retire takes away the copies that the XR retires: those that are fenced or
// kept, and named by both key and external name.
func (r *request) retire(out *composition) {
	for i := range out.copies {
		c := &out.copies[i]

		for _, entry := range r.spec.Retire {
			if !c.isMeantBy(entry) {
				continue
			}

			if why := r.stays(out, c, entry); why != "" {
				out.warnings = append(out.warnings, c.Key+" is not retired: "+why)
			} else {
				t := r.templates[c.Component]
				c.retire(entry.External == recoveryv1alpha1.Delete, t != nil && t.Attached(c.observed.object))
			}
		}
	}
}

// isMeantBy returns whether an entry is about the copy. One that is left, with
// another name, may be about what had the key of a copy in use before.
func (c *composed) isMeantBy(entry recoveryv1alpha1.Retirement) bool {
	return c.observed != nil && entry.Key == c.Key && (c.idle() || entry.ExternalName == c.observed.externalName())
}

// idle returns whether a copy is only there: it may leave.
func (c *composed) idle() bool { return c.Role == topology.Fenced || c.Role == topology.Kept }

// stays says why a copy must not be retired by an entry.
func (r *request) stays(out *composition, c *composed, entry recoveryv1alpha1.Retirement) string {
	if called := c.observed.externalName(); entry.ExternalName != called {
		return fmt.Sprintf("its external name is %q, and spec.recovery.retire says %q", called, entry.ExternalName)
	}

	external := entry.External == recoveryv1alpha1.Delete

	if !r.decision.Holder || !c.idle() {
		return "it is " + string(c.Role) + ", and only a fenced or kept copy may leave"
	}

	if other := shares(out, c, true); external && other != "" {
		return other + " has the same external name, and would be deleted with it"
	}

	if external && c.observed.groupKindIs("backup", "Vault") {
		return "it is a vault, which would be deleted with the snapshots in it: let it go with external: Keep"
	}

	if external && c.Store != "" {
		return sharesStore(out, c)
	}

	return ""
}

// shares returns the key of another copy that may be the same resource on AWS.
// In another region most kinds that have the same name are another resource, and
// a few, such as a GlobalCluster, are not.
func shares(out *composition, c *composed, elsewhere bool) string {
	at := c.observed.placement.Region

	for i := range out.copies {
		o := &out.copies[i]
		if o.Key == c.Key || o.observed == nil || o.observed.externalName() != c.observed.externalName() || o.observed.groupKind() != c.observed.groupKind() {
			continue
		}

		if elsewhere || o.observed.placement.Region == at {
			return o.Key
		}
	}

	return ""
}

// sharesStore says why a copy of a store that may be in several regions must
// not be deleted: what is deleted with it.
func sharesStore(out *composition, c *composed) string {
	const keep = ": let it go with external: Keep"

	replica := c.observed.ReplicaOf != ""

	for i := range out.copies {
		o := &out.copies[i]
		if o.Key != c.Key && o.Store == c.Store && (!replica || o.Role == topology.Serving || o.Role == topology.Standby) {
			return "it is the same store as " + o.Key + keep
		}
	}

	switch others := c.observed.Members; {
	case replica:
		return ""
	case others == nil:
		return "it is not known in which other regions it is, and it would be deleted there, too" + keep
	case len(others) > 0:
		return "it is in " + strings.Join(others, ", ") + ", too, and would be deleted there" + keep
	}

	return ""
}

// retire takes the copy away once its spec says what becomes of it on AWS:
// the render that changes them is never the one that lets it go.
func (c *composed) retire(external, replica bool) {
	policies := []any{"Observe"}
	if external {
		policies = []any{"Observe", "Delete"}
	}

	render.SetPolicies(c.object, policies)

	if external {
		// AWS makes no final snapshot of a replica.
		render.FinalSnapshot(c.object, !replica)
	}

	was, _ := c.observed.object.Get("spec")
	if !c.observed.placement.Managed || render.Equal(was, c.object["spec"]) {
		c.object, c.retired = nil, true

		return
	}

	c.waits = "for its policies to change before it leaves"
}
