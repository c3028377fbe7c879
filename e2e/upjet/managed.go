package upjet

import (
	"maps"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/crossplane/crossplane-runtime/v2/pkg/fieldpath"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource/unstructured/composed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// A managed resource of any kind. It has no fields of its own: it is compared
// with what is compared field by field.
type managedResource struct {
	composed.Unstructured
}

var _ resource.ModernManaged = &managedResource{}

// newManaged returns an empty managed resource of a kind.
func newManaged(k *kind) *managedResource {
	mg := &managedResource{}
	mg.SetGroupVersionKind(k.gvk())

	return mg
}

// DeepCopyObject returns a copy.
func (mg *managedResource) DeepCopyObject() runtime.Object {
	return &managedResource{Unstructured: *mg.DeepCopy()}
}

// SetManagementPolicies of the managed resource.
func (mg *managedResource) SetManagementPolicies(p xpv2.ManagementPolicies) {
	mg.set("spec.managementPolicies", p)
}

// GetManagementPolicies of the managed resource.
func (mg *managedResource) GetManagementPolicies() xpv2.ManagementPolicies {
	var p xpv2.ManagementPolicies
	mg.get("spec.managementPolicies", &p)

	return p
}

// SetWriteConnectionSecretToReference of the managed resource.
func (mg *managedResource) SetWriteConnectionSecretToReference(r *xpv2.LocalSecretReference) {
	mg.set("spec.writeConnectionSecretToRef", r)
}

// GetWriteConnectionSecretToReference of the managed resource.
func (mg *managedResource) GetWriteConnectionSecretToReference() *xpv2.LocalSecretReference {
	r := &xpv2.LocalSecretReference{}
	if !mg.get("spec.writeConnectionSecretToRef", r) {
		return nil
	}

	return r
}

// SetProviderConfigReference of the managed resource.
func (mg *managedResource) SetProviderConfigReference(r *xpv2.ProviderConfigReference) {
	mg.set("spec.providerConfigRef", r)
}

// GetProviderConfigReference of the managed resource.
func (mg *managedResource) GetProviderConfigReference() *xpv2.ProviderConfigReference {
	r := &xpv2.ProviderConfigReference{}
	if !mg.get("spec.providerConfigRef", r) {
		return nil
	}

	return r
}

// kind of the managed resource.
func (mg *managedResource) kind() *kind {
	for _, k := range kinds() {
		if k.gvk() == mg.GroupVersionKind() {
			return &k
		}
	}

	return &kind{}
}

// get reads what is at a path, and says whether there is anything.
func (mg *managedResource) get(path string, into any) bool {
	return fieldpath.Pave(mg.Object).GetValueInto(path, into) == nil
}

// set writes a path. The paths that it is called with are all valid.
func (mg *managedResource) set(path string, value any) {
	_ = fieldpath.Pave(mg.Object).SetValue(path, value)
}

// arguments returns a copy of spec.forProvider.
func (mg *managedResource) arguments() values { return mg.block("spec", "forProvider") }

// observed returns a copy of status.atProvider.
func (mg *managedResource) observed() values { return mg.block("status", "atProvider") }

// desired returns what the managed resource is created from: the arguments, and
// those that are only for that.
func (mg *managedResource) desired() values {
	v := mg.block("spec", "initProvider")
	maps.Copy(v, mg.arguments())

	return v
}

// region in which the managed resource is: where it was observed, and where it
// is to be before that.
func (mg *managedResource) region() string {
	if r := mg.observed().text(argumentRegion); r != "" {
		return r
	}

	return mg.arguments().text(argumentRegion)
}

func (mg *managedResource) block(path ...string) values {
	v, _, _ := unstructured.NestedMap(mg.Object, path...)
	if v == nil {
		return values{}
	}

	return v
}

// A managedList is a list of managed resources of one kind.
type managedList struct {
	unstructured.UnstructuredList
}

var _ resource.ManagedList = &managedList{}

func newManagedList(k *kind) *managedList {
	l := &managedList{}
	l.SetGroupVersionKind(k.gvk().GroupVersion().WithKind(k.name + "List"))

	return l
}

// GetItems returns the managed resources.
func (l *managedList) GetItems() []resource.Managed {
	out := make([]resource.Managed, 0, len(l.Items))
	for i := range l.Items {
		out = append(out, &managedResource{Unstructured: composed.Unstructured{Unstructured: l.Items[i]}})
	}

	return out
}
