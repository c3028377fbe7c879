package awsclient

import (
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/upjet/v2/pkg/reconciler/reconciliationpolicy"
)

// The delays between failed reconciles, unless a ProviderConfig's
// reconciliationPolicy says otherwise: those of crossplane-runtime.
const (
	baseDelay = time.Second
	maxDelay  = time.Minute
)

// A Backoff delays failed reconciles of one kind of managed resource by the
// reconciliationPolicy of each one's ProviderConfig. Use all of its parts.
type Backoff struct {
	mgr     manager.Manager
	kind    schema.GroupVersionKind
	limiter *reconciliationpolicy.ExponentialFailureRateLimiter
}

// NewBackoff returns a Backoff for a kind of managed resource.
func NewBackoff(mgr manager.Manager, kind schema.GroupVersionKind) *Backoff {
	return &Backoff{
		mgr:     mgr,
		kind:    kind,
		limiter: reconciliationpolicy.NewExponentialFailureRateLimiter(baseDelay, maxDelay),
	}
}

// RateLimiter belongs in the options of the controller.
func (b *Backoff) RateLimiter() *reconciliationpolicy.ExponentialFailureRateLimiter {
	return b.limiter
}

// Finalizer belongs in the options of the managed reconciler. It forgets the
// delays of a managed resource that is gone.
func (b *Backoff) Finalizer() resource.Finalizer {
	return reconciliationpolicy.NewFinalizer(
		resource.NewAPIFinalizer(b.mgr.GetClient(), managed.FinalizerName),
		reconciliationpolicy.WithFinalizerRateLimiter(b.limiter))
}

// Reconciler wraps the managed reconciler.
func (b *Backoff) Reconciler(r reconcile.Reconciler) reconcile.Reconciler {
	return reconciliationpolicy.NewReconciler(r, b.mgr, b.kind,
		reconciliationpolicy.WithRateLimiter(b.limiter),
		reconciliationpolicy.WithSource(ReconciliationPolicy))
}
