package controlplane

import (
	"context"
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
