package schema

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const document = `
versions:
- schema:
    type: object
    required: [name]
    properties:
      name: {type: string, minLength: 1, maxLength: 8, pattern: "^[a-z]+$"}
      tier: {type: string, enum: [Data, Network]}
      min: {type: integer, minimum: 1}
      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
      any: {x-kubernetes-preserve-unknown-fields: true}
      text: {type: object, additionalProperties: {type: string}}
      zones:
        type: object
        properties:
          min: {type: integer}
      components:
        type: array
        minItems: 1
        items:
          type: object
          required: [name]
          properties:
            name: {type: string}
            after: {type: array, items: {type: string}}
      byName:
        type: object
        additionalProperties:
          type: object
          required: [id]
          properties:
            id: {type: string}
`

func parse(t *testing.T) *Schema {
	t.Helper()

	s, err := Parse([]byte(document), "versions", 0, "schema")
	if err != nil {
		t.Fatal(err)
	}

	return s
}

func TestValidate(t *testing.T) {
	type obj = map[string]any

	cases := map[string]struct {
		reason string
		value  any
		want   []string // PATH, a space and what the fault must say
	}{
		"Valid": {
			reason: "What the schema allows has no fault.",
			value: obj{
				"name": "db", "tier": "Data", "min": int64(1), "free": obj{"x": []any{obj{"y": 1.5}}}, "any": "x", "text": obj{"a": "b"},
				"components": []any{obj{"name": "a", "after": []any{"b"}}}, "byName": obj{"a": obj{"id": "1"}},
			},
		},
		"Required":       {reason: "A field that must be there is named.", value: obj{}, want: []string{"root.name Required"}},
		"RequiredNested": {reason: "The path leads into lists.", value: obj{"name": "a", "components": []any{obj{"name": "a"}, obj{}}}, want: []string{"root.components[1].name Required"}},
		"RequiredInMap":  {reason: "The path leads into maps.", value: obj{"name": "a", "byName": obj{"x": obj{}}}, want: []string{"root.byName.x.id Required"}},
		"Type":           {reason: "A text where a number must be is told with the type that is wanted.", value: obj{"name": "a", "min": "1"}, want: []string{"root.min integer"}},
		"TypeRoot":       {reason: "A list is no object.", value: []any{}, want: []string{"root object"}},
		"TypeInList":     {reason: "Items have types, too.", value: obj{"name": "a", "components": []any{obj{"name": "a", "after": []any{"b", int64(1)}}}}, want: []string{"root.components[0].after[1] string"}},
		"TypeInMap":      {reason: "Values of a map have types.", value: obj{"name": "a", "text": obj{"k": true}}, want: []string{"root.text.k string"}},
		"Fraction":       {reason: "One and a half is no integer.", value: obj{"name": "a", "min": 1.5}, want: []string{"root.min integer"}},
		"FoundInManyWays": {
			reason: "Faults of the schema and fields that it does not know come in one order.",
			value:  obj{"name": "TOO-LONG-A-NAME", "components": []any{}, "x": 1, "y": 1},
			want:   []string{"root.components 1", "root.name 8", "root.x unknown", "root.y unknown"},
		},
		"Enum":     {reason: "The words that are allowed are listed.", value: obj{"name": "a", "tier": "data"}, want: []string{"root.tier Data"}},
		"Minimum":  {reason: "A number has a least value.", value: obj{"name": "a", "min": int64(0)}, want: []string{"root.min 1"}},
		"Pattern":  {reason: "A name has a form.", value: obj{"name": "A"}, want: []string{"root.name ^[a-z]+$"}},
		"Short":    {reason: "A name is not empty.", value: obj{"name": ""}, want: []string{"root.name 1"}},
		"MinItems": {reason: "A list that must not be empty is told.", value: obj{"name": "a", "components": []any{}}, want: []string{"root.components 1"}},
		"Unknown": {
			reason: "A misspelt field is told with what there is, rather than dropped: it would change nothing and nobody would know.",
			value:  obj{"name": "a", "zones": obj{"mim": int64(1)}},
			want:   []string{"root.zones.mim unknown field, want one of min"},
		},
		"UnknownInList": {reason: "A misspelt field is found in lists.", value: obj{"name": "a", "components": []any{obj{"name": "a", "afer": "b"}}}, want: []string{"root.components[0].afer unknown"}},
		"UnknownInMap":  {reason: "A misspelt field is found in maps, and the key shows where.", value: obj{"name": "a", "byName": obj{"x": obj{"id": "1", "idd": "2"}}}, want: []string{"root.byName[x].idd unknown"}},
		"AllAtOnce": {
			reason: "All faults are told at once, in the order of their paths.",
			value:  obj{"zones": obj{"x": true}, "min": "1", "tier": "data", "components": []any{obj{}, obj{"name": int64(1)}}, "byName": obj{"b": obj{}, "a": obj{}}},
			want: []string{
				"root.byName.a.id Required", "root.byName.b.id Required", "root.components[0].name Required", "root.components[1].name string",
				"root.min integer", "root.name Required", "root.tier Data", "root.zones.x unknown",
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := parse(t)

			var first []string

			// Maps of Go come in another order each time.
			for range 20 {
				faults := s.Validate(tc.value, field.NewPath("root"))

				got := make([]string, 0, len(faults))
				for _, f := range faults {
					got = append(got, f.Error())
				}

				if first == nil {
					first = got
				}

				if diff := cmp.Diff(first, got); diff != "" {
					t.Fatalf("%s\nThe same faults must come in the same order: -first +now:\n%s", tc.reason, diff)
				}
			}

			if len(first) != len(tc.want) {
				t.Fatalf("%s\nwant %d faults: %q\ngot %d: %q", tc.reason, len(tc.want), tc.want, len(first), first)
			}

			for i, want := range tc.want {
				path, says, _ := strings.Cut(want, " ")
				if !strings.HasPrefix(first[i], path+": ") || !strings.Contains(first[i], says) {
					t.Errorf("%s\nwant a fault at %s that says %q, got %q", tc.reason, path, says, first[i])
				}
			}
		})
	}
}

func TestValidateWithoutPath(t *testing.T) {
	faults := parse(t).Validate(map[string]any{"zones": map[string]any{"x": "y"}}, nil)

	got := make([]string, 0, len(faults))
	for _, f := range faults {
		got = append(got, f.Field)
	}

	slices.Sort(got)

	if diff := cmp.Diff([]string{"name", "zones.x"}, got); diff != "" {
		t.Errorf("A value that is the whole input has paths of its own: -want +got:\n%s", diff)
	}
}

func TestParse(t *testing.T) {
	cases := map[string]struct {
		reason   string
		document string
		keys     []any
		want     bool // whether it can be read
	}{
		"Whole":     {reason: "Without keys the document is the schema.", document: "type: object", want: true},
		"Nested":    {reason: "Keys lead through maps and lists.", document: "a: [{b: {type: object}}]", keys: []any{"a", 0, "b"}, want: true},
		"NoField":   {reason: "A CRD without a schema is an error, not a schema that allows everything.", document: "a: {}", keys: []any{"b"}},
		"NoItem":    {reason: "An item that is not there is an error, not a panic.", document: "a: []", keys: []any{"a", 0}},
		"OtherKind": {reason: "A key of another kind leads nowhere.", document: "a: text", keys: []any{"a", 0}},
		"NoYAML":    {reason: "What is no YAML is an error.", document: "a: [", keys: []any{"a"}},
		"NoSchema":  {reason: "A text is no schema.", document: "a: text", keys: []any{"a"}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tc.document), tc.keys...)
			if diff := cmp.Diff(tc.want, err == nil); diff != "" {
				t.Errorf("%s\n-want +got:\n%s%v", tc.reason, diff, err)
			}
		})
	}
}
