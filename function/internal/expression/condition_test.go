package expression

import (
	"strings"
	"testing"
)

func TestCompileCondition(t *testing.T) {
	object := map[string]any{
		"status": map[string]any{
			"phase": "Completed", "replicas": int64(2), "share": 2.0,
			"conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
		},
	}

	type want struct {
		holds bool
		err   string
	}

	cases := map[string]struct {
		reason string
		source string
		want   want
	}{
		"True":        {reason: "What holds, holds.", source: `object.status.phase == "Completed"`, want: want{holds: true}},
		"False":       {reason: "What does not, does not.", source: `object.status.phase == "Failed"`},
		"NotThere":    {reason: "A field that is not there yet is no error.", source: `object.status.atProvider.id == "x"`},
		"Optional":    {reason: "Optional fields may be asked for.", source: `object.?status.?atProvider.?id.orValue("") == ""`, want: want{holds: true}},
		"Has":         {reason: "So may their presence.", source: `has(object.status.phase) && !has(object.status.other)`, want: want{holds: true}},
		"Exists":      {reason: "Conditions are a list.", source: `object.status.conditions.exists(c, c.type == "Ready" && c.status == "True")`, want: want{holds: true}},
		"Numbers":     {reason: "JSON has one kind of number.", source: `object.status.replicas >= 1 && object.status.share == 2`, want: want{holds: true}},
		"Dynamic":     {reason: "A field that is no boolean is not true.", source: `object.status.phase`},
		"NotABoolean": {reason: "A condition is true or false.", source: `"yes"`, want: want{err: "is a string, want true or false"}},
		"Unknown":     {reason: "Nothing but the object is there.", source: `xr.spec.size == 1`, want: want{err: "does not compile"}},
		"NoCode":      {reason: "An empty one says nothing.", source: ``, want: want{err: "does not compile"}},
		"Syntax":      {reason: "A fault in it is told.", source: `object.status.`, want: want{err: "does not compile"}},
		"Costly":      {reason: "One that would take for ever does not hold.", source: `[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, [1,2,3,4,5,6,7,8,9,10].all(g, a+b+c+d+e+f+g+object.status.replicas > 0)))))))`},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, err := CompileCondition(tc.source)
			if err != nil || tc.want.err != "" {
				if err == nil || tc.want.err == "" || !strings.Contains(err.Error(), tc.want.err) {
					t.Errorf("%s\nCompileCondition(%q): want error %q, got %v", tc.reason, tc.source, tc.want.err, err)
				}

				return
			}

			if got := c.Holds(object); got != tc.want.holds {
				t.Errorf("%s\nHolds(...) of %q: want %v, got %v", tc.reason, tc.source, tc.want.holds, got)
			}
		})
	}
}
