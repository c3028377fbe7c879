// Package v1alpha1 holds what an XR or claim says about its recovery
// (spec.recovery) and reads back (status.recovery).
//
// An XRD embeds both. The schema to paste is generated from these types:
// zz_generated.recovery.yaml beside this file.
//
// +kubebuilder:object:generate=true
// +groupName=recovery.crossdr.io
// +versionName=v1alpha1
package v1alpha1
