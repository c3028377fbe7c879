package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// What a status says of a workload that waits is believed by the next render: it
// then runs.
func TestWorkloadsThatWait(t *testing.T) {
	const key = "restore-e2"

	waiting := []recoveryv1alpha1.WorkloadStatus{{Key: key, State: recoveryv1alpha1.WorkloadState(topology.WorkloadWaiting)}}

	cases := map[string]struct {
		reason   string
		memory   topology.Memory
		decision topology.Decision
		want     []recoveryv1alpha1.WorkloadStatus
	}{
		"Begins": {
			reason: "The status is from before the decision: nothing of it has run.",
			memory: topology.Memory{Epoch: 1}, decision: topology.Decision{Holder: true, Epoch: 2, DataEpoch: 2}, want: waiting,
		},
		"StatusLost": {
			reason:   "Without a status nobody knows whether it ran, and nobody does after a render without it.",
			decision: topology.Decision{Holder: true, Epoch: 2, DataEpoch: 2},
		},
		"TakenOver": {
			reason: "Nor does who only followed until now.",
			memory: topology.Memory{Epoch: 2}, decision: topology.Decision{Holder: true, Epoch: 3, DataEpoch: 2},
		},
		"Follows": {
			reason: "While another control plane acts, it may run there.",
			memory: topology.Memory{Epoch: 1}, decision: topology.Decision{Epoch: 2, DataEpoch: 2},
		},
		"Waits": {
			reason:   "What waited goes on waiting.",
			memory:   topology.Memory{Epoch: 2, Workloads: map[string]topology.WorkloadState{key: topology.WorkloadWaiting}},
			decision: topology.Decision{Holder: true, Epoch: 2, DataEpoch: 2}, want: waiting,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := &component{Component: fnv1alpha1.Component{Name: "restore", Tier: "Workload"}}
			r := &request{
				plan:      &plan{byName: map[string]*component{"restore": c}},
				templates: map[string]*render.Template{"restore": {Group: "velero.io", Kind: "Restore"}}, remembered: tc.memory, decision: tc.decision,
			}
			out := &composition{copies: []composed{{Copy: topology.Copy{Key: key, Component: "restore", Role: topology.Serving}, waits: "for db-us-west-2-e2"}}}

			if diff := cmp.Diff(tc.want, r.workloads(out)); diff != "" {
				t.Errorf("%s\nworkloads(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
