// Package zone decides over which availability zones of a region the copies of
// a component are spread.
package zone
