// Package controller lists the controllers of the provider.
package controller

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/awsclient"
	"github.com/crossdr/crossdr/provider/internal/controller/config"
	"github.com/crossdr/crossdr/provider/internal/controller/failovertarget"
	"github.com/crossdr/crossdr/provider/internal/controller/snapshotselection"
)

// A registration is one controller, or a few that belong together.
type registration struct {
	setup func(mgr ctrl.Manager, o controller.Options) error

	// kinds that must be installed first.
	kinds []schema.GroupVersionKind
}

// registrations lists every controller.
func registrations(c *awsclient.Connector) []registration {
	configs := []schema.GroupVersionKind{
		v1alpha1.ProviderConfigGroupVersionKind,
		v1alpha1.ClusterProviderConfigGroupVersionKind,
		v1alpha1.ProviderConfigUsageGroupVersionKind,
	}

	return []registration{
		{
			setup: config.Setup,
			kinds: configs,
		},
		{
			setup: func(mgr ctrl.Manager, o controller.Options) error { return snapshotselection.Setup(mgr, o, c) },
			kinds: append(slices.Clone(configs), v1alpha1.SnapshotSelectionGroupVersionKind),
		},
		{
			setup: func(mgr ctrl.Manager, o controller.Options) error { return failovertarget.Setup(mgr, o, c) },
			kinds: append(slices.Clone(configs), v1alpha1.FailoverTargetGroupVersionKind, v1alpha1.SnapshotSelectionGroupVersionKind),
		},
	}
}

// Setup adds every controller.
func Setup(mgr ctrl.Manager, o controller.Options, c *awsclient.Connector) error {
	for _, r := range registrations(c) {
		if err := r.setup(mgr, o); err != nil {
			return err
		}
	}

	return nil
}

// SetupGated adds each controller once its kinds are installed: a provider that
// supports safe-start runs before they are. A controller that can't be added
// then is told to fail, which should end the program.
func SetupGated(mgr ctrl.Manager, o controller.Options, c *awsclient.Connector, fail func(error)) {
	for _, r := range registrations(c) {
		o.Gate.Register(func() {
			if err := r.setup(mgr, o); err != nil {
				fail(fmt.Errorf("cannot start controllers for %v: %w", r.kinds, err))
			}
		}, r.kinds...)
	}
}
