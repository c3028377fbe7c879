package controlplane

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build compiles one of our programs for this machine, ./function for instance,
// and returns its path.
func Build(ctx context.Context, program string) (string, error) {
	root, err := Repository()
	if err != nil {
		return "", err
	}

	binary := filepath.Join(root, "_output", "e2e", "bin", filepath.Base(program))

	// These flags are those that the packages are built with, so that the two
	// share what is compiled already.
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, program) //nolint:gosec // One of our own programs.
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")

	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build %s: %w: %s", program, err, out)
	}

	return binary, nil
}

// Sources returns the folder of a module's sources, at the version that a file
// of tools/ pins. It asks the go command, which downloads them if it has to.
func Sources(ctx context.Context, pinned, module string) (string, error) {
	root, err := Repository()
	if err != nil {
		return "", err
	}

	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-modfile="+filepath.Join("tools", pinned), "-json", module) //nolint:gosec // One of our own files.
	cmd.Dir = root
	// The pinned file is read as it is, also where a workspace or flags in the
	// environment would have it otherwise.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()

	var got struct {
		Dir   string `json:"Dir"`   //nolint:tagliatelle // As the go command writes it.
		Error string `json:"Error"` //nolint:tagliatelle // As the go command writes it.
	}
	if jerr := json.Unmarshal(out, &got); jerr != nil || err != nil || got.Dir == "" {
		return "", fmt.Errorf("cannot download %s: %w", module, errors.Join(err, jerr, errors.New(got.Error)))
	}

	return got.Dir, nil
}
