package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// build builds a package: one file for each architecture, or one for all if it
// runs no program.
func (o *options) build(ctx context.Context, d *definition) error {
	if d.program == "" {
		return o.pack(ctx, d, d.name+".xpkg", "")
	}

	for _, architecture := range o.architectures {
		if err := o.buildFor(ctx, d, architecture); err != nil {
			return fmt.Errorf("for %s: %w", architecture, err)
		}
	}

	return nil
}

// buildFor builds a package for one architecture.
func (o *options) buildFor(ctx context.Context, d *definition, architecture string) error {
	dir, err := os.MkdirTemp("", d.name+"-")
	if err != nil {
		return fmt.Errorf("cannot make a folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // It is in the folder for what is temporary.

	// A cold build takes minutes and is silent otherwise.
	if _, err := fmt.Fprintf(o.progress, "building %s for %s ...\n", d.program, architecture); err != nil {
		return fmt.Errorf("cannot report: %w", err)
	}

	binary := filepath.Join(dir, d.program)
	if err := o.compile(ctx, d.program, architecture, binary); err != nil {
		return err
	}

	image := filepath.Join(dir, "image.tar")
	if err := writeImage(image, binary, architecture, d.roots); err != nil {
		return err
	}

	return o.pack(ctx, d, d.name+"_"+architecture+".xpkg", image)
}

// compile builds a program that needs no libraries, and in which nothing says
// where or when it was built.
func (o *options) compile(ctx context.Context, program, architecture, binary string) error {
	cmd := exec.CommandContext(ctx, "go", "build", //nolint:gosec // One of our own programs.
		"-trimpath", "-buildvcs=false", "-ldflags=-s -w -X main.version="+o.version, "-o", binary, "./"+program)
	cmd.Dir = o.repository
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+architecture, "GOFLAGS=", "GOWORK=off")

	var stderr bytes.Buffer

	cmd.Stderr = &stderr

	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cannot compile %s: %w: %s", program, err, stderr.Bytes())
	}

	return nil
}

// pack makes a package of the definition's files and, unless it is empty, of
// the image of its program. Crossplane's own command line does it, which checks
// that the package may hold what it does.
func (o *options) pack(ctx context.Context, d *definition, name, image string) error {
	dir, err := os.MkdirTemp("", d.name+"-")
	if err != nil {
		return fmt.Errorf("cannot make a folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // It is in the folder for what is temporary.

	if err := stage(o.repository, d.files, dir); err != nil {
		return err
	}

	if err := os.MkdirAll(o.output, 0o750); err != nil {
		return fmt.Errorf("cannot make the folder for the packages: %w", err)
	}

	file := filepath.Join(o.output, name)
	args := []string{"xpkg", "build", "--package-root=" + dir, "--package-file=" + file}

	if image != "" {
		args = append(args, "--embed-runtime-image-tarball="+image)
	}

	cmd := exec.CommandContext(ctx, filepath.Join(o.repository, ".tools", "bin", "crossplane"), args...) //nolint:gosec // A tool that this project builds.
	// It takes in the folder examples/ beside it, of which there is none.
	cmd.Dir = dir

	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot pack it: %w: %s", err, out)
	}

	return o.report(name, file)
}

// report says what was built.
func (o *options) report(name, file string) error {
	img, err := tarball.ImageFromPath(file, nil)
	if err != nil {
		return fmt.Errorf("cannot read the package: %w", err)
	}

	digest, err := img.Digest()
	if err != nil {
		return fmt.Errorf("cannot read the package: %w", err)
	}

	info, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("cannot read the package: %w", err)
	}

	const megabyte = 1e6

	if _, err := fmt.Fprintf(o.progress, "%-28s %5.1f MB  %s\n", name, float64(info.Size())/megabyte, digest); err != nil {
		return fmt.Errorf("cannot report: %w", err)
	}

	return nil
}

// stage copies what matches the patterns into a folder, without subfolders. A
// pattern that matches nothing is an error: something would be missing in the
// package.
func stage(repository string, patterns []string, dir string) error {
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil {
			return fmt.Errorf("cannot list %s: %w", pattern, err)
		}

		if len(files) == 0 {
			return fmt.Errorf("cannot find %s", pattern)
		}

		for _, file := range files {
			// The package's own crossplane.yaml is one name, the others need one each.
			name := filepath.Base(filepath.Dir(file)) + "-" + filepath.Base(file)
			if filepath.Base(file) == metadata {
				name = metadata
			}

			if err := copyFile(file, filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}

	return nil
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from) //nolint:gosec // One of our own sources.
	if err != nil {
		return fmt.Errorf("cannot copy a file into the package: %w", err)
	}

	if err := os.WriteFile(to, b, 0o600); err != nil { //nolint:gosec // One of our own sources.
		return fmt.Errorf("cannot copy a file into the package: %w", err)
	}

	return nil
}
