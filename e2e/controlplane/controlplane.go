// Package controlplane runs a Kubernetes API server, and what belongs to it,
// as processes on loopback: no container, no cluster, no root.
package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Options say what to run.
type Options struct {
	// Dir is the folder for logs, keys and data. It is made if it does not
	// exist. The logs of the last run stay in it.
	Dir string

	// Controllers runs kube-controller-manager.
	Controllers bool

	// Progress is told what starts and stops. Defaults to io.Discard.
	Progress io.Writer
}

// A ControlPlane is a Kubernetes API server and what runs with it.
type ControlPlane struct {
	dir      string
	tools    string
	progress *log.Logger

	config *rest.Config
	client client.Client

	mu        sync.Mutex
	processes []*process
	cleanups  []func()
}

// Start starts a control plane. It returns when all of it is ready, and stops
// what it has started if that fails or the context is done before.
func Start(ctx context.Context, o Options) (*ControlPlane, error) {
	if o.Progress == nil {
		o.Progress = io.Discard
	}

	c := &ControlPlane{dir: o.Dir, progress: log.New(o.Progress, "", log.Ltime)}

	if err := c.startAll(ctx, o); err != nil {
		c.Stop()

		return nil, fmt.Errorf("cannot start a control plane: %w", err)
	}

	return c, nil
}

// Stop stops everything, what was started last first. The logs stay.
func (c *ControlPlane) Stop() {
	c.mu.Lock()
	cleanups := c.cleanups
	c.cleanups = nil
	c.mu.Unlock()

	for _, f := range slices.Backward(cleanups) {
		f()
	}
}

// Dir returns the folder of the logs.
func (c *ControlPlane) Dir() string { return c.dir }

// Err says which processes have ended that should run, and why. It is nil if
// all of them run.
func (c *ControlPlane) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()

	errs := make([]error, 0, len(c.processes))
	for _, p := range c.processes {
		errs = append(errs, p.failure())
	}

	return errors.Join(errs...)
}

// startAll starts what the options ask for.
func (c *ControlPlane) startAll(ctx context.Context, o Options) error {
	if err := c.prepare(); err != nil {
		return err
	}

	etcd, err := c.startEtcd(ctx)
	if err != nil {
		return err
	}

	if c.config, err = c.startAPIServer(ctx, etcd); err != nil {
		return err
	}

	if err := c.access(); err != nil {
		return err
	}

	if o.Controllers {
		return c.startControllerManager(ctx)
	}

	return nil
}

// prepare makes the folder, without what an earlier run has logged or, when it
// was killed, left behind.
func (c *ControlPlane) prepare() error {
	root, err := Repository()
	if err != nil {
		return err
	}

	c.tools = filepath.Join(root, ".tools", "bin")

	if c.dir, err = filepath.Abs(c.dir); err != nil {
		return fmt.Errorf("cannot find the folder of the control plane: %w", err)
	}

	if err := os.MkdirAll(c.dir, 0o750); err != nil {
		return fmt.Errorf("cannot make the folder of the control plane: %w", err)
	}

	for _, pattern := range []string{"*.log", etcdData} {
		old, err := filepath.Glob(c.file(pattern))
		if err != nil {
			return fmt.Errorf("cannot list the files of an earlier run: %w", err)
		}

		for _, name := range old {
			if err := os.RemoveAll(name); err != nil {
				return fmt.Errorf("cannot remove a file of an earlier run: %w", err)
			}
		}
	}

	return nil
}

// start starts one of the tools. It is stopped before all that were started
// earlier.
func (c *ControlPlane) start(ctx context.Context, name string, env []string, args ...string) (*process, error) {
	path, err := c.tool(name)
	if err != nil {
		return nil, err
	}

	return c.startProgram(ctx, name, path, env, args...)
}

// startProgram starts any program.
func (c *ControlPlane) startProgram(ctx context.Context, name, path string, env []string, args ...string) (*process, error) {
	c.progress.Printf("starting %s", name)

	p, err := run(ctx, c.dir, name, path, env, args...)
	if err != nil {
		return nil, err
	}

	c.mu.Lock()
	c.processes = append(c.processes, p)
	c.mu.Unlock()

	c.cleanup(func() { c.stop(p) })

	return p, nil
}

// stop stops a process, which is then no longer one that should run.
func (c *ControlPlane) stop(p *process) {
	c.mu.Lock()
	c.processes = slices.DeleteFunc(c.processes, func(q *process) bool { return q == p })
	c.mu.Unlock()

	c.progress.Printf("stopping %s", p.name)
	p.stop()
}

// cleanup has something done by Stop, before all that was told to it earlier.
func (c *ControlPlane) cleanup(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.cleanups = append(c.cleanups, f)
}

// file returns the path of a file of the control plane.
func (c *ControlPlane) file(name string) string { return filepath.Join(c.dir, name) }

// tool returns the path of a tool.
func (c *ControlPlane) tool(name string) (string, error) {
	path := filepath.Join(c.tools, name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("cannot find %s (run tools/build.sh %s): %w", name, name, err)
	}

	return path, nil
}

// Repository returns the folder of the repository, from any folder in it.
func Repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("cannot find the repository: %w", err)
	}

	for {
		if _, err := os.Stat(filepath.Join(dir, "tools", "build.sh")); err == nil {
			return dir, nil
		}

		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("cannot find the repository: no parent folder has tools/build.sh")
		}

		dir = parent
	}
}

// freeAddress returns an address on loopback that nothing listens at.
func freeAddress(ctx context.Context) (string, error) {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("cannot find a free port: %w", err)
	}

	if err := lis.Close(); err != nil {
		return "", fmt.Errorf("cannot find a free port: %w", err)
	}

	return lis.Addr().String(), nil
}

// port returns the port of an address that freeAddress returned.
func port(address string) string {
	_, p, _ := net.SplitHostPort(address)

	return p
}
