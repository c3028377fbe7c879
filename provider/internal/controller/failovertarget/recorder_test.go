package failovertarget

import (
	"sync"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
)

// A recorder keeps events.
type recorder struct {
	mu     sync.Mutex
	events []event.Event
}

func (r *recorder) Event(_ runtime.Object, e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.events = append(r.events, e)
}

func (r *recorder) WithAnnotations(...string) event.Recorder { return r }

// take the messages of a reason, and forget all.
func (r *recorder) take(reason event.Reason) []string {
	r.mu.Lock()
	defer r.mu.Unlock()

	var out []string

	for _, e := range r.events {
		if e.Reason == reason {
			out = append(out, e.Message)
		}
	}

	r.events = nil

	return out
}
