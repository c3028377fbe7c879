package failovertarget

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

func selected(edits ...func(*v1alpha1.SnapshotSelection)) *v1alpha1.SnapshotSelection {
	s := &v1alpha1.SnapshotSelection{
		ObjectMeta: metav1.ObjectMeta{Namespace: "dr", Name: "db", Generation: 1},
		Spec: v1alpha1.SnapshotSelectionSpec{ForProvider: v1alpha1.SnapshotSelectionParameters{
			Region: west, FailoverTargetRef: &v1alpha1.FailoverTargetReference{Name: "payments"},
		}},
		Status: v1alpha1.SnapshotSelectionStatus{AtProvider: v1alpha1.SnapshotSelectionObservation{
			Selected: &v1alpha1.SelectedSnapshot{ID: "s", DataTime: new(metav1.NewTime(noon))}, Candidates: 1,
		}},
	}
	for _, f := range edits {
		f(s)
	}

	return s
}

func TestMeasuredAnew(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(*v1alpha1.SnapshotSelection)
		want   bool
	}{
		"Nothing":    {"Nothing has changed.", func(*v1alpha1.SnapshotSelection) {}, false},
		"Candidates": {"How many there were to choose from measures nothing.", func(s *v1alpha1.SnapshotSelection) { s.Status.AtProvider.Candidates = 2 }, false},
		"DataTime": {"Newer data may be lost from.", func(s *v1alpha1.SnapshotSelection) {
			s.Status.AtProvider.Selected.DataTime = new(metav1.NewTime(noon.Add(1)))
		}, true},
		"Selected": {"No data may not.", func(s *v1alpha1.SnapshotSelection) { s.Status.AtProvider.Selected = nil }, true},
		"Region":   {"Another region counts elsewhere.", func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.Region = east }, true},
		"Target":   {"Another target, too.", func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.FailoverTargetRef.Name = "orders" }, true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := measuredAnew().Update(event.UpdateEvent{ObjectOld: selected(), ObjectNew: selected(tc.edit)}); got != tc.want {
				t.Errorf("%s\ngot %t", tc.reason, got)
			}
		})
	}

	if !measuredAnew().Create(event.CreateEvent{Object: selected()}) || !measuredAnew().Delete(event.DeleteEvent{Object: selected()}) {
		t.Error("What comes or goes measures something.")
	}
}

func TestWaiting(t *testing.T) {
	payments := []reconcile.Request{{NamespacedName: keyOf(&v1alpha1.FailoverTarget{ObjectMeta: metav1.ObjectMeta{Namespace: "dr", Name: "payments"}})}}

	cases := map[string]struct {
		reason    string
		target    func(*v1alpha1.FailoverTarget)
		selection func(*v1alpha1.SnapshotSelection)
		want      []reconcile.Request
	}{
		"InProgress": {
			reason: "An activation that waits for fresher data is carried out as soon as there is some.",
			target: activating(west, 2), want: payments,
		},
		"Namespace": {
			reason: "The namespace of the target is that of the selection, unless it says another one.",
			target: activating(west, 2), selection: func(s *v1alpha1.SnapshotSelection) {
				s.Namespace, s.Spec.ForProvider.FailoverTargetRef.Namespace = "team-a", "dr"
			},
			want: payments,
		},
		"Steady": {
			reason: "Where nothing is asked for nothing is measured.",
			target: func(*v1alpha1.FailoverTarget) {},
		},
		"Decided": {
			reason: "Nor where it is decided.",
			target: func(mg *v1alpha1.FailoverTarget) {
				activating(west, 2)(mg)
				mg.Status.AtProvider.Epoch = 2
			},
		},
		"Another": {
			reason: "Another target is not this one.",
			target: activating(west, 2), selection: func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.FailoverTargetRef.Name = "orders" },
		},
		"None": {
			reason: "A selection that names none measures nothing.",
			target: activating(west, 2), selection: func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.FailoverTargetRef = nil },
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.selection == nil {
				tc.selection = func(*v1alpha1.SnapshotSelection) {}
			}

			p := newWorld(t).plane("us")
			p.apply(p.target(func(mg *v1alpha1.FailoverTarget) { mg.Status.AtProvider.Epoch = 1 }, tc.target))

			if diff := cmp.Diff(tc.want, waiting(p.kube)(t.Context(), selected(tc.selection))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestInterval(t *testing.T) {
	around := func(d time.Duration) (from, to time.Duration) { return d - d/jitterParts, d + d/jitterParts }

	cases := map[string]struct {
		reason string
		phase  v1alpha1.Phase
		poll   time.Duration
		want   time.Duration
	}{
		"Steady":  {"What is steady is polled, not all at once.", v1alpha1.PhaseSteady, time.Minute, time.Minute},
		"Blocked": {"Somebody waits for what is blocked.", v1alpha1.PhaseBlocked, time.Minute, hurry},
		"Pending": {"And for what is pending.", v1alpha1.PhasePending, time.Minute, hurry},
		"Often":   {"What is polled more often stays so.", v1alpha1.PhaseBlocked, time.Second, time.Second},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := &v1alpha1.FailoverTarget{}
			mg.Status.AtProvider.Phase = tc.phase

			from, to := around(tc.want)
			for range 100 {
				if got := interval(mg, tc.poll); got < from || got > to {
					t.Fatalf("%s\n%s is not from %s to %s", tc.reason, got, from, to)
				}
			}
		})
	}
}
