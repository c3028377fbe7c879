// Package upjet stands in for provider-upjet-aws: its real CRDs, and controllers
// that do to a small part of AWS what it does, and refuse what it refuses.
//
// The controllers are the reconciler of crossplane-runtime, as the real ones
// are: management policies, finalizers, references, late initialization and
// connection Secrets are the real thing. What is simulated is Terraform and its
// AWS provider. Databases are created on the emulator through the AWS SDK; what
// the emulator does not know, such as a VPC, is in a [Store].
//
// From upjet it has what a failover depends on: creates of databases run in the
// background and are forgotten when the provider restarts; AWS assigns the
// external names of most kinds; every argument that is not set is late
// initialized; a change that needs a replacement is refused; and the region of
// what exists is what was observed, whatever the spec says.
package upjet
