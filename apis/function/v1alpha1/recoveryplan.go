package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// A RecoveryPlan is the input of function-dr: which composed resources there
// are, and how each of them is recovered.
//
// +kubebuilder:object:root=true
// +kubebuilder:storageversion
// +kubebuilder:resource:categories=crossplane
type RecoveryPlan struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// SpecFrom is the path in the XR that holds what it says about its
	// recovery.
	// +optional
	// +kubebuilder:default="spec.recovery"
	// +kubebuilder:validation:Pattern=`^spec(\.[A-Za-z][A-Za-z0-9]*)+$`
	SpecFrom string `json:"specFrom,omitempty"`

	// StatusTo is the path in the XR that the function writes to.
	// +optional
	// +kubebuilder:default="status.recovery"
	// +kubebuilder:validation:Pattern=`^status(\.[A-Za-z][A-Za-z0-9]*)+$`
	StatusTo string `json:"statusTo,omitempty"`

	// Namespace for composed managed resources when the XR is cluster scoped
	// and has no claim. A namespaced XR and a claim's XR use their own.
	// +optional
	Namespace string `json:"namespace,omitempty"`

	// Connection says whose connection details reach the user, in a Secret
	// whose name never changes.
	// +optional
	Connection *Connection `json:"connection,omitempty"`

	// Components of the plan. A composed resource that is no component passes
	// through the function unchanged.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=500
	Components []Component `json:"components"`
}

// A Connection says whose connection details reach the user.
type Connection struct {
	// From names the component whose serving copy has the details. They are
	// what its provider writes to its writeConnectionSecretToRef.
	// +kubebuilder:validation:MinLength=1
	From string `json:"from"`

	// SecretName is the name of the Secret that is composed for an XR without a
	// claim. Defaults to the name of the XR and "-connection". A claim gets the
	// details as any claim does.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	SecretName string `json:"secretName,omitempty"`
}

// A Tier says what kind of thing a component is. Together with the strategy it
// says in which regions copies of it exist.
//
// +kubebuilder:validation:Enum=Global;Protection;Network;Data;Compute;Workload
type Tier string

// The tiers.
const (
	// Global components exist once, whatever the region: DNS records, IAM
	// roles.
	Global Tier = "Global"

	// Protection components hold or encrypt copies of data: vaults, keys.
	Protection Tier = "Protection"

	// Network components carry traffic and hold no data: VPCs, subnets.
	Network Tier = "Network"

	// Data components hold data that must not be lost: databases, volumes.
	Data Tier = "Data"

	// Compute components run the service and can be made again: instances,
	// scaling groups, clusters.
	Compute Tier = "Compute"

	// Workload components are restored into a cluster after the infrastructure
	// is ready. Flux and Argo CD objects are held until then. Anything else,
	// such as a Velero Restore, is made once after each failover.
	Workload Tier = "Workload"
)

// A Placement overrules where the tier puts copies.
//
// +kubebuilder:validation:Enum=Active;ActiveAndStandby;Home
type Placement string

// The placements.
const (
	// Active puts a copy into the active region.
	Active Placement = "Active"

	// ActiveAndStandby puts a copy into every region of the XR.
	ActiveAndStandby Placement = "ActiveAndStandby"

	// Home puts one copy into the home region, whichever region serves.
	Home Placement = "Home"
)

// A Component is one named entry of the plan. A copy of it is one composed
// resource in one region and, if it is spread, one zone.
type Component struct {
	// Name of the component. It is also the key of its copy at home: give it
	// the name that the composed resource has in the Composition already.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=40
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	Name string `json:"name"`

	// Tier of the component.
	Tier Tier `json:"tier"`

	// Regions overrules where the tier puts copies.
	// +optional
	Regions Placement `json:"regions,omitempty"`

	// After names components that must be ready before a copy of this one is
	// created. It orders creation within a region and nothing else.
	// +optional
	// +listType=set
	After []string `json:"after,omitempty"`

	// Zones spreads the component: one copy per availability zone.
	// +optional
	Zones *ZoneSpread `json:"zones,omitempty"`

	// ReadyWhen is a CEL expression that says when a copy of a kind is ready
	// that has no condition Ready. It reads the copy as object, such as
	// object.status.phase == "Succeeded".
	// +optional
	ReadyWhen string `json:"readyWhen,omitempty"`

	// Standby says how a copy in a standby region differs from a serving one.
	// +optional
	Standby *Standby `json:"standby,omitempty"`

	// Restore says how a copy of a Data component that is restored from a
	// snapshot differs. Without it such a copy is restored as the template is.
	// +optional
	Restore *Variation `json:"restore,omitempty"`

	// Replicate says how a replica of a Data component differs from the copy
	// that serves, until it is promoted.
	// +optional
	Replicate *Variation `json:"replicate,omitempty"`

	// Fence says what shuts the old copy of a Data component on AWS, once its
	// region answers again.
	// +optional
	Fence *Variation `json:"fence,omitempty"`

	// Facts overrule how long the steps of a failover take for this component,
	// and how much data a copy of it may lack. State what you measured.
	// +optional
	Facts *Facts `json:"facts,omitempty"`

	// Protect has AWS Backup make snapshots of a Data component, and copies of
	// them in every other region, as often as the RPO asks for.
	// +optional
	Protect *DataProtection `json:"protect,omitempty"`

	// Paths tells where a kind that the function's catalog does not know keeps
	// its region, zone and identity. For kinds of provider-upjet-aws leave it
	// out.
	// +optional
	Paths *Paths `json:"paths,omitempty"`

	// Template of the composed resource. Strings may hold ${…} expressions.
	// Without it, the desired resource of the component's name from an earlier
	// step of the pipeline is the template.
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:EmbeddedResource
	Template *runtime.RawExtension `json:"template,omitempty"`
}

// A ZoneSpread says over how many zones a component is spread.
type ZoneSpread struct {
	// Min is the least number of zones. With fewer usable zones the function
	// stops and says why each other zone was left out.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=16
	Min int `json:"min,omitempty"`

	// Max is the largest number of zones. Defaults to all usable zones of the
	// region. Copies that exist stay, even above it.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=16
	Max int `json:"max,omitempty"`

	// Exclude lists zone ids to leave out, such as use1-az3 for Amazon EKS.
	// +optional
	// +listType=set
	Exclude []string `json:"exclude,omitempty"`

	// Adopt maps a zone id to the key of a composed resource that occupies the
	// zone already, made before this plan spread the component.
	// +optional
	Adopt map[string]string `json:"adopt,omitempty"`
}

// Standby says how a copy in a standby region differs from a serving one.
type Standby struct {
	// Scale sets fields of a standby copy: a field path, such as
	// spec.forProvider.desiredCapacity, to a value.
	// +optional
	Scale map[string]apiextensionsv1.JSON `json:"scale,omitempty"`
}

// A Variation says how some copies of a component differ.
type Variation struct {
	// Overlay is laid over the template: objects are merged, and anything else
	// replaces what the template has. Strings may hold ${…} expressions.
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	Overlay *runtime.RawExtension `json:"overlay,omitempty"`
}

// A TimeSpan is a length of time, such as 90s, 15m or 1h30m.
//
// +kubebuilder:validation:MaxLength=16
// +kubebuilder:validation:Pattern=`^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$`
type TimeSpan string

// Facts of a component. What is left out is what function-dr knows of the kind.
type Facts struct {
	// Ready is how long a copy takes from its creation to be ready; of a Global
	// component, how long a change of it takes.
	// +optional
	Ready TimeSpan `json:"ready,omitempty"`

	// Restore is how long its data takes to come back in another region, from a
	// snapshot or by hand. Data only.
	// +optional
	Restore TimeSpan `json:"restore,omitempty"`

	// Promote is how long its replica takes to serve. Data only.
	// +optional
	Promote TimeSpan `json:"promote,omitempty"`

	// Scale is how long a standby copy takes to grow to its full size. Compute
	// only.
	// +optional
	Scale TimeSpan `json:"scale,omitempty"`

	// SnapshotEvery is how often a snapshot is made that is copied to the other
	// region. Data only.
	// +optional
	SnapshotEvery TimeSpan `json:"snapshotEvery,omitempty"`

	// SnapshotCopy is how long a snapshot takes to arrive there. Data only.
	// +optional
	SnapshotCopy TimeSpan `json:"snapshotCopy,omitempty"`

	// ReplicaLag is how far a replica in another region is behind. Data only.
	// +optional
	ReplicaLag TimeSpan `json:"replicaLag,omitempty"`
}

// A DataProtection has AWS Backup protect a Data component: a vault and a plan in
// every region, and a selection for each copy that serves. Nothing of it is ever
// deleted.
type DataProtection struct {
	// IAMRoleARN is the role that AWS Backup acts with, of the account that the
	// component is in. It may hold ${…} expressions. Defaults to
	// ${region.parameters.backupRoleArn}.
	// +optional
	IAMRoleARN string `json:"iamRoleArn,omitempty"`

	// KMSKeyARN is the key that the vault of a region encrypts copies with. It
	// may hold ${…} expressions, such as ${region.parameters.kmsKeyArn}. Defaults
	// to ${region.parameters.backupKeyArn} where that is set, and else to a key
	// of AWS's own.
	// +optional
	KMSKeyARN string `json:"kmsKeyArn,omitempty"`

	// KMSKeyFrom names a component that is such a key in every region: a Key of
	// kms, of tier Protection.
	// +optional
	KMSKeyFrom string `json:"kmsKeyFrom,omitempty"`

	// KeepDays is after how many days AWS deletes a snapshot and its copies.
	// +optional
	// +kubebuilder:default=35
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=36500
	KeepDays int64 `json:"keepDays,omitempty"`
}

// Paths tells where a kind keeps what the function must write or preserve.
// All of them are field paths from the root of the object.
type Paths struct {
	// Region of the resource, such as spec.location.
	// +optional
	Region string `json:"region,omitempty"`

	// ObservedRegion, in the status, says where the resource really is.
	// +optional
	ObservedRegion string `json:"observedRegion,omitempty"`

	// ZoneName is where the name of a zone is written, such as us-east-1a.
	// +optional
	ZoneName string `json:"zoneName,omitempty"`

	// ZoneID is where the id of a zone is written, such as use1-az1.
	// +optional
	ZoneID string `json:"zoneId,omitempty"`

	// Identity is where the resource's name in the outside world is written.
	// +optional
	Identity string `json:"identity,omitempty"`

	// Immutable lists fields that can't change once the resource exists.
	// +optional
	// +listType=atomic
	Immutable []string `json:"immutable,omitempty"`
}
