// Package v1alpha1 holds the managed resources of provider-aws-dr.
//
// +kubebuilder:object:generate=true
// +groupName=aws.m.crossdr.io
// +versionName=v1alpha1
package v1alpha1
