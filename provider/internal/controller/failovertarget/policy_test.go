package failovertarget

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

func only(actions ...xpv2.ManagementAction) func(*v1alpha1.FailoverTarget) {
	return func(mg *v1alpha1.FailoverTarget) { mg.Spec.ManagementPolicies = actions }
}

func TestManagementPolicies(t *testing.T) {
	cases := map[string]struct {
		reason   string
		policies []xpv2.ManagementAction
		want     stand
		wrote    bool
	}{
		"All": {
			reason: "By default it decides.", policies: []xpv2.ManagementAction{xpv2.ManagementActionAll},
			want: stand{west, 2, true, "Steady"}, wrote: true,
		},
		"WithoutDelete": {
			reason:   "What it may do on deletion does not matter.",
			policies: []xpv2.ManagementAction{xpv2.ManagementActionObserve, xpv2.ManagementActionCreate, xpv2.ManagementActionUpdate, xpv2.ManagementActionLateInitialize},
			want:     stand{west, 2, true, "Steady"}, wrote: true,
		},
		"ObserveOnly": {
			reason: "Who may only observe writes nothing, and says why.", policies: []xpv2.ManagementAction{xpv2.ManagementActionObserve},
			want: stand{east, 1, true, "Blocked"},
		},
		"Paused": {
			reason: "Who is paused does not even look.", policies: []xpv2.ManagementAction{},
			want: stand{east, 1, true, "Steady"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.strong()

			p := w.sharing("us")
			before := len(w.aws.Calls(emulator.Scope{Action: "PutItem"}))

			p.edit(only(tc.policies...), activating(west, 2))
			p.stands(tc.reason, tc.want, p.reconcile())

			if wrote := len(w.aws.Calls(emulator.Scope{Action: "PutItem"})) > before; wrote != tc.wrote {
				t.Errorf("%s\nwrote the record: %t", tc.reason, wrote)
			}
		})
	}
}

// TestObserverFollows: a control plane that only observes follows what others
// decide.
func TestObserverFollows(t *testing.T) {
	w := newWorld(t)
	w.strong()

	observer := w.plane("observer")
	observer.apply(observer.target(shared(west, ohio), only(xpv2.ManagementActionObserve)))
	observer.stands("It does not decide that home serves.", stand{"", 0, false, "RecordNotWritten"}, observer.reconcile())

	p := w.sharing("us")
	p.edit(activating(west, 2))
	p.reconcile()
	observer.stands("It follows.", stand{west, 2, false, "Following"}, observer.poll())
}

func TestPaused(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
		mg.Annotations = map[string]string{meta.AnnotationKeyReconciliationPaused: "true"}
	}))

	mg := p.reconcile()
	if got := mg.GetCondition(xpv2.TypeSynced).Reason; got != xpv2.ReasonReconcilePaused {
		t.Errorf("Synced is %s", got)
	}

	if calls := w.aws.Calls(emulator.Scope{}); len(calls) > 0 || mg.Status.AtProvider.Epoch != 0 {
		t.Errorf("A paused target is left alone: %v, %+v", calls, mg.Status.AtProvider)
	}
}

// TestDeletion: a target goes without a word to AWS, and its record stays.
func TestDeletion(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.sharing("us")
	if !meta.FinalizerExists(p.get(), "finalizer.managedresource.crossplane.io") {
		t.Error("A target has a finalizer.")
	}

	before := w.in(ohio).Item(tableName, itemKey)

	if err := p.kube.Delete(t.Context(), p.get()); err != nil {
		t.Fatal(err)
	}

	w.aws.Forbid(emulator.Scope{})

	if gone := p.reconcile(); gone.Name != "" {
		t.Errorf("It is still there: %+v", gone.ObjectMeta)
	}

	if v := w.aws.Violations(); len(v) > 0 {
		t.Errorf("AWS was called: %v", v)
	}

	if diff := cmp.Diff(before["state"], w.in(ohio).Item(tableName, itemKey)["state"]); diff != "" {
		t.Errorf("The record has changed: -before, +after:\n%s", diff)
	}
}

// TestUsage: the ProviderConfig is known to be used.
func TestUsage(t *testing.T) {
	p := newWorld(t).plane("us")
	p.apply(p.target())
	p.reconcile()

	usages := &v1alpha1.ProviderConfigUsageList{}
	if err := p.kube.List(t.Context(), usages); err != nil {
		t.Fatal(err)
	}

	if len(usages.Items) != 1 || usages.Items[0].ResourceReference.Name != "payments" {
		t.Errorf("It is used by %+v", usages.Items)
	}
}

// TestWithoutAWS: what keeps us from asking AWS is said, and keeps nobody from
// deciding.
func TestWithoutAWS(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  func(p *plane)
		want   string
	}{
		"NoProviderConfig": {
			reason: "Without credentials nothing is known.",
			fault: func(p *plane) {
				if err := p.kube.Delete(p.t.Context(), p.providerConfig()); err != nil {
					p.t.Fatal(err)
				}
			},
			want: `observe failed: cannot look at us-east-1, us-west-2: cannot get ClusterProviderConfig "default": clusterproviderconfigs.aws.m.crossdr.io "default" not found`,
		},
		"Denied": {
			reason: "A missing permission is named.",
			fault:  func(p *plane) { p.aws.Inject(emulator.Scope{Action: "DescribeAvailabilityZones"}, emulator.Deny()) },
			want:   "observe failed: cannot look at us-east-1, us-west-2: cannot list its zones: operation error EC2: DescribeAvailabilityZones, UnauthorizedOperation: User: arn:aws:iam::111122223333:user/AKIATEST is not authorized to perform: ec2:DescribeAvailabilityZones",
		},
		"DeniedTypes": {
			reason: "Whatever it is for.",
			fault:  func(p *plane) { p.aws.Inject(emulator.Scope{Action: "DescribeInstanceTypeOfferings"}, emulator.Deny()) },
			want:   "observe failed: cannot look at us-east-1, us-west-2: cannot list where instance types are offered: operation error EC2: DescribeInstanceTypeOfferings, UnauthorizedOperation: User: arn:aws:iam::111122223333:user/AKIATEST is not authorized to perform: ec2:DescribeInstanceTypeOfferings",
		},
		"Dark": {
			reason: "What does not answer now may do so next time.",
			fault:  func(p *plane) { p.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Reset()) },
			want:   "observe failed: cannot look at us-east-1, us-west-2: cannot list where DB instance classes are offered: no answer",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.plane("us")
			p.selection("db-west", west, 12*time.Minute)
			tc.fault(p)
			p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
				mg.Spec.ForProvider.Require = &v1alpha1.Requirements{InstanceTypes: []string{"m7g.large"}, DBInstanceClasses: []string{"db.r6g.large"}}
			}))
			p.reconcile() // It decides first.

			mg := p.poll()
			p.stands(tc.reason, stand{east, 1, true, "Steady"}, mg)

			if got := mg.GetCondition(xpv2.TypeSynced).Message; got != tc.want {
				t.Errorf("%s\nSynced says\n%s\nwant\n%s", tc.reason, got, tc.want)
			}

			if diff := cmp.Diff(mg.Status, p.poll().Status); diff != "" {
				t.Errorf("%s\nIt is said in the same words: -before, +after:\n%s", tc.reason, diff)
			}

			everything := []v1alpha1.BlockerCode{"RegionUnreachable", "TooFewZones", "TypeNotOffered"}
			p.edit(activating(west, 2, func(a *v1alpha1.Activation) { a.Accept = everything }))
			p.reconcile()
			p.stands(tc.reason, stand{west, 2, true, "Steady"}, p.reconcile())
		})
	}
}
