// Package config reconciles ProviderConfigs and ClusterProviderConfigs.
package config

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/providerconfig"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// Setup adds controllers that count the users of ProviderConfigs and
// ClusterProviderConfigs, and keep those that are in use from being deleted.
func Setup(mgr ctrl.Manager, o controller.Options) error {
	if err := setup(mgr, o, &v1alpha1.ProviderConfig{}, v1alpha1.ProviderConfigGroupVersionKind); err != nil {
		return err
	}

	return setup(mgr, o, &v1alpha1.ClusterProviderConfig{}, v1alpha1.ClusterProviderConfigGroupVersionKind)
}

func setup(mgr ctrl.Manager, o controller.Options, of client.Object, kind schema.GroupVersionKind) error {
	name := providerconfig.ControllerName(kind.GroupKind().String())
	r := newReconciler(mgr, kind,
		providerconfig.WithLogger(o.Logger.WithValues("controller", name)),
		providerconfig.WithRecorder(event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...)))

	err := ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(o.ForControllerRuntime()).
		For(of).
		Watches(&v1alpha1.ProviderConfigUsage{}, &resource.EnqueueRequestForProviderConfig{Kind: kind.Kind}).
		Complete(ratelimiter.NewReconciler(name, r, o.GlobalRateLimiter))
	if err != nil {
		return fmt.Errorf("cannot add the controller %s: %w", name, err)
	}

	return nil
}

// newReconciler returns a reconciler of one kind.
//
// The usages of both kinds are ProviderConfigUsages: nothing else can
// crossplane-runtime's tracker write, and a reconciler that looked for another
// kind would find no user, and let go what is in use.
func newReconciler(mgr ctrl.Manager, kind schema.GroupVersionKind, opts ...providerconfig.ReconcilerOption) *providerconfig.Reconciler {
	return providerconfig.NewReconciler(mgr, resource.ProviderConfigKinds{
		Config:    kind,
		Usage:     v1alpha1.ProviderConfigUsageGroupVersionKind,
		UsageList: v1alpha1.ProviderConfigUsageListGroupVersionKind,
	}, opts...)
}
