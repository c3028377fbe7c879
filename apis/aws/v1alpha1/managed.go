package v1alpha1

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

var (
	_ resource.ModernManaged = &FailoverTarget{}
	_ resource.ModernManaged = &SnapshotSelection{}
	_ resource.ManagedList   = &FailoverTargetList{}
	_ resource.ManagedList   = &SnapshotSelectionList{}
)

// GetCondition of this FailoverTarget.
func (mg *FailoverTarget) GetCondition(ct xpv2.ConditionType) xpv2.Condition {
	return mg.Status.GetCondition(ct)
}

// SetConditions of this FailoverTarget.
func (mg *FailoverTarget) SetConditions(c ...xpv2.Condition) {
	mg.Status.SetConditions(c...)
}

// GetManagementPolicies of this FailoverTarget.
func (mg *FailoverTarget) GetManagementPolicies() xpv2.ManagementPolicies {
	return mg.Spec.ManagementPolicies
}

// SetManagementPolicies of this FailoverTarget.
func (mg *FailoverTarget) SetManagementPolicies(p xpv2.ManagementPolicies) {
	mg.Spec.ManagementPolicies = p
}

// GetProviderConfigReference of this FailoverTarget.
func (mg *FailoverTarget) GetProviderConfigReference() *xpv2.ProviderConfigReference {
	return mg.Spec.ProviderConfigReference
}

// SetProviderConfigReference of this FailoverTarget.
func (mg *FailoverTarget) SetProviderConfigReference(r *xpv2.ProviderConfigReference) {
	mg.Spec.ProviderConfigReference = r
}

// GetWriteConnectionSecretToReference of this FailoverTarget.
func (mg *FailoverTarget) GetWriteConnectionSecretToReference() *xpv2.LocalSecretReference {
	return mg.Spec.WriteConnectionSecretToReference
}

// SetWriteConnectionSecretToReference of this FailoverTarget.
func (mg *FailoverTarget) SetWriteConnectionSecretToReference(r *xpv2.LocalSecretReference) {
	mg.Spec.WriteConnectionSecretToReference = r
}

// GetLastHandledReconcileAt of this FailoverTarget: with it, crossplane-runtime reports
// that it saw the annotation crossplane.io/reconcile-requested-at.
func (mg *FailoverTarget) GetLastHandledReconcileAt() string {
	return mg.Status.GetLastHandledReconcileAt()
}

// SetLastHandledReconcileAt of this FailoverTarget.
func (mg *FailoverTarget) SetLastHandledReconcileAt(token string) {
	mg.Status.SetLastHandledReconcileAt(token)
}

// GetItems of this FailoverTargetList.
func (l *FailoverTargetList) GetItems() []resource.Managed {
	items := make([]resource.Managed, len(l.Items))
	for i := range l.Items {
		items[i] = &l.Items[i]
	}

	return items
}

// GetCondition of this SnapshotSelection.
func (mg *SnapshotSelection) GetCondition(ct xpv2.ConditionType) xpv2.Condition {
	return mg.Status.GetCondition(ct)
}

// SetConditions of this SnapshotSelection.
func (mg *SnapshotSelection) SetConditions(c ...xpv2.Condition) {
	mg.Status.SetConditions(c...)
}

// GetManagementPolicies of this SnapshotSelection.
func (mg *SnapshotSelection) GetManagementPolicies() xpv2.ManagementPolicies {
	return mg.Spec.ManagementPolicies
}

// SetManagementPolicies of this SnapshotSelection.
func (mg *SnapshotSelection) SetManagementPolicies(p xpv2.ManagementPolicies) {
	mg.Spec.ManagementPolicies = p
}

// GetProviderConfigReference of this SnapshotSelection.
func (mg *SnapshotSelection) GetProviderConfigReference() *xpv2.ProviderConfigReference {
	return mg.Spec.ProviderConfigReference
}

// SetProviderConfigReference of this SnapshotSelection.
func (mg *SnapshotSelection) SetProviderConfigReference(r *xpv2.ProviderConfigReference) {
	mg.Spec.ProviderConfigReference = r
}

// GetWriteConnectionSecretToReference of this SnapshotSelection.
func (mg *SnapshotSelection) GetWriteConnectionSecretToReference() *xpv2.LocalSecretReference {
	return mg.Spec.WriteConnectionSecretToReference
}

// SetWriteConnectionSecretToReference of this SnapshotSelection.
func (mg *SnapshotSelection) SetWriteConnectionSecretToReference(r *xpv2.LocalSecretReference) {
	mg.Spec.WriteConnectionSecretToReference = r
}

// GetLastHandledReconcileAt of this SnapshotSelection: with it, crossplane-runtime reports
// that it saw the annotation crossplane.io/reconcile-requested-at.
func (mg *SnapshotSelection) GetLastHandledReconcileAt() string {
	return mg.Status.GetLastHandledReconcileAt()
}

// SetLastHandledReconcileAt of this SnapshotSelection.
func (mg *SnapshotSelection) SetLastHandledReconcileAt(token string) {
	mg.Status.SetLastHandledReconcileAt(token)
}

// GetItems of this SnapshotSelectionList.
func (l *SnapshotSelectionList) GetItems() []resource.Managed {
	items := make([]resource.Managed, len(l.Items))
	for i := range l.Items {
		items[i] = &l.Items[i]
	}

	return items
}
