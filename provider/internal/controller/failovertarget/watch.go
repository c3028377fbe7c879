package failovertarget

import (
	"context"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

// index returns under which FailoverTarget a SnapshotSelection is indexed.
func index(o client.Object) []string {
	s, ok := o.(*v1alpha1.SnapshotSelection)
	if !ok || targetOf(s) == (failover.Name{}) {
		return nil
	}

	return []string{targetOf(s).String()}
}

// measuredAnew passes on SnapshotSelections that come or go, or say something
// else of the data than before. The rest of what they say changes no decision.
func measuredAnew() predicate.Predicate {
	return predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			before, ok := e.ObjectOld.(*v1alpha1.SnapshotSelection)
			after, both := e.ObjectNew.(*v1alpha1.SnapshotSelection)

			return ok && both && !same(measurement(before), measurement(after))
		},
	}
}

// same returns whether two measurements say the same.
func same(a, b failover.Measurement) bool {
	if !a.DataTime.Equal(b.DataTime) {
		return false
	}

	a.DataTime = b.DataTime

	return a == b
}

// waiting returns the FailoverTarget that a SnapshotSelection names, if an
// activation of it waits to be carried out. Any other one is not reconciled: what
// is measured does not matter to it.
func waiting(kube client.Reader) handler.MapFunc {
	return func(ctx context.Context, o client.Object) []reconcile.Request {
		s, ok := o.(*v1alpha1.SnapshotSelection)
		if !ok {
			return nil
		}

		name := targetOf(s)
		key := types.NamespacedName{Namespace: name.Namespace, Name: name.Name}
		target := &v1alpha1.FailoverTarget{}

		// One that can't be read is reconciled when it can be.
		if key.Name == "" || kube.Get(ctx, key, target) != nil {
			return nil
		}

		if a := target.Spec.ForProvider.Activation; a == nil || a.Epoch <= target.Status.AtProvider.Epoch {
			return nil
		}

		return []reconcile.Request{{NamespacedName: key}}
	}
}
