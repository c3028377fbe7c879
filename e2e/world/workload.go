package world

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Workloads stand in for Velero and Flux: the kinds of a Restore and of a
// Kustomization, and who fulfils them.
type Workloads struct {
	plane *Plane

	stop func()
	runs sync.WaitGroup
}

// StartWorkloads installs both kinds, lets Crossplane compose them, and begins to
// fulfil them.
func (p *Plane) StartWorkloads(ctx context.Context) (*Workloads, error) {
	crds := []*unstructured.Unstructured{workloadCRD(restores()), workloadCRD(kustomizations())}

	if err := p.Apply(ctx, crds...); err != nil {
		return nil, err
	}

	if err := p.AwaitKinds(ctx, crds...); err != nil {
		return nil, err
	}

	role := Object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "workloads")
	role.SetLabels(map[string]string{"rbac.crossplane.io/aggregate-to-crossplane": "true"})
	role.Object["rules"] = []any{map[string]any{
		"apiGroups": []any{restores().Group, kustomizations().Group}, "resources": []any{"*"}, "verbs": []any{"*"},
	}}

	if err := p.Apply(ctx, role, Object("v1", "Namespace", "", "velero"), Object("v1", "Namespace", "", "flux-system")); err != nil {
		return nil, err
	}

	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	w := &Workloads{plane: p, stop: stop}
	w.runs.Go(func() { w.run(running) })

	return w, nil
}

// Stop stops both.
func (w *Workloads) Stop() {
	w.stop()
	w.runs.Wait()
}

func restores() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "velero.io", Version: "v1", Kind: "Restore"}
}

func kustomizations() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Kind: "Kustomization"}
}

// run fulfils what there is until the context is done.
func (w *Workloads) run(ctx context.Context) {
	const pause = 300 * time.Millisecond

	for t := time.NewTicker(pause); ; {
		select {
		case <-ctx.Done():
			t.Stop()

			return
		case <-t.C:
		}

		for _, gvk := range []schema.GroupVersionKind{restores(), kustomizations()} {
			list := &unstructured.UnstructuredList{}
			list.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))

			// What can't be listed now can be later.
			if err := w.plane.Client().List(ctx, list); err != nil {
				continue
			}

			for i := range list.Items {
				w.fulfil(ctx, &list.Items[i])
			}
		}
	}
}

// fulfil a Restore that is not complete, and a Kustomization that is not
// suspended.
func (w *Workloads) fulfil(ctx context.Context, u *unstructured.Unstructured) {
	status := map[string]any{"phase": "Completed", "completionTimestamp": now().UTC().Format(time.RFC3339)}

	if u.GetKind() == "Kustomization" {
		if suspended, _, _ := unstructured.NestedBool(u.Object, "spec", "suspend"); suspended {
			return
		}

		status = map[string]any{"observedGeneration": u.GetGeneration(), "conditions": []any{map[string]any{
			"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded", "message": "Applied revision: main@sha1:0000000",
			"lastTransitionTime": u.GetCreationTimestamp().UTC().Format(time.RFC3339),
		}}}
	}

	if generation, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration"); generation == u.GetGeneration() {
		return
	}

	if phase, _, _ := unstructured.NestedString(u.Object, "status", "phase"); phase != "" {
		return
	}

	// What fails now is done the next time.
	_ = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		if err := w.plane.Client().Get(ctx, client.ObjectKeyFromObject(u), u); err != nil {
			return fmt.Errorf("cannot get a workload: %w", err)
		}

		u.Object["status"] = status

		return w.plane.Client().Status().Update(ctx, u)
	})
}

// workloadCRD returns a CRD that lets everything pass.
func workloadCRD(gvk schema.GroupVersionKind) *unstructured.Unstructured {
	plural := map[string]string{"Restore": "restores", "Kustomization": "kustomizations"}[gvk.Kind]

	crd := Object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural+"."+gvk.Group)
	crd.Object["spec"] = map[string]any{
		"group": gvk.Group, "scope": "Namespaced", "names": map[string]any{"kind": gvk.Kind, "plural": plural},
		"versions": []any{map[string]any{
			"name": gvk.Version, "served": true, "storage": true, "subresources": map[string]any{"status": map[string]any{}},
			"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
		}},
	}

	return crd
}
