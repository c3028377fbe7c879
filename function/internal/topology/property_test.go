package topology

import (
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// A history is what happens to one XR: decisions, edits of the plan, and
// renders that are carried out in part.
type history struct {
	in         Input
	components []Component
	fenced     map[string]bool

	// retired keys left on somebody's order.
	retired map[string]bool

	// sources of the selections that there ever were.
	sources map[string]string

	// shared are the components whose stores are in several regions at once.
	shared map[string]bool
}

func startHistory(t *rapid.T) *history {
	h := &history{fenced: map[string]bool{}, sources: map[string]string{}, shared: map[string]bool{}, retired: map[string]bool{}, in: Input{
		Regions:  []string{east, west, third}[:rapid.IntRange(2, 3).Draw(t, "regions")],
		Strategy: anyStrategy().Draw(t, "strategy"),
		Identity: identity,
	}}
	h.in.Decision = Decision{Active: east, Epoch: 1, DataEpoch: 1, Holder: true}

	if rapid.Bool().Draw(t, "target") {
		h.in.Decision.Target = "dr.payments"
	}

	for i := range rapid.IntRange(1, 4).Draw(t, "components") {
		c := Component{
			Name:      fmt.Sprint("c", i),
			Tier:      rapid.SampledFrom([]Tier{Data, Data, Network, Compute, Protection, Global}).Draw(t, "tier"),
			Placement: rapid.SampledFrom([]Placement{"", "", "", Active, ActiveAndStandby, Home}).Draw(t, "placement"),
		}
		if c.Tier == Data {
			// Data does not stay at home: the plan refuses to have it so.
			if c.Placement == Home {
				c.Placement = ""
			}

			c.Restorable, c.Replicable = rapid.Bool().Draw(t, "restorable"), rapid.Bool().Draw(t, "replicable")
			h.shared[c.Name] = c.Replicable && rapid.Bool().Draw(t, "shared")
			h.belong(t, &c)
		}

		if c.Tier != Global && !h.shared[c.Name] && rapid.Bool().Draw(t, "spread") {
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

// belong makes some components dependents of one that holds data.
func (h *history) belong(t *rapid.T, c *Component) {
	i := slices.IndexFunc(h.components, func(c Component) bool { return c.Tier == Data && c.Parent == "" && !h.shared[c.Name] })
	if i >= 0 && rapid.Bool().Draw(t, "dependent") {
		c.Parent, c.Restorable, c.Replicable, h.shared[c.Name] = h.components[i].Name, false, false, false
	}
}

// orphan takes the parent from what belongs to none that is in the plan, as
// who reads a plan does.
func (h *history) orphan() {
	for i := range h.in.Components {
		c := &h.in.Components[i]
		if !slices.ContainsFunc(h.in.Components, func(of Component) bool { return of.Name == c.Parent }) {
			c.Parent = ""
		}
	}
}

// parent returns the component that one belongs to now, or "".
func (h *history) parent(component string) string {
	if i := slices.IndexFunc(h.in.Components, func(c Component) bool { return c.Name == component }); i >= 0 {
		return h.in.Components[i].Parent
	}

	return ""
}

func anyStrategy() *rapid.Generator[objective.Strategy] {
	return rapid.SampledFrom([]objective.Strategy{objective.BackupAndRestore, objective.PilotLight, objective.WarmStandby, objective.MultiSite})
}

// identity is the name on AWS of what is to be born.
func identity(c *Copy) string { return "id of " + c.Key }

// happens is one thing that happens between two renders.
func (h *history) happens(t *rapid.T) {
	d := &h.in.Decision

	switch rapid.SampledFrom([]string{"failover", "failover", "strategy", "plan", "dark", "holder", "target", "consent", "adopt", "remember", "retire", "in place", "take over"}).Draw(t, "event") {
	case "failover":
		if d.Target != "" {
			h.decide(t, rapid.SampledFrom(h.in.Regions).Draw(t, "to"), true)
		}
	case "in place":
		if d.Target != "" {
			h.decide(t, d.Active, true)
		}
	case "take over":
		if d.Target != "" {
			h.decide(t, d.Active, false)
		}
	case "strategy":
		h.in.Strategy = anyStrategy().Draw(t, "strategy")
	case "plan":
		h.in.Components = rapid.SliceOfDistinct(rapid.SampledFrom(h.components), func(c Component) string { return c.Name }).Draw(t, "plan")
		h.orphan()
	case "dark":
		d.Dark = map[string]bool{rapid.SampledFrom(h.in.Regions).Draw(t, "dark"): true}
	case "holder":
		d.Holder = d.Target == "" || rapid.Bool().Draw(t, "holder")
	case "target":
		d.Target = "dr.payments"
	case "consent":
		epoch := rapid.SampledFrom([]int64{d.DataEpoch, d.Epoch}).Draw(t, "consent to")

		for i := range h.components {
			h.components[i].EmptyAt = append(h.components[i].EmptyAt, epoch)
		}

		for i := range h.in.Components {
			h.in.Components[i].EmptyAt = append(slices.Clone(h.in.Components[i].EmptyAt), epoch)
		}
	case "adopt":
		for i := range h.in.Components {
			c := &h.in.Components[i]
			c.Adopt = map[string]string{Key(c.Name, east, d.Active, "", d.DataEpoch): "adopted"}
		}
	case "remember":
		c := rapid.SampledFrom(h.components).Draw(t, "remembered")
		h.in.Memory.ExternalNames = map[string]string{Key(c.Name, east, d.Active, "", d.DataEpoch): "remembered"}
	case "retire":
		h.in.Observed = slices.DeleteFunc(h.in.Observed, func(o Observed) bool {
			goes := o.Role == Fenced && rapid.Bool().Draw(t, "retire")
			h.retired[o.Key] = h.retired[o.Key] || goes

			return goes
		})
	}
}

// decide makes the next decision. A control plane may miss what comes between.
func (h *history) decide(t *rapid.T, to string, moves bool) {
	d := &h.in.Decision
	d.From, d.Active, d.OldestData = d.Active, to, ""

	if moves && rapid.IntRange(0, 4).Draw(t, "missed") == 0 {
		d.Epoch += 2
	}

	d.Epoch++

	if moves {
		d.DataEpoch = d.Epoch
		d.OldestData = rapid.SampledFrom([]string{"", "2026-07-01T12:00:00Z"}).Draw(t, "oldest")
	}
}

// observe is what AWS and the selections say.
func (h *history) observe(t *rapid.T, selections []Selection) {
	for i := range h.in.Observed {
		o := &h.in.Observed[i]
		o.Created = o.Created || o.Role != Kept && rapid.IntRange(0, 3).Draw(t, "made") > 0
		o.Healthy = o.Created && rapid.IntRange(0, 3).Draw(t, "healthy") > 0
		o.Failed = !o.Created && rapid.Bool().Draw(t, "failed")
		o.Store = h.storeOf(o.Key)
	}

	h.in.Selections = map[string]SelectionFact{}

	for _, s := range selections {
		if rapid.IntRange(0, 4).Draw(t, "said") == 0 {
			continue
		}

		h.in.Selections[s.Key] = SelectionFact{
			Key: s.Key, About: rapid.SampledFrom([]string{"id of " + s.Birth, "id of " + s.Birth, "id of " + s.Birth, "other"}).Draw(t, "about"), Existing: rapid.SampledFrom([]string{Absent, Absent, Absent, Present, Unknown, ""}).Draw(t, "existing"), ExternalName: rapid.SampledFrom([]string{"existing", "existing", ""}).Draw(t, "external name"),
			Snapshot: rapid.SampledFrom([]string{"snap", "snap", ""}).Draw(t, "snapshot"),
			DataTime: rapid.SampledFrom([]string{"2026-07-01T12:30:00Z", "2026-07-01T11:00:00Z", ""}).Draw(t, "data time"),
		}
	}
}

// render plans, checks the laws and carries the plan out: some of what may be
// created is not yet, because it waits for something else.
func (h *history) render(t *rapid.T) {
	if said := Contradictions(h.in); len(said) > 0 {
		t.Fatalf("a consistent history contradicts itself: %q", said)
	}

	copies, selections := Plan(h.in)
	h.check(t, copies)
	h.checkSelections(t, selections)

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
	h.observe(t, selections)
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
			ServesSince:  rapid.Int64Range(0, 4).Draw(t, "since"),
			Target:       rapid.SampledFrom([]string{"", "dr.payments", "dr.other"}).Draw(t, "target"),
			ReplicaOf:    rapid.SampledFrom([]string{"", "", "c0", "c1", "c0-us-west-2", "c1-us-west-2-e2"}).Draw(t, "replica of"),
			Created:      rapid.Bool().Draw(t, "created"),
			Failed:       rapid.Bool().Draw(t, "failed"),
			Healthy:      rapid.Bool().Draw(t, "healthy"),
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
		h.in.Decision.DataEpoch = rapid.Int64Range(1, h.in.Decision.Epoch).Draw(t, "data epoch")
		h.in.Decision.From = rapid.SampledFrom(append([]string{""}, h.in.Regions...)).Draw(t, "from")
		h.in.Decision.Holder = rapid.Bool().Draw(t, "holder")
		h.in.Observed = rapid.SliceOfNDistinct(anyObserved(), 0, 12, func(o Observed) string { return o.Key }).Draw(t, "observed")

		for i := range h.in.Observed {
			h.in.Observed[i].Store = h.storeOf(h.in.Observed[i].Key)
		}

		copies, selections := Plan(h.in)
		byKey := map[string]Copy{}

		for _, c := range copies {
			if _, twice := byKey[c.Key]; twice {
				t.Fatalf("%s is planned twice: %q", c.Key, show(copies))
			}

			byKey[c.Key] = c
		}

		for _, o := range h.in.Observed {
			if c := byKey[o.Key]; !c.Exists || c.Component != o.Component || o.Role == Fenced && c.Role == Serving && h.isData(c.Component) && h.storeOf(c.Key) == "" {
				t.Fatalf("%+v becomes %+v", o, c)
			}
		}

		shuffled := h.in
		shuffled.Observed = rapid.Permutation(h.in.Observed).Draw(t, "shuffled observed")
		shuffled.Components = rapid.Permutation(h.in.Components).Draw(t, "shuffled components")

		again, selected := Plan(shuffled)
		if diff := gocmp.Diff(copies, again) + gocmp.Diff(selections, selected); diff != "" {
			t.Fatalf("the order of the input matters: -given +shuffled:\n%s", diff)
		}

		if diff := gocmp.Diff(Contradictions(h.in), Contradictions(shuffled)); diff != "" {
			t.Fatalf("the order of the input matters: -given +shuffled:\n%s", diff)
		}
	})
}

// storeOf returns the component of a copy, and the key of the copy that its
// store began with, or "" where each copy is a store of its own.
func (h *history) storeOf(key string) string {
	i := slices.IndexFunc(h.in.Observed, func(o Observed) bool { return o.Key == key })
	if i < 0 {
		return ""
	}

	component := h.in.Observed[i].Component

	if !h.shared[component] {
		return ""
	}

	for range h.in.Observed {
		if i < 0 || h.in.Observed[i].ReplicaOf == "" {
			break
		}

		key = h.in.Observed[i].ReplicaOf
		i = slices.IndexFunc(h.in.Observed, func(o Observed) bool { return o.Key == key && o.Component == component })
	}

	return component + "/" + key
}

// sharesStore returns whether there are other copies of the store of a copy.
func (h *history) sharesStore(key string) bool {
	store := h.storeOf(key)

	return store != "" && slices.ContainsFunc(h.in.Observed, func(o Observed) bool { return o.Key != key && h.storeOf(o.Key) == store })
}

func (h *history) isData(component string) bool {
	return slices.ContainsFunc(h.components, func(c Component) bool { return c.Name == component && c.Tier == Data })
}
