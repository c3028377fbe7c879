package render

import (
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossdr/crossdr/function/internal/catalog"
	"github.com/crossdr/crossdr/function/internal/expression"
)

// Annotations that a copy of data is born with. They never change.
const (
	// AnnotationRestoredFrom is the snapshot that the copy was restored from.
	AnnotationRestoredFrom = "crossdr.io/restored-from"

	// AnnotationDataTime is the time that the restored data is from.
	AnnotationDataTime = "crossdr.io/data-time"

	// AnnotationReplicaOf is the key of the copy that it was born as a replica
	// of.
	AnnotationReplicaOf = "crossdr.io/replica-of"
)

// A Birth is how a copy of data comes to be. The zero value is any birth that
// the template itself describes.
type Birth struct {
	// Snapshot to restore from, and the time that its data is from.
	Snapshot, DataTime string

	// ReplicaOf is the key of the copy to replicate, and ReplicaSource what
	// AWS knows it by.
	ReplicaOf, ReplicaSource string
}

// lineage is what the annotations of a copy say about its birth.
type lineage struct{ restored, replica bool }

// annotate writes how a copy was born: as it is observed, or as it is about to
// be.
func (w *writer) annotate() lineage {
	births := map[string]string{}

	if o := w.copy.Observed; o != nil {
		for _, name := range []string{AnnotationRestoredFrom, AnnotationDataTime, AnnotationReplicaOf} {
			if v, ok := o.Get(metadata, annotationsField, name); ok {
				births[name], _ = v.(string)
			}
		}
	}

	maps.Copy(births, w.copy.Birth.annotations())

	for name, value := range births {
		path{metadata, annotationsField, name}.set(w.object, value)
	}

	return lineage{restored: births[AnnotationRestoredFrom] != "", replica: births[AnnotationReplicaOf] != ""}
}

func (b *Birth) annotations() map[string]string {
	out := map[string]string{}

	for name, value := range map[string]string{
		AnnotationRestoredFrom: b.Snapshot, AnnotationDataTime: b.DataTime, AnnotationReplicaOf: b.ReplicaOf,
	} {
		if value != "" {
			out[name] = value
		}
	}

	return out
}

// inherit leaves out what a copy has from its snapshot or its source, and what
// conflicts with these, for as long as the copy lives.
func (w *writer) inherit(l lineage) {
	switch {
	case l.restored && w.layout.restore != nil:
		w.omit(w.layout.restore.Omit)
	case l.replica && w.layout.replicate != nil:
		w.omit(w.layout.replicate.Omit)
	}

	// What a replica follows is not for the template to say: pin and promote do.
	if (l.replica || w.copy.Promoted) && w.layout.replicate != nil {
		at := pathOf(w.layout.replicate.Source)
		w.omit([]string{at[len(at)-1]})
	}
}

// pin writes what a copy is born from: the snapshot it is restored from, or
// the copy it replicates.
func (w *writer) pin() {
	// What the template itself is born from is not the origin of this copy.
	if r := w.layout.restore; r != nil && (w.copy.Birth.Snapshot != "" || w.adopts()) {
		for _, at := range []string{r.Snapshot, r.Origin, r.Time} {
			if _, argument, ok := strings.Cut(at, "initProvider."); ok {
				w.omit([]string{argument})
			}
		}
	}

	if w.layout.restore != nil {
		w.pinSnapshot(w.layout.restore)
	}

	if b := w.copy.Birth.ReplicaSource; b != "" && len(w.source) > 0 {
		w.source.set(w.object, b)
	}
}

func (w *writer) pinSnapshot(r *catalog.Restore) {
	b := &w.copy.Birth

	for _, v := range []struct{ at, value string }{
		{r.Snapshot, b.Snapshot},
		// Of a restore to a point in time the store itself is the snapshot.
		{r.Origin, b.Snapshot},
		{r.Time, b.DataTime},
	} {
		if v.at != "" && v.value != "" && b.Snapshot != "" {
			pathOf(v.at).set(w.object, v.value)
		}
	}
}

func (w *writer) omit(arguments []string) {
	for _, argument := range arguments {
		for _, block := range []string{"forProvider", "initProvider"} {
			for _, suffix := range suffixes {
				pathOf(spec + "." + block + "." + argument + suffix).remove(w.object)
			}
		}
	}
}

// An Overlay is laid over the template of some copies of a component.
type Overlay = expression.Template

// CompileOverlay compiles an overlay. It reports every fault in it, with its
// path below the given one.
func CompileOverlay(body map[string]any, at *field.Path) (*Overlay, field.ErrorList) {
	return expression.Compile(body, at)
}

// lay merges the overlay into the object. Maps are merged, and all else of the
// overlay replaces what was there.
func (w *writer) lay(overlay *Overlay, vars *expression.Variables) {
	if overlay == nil {
		return
	}

	var now map[string]any
	if w.copy.Observed != nil && overlay.NeedsCurrent() {
		now = w.copy.Observed.Map()
	}

	evaluated := overlay.Evaluate(vars, now, w.path.Child("overlay"))
	w.result.Missing = append(w.result.Missing, evaluated.Missing...)
	w.result.Faults = append(w.result.Faults, evaluated.Faults...)

	if m, ok := evaluated.Value.(map[string]any); ok {
		merge(w.object, m)
	}
}

// merge writes what is in from into the object, whose maps below the third
// level may be shared and so are copied.
func merge(into, from map[string]any) {
	for name, v := range from {
		below, isMap := v.(map[string]any)

		was, wasMap := into[name].(map[string]any)
		if !isMap || !wasMap {
			into[name] = v

			continue
		}

		was = maps.Clone(was)
		merge(was, below)
		into[name] = was
	}
}

// Restorable returns whether the kind can be born from a snapshot.
func (t *Template) Restorable() bool {
	r := t.layout.restore

	return r != nil && (r.Snapshot != "" || r.Origin != "") && t.layout.source != catalog.SourceNone
}

// RestoresToTime returns whether a restore needs the time to go back to.
func (t *Template) RestoresToTime() bool {
	return t.layout.restore != nil && t.layout.restore.Time != ""
}

// Dependent returns whether the kind holds no data of its own, but belongs to
// one that does.
func (t *Template) Dependent() bool { return t.Kind == "ClusterInstance" && t.layout.managed }

// Source returns the kind of SnapshotSelection that watches the kind.
func (t *Template) Source() string { return string(t.layout.source) }

// IdentityOf returns the name of a copy on AWS, as it is or as it will be made.
// It is "" if an expression computes it from what is not known.
func (t *Template) IdentityOf(s *Scope, c *Copy, vars *expression.Variables) string {
	if name := t.observedName(c); name != "" {
		return name
	}

	// What no argument names is called what its object is.
	if c.Observed != nil && len(t.layout.identity) == 0 {
		return t.NameOf(s, c)
	}

	evaluated := t.names.Evaluate(vars, nil, t.path)

	object, ok := evaluated.Value.(map[string]any)
	if !ok || len(evaluated.Missing)+len(evaluated.Faults) > 0 {
		return ""
	}

	// An adopted copy does not state what it is called.
	born := *c
	born.Adopt, born.Observed = "", nil
	w := writer{Template: t, scope: s, copy: &born, object: object}

	at := t.layout.identity
	if w.identity(); len(at) == 0 {
		m, _ := object[metadata].(map[string]any)
		w.externalName(m)

		at = path{metadata, annotationsField, AnnotationExternalName}
	}

	v, _ := at.get(object)
	if name, _ := v.(string); name != "" && !assignedID.MatchString(name) {
		return name
	}

	name, _ := w.name().(string)

	return name
}

// BornAs returns the name by which a copy is found on AWS that nobody wrote down
// the name of. What AWS gives a name to has that of its object as a tag.
func (t *Template) BornAs(s *Scope, c *Copy, vars *expression.Variables) string {
	if len(t.layout.identity) == 0 && assignedID.MatchString(t.observedName(c)) {
		return t.NameOf(s, c)
	}

	return t.IdentityOf(s, c, vars)
}

// observedName returns the name of an observed copy on AWS: as its spec states
// it or AWS reports it, or where no argument names the kind, its external name.
func (t *Template) observedName(c *Copy) string {
	if c.Observed == nil {
		return ""
	}

	places := []path{{metadata, annotationsField, AnnotationExternalName}}
	if at := t.layout.identity; len(at) > 0 {
		places = []path{at, {"status", "atProvider", at[len(at)-1]}}
	}

	for _, at := range places {
		v, _ := c.Observed.Get(at...)
		if name, _ := v.(string); name != "" {
			return name
		}
	}

	return ""
}
