package world

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

// Follow tells what becomes of the databases, names and workloads of XRs, until
// what it returns is called.
func (p *Plane) Follow(ctx context.Context, t *Timeline, xrs ...*unstructured.Unstructured) (stop func()) {
	const pause = 200 * time.Millisecond

	ctx, cancel := context.WithCancel(ctx)
	told := map[string]string{}
	running := sync.WaitGroup{}

	for _, xr := range xrs {
		maps.Copy(told, p.states(ctx, xr))
	}

	running.Go(func() {
		for ticker := time.NewTicker(pause); ; {
			select {
			case <-ctx.Done():
				ticker.Stop()

				return
			case <-ticker.C:
			}

			for _, xr := range xrs {
				p.tell(ctx, t, xr, told)
			}
		}
	})

	return func() {
		cancel()
		running.Wait()
	}
}

// tell tells what the states of an XR are that were told otherwise.
func (p *Plane) tell(ctx context.Context, t *Timeline, xr *unstructured.Unstructured, told map[string]string) {
	states := p.states(ctx, xr)

	for _, key := range slices.Sorted(maps.Keys(states)) {
		if told[key] != states[key] {
			told[key] = states[key]
			t.Sayf("  %s %s", key, states[key])
		}
	}
}

// states returns what the status of an XR says of its copies that matter most,
// and of itself.
func (p *Plane) states(ctx context.Context, xr *unstructured.Unstructured) map[string]string {
	out := map[string]string{}

	u := xr.DeepCopy()
	if err := p.Client().Get(ctx, client.ObjectKeyFromObject(xr), u); err != nil {
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
