// Package install tests that our packages install, together and by name, and
// that their programs run with what Crossplane gives them.
package install
