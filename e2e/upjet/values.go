package upjet

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// values are the arguments or attributes of a resource, by their names in the
// CRD.
type values map[string]any

// text returns a value that is text.
func (v values) text(name string) string {
	s, _ := v[name].(string)

	return s
}

// texts returns a value that is a list of texts, nil if it is empty.
func (v values) texts(name string) []string {
	list, _ := v[name].([]any)
	if len(list) == 0 {
		return nil
	}

	out := make([]string, 0, len(list))

	for _, item := range list {
		out = append(out, fmt.Sprint(item))
	}

	return out
}

// number returns a value that is a number.
func (v values) number(name string) *int32 {
	switch n := v[name].(type) {
	case int64:
		return new(int32(n)) //nolint:gosec // Ports, days and GiB.
	case float64:
		return new(int32(n))
	default:
		return nil
	}
}

// flag returns a value that is true or false.
func (v values) flag(name string) *bool {
	if b, ok := v[name].(bool); ok {
		return &b
	}

	return nil
}

// isZero says whether a value is as good as not set.
func isZero(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return reflect.ValueOf(value).IsZero()
	}
}

// same says whether two values mean the same. Lists are sets, as nearly all
// lists of AWS are.
func same(a, b any) bool {
	if isZero(a) && isZero(b) {
		return true
	}

	return slices.Equal(canonical(a), canonical(b))
}

// canonical returns a value, or the sorted values of a list, as JSON.
func canonical(value any) []string {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}

	out := make([]string, 0, len(list))

	for _, item := range list {
		b, err := json.Marshal(item)
		if err != nil {
			b = fmt.Append(nil, item)
		}

		out = append(out, string(b))
	}

	slices.Sort(out)

	return out
}

// isArgument says whether a field of spec.forProvider is an argument of
// Terraform. The others say where a value comes from.
func isArgument(name string) bool {
	return name != "autoGeneratePassword" && !strings.HasSuffix(name, "Ref") && !strings.HasSuffix(name, "Refs") &&
		!strings.HasSuffix(name, "Selector")
}

// A change is one argument that differs from what exists.
type change struct {
	argument string
	old, new any
}

// differences between arguments and attributes. An argument that is not set is
// left as it is, except that a database without a source is to be no replica.
func differences(arguments, attributes values) []change {
	var out []change

	for name, value := range arguments {
		if isArgument(name) && !same(value, attributes[name]) {
			out = append(out, change{argument: name, old: attributes[name], new: value})
		}
	}

	if _, ok := arguments[replicateSource]; !ok && attributes.text(replicateSource) != "" {
		out = append(out, change{argument: replicateSource, old: attributes[replicateSource], new: ""})
	}

	slices.SortFunc(out, func(a, b change) int { return strings.Compare(a.argument, b.argument) })

	return out
}

// refuse returns an error if one of the changes needs a replacement.
func (k *kind) refuse(changes []change) error {
	for _, c := range changes {
		if c.argument == argumentRegion || slices.Contains(k.forceNew, c.argument) {
			return fmt.Errorf("refuse to update the external resource because the following update requires replacing it: "+
				"cannot change the value of the argument %q from %q to %q", snake(c.argument), show(c.old), show(c.new))
		}
	}

	return nil
}

// show a value as Terraform does.
func show(value any) string {
	if value == nil {
		return ""
	}

	return fmt.Sprint(value)
}

// snake returns what Terraform calls an argument: replicate_source_db.
func snake(argument string) string {
	b := strings.Builder{}

	for _, r := range argument {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}

		b.WriteRune(r)
	}

	return b.String()
}

// lateInitialize sets the arguments that are not set to what exists, and returns
// whether it set any.
func (k *kind) lateInitialize(arguments, attributes values, schema map[string]bool) bool {
	changed := false

	for name, value := range attributes {
		_, set := arguments[name]
		if set || !schema[name] || isZero(value) || slices.Contains(k.notLate, name) {
			continue
		}

		arguments[name] = value
		changed = true
	}

	return changed
}
