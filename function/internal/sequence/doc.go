// Package sequence decides which copies may be created now, and which wait for
// others.
package sequence
