package failovertarget

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// followed is a control plane that has failed over.
func followed(t *testing.T, with ...func(*v1alpha1.FailoverTarget)) *plane {
	t.Helper()

	w := newWorld(t)
	w.strong()

	p := w.plane("us")
	p.selection("db-west", west, 12*time.Minute)
	p.apply(p.target(with...))
	p.reconcile()
	p.edit(activating(west, 2))
	p.stands("It has failed over.", stand{west, 2, true, "Steady"}, p.reconcile())

	return p
}

// recreate the target as a backup has it: with another uid, and some of what it
// had.
func (p *plane) recreate(uid types.UID, edits ...func(*v1alpha1.FailoverTarget)) {
	p.t.Helper()

	mg := p.get()
	gone := mg.DeepCopy()
	gone.Finalizers = nil

	if err := p.kube.Update(p.t.Context(), gone); err != nil {
		p.t.Fatal(err)
	}

	if err := p.kube.Delete(p.t.Context(), gone); err != nil {
		p.t.Fatal(err)
	}

	mg.UID, mg.ResourceVersion, mg.Finalizers = uid, "", nil
	for _, f := range edits {
		f(mg)
	}

	p.apply(mg)
	p.restart()
}

func withoutStatus(mg *v1alpha1.FailoverTarget) { mg.Status = v1alpha1.FailoverTargetStatus{} }

func withoutAnnotation(mg *v1alpha1.FailoverTarget) {
	delete(mg.Annotations, v1alpha1.AnnotationDecision)
}

func TestWhatIsLost(t *testing.T) {
	inTable := shared(east, west, ohio)

	cases := map[string]struct {
		reason string
		spec   func(*v1alpha1.FailoverTarget)
		uid    types.UID
		lost   []func(*v1alpha1.FailoverTarget)
		want   stand
	}{
		"Status": {
			reason: "A status that is lost is restored from the annotation.",
			uid:    "us", lost: []func(*v1alpha1.FailoverTarget){withoutStatus},
			want: stand{west, 2, true, "Steady"},
		},
		"Annotation": {
			reason: "An annotation that is lost is restored from the status.",
			uid:    "us", lost: []func(*v1alpha1.FailoverTarget){withoutAnnotation},
			want: stand{west, 2, true, "Steady"},
		},
		"Both": {
			reason: "If both are, nobody knows, and nobody guesses.",
			uid:    "us", lost: []func(*v1alpha1.FailoverTarget){withoutStatus, withoutAnnotation},
			want: stand{"", 0, false, "Undecided"},
		},
		"BothWithRecord": {
			reason: "But a record does know. That it was our own decision is forgotten, though.",
			spec:   inTable,
			uid:    "us", lost: []func(*v1alpha1.FailoverTarget){withoutStatus, withoutAnnotation},
			want: stand{west, 2, false, "Following"},
		},
		"FromBackup": {
			reason: "What comes out of a backup follows what it was told, and does not act: the original may still be there.",
			uid:    "restored", lost: []func(*v1alpha1.FailoverTarget){withoutStatus},
			want: stand{west, 2, false, "Following"},
		},
		"FromGit": {
			reason: "What comes out of Git, with the same activation, waits for somebody to say how things are.",
			uid:    "rebuilt", lost: []func(*v1alpha1.FailoverTarget){withoutStatus, withoutAnnotation},
			want: stand{"", 0, false, "Undecided"},
		},
		"FromGitWithRecord": {
			reason: "Unless the record does.",
			spec:   inTable,
			uid:    "rebuilt", lost: []func(*v1alpha1.FailoverTarget){withoutStatus, withoutAnnotation},
			want: stand{west, 2, false, "Following"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.spec == nil {
				tc.spec = func(*v1alpha1.FailoverTarget) {}
			}

			p := followed(t, tc.spec)
			before := p.get()
			p.recreate(tc.uid, tc.lost...)

			after := p.reconcile()
			p.stands(tc.reason, tc.want, after)

			if tc.want.Epoch == 0 {
				return
			}

			// Until it was known which region is left, the other ones were not called.
			after = p.poll()
			if diff := cmp.Diff(before.Status.AtProvider, after.Status.AtProvider, cmpopts.IgnoreFields(v1alpha1.FailoverTargetObservation{}, "Holder")); diff != "" {
				t.Errorf("%s\nWhat is known is the same as before: -before, +after:\n%s", tc.reason, diff)
			}

			if text := after.GetAnnotations()[v1alpha1.AnnotationDecision]; text == "" {
				t.Errorf("%s\nand is remembered", tc.reason)
			}
		})
	}
}

// TestReorderedCommits applies the commits of three failovers in every order.
// Whatever comes, an epoch is decided once, and never goes down.
func TestReorderedCommits(t *testing.T) {
	commits := map[int64]string{2: west, 3: east, 4: west}

	for _, order := range [][]int64{{2, 3, 4}, {2, 4, 3}, {3, 2, 4}, {3, 4, 2}, {4, 2, 3}, {4, 3, 2}, {2, 2, 3, 2, 3, 4}} {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			w := newWorld(t)
			p := w.plane("us")
			p.selection("db-west", west, 0)
			p.selection("db-east", east, 0)
			p.apply(p.target())
			p.reconcile()

			epoch := int64(1)

			for _, next := range order {
				p.edit(activating(commits[next], next))
				at := p.reconcile().Status.AtProvider

				if next == epoch+1 {
					epoch++
				}

				if want := (map[int64]string{1: east, 2: west, 3: east, 4: west})[epoch]; at.Epoch != epoch || at.ActiveRegion != want {
					t.Fatalf("after %d of %v %s is active at epoch %d, want %s at %d: %v", next, order, at.ActiveRegion, at.Epoch, want, epoch, at.BlockedBy)
				}
			}
		})
	}
}

// TestCrashes crashes the provider at each of its effects, before it took effect
// and after, restarts it, and lets it finish.
func TestCrashes(t *testing.T) {
	for name, spec := range map[string]func(*v1alpha1.FailoverTarget){
		"Annotation": func(*v1alpha1.FailoverTarget) {},
		"Record":     shared(east, west, ohio),
	} {
		for _, when := range []crash{before, after} {
			for at := 1; ; at++ {
				crashed := false

				t.Run(fmt.Sprintf("%s/%s-%d", name, map[crash]string{before: "before", after: "after"}[when], at), func(t *testing.T) {
					w := newWorld(t)
					w.strong()

					p := w.plane("us")
					p.selection("db-west", west, 12*time.Minute)
					p.apply(p.target(spec))
					p.reconcile()
					p.edit(activating(west, 2))

					p.crashAt(at, when)
					p.try()
					crashed = p.spent >= at
					p.crashAt(0, before)

					seen := p.get().Status.AtProvider
					if seen.Epoch == 2 && seen.ActiveRegion != west || seen.Epoch < 1 {
						t.Errorf("The status says that %s is active at epoch %d", seen.ActiveRegion, seen.Epoch)
					}

					p.restart()
					p.reconcile()

					mg := p.reconcile()
					p.stands("Whenever it crashes, it goes on where it was.", stand{west, 2, true, "Steady"}, mg)

					if got := len(mg.Status.AtProvider.History); got != 1 {
						t.Errorf("It decides once: the history has %d decisions", got)
					}

					if name == "Record" && w.epoch() != "2" {
						t.Errorf("The record is at epoch %v", w.epoch())
					}
				})

				if !crashed {
					break
				}
			}
		}
	}
}
