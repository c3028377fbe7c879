package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// A Scenario is one folder of examples/: an XR, a Composition, and steps that
// follow each other in time.
type Scenario struct {
	Dir         string
	XR          *unstructured.Unstructured
	Composition *unstructured.Unstructured
	Definition  *unstructured.Unstructured

	// Functions are the names of the functions that the Composition calls.
	Functions []string

	// Schemas are OpenAPI documents of kinds that are installed.
	Schemas []map[string]any

	Steps []Step
}

// schemasFolder holds a scenario's OpenAPI documents.
const schemasFolder = "schemas"

// A Step is one render, with what exists by then.
type Step struct {
	Name string
	Dir  string

	// XR of this step, if it is another than that of the scenario.
	XR *unstructured.Unstructured

	// Composition of this step, if it is another than that of the scenario.
	Composition *unstructured.Unstructured

	// Required are the resources that the function may ask for.
	Required []unstructured.Unstructured

	// Observed are the composed resources that exist before this step.
	Observed []unstructured.Unstructured

	// ByHand is true when the observed resources are written by hand rather
	// than what the step before left behind.
	ByHand bool
}

// Names of the files in a step's folder.
const (
	observedFile = "observed.yaml"
	expectedFile = "expected.yaml"

	// byHand marks an observed.yaml that was written by hand.
	byHand = "# Written by hand."
)

// Load reads a scenario. A folder without a Composition or a definition uses
// those that the Configuration ships.
func Load(dir string) (*Scenario, error) {
	shipped := filepath.Join(dir, "..", "..", "apis", "postgresqlinstances")
	s := &Scenario{Dir: dir}

	for _, f := range []struct {
		into **unstructured.Unstructured
		name string
	}{{&s.XR, "xr.yaml"}, {&s.Composition, "composition.yaml"}, {&s.Definition, "definition.yaml"}} {
		objects, err := readYAML(filepath.Join(dir, f.name))
		if errors.Is(err, fs.ErrNotExist) && f.into != &s.XR {
			objects, err = readYAML(filepath.Join(shipped, f.name))
		}

		if err != nil {
			return nil, err
		}

		*f.into = &objects[0]
	}

	functions, err := readYAML(filepath.Join(dir, "functions.yaml"))
	if err != nil {
		return nil, err
	}

	for i := range functions {
		s.Functions = append(s.Functions, functions[i].GetName())
	}

	if s.Schemas, err = loadSchemas(filepath.Join(dir, schemasFolder)); err != nil {
		return nil, err
	}

	s.Steps, err = loadSteps(dir)

	return s, err
}

// loadSteps reads the steps of a scenario, in the order of their names.
func loadSteps(dir string) ([]Step, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read scenario: %w", err)
	}

	var steps []Step

	for _, e := range entries {
		if !e.IsDir() || e.Name() == schemasFolder {
			continue
		}

		step, err := loadStep(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}

		steps = append(steps, *step)
	}

	return steps, nil
}

func loadSchemas(dir string) ([]map[string]any, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("cannot read schemas: %w", err)
	}

	var out []map[string]any

	for _, f := range files {
		b, err := os.ReadFile(f) //nolint:gosec // A file of the examples.
		if err != nil {
			return nil, fmt.Errorf("cannot read schemas: %w", err)
		}

		doc := map[string]any{}
		if err := yaml.Unmarshal(b, &doc); err != nil {
			return nil, fmt.Errorf("cannot parse %s: %w", f, err)
		}

		out = append(out, doc)
	}

	return out, nil
}

func loadStep(dir string) (*Step, error) {
	s := &Step{Name: filepath.Base(dir), Dir: dir}

	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("cannot read step: %w", err)
	}

	for _, f := range files {
		if filepath.Base(f) == expectedFile {
			continue
		}

		objects, err := readYAML(f)
		if err != nil {
			return nil, err
		}

		switch filepath.Base(f) {
		case observedFile:
			s.Observed = objects

			b, err := os.ReadFile(f) //nolint:gosec // A file of the examples.
			if err != nil {
				return nil, fmt.Errorf("cannot read step: %w", err)
			}

			s.ByHand = bytes.HasPrefix(b, []byte(byHand))
		case "xr.yaml":
			s.XR = &objects[0]
		case "composition.yaml":
			s.Composition = &objects[0]
		default:
			s.Required = append(s.Required, objects...)
		}
	}

	return s, nil
}

func readYAML(file string) ([]unstructured.Unstructured, error) {
	b, err := os.ReadFile(file) //nolint:gosec // A file of the examples.
	if err != nil {
		return nil, fmt.Errorf("cannot read scenario: %w", err)
	}

	out, err := FromYAML(b)
	if err != nil {
		return nil, fmt.Errorf("cannot parse %s: %w", file, err)
	}

	return out, nil
}

// FromYAML reads objects back from what ToYAML prints.
func FromYAML(b []byte) ([]unstructured.Unstructured, error) {
	var out []unstructured.Unstructured

	for d := kyaml.NewYAMLOrJSONDecoder(bytes.NewReader(b), len(b)); ; {
		u := unstructured.Unstructured{}

		err := d.Decode(&u)
		if errors.Is(err, io.EOF) {
			break
		}

		if err != nil {
			return nil, err
		}

		if len(u.Object) > 0 {
			out = append(out, u)
		}
	}

	return out, nil
}

// Expected returns what the step should render, as YAML.
func (s *Step) Expected() (string, error) {
	b, err := os.ReadFile(filepath.Join(s.Dir, expectedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}

	return string(b), err
}

// Update writes what the step renders, and what it was rendered from.
func (s *Step) Update(expected, observed string) error {
	if err := os.WriteFile(filepath.Join(s.Dir, expectedFile), []byte(expected), 0o600); err != nil {
		return fmt.Errorf("cannot write golden: %w", err)
	}

	if s.ByHand || observed == "" {
		return nil
	}

	if err := os.WriteFile(filepath.Join(s.Dir, observedFile), []byte(observed), 0o600); err != nil {
		return fmt.Errorf("cannot write golden: %w", err)
	}

	return nil
}

// Key returns the composition resource name of a composed resource.
func Key(u *unstructured.Unstructured) string {
	return u.GetAnnotations()["crossplane.io/composition-resource-name"]
}

// ToYAML prints composed resources sorted by key.
func ToYAML(resources []unstructured.Unstructured) (string, error) {
	sorted := slices.SortedFunc(slices.Values(resources), func(a, b unstructured.Unstructured) int {
		return strings.Compare(Key(&a), Key(&b))
	})

	var b strings.Builder

	for i := range sorted {
		y, err := yaml.Marshal(sorted[i].Object)
		if err != nil {
			return "", fmt.Errorf("cannot print %s: %w", Key(&sorted[i]), err)
		}

		b.WriteString("---\n")
		b.Write(y)
	}

	return b.String(), nil
}
