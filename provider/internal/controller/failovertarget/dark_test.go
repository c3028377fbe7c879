package failovertarget

import (
	"testing"
	"time"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

// assuming has the credentials come from STS, in the regions that are named or
// in those that are near.
func (p *plane) assuming(role v1alpha1.RoleARN, stsRegions ...string) {
	p.t.Helper()

	pc := p.providerConfig()
	if err := p.kube.Get(p.t.Context(), keyOf(pc), pc); err != nil {
		p.t.Fatal(err)
	}

	pc.Generation++
	pc.Spec.AssumeRoleChain = []v1alpha1.AssumeRoleOptions{{RoleARN: role}}
	pc.Spec.STSRegions = stsRegions

	if err := p.kube.Update(p.t.Context(), pc); err != nil {
		p.t.Fatal(err)
	}
}

// TestTheRegionBeingLeftIsNotCalled, for anything: not to look at it, not for
// the record, and not for credentials.
func TestTheRegionBeingLeftIsNotCalled(t *testing.T) {
	cases := map[string]struct {
		reason string
		setup  func(p *plane)
		spec   func(*v1alpha1.FailoverTarget)
	}{
		"Dark": {
			reason: "A region that is known to be dark.",
			setup: func(p *plane) {
				p.dark(east)
				p.polls(3)
			},
			spec: func(*v1alpha1.FailoverTarget) {},
		},
		"NotYetDark": {
			reason: "One that has just stopped to answer, and nobody knows yet.",
			setup:  func(p *plane) { p.dark(east) },
			spec:   func(*v1alpha1.FailoverTarget) {},
		},
		"Well": {
			reason: "One that is well: to leave it is to leave it.",
			setup:  func(*plane) {},
			spec:   func(*v1alpha1.FailoverTarget) {},
		},
		"Record": {
			reason: "Its endpoint of the record is left out.",
			setup:  func(p *plane) { p.dark(east) },
			spec:   shared(east, west, ohio),
		},
		"Credentials": {
			reason: "And so is its STS, though it be the one that the ProviderConfig names first.",
			setup: func(p *plane) {
				p.assuming("arn:aws:iam::"+account+":role/crossdr", east, west)
				p.dark(east)
				p.restart() // It needs new ones.
			},
			spec: shared(east, west, ohio),
		},
		"Restarted": {
			reason: "After a restart, too, when nobody knows anything of any region.",
			setup: func(p *plane) {
				p.dark(east)
				p.restart()
			},
			spec: shared(east, west, ohio),
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.strong()

			p := w.plane("us")
			p.apply(p.target(tc.spec))
			p.reconcile()
			tc.setup(p)

			// Nothing is measured, so it is in progress for a while.
			p.edit(activating(west, 2))
			w.aws.Forbid(emulator.Scope{Region: east})
			p.reconcile()
			mg := p.polls(3)

			if got := codes(mg); len(got) != 1 || got[0] != v1alpha1.BlockerNothingMeasured {
				t.Fatalf("%s\nblocked by %v", tc.reason, got)
			}

			p.selection("db-west", west, 0)
			p.stands(tc.reason, stand{west, 2, true, "Steady"}, p.reconcile())

			if v := w.aws.Violations(); len(v) > 0 {
				t.Errorf("%s\nwas called: %v", tc.reason, v)
			}

			if name == "Credentials" && len(w.aws.Calls(emulator.Scope{Region: west, Action: "AssumeRole"})) == 0 {
				t.Error("No credentials were asked for.")
			}
		})
	}
}

// TestACallUnderWayIsGivenUp: what was asked of a region before it is left is
// given up when it is.
func TestACallUnderWayIsGivenUp(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.selection("db-west", west, 0)
	p.apply(p.target())
	p.reconcile()

	// Left alone, the call would hang for as long, and then count as a failure.
	p.limit = 10 * time.Second
	p.restart()

	held := w.aws.Inject(emulator.Scope{Region: east}, emulator.Hang())
	p.connector.prober.patience = time.Second
	p.pass()
	w.until("us-east-1 to be asked", func() bool { return held.Hits() > 0 })

	p.edit(activating(west, 2))
	p.reconcile()
	p.stands("What hangs holds nobody.", stand{west, 2, true, "Steady"}, p.get())

	if got := p.connector.prober.reach(place{"default", east}); got != (failover.Reachability{}).Doubt() {
		t.Errorf("A call that is given up says nothing of the region: %+v", got)
	}
}

// TestOthersGoOn: a region that one target leaves is still looked at for another
// one, and the call that they share is not given up.
func TestOthersGoOn(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.apply(p.target())

	release := make(chan struct{})
	held := w.aws.Inject(emulator.Scope{Region: east}, emulator.Slow(release))
	p.connector.prober.patience = time.Second
	p.pass()
	w.until("us-east-1 to be asked", func() bool { return held.Hits() > 0 })

	p.connector.prober.look(t.Context(), []ask{{place: place{"default", east}, target: "another", contact: failover.ContactAll}})
	p.connector.prober.look(t.Context(), []ask{{place: place{"default", east}, target: "us", contact: failover.ContactNone}})

	close(release)
	p.wait()

	if got := p.connector.prober.reach(place{"default", east}); !got.Usable() {
		t.Error("The call was given up, though another target wants it.")
	}
}

// TestADarkRegionHoldsNoWorker: a reconcile returns while the region is still
// being asked, and the next one does not wait for it at all.
func TestADarkRegionHoldsNoWorker(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.limit = 10 * time.Second
	p.restart()
	p.apply(p.target())
	p.reconcile()

	hang := w.aws.Inject(emulator.Scope{Region: east}, emulator.Hang())
	p.connector.prober.patience = time.Millisecond
	p.clock.Advance(poll)
	p.pass()

	if underWay, inVain := p.probing(east); !underWay || !inVain {
		t.Fatal("The reconcile waited until the region was given up.")
	}

	// If the next one waited, it would do so until the region is given up.
	p.connector.prober.patience = time.Minute
	p.pass()

	if underWay, _ := p.probing(east); !underWay {
		t.Fatal("The next one waited, too.")
	}

	hang.Clear()
	p.wait()
	p.poll()

	if _, inVain := p.probing(east); inVain {
		t.Error("A region that answers again is waited for again.")
	}
}
