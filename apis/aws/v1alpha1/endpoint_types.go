package v1alpha1

// EndpointConfig overrides where AWS is called.
type EndpointConfig struct {
	// URL to call.
	URL URLConfig `json:"url"`

	// Services to call there. The provider calls sts, rds, ec2, backup, dynamodb
	// and cloudwatch. Defaults to all of them.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=512
	Services []string `json:"services,omitempty"`

	// HostnameImmutable may be set, and changes nothing: none of the services
	// has operations that alter the host name.
	// +optional
	HostnameImmutable *bool `json:"hostnameImmutable,omitempty"`

	// PartitionID is the AWS partition of the endpoint. Needed when url.type is
	// Auto; it changes nothing, since each region implies its partition.
	// +optional
	PartitionID *string `json:"partitionId,omitempty"`

	// SigningName is the service name to sign requests for. Defaults to the
	// service's own.
	// +optional
	SigningName *string `json:"signingName,omitempty"`

	// SigningRegion is the region to sign requests for. Defaults to the region
	// that is called.
	// +optional
	SigningRegion *string `json:"signingRegion,omitempty"`

	// SigningMethod of requests. Only v4 is supported, and the default.
	// +optional
	// +kubebuilder:validation:XValidation:rule="size(self) == 0 || self == 'v4'",message="signingMethod must be v4: provider-aws-dr signs by no other method"
	SigningMethod *string `json:"signingMethod,omitempty"`

	// Source may be set, and changes nothing: none of the services has
	// operations that alter the host name.
	// +optional
	// +kubebuilder:validation:Enum=ServiceMetadata;Custom
	Source *string `json:"source,omitempty"`
}

// A URLType says how a URL comes about.
//
// +kubebuilder:validation:Enum=Static;Dynamic;Auto
type URLType string

// The types of URLs.
const (
	// URLStatic is one URL for all services and regions.
	URLStatic URLType = "Static"

	// URLDynamic is a URL made of a service, a region and a host.
	URLDynamic URLType = "Dynamic"

	// URLAuto is the URL that the AWS SDK knows: the same as no endpoint.
	URLAuto URLType = "Auto"
)

// URLConfig is the URL to call.
//
// +kubebuilder:validation:XValidation:rule="self.type != 'Static' || has(self.static)",message="static is needed when type is Static"
// +kubebuilder:validation:XValidation:rule="self.type != 'Dynamic' || has(self.dynamic)",message="dynamic is needed when type is Dynamic"
type URLConfig struct {
	// Type of the URL: Static, the same one for all services and regions;
	// Dynamic, made of the service, the region and a host; or Auto, what the AWS
	// SDK knows.
	Type URLType `json:"type"`

	// Static is the full URL, such as that of an emulator.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://.+$')",message="must be a URL, such as http://localhost:4566"
	Static *string `json:"static,omitempty"`

	// Dynamic makes the URL <protocol>://<service>.<region>.<host>.
	// +optional
	Dynamic *DynamicURLConfig `json:"dynamic,omitempty"`
}

// DynamicURLConfig makes the URL <protocol>://<service>.<region>.<host>.
type DynamicURLConfig struct {
	// Protocol of the URL.
	// +kubebuilder:validation:Enum=http;https
	Protocol string `json:"protocol"`

	// Host without service and region, such as amazonaws.com.
	// +kubebuilder:validation:MinLength=1
	Host string `json:"host"`
}
