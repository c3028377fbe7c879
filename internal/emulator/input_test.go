package emulator

import (
	"net/url"
	"strconv"
	"testing"
)

func TestFormInput(t *testing.T) {
	form := url.Values{
		"Name":                            {"x"},
		"Tags.Tag.1.Key":                  {"a"},
		"Tags.Tag.1.Value":                {"b"},
		"Filter.1.Name":                   {"state"},
		"Filter.1.Value.1":                {"available"},
		"Filter.1.Value.2":                {"impaired"},
		"Filters.Filter.1.Name":           {"engine"},
		"Filters.Filter.1.Values.Value.1": {"mysql"},
	}

	want := make([]string, 0, 12)

	for i := range 12 {
		want = append(want, "sg-"+strconv.Itoa(i))
		form.Set("Ids.Id."+strconv.Itoa(i+1), want[i])
	}

	in := formInput(form)
	equal(t, "A scalar is text.", "x", in.str("Name"))
	equal(t, "Tags are a list of structures.", map[string]string{"a": "b"}, in.tags("Tags"))
	equal(t, "EC2 numbers elements; RDS names them first.",
		[]any{"state", []string{"available", "impaired"}, "engine", []string{"mysql"}},
		[]any{
			in.structs("Filter")[0].str("Name"), in.structs("Filter")[0].strs("Value"),
			in.structs("Filters")[0].str("Name"), in.structs("Filters")[0].strs("Values"),
		})
	equal(t, "Elements are in the order of their numbers.", want, in.strs("Ids"))
}

func TestParams(t *testing.T) {
	const known params = "Name! Size:int On:bool At:number Tags:list Spec:struct"

	cases := map[string]struct {
		reason string
		in     input
		want   string
	}{
		"All": {
			reason: "What is described is accepted.",
			in:     input{"Name": "x", "Size": "1", "On": "true", "At": "1.5", "Tags": []any{}, "Spec": input{}},
		},
		"Missing":  {reason: "What is required must be there.", in: input{}, want: codeMissing},
		"Unknown":  {reason: "What is not described is refused.", in: input{"Name": "x", "Colour": "red"}, want: codeInvalidValue},
		"Integer":  {reason: "A number is one.", in: input{"Name": "x", "Size": "many"}, want: codeInvalidValue},
		"Boolean":  {reason: "So is a boolean.", in: input{"Name": "x", "On": "perhaps"}, want: codeInvalidValue},
		"Fraction": {reason: "And a fraction.", in: input{"Name": "x", "At": "now"}, want: codeInvalidValue},
		"List":     {reason: "And a list.", in: input{"Name": "x", "Tags": "a"}, want: codeInvalidValue},
		"Struct":   {reason: "And a structure.", in: input{"Name": "x", "Spec": "a"}, want: codeInvalidValue},
		"Text":     {reason: "A text is no structure.", in: input{"Name": input{}}, want: codeInvalidValue},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			equal(t, tc.reason, tc.want, codeOf(known.check(tc.in, queryErrors())))
		})
	}
}
