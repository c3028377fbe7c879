package render

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossdr/crossdr/function/internal/expression"
)

// Labels of a copy. On AWS the same words are tags, except for the role: a
// fenced copy can't be written, so its tag would lie.
const (
	LabelComponent = "crossdr.io/component"
	LabelRegion    = "crossdr.io/region"
	LabelZone      = "crossdr.io/zone"
	LabelRole      = "crossdr.io/role"

	// LabelEpoch is the epoch at which the copy was born.
	LabelEpoch = "crossdr.io/epoch"

	// LabelServesSince is the epoch since which a copy of data serves, where it
	// is not the one it was born at.
	LabelServesSince = "crossdr.io/serves-since"

	// LabelDecidedEpoch is the newest epoch at which the copy was rendered. A
	// FailoverTarget with a lower one is older than what exists.
	LabelDecidedEpoch = "crossdr.io/decided-epoch"

	// LabelFailoverTarget is NAMESPACE.NAME of the FailoverTarget the copy
	// follows.
	LabelFailoverTarget = "crossdr.io/failover-target"
)

// reserved is how our labels and annotations begin.
const reserved = "crossdr.io/"

// annotationsField is where annotations are, below metadata.
const annotationsField = "annotations"

// AnnotationExternalName holds the name of a resource in the outside world.
const AnnotationExternalName = "crossplane.io/external-name"

// An Object is an observed resource.
type Object interface {
	// Get returns the value at a path of field names.
	Get(path ...string) (any, bool)

	// Fields returns the names of the fields at a path, in no order.
	Fields(path ...string) iter.Seq[string]

	// Map returns all of it. It must not be written to.
	Map() map[string]any
}

// A Scope is what all copies of an XR share.
type Scope struct {
	Owner Owner

	// Namespace for managed resources under a cluster-scoped XR. Empty under a
	// namespaced one, which gives its own to everything.
	Namespace string

	// ClusterScoped is true when the XR is.
	ClusterScoped bool

	// Labels that every copy gets.
	Labels map[string]string

	// ObserveOnly is true when this control plane must not act.
	ObserveOnly bool

	// Neighbours are the components of the plan, for references between them.
	Neighbours []Neighbour
}

// A Copy to render.
type Copy struct {
	Key       string
	Component string
	Region    string
	Zone      string
	ZoneName  string
	Role      string
	Epoch     int64

	// Data is true when the copy holds data that must not be lost.
	Data bool

	// Durable is true when the copy must outlive its XR on AWS: data, and the
	// keys without which it can't be read.
	Durable bool

	// Fenced is true when nothing may write to the copy.
	Fenced bool

	// KeepNames is true for the home copy of the first epoch: the names that
	// its template chooses are its own.
	KeepNames bool

	// Suffix tells the names of every other copy apart from it.
	Suffix string

	// ServesSince is the epoch since which a copy of data serves.
	ServesSince int64

	// Birth is how the copy comes to be, while it does not exist on AWS.
	Birth Birth

	// Promoted is true for a serving copy that was born as a replica.
	Promoted bool

	// Overlay is laid over the template.
	Overlay *Overlay

	// Adopt is the external name of a resource that exists on AWS already.
	Adopt string

	// Scale holds the fields of a standby copy that differ.
	Scale map[string]any

	// Observed copy, or nil.
	Observed Object
}

// A Result of rendering one copy.
type Result struct {
	// Object that is desired.
	Object map[string]any

	// Missing are the expressions that wait for a serving copy or a zone name.
	Missing []string

	// Warnings tell what the template asks for and the copy can't have.
	Warnings []string

	// Faults in the template.
	Faults field.ErrorList
}

// Copy renders a copy from its template.
func (t *Template) Copy(s *Scope, c *Copy, vars *expression.Variables) Result {
	if c.Observed != nil && (c.Fenced || s.ObserveOnly) {
		_, stated := c.Observed.Get(spec, "managementPolicies")

		return Result{Object: Preserve(s, c, t.managed || stated)}
	}

	evaluated := t.body.Evaluate(vars, current(t, c), t.path)
	r := Result{Missing: evaluated.Missing, Faults: evaluated.Faults}

	body, ok := evaluated.Value.(map[string]any)
	if !ok || len(r.Faults) > 0 {
		return r
	}

	w := writer{Template: t, scope: s, copy: c, object: body, result: &r}
	delete(body, "status")
	w.lay(c.Overlay, vars)
	w.metadata()

	var born lineage
	if c.Data {
		born = w.annotate()
	}

	if t.placed {
		w.place()
		w.names()
		w.refer()
		w.policies()
		w.tags()
	}

	for _, dotted := range slices.Sorted(maps.Keys(c.Scale)) {
		pathOf(dotted).set(w.object, c.Scale[dotted])
	}

	w.inherit(born)
	w.immutables()
	w.pin()
	w.promote()

	r.Object = w.object

	return r
}

// current returns the copy as observed, if the template's expressions can need
// it.
func current(t *Template, c *Copy) map[string]any {
	if c.Observed == nil || !t.body.NeedsCurrent() {
		return nil
	}

	return c.Observed.Map()
}

// A writer writes what the function decides into one evaluated template.
type writer struct {
	*Template

	scope  *Scope
	copy   *Copy
	object map[string]any
	result *Result
}

func (w *writer) metadata() {
	m, _ := w.object[metadata].(map[string]any)
	if m == nil {
		m = map[string]any{}
		w.object[metadata] = m
	}

	delete(m, "generateName")
	disown(m)

	m["name"] = w.name()

	labels, _ := m["labels"].(map[string]any)
	m["labels"] = w.scope.labels(w.copy, labels)

	if w.scope.ClusterScoped {
		w.namespace(m)
	}

	w.externalName(m)
}

// disown takes our own labels and annotations away. What they say is decided
// here, and a template that repeats what was observed may say what was.
func disown(metadata map[string]any) {
	for _, name := range []string{"labels", annotationsField} {
		m, _ := metadata[name].(map[string]any)
		maps.DeleteFunc(m, func(k string, _ any) bool { return strings.HasPrefix(k, reserved) })
	}
}

// namespace writes the namespace of a copy under a cluster-scoped XR. Like its
// name, that of an existing copy stays: in another one it is another object.
func (w *writer) namespace(m map[string]any) {
	if w.copy.Observed != nil {
		if v, ok := w.copy.Observed.Get(metadata, "namespace"); ok {
			m["namespace"] = v

			return
		}
	}

	if ns, _ := m["namespace"].(string); ns != "" || !w.layout.namespaced {
		return
	}

	if w.scope.Namespace == "" {
		w.result.Faults = append(w.result.Faults, field.Required(w.path.Child(metadata, "namespace"),
			"the XR is cluster scoped and has no claim: set the plan's namespace"))
	}

	m["namespace"] = w.scope.Namespace
}

// labels returns the labels of a copy: those given, and ours.
func (s *Scope) labels(c *Copy, given map[string]any) map[string]any {
	labels := make(map[string]any, len(given)+len(s.Labels)+5)
	maps.Copy(labels, given)

	for k, v := range s.Labels {
		labels[k] = v
	}

	labels[LabelComponent] = c.Component
	labels[LabelRole] = c.Role
	labels[LabelEpoch] = strconv.FormatInt(c.Epoch, 10)

	if c.ServesSince > c.Epoch {
		labels[LabelServesSince] = strconv.FormatInt(c.ServesSince, 10)
	}

	if c.Region != "" {
		labels[LabelRegion] = c.Region
	}

	if c.Zone != "" {
		labels[LabelZone] = c.Zone
	}

	return labels
}

// place writes the region and the zone of a new copy. An existing one keeps
// its own: see immutables.
func (w *writer) place() {
	if len(w.layout.region) > 0 && w.copy.Region != "" {
		w.layout.region.set(w.object, w.copy.Region)
	}

	switch {
	case w.copy.Zone == "":
	case len(w.layout.zoneID) > 0:
		w.layout.zoneID.set(w.object, w.copy.Zone)
		w.layout.zoneName.remove(w.object)
	case len(w.layout.zoneName) > 0 && w.copy.ZoneName != "":
		w.layout.zoneName.set(w.object, w.copy.ZoneName)
	case len(w.layout.zoneName) > 0 && w.copy.Observed == nil:
		w.result.Missing = append(w.result.Missing, "the name of zone "+w.copy.Zone)
	}
}

// tags writes our labels as AWS tags, on a copy that we create. On another one
// that would be a change on AWS that nobody asked for.
func (w *writer) tags() {
	if len(w.layout.tags) == 0 || w.adopts() {
		return
	}

	ours := [...]struct{ name, value string }{
		{LabelComponent, w.copy.Component},
		{LabelRegion, w.copy.Region},
		{LabelZone, w.copy.Zone},
		{LabelEpoch, strconv.FormatInt(w.copy.Epoch, 10)},
	}

	var was map[string]any

	if w.copy.Observed != nil {
		v, _ := w.copy.Observed.Get(w.layout.tags...)
		if was, _ = v.(map[string]any); was == nil {
			return
		}
	}

	v, _ := w.layout.tags.get(w.object)
	stated, _ := v.(map[string]any)
	tags := make(map[string]any, len(stated)+len(ours))
	maps.Copy(tags, stated)

	for _, t := range ours {
		if had, ok := was[t.name]; ok {
			tags[t.name] = had
		} else if w.copy.Observed == nil && t.value != "" {
			tags[t.name] = t.value
		}
	}

	if len(tags) > 0 {
		w.layout.tags.set(w.object, tags)
	}
}
