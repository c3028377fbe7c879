package expression

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEvaluateWaits(t *testing.T) {
	type args struct {
		value   map[string]any
		serving map[string]any
		current map[string]any
	}

	db := variables().Serving

	cases := map[string]struct {
		reason string
		args   args
		want   result
	}{
		"There": {
			reason: "A field of the observed serving copy is read.",
			args:   args{value: map[string]any{"host": "${serving.db.status.endpoint}"}, serving: db},
			want:   result{Value: map[string]any{"host": "db.example"}},
		},
		"NoCopy": {
			reason: "While there is no serving copy the field waits, and the reason names the expression.",
			args:   args{value: map[string]any{"host": "${serving.db.status.endpoint}", "port": int64(1)}},
			want:   result{Value: map[string]any{"port": int64(1)}, Missing: []string{"serving.db.status.endpoint"}},
		},
		"NoField": {
			reason: "A serving copy that has no endpoint yet is waited for, too.",
			args:   args{value: map[string]any{"host": "${serving.db.status.arn}"}, serving: db},
			want:   result{Value: map[string]any{}, Missing: []string{"serving.db.status.arn"}},
		},
		"NoItem": {
			reason: "A list that is still empty is waited for: AWS fills it in later.",
			args:   args{value: map[string]any{"host": "${serving.db.status.hosts[0].name}"}, serving: db},
			want:   result{Value: map[string]any{}, Missing: []string{"serving.db.status.hosts[0].name"}},
		},
		"Keeps": {
			reason: "A copy that exists keeps what it has at the same path: DNS must not lose its record in a failover.",
			args: args{
				value:   map[string]any{"spec": map[string]any{"host": "${serving.db.status.arn}"}},
				current: map[string]any{"spec": map[string]any{"host": "old.example"}},
			},
			want: result{Value: map[string]any{"spec": map[string]any{"host": "old.example"}}, Missing: []string{"serving.db.status.arn"}},
		},
		"KeepsText": {
			reason: "Text with an expression in it keeps all of what the copy has.",
			args: args{
				value:   map[string]any{"url": "tcp://${serving.db.status.endpoint}:${xr.spec.size}"},
				current: map[string]any{"url": "tcp://old.example:7"},
			},
			want: result{Value: map[string]any{"url": "tcp://old.example:7"}, Missing: []string{"serving.db.status.endpoint"}},
		},
		"KeepsInLists": {
			reason: "An item of a list keeps the item that the copy has at its place.",
			args: args{
				value:   map[string]any{"records": []any{"a", map[string]any{"value": "${serving.db.status.endpoint}"}}},
				current: map[string]any{"records": []any{"a", map[string]any{"value": "old.example"}}},
			},
			want: result{
				Value:   map[string]any{"records": []any{"a", map[string]any{"value": "old.example"}}},
				Missing: []string{"serving.db.status.endpoint"},
			},
		},
		"KeepsAfterLeftOut": {
			reason: "An item that is left out has no place in the copy: the one after it still keeps its own.",
			args: args{
				value:   map[string]any{"records": []any{"${xr.spec.?nothing}", "${serving.db.status.endpoint}"}},
				current: map[string]any{"records": []any{"old.example"}},
			},
			want: result{Value: map[string]any{"records": []any{"old.example"}}, Missing: []string{"serving.db.status.endpoint"}},
		},
		"KeepsNothing": {
			reason: "A copy that never had the field doesn't get it either.",
			args: args{
				value:   map[string]any{"records": []any{"a", "${serving.db.status.endpoint}"}},
				current: map[string]any{"records": []any{"a"}},
			},
			want: result{Value: map[string]any{"records": []any{"a"}}, Missing: []string{"serving.db.status.endpoint"}},
		},
		"OtherShape": {
			reason: "A copy whose field has another shape keeps nothing of it, and nothing panics.",
			args: args{
				value:   map[string]any{"spec": map[string]any{"hosts": []any{"${serving.db.status.endpoint}"}}},
				current: map[string]any{"spec": map[string]any{"hosts": "old.example"}},
			},
			want: result{Value: map[string]any{"spec": map[string]any{"hosts": []any{}}}, Missing: []string{"serving.db.status.endpoint"}},
		},
		"Optional": {
			reason: "Who asks with ? has an answer for nothing, and waits for nothing.",
			args:   args{value: map[string]any{"host": "${serving.?db.?status.?endpoint.orValue('none')}"}},
			want:   result{Value: map[string]any{"host": "none"}},
		},
		"FaultBeside": {
			reason: "A fault beside something that waits is told at once.",
			args:   args{value: map[string]any{"a": "${serving.db.status.endpoint}", "b": "${xr.spec.nothing}"}},
			want: result{
				Value: map[string]any{}, Missing: []string{"serving.db.status.endpoint"},
				Faults: []string{`root.b: Invalid value: "xr.spec.nothing" fails: no such key: nothing`},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			vars := variables()
			vars.Serving = tc.args.serving

			got := evaluate(tc.args.value, vars, tc.args.current)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestEvaluateZoneName(t *testing.T) {
	template := map[string]any{"zone": "${zone.name}", "name": "x-${zone.name}", "id": "${zone.id}"}
	cases := map[string]struct {
		reason  string
		name    string
		current map[string]any
		want    result
	}{
		"Known": {
			reason: "The account's name of the zone is read.",
			name:   "us-west-2a",
			want:   result{Value: map[string]any{"zone": "us-west-2a", "name": "x-us-west-2a", "id": "usw2-az2"}},
		},
		"Unknown": {
			reason: "While nothing observed tells the name, the copy waits for it: another account's name is another zone.",
			want:   result{Value: map[string]any{"id": "usw2-az2"}, Missing: []string{"zone.name", "zone.name"}},
		},
		"Keeps": {
			reason:  "A copy that exists keeps the name it has when the region goes dark and nothing tells it any more.",
			current: map[string]any{"zone": "us-west-2c", "name": "x-us-west-2c"},
			want: result{
				Value:   map[string]any{"zone": "us-west-2c", "name": "x-us-west-2c", "id": "usw2-az2"},
				Missing: []string{"zone.name", "zone.name"},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			vars := variables()
			vars.Zone.Name = tc.name

			got := evaluate(template, vars, tc.current)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
