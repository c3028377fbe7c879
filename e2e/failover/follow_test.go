package failover

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// follow tells what becomes of the databases, names and workloads of XRs, until
// what it returns is called.
func (s *story) follow(ctx context.Context, xrs ...*unstructured.Unstructured) (stop func()) {
	const pause = 200 * time.Millisecond

	ctx, cancel := context.WithCancel(ctx)
	told := map[string]string{}
	running := sync.WaitGroup{}

	for _, xr := range xrs {
		maps.Copy(told, s.states(ctx, xr))
	}

	running.Go(func() {
		for t := time.NewTicker(pause); ; {
			select {
			case <-ctx.Done():
				t.Stop()

				return
			case <-t.C:
			}

			for _, xr := range xrs {
				states := s.states(ctx, xr)
				for _, key := range slices.Sorted(maps.Keys(states)) {
					if told[key] != states[key] {
						told[key] = states[key]
						s.timeline.Sayf("  %s %s", key, states[key])
					}
				}
			}
		}
	})

	return func() {
		cancel()
		running.Wait()
	}
}

// states returns what the status of an XR says of its copies that matter most,
// and of itself.
func (s *story) states(ctx context.Context, xr *unstructured.Unstructured) map[string]string {
	out := map[string]string{}

	u := xr.DeepCopy()
	if err := s.Client().Get(ctx, client.ObjectKeyFromObject(xr), u); err != nil {
		return out
	}

	copies, _, _ := unstructured.NestedSlice(u.Object, "status", "recovery", "copies")

	for _, each := range copies {
		c, _ := each.(map[string]any)
		if !slices.Contains([]string{"db", "dns", "restore", "apps"}, fmt.Sprint(c["component"])) {
			continue
		}

		state := fmt.Sprint("is ", c["role"])
		if c["role"] == "Serving" || c["role"] == "Standby" {
			state += map[bool]string{true: " and ready", false: ", not ready yet"}[c["ready"] == true]
		}

		if verified, ok := c["fenceVerified"]; ok {
			state += map[bool]string{true: ", shut on AWS", false: ", not shut on AWS yet"}[verified == true]
		}

		out[fmt.Sprintf("%s: %s", u.GetName(), c["key"])] = state
	}

	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, each := range conditions {
		if c, _ := each.(map[string]any); c["type"] == "Serving" {
			out[u.GetName()+":"] = fmt.Sprintf("Serving %v: %v", c["status"], c["message"])
		}
	}

	waiting, _, _ := unstructured.NestedStringSlice(u.Object, "status", "recovery", "waitingFor")
	for _, w := range waiting {
		key, what, _ := strings.Cut(w, " waits for ")
		if state, ok := out[u.GetName()+": "+key]; ok {
			out[u.GetName()+": "+key] = state + ", waits for " + what
		}
	}

	return out
}
