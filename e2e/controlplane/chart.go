package controlplane

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// crossplane is the module that Crossplane core is built from.
const crossplane = "github.com/crossplane/crossplane/v2"

// A chart is a folder with a Helm chart. It is rendered with its own values, by
// as much of Helm as it uses.
type chart struct {
	templates *template.Template
	values    map[string]any
}

// readChart reads a chart that is to be installed into a namespace.
func readChart(dir, namespace string) (*chart, error) {
	c := &chart{values: map[string]any{
		"Release": map[string]any{"Name": "crossplane", "Namespace": namespace, "Service": "Helm"},
	}}

	about := map[string]any{}
	values := map[string]any{}

	for file, into := range map[string]*map[string]any{"Chart.yaml": &about, "values.yaml": &values} {
		b, err := os.ReadFile(filepath.Join(dir, file)) //nolint:gosec // A file of the chart.
		if err != nil {
			return nil, fmt.Errorf("cannot read a chart: %w", err)
		}

		if err := yaml.Unmarshal(b, into); err != nil {
			return nil, fmt.Errorf("cannot parse %s: %w", file, err)
		}
	}

	c.values["Values"] = values
	// Helm capitalises what is in Chart.yaml.
	c.values["Chart"] = map[string]any{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]}
	c.templates = template.New("chart").Funcs(c.functions())

	_, err := c.templates.ParseGlob(filepath.Join(dir, "templates", "*"))
	if err != nil {
		return nil, fmt.Errorf("cannot parse the templates of a chart: %w", err)
	}

	return c, nil
}

// render returns the objects of a template.
func (c *chart) render(name string) ([]*unstructured.Unstructured, error) {
	var b bytes.Buffer
	if err := c.templates.ExecuteTemplate(&b, name, c.values); err != nil {
		return nil, fmt.Errorf("cannot render %s: %w", name, err)
	}

	objects, err := parse(&b)
	if err != nil {
		return nil, fmt.Errorf("cannot read what %s renders: %w", name, err)
	}

	return objects, nil
}

// functions are those of Helm's that the chart uses.
func (c *chart) functions() template.FuncMap {
	include := func(name string, data any) (string, error) {
		var b strings.Builder
		err := c.templates.ExecuteTemplate(&b, name, data)

		return b.String(), err
	}

	indent := func(n int, s string) string {
		return strings.Repeat(" ", n) + strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", n))
	}

	return template.FuncMap{
		"include":    include,
		"indent":     indent,
		"nindent":    func(n int, s string) string { return "\n" + indent(n, s) },
		"quote":      func(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) },
		"replace":    func(from, to, s string) string { return strings.ReplaceAll(s, from, to) },
		"tpl":        func(string, any) (string, error) { return "", errors.New("no template renders templates") },
		"trimSuffix": func(suffix, s string) string { return strings.TrimSuffix(s, suffix) },
		"trunc":      func(n int, s string) string { return s[:min(n, len(s))] },
		"default": func(otherwise, v any) any {
			if v == nil || v == "" {
				return otherwise
			}

			return v
		},
		"toYaml": func(v any) (string, error) {
			out, err := yaml.Marshal(v)

			return strings.TrimSuffix(string(out), "\n"), err
		},
	}
}
