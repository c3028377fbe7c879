// Package crds finds the CRDs of provider-upjet-aws in the Go module cache, for tests and generators.
package crds

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// module is pinned by tools/crds.mod and not by go.mod: its Go code, and all that it requires, is none of our business.
const module = "github.com/upbound/provider-aws/v2"

// Dir returns the folder that holds the CRDs, one file for each. It asks the go command, which downloads the module if
// it has to, and works from any folder of the repository.
func Dir() (string, error) {
	root, err := repository()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(context.Background(), "go", "mod", "download", "-modfile=tools/crds.mod", "-json", module)
	cmd.Dir = root
	// The pinned file is read as it is, also where a workspace or flags in the environment would have it otherwise.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	var got struct {
		Dir   string `json:"Dir"`   //nolint:tagliatelle // As the go command writes it.
		Error string `json:"Error"` //nolint:tagliatelle // As the go command writes it.
	}
	if jerr := json.Unmarshal(out, &got); jerr != nil || err != nil || got.Dir == "" {
		return "", fmt.Errorf("cannot download %s: %w", module, errors.Join(err, jerr, errors.New(got.Error)))
	}
	return filepath.Join(got.Dir, "package", "crds"), nil
}

// repository walks up to the folder of go.mod.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("cannot find the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("cannot find the repository: no go.mod in any parent folder")
		}
		dir = parent
	}
}

// A File is a CRD that is not read yet.
type File struct{ Path, Group, Kind string }

// List returns the files of dir, sorted by path. It reads the head of each file only: parsing all of them takes long.
func List(dir string) ([]File, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("cannot list %s: %w", dir, err)
	}
	files := make([]File, 0, len(paths))
	for _, p := range paths {
		group, _, _ := strings.Cut(filepath.Base(p), "_")
		kind, err := kindOf(p)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: p, Group: group, Kind: kind})
	}
	return files, nil
}

// kindOf returns spec.names.kind, which controller-gen writes into the first lines.
func kindOf(path string) (string, error) {
	f, err := os.Open(path) //nolint:gosec // The caller says where the CRDs are.
	if err != nil {
		return "", fmt.Errorf("cannot read CRD: %w", err)
	}
	defer f.Close() //nolint:errcheck // Nothing was written.
	head := make([]byte, 2048)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("cannot read CRD: %w", err)
	}
	_, rest, ok := bytes.Cut(head[:n], []byte("\n    kind: "))
	kind, _, end := bytes.Cut(rest, []byte("\n"))
	if !ok || !end {
		return "", fmt.Errorf("cannot find the kind that %s defines", path)
	}
	return string(kind), nil
}

// Load returns the CRD of a kind.
func Load(dir, group, kind string) (*apiextensionsv1.CustomResourceDefinition, error) {
	paths, err := filepath.Glob(filepath.Join(dir, group+"_*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("cannot list %s: %w", dir, err)
	}
	for _, p := range paths {
		switch k, err := kindOf(p); {
		case err != nil:
			return nil, err
		case k == kind:
			return Read(p)
		}
	}
	return nil, fmt.Errorf("cannot find a CRD of %s in group %s in %s", kind, group, dir)
}

// Read returns the CRD of a file.
func Read(path string) (*apiextensionsv1.CustomResourceDefinition, error) {
	data, err := os.ReadFile(path) //nolint:gosec // The caller says where the CRDs are.
	if err != nil {
		return nil, fmt.Errorf("cannot read CRD: %w", err)
	}
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.Unmarshal(data, crd); err != nil {
		return nil, fmt.Errorf("cannot parse CRD %s: %w", path, err)
	}
	return crd, nil
}
