package failovertarget

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// What people read of a target.
type told struct {
	Active    string
	Epoch     int64
	Holder    bool
	Phase     v1alpha1.Phase
	Reachable string
	Decided   xpv2.ConditionReason
	Ready     corev1.ConditionStatus
	Synced    corev1.ConditionStatus
	Events    []string
}

// tell what a reconcile led to.
func (p *plane) tell(mg *v1alpha1.FailoverTarget) told {
	at := &mg.Status.AtProvider

	return told{
		Active: at.ActiveRegion, Epoch: at.Epoch, Holder: at.Holder, Phase: at.Phase, Reachable: at.ReachableRegions,
		Decided: mg.GetCondition(v1alpha1.TypeDecided).Reason,
		Ready:   mg.GetCondition(xpv2.TypeReady).Status,
		Synced:  mg.GetCondition(xpv2.TypeSynced).Status,
		Events:  p.events.take(reasonDecided),
	}
}

// TestStory is one life of a target, from home to us-west-2 and back.
func TestStory(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.selection("db-west", west, 12*time.Minute)
	p.apply(p.target())

	var dark *emulator.Injection

	steps := []struct {
		reason string
		do     func() *v1alpha1.FailoverTarget
		want   told
	}{
		{
			reason: "At first sight home serves.",
			do:     p.reconcile,
			want: told{
				Active: east, Epoch: 1, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: east + ", " + west,
				Decided: "Steady", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
				Events: []string{"us-east-1 is home and serves at epoch 1"},
			},
		},
		{
			reason: "One probe that fails means nothing.",
			do: func() *v1alpha1.FailoverTarget {
				dark = w.dark(east)

				return p.poll()
			},
			want: told{
				Active: east, Epoch: 1, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: east + ", " + west,
				Decided: "Steady", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "Three of them mean that the region is dark. Nobody fails over by himself.",
			do:     func() *v1alpha1.FailoverTarget { return p.polls(2) },
			want: told{
				Active: east, Epoch: 1, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: west,
				Decided: "Steady", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "Without consent to a loss nothing moves, and the region being left is not called from here on.",
			do: func() *v1alpha1.FailoverTarget {
				w.aws.Forbid(emulator.Scope{Region: east})
				p.edit(activating(west, 2, func(a *v1alpha1.Activation) { a.MaxDataLoss = nil }))
				p.reconcile()

				return p.polls(3)
			},
			want: told{
				Active: east, Epoch: 1, Holder: true, Phase: v1alpha1.PhaseBlocked, Reachable: west,
				Decided: "Blocked", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "With it, one reconcile moves the active region.",
			do: func() *v1alpha1.FailoverTarget {
				p.edit(activating(west, 2))

				return p.reconcile()
			},
			want: told{
				Active: west, Epoch: 2, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: west,
				Decided: "Steady", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
				Events: []string{"us-west-2 is active at epoch 2, and us-east-1 is left; data from 2026-11-20T11:48:00Z on is accepted (18m before the decision); reason: INC-4711"},
			},
		},
	}

	for _, step := range steps {
		if diff := cmp.Diff(step.want, p.tell(step.do())); diff != "" {
			t.Errorf("%s\n-want, +got:\n%s", step.reason, diff)
		}
	}

	if v := w.aws.Violations(); len(v) > 0 {
		t.Errorf("The region being left was called: %v", v)
	}

	// It may be called again, now that it is left.
	dark.Clear()

	steps = steps[:0]
	steps = append(steps, []struct {
		reason string
		do     func() *v1alpha1.FailoverTarget
		want   told
	}{
		{
			reason: "A region that returns is reachable after three probes, for which nobody waits, and that is all.",
			do:     func() *v1alpha1.FailoverTarget { return p.polls(4) },
			want: told{
				Active: west, Epoch: 2, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: east + ", " + west,
				Decided: "Steady", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "Back is one more activation. The region that is left has to prove that it answers before it is told so.",
			do: func() *v1alpha1.FailoverTarget {
				p.selection("db-east", east, 0)
				p.edit(activating(east, 3))

				return p.reconcile()
			},
			want: told{
				Active: east, Epoch: 3, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: east,
				Decided: "Steady", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
				Events: []string{"us-east-1 is active at epoch 3, and us-west-2 is left; data from 2026-11-20T12:10:00Z on is accepted (0s before the decision); reason: INC-4711"},
			},
		},
		{
			reason: "A commit that is replayed is ignored, and said to be.",
			do: func() *v1alpha1.FailoverTarget {
				p.edit(activating(west, 2))

				return p.reconcile()
			},
			want: told{
				Active: east, Epoch: 3, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: east,
				Decided: "Stale", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "It does, with three probes.",
			do:     func() *v1alpha1.FailoverTarget { return p.polls(4) },
			want: told{
				Active: east, Epoch: 3, Holder: true, Phase: v1alpha1.PhaseSteady, Reachable: east + ", " + west,
				Decided: "Stale", Ready: corev1.ConditionTrue, Synced: corev1.ConditionTrue,
			},
		},
	}...)

	for _, step := range steps {
		if diff := cmp.Diff(step.want, p.tell(step.do())); diff != "" {
			t.Errorf("%s\n-want, +got:\n%s", step.reason, diff)
		}
	}
}

// TestStatus is all that the status says of a decision.
func TestStatus(t *testing.T) {
	w := newWorld(t)
	w.in(west).OfferInstanceType("m7g.large", "usw2-az1", "usw2-az3")
	w.in(west).OfferDBInstance(emulator.OrderableDBInstanceOption{Class: "db.r6g.large", Engine: "aurora-postgresql", ZoneIDs: []string{"usw2-az1"}})
	w.in(west).OfferDBInstance(emulator.OrderableDBInstanceOption{Class: "db.r6g.large", Engine: "mysql", ZoneIDs: []string{"usw2-az2"}})
	w.in(west).SetZoneState("usw2-az4", emulator.ZoneImpaired, "")
	w.aws.Account(account).OrderZones(east, "use1-az2", "use1-az1")

	p := w.plane("us")
	p.selection("db-west", west, 12*time.Minute)
	p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
		mg.Spec.ForProvider.Require = &v1alpha1.Requirements{
			InstanceTypes: []string{"m7g.large", "u7i-12tb.224xlarge"}, DBInstanceClasses: []string{"db.r6g.large"}, Zones: 2,
		}
	}))
	p.reconcile()
	p.edit(activating(west, 2, func(a *v1alpha1.Activation) { a.Accept = []v1alpha1.BlockerCode{v1alpha1.BlockerTypeNotOffered} }))

	at := func(hour, minute int) *metav1.Time {
		return new(metav1.NewTime(time.Date(2026, 11, 20, hour, minute, 0, 0, time.UTC)))
	}

	zone := func(id, name, state string) v1alpha1.ZoneObservation {
		return v1alpha1.ZoneObservation{ID: id, Name: name, Type: "availability-zone", State: state, OptInStatus: "opt-in-not-required"}
	}

	want := v1alpha1.FailoverTargetObservation{
		ActiveRegion: west, Epoch: 2, DataEpoch: 2, Holder: true, Phase: v1alpha1.PhaseSteady,
		Decision: &v1alpha1.Decision{
			From: east, DecidedAt: at(12, 0), DataLoss: "12m0s", OldestData: at(11, 48),
			Accepted: []v1alpha1.BlockerCode{v1alpha1.BlockerTypeNotOffered}, Reason: "INC-4711", By: "us",
		},
		History: []v1alpha1.PastDecision{{
			Decision: v1alpha1.Decision{DecidedAt: at(12, 0), By: "us"}, ActiveRegion: east, Epoch: 1, DataEpoch: 1,
		}},
		ReachableRegions: "us-west-2",
		Regions: []v1alpha1.RegionObservation{
			{
				Name: east, Reachable: false, OptInStatus: "opt-in-not-required",
				Zones: []v1alpha1.ZoneObservation{zone("use1-az1", "us-east-1b", "available"), zone("use1-az2", "us-east-1a", "available")},
				Offered: &v1alpha1.Offered{
					InstanceTypes:     map[string][]string{"m7g.large": {}, "u7i-12tb.224xlarge": {}},
					DBInstanceClasses: map[string][]string{"db.r6g.large": {}},
				},
			},
			{
				Name: west, Reachable: true, OptInStatus: "opt-in-not-required",
				Zones: []v1alpha1.ZoneObservation{
					zone("usw2-az1", "us-west-2a", "available"), zone("usw2-az2", "us-west-2b", "available"),
					zone("usw2-az3", "us-west-2c", "available"), zone("usw2-az4", "us-west-2d", "impaired"),
				},
				Offered: &v1alpha1.Offered{
					InstanceTypes:     map[string][]string{"m7g.large": {"usw2-az1", "usw2-az3"}, "u7i-12tb.224xlarge": {}},
					DBInstanceClasses: map[string][]string{"db.r6g.large": {"usw2-az1", "usw2-az2"}},
				},
			},
		},
	}

	got := p.reconcile()
	if diff := cmp.Diff(want, got.Status.AtProvider); diff != "" {
		t.Errorf("The first reconcile tells all: -want, +got:\n%s", diff)
	}

	for _, c := range got.Status.Conditions {
		if c.ObservedGeneration != 2 {
			t.Errorf("%s is of generation %d, want 2", c.Type, c.ObservedGeneration)
		}
	}
}
