// Package main writes what the CRDs of provider-upjet-aws say about each kind into a Go file of package catalog.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/crossdr/crossdr/function/internal/catalog/crds"
)

func main() {
	dir := flag.String("crds", os.Getenv("CRDS"), "folder of the CRDs; asks the Go module cache if empty")
	out := flag.String("out", "zz_generated.kinds.go", "file to write")
	flag.Parse()
	if err := run(*dir, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir, out string) error {
	if dir == "" {
		found, err := crds.Dir()
		if err != nil {
			return err
		}
		dir = found
	}
	kinds, err := read(dir)
	if err != nil {
		return err
	}
	src, err := render(kinds)
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, src, 0o600); err != nil {
		return fmt.Errorf("cannot write the generated kinds: %w", err)
	}
	return nil
}
