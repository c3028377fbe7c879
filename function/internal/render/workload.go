package render

import (
	"maps"
	"strings"
)

// APIVersion of the template.
func (t *Template) APIVersion() string {
	if t.Group == "" {
		return t.Version
	}

	return t.Group + "/" + t.Version
}

// Continuous returns whether a tool keeps what the kind describes in step all
// the time, so that it is held and let go rather than made once.
func (t *Template) Continuous() bool {
	return strings.HasSuffix(t.Group, ".toolkit.fluxcd.io") || t.Group == "argoproj.io" && t.Kind == "Application"
}

// Hold stops the tool: Flux by suspending the object, Argo CD by taking its
// automation away.
func (t *Template) Hold(object map[string]any) {
	if t.Group == "argoproj.io" {
		path{spec, "syncPolicy", "automated"}.remove(object)

		return
	}

	path{spec, "suspend"}.set(object, true)
}

// SetLabel writes a label of a rendered object.
func SetLabel(object map[string]any, name, value string) {
	m, _ := object[metadata].(map[string]any)
	labels, _ := m["labels"].(map[string]any)

	out := maps.Clone(labels)
	if out == nil {
		out = map[string]any{}
	}

	out[name] = value
	m["labels"] = out
}

// States returns whether the template has anything at a path.
func (t *Template) States(names ...string) bool {
	_, ok := path(names).get(t.raw)

	return ok
}
