package expression

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// variables of a copy in us-west-2, in the second zone, while db serves.
func variables() *Variables {
	return &Variables{
		XR: map[string]any{
			"metadata": map[string]any{"name": "payments"},
			"spec": map[string]any{
				"size": int64(100), "cidr": "10.0.0.0/16", "ratio": 0.5, "public": false,
				"classes": []any{"m8", "m7"},
				"tags":    map[string]any{"team": "a", "app": "pay", "env": "prod", "cost": "42", "tier": "gold"},
			},
		},
		Region: &Region{
			Name:       "us-west-2",
			Zones:      []any{map[string]any{"id": "usw2-az1", "name": "us-west-2b", "index": int64(0)}},
			Parameters: map[string]any{"kms": "arn:kms"},
		},
		Zone:      &Zone{ID: "usw2-az2", Name: "us-west-2a", Index: 1},
		Component: "app",
		Active:    "us-west-2",
		Serving: map[string]any{"db": map[string]any{
			"status": map[string]any{"endpoint": "db.example", "ports": []any{int64(5432)}, "hosts": []any{}},
		}},
	}
}

// A result with its faults in words.
type result struct {
	Value   any
	Missing []string
	Faults  []string
}

// evaluate compiles and evaluates a value. Faults of the compiler end it.
func evaluate(value any, vars *Variables, current map[string]any) result {
	path := field.NewPath("root")

	t, faults := Compile(value, path)
	if len(faults) > 0 {
		return result{Value: map[string]any(nil), Faults: words(faults)}
	}

	r := t.Evaluate(vars, current, path)

	return result{Value: r.Value, Missing: r.Missing, Faults: words(r.Faults)}
}

func words(faults field.ErrorList) []string {
	out := slices.Grow([]string(nil), len(faults))
	for _, f := range faults {
		out = append(out, f.Error())
	}

	return out
}

func TestEvaluateTypes(t *testing.T) {
	cases := map[string]struct {
		reason string
		value  any
		want   any
	}{
		"Integer":  {reason: "A whole string keeps the type of its expression: a size is a number in the CRD, too.", value: "${xr.spec.size}", want: int64(100)},
		"Double":   {reason: "A fraction stays one.", value: "${xr.spec.ratio}", want: 0.5},
		"Boolean":  {reason: "False is not the text false.", value: "${xr.spec.public}", want: false},
		"Null":     {reason: "Null is a value that a field can have.", value: "${null}", want: nil},
		"List":     {reason: "A list stays one, in its order.", value: "${xr.spec.classes}", want: []any{"m8", "m7"}},
		"Map":      {reason: "A map stays one.", value: "${ {'a': [1, {'b': true}]} }", want: map[string]any{"a": []any{int64(1), map[string]any{"b": true}}}},
		"Unsigned": {reason: "JSON has no unsigned numbers, but one that fits is fine.", value: "${7u}", want: int64(7)},
		"InText":   {reason: "Within text, numbers and booleans are written as JSON writes them.", value: "${xr.spec.size}/${xr.spec.ratio}/${xr.spec.public}", want: "100/0.5/false"},
		"Sum":      {reason: "Whole numbers of an XR can be added to those of the source.", value: "${xr.spec.size + 1}", want: int64(101)},
		"Region":   {reason: "The variables of a copy are there.", value: "${region.name} ${zone.id} ${zone.name} ${zone.index} ${component} ${active} ${region.parameters.kms}", want: "us-west-2 usw2-az2 us-west-2a 1 app us-west-2 arn:kms"},
		"CIDR":     {reason: "The CIDR of a zone follows from its index.", value: "${cidrSubnet(xr.spec.cidr, 4, zone.index)}", want: "10.0.16.0/20"},
		"Zones":    {reason: "The zones of the region are a list.", value: "${region.zones.map(z, z.id)}", want: []any{"usw2-az1"}},
		"LocalName": {
			reason: "A name that a macro binds hides the variable: zone is here each of the zones.",
			value:  "${region.zones.map(zone, zone.id)}", want: []any{"usw2-az1"},
		},
		"Shadow": {reason: "The copy's zone is read inside a macro, too.", value: "${region.zones.map(z, zone.id)}", want: []any{"usw2-az2"}},
		"Absent": {
			reason: "A field whose expression is optional.none() is left out, and so is an item.",
			value:  map[string]any{"a": "${xr.spec.?nothing}", "b": []any{"${optional.none()}", "x"}, "c": "${xr.spec.?size}"},
			want:   map[string]any{"b": []any{"x"}, "c": int64(100)},
		},
		"AbsentInMap": {
			reason: "optional.none() within a value is left out there: it is nothing that JSON could hold.",
			value:  "${ {'a': xr.spec.?nothing, 'b': [xr.spec.?nothing, xr.spec.?size]} }",
			want:   map[string]any{"b": []any{int64(100)}},
		},
		"AbsentRoot": {reason: "A template that is nothing has no value.", value: "${optional.none()}", want: nil},
		"Escape":     {reason: "An escape is undone beside expressions.", value: map[string]any{"a": "$${aws:username}", "b": "${active}"}, want: map[string]any{"a": "${aws:username}", "b": "us-west-2"}},
		"EscapeInStatic": {
			reason: "An escape is undone where nothing else is an expression, too, however deep.",
			value:  map[string]any{"policy": map[string]any{"Resource": []any{"b/$${aws:username}"}}, "b": "${active}"},
			want:   map[string]any{"policy": map[string]any{"Resource": []any{"b/${aws:username}"}}, "b": "us-west-2"},
		},
		"EscapeOnly": {reason: "A template of escapes only is undone.", value: map[string]any{"a": []any{"$${x}"}}, want: map[string]any{"a": []any{"${x}"}}},
		"Ordered": {
			reason: "A map is walked in the order of its keys: the same request gives the same list.",
			value:  "${xr.spec.tags.map(k, k)}", want: []any{"app", "cost", "env", "team", "tier"},
		},
		"OrderedLiteral": {
			reason: "That holds for a map of the source, too.",
			value:  "${ {'e': 1, 'd': 2, 'c': 3, 'b': 4, 'a': 5}.map(k, k).join(' ') }", want: "a b c d e",
		},
		"OrderedNumbers": {
			reason: "Keys that are numbers are in the order of numbers.",
			value:  "${ {10: 1, 9: 2, 1: 3}.map(k, k) }", want: []any{int64(1), int64(9), int64(10)},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			// Maps of Go come in another order each time.
			for range 20 {
				if diff := cmp.Diff(result{Value: tc.want}, evaluate(tc.value, variables(), nil)); diff != "" {
					t.Fatalf("%s\n-want +got:\n%s", tc.reason, diff)
				}
			}
		})
	}
}

func TestEvaluateFaults(t *testing.T) {
	cases := map[string]struct {
		reason string
		value  string
		want   string // what the one fault must say, beside its path
	}{
		"Bytes":       {reason: "JSON holds no bytes.", value: "${b'x'}", want: "is a bytes"},
		"Key":         {reason: "JSON's keys are strings.", value: "${ {1: 2} }", want: "has a key that is a int"},
		"NaN":         {reason: "JSON has no NaN.", value: "${0.0 / 0.0}", want: "no number that JSON can hold"},
		"Infinite":    {reason: "JSON has no infinity.", value: "${1.0 / 0.0}", want: "no number that JSON can hold"},
		"Large":       {reason: "A number that int64 can't hold must not turn negative.", value: "${18446744073709551615u}", want: "larger than JSON can hold"},
		"Time":        {reason: "A time has many spellings: the author must choose one.", value: "${timestamp('2020-01-01T00:00:00Z')}", want: "Timestamp"},
		"Type":        {reason: "A type is no value.", value: "${type(1)}", want: "is a type"},
		"MapInText":   {reason: "A map within text has no spelling.", value: "a-${xr.spec.tags}", want: "is a map, which can't stand within a string"},
		"ListInText":  {reason: "A list within text has no spelling.", value: "a-${xr.spec.classes}", want: "is a list"},
		"NullInText":  {reason: "Null within text is a mistake, not the word null.", value: "a-${null}", want: "is null"},
		"NoneInText":  {reason: "Nothing within text is a mistake: a name would end in a dash.", value: "a-${xr.spec.?nothing}", want: "can't stand within a string"},
		"NoField":     {reason: "A field that the XR does not have is named.", value: "${xr.spec.nothing}", want: "nothing"},
		"NoParameter": {reason: "A parameter that the XR gives for another region only is a fault here.", value: "${region.parameters.sg}", want: "sg"},
		"NoItem":      {reason: "An item that the XR does not have is a fault: nothing will bring it.", value: "${xr.spec.classes[2]}", want: "index out of bounds"},
		"Overflow":    {reason: "Numbers don't wrap around.", value: "${9223372036854775807 + xr.spec.size}", want: "overflow"},
		"CIDR":        {reason: "The fault of a function is passed on.", value: "${cidrSubnet(xr.spec.cidr, 4, 16)}", want: "no subnet number 16"},
		"Runaway": {
			reason: "An expression that computes for ever is stopped, by a count and not by a clock.",
			value:  "${" + strings.Repeat("[1,2,3,4,5,6,7,8,9,10].map(a, ", 7) + "1" + strings.Repeat(")", 7) + ".size()}",
			want:   "cost limit exceeded",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := evaluate(map[string]any{"a": []any{tc.value}}, variables(), nil)
			if diff := cmp.Diff(map[string]any{"a": []any{}}, got.Value); diff != "" {
				t.Errorf("%s\nA field that failed is left out: -want +got:\n%s", tc.reason, diff)
			}

			if len(got.Faults) != 1 || !strings.HasPrefix(got.Faults[0], "root.a[0]: ") || !strings.Contains(got.Faults[0], tc.want) {
				t.Errorf("%s\nwant one fault at root.a[0] that says %q, got %q", tc.reason, tc.want, got.Faults)
			}
		})
	}
}
