package render

import (
	"iter"
	"maps"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/crossdr/crossdr/function/internal/expression"
)

// A resource is an observed object.
type resource map[string]any

func (r resource) Map() map[string]any { return r }

func (r resource) Get(at ...string) (any, bool) { return path(at).get(r) }

func (r resource) Fields(at ...string) iter.Seq[string] {
	v, _ := path(at).get(r)
	m, _ := v.(map[string]any)

	return maps.Keys(m)
}

// parse reads YAML.
func parse(tb testing.TB, document string) map[string]any {
	tb.Helper()

	var out map[string]any
	if err := yaml.Unmarshal([]byte(document), &out); err != nil {
		tb.Fatal(err)
	}

	return out
}

// observed reads an observed resource, or nil.
func observed(tb testing.TB, document string) Object {
	tb.Helper()

	if document == "" {
		return nil
	}

	return resource(parse(tb, document))
}

func compileTemplate(tb testing.TB, document string, paths *Paths) *Template {
	tb.Helper()

	tpl, faults := Compile(parse(tb, document), paths, field.NewPath("template"))
	if len(faults) > 0 {
		tb.Fatal(faults)
	}

	return tpl
}

// owner of all copies in the tests, and what its hash is.
var owner = Owner{Group: "example.org", Kind: "PostgreSQLInstance", Namespace: "team-a", Name: "payments"}

// scope of a namespaced XR.
func scope() *Scope { return &Scope{Owner: owner} }

// home is the copy of db that a Composition always had.
func home() *Copy {
	return &Copy{Key: "db", Component: "db", Region: "us-east-1", Role: "Serving", Epoch: 1, KeepNames: true}
}

// later is the copy of db that is born in a failover.
func later() *Copy {
	return &Copy{Key: "db-us-west-2-e2", Component: "db", Region: "us-west-2", Role: "Serving", Epoch: 2, Suffix: "-us-west-2-e2"}
}

func variables(c *Copy) *expression.Variables {
	v := &expression.Variables{
		XR:     map[string]any{"spec": map[string]any{"size": int64(7)}},
		Region: &expression.Region{Name: c.Region, Parameters: map[string]any{"kms": "key-of-" + c.Region}}, Component: c.Component, Active: c.Region,
	}
	if c.Zone != "" {
		v.Zone = &expression.Zone{ID: c.Zone, Name: c.ZoneName, Index: 1}
	}

	return v
}

// at returns what an object has at a dotted path.
func at(object map[string]any, dotted string) any {
	v, _ := pathOf(dotted).get(object)

	return v
}

// external returns the external name of an object.
func external(object map[string]any) any {
	v, _ := path{metadata, "annotations", AnnotationExternalName}.get(object)

	return v
}

// list parses words, as a list of an object.
func list(words string) []any {
	var out []any
	for word := range strings.FieldsSeq(words) {
		out = append(out, word)
	}

	return out
}
