package schema

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	kerrors "k8s.io/kube-openapi/pkg/validation/errors"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"
)

// A Schema of an object.
type Schema struct {
	schema *spec.Schema
}

// Parse reads the schema at a path of keys within a YAML document.
func Parse(document []byte, keys ...any) (*Schema, error) {
	var v any
	if err := yaml.Unmarshal(document, &v); err != nil {
		return nil, fmt.Errorf("cannot parse schema: %w", err)
	}

	for _, k := range keys {
		switch k := k.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil, fmt.Errorf("schema has no item %d", k)
			}

			v = l[k]
		}
	}

	if v == nil {
		return nil, fmt.Errorf("document has no schema at %v", keys)
	}

	b, err := yaml.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("cannot read schema: %w", err)
	}

	s := &spec.Schema{}
	if err := yaml.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("cannot read schema: %w", err)
	}

	return &Schema{schema: s}, nil
}

// Validate reports every fault of the value, with its path below the given
// one, in the order of the paths. A field that the schema does not know is a
// fault.
func (s *Schema) Validate(value any, path *field.Path) field.ErrorList {
	faults := unknown(s.schema, value, path)

	result := validate.NewSchemaValidator(s.schema, nil, "", strfmt.Default).Validate(value)
	for _, err := range result.Errors {
		// Of a number that is none of its type, the range is complained about,
		// too, without a path.
		if strings.HasPrefix(err.Error(), "Checked value must be of type") {
			continue
		}

		faults = append(faults, asFault(err, path))
	}

	slices.SortFunc(faults, func(a, b *field.Error) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Error(), b.Error()))
	})

	return faults
}

// asFault takes the path out of an error of kube-openapi, which puts it in
// front of its message, too.
func asFault(err error, path *field.Path) *field.Error {
	var v *kerrors.Validation
	if !errors.As(err, &v) {
		return field.Invalid(path, nil, err.Error())
	}

	at := path

	name := strings.Trim(v.Name, ".")
	if name != "" {
		at = path.Child(name)
	}

	message := strings.TrimPrefix(v.Error(), v.Name)
	message = strings.TrimPrefix(strings.TrimSpace(message), "in body ")

	switch v.Code() {
	case kerrors.RequiredFailCode:
		return field.Required(at, "")
	case kerrors.InvalidTypeCode:
		message, _, _ = strings.Cut(message, ":")

		return field.Invalid(at, field.OmitValueType{}, message)
	}

	return field.Invalid(at, v.Value, message)
}

// unknown reports the fields that the schema does not know.
func unknown(s *spec.Schema, value any, path *field.Path) field.ErrorList {
	var faults field.ErrorList

	switch v := value.(type) {
	case map[string]any:
		return unknownFields(s, v, path)
	case []any:
		if s.Items == nil || s.Items.Schema == nil {
			return nil
		}

		for i := range v {
			faults = append(faults, unknown(s.Items.Schema, v[i], path.Index(i))...)
		}
	}

	return faults
}

func unknownFields(s *spec.Schema, v map[string]any, path *field.Path) field.ErrorList {
	var faults field.ErrorList

	if keep, _ := s.Extensions.GetBool("x-kubernetes-preserve-unknown-fields"); keep || s.Properties == nil && s.AdditionalProperties == nil {
		return nil
	}

	for _, name := range slices.Sorted(maps.Keys(v)) {
		switch p, ok := s.Properties[name]; {
		case ok:
			faults = append(faults, unknown(&p, v[name], path.Child(name))...)
		case s.AdditionalProperties != nil:
			if s.AdditionalProperties.Schema != nil {
				faults = append(faults, unknown(s.AdditionalProperties.Schema, v[name], path.Key(name))...)
			}
		default:
			faults = append(faults, field.Invalid(path.Child(name), field.OmitValueType{}, "unknown field, want one of "+strings.Join(slices.Sorted(maps.Keys(s.Properties)), ", ")))
		}
	}

	return faults
}
