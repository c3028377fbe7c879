package record

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

// asMap returns a map of any named type as a map.
func asMap(v any) (map[string]any, bool) {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Map {
		return nil, false
	}

	m, ok := r.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any)

	return m, ok
}

func TestWhichTablesCanBeTheRecord(t *testing.T) {
	cases := map[string]struct {
		reason string
		setup  func(w *world)
		listed []string
		want   failover.RecordFault
	}{
		"Elsewhere": {
			reason: "A table of one region has one truth, and that region is not decided about.",
			setup:  func(w *world) { w.single(ohio) },
			listed: []string{ohio},
		},
		"Strong": {
			reason: "So has one with strong consistency, wherever it is.",
			setup:  func(w *world) { w.global(emulator.Strong, "", east, west, ohio) },
			listed: []string{west, ohio},
		},
		"Witness": {
			reason: "A witness takes part.",
			setup:  func(w *world) { w.global(emulator.Strong, ohio, east, west) },
			listed: []string{west, east},
		},
		"DecidedAbout": {
			reason: "A record that is lost with a region can't decide about it.",
			setup:  func(w *world) { w.single(west) },
			listed: []string{west},
			want:   failover.RecordFault{Code: failover.CodeRecordNotStrong, Detail: "table crossdr in us-west-2 is of that region alone, which is one of those that are decided about: it would be lost with it. Use a table of another region, or one with multi-region strong consistency"},
		},
		"TwoTables": {
			reason: "Two tables of one name are two records.",
			setup:  func(w *world) { w.single(ohio); w.single(ireland) },
			listed: []string{ohio, ireland},
			want:   failover.RecordFault{Code: failover.CodeRecordNotStrong, Detail: "table crossdr in us-east-2 is of that region alone, so what is in the others of spec.forProvider.record.dynamoDB.regions (us-east-2, eu-west-1) is another table: list one region, or give the table multi-region strong consistency"},
		},
		"Eventual": {
			reason: "With eventual consistency both control planes win, and one of them is not told.",
			setup:  func(w *world) { w.global(emulator.Eventual, "", west, ohio) },
			listed: []string{ohio},
			want:   failover.RecordFault{Code: failover.CodeRecordNotStrong, Detail: "table crossdr in us-east-2 is a global table with eventual consistency (us-east-2, us-west-2): it must be of one region, or have multi-region strong consistency"},
		},
		"TooFew": {
			reason: "Two regions have no majority when one of them is lost.",
			setup:  func(w *world) { w.global(emulator.Strong, "", west, ohio) },
			listed: []string{ohio, west},
			want:   failover.RecordFault{Code: failover.CodeRecordNotStrong, Detail: "table crossdr in us-east-2 has replicas in us-east-2, us-west-2 and 0 witnesses: it must have three regions, or two and a witness"},
		},
		"WitnessListed": {
			reason: "A witness can't be called, so what answers there would be something else.",
			setup:  func(w *world) { w.global(emulator.Strong, east, west, ohio) },
			listed: []string{ohio, east},
			want:   failover.RecordFault{Code: failover.CodeRecordNotStrong, Detail: "table crossdr in us-east-2 has us-east-1 for a witness, which can't be called: take it out of spec.forProvider.record.dynamoDB.regions"},
		},
		"NoReplicaListed": {
			reason: "A region without a replica may have another table of that name.",
			setup:  func(w *world) { w.global(emulator.Strong, "", east, west, ohio) },
			listed: []string{ohio, ireland},
			want:   failover.RecordFault{Code: failover.CodeRecordNotStrong, Detail: "table crossdr in us-east-2 has replicas in us-east-1, us-east-2, us-west-2, and none in eu-west-1: what is there is another table. Take it out of spec.forProvider.record.dynamoDB.regions"},
		},
		"OtherKey": {
			reason: "A table for something else is told by its key.",
			setup: func(w *world) {
				w.aws.Account(account).Region(ohio).AddTable(emulator.Table{Name: tableName, HashKey: "pk", RangeKey: "sk"})
			},
			listed: []string{ohio},
			want:   failover.RecordFault{Code: failover.CodeRecordUnreadable, Detail: "the key of table crossdr in us-east-2 is pk (S), sk (S), and must be id (S) alone"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			tc.setup(w)

			got := w.record(tc.listed...).Read(t.Context(), tc.listed)

			want := failover.Reply{Result: failover.ResultDone, Reading: failover.Reading{Fault: tc.want}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}

			if calls := w.aws.Calls(emulator.Scope{Action: "GetItem"}); tc.want.Code != "" && len(calls) > 0 {
				t.Errorf("%s\nits items don't matter, and are not read: %v", tc.reason, calls)
			}
		})
	}
}

func TestTableIsDescribedSeldom(t *testing.T) {
	w := newWorld(t)
	w.single(ohio)

	described := emulator.Scope{Action: "DescribeTable"}
	readable := func() bool {
		return w.record(ohio).Read(t.Context(), []string{ohio}).Reading.Fault.Code == ""
	}

	steps := []struct {
		reason  string
		advance time.Duration
		fault   *emulator.Fault
		calls   int
		want    bool
	}{
		{reason: "At first nobody knows what the table is.", calls: 1, want: true},
		{reason: "What is known serves for minutes.", advance: describedFor - time.Second, calls: 1, want: true},
		{reason: "Then it is looked up again.", advance: time.Second, calls: 2, want: true},
		{reason: "While the table can't be described, it is still what it was.", advance: describedFor, fault: new(emulator.Throttle()), calls: 3, want: true},
		{reason: "Who is not allowed to look does not know.", fault: new(emulator.Deny()), calls: 4, want: false},
		{reason: "And asks again.", calls: 5, want: true},
	}

	for _, step := range steps {
		w.clock.Advance(step.advance)

		if step.fault != nil {
			defer w.inject(ohio, "DescribeTable", step.fault.Times(1)).Clear()
		}

		if got := readable(); got != step.want {
			t.Errorf("%s: readable %t, want %t", step.reason, got, step.want)
		}

		if got := len(w.aws.Calls(described)); got != step.calls {
			t.Errorf("%s: %d calls so far, want %d", step.reason, got, step.calls)
		}
	}
}
