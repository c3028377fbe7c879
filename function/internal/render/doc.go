// Package render turns a template and a copy into the composed resource that
// is desired, keeping on an existing copy what can't change.
package render
