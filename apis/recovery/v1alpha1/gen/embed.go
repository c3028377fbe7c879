package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossdr/crossdr/apis/recovery/v1alpha1"
)

var embedded = regexp.MustCompile(`^( +)recovery:$`)

// embed writes the generated schemas into the XRDs that ship with the project:
// below the first line "recovery:" that of the spec, and below the second that
// of the status. The rest of the file stays as it is, comments included.
func embed(files []string) error {
	schemas := map[string]apiextensionsv1.JSONSchemaProps{}
	if err := yaml.Unmarshal(v1alpha1.Schema, &schemas); err != nil {
		return fmt.Errorf("cannot parse the schemas: %w", err)
	}

	for _, file := range files {
		in, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
		if err != nil {
			return fmt.Errorf("cannot read the XRD: %w", err)
		}

		out, err := replace(string(in), schemas)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}

		if bytes.Equal(in, out) {
			continue
		}

		if err := os.WriteFile(file, out, 0o600); err != nil { //nolint:gosec // The same file.
			return fmt.Errorf("cannot write the XRD: %w", err)
		}
	}

	return nil
}

func replace(in string, schemas map[string]apiextensionsv1.JSONSchemaProps) ([]byte, error) {
	var (
		out    bytes.Buffer
		within string
	)

	roots := []string{"spec", "status"}

	for line := range strings.Lines(in) {
		if within != "" && (strings.HasPrefix(line, within+" ") || strings.TrimSpace(line) == "") {
			continue
		}

		within = ""

		out.WriteString(line)

		match := embedded.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if match == nil || len(roots) == 0 {
			continue
		}

		y, err := yaml.Marshal(schemas[roots[0]])
		if err != nil {
			return nil, fmt.Errorf("cannot encode the schema: %w", err)
		}

		for l := range strings.Lines(string(y)) {
			out.WriteString(match[1] + "  " + l)
		}

		within, roots = match[1], roots[1:]
	}

	if len(roots) > 0 {
		return nil, fmt.Errorf("has no place for the schema of %s.recovery", roots[0])
	}

	return out.Bytes(), nil
}
