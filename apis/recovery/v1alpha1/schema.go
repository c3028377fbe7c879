package v1alpha1

import _ "embed"

// Schema of Spec and Status, as YAML with the keys spec and status: what an
// XRD embeds, and what the function validates by.
//
//go:embed zz_generated.recovery.yaml
var Schema []byte
