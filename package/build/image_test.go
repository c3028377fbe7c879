package main

import (
	"archive/tar"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func TestWriteImage(t *testing.T) {
	type want struct {
		Files  []string
		Config v1.Config
	}

	config := v1.Config{Entrypoint: []string{"/program"}, User: "65532", WorkingDir: "/"}

	cases := map[string]struct {
		reason string
		roots  bool
		want   want
	}{
		"Alone": {
			reason: "A program that calls nobody needs nothing else, and does not run as root.",
			want:   want{Config: config, Files: []string{"-rwxr-xr-x 0 program"}},
		},
		"Roots": {
			reason: "A program that calls AWS needs certificates, where Go looks for them.",
			roots:  true,
			want: want{Config: config, Files: []string{
				"drwxr-xr-x 0 etc/", "drwxr-xr-x 0 etc/ssl/", "drwxr-xr-x 0 etc/ssl/certs/",
				"-rw-r--r-- 0 etc/ssl/certs/ca-certificates.crt", "-rwxr-xr-x 0 program",
			}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			binary, file := filepath.Join(dir, "program"), filepath.Join(dir, "image.tar")

			if err := os.WriteFile(binary, []byte("program"), 0o600); err != nil {
				t.Fatal(err)
			}

			if err := writeImage(file, binary, "arm64", tc.roots); err != nil {
				t.Fatal(err)
			}

			img, err := tarball.ImageFromPath(file, nil)
			if err != nil {
				t.Fatal(err)
			}

			cfg, err := img.ConfigFile()
			if err != nil {
				t.Fatal(err)
			}

			if cfg.OS != "linux" || cfg.Architecture != "arm64" {
				t.Errorf("\nThe image says which machines it is for.\nwriteImage(...): got %s/%s, want linux/arm64", cfg.OS, cfg.Architecture)
			}

			if diff := cmp.Diff(tc.want, want{Files: contents(t, img), Config: cfg.Config}); diff != "" {
				t.Errorf("\n%s\nwriteImage(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// contents returns the files of an image, as MODE OWNER NAME.
func contents(t *testing.T, img v1.Image) []string {
	t.Helper()

	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}

	var out []string

	for _, layer := range layers {
		content, err := layer.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}

		for r := tar.NewReader(content); ; {
			header, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}

			if err != nil {
				t.Fatal(err)
			}

			if header.ModTime.Unix() != 0 {
				t.Errorf("%s has the time %v: another build would have another digest", header.Name, header.ModTime)
			}

			out = append(out, fmt.Sprintf("%s %d %s", header.FileInfo().Mode(), header.Uid, header.Name))
		}
	}

	return out
}

func TestCertificates(t *testing.T) {
	want := map[string]bool{
		// https://www.amazontrust.com/repository
		"Amazon Root CA 1": true, "Amazon Root CA 2": true, "Amazon Root CA 3": true, "Amazon Root CA 4": true,
		"Starfield Services Root Certificate Authority - G2": true,
	}
	got := map[string]bool{}

	for rest := certificates(); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}

		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}

		if want[certificate.Subject.CommonName] {
			got[certificate.Subject.CommonName] = true
		}
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("\nEvery root that AWS's certificates may come from is trusted: -want +got:\n%s", diff)
	}
}
