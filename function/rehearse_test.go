package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What a failover would be refused for is told before it.
func TestRehearse(t *testing.T) {
	const parameter = "${region.parameters.value}"

	cases := map[string]struct {
		reason string
		edit   func(w *world)
		want   []string
	}{
		"Fine": {reason: "There is nothing to say.", edit: func(*world) {}},
		"Network": {
			reason: "The network is not there yet, and could not be made.",
			edit:   func(w *world) { put(w.parts[0], parameter, "template", "spec", "forProvider", "description") },
			want:   []string{`a failover to us-west-2 would be refused: RecoveryPlan component vpc components[0].template.spec.forProvider.description: Invalid value: "region.parameters.value" fails: no such key: value`},
		},
		"Data": {
			reason: "What is laid over a restored copy is not looked at before.",
			edit: func(w *world) {
				put(w.parts[1], parameter, "restore", "overlay", "spec", "forProvider", "description")
			},
			want: []string{`a failover to us-west-2 would be refused: RecoveryPlan component db components[1].template.overlay.spec.forProvider.description: Invalid value: "region.parameters.value" fails: no such key: value`},
		},
		"Fence": {
			reason: "The region that serves may be left, and that one later.",
			edit: func(w *world) {
				put(w.parts[1], parameter, "fence", "overlay", "spec", "forProvider", "description")
			},
			want: []string{`once us-west-2 is left, all would be refused: RecoveryPlan components[1].fence.overlay.spec.forProvider.description: Invalid value: "region.parameters.value" fails: no such key: value`},
		},
		"TooFewZones": {
			reason: "Home serves on, whatever another region is short of.",
			edit:   func(w *world) { w.parts = append(w.parts, nowhereInTheWest()) },
			want: []string{"a failover to us-west-2 would be refused: RecoveryPlan components[2].zones.min: cannot spread subnet over us-west-2 (Live): " +
				"at least 2 zones are needed and 0 can be had []; usw2-az1 is left out because the plan excludes it; usw2-az2 is left out because the plan excludes it; " +
				"usw2-az3 is left out because the plan excludes it"},
		},
		"TooFewZonesForHomeOnly": {
			reason: "What is at home only needs no zones elsewhere.",
			edit: func(w *world) {
				subnet := nowhereInTheWest()
				put(subnet, "Home", "regions")
				w.parts = append(w.parts, subnet)
			},
		},
		"NotTheHolder": {
			reason: "Another control plane says it.",
			edit: func(w *world) {
				put(w.parts[0], parameter, "template", "spec", "forProvider", "description")
				w.target.holder = false
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld("BackupAndRestore", "us-east-1", "us-west-2")
			w.target = newDecided("us-east-1")

			for _, p := range partsOf("m.") {
				if p["name"] == "vpc" || p["name"] == "db" {
					delete(p, "after")
					w.parts = append(w.parts, p)
				}
			}

			tc.edit(w)

			req := w.request()
			xr := req.GetObserved().GetComposite().GetResource().AsMap()
			put(xr, fields("us-east-1", fields("value", "x")), "spec", "recovery", "parameters")
			req.Observed.Composite.Resource = message(xr)

			rsp := ask(t, shared, req)

			got := make([]string, 0, len(rsp.GetResults()))
			for _, r := range rsp.GetResults() {
				got = append(got, r.GetMessage())
			}

			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// nowhereInTheWest returns subnets that the plan puts into no zone of us-west-2.
func nowhereInTheWest() map[string]any {
	for _, p := range partsOf("m.") {
		if p["name"] == "subnet" {
			delete(p, "after")
			put(p, fields("min", 2.0, "exclude", []any{"usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4"}), "zones")

			return p
		}
	}

	return nil
}
