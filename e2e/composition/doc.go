// Package composition tests that Crossplane renders an XR by our function, the
// smallest way: one package, one composed resource.
package composition
