package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"

	xpv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	xpv2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/catalog/crds"
	"github.com/crossdr/crossdr/internal/scenario"
)

// A crd validates objects as the API server does, but for one thing: a field
// that it would prune without a word is a fault here.
type crd struct {
	schema *structuralschema.Structural
	open   *validate.SchemaValidator
}

func newCRD(props *apiextensionsv1.JSONSchemaProps) (*crd, error) {
	internal := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(props, internal, nil); err != nil {
		return nil, fmt.Errorf("cannot read schema: %w", err)
	}

	s, err := structuralschema.NewStructural(internal)
	if err != nil {
		return nil, fmt.Errorf("cannot read schema: %w", err)
	}

	return &crd{schema: s, open: validate.NewSchemaValidator(s.ToKubeOpenAPI(), nil, "", strfmt.Default)}, nil
}

// validate returns what is wrong with an object.
func (c *crd) validate(object map[string]any) []string {
	var faults []string

	whole := (&unstructured.Unstructured{Object: object}).DeepCopy().Object

	for _, err := range c.open.Validate(whole).Errors {
		faults = append(faults, err.Error())
	}

	for _, path := range pruning.PruneWithOptions(whole, c.schema, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		faults = append(faults, path+": unknown field")
	}

	setDefaults(whole, c.schema)

	return append(faults, checkRules(whole, c.schema, "")...)
}

// setDefaults sets the defaults of a schema, which its rules rely on.
func setDefaults(v any, s *structuralschema.Structural) {
	m, ok := v.(map[string]any)
	if !ok || s == nil {
		return
	}

	for name := range s.Properties {
		p := s.Properties[name]
		if _, set := m[name]; !set && p.Default.Object != nil {
			m[name] = p.Default.Object
		}

		setDefaults(m[name], &p)
	}
}

// checkRules evaluates the CEL rules of a schema and of what is below it.
func checkRules(v any, s *structuralschema.Structural, at string) []string {
	var faults []string

	for _, r := range s.XValidations {
		if why := evaluateRule(r.Rule, v); why != "" {
			faults = append(faults, strings.TrimPrefix(at+": ", ": ")+r.Message+why)
		}
	}

	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			if p, ok := s.Properties[name]; ok {
				faults = append(faults, checkRules(child, &p, strings.TrimPrefix(at+"."+name, "."))...)
			} else if s.AdditionalProperties != nil && s.AdditionalProperties.Structural != nil {
				faults = append(faults, checkRules(child, s.AdditionalProperties.Structural, at+"."+name)...)
			}
		}
	case []any:
		for i := range v {
			if s.Items != nil {
				faults = append(faults, checkRules(v[i], s.Items, fmt.Sprint(at, "[", i, "]"))...)
			}
		}
	}

	return faults
}

var (
	rules    sync.Map
	ruleBase = sync.OnceValues(func() (*cel.Env, error) {
		return cel.NewEnv(cel.Variable("self", cel.DynType), cel.OptionalTypes())
	})
)

// evaluateRule returns "" if the rule holds, a space if it does not, and why
// it can't be evaluated otherwise.
func evaluateRule(rule string, self any) string {
	compiled, ok := rules.Load(rule)
	if !ok {
		env, err := ruleBase()
		if err != nil {
			return " " + err.Error()
		}

		ast, issues := env.Compile(rule)
		if issues.Err() != nil {
			return " " + issues.Err().Error()
		}

		program, err := env.Program(ast)
		if err != nil {
			return " " + err.Error()
		}

		compiled, _ = rules.LoadOrStore(rule, program)
	}

	out, _, err := compiled.(cel.Program).Eval(map[string]any{"self": self})

	switch {
	case err != nil:
		return " (" + rule + ": " + err.Error() + ")"
	case out.Value() != true:
		return " "
	}

	return ""
}

var (
	awsDir  = sync.OnceValues(crds.Dir)
	awsCRDs sync.Map
)

// awsCRD returns the CRD of a kind of provider-upjet-aws.
func awsCRD(t *testing.T, u *unstructured.Unstructured) *crd {
	t.Helper()

	gvk := u.GroupVersionKind()
	if c, ok := awsCRDs.Load(gvk); ok {
		return c.(*crd)
	}

	dir, err := awsDir()
	if err != nil {
		t.Fatal(err)
	}

	file, err := crds.Load(dir, gvk.Group, gvk.Kind)
	if err != nil {
		t.Fatal(err)
	}

	i := slices.IndexFunc(file.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name == gvk.Version })
	if i < 0 {
		t.Fatalf("%s has no version %s", file.Name, gvk.Version)
	}

	c, err := newCRD(file.Spec.Versions[i].Schema.OpenAPIV3Schema)
	if err != nil {
		t.Fatal(err)
	}

	awsCRDs.Store(gvk, c)

	return c
}

func isAWS(u *unstructured.Unstructured) bool {
	group := u.GroupVersionKind().Group

	return strings.HasSuffix(group, ".aws.m.upbound.io") || strings.HasSuffix(group, ".aws.upbound.io")
}

// examples returns the folders of all scenarios.
func examples(t *testing.T) []string {
	t.Helper()

	files, err := filepath.Glob(filepath.Join("..", "examples", "*", "functions.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found no examples: %v", err)
	}

	for i := range files {
		files[i] = filepath.Dir(files[i])
	}

	return files
}

func readObjects(t *testing.T, file string) []unstructured.Unstructured {
	t.Helper()

	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	out, err := scenario.FromYAML(b)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}

	return out
}

// TestCRDExamples checks every AWS resource that an example renders, and every
// one that it is rendered from, against the CRD of the real provider.
func TestCRDExamples(t *testing.T) {
	for _, dir := range examples(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			// The first step of an example has nothing to be rendered from.
			files, err := filepath.Glob(filepath.Join(dir, "*", "observed.yaml"))
			if err != nil {
				t.Fatal(err)
			}

			rendered, err := filepath.Glob(filepath.Join(dir, "*", "expected.yaml"))
			if err != nil || len(rendered) == 0 {
				t.Fatalf("%s renders nothing: %v", dir, err)
			}

			for _, file := range append(files, rendered...) {
				objects := readObjects(t, file)
				for i := range objects {
					if u := &objects[i]; isAWS(u) {
						for _, fault := range awsCRD(t, u).validate(u.Object) {
							t.Errorf("%s: %s %s: %s", file, u.GetKind(), scenario.Key(u), fault)
						}
					}
				}
			}
		})
	}
}

// TestCRDFails proves that the test above can fail.
func TestCRDFails(t *testing.T) {
	instance := func(change func(spec map[string]any)) *unstructured.Unstructured {
		provider := map[string]any{"region": "us-east-1", "instanceClass": "db.r6g.large"}
		change(provider)

		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "rds.aws.m.upbound.io/v1beta1", "kind": "Instance",
			"metadata": map[string]any{"name": "db"},
			"spec":     map[string]any{"forProvider": provider, "managementPolicies": []any{"Observe", "Create"}},
		}}
	}

	cases := map[string]struct {
		reason string
		change func(provider map[string]any)
		want   []string
	}{
		"Valid": {
			reason: "A resource that the provider takes has no fault.",
			change: func(map[string]any) {},
		},
		"Misspelt": {
			reason: "The API server would drop a field that is misspelt.",
			change: func(p map[string]any) { p["snapshotIdentifer"] = "snap" },
			want:   []string{"spec.forProvider.snapshotIdentifer: unknown field"},
		},
		"MissingBySchema": {
			reason: "A field that the schema requires is missing.",
			change: func(p map[string]any) { delete(p, "region") },
			want:   []string{"spec.forProvider.region in body is required"},
		},
		"MissingByRule": {
			reason: "A field that a CEL rule requires is missing.",
			change: func(p map[string]any) { delete(p, "instanceClass") },
			want:   []string{"spec: spec.forProvider.instanceClass is a required parameter "},
		},
		"Type": {
			reason: "A number is no string.",
			change: func(p map[string]any) { p["engineVersion"] = int64(16) },
			want:   []string{`spec.forProvider.engineVersion in body must be of type string: "integer"`},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			u := instance(tc.change)
			if diff := cmp.Diff(tc.want, awsCRD(t, u).validate(u.Object)); diff != "" {
				t.Errorf("\n%s\nvalidate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}

	t.Run("Enum", func(t *testing.T) {
		u := instance(func(map[string]any) {})
		if err := unstructured.SetNestedStringSlice(u.Object, []string{"Watch"}, "spec", "managementPolicies"); err != nil {
			t.Fatal(err)
		}

		if faults := awsCRD(t, u).validate(u.Object); len(faults) != 1 || !strings.Contains(faults[0], "should be one of [Observe Create") {
			t.Errorf("A policy that is none is the one fault, got %q", faults)
		}
	})
}

// definitions returns the files of all XRDs.
func definitions(t *testing.T) []string {
	t.Helper()

	var out []string

	for _, pattern := range []string{"examples/*/definition.yaml", "apis/*/definition.yaml"} {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatalf("found no %s: %v", pattern, err)
		}

		out = append(out, files...)
	}

	return out
}

// rootSchema returns the schema of an XRD's only version.
func rootSchema(t *testing.T, xrd *unstructured.Unstructured) map[string]any {
	t.Helper()

	versions, _, _ := unstructured.NestedSlice(xrd.Object, "spec", "versions")
	if len(versions) != 1 {
		t.Fatalf("%s has %d versions, want 1", xrd.GetName(), len(versions))
	}

	s, ok, err := unstructured.NestedMap(versions[0].(map[string]any), "schema", "openAPIV3Schema")
	if !ok || err != nil {
		t.Fatalf("%s has no schema: %v", xrd.GetName(), err)
	}

	return s
}

// TestCRDRecoverySchema checks that what XRDs embed is what is generated from
// the Go types: a field that the XRD lacks is dropped without a word.
func TestCRDRecoverySchema(t *testing.T) {
	var generated map[string]any
	if err := yaml.Unmarshal(recoveryv1alpha1.Schema, &generated); err != nil {
		t.Fatal(err)
	}

	for _, file := range definitions(t) {
		for _, part := range []string{"spec", "status"} {
			t.Run(filepath.Base(filepath.Dir(file))+"/"+part, func(t *testing.T) {
				root := rootSchema(t, &readObjects(t, file)[0])

				embedded, ok, err := unstructured.NestedMap(root, "properties", part, "properties", "recovery")
				if !ok || err != nil {
					t.Fatalf("%s has no %s.recovery: %v", file, part, err)
				}

				if diff := cmp.Diff(plain(t, generated[part]), plain(t, embedded)); diff != "" {
					t.Errorf("%s is not what make generate writes: -generated +embedded:\n%s", file, diff)
				}
			})
		}
	}
}

// plain returns a schema as JSON would have it, with the white space in
// descriptions folded.
func plain(t *testing.T, v any) any {
	t.Helper()

	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}

	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}

	return folded(out)
}

func folded(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			if s, ok := v[k].(string); ok && k == "description" {
				v[k] = strings.Join(strings.Fields(s), " ")
			} else {
				v[k] = folded(v[k])
			}
		}
	case []any:
		for i := range v {
			v[i] = folded(v[i])
		}
	}

	return v
}

// TestCRDComposites checks every XR of the examples, with the status that it
// is given, against its XRD.
func TestCRDComposites(t *testing.T) {
	for _, dir := range examples(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			s, err := scenario.Load(dir)
			if err != nil {
				t.Fatal(err)
			}

			c := compositeCRD(t, s.Definition)

			for i := range s.Steps {
				step := &s.Steps[i]

				xr := s.XR
				if step.XR != nil {
					xr = step.XR
				}

				for _, fault := range c.validate(stated(t, step, xr)) {
					t.Errorf("%s: %s %s: %s", step.Name, xr.GetKind(), xr.GetName(), fault)
				}
			}
		})
	}
}

// TestCRDCrossplane checks that Crossplane knows every field of the XRDs and
// Compositions.
func TestCRDCrossplane(t *testing.T) {
	for _, pattern := range []string{"apis/*/*.yaml", "examples/*/*.yaml", "examples/*/*/composition.yaml"} {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatalf("found no %s: %v", pattern, err)
		}

		for _, file := range files {
			objects := readObjects(t, file)
			for i := range objects {
				into := map[string]any{
					"apiextensions.crossplane.io/v1/Composition":                 &xpv1.Composition{},
					"apiextensions.crossplane.io/v1/CompositeResourceDefinition": &xpv1.CompositeResourceDefinition{},
					"apiextensions.crossplane.io/v2/CompositeResourceDefinition": &xpv2.CompositeResourceDefinition{},
				}[objects[i].GetAPIVersion()+"/"+objects[i].GetKind()]
				if into == nil {
					continue
				}

				b, err := yaml.Marshal(objects[i].Object)
				if err != nil {
					t.Fatal(err)
				}

				if err := yaml.UnmarshalStrict(b, into); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
	}
}

func compositeCRD(t *testing.T, xrd *unstructured.Unstructured) *crd {
	t.Helper()

	b, err := json.Marshal(rootSchema(t, xrd))
	if err != nil {
		t.Fatal(err)
	}

	props := &apiextensionsv1.JSONSchemaProps{}
	if err := json.Unmarshal(b, props); err != nil {
		t.Fatal(err)
	}

	c, err := newCRD(props)
	if err != nil {
		t.Fatal(err)
	}

	return c
}

// stated returns the XR as it is after a step, without the fields that
// Crossplane adds to every XRD's schema.
func stated(t *testing.T, step *scenario.Step, xr *unstructured.Unstructured) map[string]any {
	t.Helper()

	out := xr.DeepCopy().Object

	for _, name := range []string{"crossplane", "claimRef", "compositionRef", "compositionUpdatePolicy"} {
		unstructured.RemoveNestedField(out, "spec", name)
	}

	expected, err := step.Expected()
	if err != nil {
		t.Fatal(err)
	}

	objects, err := scenario.FromYAML([]byte(expected))
	if err != nil {
		t.Fatal(err)
	}

	// A FATAL result leaves no status.
	if len(objects) > 0 {
		out["status"] = objects[0].Object["status"]

		for _, name := range []string{"conditions", "claimConditionTypes"} {
			unstructured.RemoveNestedField(out, "status", name)
		}
	}

	return out
}
