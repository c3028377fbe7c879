package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group, version and kinds of this package.
const (
	Group   = "aws.m.crossdr.io"
	Version = "v1alpha1"

	FailoverTargetKind          = "FailoverTarget"
	SnapshotSelectionKind       = "SnapshotSelection"
	ProviderConfigKind          = "ProviderConfig"
	ClusterProviderConfigKind   = "ClusterProviderConfig"
	ProviderConfigUsageKind     = "ProviderConfigUsage"
	ProviderConfigUsageListKind = "ProviderConfigUsageList"
)

// SchemeGroupVersion is the API group and version of this package.
var SchemeGroupVersion = schema.GroupVersion{Group: Group, Version: Version}

// The kinds of this package.
var (
	FailoverTargetGroupVersionKind          = SchemeGroupVersion.WithKind(FailoverTargetKind)
	SnapshotSelectionGroupVersionKind       = SchemeGroupVersion.WithKind(SnapshotSelectionKind)
	ProviderConfigGroupVersionKind          = SchemeGroupVersion.WithKind(ProviderConfigKind)
	ClusterProviderConfigGroupVersionKind   = SchemeGroupVersion.WithKind(ClusterProviderConfigKind)
	ProviderConfigUsageGroupVersionKind     = SchemeGroupVersion.WithKind(ProviderConfigUsageKind)
	ProviderConfigUsageListGroupVersionKind = SchemeGroupVersion.WithKind(ProviderConfigUsageListKind)
)

// AddToScheme adds the kinds of this package to a scheme.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(SchemeGroupVersion,
		&FailoverTarget{}, &FailoverTargetList{},
		&SnapshotSelection{}, &SnapshotSelectionList{},
		&ProviderConfig{}, &ProviderConfigList{},
		&ClusterProviderConfig{}, &ClusterProviderConfigList{},
		&ProviderConfigUsage{}, &ProviderConfigUsageList{},
	)
	metav1.AddToGroupVersion(s, SchemeGroupVersion)

	return nil
}
