package main

import (
	"cmp"
	"maps"
	"slices"
	"time"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// labelProtects marks the SnapshotSelections that we compose. They are no
// copies: one may go once the birth that used it exists.
const labelProtects = "crossdr.io/protects"

// An observedSelection is a SnapshotSelection that we composed.
type observedSelection struct {
	key    string
	object *object
}

// observeSelections finds the SnapshotSelections that we composed, sorted by
// key.
func observeSelections(resources map[string]*fnv1.Resource) []observedSelection {
	var out []observedSelection

	for _, key := range slices.Sorted(maps.Keys(resources)) {
		o := &object{message: resources[key].GetResource()}
		if o.Text("kind") == awsv1alpha1.SnapshotSelectionKind && o.Text("metadata", "labels", labelProtects) != "" {
			out = append(out, observedSelection{key: key, object: o})
		}
	}

	return out
}

// fact reads what the selection says.
func (s *observedSelection) fact() topology.SelectionFact {
	at := func(names ...string) string {
		return s.object.Text(append([]string{"status", "atProvider"}, names...)...)
	}
	f := topology.SelectionFact{
		Key: s.key, Existing: at("existing", "state"), ExternalName: at("existing", "externalName"),
		Snapshot: at("selected", "id"), Reason: at("reason"), About: at("existing", "restoreAs"),
		Region: s.object.Text("spec", "forProvider", "region"),
	}

	// Times are compared as strings: all of them in one form.
	if t, err := time.Parse(time.RFC3339, at("selected", "dataTime")); err == nil {
		f.DataTime = t.UTC().Format(time.RFC3339)
	}

	return f
}

// A composedSelection is a SnapshotSelection to compose.
type composedSelection struct {
	topology.Selection

	object map[string]any
}

// composeSelections renders the SnapshotSelections that the plan needs. A
// control plane that only observes keeps those that exist.
func (r *request) composeSelections(out *composition, e *evaluator, planned []topology.Selection, f *faults) {
	if !r.decision.Holder {
		for i := range r.selections {
			s := &r.selections[i]
			out.selections = append(out.selections, composedSelection{
				Selection: topology.Selection{Key: s.key}, object: asDesired(s.object.message).AsMap(),
			})
		}

		return
	}

	observed := make(map[string]*object, len(r.selections))

	for i := range r.selections {
		observed[r.selections[i].key] = r.selections[i].object
	}

	byKey := make(map[string]*composed, len(out.copies))
	for i := range out.copies {
		byKey[out.copies[i].Key] = &out.copies[i]
	}

	for _, s := range planned {
		if object := r.renderSelection(s, e, byKey, observed[s.Key], f); object != nil {
			out.selections = append(out.selections, composedSelection{Selection: s, object: object})
		}
	}
}

// renderSelection returns nil while it is not known which account to look into.
func (r *request) renderSelection(s topology.Selection, e *evaluator, byKey map[string]*composed, was *object, f *faults) map[string]any {
	t, scope := r.templates[s.Component], e.scope
	forProvider := map[string]any{
		"region": s.Region,
		"source": r.source(s, t, e, byKey),
	}

	if s.Birth != "" {
		if as := r.bornAs(s.Birth, s.Component, s.Region, s.Zone, e); as != "" {
			forProvider["restoreAs"] = as
		}
	}

	if was != nil {
		keepSource(forProvider, was)
	}

	if o := r.spec.Objectives; o != nil && o.RPO != nil {
		forProvider["maxAge"] = o.RPO.Duration.String()
	}

	if name, named := targetOf(&r.spec, r.namespace); named && s.Measured {
		forProvider["failoverTargetRef"] = map[string]any{"name": name.name, "namespace": name.namespace}
	}

	metadata := map[string]any{
		"name":   scope.Owner.CopyName(s.Key, nameLimit),
		"labels": map[string]any{labelProtects: s.Component, render.LabelRegion: s.Region},
	}

	if was != nil {
		metadata["name"] = was.Text("metadata", "name")
	}

	if r.clusterScoped {
		ns := cmp.Or(r.namespace, r.plan.Namespace)
		if ns == "" {
			f.addf("RecoveryPlan namespace: Required value: a SnapshotSelection needs one, and the XR is cluster scoped and has no claim")
		}

		metadata["namespace"] = ns
	}

	spec := map[string]any{"forProvider": forProvider}

	ref, known := providerConfigRef(t, e.variables(&render.Copy{Component: s.Component, Region: s.Region, Zone: s.Zone}))
	if !known && was == nil {
		return nil
	}

	if ref != nil {
		spec["providerConfigRef"] = ref
	}

	return map[string]any{
		"apiVersion": awsv1alpha1.SchemeGroupVersion.String(), "kind": awsv1alpha1.SnapshotSelectionKind,
		"metadata": metadata, "spec": spec,
	}
}

// providerConfigRef returns the ProviderConfig of crossdr's own provider that a
// selection reads AWS with: of the same kind and name as the component's in that
// region, so that it is of the same account. It is nil where the template states
// none, and false while that is not known.
func providerConfigRef(t *render.Template, vars *expression.Variables) (map[string]any, bool) {
	stated, known := t.ProviderConfigRef(vars)

	name, _ := stated["name"].(string)
	if name == "" {
		return nil, known
	}

	// Those of cluster-scoped managed resources have no kind.
	kind, _ := stated["kind"].(string)

	return map[string]any{"kind": cmp.Or(kind, "ClusterProviderConfig"), "name": name}, known
}

// keepSource keeps what a selection looks for. It is never re-pointed: another
// source is another key. An id that proves its lineage may still become known.
func keepSource(forProvider map[string]any, was *object) {
	source, _ := forProvider["source"].(map[string]any)
	now := source

	for _, name := range []string{"region", "source"} {
		if v, ok := was.Get("spec", "forProvider", name); ok {
			forProvider[name] = v
		}
	}

	source, _ = forProvider["source"].(map[string]any)

	for _, name := range []string{"resourceId", "arn"} {
		if source != nil && source[name] == nil && now[name] != nil {
			source[name] = now[name]
		}
	}
}

// nameLimit is how long the name of a Kubernetes object may be to fit into a
// label, too.
const nameLimit = 63

// source returns the store whose data is looked for: by its name on AWS and,
// where it is known, by the id that AWS never gives to another one.
func (r *request) source(s topology.Selection, t *render.Template, e *evaluator, byKey map[string]*composed) map[string]any {
	c, from := r.identify(s.Source, s.Component, s.SourceRegion, ""), byKey[s.Source]
	out := map[string]any{"kind": t.Source()}

	if from != nil && from.observed != nil {
		c.Observed = from.observed.object

		for _, name := range []string{"resourceId", "clusterResourceId"} {
			if id := from.observed.object.Text("status", "atProvider", name); id != "" {
				out["resourceId"] = id
			}
		}

		// Neither its name nor its kind tells what a replica is of, and a table may
		// have the same name in several regions.
		if arn := from.observed.object.Text("status", "atProvider", "arn"); arn != "" && (s.Replica || t.Shared()) {
			out["arn"] = arn
		}
	}

	if s.Replica {
		out["kind"] = string(awsv1alpha1.SourceReplica)
	}

	// All copies of one store have its name.
	out["identifier"] = t.IdentityOf(e.scope, c, e.variables(c))
	if from != nil && from.Store != "" {
		out["identifier"] = from.Store
	}

	return out
}

// bornAs returns the name by which a copy is found on AWS that is to be born, or
// that was born and could not be made.
func (r *request) bornAs(key, component, region, zone string, e *evaluator) string {
	c := r.identify(key, component, region, zone)

	// It has the names that it was born with, whatever the template says now.
	if i := slices.IndexFunc(r.observed, func(o observedCopy) bool { return o.Key == key }); i >= 0 {
		c.Observed = r.observed[i].object
	}

	return r.templates[component].BornAs(e.scope, c, e.variables(c))
}

// identify returns what the name of a copy is derived from.
func (r *request) identify(key, component, region, zone string) *render.Copy {
	c := &composed{Copy: topology.Copy{Key: key, Component: component, Region: region, Zone: zone}}

	return r.renderCopy(c)
}
