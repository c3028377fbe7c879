package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Embedding shows where an XR carries Spec and Status. It is never stored; it
// is there so that the schema which XRDs embed can be generated.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=embeddings
type Embedding struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   EmbeddingSpec   `json:"spec"`
	Status EmbeddingStatus `json:"status,omitempty"`
}

// EmbeddingSpec is the part of an XR's spec that crossdr reads.
type EmbeddingSpec struct {
	// Recovery says how much data and time a disaster may cost, and which
	// regions may serve.
	Recovery Spec `json:"recovery"`
}

// EmbeddingStatus is the part of an XR's status that crossdr writes.
type EmbeddingStatus struct {
	// Recovery says which region serves, and what exists where.
	// +optional
	Recovery Status `json:"recovery,omitempty"`
}
