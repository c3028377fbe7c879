// Package topology decides which copies of each component exist in which
// region and what each of them is there for.
package topology
