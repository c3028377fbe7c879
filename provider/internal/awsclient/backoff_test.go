package awsclient

import (
	"context"
	"errors"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	xpfake "github.com/crossplane/crossplane-runtime/v2/pkg/resource/fake"
	configurationv1alpha1 "github.com/crossplane/upjet/v2/apis/configuration/v1alpha1"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

func TestBackoff(t *testing.T) {
	policy := &configurationv1alpha1.ReconciliationPolicy{ExponentialFailureRateLimiter: &configurationv1alpha1.ExponentialFailureRateLimiter{
		BaseDelay: &metav1.Duration{Duration: 7 * time.Second},
	}}

	type want struct {
		reconciled bool
		delay      time.Duration
	}

	cases := map[string]struct {
		reason  string
		objects []client.Object
		want    want
	}{
		"Default": {
			reason:  "Without a policy the delays are those of crossplane-runtime.",
			objects: []client.Object{selection("team-a", v1alpha1.ProviderConfigKind), namespaced("team-a", v1alpha1.ProviderConfigSpec{})},
			want:    want{reconciled: true, delay: time.Second},
		},
		"ProviderConfig": {
			reason:  "The policy of the ProviderConfig that is referred to counts.",
			objects: []client.Object{selection("team-a", v1alpha1.ProviderConfigKind), namespaced("team-a", v1alpha1.ProviderConfigSpec{ReconciliationPolicy: policy}), cluster(v1alpha1.ProviderConfigSpec{})},
			want:    want{reconciled: true, delay: 7 * time.Second},
		},
		"ClusterProviderConfig": {
			reason:  "And no other.",
			objects: []client.Object{selection("team-a", v1alpha1.ClusterProviderConfigKind), namespaced("team-a", v1alpha1.ProviderConfigSpec{ReconciliationPolicy: policy}), cluster(v1alpha1.ProviderConfigSpec{})},
			want:    want{reconciled: true, delay: time.Second},
		},
		"NoProviderConfig": {
			reason:  "A ProviderConfig that is missing must be reported on the managed resource, and so must not end the reconcile before it begins.",
			objects: []client.Object{selection("team-a", v1alpha1.ProviderConfigKind)},
			want:    want{reconciled: true, delay: time.Second},
		},
		"KindUnknown": {
			reason:  "So must a reference to something else.",
			objects: []client.Object{selection("team-a", "ProviderConfigUsage")},
			want:    want{reconciled: true, delay: time.Second},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, o := range tc.objects {
				w.apply(o)
			}

			b := NewBackoff(&xpfake.Manager{Client: w.kube, Scheme: w.kube.Scheme()}, v1alpha1.SnapshotSelectionGroupVersionKind)
			req := reconcile.Request{NamespacedName: client.ObjectKey{Namespace: "team-a", Name: "snapshots"}}

			got := want{}
			inner := reconcile.Func(func(context.Context, reconcile.Request) (reconcile.Result, error) {
				got.reconciled = true

				return reconcile.Result{}, errors.New("dark")
			})

			if _, err := b.Reconciler(inner).Reconcile(t.Context(), req); err == nil {
				t.Errorf("\n%s\nReconcile(...): want the error of the managed reconciler", tc.reason)
			}

			got.delay = b.RateLimiter().When(req)
			if got != tc.want {
				t.Errorf("\n%s\nwant %+v, got %+v", tc.reason, tc.want, got)
			}
		})
	}
}
