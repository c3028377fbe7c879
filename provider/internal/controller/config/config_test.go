package config

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpfake "github.com/crossplane/crossplane-runtime/v2/pkg/resource/fake"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// A typed client sets the kind of what it gets, as the cache of a manager does.
type typed struct {
	client.Client
}

func (c typed) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	if err := c.Client.Get(ctx, key, o, opts...); err != nil {
		return err
	}

	gvk, err := c.GroupVersionKindFor(o)
	o.GetObjectKind().SetGroupVersionKind(gvk)

	return err
}

// TestInUse checks that a ProviderConfig or ClusterProviderConfig that a managed
// resource uses is not deleted, and that one of the same name and of the other
// kind is.
func TestInUse(t *testing.T) {
	type left struct {
		namespaced, other, cluster bool
	}

	cases := map[string]struct {
		reason string
		kind   string
		want   left
	}{
		"NoUser": {
			reason: "What nothing uses can go.",
		},
		"ProviderConfig": {
			reason: "Only the ProviderConfig of the managed resource's own namespace is in use.",
			kind:   v1alpha1.ProviderConfigKind,
			want:   left{namespaced: true},
		},
		"ClusterProviderConfig": {
			reason: "Only the ClusterProviderConfig is in use.",
			kind:   v1alpha1.ClusterProviderConfigKind,
			want:   left{cluster: true},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			scheme := runtime.NewScheme()
			if err := v1alpha1.AddToScheme(scheme); err != nil {
				t.Fatal(err)
			}

			kube := typed{fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&v1alpha1.ProviderConfig{}, &v1alpha1.ClusterProviderConfig{}).Build()}
			named := func(namespace string) metav1.ObjectMeta {
				return metav1.ObjectMeta{Namespace: namespace, Name: "default", UID: types.UID(namespace)}
			}
			configs := []client.Object{
				&v1alpha1.ProviderConfig{ObjectMeta: named("team-a")},
				&v1alpha1.ProviderConfig{ObjectMeta: named("team-b")},
				&v1alpha1.ClusterProviderConfig{ObjectMeta: named("")},
			}

			for _, o := range configs {
				if err := kube.Create(t.Context(), o); err != nil {
					t.Fatal(err)
				}
			}

			if tc.kind != "" {
				use(t, kube, tc.kind)
			}

			mgr := &xpfake.Manager{Client: kube, Scheme: scheme}

			for _, o := range configs {
				gvk, err := kube.GroupVersionKindFor(o)
				if err != nil {
					t.Fatal(err)
				}

				req := reconcile.Request{NamespacedName: client.ObjectKeyFromObject(o)}
				r := newReconciler(mgr, gvk)

				for _, act := range []func() error{
					func() error { _, err := r.Reconcile(t.Context(), req); return err },
					func() error { return kube.Delete(t.Context(), o) },
					func() error { _, err := r.Reconcile(t.Context(), req); return err },
				} {
					if err := act(); err != nil {
						t.Fatalf("%T: %v", o, err)
					}
				}
			}

			exists := func(o client.Object) bool {
				return kube.Get(t.Context(), client.ObjectKeyFromObject(o), o) == nil
			}
			got := left{namespaced: exists(configs[0]), other: exists(configs[1]), cluster: exists(configs[2])}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(left{})); diff != "" {
				t.Errorf("\n%s\nwhat is left: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// use tracks that a managed resource of team-a uses a config, as a controller
// does when it connects.
func use(t *testing.T, kube client.Client, kind string) {
	t.Helper()

	mg := &v1alpha1.SnapshotSelection{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: v1alpha1.SnapshotSelectionKind},
		ObjectMeta: metav1.ObjectMeta{Namespace: "team-a", Name: "snapshots", UID: "snapshots"},
		Spec: v1alpha1.SnapshotSelectionSpec{ManagedResourceSpec: xpv2.ManagedResourceSpec{
			ProviderConfigReference: &xpv2.ProviderConfigReference{Kind: kind, Name: "default"},
		}},
	}
	if err := resource.NewProviderConfigUsageTracker(kube, &v1alpha1.ProviderConfigUsage{}).Track(t.Context(), mg); err != nil {
		t.Fatal(err)
	}
}
