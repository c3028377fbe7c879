package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An input is what a call asks for, in whatever protocol it came: the members
// of a structure, by name. Values are strings, numbers, booleans, inputs and
// lists of them; in the query protocols all scalars are strings.
type input map[string]any

// formInput turns the flat parameters of the query protocols into a tree:
// Tags.Tag.1.Key=a into Tags, Tag, 1, Key.
func formInput(form url.Values) input {
	root := input{}

	for _, name := range slices.Sorted(maps.Keys(form)) {
		path := strings.Split(name, ".")
		node := root

		for _, step := range path[:len(path)-1] {
			child, ok := node[step].(input)
			if !ok {
				child = input{}
				node[step] = child
			}

			node = child
		}

		node[path[len(path)-1]] = form.Get(name)
	}

	return root
}

// str returns a scalar as text, and nothing if the member is not there.
func (in input) str(name string) string {
	switch v := in[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return ""
	}
}

// lower returns a name in lower case, as RDS stores its identifiers.
func (in input) lower(name string) string {
	return strings.ToLower(in.str(name))
}

// has reports whether a member is there.
func (in input) has(name string) bool {
	_, ok := in[name]

	return ok
}

// integer returns a number that [params] has checked, or the default.
func (in input) integer(name string, otherwise int) int {
	if n, err := strconv.Atoi(in.str(name)); err == nil {
		return n
	}

	return otherwise
}

// boolean returns a boolean that [params] has checked; false if it is not there.
func (in input) boolean(name string) bool {
	return strings.EqualFold(in.str(name), "true")
}

// list returns the elements of a list. In the query protocols it is numbered
// members, below a member that names the elements (RDS) or not (EC2).
func (in input) list(name string) []any {
	switch v := in[name].(type) {
	case []any:
		return v
	case input:
		return numbered(v)
	default:
		return nil
	}
}

func numbered(in input) []any {
	if len(in) == 1 {
		for key, v := range in {
			if child, ok := v.(input); ok && !isNumber(key) {
				return numbered(child)
			}
		}
	}

	keys := slices.SortedFunc(maps.Keys(in), func(a, b string) int {
		left, _ := strconv.Atoi(a)
		right, _ := strconv.Atoi(b)

		return left - right
	})

	out := make([]any, 0, len(keys))
	for _, key := range keys {
		out = append(out, in[key])
	}

	return out
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)

	return err == nil
}

// strs returns the elements of a list of texts.
func (in input) strs(name string) []string {
	var out []string

	for _, v := range in.list(name) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}

	return out
}

// structs returns the elements of a list of structures.
func (in input) structs(name string) []input {
	var out []input

	for _, v := range in.list(name) {
		if s, ok := v.(input); ok {
			out = append(out, s)
		}
	}

	return out
}

// tags returns a list of keys and values.
func (in input) tags(name string) map[string]string {
	out := map[string]string{}
	for _, tag := range in.structs(name) {
		out[tag.str("Key")] = tag.str("Value")
	}

	return out
}

// params describes the parameters that the emulator knows of an action:
// "Name! MaxRecords:int IncludeShared:bool Filters:list". A name that ends in !
// is required; without a type it is text. Any other parameter is refused: what
// is silently ignored makes a test pass for the wrong reason.
type params string

// check returns an error if the input is not as described.
func (p params) check(in input, errs commonErrors) error {
	known := map[string]bool{}

	for field := range strings.FieldsSeq(string(p)) {
		spec, kind, _ := strings.Cut(field, ":")
		name, required := strings.CutSuffix(spec, "!")
		known[name] = true

		if required && !in.has(name) {
			return refuse(errs.missing, "The request must contain the parameter %s", name)
		}

		if in.has(name) && !isKind(in, name, kind) {
			return refuse(errs.invalid, "Value (%v) for parameter %s is invalid. Must be a value of type %s", in[name], name, kind)
		}
	}

	for _, name := range slices.Sorted(maps.Keys(in)) {
		if !known[name] {
			return refuse(errs.unsupported, "The parameter %s is not recognized", name)
		}
	}

	return nil
}

func isKind(in input, name, kind string) bool {
	var err error

	switch kind {
	case "int":
		_, err = strconv.Atoi(in.str(name))
	case "bool":
		_, err = strconv.ParseBool(in.str(name))
	case "number":
		_, err = strconv.ParseFloat(in.str(name), 64)
	case "list":
		_, isList := in[name].([]any)
		_, isMap := in[name].(input)

		return isList || isMap
	case "struct":
		_, ok := in[name].(input)

		return ok
	default:
		_, ok := in[name].(string)

		return ok
	}

	return err == nil
}

// decodeJSON reads a JSON object.
func decodeJSON(body []byte) (input, error) {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()

	var raw any
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("cannot decode JSON: %w", err)
	}

	in, ok := toInput(raw).(input)
	if !ok {
		return nil, fmt.Errorf("cannot decode JSON: %T is no object", raw)
	}

	return in, nil
}

// toInput turns decoded JSON objects into inputs, at any depth.
func toInput(v any) any {
	switch v := v.(type) {
	case map[string]any:
		in := input{}
		for key, child := range v {
			in[key] = toInput(child)
		}

		return in
	case []any:
		list := make([]any, 0, len(v))
		for _, child := range v {
			list = append(list, toInput(child))
		}

		return list
	default:
		return v
	}
}

// epoch reads a time in seconds, as the JSON protocols have it.
func (in input) epoch(name string) time.Time {
	seconds, err := strconv.ParseFloat(in.str(name), 64)
	if err != nil {
		return time.Time{}
	}

	return time.UnixMilli(int64(seconds * 1000)).UTC()
}
