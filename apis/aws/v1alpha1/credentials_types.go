package v1alpha1

// A CredentialsSource says where the provider's AWS credentials come from.
//
// +kubebuilder:validation:Enum=Secret;IRSA;PodIdentity;WebIdentity
type CredentialsSource string

// The sources of credentials.
const (
	// CredentialsSecret takes an access key from a Secret, in the format of the
	// shared credentials file of AWS: the profile "default" of an INI file.
	CredentialsSecret CredentialsSource = "Secret"

	// CredentialsIRSA takes the role of the provider's service account: IAM
	// roles for service accounts.
	CredentialsIRSA CredentialsSource = "IRSA"

	// CredentialsPodIdentity takes the role that EKS Pod Identity associates
	// with the provider's service account.
	CredentialsPodIdentity CredentialsSource = "PodIdentity"

	// CredentialsWebIdentity assumes a role with a web identity token.
	CredentialsWebIdentity CredentialsSource = "WebIdentity"
)

// ProviderCredentials say where the provider's AWS credentials come from.
//
// +kubebuilder:validation:XValidation:rule="self.source != 'Secret' || has(self.secretRef)",message="secretRef is needed when source is Secret"
// +kubebuilder:validation:XValidation:rule="self.source != 'WebIdentity' || has(self.webIdentity)",message="webIdentity is needed when source is WebIdentity"
type ProviderCredentials struct {
	// Source of the credentials.
	Source CredentialsSource `json:"source"`

	// SecretRef selects the Secret and the key that hold the credentials, for
	// the source Secret.
	// +optional
	SecretRef *SecretKeySelector `json:"secretRef,omitempty"`

	// WebIdentity says which role to assume with which token, for the source
	// WebIdentity.
	// +optional
	WebIdentity *AssumeRoleWithWebIdentityOptions `json:"webIdentity,omitempty"`

	// Upbound is refused. It exists in provider-upjet-aws.
	// +optional
	// +kubebuilder:validation:XValidation:rule="false",message="provider-aws-dr can't use an identity of Upbound: use the source IRSA, PodIdentity, WebIdentity or Secret"
	Upbound *Refused `json:"upbound,omitempty"`

	// Env is refused. It exists in provider-upjet-aws, where no source reads it.
	// +optional
	// +kubebuilder:validation:XValidation:rule="false",message="no source reads credentials from an environment variable: use the source Secret"
	Env *Refused `json:"env,omitempty"`

	// Fs is refused. It exists in provider-upjet-aws, where no source reads it.
	// +optional
	// +kubebuilder:validation:XValidation:rule="false",message="no source reads credentials from a file: use the source Secret, or a webIdentity.tokenConfig with source Filesystem"
	Fs *Refused `json:"fs,omitempty"`
}

// Refused stands for an object that the API server refuses with a reason. Were
// it unknown instead, the API server would drop it in silence.
//
// +kubebuilder:pruning:PreserveUnknownFields
type Refused struct{}

// A SecretKeySelector selects a key of a Secret.
type SecretKeySelector struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// Namespace of the Secret. A ClusterProviderConfig needs it. A
	// ProviderConfig reads Secrets of its own namespace only: there it may be
	// left out, and may not be another one.
	// +optional
	// +kubebuilder:validation:MinLength=1
	Namespace string `json:"namespace,omitempty"`

	// Key of the Secret.
	// +kubebuilder:validation:MinLength=1
	Key string `json:"key"`
}

// A RoleARN is the ARN of an IAM role.
//
// +kubebuilder:validation:MaxLength=2048
// +kubebuilder:validation:XValidation:rule="self.matches('^arn:[a-z-]+:iam::[0-9]{12}:role/.+$')",message="must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/crossdr"
type RoleARN string

// AssumeRoleWithWebIdentityOptions say which role to assume with which token.
type AssumeRoleWithWebIdentityOptions struct {
	// RoleARN is the ARN of the IAM role to assume.
	RoleARN RoleARN `json:"roleARN"` //nolint:tagliatelle // As in provider-upjet-aws.

	// RoleSessionName names the session, for AWS CloudTrail. Defaults to
	// crossdr.
	// +optional
	RoleSessionName string `json:"roleSessionName,omitempty"`

	// TokenConfig says where the token is. Defaults to the file that the
	// environment variable AWS_WEB_IDENTITY_TOKEN_FILE of the provider names.
	// +optional
	TokenConfig *WebIdentityTokenConfig `json:"tokenConfig,omitempty"`
}

// A TokenSource says where a web identity token is.
//
// +kubebuilder:validation:Enum=Secret;Filesystem
type TokenSource string

// The sources of web identity tokens.
const (
	TokenSecret     TokenSource = "Secret"
	TokenFilesystem TokenSource = "Filesystem"
)

// WebIdentityTokenConfig says where a web identity token is.
//
// +kubebuilder:validation:XValidation:rule="self.source != 'Secret' || has(self.secretRef)",message="secretRef is needed when source is Secret"
// +kubebuilder:validation:XValidation:rule="self.source != 'Filesystem' || has(self.fs)",message="fs is needed when source is Filesystem"
type WebIdentityTokenConfig struct {
	// Source of the token.
	Source TokenSource `json:"source"`

	// SecretRef selects the Secret and the key that hold the token.
	// +optional
	SecretRef *SecretKeySelector `json:"secretRef,omitempty"`

	// Fs selects the file that holds the token. The provider reads it each time
	// it needs credentials.
	// +optional
	Fs *FsSelector `json:"fs,omitempty"`
}

// A FsSelector selects a file of the provider.
type FsSelector struct {
	// Path of the file.
	// +kubebuilder:validation:MinLength=1
	Path string `json:"path"`
}

// AssumeRoleOptions say which role to assume, and how.
type AssumeRoleOptions struct {
	// RoleARN is the ARN of the IAM role to assume.
	RoleARN RoleARN `json:"roleARN"` //nolint:tagliatelle // As in provider-upjet-aws.

	// ExternalID that the role's trust policy asks for.
	// +optional
	ExternalID *string `json:"externalID,omitempty"` //nolint:tagliatelle // As in provider-upjet-aws.

	// Tags of the session.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	Tags []Tag `json:"tags,omitempty"`

	// TransitiveTagKeys are the keys of the tags that the sessions further down
	// the chain have, too.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	TransitiveTagKeys []string `json:"transitiveTagKeys,omitempty"`
}

// A Tag of a session.
type Tag struct {
	// Key of the tag.
	// +kubebuilder:validation:MinLength=1
	Key string `json:"key"`

	// Value of the tag.
	Value string `json:"value"`
}
