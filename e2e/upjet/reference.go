package upjet

import (
	"context"
	"errors"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/fieldpath"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpreference "github.com/crossplane/crossplane-runtime/v2/pkg/reference"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// ResolveReferences resolves the arguments that refer to other managed resources
// of the namespace, as generated code of the real provider does.
func (mg *managedResource) ResolveReferences(ctx context.Context, c client.Reader) error {
	// The real one writes null for an empty string here, which the API server
	// refuses. A replica is promoted all the same, so it does so from then on.
	if source, ok := mg.arguments()[replicateSource]; ok && source == "" && mg.observed().text(replicateSource) == "" && len(mg.observed()) > 0 {
		return errors.New(`cannot patch the managed resource via server-side apply: spec.forProvider.replicateSourceDb: ` +
			`Invalid value: "null": must be of type string: "null"`)
	}

	r := xpreference.NewAPINamespacedResolver(c, mg)

	references := mg.kind().references
	for i := range references {
		ref := &references[i]

		resolve := mg.resolve
		if ref.many {
			resolve = mg.resolveMany
		}

		if err := resolve(ctx, r, ref); err != nil {
			return fmt.Errorf("mg.Spec.ForProvider.%s: %w", ref.argument, err)
		}
	}

	return nil
}

func (mg *managedResource) resolve(ctx context.Context, r *xpreference.APINamespacedResolver, ref *reference) error {
	at := fieldpath.Pave(mg.Object)
	request := xpreference.NamespacedResolutionRequest{
		CurrentValue: mg.arguments().text(ref.argument), Namespace: mg.GetNamespace(), To: ref.target(), Extract: ref.extract,
		Selector: selectorOf(at, ref),
	}

	refTo := &xpv2.NamespacedReference{}
	if at.GetValueInto(forProvider(ref.ref()), refTo) == nil {
		request.Reference = refTo
	}

	if request.IsNoOp() {
		return nil
	}

	response, err := r.Resolve(ctx, request)
	if err != nil {
		return fmt.Errorf("cannot resolve references: %w", err)
	}

	return errors.Join(
		at.SetValue(forProvider(ref.argument), response.ResolvedValue),
		at.SetValue(forProvider(ref.ref()), response.ResolvedReference))
}

func (mg *managedResource) resolveMany(ctx context.Context, r *xpreference.APINamespacedResolver, ref *reference) error {
	at := fieldpath.Pave(mg.Object)
	request := xpreference.MultiNamespacedResolutionRequest{
		CurrentValues: mg.arguments().texts(ref.argument), Namespace: mg.GetNamespace(), To: ref.target(), Extract: ref.extract,
		Selector: selectorOf(at, ref),
	}

	// There may be none.
	_ = at.GetValueInto(forProvider(ref.ref()), &request.References)

	if request.IsNoOp() {
		return nil
	}

	response, err := r.ResolveMultiple(ctx, request)
	if err != nil {
		return fmt.Errorf("cannot resolve references: %w", err)
	}

	return errors.Join(
		at.SetValue(forProvider(ref.argument), response.ResolvedValues),
		at.SetValue(forProvider(ref.ref()), response.ResolvedReferences))
}

func forProvider(field string) string { return "spec.forProvider." + field }

func selectorOf(at *fieldpath.Paved, ref *reference) *xpv2.NamespacedSelector {
	s := &xpv2.NamespacedSelector{}
	if at.GetValueInto(forProvider(ref.selector()), s) != nil {
		return nil
	}

	return s
}

// target is what a reference is resolved with.
func (r *reference) target() xpreference.To {
	for _, k := range kinds() {
		if k.String() == r.to {
			return xpreference.To{Managed: newManaged(&k), List: newManagedList(&k)}
		}
	}

	return xpreference.To{}
}

// extract the value of the argument from what is referred to.
func (r *reference) extract(to resource.Managed) string {
	mg, ok := to.(*managedResource)
	if !ok || !r.arn {
		return meta.GetExternalName(to)
	}

	return mg.observed().text(attributeARN)
}
