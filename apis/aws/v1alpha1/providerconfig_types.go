package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/crossplane/upjet/v2/apis/configuration/v1alpha1"
)

// A ProviderConfig says how to reach AWS on behalf of the managed resources of
// its namespace. It reads Secrets of its own namespace only.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,providerconfig,aws}
// +kubebuilder:printcolumn:name="SOURCE",type="string",JSONPath=".spec.credentials.source"
// +kubebuilder:printcolumn:name="USERS",type="integer",JSONPath=".status.users"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// +kubebuilder:validation:XValidation:rule="!has(self.credentials.webIdentity) || !has(self.credentials.webIdentity.tokenConfig) || self.credentials.webIdentity.tokenConfig.source != 'Filesystem'",message="a ProviderConfig may not read the provider's files: use a tokenConfig with source Secret, or a ClusterProviderConfig"
	// +kubebuilder:validation:XValidation:rule="!has(self.endpoint) || self.endpoint.url.type == 'Auto' || self.credentials.source == 'Secret' || (self.credentials.source == 'WebIdentity' && has(self.credentials.webIdentity) && has(self.credentials.webIdentity.tokenConfig) && self.credentials.webIdentity.tokenConfig.source == 'Secret')",message="a ProviderConfig may not send the provider's own identity to another endpoint: take the credentials from a Secret, or use a ClusterProviderConfig"
	Spec   ProviderConfigSpec   `json:"spec"`
	Status ProviderConfigStatus `json:"status,omitempty"`
}

// ProviderConfigList is a list of ProviderConfigs.
//
// +kubebuilder:object:root=true
type ProviderConfigList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ProviderConfig `json:"items"`
}

// A ClusterProviderConfig says how to reach AWS on behalf of the managed
// resources of any namespace.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,categories={crossplane,providerconfig,aws}
// +kubebuilder:printcolumn:name="SOURCE",type="string",JSONPath=".spec.credentials.source"
// +kubebuilder:printcolumn:name="USERS",type="integer",JSONPath=".status.users"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ClusterProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// +kubebuilder:validation:XValidation:rule="!has(self.credentials.secretRef) || has(self.credentials.secretRef.namespace)",message="credentials.secretRef of a ClusterProviderConfig needs a namespace"
	// +kubebuilder:validation:XValidation:rule="!has(self.credentials.webIdentity) || !has(self.credentials.webIdentity.tokenConfig) || !has(self.credentials.webIdentity.tokenConfig.secretRef) || has(self.credentials.webIdentity.tokenConfig.secretRef.namespace)",message="credentials.webIdentity.tokenConfig.secretRef of a ClusterProviderConfig needs a namespace"
	Spec   ProviderConfigSpec   `json:"spec"`
	Status ProviderConfigStatus `json:"status,omitempty"`
}

// ClusterProviderConfigList is a list of ClusterProviderConfigs.
//
// +kubebuilder:object:root=true
type ClusterProviderConfigList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ClusterProviderConfig `json:"items"`
}

// A ProviderConfigUsage says that a managed resource uses a ProviderConfig or a
// ClusterProviderConfig, which can't be deleted before that ends. There is no
// kind of its own for the usages of a ClusterProviderConfig: crossplane-runtime
// tells them apart by a label.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,providerconfig,aws}
// +kubebuilder:printcolumn:name="CONFIG-KIND",type="string",JSONPath=".providerConfigRef.kind"
// +kubebuilder:printcolumn:name="CONFIG-NAME",type="string",JSONPath=".providerConfigRef.name"
// +kubebuilder:printcolumn:name="RESOURCE-KIND",type="string",JSONPath=".resourceRef.kind"
// +kubebuilder:printcolumn:name="RESOURCE-NAME",type="string",JSONPath=".resourceRef.name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ProviderConfigUsage struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	xpv2.TypedProviderConfigUsage `json:",inline"`
}

// ProviderConfigUsageList is a list of ProviderConfigUsages.
//
// +kubebuilder:object:root=true
type ProviderConfigUsageList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ProviderConfigUsage `json:"items"`
}

// ProviderConfigStatus is the observed state of a ProviderConfig.
type ProviderConfigStatus struct {
	xpv2.ProviderConfigStatus `json:",inline"`
}

// ProviderConfigSpec is the desired state of a ProviderConfig. Its fields are
// those of provider-upjet-aws, so that a spec can be copied, and stsRegions.
//
// +kubebuilder:validation:XValidation:rule="!has(self.endpoint) || self.endpoint.url.type != 'Auto' || (has(self.endpoint.partitionId) && size(self.endpoint.partitionId) > 0)",message="endpoint.partitionId is needed when endpoint.url.type is Auto"
type ProviderConfigSpec struct {
	// Credentials to authenticate with.
	Credentials ProviderCredentials `json:"credentials"`

	// AssumeRoleChain is a list of IAM roles to assume, each with the
	// credentials of the one before it.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	AssumeRoleChain []AssumeRoleOptions `json:"assumeRoleChain,omitempty"`

	// STSRegions are the regions whose AWS STS is asked for credentials, in this
	// order, except those that a managed resource is about: when a region fails,
	// credentials must come from another one. After them comes the region of the
	// managed resource. Defaults to three regions of the same partition that
	// every account has, near ones first.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[a-z]{2,4}(-[a-z]+)+-[0-9]+$')",message="must be the name of a region, such as us-west-2"
	STSRegions []string `json:"stsRegions,omitempty"`

	// Endpoint overrides where AWS is called.
	// +optional
	Endpoint *EndpointConfig `json:"endpoint,omitempty"`

	// ReconciliationPolicy says how soon failed reconciles of the managed
	// resources that use this object are tried again.
	// +optional
	ReconciliationPolicy *v1alpha1.ReconciliationPolicy `json:"reconciliationPolicy,omitempty"`

	// SkipCredsValidation may be set, and changes nothing: this provider never
	// validates credentials but by using them.
	// +optional
	SkipCredsValidation bool `json:"skip_credentials_validation,omitempty"` //nolint:tagliatelle // As in provider-upjet-aws.

	// SkipRegionValidation may be set, and changes nothing: this provider knows
	// no list of valid regions.
	// +optional
	SkipRegionValidation bool `json:"skip_region_validation,omitempty"` //nolint:tagliatelle // As in provider-upjet-aws.

	// S3UsePathStyle may be set, and changes nothing: this provider does not
	// call Amazon S3.
	// +optional
	S3UsePathStyle bool `json:"s3_use_path_style,omitempty"` //nolint:tagliatelle // As in provider-upjet-aws.

	// SkipMetadataAPICheck keeps the provider from asking the EC2 instance
	// metadata service for credentials.
	// +optional
	SkipMetadataAPICheck bool `json:"skip_metadata_api_check,omitempty"` //nolint:tagliatelle // As in provider-upjet-aws.

	// SkipReqAccountID may be set, and changes nothing: this provider does not
	// ask for the account id.
	// +optional
	SkipReqAccountID bool `json:"skip_requesting_account_id,omitempty"` //nolint:tagliatelle // As in provider-upjet-aws.
}
