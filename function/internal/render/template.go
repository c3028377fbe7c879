package render

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossdr/crossdr/function/internal/expression"
)

// A Template of a composed resource, compiled. It is immutable and may be used
// by many requests at once.
type Template struct {
	// Group, Version and Kind of the resource.
	Group, Version, Kind string

	// Name that the template chooses for the home copy, or "".
	Name string

	// Labels that the template sets, without those that hold expressions.
	Labels map[string]string

	// Region that the template states, or "". It must be home.
	Region string

	// RegionPath is where the region is written. Empty for a kind that AWS runs
	// globally, and for one that is nobody's managed resource.
	RegionPath string

	body       *expression.Template
	names      *expression.Template
	raw        map[string]any
	layout     *layout
	managed    bool
	placed     bool
	path       *field.Path
	selectors  []path
	references []path

	// account is spec.providerConfigRef, or nil.
	account *expression.Template

	// source is where a replica names what it replicates.
	source path

	// replica is the template of replicas of another kind, or nil.
	replica *Template
}

// Compile compiles a template. It reports every fault in it, with its path
// below the given one.
func Compile(body map[string]any, paths *Paths, at *field.Path) (*Template, field.ErrorList) {
	t := &Template{path: at, Labels: map[string]string{}, raw: body}

	compiled, faults := expression.Compile(body, at)
	t.body = compiled

	apiVersion := static(body, "apiVersion")
	t.Kind = static(body, "kind")

	for _, needed := range [...]struct{ name, value string }{{"apiVersion", apiVersion}, {"kind", t.Kind}} {
		if needed.value == "" {
			faults = append(faults, field.Required(at.Child(needed.name), "a template needs it, and it can't be an expression"))
		}
	}

	t.Group, t.Version = groupVersion(apiVersion)
	t.layout = cachedLayout(t.Group, t.Kind, paths)
	_, configured := (path{spec, "forProvider"}).get(body)
	t.managed = t.layout.managed || t.layout.provider && configured
	t.placed = t.managed || paths != nil
	t.RegionPath = t.layout.region.String()
	t.Region = static(body, t.layout.region...)
	t.Name = static(body, metadata, "name")
	t.names, _ = expression.Compile(namesOf(body, t.layout), at)

	if r := t.layout.replicate; r != nil && r.Kind == "" {
		t.source = pathOf(r.Source)
	}

	if ref, ok := (path{spec, "providerConfigRef"}).get(body); ok {
		if m, isMap := ref.(map[string]any); isMap {
			t.account, _ = expression.Compile(m, at)
		}
	}

	t.findLabels(body)

	for _, block := range []string{"forProvider", "initProvider"} {
		at := path{spec, block}
		if v, ok := at.get(body); ok {
			t.findReferences(v, at)
		}
	}

	t.LayReplica(nil, paths)

	return t, faults
}

// Serving returns the components whose serving copy the template reads.
func (t *Template) Serving() []string { return t.body.Serving() }

// NeedsZone returns whether the template reads the zone of its copy.
func (t *Template) NeedsZone() bool { return t.body.NeedsZone() }

// ZoneByName returns whether the kind takes its zone by name only, which
// differs from account to account.
func (t *Template) ZoneByName() bool {
	return len(t.layout.zoneID) == 0 && len(t.layout.zoneName) > 0
}

// Global returns whether AWS runs the kind globally, so that no region can be
// written.
func (t *Template) Global() bool { return t.managed && len(t.layout.region) == 0 }

// RegionAt returns where the template states its region, for messages.
func (t *Template) RegionAt() string {
	if t.path == nil {
		return t.RegionPath
	}

	return t.path.String() + "." + t.RegionPath
}

// NamesOthers returns whether the template names other resources.
func (t *Template) NamesOthers() bool { return len(t.references) > 0 }

// NameOf returns the metadata.name of a copy, unless an expression computes it.
func (t *Template) NameOf(s *Scope, c *Copy) string {
	w := writer{Template: t, scope: s, copy: c, object: map[string]any{}}
	if t.Name != "" {
		w.object[metadata] = map[string]any{"name": t.Name}
	}

	name, _ := w.name().(string)

	return name
}

// ProviderConfigRef returns the ProviderConfig that the template states for a
// copy, and false if that is not known yet.
func (t *Template) ProviderConfigRef(vars *expression.Variables) (map[string]any, bool) {
	if t.account == nil {
		return nil, true
	}

	evaluated := t.account.Evaluate(vars, nil, t.path)
	ref, _ := evaluated.Value.(map[string]any)

	return ref, len(evaluated.Missing) == 0 && len(evaluated.Faults) == 0
}

// Reserved returns the labels and annotations that the template states and that
// are not its to state, as paths.
func (t *Template) Reserved() []string {
	var out []string

	for _, name := range []string{"labels", annotationsField} {
		v, _ := (path{metadata, name}).get(t.raw)

		m, _ := v.(map[string]any)
		for k := range m {
			if strings.HasPrefix(k, reserved) {
				out = append(out, metadata+"."+name+"["+k+"]")
			}
		}
	}

	slices.Sort(out)

	return out
}

// findLabels notes the labels that hold no expressions.
func (t *Template) findLabels(body map[string]any) {
	labels, _ := (path{metadata, "labels"}).get(body)

	m, _ := labels.(map[string]any)
	for k := range m {
		if v := static(m, k); v != "" {
			t.Labels[k] = v
		}
	}
}

// findReferences notes where the template selects or names other resources.
func (t *Template) findReferences(v any, at path) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}

	for name, child := range m {
		here := at.child(name)

		switch {
		case strings.HasSuffix(name, "Selector"):
			if _, known := t.layout.references[strings.Join(here[2:], ".")]; known {
				t.selectors = append(t.selectors, here)
			}
		case strings.HasSuffix(name, "Ref"), strings.HasSuffix(name, "Refs"):
			t.references = append(t.references, here)
		default:
			t.findReferences(child, here)
		}
	}
}

// static returns the string at a path, or "" if there is none or it holds an
// expression.
func static(body map[string]any, at ...string) string {
	if len(at) == 0 {
		return ""
	}

	v, _ := path(at).get(body)

	s, ok := v.(string)
	if !ok || strings.Contains(s, "${") {
		return ""
	}

	return s
}

// namesOf returns the part of a template that names the resource on AWS.
func namesOf(body map[string]any, l *layout) map[string]any {
	out := map[string]any{}

	for _, at := range []path{{metadata, "name"}, {metadata, annotationsField, AnnotationExternalName}, l.identity} {
		if v, ok := at.get(body); ok && len(at) > 0 {
			at.set(out, v)
		}
	}

	return out
}

func groupVersion(apiVersion string) (group, version string) {
	if g, v, ok := strings.Cut(apiVersion, "/"); ok {
		return g, v
	}

	return "", apiVersion
}
