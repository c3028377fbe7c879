package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is who a program runs as: nobody in particular, and not root. It is the
// one that other images without a distribution have, too.
const user = "65532"

// rootsFile is where Go looks for certificates first.
// See https://go.dev/src/crypto/x509/root_linux.go
const rootsFile = "etc/ssl/certs/ca-certificates.crt"

// writeImage writes an image, as docker save does, that holds a program, the
// certificates that it needs to call servers, and nothing else.
func writeImage(file, binary, architecture string, roots bool) error {
	program, err := os.ReadFile(binary) //nolint:gosec // It was just built.
	if err != nil {
		return fmt.Errorf("cannot read the program: %w", err)
	}

	var layers []v1.Layer

	if roots {
		layer, err := layerOf(rootsFile, certificates(), 0o644)
		if err != nil {
			return err
		}

		layers = append(layers, layer)
	}

	name := filepath.Base(binary)

	layer, err := layerOf(name, program, 0o755)
	if err != nil {
		return err
	}

	img, err := mutate.AppendLayers(empty.Image, append(layers, layer)...)
	if err != nil {
		return fmt.Errorf("cannot add to the image: %w", err)
	}

	cfg, err := img.ConfigFile()
	if err != nil {
		return fmt.Errorf("cannot read the image: %w", err)
	}

	cfg.OS, cfg.Architecture = "linux", architecture
	cfg.Config = v1.Config{Entrypoint: []string{"/" + name}, User: user, WorkingDir: "/"}

	if img, err = mutate.ConfigFile(img, cfg); err != nil {
		return fmt.Errorf("cannot configure the image: %w", err)
	}

	if err := tarball.WriteToFile(file, nil, img); err != nil {
		return fmt.Errorf("cannot write the image: %w", err)
	}

	return nil
}

// layerOf returns a layer that holds one file, which belongs to root.
func layerOf(name string, content []byte, mode int64) (v1.Layer, error) {
	var b bytes.Buffer

	w := tar.NewWriter(&b)

	// A header without times: a layer is the same whenever it is made.
	for _, dir := range parents(name) {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755}); err != nil {
			return nil, fmt.Errorf("cannot add %s to a layer: %w", dir, err)
		}
	}

	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
		return nil, fmt.Errorf("cannot add %s to a layer: %w", name, err)
	}

	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("cannot add %s to a layer: %w", name, err)
	}

	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("cannot end a layer: %w", err)
	}

	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b.Bytes())), nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot make a layer: %w", err)
	}

	return layer, nil
}

// parents returns the folders above a file, the outermost first.
func parents(name string) []string {
	var out []string

	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		out = append(out, dir)
	}

	slices.Reverse(out)

	return out
}

// certificates returns Mozilla's roots, as PEM. It leaves out those that are
// distrusted for newer certificates, which a file of certificates can't say;
// https://www.amazontrust.com/repository has the ones that AWS uses.
func certificates() []byte {
	var b bytes.Buffer

	for root := range bundle.Roots() {
		if root.Constraint == nil {
			// Writing to a buffer does not fail.
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate})
		}
	}

	return b.Bytes()
}
