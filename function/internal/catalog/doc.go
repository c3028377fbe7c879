// Package catalog is one table of what crossdr knows about each kind of provider-upjet-aws.
package catalog

//go:generate go run ./gen -out zz_generated.kinds.go
