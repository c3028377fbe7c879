// Package scenario runs the folders of examples/ through the real Crossplane
// reconciler, and plays the part of the provider between two renders. Only
// tests and the example program use it.
package scenario
