// Package crd tests the CRDs of provider-aws-dr against a real API server: what
// it refuses, in which words, and how kubectl shows the objects.
package crd
