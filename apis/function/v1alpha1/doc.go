// Package v1alpha1 holds the function's input.
//
// +kubebuilder:object:generate=true
// +groupName=fn.crossdr.io
// +versionName=v1alpha1
package v1alpha1
