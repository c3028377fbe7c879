package topology

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A history is what happens to one XR: decisions, edits of the plan, and
// renders that are carried out in part.
type history struct {
	in         Input
	components []Component
	fenced     map[string]bool
}

func startHistory(t *rapid.T) *history {
	h := &history{fenced: map[string]bool{}, in: Input{
		Regions:  []string{east, west, third}[:rapid.IntRange(2, 3).Draw(t, "regions")],
		Strategy: anyStrategy().Draw(t, "strategy"),
	}}
	h.in.Decision = Decision{Active: east, Epoch: 1, Holder: true}

	if rapid.Bool().Draw(t, "target") {
		h.in.Decision.Target = "dr.payments"
	}

	for i := range rapid.IntRange(1, 4).Draw(t, "components") {
		c := Component{
			Name:      fmt.Sprint("c", i),
			Tier:      rapid.SampledFrom([]Tier{Data, Data, Network, Compute, Protection, Global}).Draw(t, "tier"),
			Placement: rapid.SampledFrom([]Placement{"", "", "", Active, ActiveAndStandby, Home}).Draw(t, "placement"),
		}
		if c.Tier != Global && rapid.Bool().Draw(t, "spread") {
			c.Zones = zonesOf(rapid.IntRange(1, 3).Draw(t, "zones"))
			if rapid.Bool().Draw(t, "adopt") {
				c.AdoptedZones = map[string]string{"use1-az1": c.Name + "-a"}
			}
		}

		h.components = append(h.components, c)
	}

	h.in.Components = h.components

	return h
}

func anyStrategy() *rapid.Generator[Strategy] {
	return rapid.SampledFrom([]Strategy{BackupAndRestore, PilotLight, WarmStandby, MultiSite})
}

// happens is one thing that happens between two renders.
func (h *history) happens(t *rapid.T) {
	d := &h.in.Decision

	switch rapid.SampledFrom([]string{"failover", "failover", "strategy", "plan", "dark", "holder", "target", "consent", "retire"}).Draw(t, "event") {
	case "failover":
		if d.Target != "" {
			d.Active, d.Epoch = rapid.SampledFrom(h.in.Regions).Draw(t, "to"), d.Epoch+1
		}
	case "strategy":
		h.in.Strategy = anyStrategy().Draw(t, "strategy")
	case "plan":
		h.in.Components = rapid.SliceOfDistinct(rapid.SampledFrom(h.components), func(c Component) string { return c.Name }).Draw(t, "plan")
	case "dark":
		d.Dark = map[string]bool{rapid.SampledFrom(h.in.Regions).Draw(t, "dark"): true}
	case "holder":
		d.Holder = d.Target == "" || rapid.Bool().Draw(t, "holder")
	case "target":
		d.Target = "dr.payments"
	case "consent":
		for i := range h.components {
			h.components[i].EmptyAt = append(h.components[i].EmptyAt, d.Epoch)
		}

		for i := range h.in.Components {
			h.in.Components[i].EmptyAt = append(slices.Clone(h.in.Components[i].EmptyAt), d.Epoch)
		}
	case "retire":
		h.in.Observed = slices.DeleteFunc(h.in.Observed, func(o Observed) bool { return o.Role == Fenced && rapid.Bool().Draw(t, "retire") })
	}
}

// render plans, checks the laws and carries the plan out: some of what may be
// created is not yet, because it waits for something else.
func (h *history) render(t *rapid.T) {
	if said := Contradictions(h.in); len(said) > 0 {
		t.Fatalf("a consistent history contradicts itself: %q", said)
	}

	copies := Plan(h.in)
	h.check(t, copies)

	for i := range copies {
		c := &copies[i]
		if !c.Exists && c.Waits == "" && rapid.IntRange(0, 3).Draw(t, "held back") == 0 {
			c.Waits = "for another copy"
		}

		if c.Role == Fenced {
			h.fenced[c.Key] = true
		}
	}

	h.in.Observed = settle(h.in, copies)
	if h.in.Decision.Target == "" {
		return
	}

	// A standby copy of data comes from a replication, which is not planned
	// here.
	for _, c := range copies {
		if c.Role == Standby && !c.Exists && h.in.Decision.Holder && !h.in.Decision.Dark[c.Region] && rapid.Bool().Draw(t, "replicated") {
			c.Waits = ""
			h.in.Observed = append(without(h.in.Observed, c.Key), settle(h.in, []Copy{c})...)
		}
	}
}

func (h *history) check(t *rapid.T, copies []Copy) {
	planned := map[string]Copy{}
	for _, c := range copies {
		if _, twice := planned[c.Key]; twice {
			t.Fatalf("%s is planned twice: %q", c.Key, show(copies))
		}

		planned[c.Key] = c
	}

	if keys := slices.Sorted(maps.Keys(planned)); !slices.EqualFunc(keys, copies, func(k string, c Copy) bool { return k == c.Key }) {
		t.Fatalf("the plan is not in the order of its keys: %q", show(copies))
	}

	observed := map[string]Observed{}

	for _, o := range h.in.Observed {
		observed[o.Key] = o

		c, kept := planned[o.Key]
		if !kept || !c.Exists {
			t.Fatalf("law 1: %+v is observed and would be deleted: %q", o, show(copies))
		}

		if c.Region != o.Region || c.Zone != o.Zone || c.Epoch != o.Epoch || c.Component != o.Component {
			t.Fatalf("law 3: %+v moves: %+v", o, c)
		}
	}

	serving := map[string]string{}

	for _, c := range copies {
		i := slices.IndexFunc(h.components, func(k Component) bool { return k.Name == c.Component })
		data := h.components[i].Tier == Data

		if _, exists := observed[c.Key]; c.Exists != exists {
			t.Fatalf("%s exists: %v, observed: %v", c.Key, c.Exists, exists)
		}

		if data && c.Role == Serving {
			place := c.Component + " " + c.Zone
			if other := serving[place]; other != "" || c.Region != h.in.Decision.Active || h.fenced[c.Key] {
				t.Fatalf("law 4: %s serves in %s beside %q, fenced before: %v", c.Key, c.Region, other, h.fenced[c.Key])
			}

			serving[place] = c.Key
		}

		if c.Exists || c.Waits != "" {
			continue
		}

		d := h.in.Decision

		switch {
		case !d.Holder:
			t.Fatalf("law 4: %s is created by who is not the holder", c.Key)
		case d.Dark[c.Region] && c.Region != d.Active:
			t.Fatalf("law 7: %s is created in a dark region", c.Key)
		case data && (c.Region != d.Active || c.Epoch != d.Epoch || d.Epoch > 1 && !slices.Contains(h.components[i].EmptyAt, d.Epoch)):
			t.Fatalf("law 10: %+v is born without data", c)
		case data && h.fenced[c.Key]:
			t.Fatalf("%s is a key that was used before", c.Key)
		}
	}
}

func TestPlanOverHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := startHistory(t)

		for range rapid.IntRange(2, 12).Draw(t, "steps") {
			h.render(t)
			h.happens(t)
		}

		h.render(t)
	})
}

// anyObserved is any copy with any labels: what people edit and backups
// restore.
func anyObserved() *rapid.Generator[Observed] {
	return rapid.Custom(func(t *rapid.T) Observed {
		regions := []string{east, west, third}
		o := Observed{
			Component:    rapid.SampledFrom([]string{"c0", "c1", "c2", "gone"}).Draw(t, "component"),
			Region:       rapid.SampledFrom(regions).Draw(t, "region"),
			Role:         rapid.SampledFrom([]Role{"", Serving, Standby, Fenced, Kept}).Draw(t, "role"),
			Epoch:        rapid.Int64Range(1, 4).Draw(t, "epoch"),
			DecidedEpoch: rapid.Int64Range(0, 4).Draw(t, "decided"),
		}
		if rapid.Bool().Draw(t, "zoned") {
			o.Zone = rapid.SampledFrom(zonesOf(3)[o.Region]).Draw(t, "zone")
		}

		named := rapid.SampledFrom([]string{"c0", "c1", "c2", o.Component}).Draw(t, "named")
		o.Key = Key(named, east, rapid.SampledFrom(regions).Draw(t, "key region"), o.Zone, rapid.Int64Range(1, 4).Draw(t, "key epoch"))

		return o
	})
}

// Whatever is observed, and however it contradicts the decision: nothing is
// deleted, and the order of the input does not matter.
func TestPlanOverAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := startHistory(t)
		h.in.Decision.Active = rapid.SampledFrom(h.in.Regions).Draw(t, "active")
		h.in.Decision.Epoch = rapid.Int64Range(1, 4).Draw(t, "epoch")
		h.in.Decision.Holder = rapid.Bool().Draw(t, "holder")
		h.in.Observed = rapid.SliceOfNDistinct(anyObserved(), 0, 12, func(o Observed) string { return o.Key }).Draw(t, "observed")

		copies := Plan(h.in)
		planned := map[string]Copy{}

		for _, c := range copies {
			if _, twice := planned[c.Key]; twice {
				t.Fatalf("%s is planned twice: %q", c.Key, show(copies))
			}

			planned[c.Key] = c
		}

		for _, o := range h.in.Observed {
			if c := planned[o.Key]; !c.Exists || c.Component != o.Component || o.Role == Fenced && c.Role == Serving && h.isData(c.Component) {
				t.Fatalf("%+v becomes %+v", o, c)
			}
		}

		shuffled := h.in
		shuffled.Observed = rapid.Permutation(h.in.Observed).Draw(t, "shuffled observed")
		shuffled.Components = rapid.Permutation(h.in.Components).Draw(t, "shuffled components")

		if diff := gocmp.Diff(copies, Plan(shuffled)); diff != "" {
			t.Fatalf("the order of the input matters: -given +shuffled:\n%s", diff)
		}

		if diff := gocmp.Diff(Contradictions(h.in), Contradictions(shuffled)); diff != "" {
			t.Fatalf("the order of the input matters: -given +shuffled:\n%s", diff)
		}
	})
}

func (h *history) isData(component string) bool {
	return slices.ContainsFunc(h.components, func(c Component) bool { return c.Name == component && c.Tier == Data })
}
