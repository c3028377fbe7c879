package topology

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// What is made again from Git finds its data by a name, and nothing else.
func TestPlanRebuilt(t *testing.T) {
	const (
		selection = "db-snapshots-us-west-2-e1"
		answer    = "for an answer whether db-us-west-2-e2 exists already"
		person    = "for a person: db-us-west-2-e2 exists already, so this may, too; spec.recovery.adopt takes over what it lists, " +
			"and makes the rest once it lists db-us-west-2-e2: db-XYZ"
	)

	network := Component{Name: "vpc", Tier: Network}
	says := func(existing string) map[string]SelectionFact {
		return map[string]SelectionFact{selection: {Key: selection, Existing: existing, ExternalName: map[string]string{Present: "db-XYZ"}[existing]}}
	}
	unrestorable := dbStore
	unrestorable.Restorable = false

	consenting := func(c Component) *Component {
		c.EmptyAt = []int64{2}

		return &c
	}
	lists := func(key string) map[string]string { return map[string]string{key: "what-is-there"} }
	rebuilt := steady(west, 2)
	rebuilt.From = east

	cases := map[string]struct {
		reason   string
		data     *Component
		strategy objective.Strategy
		decision Decision
		adopt    map[string]string
		facts    map[string]SelectionFact
		memory   Memory
		observed []Observed
		want     string
	}{
		"Exists":       {reason: "Law 10: where its data is, a network is, too, and a second one is no use to it.", decision: rebuilt, facts: says(Present), want: person},
		"Remembered":   {reason: "So it is if the status tells of the data.", decision: rebuilt, facts: says(Absent), memory: Memory{Epoch: 2, ExternalNames: map[string]string{"db-us-west-2-e2": "db-XYZ"}}, want: person},
		"NotAsked":     {reason: "Before there is an answer, nobody knows.", decision: rebuilt, want: answer},
		"Unknown":      {reason: "Nor if that is no answer.", decision: rebuilt, facts: says(Unknown), want: answer},
		"Absent":       {reason: "A new XR makes what it needs.", decision: rebuilt, facts: says(Absent)},
		"Listed":       {reason: "What a person lists is taken over.", decision: rebuilt, adopt: lists("vpc-us-west-2"), facts: says(Present)},
		"DataListed":   {reason: "Who lists the data has looked, and what is not listed is not there.", decision: rebuilt, adopt: lists("db-us-west-2-e2"), facts: says(Present)},
		"OldListed":    {reason: "To list data that served before says nothing of what serves.", decision: rebuilt, adopt: lists("db"), facts: says(Present), want: person},
		"TakenOver":    {reason: "To take over control moves no data, and changes nothing of that.", decision: Decision{Target: "dr.payments", Active: west, Epoch: 3, DataEpoch: 2, Holder: true}, facts: says(Present), want: person},
		"Promoted":     {reason: "A replica that was promoted has another name, so that this one is absent says nothing.", strategy: objective.PilotLight, decision: rebuilt, facts: says(Absent), want: answer},
		"New":          {reason: "Unless a person says that it is new.", strategy: objective.PilotLight, data: consenting(dbStore), decision: rebuilt, facts: says(Absent)},
		"NewUnasked":   {reason: "Consent is none while nobody looked.", data: consenting(dbStore), decision: rebuilt, want: answer},
		"Unrestorable": {reason: "Nobody looks for data that can't be restored: a person has to say.", data: &unrestorable, decision: rebuilt, want: answer},
		"NewUnlooked":  {reason: "And does.", data: consenting(unrestorable), decision: rebuilt},
		"Home":         {reason: "At epoch 1 it is as in any Composition.", decision: steady(east, 1)},
		"Observed":     {reason: "Where data is observed, nothing was rebuilt: a failover waits for nobody.", decision: rebuilt, observed: []Observed{as(served, Fenced)}},
		"NotHolder":    {reason: "Law 4 comes first.", decision: Decision{Target: "dr.payments", Active: west, Epoch: 2, DataEpoch: 2}, want: "this control plane is not the holder of dr/payments and only observes"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			data := dbStore
			if tc.data != nil {
				data = *tc.data
			}

			data.Adopt, network.Adopt = tc.adopt, tc.adopt

			if tc.strategy == "" {
				tc.strategy = objective.BackupAndRestore
			}

			copies := planned(Input{
				Regions: []string{east, west}, Strategy: tc.strategy, Components: []Component{network, data}, Decision: tc.decision,
				Selections: tc.facts, Memory: tc.memory, Observed: tc.observed,
			})

			for _, cp := range copies {
				if cp.Component != "vpc" || cp.Region != tc.decision.Active {
					continue
				}

				if diff := gocmp.Diff(tc.want, cp.Waits); diff != "" {
					t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
				}
			}
		})
	}
}
