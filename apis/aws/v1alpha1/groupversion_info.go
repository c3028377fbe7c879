package v1alpha1

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group, version and kinds of this package.
const (
	Group   = "aws.m.crossdr.io"
	Version = "v1alpha1"

	FailoverTargetKind    = "FailoverTarget"
	SnapshotSelectionKind = "SnapshotSelection"
)

// SchemeGroupVersion is the API group and version of this package.
var SchemeGroupVersion = schema.GroupVersion{Group: Group, Version: Version}

// FailoverTargetGroupVersionKind is the kind of a FailoverTarget.
var FailoverTargetGroupVersionKind = SchemeGroupVersion.WithKind(FailoverTargetKind)
