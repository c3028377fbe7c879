package expression

import (
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"pgregory.net/rapid"
)

func TestCompileFaults(t *testing.T) {
	cases := map[string]struct {
		reason string
		value  any
		want   []string // the paths of the faults
	}{
		"None":           {reason: "A template without a fault has none.", value: map[string]any{"a": "${xr.spec.x}"}},
		"RegionField":    {reason: "A misspelt field of the region is found before any failover needs it.", value: map[string]any{"a": "${region.nme}"}, want: []string{"root.a"}},
		"ZoneField":      {reason: "A misspelt field of the zone is found, too.", value: map[string]any{"a": "${zone.idx}"}, want: []string{"root.a"}},
		"RegionItself":   {reason: "The region is no value: its name is.", value: map[string]any{"a": "${region}"}, want: []string{"root.a"}},
		"ZoneItself":     {reason: "The zone is no value: its id is.", value: map[string]any{"a": "${zone}"}, want: []string{"root.a"}},
		"Unknown":        {reason: "There are no other variables.", value: map[string]any{"a": "${spec.x}"}, want: []string{"root.a"}},
		"Internal":       {reason: "What the macro hands on can't be read by hand.", value: map[string]any{"a": "${@offered}"}, want: []string{"root.a"}},
		"Syntax":         {reason: "What is no CEL is a fault.", value: map[string]any{"a": "${1 +}"}, want: []string{"root.a"}},
		"Empty":          {reason: "Nothing is no expression.", value: map[string]any{"a": "${}"}, want: []string{"root.a"}},
		"Unclosed":       {reason: "An expression must end.", value: map[string]any{"a": "${xr.spec"}, want: []string{"root.a"}},
		"Arguments":      {reason: "Arguments have types.", value: map[string]any{"a": "${cidrSubnet(1, 2, 3)}"}, want: []string{"root.a"}},
		"ArgumentsCount": {reason: "firstOffered takes one list.", value: map[string]any{"a": "${firstOffered('m7', 'm8')}"}, want: []string{"root.a"}},
		"AllAtOnce": {
			reason: "Every fault is told at once with its path, in the order of the fields, so that a plan is fixed in one go.",
			value: map[string]any{
				"z": "${zone}", "b": []any{"ok", "${nope}", map[string]any{"c": "${1 +}"}}, "a": "x ${region.nme} ${zone.idx} y",
			},
			want: []string{"root.a", "root.a", "root.b[1]", "root.b[2].c", "root.z"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, faults := Compile(tc.value, field.NewPath("root"))

			got := slices.Grow([]string(nil), len(faults))
			for _, f := range faults {
				got = append(got, f.Field)
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s\n%v", tc.reason, diff, faults)
			}
		})
	}
}

func TestTemplateReads(t *testing.T) {
	type want struct {
		serving       []string
		zone, current bool
	}

	cases := map[string]struct {
		reason string
		source string
		want   want
	}{
		"Nothing":  {reason: "What reads the XR only needs nothing of the copy.", source: "${xr.spec.serving}"},
		"Serving":  {reason: "A serving copy is named by a field, an optional field or an index.", source: "${serving.db.x} ${serving.?lb} ${serving['app'].x}", want: want{serving: []string{"app", "db", "lb"}, current: true}},
		"Twice":    {reason: "A component that is read twice is read.", source: "${serving.db.x + serving.db.y}", want: want{serving: []string{"db"}, current: true}},
		"Computed": {reason: "A name that is computed can't be checked against the plan, and has no name.", source: "${serving[component]}", want: want{serving: []string{""}, current: true}},
		"Inside":   {reason: "A serving copy is found inside macros and functions, too.", source: "${region.zones.map(z, serving.db.ips[z.index])}", want: want{serving: []string{"db"}, current: true}},
		"Zone":     {reason: "Any field of the zone needs a zone, and a name that may be unknown needs the current copy.", source: "${zone.name}", want: want{zone: true, current: true}},
		"Offered":  {reason: "firstOffered stays with what the copy has.", source: "${firstOffered(['m7'])}", want: want{current: true}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tpl, faults := Compile([]any{tc.source, "static"}, nil)
			if len(faults) > 0 {
				t.Fatal(faults)
			}

			got := want{serving: tpl.Serving(), zone: tpl.NeedsZone(), current: tpl.NeedsCurrent()}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// scribble writes into the first three levels of maps, which belong to whoever
// asked for the evaluation.
func scribble(v any, levels int) {
	m, ok := v.(map[string]any)
	if !ok || levels == 0 {
		return
	}

	for _, child := range m {
		scribble(child, levels-1)
	}

	m["scribbled"] = true
	delete(m, "region")
}

func TestEvaluateSharesSafely(t *testing.T) {
	template := func() map[string]any {
		return map[string]any{
			"metadata": map[string]any{"labels": map[string]any{"a": "b"}},
			"spec": map[string]any{
				"forProvider": map[string]any{"region": "us-east-1", "tags": map[string]any{"k": "v"}, "list": []any{map[string]any{"x": "y"}}},
				"name":        "${xr.metadata.name}",
			},
		}
	}

	static := template()
	static["spec"].(map[string]any)["name"] = "static"

	waits := template()
	waits["spec"].(map[string]any)["initProvider"] = "${serving.none.spec}"

	for name, value := range map[string]map[string]any{"Mixed": template(), "Static": static, "Waits": waits} {
		t.Run(name, func(t *testing.T) {
			tpl, faults := Compile(value, nil)
			if len(faults) > 0 {
				t.Fatal(faults)
			}

			current := map[string]any{"spec": map[string]any{"initProvider": map[string]any{"region": "us-east-1"}}}

			// As bytes, so that no result is written to by another caller.
			evaluated := func(t *testing.T, r Result) string {
				t.Helper()

				b, err := json.Marshal(r.Value)
				if err != nil {
					t.Error(err)
				}

				return string(b)
			}
			want := evaluated(t, tpl.Evaluate(variables(), current, nil))

			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					vars := variables()
					for range 20 {
						got := tpl.Evaluate(vars, current, nil)
						if diff := cmp.Diff(want, evaluated(t, got)); diff != "" {
							t.Errorf("what one caller writes shows up at another: -want +got:\n%s", diff)
						}

						scribble(got.Value, ownedLevels)
					}
				})
			}

			wg.Wait()

			if diff := cmp.Diff(want, evaluated(t, tpl.Evaluate(variables(), current, nil))); diff != "" {
				t.Errorf("the first three levels are not the caller's own: -want +got:\n%s", diff)
			}
		})
	}
}

// anyValue is a JSON value with some expressions, good and bad.
func anyValue(depth int) *rapid.Generator[any] {
	leaf := rapid.SampledFrom([]any{
		nil, true, int64(1), 1.5, "text", "$${x}", "${xr.spec.size}", "${xr.spec.?no}", "${xr.spec.no}", "${serving.no.x}",
		"a-${active}-${zone.id}", "${xr.spec.tags.map(k, k + active)}", "${ {'b': xr.spec.?no, 'a': serving.db} }", "${", "${nope}",
	})
	if depth == 0 {
		return leaf
	}

	child := anyValue(depth - 1)
	list := rapid.Map(rapid.SliceOfN(child, 0, 4), func(l []any) any { return l })
	object := rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), child, 0, 4), func(m map[string]any) any { return m })

	return rapid.OneOf(leaf, list, object)
}

func TestEvaluateIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := anyValue(3).Draw(t, "value")

		current, _ := anyValue(3).Draw(t, "current").(map[string]any)
		if first, second := evaluate(value, variables(), current), evaluate(value, variables(), current); !reflect.DeepEqual(first, second) {
			t.Fatalf("two evaluations differ: %s", cmp.Diff(first, second))
		}
	})
}
