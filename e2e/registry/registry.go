// Package registry serves packages that were built here, as the registry that
// their names say would.
package registry

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// home is where our packages are, outside of tests.
const home = "ghcr.io/crossdr"

// Version is what the packages in a registry are tagged with: the oldest that
// the Configuration depends on.
const Version = "v0.1.0"

// A Registry is an OCI registry on loopback, in memory.
type Registry struct {
	server *http.Server
	host   string
}

// Start starts an empty registry.
func Start(ctx context.Context) (*Registry, error) {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot start a registry: %w", err)
	}

	r := &Registry{
		host: lis.Addr().String(),
		server: &http.Server{
			Handler:           registry.New(registry.Logger(log.New(io.Discard, "", 0))),
			ReadHeaderTimeout: 10 * time.Second,
		},
	}

	go func() {
		// It ends when it is stopped, and says so.
		_ = r.server.Serve(lis)
	}()

	return r, nil
}

// Stop stops the registry.
func (r *Registry) Stop() { _ = r.server.Close() }

// Name returns the name of a package, as users of it write it.
func Name(name string) string { return home + "/" + name + ":" + Version }

// Push pushes a package that make package has built for this machine.
func (r *Registry) Push(ctx context.Context, name string) error {
	root, err := controlplane.Repository()
	if err != nil {
		return err
	}

	dir := filepath.Join(root, "_output", "package")

	file := filepath.Join(dir, name+"_"+runtime.GOARCH+".xpkg")
	if _, err := os.Stat(file); err != nil {
		// A package that runs no program is the same for every machine.
		file = filepath.Join(dir, name+".xpkg")
	}

	target := r.host + "/crossdr/" + name + ":" + Version

	cmd := exec.CommandContext(ctx, filepath.Join(root, ".tools", "bin", "crossplane"), //nolint:gosec // A tool that this project builds.
		"xpkg", "push", "--package-files="+file, target)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot push %s (make package builds it): %w: %s", name, err, out)
	}

	return nil
}

// ImageConfig returns the object by which Crossplane pulls our packages from
// this registry, under the names that they have elsewhere.
func (r *Registry) ImageConfig() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "pkg.crossplane.io/v1beta1",
		"kind":       "ImageConfig",
		"metadata":   map[string]any{"name": "local"},
		"spec": map[string]any{
			"matchImages":  []any{map[string]any{"type": "Prefix", "prefix": home}},
			"rewriteImage": map[string]any{"prefix": r.host + "/crossdr"},
		},
	}}
}
