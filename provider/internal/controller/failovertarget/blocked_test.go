package failovertarget

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// command is what a message tells to run.
var command = regexp.MustCompile(`kubectl -n (\S+) patch failovertargets\.aws\.m\.crossdr\.io (\S+) --type=json -p '([^']+)'`)

// run carries out what a message tells to run.
func (p *plane) run(message string) {
	p.t.Helper()

	m := command.FindStringSubmatch(message)
	if m == nil {
		p.t.Fatalf("no command in %q", message)
	}

	mg := &v1alpha1.FailoverTarget{ObjectMeta: metav1.ObjectMeta{Namespace: m[1], Name: m[2]}}
	if err := p.kube.Patch(p.t.Context(), mg, client.RawPatch(types.JSONPatchType, []byte(m[3]))); err != nil {
		p.t.Fatal(err)
	}

	p.edit()
}

// codes of the blockers.
func codes(mg *v1alpha1.FailoverTarget) []v1alpha1.BlockerCode {
	blocked := mg.Status.AtProvider.BlockedBy
	if len(blocked) == 0 {
		return nil
	}

	out := make([]v1alpha1.BlockerCode, 0, len(blocked))
	for i := range blocked {
		out = append(out, blocked[i].Code)
	}

	return out
}

// TestEveryBlockerSaysWhatToDo asks for an activation that everything stands
// against, reads that in the status, and does what it says, one by one.
func TestEveryBlockerSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	w.aws.Inject(emulator.Scope{Region: west}, emulator.Reset())

	p := w.plane("us")
	p.selection("db-known", west, 3*time.Hour)
	p.selection("db-unknown", west, 0, func(s *v1alpha1.SnapshotSelection) {
		s.Status.AtProvider.Selected, s.Status.AtProvider.Reason = nil, "there is no candidate"
	})
	p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
		mg.Spec.ForProvider.Require = &v1alpha1.Requirements{InstanceTypes: []string{"m7g.large"}, Zones: 2}
	}))
	p.reconcile()
	p.edit(activating(west, 2, func(a *v1alpha1.Activation) { a.MaxDataLoss = nil }))

	all := []v1alpha1.BlockerCode{"RegionUnreachable", "TooFewZones", "TypeNotOffered", "DataAgeUnknown", "DataLossExceedsConsent"}
	mg := p.reconcile()

	if diff := cmp.Diff(all, codes(mg)); diff != "" {
		t.Fatalf("Every reason is told at once: -want, +got:\n%s", diff)
	}

	for i := range all {
		p.run(mg.Status.AtProvider.BlockedBy[0].Message)

		if mg = p.reconcile(); i < len(all)-1 {
			if diff := cmp.Diff(all[i+1:], codes(mg)); diff != "" {
				t.Fatalf("What it says lets %s pass, and no other one: -want, +got:\n%s", all[i], diff)
			}
		}
	}

	at := &mg.Status.AtProvider
	if at.ActiveRegion != west || at.Epoch != 2 || at.Phase != v1alpha1.PhaseSteady {
		t.Errorf("In the end %s is active at epoch %d, and %s", at.ActiveRegion, at.Epoch, at.Phase)
	}

	if want := []v1alpha1.BlockerCode{"DataAgeUnknown", "RegionUnreachable", "TooFewZones", "TypeNotOffered"}; !cmp.Equal(want, at.Decision.Accepted) {
		t.Errorf("What was accepted is kept: %v", at.Decision.Accepted)
	}
}

func TestNothingMeasured(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")

	// None of these may speak for the target.
	p.selection("elsewhere", east, 0)
	p.selection("another", west, 0, func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.FailoverTargetRef.Name = "orders" })
	p.selection("none", west, 0, func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.FailoverTargetRef = nil })
	p.selection("stranger", west, 0, func(s *v1alpha1.SnapshotSelection) {
		s.Namespace, s.Spec.ForProvider.FailoverTargetRef.Namespace = "team-b", "dr"
	})

	p.apply(p.target())
	p.reconcile()
	p.edit(activating(west, 2))

	mg := p.reconcile()
	if diff := cmp.Diff([]v1alpha1.BlockerCode{"NothingMeasured"}, codes(mg)); diff != "" {
		t.Fatalf("Nobody knows what would be lost: -want, +got:\n%s", diff)
	}

	p.run(mg.Status.AtProvider.BlockedBy[0].Message)

	if mg = p.reconcile(); mg.Status.AtProvider.ActiveRegion != west {
		t.Errorf("Unless that is accepted: %v", mg.Status.AtProvider.BlockedBy)
	}
}

func TestMeasurements(t *testing.T) {
	cases := map[string]struct {
		reason    string
		selection func(*v1alpha1.SnapshotSelection)
		want      []v1alpha1.BlockerCode
		contains  string
	}{
		"Fresh": {
			reason:    "Data that is fresh enough may be lost from.",
			selection: func(*v1alpha1.SnapshotSelection) {},
		},
		"Protected": {
			reason: "A protected namespace counts.",
			selection: func(s *v1alpha1.SnapshotSelection) {
				s.Namespace, s.Spec.ForProvider.FailoverTargetRef.Namespace = "team-a", "dr"
				s.Status.AtProvider.Selected.DataTime = new(metav1.NewTime(noon.Add(-3 * time.Hour)))
			},
			want: []v1alpha1.BlockerCode{"DataLossExceedsConsent"}, contains: "team-a/db-west",
		},
		"NoDataTime": {
			reason:    "Unknown is not fresh.",
			selection: func(s *v1alpha1.SnapshotSelection) { s.Status.AtProvider.Selected.DataTime = nil },
			want:      []v1alpha1.BlockerCode{"DataAgeUnknown"}, contains: "dr/db-west (the only candidate)",
		},
		"Unanswered": {
			reason:    "Nor is what was not looked for yet.",
			selection: func(s *v1alpha1.SnapshotSelection) { s.Status = v1alpha1.SnapshotSelectionStatus{} },
			want:      []v1alpha1.BlockerCode{"DataAgeUnknown"}, contains: "dr/db-west (nothing is selected yet)",
		},
		"Outdated": {
			reason: "Nor is the answer to another question.",
			selection: func(s *v1alpha1.SnapshotSelection) {
				s.Generation = 2
				s.Status.Conditions = available(1)
			},
			want: []v1alpha1.BlockerCode{"DataAgeUnknown"}, contains: "dr/db-west (its spec has changed since it selected)",
		},
		"UpToDate": {
			reason: "The answer to the question that is asked now counts.",
			selection: func(s *v1alpha1.SnapshotSelection) {
				s.Generation = 2
				s.Status.Conditions = available(2)
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := newWorld(t).plane("us")
			p.selection("db-west", west, 12*time.Minute, tc.selection)
			p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
				mg.Spec.ForProvider.Protects = &v1alpha1.Protects{Namespaces: []string{"dr", "team-a"}}
			}))
			p.reconcile()
			p.edit(activating(west, 2))

			mg := p.reconcile()
			if diff := cmp.Diff(tc.want, codes(mg)); diff != "" {
				t.Fatalf("%s\n-want, +got:\n%s", tc.reason, diff)
			}

			if len(tc.want) > 0 && !strings.Contains(mg.Status.AtProvider.BlockedBy[0].Message, tc.contains) {
				t.Errorf("%s\n%q is not in %q", tc.reason, tc.contains, mg.Status.AtProvider.BlockedBy[0].Message)
			}
		})
	}
}

// TestAgesDontWriteTheStatus: what blocks grows older, and each write of the
// status renders every XR.
func TestAgesDontWriteTheStatus(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.selection("db-west", west, 3*time.Hour)
	p.apply(p.target())
	p.reconcile()
	p.edit(activating(west, 2))

	changes := 0
	before := p.reconcile()

	for range 60 {
		after := p.poll()
		if !cmp.Equal(before.Status, after.Status) {
			changes++
		}

		before = after
	}

	if changes > 2 {
		t.Errorf("the status changed %d times in an hour", changes)
	}
}

// TestCommandsAreJSON: what is printed is one argument of a shell.
func TestCommandsAreJSON(t *testing.T) {
	p := newWorld(t).plane("us")
	p.apply(p.target(activating(west, 2)))

	mg := p.reconcile()
	message := mg.GetCondition(v1alpha1.TypeDecided).Message

	m := command.FindStringSubmatch(message)
	if m == nil || !json.Valid([]byte(m[3])) {
		t.Fatalf("Pending says how to state what is: %q", message)
	}

	p.run(message)

	if mg = p.reconcile(); mg.Status.AtProvider.ActiveRegion != west || mg.Status.AtProvider.Epoch != 2 {
		t.Errorf("and then it is stated: %+v", mg.Status.AtProvider)
	}
}
