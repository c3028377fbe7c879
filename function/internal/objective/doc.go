// Package objective derives the disaster recovery strategy from the recovery
// objectives.
package objective
