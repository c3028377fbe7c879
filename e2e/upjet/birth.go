package upjet

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// births are the managed resources that wait for AWS to make something, or to
// begin to. If the provider ends before it has written down that it did, it makes
// no more of them: only a person knows what became of that.
type births struct {
	mu     sync.Mutex
	closed bool
	byUID  map[types.UID]bool

	// ended is told when one of them has ended.
	ended chan struct{}
}

func newBirths() *births {
	return &births{byUID: map[types.UID]bool{}, ended: make(chan struct{}, 1)}
}

// begin says whether one may begin. One that failed begins anew.
func (b *births) begin(uid types.UID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()

	if b.closed {
		b.remove(uid)

		return false
	}

	b.byUID[uid] = true

	return true
}

// end says that one has ended: its answer is written down.
func (b *births) end(uid types.UID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.remove(uid)
}

func (b *births) remove(uid types.UID) {
	delete(b.byUID, uid)

	select {
	case b.ended <- struct{}{}:
	default:
	}
}

// settle lets none begin any more, and returns when all have ended.
func (b *births) settle(ctx context.Context) error {
	for {
		b.mu.Lock()
		b.closed = true
		left := len(b.byUID)
		b.mu.Unlock()

		if left == 0 {
			return nil
		}

		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-b.ended:
		}
	}
}
