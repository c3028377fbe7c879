package render

import (
	"maps"
	"strings"

	"github.com/crossdr/crossdr/function/internal/catalog"
)

// replicaVersion is the only version that kinds of replicas have, in either
// family of API groups.
const replicaVersion = "v1beta1"

// compileReplica compiles the template of replicas, where they are of another
// kind. It has of the template what any managed resource has, and the tags: no
// other argument means the same to both. The rest is for replicate.overlay.
func (t *Template) compileReplica(paths *Paths) {
	if !t.Shared() || t.layout.replicate.Kind == "" {
		return
	}

	body := map[string]any{"apiVersion": t.Group + "/" + replicaVersion, "kind": t.layout.replicate.Kind}

	if m, ok := t.raw[metadata].(map[string]any); ok {
		body[metadata] = without(m, annotationsField)
	}

	was, _ := t.raw[spec].(map[string]any)
	now := without(was, "forProvider", "initProvider", "writeConnectionSecretToRef")
	arguments := map[string]any{}

	if tags, ok := t.layout.tags.get(t.raw); ok {
		arguments["tags"] = tags
	}

	now["forProvider"] = arguments
	body[spec] = now

	// Its faults are those of the template.
	t.replica, _ = Compile(body, paths, t.path)
	t.replica.source = pathOf(t.layout.replicate.Source)
}

// without returns a map less some of its fields.
func without(m map[string]any, names ...string) map[string]any {
	out := make(map[string]any, len(m)+1)
	maps.Copy(out, m)

	for _, name := range names {
		delete(out, name)
	}

	return out
}

// Replica returns the template of the component's replicas, which is its own
// unless they are of another kind.
func (t *Template) Replica() *Template {
	if t.replica != nil {
		return t.replica
	}

	return t
}

// Shared returns whether a copy and its replicas are one store.
func (t *Template) Shared() bool { return t.layout.replicate != nil && t.layout.replicate.Shared }

// sharedName returns the name of a shared store, which all of its copies have.
// The external name of a replica names the region of its table, too.
func (t *Template) sharedName(o Object) string {
	if !t.Shared() {
		return ""
	}

	v, _ := o.Get("status", "atProvider", "arn")
	arn, _ := v.(string)
	_, name, _ := strings.Cut(arn, "/")

	return name
}

// Replicable returns whether a copy can be born as a replica.
func (t *Template) Replicable() bool {
	r := t.layout.replicate

	return r != nil && (r.Shared || r.Kind == "" && r.Promotion == catalog.PromoteByClearing)
}

// ReplicaSource returns what a replica of a serving copy names its source by:
// the ARN of a store, or the global cluster that both belong to. It is "" while
// that is not known.
func (t *Template) ReplicaSource(serving Object) string {
	l := t.layout
	if l.replicate == nil {
		return ""
	}

	at := pathOf(l.replicate.Source)
	if strings.HasPrefix(at[len(at)-1], "global") && l.replicate.Kind == "" {
		for _, block := range []string{"forProvider", "initProvider"} {
			if v, ok := serving.Get(spec, block, at[len(at)-1]); ok && v != "" {
				s, _ := v.(string)

				return s
			}
		}

		return ""
	}

	v, _ := serving.Get("status", "atProvider", "arn")
	s, _ := v.(string)

	return s
}

// promote makes a store of its own of a replica that serves. Its source is set
// to the empty string and, once AWS does not report it any more, removed: to
// remove it at once promotes nothing, because late initialization puts it
// back.
func (w *writer) promote() {
	if !w.copy.Promoted || w.copy.Observed == nil || w.layout.replicate == nil || w.layout.replicate.Promotion != catalog.PromoteByClearing {
		return
	}

	at := pathOf(w.layout.replicate.Source)

	// A selector that exists is kept with the rest, and would find the source
	// again.
	for _, suffix := range []string{"Ref", "Selector"} {
		pathOf(at.String() + suffix).remove(w.object)
	}

	if w.Attached(w.copy.Observed) {
		at.set(w.object, "")
	} else {
		at.remove(w.object)
	}
}

// Attached returns whether an observed copy still follows the one that it was
// born as a replica of.
func (t *Template) Attached(o Object) bool {
	if t.layout.replicate == nil || t.layout.replicate.Promotion != catalog.PromoteByClearing {
		return false
	}

	at := pathOf(t.layout.replicate.Source)
	stated, _ := o.Get(at...)
	reported, _ := o.Get("status", "atProvider", at[len(at)-1])

	return stated != nil && stated != "" || reported != nil && reported != ""
}
