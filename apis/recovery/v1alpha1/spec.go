package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Strategy is one of the four that AWS names for disaster recovery. It
// decides which tiers exist in the regions that do not serve.
//
// See https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html
//
// +kubebuilder:validation:Enum=BackupAndRestore;PilotLight;WarmStandby;MultiSite
type Strategy string

// The strategies, from the slowest and cheapest to the fastest.
const (
	// BackupAndRestore keeps snapshots in the recovery region and builds
	// everything else when it is needed.
	BackupAndRestore Strategy = "BackupAndRestore"

	// PilotLight keeps the network and a replica of the data in the recovery
	// region. Compute is created when it is needed.
	PilotLight Strategy = "PilotLight"

	// WarmStandby keeps everything in the recovery region, compute scaled down.
	WarmStandby Strategy = "WarmStandby"

	// MultiSite keeps everything, at full size, in every region.
	MultiSite Strategy = "MultiSite"
)

// A Spec is what an XR or claim says about its recovery, at spec.recovery.
type Spec struct {
	// Objectives say how much data and how much time a disaster may cost.
	// +optional
	Objectives *Objectives `json:"objectives,omitempty"`

	// Strategy overrules the strategy that follows from the objectives.
	// Without objectives it defaults to BackupAndRestore.
	// +optional
	Strategy Strategy `json:"strategy,omitempty"`

	// FailoverTarget names the FailoverTarget that says which region serves.
	// Without one, the home region serves.
	// +optional
	FailoverTarget *FailoverTargetReference `json:"failoverTarget,omitempty"`

	// Regions, the home region first. May be left out when the FailoverTarget
	// lists them; when both do, they must agree.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	Regions []string `json:"regions,omitempty"`

	// Parameters are values that differ from region to region: region name, to
	// parameter name, to any value. A template reads them as
	// ${region.parameters.NAME}.
	// +optional
	Parameters map[string]map[string]apiextensionsv1.JSON `json:"parameters,omitempty"`

	// Retire lists copies that may leave. Only a fenced or kept copy may.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	Retire []Retirement `json:"retire,omitempty"`

	// StartEmpty lists Data components that may be born empty at one epoch,
	// because nothing is left to restore them from or because they are new.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	StartEmpty []EmptyBirth `json:"startEmpty,omitempty"`

	// RestoreWorkloads lets the workloads that run once run at one epoch,
	// although nothing shows that they did not: because the status was lost, or
	// an object is gone before anybody saw it complete. What completed never
	// runs again.
	// +optional
	RestoreWorkloads *WorkloadConsent `json:"restoreWorkloads,omitempty"`

	// Adopt maps the key of a copy to the external name of a resource that
	// exists on AWS already. It is used when the copy is created, and never
	// after that.
	// +optional
	Adopt map[string]string `json:"adopt,omitempty"`
}

// Objectives are the recovery objectives of an XR.
type Objectives struct {
	// RPO, the recovery point objective: the data of how much time may be
	// lost. A duration such as 15m or 24h; 0s asks for none.
	// +optional
	RPO *metav1.Duration `json:"rpo,omitempty"`

	// RTO, the recovery time objective: how long the service may be away. A
	// duration such as 1h.
	// +optional
	RTO *metav1.Duration `json:"rto,omitempty"`
}

// A FailoverTargetReference names a FailoverTarget.
type FailoverTargetReference struct {
	// Name of the FailoverTarget.
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// Namespace of the FailoverTarget. Defaults to the namespace of the XR or
	// claim.
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// ExternalPolicy says what happens to the resource on AWS when its copy
// leaves.
//
// +kubebuilder:validation:Enum=Keep;Delete
type ExternalPolicy string

// What may happen to the resource on AWS.
const (
	// Keep leaves it on AWS, unmanaged.
	Keep ExternalPolicy = "Keep"

	// Delete deletes it on AWS.
	Delete ExternalPolicy = "Delete"
)

// A Retirement lets one copy leave. Key and external name must both match the
// observed copy, so that a stale entry retires nothing.
type Retirement struct {
	// Key of the copy, as status.recovery.copies shows it.
	// +kubebuilder:validation:MinLength=1
	Key string `json:"key"`

	// ExternalName of the copy: its crossplane.io/external-name annotation.
	// +kubebuilder:validation:MinLength=1
	ExternalName string `json:"externalName"`

	// External says what happens to the resource on AWS.
	// +optional
	// +kubebuilder:default=Keep
	External ExternalPolicy `json:"external,omitempty"`
}

// A WorkloadConsent lets workloads run at one epoch.
type WorkloadConsent struct {
	// Epoch at which they may run.
	// +kubebuilder:validation:Minimum=1
	Epoch int64 `json:"epoch"`
}

// An EmptyBirth consents to a Data component that is born empty at one epoch.
type EmptyBirth struct {
	// Component is the name of the component.
	// +kubebuilder:validation:MinLength=1
	Component string `json:"component"`

	// Epoch at which it may be born empty, and at no other: the newest one that
	// moved the data.
	// +kubebuilder:validation:Minimum=1
	Epoch int64 `json:"epoch"`
}
