package snapshotselection

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// Two hundred selections of a region that goes dark, as many of one that does
// not, and few workers.
const (
	ofEach  = 200
	workers = 4
)

// inTime is far longer than the workers take that wait for nothing, and far
// shorter than they would take if each selection of the dark region held one.
const inTime = 30 * time.Second

// TestADarkRegionDoesNotOccupyTheWorkers reconciles while nothing that is asked
// of the dark region ends.
func TestADarkRegionDoesNotOccupyTheWorkers(t *testing.T) {
	w := newWorldWith(t, time.Hour)
	for _, r := range []string{east, west} {
		w.in(r).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(time.Hour)})
	}

	names := make([]string, 0, 2*ofEach)

	for i := range ofEach {
		for _, r := range []string{west, east} {
			name := fmt.Sprintf("%s-%d", r, i)
			names = append(names, name)

			w.apply(selection(func(s *v1alpha1.SnapshotSelection) {
				s.SetName(name)
				s.SetUID(types.UID(name))
				s.Spec.ForProvider.Region = r
			}))
		}
	}

	dark := w.aws.Inject(emulator.Scope{Region: west}, emulator.Hang())
	defer dark.Clear()

	for round := range 2 {
		w.work(names)

		if n := w.synced(names); n != ofEach {
			t.Errorf("round %d: %d selections have an answer, want the %d of the other region", round, n, ofEach)
		}

		if n := dark.Hits(); n != 1 {
			t.Errorf("round %d: the dark region is asked %d times, want once for all", round, n)
		}

		w.clock.Advance(poll)
	}
}

// work off a queue.
func (w *world) work(names []string) {
	w.t.Helper()

	ctx, cancel := context.WithTimeout(w.t.Context(), inTime)
	defer cancel()

	queue := make(chan string)

	var all sync.WaitGroup

	for range workers {
		all.Go(func() {
			for name := range queue {
				// That something failed is in the status.
				_, _ = w.reconciler.Reconcile(ctx, reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "team-a", Name: name}})
			}
		})
	}

	for _, name := range names {
		select {
		case queue <- name:
		case <-ctx.Done():
			w.t.Error("the workers wait for the dark region")
		}
	}

	close(queue)
	all.Wait()
}

// synced counts the selections that have an answer.
func (w *world) synced(names []string) int {
	w.t.Helper()

	n := 0

	for _, name := range names {
		s := &v1alpha1.SnapshotSelection{}
		if err := w.kube.Get(w.t.Context(), types.NamespacedName{Namespace: "team-a", Name: name}, s); err != nil {
			w.t.Fatal(err)
		}

		if s.GetCondition(xpv2.TypeSynced).Status == corev1.ConditionTrue && s.Status.AtProvider.Selected != nil {
			n++
		}
	}

	return n
}
