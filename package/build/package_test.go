package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStage(t *testing.T) {
	repository := t.TempDir()
	for file, content := range map[string]string{
		"crossplane.yaml": "root", "package/crds/a.yaml": "a", "package/crds/b.yaml": "b", "package/crossplane.yaml": "package",
		"apis/x/definition.yaml": "x", "apis/y/definition.yaml": "y", "apis/y/values.yaml": "no object",
	} {
		write(t, filepath.Join(repository, file), content)
	}

	cases := map[string]struct {
		reason   string
		patterns []string
		want     map[string]string
		err      string
	}{
		"WithCRDs": {
			reason:   "A package is its metadata and its CRDs.",
			patterns: []string{"package/crossplane.yaml", "package/crds/*.yaml"},
			want:     map[string]string{"crossplane.yaml": "package", "crds-a.yaml": "a", "crds-b.yaml": "b"},
		},
		"SameNames": {
			reason:   "Files of one name, from several folders, are all there; nothing is that was not asked for.",
			patterns: []string{"crossplane.yaml", "apis/*/definition.yaml"},
			want:     map[string]string{"crossplane.yaml": "root", "x-definition.yaml": "x", "y-definition.yaml": "y"},
		},
		"Missing": {
			reason:   "A package without its CRDs would install, and not work.",
			patterns: []string{"crossplane.yaml", "crds/*.yaml"},
			want:     map[string]string{"crossplane.yaml": "root"},
			err:      "cannot find crds/*.yaml",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()

			err := stage(repository, tc.patterns, dir)
			if (err == nil) != (tc.err == "") || err != nil && err.Error() != tc.err {
				t.Errorf("\n%s\nstage(...): want error %q, got: %v", tc.reason, tc.err, err)
			}

			if diff := cmp.Diff(tc.want, read(t, dir)); diff != "" {
				t.Errorf("\n%s\nstage(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestReproducible builds the same sources in two folders.
func TestReproducible(t *testing.T) {
	build := func() map[string]string {
		var progress bytes.Buffer

		output := t.TempDir()
		args := []string{"-repository=" + checkout(t), "-output=" + output, "-arch=" + runtime.GOARCH, "function-dr", "configuration-dr"}

		if err := run(t.Context(), args, &progress); err != nil {
			t.Fatal(err)
		}

		t.Log("\n" + progress.String())

		return read(t, output)
	}

	first, second := build(), build()

	if len(first) != 2 {
		t.Fatalf("built %d packages, not those that were asked for", len(first))
	}

	for name := range first {
		if first[name] != second[name] {
			t.Errorf("\nThe same sources give the same package, whoever builds them and wherever.\n%s differs between two builds", name)
		}
	}
}

// checkout copies the sources into a new folder, with the tools.
func checkout(t *testing.T) string {
	t.Helper()

	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}

	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard",
		"go.mod", "go.sum", "crossplane.yaml", "apis", "function", "internal", "package")
	cmd.Dir = root

	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()

	for file := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		b, err := os.ReadFile(filepath.Join(root, file))
		if errors.Is(err, os.ErrNotExist) {
			// Deleted, and not committed yet.
			continue
		}

		if err != nil {
			t.Fatal(err)
		}

		write(t, filepath.Join(dir, file), string(b))
	}

	if err := os.Symlink(filepath.Join(root, ".tools"), filepath.Join(dir, ".tools")); err != nil {
		t.Fatal(err)
	}

	return dir
}

func write(t *testing.T, file, content string) {
	t.Helper()

	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}

	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// read returns the files of a folder by name.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()

	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}

	out := map[string]string{}

	for _, entry := range entries {
		b, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}

		out[entry.Name()] = string(b)
	}

	return out
}
