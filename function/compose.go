package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/sequence"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// A composition is the answer to a request, before it is encoded.
type composition struct {
	copies     []composed
	selections []composedSelection
	warnings   []string
	short      []shortage

	// lastFailover is the newest one, as the status has it.
	lastFailover *structpb.Value

	// measured is how long failovers took.
	measured []recoveryv1alpha1.MeasuredFailover

	// judged is how well another region could take over.
	judged judgement

	// dependencies are the steps of that which need yet another region.
	dependencies []recoveryv1alpha1.DependencyStatus
}

// A composed copy.
type composed struct {
	topology.Copy

	observed *observedCopy
	ready    bool

	// waits says what the copy waits for, or "".
	waits string

	// fenceVerified says whether what shuts a fenced copy took, if anything
	// does.
	fenceVerified *bool

	// released is true for a workload that runs all the time and was let go
	// at this epoch.
	released bool

	// guards is true for what protects another component. The XR serves without
	// it.
	guards bool

	// retired is true when the copy leaves.
	retired bool

	// replicates is the observed copy that a replica to be born replicates.
	replicates *object

	// object that is desired, or nil while the copy is not to exist.
	object map[string]any
}

// holdsBack returns whether the XR waits for the copy.
func (r *request) holdsBack(c *composed) bool { return c.counts(r.decision.Active) && !r.dark(c) }

// counts returns whether the copy serves for the active region.
func (c *composed) counts(active string) bool {
	return c.Role == topology.Serving && (c.Region == "" || c.Region == active) && !c.guards
}

// compose decides which copies there are and renders them.
func (r *request) compose(f *faults) *composition {
	zones, short := spread(r.plan, r.regions, r.facts, r.observed)

	out := &composition{short: r.checkShortages(short, f)}
	for _, s := range out.short {
		out.warnings = append(out.warnings, fmt.Sprintf("a failover to %s would be refused: %s", s.region, s.message))
	}

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

	planned, selections := topology.Plan(in)
	out.copies = make([]composed, 0, len(planned))

	for _, c := range planned {
		cc := composed{Copy: c, observed: byKey[c.Key], waits: c.Waits, guards: r.guards(c.Component)}
		cc.ready = cc.observed != nil && r.isReady(&cc)

		if source := byKey[c.Birth.Source]; source != nil && c.Birth.Kind == topology.BornReplica {
			r.replicate(&cc, source)
		}

		out.copies = append(out.copies, cc)
	}

	r.checkKinds(out, f)
	r.checkServed(out, f)
	r.order(out)
	r.holdBack(out)

	e := r.newEvaluator(out, f)
	e.guarded = r.protections(e, f)

	r.render(out, e, f)
	r.retire(out)
	r.composeSelections(out, e, selections, f)
	out.warnings = append(out.warnings, r.rehearse(out, e, zones)...)

	return out
}

// isReady returns whether a copy that exists is ready for its role. One that
// begins to serve is not before it was told to: a standby may be too small,
// and a replica can't be written to.
func (r *request) isReady(c *composed) bool {
	var when *expression.Condition
	if known := r.plan.byName[c.Component]; known != nil {
		when = known.readyWhen
	}

	if !isReady(c.observed, c.Region, when) {
		return false
	}

	if c.Role != topology.Serving || c.observed.Role == "" {
		return true
	}

	t := r.templateOf(c)

	return c.observed.Role == topology.Serving && (!c.Promoted || t == nil || !t.Attached(c.observed.object))
}

// replicate says what a replica to be born replicates. It waits while that is
// not ready to be replicated itself.
func (r *request) replicate(c *composed, source *observedCopy) {
	t := r.templates[c.Component]
	c.replicates = source.object

	switch {
	case c.waits != "":
	case t.Endangers(source.object):
		c.waits = "for " + source.Key + ": an update of it would take the replica away. " + c.endangers(source.object)
	case !source.Healthy || source.Role == topology.Standby || source.ReplicaOf != "" && t.Attached(source.object):
		c.waits = "for " + source.Key + " to be ready"
	case t.ReplicaSource(source.object) == "" && !t.Dependent():
		c.waits = "for " + source.Key + ", which AWS does not know by a name to replicate it by yet"
	}
}

// endangers says what is to be done about a table that states its replicas.
func (c *composed) endangers(table *object) string {
	if render.StatesReplicas(table) {
		return "Its spec.forProvider.replica must go first: adopt each replica as a copy of its own, then remove the field"
	}

	return "Its policies change with this render"
}

// dark returns whether nothing may wait for a copy, because its region does
// not answer. The active region is waited for whatever a poll of it said: what
// is let go too early can't be taken back.
func (r *request) dark(c *composed) bool {
	region := c.Region
	if t := r.templateOf(c); region == "" && t != nil && t.RegionPath != "" {
		region = r.onlyRegion(c)
	}

	return region != r.decision.Active && r.decision.Dark[region]
}

// order holds back the copies whose predecessors are not ready.
func (r *request) order(out *composition) {
	copies := make([]sequence.Copy, 0, len(out.copies))

	for i := range out.copies {
		c := &out.copies[i]
		copies = append(copies, sequence.Copy{
			Key: c.Key, Component: c.Component, Region: c.Region, Exists: c.Exists && !c.once(), Ready: c.ready,
			Counts: (c.Role == topology.Serving || c.Role == topology.Standby && (c.Exists || c.waits == "")) && !r.dark(c),
		})
	}

	waiting := sequence.Open(r.decision.Active, copies, r.plan.after)

	for i := range out.copies {
		if before := waiting[out.copies[i].Key]; len(before) > 0 && out.copies[i].waits == "" {
			out.copies[i].waits = "for " + strings.Join(before, ", ")
		}
	}
}

// render renders every copy that exists or may exist now.
func (r *request) render(out *composition, e *evaluator, f *faults) {
	for i := range out.copies {
		c := &out.copies[i]

		// What Flux or Argo CD keep in step is made, and held, while it waits.
		if !c.Exists && c.waits != "" && !r.madeHeld(c) {
			continue
		}

		rc := r.renderCopy(c)

		if r.guardCopy(c, rc, e); !c.Exists && c.waits != "" && !r.madeHeld(c) {
			continue
		}

		if t := r.templateOf(c); t == nil || r.preserved(c, t) {
			// Only what is no longer planned loses the right to act, and every
			// copy of a control plane that may not act.
			c.object = render.Preserve(e.scope, rc, (t == nil || !r.decision.Holder) && c.observed.placement.Managed)
		} else {
			out.warnings = append(out.warnings, r.renderTemplate(c, rc, t, e, f)...)
		}
	}
}

// preserved returns whether an existing copy stays as it is, whatever its
// template says: what runs once is never changed. And what exists once, such as
// a name, keeps its last value until what it comes after is ready: it must not
// lead to a region that can't serve.
func (r *request) preserved(c *composed, t *render.Template) bool {
	if !c.Exists {
		return false
	}

	return r.isOnceWorkload(c.Component) || c.once() && c.waits != "" && !t.Continuous()
}

// renderTemplate renders a copy from its template, and returns what a person
// should know about it.
func (r *request) renderTemplate(c *composed, rc *render.Copy, t *render.Template, e *evaluator, f *faults) []string {
	if rc.Region == "" && t.RegionPath != "" {
		rc.Region = r.onlyRegion(c)
	}

	result := t.Copy(e.scope, rc, e.variables(rc))
	f.add(r.objectOf(&c.Copy), result.Faults)

	if len(result.Missing) > 0 {
		missing := strings.Join(slices.Compact(slices.Sorted(slices.Values(result.Missing))), ", ")
		c.waits = "for " + strings.TrimPrefix(strings.TrimPrefix(c.waits, "for ")+", "+missing, ", ")
	}

	if c.Exists || len(result.Missing) == 0 {
		c.object = result.Object
	}

	// It would count as made later on, and as what served.
	if render.Unmakeable(rc, c.object) {
		c.object = nil
		c.waits = "for its template to allow it: without Create in spec.managementPolicies nothing can be made; spec.recovery.adopt takes over what exists"
	}

	// Where nothing may be decided, nothing is held or let go.
	if t.Continuous() && c.object != nil && r.decision.Holder {
		r.release(c, t)
	}

	r.shut(c, rc, e, f)

	return result.Warnings
}

// madeHeld returns whether a copy is made although it waits, because it can be
// held.
func (r *request) madeHeld(c *composed) bool {
	t := r.templateOf(c)

	return t != nil && t.Continuous() && r.installed[c.Component] && r.decision.Holder
}

// onlyRegion returns where a regional kind that exists once lives: where it is,
// or at home.
func (r *request) onlyRegion(c *composed) string {
	if c.observed != nil && c.observed.placement.Region != "" {
		return c.observed.placement.Region
	}

	return r.regions[0]
}

// once returns whether the copy exists once, whatever the region.
func (c *composed) once() bool { return c.Region == "" }

// status returns the copy as the XR shows it.
func (c *composed) status() recoveryv1alpha1.CopyStatus {
	s := recoveryv1alpha1.CopyStatus{
		Key: c.Key, Component: c.Component, Region: c.Region, Zone: c.Zone, Role: recoveryv1alpha1.Role(c.Role), Ready: c.ready && c.waits == "",
	}

	if c.observed != nil {
		s.ExternalName = c.observed.externalName()
	}

	s.FenceVerified = c.fenceVerified

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
