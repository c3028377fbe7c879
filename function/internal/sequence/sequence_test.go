package sequence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOpen(t *testing.T) {
	const active = "us-west-2"

	after := map[string][]string{"subnet": {"vpc"}, "db": {"subnet", "key"}, "dns": {"db"}, "app": {"dns", "dns"}}

	type args struct {
		copies []Copy
		after  map[string][]string
	}

	ready := func(c Copy) Copy {
		c.Exists, c.Ready = true, true

		return c
	}
	vpc := Copy{Key: "vpc-us-west-2", Component: "vpc", Region: active, Counts: true}
	home := Copy{Key: "vpc", Component: "vpc", Region: "us-east-1", Counts: true}
	subnet := Copy{Key: "subnet-usw2-az1", Component: "subnet", Region: active, Counts: true}
	second := Copy{Key: "subnet-usw2-az2", Component: "subnet", Region: active, Counts: true}
	db := Copy{Key: "db-us-west-2-e2", Component: "db", Region: active, Counts: true}
	dns := Copy{Key: "dns", Component: "dns", Counts: true}
	app := Copy{Key: "app-us-west-2", Component: "app", Region: active, Counts: true}

	fenced := Copy{Key: "db", Component: "db", Region: active, Exists: true}

	cases := map[string]struct {
		reason string
		args   args
		want   map[string][]string
	}{
		"Chain": {
			reason: "Each copy waits for those right before it, and says which they are.",
			args:   args{[]Copy{vpc, subnet, db}, after},
			want:   map[string][]string{"subnet-usw2-az1": {"vpc-us-west-2"}, "db-us-west-2-e2": {"subnet-usw2-az1"}},
		},
		"Ready": {
			reason: "What is ready is waited for no longer.",
			args:   args{[]Copy{ready(vpc), subnet}, after},
			want:   map[string][]string{},
		},
		"ExistsUnready": {
			reason: "A copy that exists and is not ready holds the next one back.",
			args:   args{[]Copy{{Key: "vpc-us-west-2", Component: "vpc", Region: active, Exists: true, Counts: true}, subnet}, after},
			want:   map[string][]string{"subnet-usw2-az1": {"vpc-us-west-2"}},
		},
		"AllZones": {
			reason: "A database spans its zones: it waits for every subnet, in one order.",
			args:   args{[]Copy{second, subnet, db}, map[string][]string{"db": {"subnet"}}},
			want:   map[string][]string{"db-us-west-2-e2": {"subnet-usw2-az1", "subnet-usw2-az2"}},
		},
		"OtherRegion": {
			reason: "Law 7: what is not ready in the region that was lost holds nothing back.",
			args:   args{[]Copy{home, ready(vpc), subnet}, after},
			want:   map[string][]string{},
		},
		"OnceWaitsForActive": {
			reason: "DNS waits for the database of the active region.",
			args:   args{[]Copy{db, dns}, map[string][]string{"dns": {"db"}}},
			want:   map[string][]string{"dns": {"db-us-west-2-e2"}},
		},
		"OnceIgnoresStandby": {
			reason: "DNS does not wait for the database of another region.",
			args:   args{[]Copy{{Key: "db", Component: "db", Region: "us-east-1", Counts: true}, dns}, map[string][]string{"dns": {"db"}}},
			want:   map[string][]string{},
		},
		"AllWaitForOnce": {
			reason: "What exists once is waited for in every region, and named once though the plan names it twice.",
			args:   args{[]Copy{dns, app}, after},
			want:   map[string][]string{"app-us-west-2": {"dns"}},
		},
		"ExistingNeverWaits": {
			reason: "A copy that exists is never withdrawn, whatever becomes of those before it.",
			args:   args{[]Copy{vpc, ready(subnet)}, after},
			want:   map[string][]string{},
		},
		"Fenced": {
			reason: "A fenced database is not ready and never will be: nothing waits for it.",
			args:   args{[]Copy{fenced, dns}, map[string][]string{"dns": {"db"}}},
			want:   map[string][]string{},
		},
		"NoCopies": {
			reason: "A component without a copy in the region is not waited for: it is not to be there.",
			args:   args{[]Copy{db}, after},
			want:   map[string][]string{},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Open(active, tc.args.copies, tc.args.after)); diff != "" {
				t.Errorf("%s\nOpen(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCycles(t *testing.T) {
	cases := map[string]struct {
		reason string
		after  map[string][]string
		want   []string
	}{
		"None":     {reason: "A diamond is no cycle.", after: map[string][]string{"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}},
		"Self":     {reason: "A component that waits for itself never starts.", after: map[string][]string{"a": {"a"}}, want: []string{"a → a"}},
		"Two":      {reason: "The way round is shown from the first name.", after: map[string][]string{"b": {"a"}, "a": {"b"}}, want: []string{"a → b → a"}},
		"Behind":   {reason: "A component that only leads to a cycle is not in it.", after: map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"b"}}, want: []string{"b → c → b"}},
		"Separate": {reason: "All cycles are told at once.", after: map[string][]string{"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}, want: []string{"a → b → a", "c → d → c"}},
		"Shared":   {reason: "Two cycles through one component are two.", after: map[string][]string{"a": {"b", "c"}, "b": {"a"}, "c": {"a"}}, want: []string{"a → b → a", "c → a → c"}},
		"Hidden":   {reason: "A cycle further on does not hide the one that a is in.", after: map[string][]string{"a": {"b", "d"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}, want: []string{"a → d → a", "b → c → b"}},
		"Unknown":  {reason: "A name that the plan does not have is somebody else's fault.", after: map[string][]string{"a": {"nobody"}}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Cycles(tc.after)); diff != "" {
				t.Errorf("%s\nCycles(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

var regions = []string{"us-east-1", "us-west-2", "eu-west-1"}

// anyCopies are copies of components c0 to c5, with keys of their own.
func anyCopies(t *rapid.T) []Copy {
	copies := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Copy {
		return Copy{
			Component: fmt.Sprint("c", rapid.IntRange(0, 5).Draw(t, "component")),
			Region:    rapid.SampledFrom(append([]string{""}, regions...)).Draw(t, "region"),
			Exists:    rapid.Bool().Draw(t, "exists"),
			Ready:     rapid.Bool().Draw(t, "ready"),
			Counts:    rapid.Bool().Draw(t, "counts"),
		}
	}), 0, 12).Draw(t, "copies")

	for i := range copies {
		copies[i].Key = fmt.Sprint("k", i)
		copies[i].Ready = copies[i].Ready && copies[i].Exists
	}

	return copies
}

// anyAfter is a graph. An acyclic one leads from higher numbers to lower ones.
func anyAfter(t *rapid.T, acyclic bool) map[string][]string {
	after := map[string][]string{}

	for i := range 6 {
		top := 5
		if acyclic {
			top = i - 1
		}

		if top < 0 {
			continue
		}

		for _, n := range rapid.SliceOfN(rapid.IntRange(0, top), 0, 3).Draw(t, "after") {
			name := fmt.Sprint("c", i)
			after[name] = append(after[name], fmt.Sprint("c", n))
		}
	}

	return after
}

func TestOpenProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		copies, after := anyCopies(t), anyAfter(t, false)
		active := rapid.SampledFrom(regions).Draw(t, "active")
		waiting := Open(active, copies, after)

		byKey := map[string]Copy{}
		for _, c := range copies {
			byKey[c.Key] = c
		}

		for key, before := range waiting {
			c := byKey[key]
			if c.Exists {
				t.Fatalf("%s exists and waits for %v", key, before)
			}

			if len(before) == 0 || !slices.IsSorted(before) || len(slices.Compact(slices.Clone(before))) != len(before) {
				t.Fatalf("%s waits for %q: want sorted keys, each once", key, before)
			}

			for _, k := range before {
				b := byKey[k]

				switch {
				case !b.Counts:
					t.Fatalf("%s waits for %s, which doesn't count", key, k)
				case b.Ready:
					t.Fatalf("%s waits for %s, which is ready", key, k)
				case c.Region != "" && b.Region != "" && b.Region != c.Region:
					t.Fatalf("%s in %s waits for %s in %s", key, c.Region, k, b.Region)
				case c.Region == "" && b.Region != "" && b.Region != active:
					t.Fatalf("%s waits for %s in %s, which is not active", key, k, b.Region)
				case !slices.Contains(after[c.Component], b.Component):
					t.Fatalf("%s waits for %s, which the plan does not ask for", key, k)
				}
			}
		}

		shuffled := rapid.Permutation(copies).Draw(t, "shuffled")
		if diff := cmp.Diff(waiting, Open(active, shuffled, after)); diff != "" {
			t.Fatalf("the order of the copies matters: -given +shuffled:\n%s", diff)
		}
	})
}

// An acyclic plan ends: if everything that is open becomes ready, and copies in
// a dark region don't count, everything is open at last.
func TestOpenMakesProgress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		copies, after := anyCopies(t), anyAfter(t, true)

		for round := 0; ; round++ {
			waiting := Open(regions[1], copies, after)
			if len(waiting) == 0 {
				return
			}

			if round > len(copies) {
				t.Fatalf("still waiting after %d rounds: %v", round, waiting)
			}

			for i := range copies {
				if _, waits := waiting[copies[i].Key]; !waits {
					copies[i].Exists, copies[i].Ready = true, true
				}
			}
		}
	})
}

// reaches returns whether a component waits for another, in any number of
// steps.
func reaches(from, to string, after map[string][]string, seen map[string]bool) bool {
	for _, n := range after[from] {
		if n == to || !seen[n] && func() bool { seen[n] = true; return reaches(n, to, after, seen) }() {
			return true
		}
	}

	return false
}

func TestCyclesProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		after := anyAfter(t, rapid.Bool().Draw(t, "acyclic"))
		told := map[string]bool{}

		for _, cycle := range Cycles(after) {
			names := strings.Split(cycle, " → ")
			if names[0] != names[len(names)-1] {
				t.Fatalf("%q does not end where it starts", cycle)
			}

			for i := range names[1:] {
				if !slices.Contains(after[names[i]], names[i+1]) {
					t.Fatalf("%q: %s does not wait for %s", cycle, names[i], names[i+1])
				}

				told[names[i]] = true
			}
		}

		for _, name := range slices.Sorted(maps.Keys(after)) {
			if in := reaches(name, name, after, map[string]bool{}); in != told[name] {
				t.Fatalf("%s is in a cycle: %v, and told: %v, of %v", name, in, told[name], Cycles(after))
			}
		}
	})
}
