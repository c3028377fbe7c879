package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/crossdr/crossdr/function/internal/catalog"
)

// replicaVersion is the only version that kinds of replicas have, in either
// family of API groups.
const replicaVersion = "v1beta1"

// LayReplica compiles the template of replicas, where they are of another kind.
// It has of the template what any managed resource has, and the tags: no other
// argument means the same to both. The rest is in the overlay.
func (t *Template) LayReplica(overlay map[string]any, paths *Paths) {
	if !t.statesReplicas() {
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

	merge(body, overlay)

	// Its faults are those of the template and of the overlay.
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
func (t *Template) Shared() bool { return t.layout.shared }

// statesReplicas returns whether the kind has replicas in its own spec, which
// are those of another kind, too: a DynamoDB table.
func (t *Template) statesReplicas() bool {
	return t.layout.shared && t.layout.replicate != nil && t.layout.replicate.Kind != ""
}

// replicas is where a table states its replicas.
const replicas = "replica"

// guard lets nothing take the replicas of a table away. To a table the replicas
// that AWS reports and its spec does not state are a difference, and an update
// would delete them, with all that is in them. A field that is stated in
// initProvider alone is no difference to upjet. What stands there is refused by
// AWS, should it ever be sent: a table is no replica of itself. It must not
// stand there while the table may be created.
//
// So a table is born without the right to be updated, and has it only while it
// serves. One that states replicas itself never has it. See
// https://github.com/crossplane/upjet/blob/main/docs/managed-resource-reconciliation.md
// and aws_dynamodb_table_replica in the documentation of terraform-provider-aws.
func (w *writer) guard() {
	at := path{spec, policiesField}
	policies := []any{"Observe", "Create"}

	if w.created() || w.adopts() {
		policies = []any{"Observe"}

		if w.copy.Role == "Serving" && !StatesReplicas(w.copy.Observed) {
			policies = []any{"Observe", "Update"}
		}

		path{spec, "initProvider", replicas}.set(w.object, []any{map[string]any{"regionName": w.copy.Region}})
	}

	// The template may allow less.
	if stated, ok := at.get(w.object); ok && !contains(stated, "*") {
		policies = slices.DeleteFunc(policies, func(p any) bool { return !contains(stated, p.(string)) }) //nolint:forcetypeassert // As above.
	}

	at.set(w.object, policies)
}

// StatesReplicas returns whether the spec of an observed table states replicas
// that the provider may make or take away.
func StatesReplicas(o Object) bool {
	if o == nil {
		return false
	}

	v, _ := o.Get(spec, "forProvider", replicas)
	list, _ := v.([]any)

	return len(list) > 0
}

// Endangers returns whether an update of an observed copy would take replicas
// away that it does not state.
func (t *Template) Endangers(o Object) bool {
	// What serves may be a replica itself.
	if kind, _ := o.Get("kind"); !t.statesReplicas() || kind != t.Kind {
		return false
	}

	policies, stated := o.Get(spec, policiesField)
	_, guarded := o.Get(spec, "initProvider", replicas)

	return StatesReplicas(o) || !guarded && (!stated || contains(policies, "*") || contains(policies, "Update"))
}

// StoreOf returns the name of the store that an observed resource is of, if
// that can be in several regions at once, and the others that it is in. They
// are nil where nothing says so.
func StoreOf(o Object, group, kind string) (name string, others []string) {
	l := cachedLayout(group, kind, nil)
	if !l.shared {
		return "", nil
	}

	text := func(at ...string) string {
		v, _ := o.Get(at...)
		s, _ := v.(string)

		return s
	}

	arn := text("status", "atProvider", "arn")
	if arn != "" && l.replicate != nil {
		others = []string{}

		list, _ := o.Get("status", "atProvider", replicas)
		for _, v := range asList(list) {
			m, _ := v.(map[string]any)
			region, _ := m["regionName"].(string)
			others = append(others, region)
		}
	}

	if arn == "" && l.replicate == nil {
		arn = text(spec, "forProvider", "globalTableArn")
	}

	if _, name, _ = strings.Cut(arn, "/"); name != "" {
		return name, others
	}

	// What has no ARN yet will be called so.
	name, _, _ = strings.Cut(cmp.Or(text(metadata, annotationsField, AnnotationExternalName), text(metadata, "name")), ":")

	return name, others
}

func asList(v any) []any {
	list, _ := v.([]any)

	return list
}

// Replicable returns whether a copy can be born as a replica.
func (t *Template) Replicable() bool {
	r := t.layout.replicate

	return r != nil && (t.layout.shared || r.Kind == "" && r.Promotion == catalog.PromoteByClearing)
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
