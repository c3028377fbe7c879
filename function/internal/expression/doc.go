// Package expression compiles templates whose strings hold ${…} expressions
// and evaluates them. Expressions are CEL: no loops without end, no side
// effects, no clock.
package expression
