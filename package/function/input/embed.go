// Package input holds the schema of the function's input, as Crossplane
// installs it with the package and as the function validates by it.
package input

import _ "embed"

// RecoveryPlan is the CustomResourceDefinition of a RecoveryPlan, as YAML.
//
//go:embed fn.crossdr.io_recoveryplans.yaml
var RecoveryPlan []byte
