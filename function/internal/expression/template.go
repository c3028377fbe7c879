package expression

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A Template is a JSON value whose strings may hold expressions, compiled.
// It is immutable and may be used by many requests at once.
type Template struct {
	root    node
	serving []string
	zone    bool
	offered bool
	moves   bool
}

// A node of a template: literal, string, whole, object or list.
type node interface {
	evaluate(e *evaluation, current any, path *location) any
}

// Compile compiles a JSON value. It reports every expression that does not
// compile, with its path below the given one.
func Compile(value any, path *field.Path) (*Template, field.ErrorList) {
	c := &compiler{template: &Template{}}
	c.template.root = c.compile(value, path)

	slices.Sort(c.template.serving)
	c.template.serving = slices.Compact(c.template.serving)

	return c.template, c.faults
}

// Serving returns the names of the components whose serving copy the template
// reads, sorted. The name is empty where it is computed.
func (t *Template) Serving() []string { return t.serving }

// NeedsZone returns whether the template reads the zone of its copy.
func (t *Template) NeedsZone() bool { return t.zone }

// NeedsCurrent returns whether the template reads what its copy has now: to
// keep it while a serving copy or the name of a zone is not there, or to stay
// with a type.
func (t *Template) NeedsCurrent() bool { return t.offered || t.zone || len(t.serving) > 0 }

// Moves returns whether what the template renders may change with the region
// that serves, if it exists once.
func (t *Template) Moves() bool { return t.moves }

type compiler struct {
	template *Template
	faults   field.ErrorList
}

func (c *compiler) compile(value any, path *field.Path) node {
	switch v := value.(type) {
	case string:
		return c.compileString(v, path)
	case map[string]any:
		return c.compileObject(v, path)
	case []any:
		return c.compileList(v, path)
	default:
		return literal{value}
	}
}

func (c *compiler) compileObject(v map[string]any, path *field.Path) node {
	o := object{fields: make([]objectField, 0, len(v))}
	values := make(map[string]any, len(v))

	// Sorted, so that faults come in the same order every time.
	for _, name := range sortedKeys(v) {
		n := c.compile(v[name], path.Child(name))
		o.fields = append(o.fields, objectField{name: name, node: n})

		if l, ok := n.(literal); ok {
			values[name] = l.value
		}
	}

	if len(values) == len(v) {
		return literal{values}
	}

	return o
}

func (c *compiler) compileList(v []any, path *field.Path) node {
	l := list{items: make([]node, 0, len(v))}
	values := make([]any, 0, len(v))

	for i := range v {
		n := c.compile(v[i], path.Index(i))
		l.items = append(l.items, n)

		if item, ok := n.(literal); ok {
			values = append(values, item.value)
		}
	}

	if len(values) == len(v) {
		return literal{values}
	}

	return l
}

func (c *compiler) compileString(s string, path *field.Path) node {
	parts, err := split(s)
	if err != nil {
		c.faults = append(c.faults, field.Invalid(path, s, err.Error()))

		return literal{s}
	}

	if parts == nil {
		return literal{s}
	}

	if len(parts) == 1 && !parts[0].expression {
		return literal{parts[0].text}
	}

	out := text{parts: make([]textPart, 0, len(parts))}

	for _, p := range parts {
		if !p.expression {
			out.parts = append(out.parts, textPart{text: p.text})

			continue
		}

		compiled, err := compile(p.text)
		if err != nil {
			c.faults = append(c.faults, field.Invalid(path, s, err.Error()))

			continue
		}

		c.template.serving = append(c.template.serving, compiled.serving...)
		c.template.zone = c.template.zone || compiled.zone
		c.template.offered = c.template.offered || compiled.offered
		c.template.moves = c.template.moves || compiled.moves
		out.parts = append(out.parts, textPart{program: compiled})
	}

	if len(parts) == 1 && len(out.parts) == 1 {
		return whole{out.parts[0].program}
	}

	return out
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}

	slices.Sort(keys)

	return keys
}

// A literal holds no expression. Its value is shared between all evaluations:
// nobody may write to it.
type literal struct{ value any }

func (l literal) evaluate(*evaluation, any, *location) any { return l.value }

type object struct{ fields []objectField }

type objectField struct {
	name string
	node node
}

func (o object) evaluate(e *evaluation, current any, path *location) any {
	now, _ := current.(map[string]any)
	out := make(map[string]any, len(o.fields))
	e.depth++

	for i := range o.fields {
		f := &o.fields[i]

		if l, ok := f.node.(literal); ok {
			out[f.name] = owned(l.value, ownedLevels-e.depth)

			continue
		}

		v := f.node.evaluate(e, now[f.name], &location{parent: path, name: f.name})
		if _, none := v.(omitted); !none {
			out[f.name] = v
		}
	}

	e.depth--

	return out
}

// owned copies as many levels of maps.
func owned(v any, levels int) any {
	m, ok := v.(map[string]any)
	if !ok || levels < 1 {
		return v
	}

	out := make(map[string]any, len(m))
	for k := range m {
		out[k] = owned(m[k], levels-1)
	}

	return out
}

type list struct{ items []node }

func (l list) evaluate(e *evaluation, current any, path *location) any {
	now, _ := current.([]any)
	out := make([]any, 0, len(l.items))

	for i, n := range l.items {
		// What is left out has no place in the copy either.
		var was any
		if len(out) < len(now) {
			was = now[len(out)]
		}

		v := n.evaluate(e, was, &location{parent: path, index: i})
		if _, none := v.(omitted); !none {
			out = append(out, v)
		}
	}

	return out
}

// A whole string is one expression. It keeps the type of its result.
type whole struct{ program *program }

func (w whole) evaluate(e *evaluation, current any, path *location) any {
	v, err := e.run(w.program, current)
	if err != nil {
		return e.fail(err, current, path)
	}

	return v
}

// A text is a string with expressions in it.
type text struct{ parts []textPart }

type textPart struct {
	text    string
	program *program
}

func (t text) evaluate(e *evaluation, current any, path *location) any {
	var out strings.Builder

	for _, p := range t.parts {
		if p.program == nil {
			out.WriteString(p.text)

			continue
		}

		v, err := e.run(p.program, current)
		if err != nil {
			return e.fail(err, current, path)
		}

		switch v := v.(type) {
		case string:
			out.WriteString(v)
		case int64:
			out.WriteString(strconv.FormatInt(v, 10))
		case float64:
			out.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
		case bool:
			out.WriteString(strconv.FormatBool(v))
		default:
			return e.fail(fmt.Errorf("%q is %s, which can't stand within a string", p.program.source, kindOf(v)), current, path)
		}
	}

	return out.String()
}

func kindOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	}

	return "null"
}

// fail notes what went wrong. A value that only waits for a serving copy keeps
// what the copy has now.
func (e *evaluation) fail(err error, current any, path *location) any {
	if !errors.Is(err, errMissing) {
		e.result.Faults = append(e.result.Faults, field.Invalid(path.under(e.path), field.OmitValueType{}, err.Error()))

		return omitted{}
	}

	e.result.Missing = append(e.result.Missing, strings.TrimPrefix(err.Error(), errMissing.Error()+": "))

	if current == nil {
		return omitted{}
	}

	return owned(current, ownedLevels-e.depth)
}

// A location is a path that is only spelt out when a fault needs it.
type location struct {
	parent *location
	name   string
	index  int
}

func (l *location) under(root *field.Path) *field.Path {
	if l == nil {
		return root
	}

	if l.name == "" {
		return l.parent.under(root).Index(l.index)
	}

	return l.parent.under(root).Child(l.name)
}
