package failovertarget

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// TestObserveDecidesNothing: only Update does.
func TestObserveDecidesNothing(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.sharing("us")
	p.edit(activating(west, 2))

	mg := p.get()
	before := mg.DeepCopy()

	e, err := p.connector.Connect(t.Context(), mg)
	if err != nil {
		t.Fatal(err)
	}

	got, err := e.Observe(t.Context(), mg)
	if err != nil {
		t.Fatal(err)
	}

	p.wait()

	if diff := cmp.Diff(managed.ExternalObservation{ResourceExists: true}, got); diff != "" {
		t.Errorf("What is to be decided is not up to date: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(before, p.get()); diff != "" {
		t.Errorf("Observe changes nothing: -before, +after:\n%s", diff)
	}

	if got := w.epoch(); got != "1" {
		t.Errorf("The record is at epoch %v", got)
	}

	if _, err := e.Update(t.Context(), mg); err != nil {
		t.Fatal(err)
	}

	if got := w.epoch(); got != "2" || mg.Status.AtProvider.ActiveRegion != west {
		t.Errorf("Update decides: the record is at epoch %v, and %s is active", got, mg.Status.AtProvider.ActiveRegion)
	}
}

// TestEditedUnderTheTurn: what is decided is what the object says, and not what
// it said.
func TestEditedUnderTheTurn(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.selection("db-west", west, 0)
	p.apply(p.target())
	p.reconcile()
	p.edit(activating(west, 2))

	p.meanwhile = func(c client.Client) {
		p.meanwhile = nil

		mg := p.target()
		if err := c.Get(t.Context(), keyOf(mg), mg); err != nil {
			t.Fatal(err)
		}

		mg.Spec.ForProvider.Activation = nil
		if err := c.Update(t.Context(), mg); err != nil {
			t.Fatal(err)
		}
	}

	p.stands("The activation was withdrawn.", stand{east, 1, true, "Steady"}, p.reconcile())
	p.stands("So nothing was decided.", stand{east, 1, true, "Steady"}, p.poll())
}

// TestEvents: what is wrong is told when it begins, and not with every poll.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.apply(p.target())
	p.reconcile()

	p.edit(activating(west, 2))
	p.reconcile()
	p.polls(3)

	if got := p.events.take(event.Reason("Blocked")); len(got) != 1 {
		t.Errorf("That it is Blocked was told %d times: %v", len(got), got)
	}

	p.edit(activating(west, 7))
	p.reconcile()

	if got := p.events.take(event.Reason("Stale")); len(got) != 1 {
		t.Errorf("That it is Stale was told %d times: %v", len(got), got)
	}

	p.edit(func(mg *v1alpha1.FailoverTarget) { mg.Spec.ForProvider.Activation = nil })
	p.reconcile()

	if got := p.events.take(event.Reason("Steady")); len(got) != 0 {
		t.Errorf("All being well is no news: %v", got)
	}
}

// TestUnreadableAnnotation: what somebody has broken is left for a person to
// see, and nothing moves.
func TestUnreadableAnnotation(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.selection("db-west", west, 0)
	p.apply(p.target())
	p.reconcile()

	p.edit(activating(west, 2), func(mg *v1alpha1.FailoverTarget) { mg.Annotations[v1alpha1.AnnotationDecision] = "{" })

	mg := p.reconcile()
	p.stands("It stands.", stand{east, 1, true, "Blocked"}, mg)

	if diff := cmp.Diff([]v1alpha1.BlockerCode{"RecordUnreadable"}, codes(mg)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}

	if got := mg.Annotations[v1alpha1.AnnotationDecision]; got != "{" {
		t.Errorf("The annotation is now %s", got)
	}
}

// TestInvalid: what the API server of an older CRD lets through is told, all of
// it, and changes nothing.
func TestInvalid(t *testing.T) {
	w := newWorld(t)
	p := w.plane("us")
	p.apply(p.target())
	p.reconcile()
	p.edit(activating("eu-west-1", 2, func(a *v1alpha1.Activation) { a.Accept = []v1alpha1.BlockerCode{"RecordNotStrong"} }))

	mg := p.reconcile()
	p.stands("It stands.", stand{east, 1, true, "Invalid"}, mg)

	want := "spec.forProvider.activation.region: Invalid value: eu-west-1 is none of the regions [us-east-1, us-west-2]; " +
		"spec.forProvider.activation.accept[0]: Invalid value: RecordNotStrong can't be accepted: without the record two control planes could decide"
	if got := mg.GetCondition(v1alpha1.TypeDecided).Message; got != want {
		t.Errorf("Decided says\n%s\nwant\n%s", got, want)
	}
}

// TestRestoreInPlace: the data of the active region, again.
func TestRestoreInPlace(t *testing.T) {
	p := newWorld(t).plane("us")
	p.selection("db-east", east, 5*time.Minute)
	p.apply(p.target())
	p.reconcile()
	p.edit(activating(east, 2, func(a *v1alpha1.Activation) { a.Restore = true }))

	at := p.reconcile().Status.AtProvider
	if at.ActiveRegion != east || at.DataEpoch != 2 || !at.Decision.Restore || at.Decision.From != east {
		t.Errorf("It is restored at epoch 2: %+v", at.Decision)
	}
}

func TestConfigOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		ref    *xpv2.ProviderConfigReference
		want   string
	}{
		"None":       {"A target without a ProviderConfig has no name for one.", nil, ""},
		"Cluster":    {"A ClusterProviderConfig has one name everywhere.", &xpv2.ProviderConfigReference{Kind: v1alpha1.ClusterProviderConfigKind, Name: "default"}, "default"},
		"Namespaced": {"A ProviderConfig is another one in each namespace: what one tenant may see, another may not.", &xpv2.ProviderConfigReference{Kind: v1alpha1.ProviderConfigKind, Name: "default"}, "dr/default"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := &v1alpha1.FailoverTarget{ObjectMeta: metav1.ObjectMeta{Namespace: "dr"}}
			mg.SetProviderConfigReference(tc.ref)

			if got := configOf(mg); got != tc.want {
				t.Errorf("%s\ngot %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

// TestAnotherAccount: what one account is offered says nothing of another one.
func TestAnotherAccount(t *testing.T) {
	const other = "444455556666"

	w := newWorld(t)
	w.in(west).OfferInstanceType("m7g.large")
	w.aws.Account(other).AddRole(emulator.Role{Name: "crossdr", TrustedAccounts: []string{account}})

	p := w.plane("us")
	p.apply(p.target(func(mg *v1alpha1.FailoverTarget) {
		mg.Spec.ForProvider.Require = &v1alpha1.Requirements{InstanceTypes: []string{"m7g.large"}}
	}))

	offered := func(mg *v1alpha1.FailoverTarget) int {
		return len(mg.Status.AtProvider.Regions[1].Offered.InstanceTypes["m7g.large"])
	}

	if got := offered(p.reconcile()); got != 4 {
		t.Errorf("One account is offered it in %d zones", got)
	}

	p.assuming("arn:aws:iam::" + other + ":role/crossdr")

	if got := offered(p.poll()); got != 0 {
		t.Errorf("The other one is offered it in %d zones", got)
	}
}
