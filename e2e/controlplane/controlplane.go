// Package controlplane runs a Kubernetes API server, and Crossplane on it, as
// processes on loopback: no container, no cluster, no root.
package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
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

	// Crossplane runs Crossplane core and its RBAC manager, and the controllers
	// that they need.
	Crossplane bool

	// CoreFlags are for Crossplane core.
	CoreFlags []string

	// Progress is told what starts and stops. Defaults to io.Discard.
	Progress io.Writer
}

// A ControlPlane is a Kubernetes API server and what runs with it.
type ControlPlane struct {
	dir      string
	tools    string
	progress *log.Logger
	options  Options

	// data is the folder of etcd.
	data string

	config *rest.Config
	client client.Client
	tunnel *tunnel

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

	c := &ControlPlane{dir: o.Dir, progress: log.New(o.Progress, "", log.Ltime), options: o}

	if err := c.startAll(ctx); err != nil {
		c.Stop()

		return nil, fmt.Errorf("cannot start a control plane: %w", err)
	}

	return c, nil
}

// Dir returns the folder of the logs.
func (c *ControlPlane) Dir() string { return c.dir }

// Crash ends everything at once and by force, as the loss of a machine does.
// What was written is still there.
func (c *ControlPlane) Crash() {
	c.mu.Lock()
	processes := slices.Clone(c.processes)
	c.mu.Unlock()

	for _, p := range slices.Backward(processes) {
		c.kill(p)
	}
}

// Return starts again what Crash has ended, with what was written. The programs
// of packages are not part of it. Clients and kubeconfigs from before are of no
// use any more.
func (c *ControlPlane) Return(ctx context.Context) error {
	if err := c.startKubernetes(ctx); err != nil {
		return fmt.Errorf("cannot start a control plane again: %w", err)
	}

	if !c.options.Crossplane {
		return nil
	}

	if err := c.startCrossplane(ctx); err != nil {
		return fmt.Errorf("cannot start a control plane again: %w", err)
	}

	return nil
}

// startAll starts what the options ask for.
func (c *ControlPlane) startAll(ctx context.Context) error {
	if err := c.prepare(ctx); err != nil {
		return err
	}

	if err := c.startKubernetes(ctx); err != nil {
		return err
	}

	if !c.options.Crossplane {
		return nil
	}

	if err := c.installCrossplane(ctx); err != nil {
		return err
	}

	return c.startCrossplane(ctx)
}

// startKubernetes starts what all else is on.
func (c *ControlPlane) startKubernetes(ctx context.Context) error {
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

	// The API server says that it is ready before it has made its namespaces.
	if err := c.Await(ctx, c.inhabited); err != nil {
		return err
	}

	if c.options.Controllers || c.options.Crossplane {
		return c.startControllerManager(ctx)
	}

	return nil
}

// inhabited returns nil when objects can be created in the namespace default.
func (c *ControlPlane) inhabited(ctx context.Context) error {
	if err := c.client.Get(ctx, types.NamespacedName{Name: metav1.NamespaceDefault}, &corev1.Namespace{}); err != nil {
		return fmt.Errorf("cannot find the namespace that the API server makes: %w", err)
	}

	return nil
}

// prepare makes the folder, without what an earlier run has logged or, when it
// was killed, left behind.
func (c *ControlPlane) prepare(ctx context.Context) error {
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

	for _, pattern := range []string{"*.log", etcdData, packageCache, functionCache, kubectlCache} {
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

	if c.tunnel, err = dig(ctx); err != nil {
		return err
	}

	c.cleanup(c.tunnel.close)

	return nil
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

// Ports to listen at: below those that systems give to connections and to
// listeners at port 0 (Linux from 32768, macOS from 49152), so that none of
// these takes a port between its choice and its use.
const (
	firstPort = 20000
	lastPort  = 32000
)

// freeAddress returns an address on loopback that nothing listens at.
func freeAddress(ctx context.Context) (string, error) {
	addresses, err := freeAddresses(ctx, 1)
	if err != nil {
		return "", err
	}

	return addresses[0], nil
}

// freeAddresses returns some addresses on loopback that nothing listens at, no
// two of them alike.
func freeAddresses(ctx context.Context, n int) ([]string, error) {
	out := make([]string, 0, n)

	for range n {
		lis, err := listenAnywhere(ctx)
		if err != nil {
			return nil, err
		}
		// One that is held until all are found is not found twice.
		defer lis.Close() //nolint:errcheck // Nothing was written.

		out = append(out, lis.Addr().String())
	}

	return out, nil
}

// listenAnywhere listens at a port that is free. Other control planes on this
// machine choose theirs, too: each at random.
func listenAnywhere(ctx context.Context) (net.Listener, error) {
	const attempts = 20

	errs := make([]error, 0, attempts)

	for range attempts {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+rand.IntN(lastPort-firstPort))) //nolint:gosec // No secret.

		lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err == nil {
			return lis, nil
		}

		errs = append(errs, err)
	}

	return nil, fmt.Errorf("cannot find a free port: %w", errors.Join(errs...))
}

// port returns the port of an address that freeAddress returned.
func port(address string) string {
	_, p, _ := net.SplitHostPort(address)

	return p
}
