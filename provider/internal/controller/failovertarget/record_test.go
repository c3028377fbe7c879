package failovertarget

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// strong adds the table of the record in three regions.
func (w *world) strong() {
	w.aws.Account(account).AddGlobalTable(emulator.Table{Name: tableName}, emulator.Strong, "", east, west, ohio)
}

// epoch of the record.
func (w *world) epoch() any { return w.in(ohio).Item(tableName, itemKey)["epoch"]["N"] }

// sharing returns a control plane whose target keeps its decision in the table.
func (w *world) sharing(uid types.UID) *plane {
	p := w.plane(uid)
	p.selection("db-west", west, 12*time.Minute)
	p.selection("db-east", east, 12*time.Minute)
	p.apply(p.target(shared(east, west, ohio)))
	p.reconcile()

	return p
}

// stand is where a control plane stands.
type stand struct {
	Active  string
	Epoch   int64
	Holder  bool
	Decided xpv2.ConditionReason
}

func standOf(mg *v1alpha1.FailoverTarget) stand {
	at := &mg.Status.AtProvider

	return stand{at.ActiveRegion, at.Epoch, at.Holder, mg.GetCondition(v1alpha1.TypeDecided).Reason}
}

func (p *plane) stands(reason string, want stand, mg *v1alpha1.FailoverTarget) {
	p.t.Helper()

	if diff := cmp.Diff(want, standOf(mg)); diff != "" {
		p.t.Errorf("%s\n%s: -want, +got:\n%s", reason, p.uid, diff)
	}
}

func TestTwoControlPlanes(t *testing.T) {
	w := newWorld(t)
	w.strong()

	one, other := w.sharing("one"), w.sharing("other")
	one.stands("The first one to see the target records that home serves.", stand{east, 1, true, "Steady"}, one.get())
	other.stands("The other one follows it.", stand{east, 1, false, "Following"}, other.get())

	dark := w.dark(east)

	one.polls(3)
	other.reconcile()
	w.aws.Forbid(emulator.Scope{Region: east})

	one.edit(activating(west, 2))
	one.stands("With home dark one reconcile moves the active region.", stand{west, 2, true, "Steady"}, one.reconcile())

	if got := w.epoch(); got != "2" {
		t.Errorf("the record is at epoch %v", got)
	}

	other.edit(activating(west, 2))
	before := w.in(ohio).Item(tableName, itemKey)
	other.stands("The same patch on the other one changes nothing.", stand{west, 2, false, "Following"}, other.reconcile())

	if diff := cmp.Diff(fmt.Sprint(before), fmt.Sprint(w.in(ohio).Item(tableName, itemKey))); diff != "" {
		t.Errorf("Nor does it change the record: -before, +after:\n%s", diff)
	}

	if v := w.aws.Violations(); len(v) > 0 {
		t.Errorf("The region being left was called: %v", v)
	}

	other.edit(activating(west, 3))
	other.stands("To activate the active region takes over.", stand{west, 3, true, "Steady"}, other.reconcile())

	if got := other.get().Status.AtProvider.DataEpoch; got != 2 {
		t.Errorf("and moves no data: data epoch %d", got)
	}

	dark.Clear()
	one.stands("Who was taken over from finds out at its next poll.", stand{west, 3, false, "Stale"}, one.poll())
	one.edit(func(mg *v1alpha1.FailoverTarget) { mg.Spec.ForProvider.Activation = nil })
	one.stands("and follows.", stand{west, 3, false, "Following"}, one.reconcile())
}

// TestRace lets two control planes decide at once: the slower one writes when
// the faster one has.
func TestRace(t *testing.T) {
	for name, region := range map[string]string{"ToOneRegion": west, "ToTwoRegions": ohio} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.strong()

			three := func(mg *v1alpha1.FailoverTarget) {
				mg.Spec.ForProvider.Regions = append(mg.Spec.ForProvider.Regions, v1alpha1.TargetRegion{Name: ohio})
			}

			one, other := w.sharing("one"), w.sharing("other")
			one.selection("db-ohio", ohio, 12*time.Minute)

			other.edit(three, activating(west, 2))
			one.edit(three, activating(region, 2))

			// The write of one is held while the other one takes its whole turn.
			release := make(chan struct{})
			held := w.aws.Inject(emulator.Scope{Action: "PutItem"}, emulator.Slow(release).Times(1))
			done := make(chan struct{})

			go func() {
				defer close(done)
				one.try()
			}()

			for held.Hits() == 0 {
				select {
				case <-done:
					t.Fatal("one is done, and did not write")
				case <-time.After(time.Millisecond):
				}
			}

			other.stands("The faster one wins.", stand{west, 2, true, "Steady"}, other.reconcile())
			close(release)
			<-done

			want := stand{west, 2, false, "Following"}
			if region != west {
				want.Decided = "Conflict"
			}

			one.stands("The slower one follows what was decided, and says so.", want, one.get())

			if got := w.epoch(); got != "2" {
				t.Errorf("the record is at epoch %v", got)
			}
		})
	}
}

func TestRecordFaults(t *testing.T) {
	cases := map[string]struct {
		reason   string
		fault    func(w *world)
		phase    v1alpha1.Phase
		want     []v1alpha1.BlockerCode
		contains string
	}{
		"NotStrong": {
			reason: "With eventual consistency both control planes would win.",
			fault: func(w *world) {
				w.aws.Account(account).AddGlobalTable(emulator.Table{Name: tableName}, emulator.Eventual, "", east, west, ohio)
			},
			want: []v1alpha1.BlockerCode{"RecordNotStrong"}, contains: "is a global table with eventual consistency",
		},
		"Unreadable": {
			reason: "While the record does not answer nothing changes.",
			fault: func(w *world) {
				w.aws.Inject(emulator.Scope{Service: "dynamodb"}, emulator.Reset())
			},
			want: []v1alpha1.BlockerCode{"RecordUnreadable"}, contains: "us-west-2 does not answer; us-east-2 does not answer",
		},
		"NotWritten": {
			reason: "A decision that can't be written is none.",
			fault:  func(w *world) { w.aws.Inject(emulator.Scope{Action: "PutItem"}, emulator.Conflict()) },
			want:   []v1alpha1.BlockerCode{"RecordNotWritten"}, contains: "being modified by a request in another Region",
		},
		"Denied": {
			reason: "A missing permission is named.",
			fault:  func(w *world) { w.aws.Inject(emulator.Scope{Action: "PutItem"}, emulator.Deny()) },
			want:   []v1alpha1.BlockerCode{"RecordNotWritten"}, contains: "is not authorized to perform: dynamodb:PutItem",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.strong()

			p := w.sharing("us")
			p.restart()
			tc.fault(w)
			p.edit(activating(west, 2))

			mg := p.reconcile()
			if diff := cmp.Diff(tc.want, codes(mg)); diff != "" {
				t.Fatalf("%s\n-want, +got:\n%s", tc.reason, diff)
			}

			if got := mg.Status.AtProvider.BlockedBy[0].Message; !strings.Contains(got, tc.contains) {
				t.Errorf("%s\n%q is not in %q", tc.reason, tc.contains, got)
			}

			// What was tried and failed is an error of the reconcile, too.
			failed := tc.want[0] == v1alpha1.BlockerRecordNotWritten
			if got := mg.GetCondition(xpv2.TypeSynced); (got.Status == corev1.ConditionFalse) != failed || failed && !strings.Contains(got.Message, tc.contains) {
				t.Errorf("%s\nSynced is %s: %s", tc.reason, got.Status, got.Message)
			}

			if at := &mg.Status.AtProvider; at.ActiveRegion != east || at.Epoch != 1 {
				t.Errorf("%s\n%s is active at epoch %d", tc.reason, at.ActiveRegion, at.Epoch)
			}

			before := mg.Status
			if diff := cmp.Diff(before, p.poll().Status); diff != "" {
				t.Errorf("It is said in the same words as long as the same is wrong: -before, +after:\n%s", diff)
			}
		})
	}
}

// TestSteadyWithoutRecord: what stands is not shaken by a record that is silent.
func TestSteadyWithoutRecord(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.sharing("us")
	silent := w.aws.Inject(emulator.Scope{Service: "dynamodb"}, emulator.Reset())

	mg := p.poll()
	p.stands("It stands.", stand{east, 1, true, "RecordUnreadable"}, mg)

	if got := mg.GetCondition(v1alpha1.TypeDecided).Status; got != "Unknown" {
		t.Errorf("Whether another one has decided since is Unknown, not %s", got)
	}

	silent.Clear()
	p.stands("Until the record answers.", stand{east, 1, true, "Steady"}, p.poll())
}

func TestRecordKey(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.plane("us")
	p.apply(p.target(shared(west, ohio), func(mg *v1alpha1.FailoverTarget) { mg.Spec.ForProvider.Record.DynamoDB.Key = "production" }))
	p.reconcile()

	if got := w.in(ohio).Item(tableName, "production"); got == nil {
		t.Error("The item has the key that the spec says.")
	}
}

// TestNewRecord: a target that gets a record later writes what it knows there.
func TestNewRecord(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.plane("us")
	p.selection("db-west", west, 0)
	p.apply(p.target())
	p.reconcile()
	p.edit(activating(west, 2))
	p.reconcile()
	p.edit(shared(east, ohio))
	p.stands("Nothing changes.", stand{west, 2, true, "Steady"}, p.reconcile())

	if got := w.epoch(); got != "2" {
		t.Errorf("The record is at epoch %v", got)
	}
}

// TestDarkEndpoint: an endpoint that is dark is not asked for the record, though
// nothing is decided about its region.
func TestDarkEndpoint(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.plane("us")
	p.apply(p.target(shared(ohio, west)))
	p.reconcile()

	dark := w.dark(ohio)

	p.polls(3)

	asked := len(w.aws.Calls(emulator.Scope{Region: ohio, Service: "dynamodb"}))
	p.stands("The next endpoint is asked.", stand{east, 1, true, "Steady"}, p.poll())

	if got := len(w.aws.Calls(emulator.Scope{Region: ohio, Service: "dynamodb"})); got != asked {
		t.Errorf("It was asked %d times more.", got-asked)
	}

	dark.Clear()
	p.polls(4)

	if got := len(w.aws.Calls(emulator.Scope{Region: ohio, Service: "dynamodb"})); got == asked {
		t.Error("Once it is back it is asked again.")
	}

	if got := len(p.get().Status.AtProvider.Regions); got != 2 {
		t.Errorf("The status has %d regions: what is not decided about is not told.", got)
	}
}
