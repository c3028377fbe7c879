package controlplane

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A Program is a package's own program, which runs here as its Deployment would
// have it run.
type Program struct {
	controlPlane *ControlPlane
	process      *process
}

// Stop ends the program.
func (p *Program) Stop() { p.controlPlane.stop(p.process) }

// Kill ends the program as a crash does: it has no time to finish anything.
func (p *Program) Kill() { p.controlPlane.kill(p.process) }

// RunFunction runs the program of an installed Function, with the certificates
// that Crossplane has made for it, where Crossplane looks for it. It returns
// when the function can be called.
func (c *ControlPlane) RunFunction(ctx context.Context, name, binary string) (*Program, error) {
	revision, err := c.activeRevision(ctx, "Function", name)
	if err != nil {
		return nil, err
	}

	// The host that Crossplane calls, as dns:///HOST:PORT.
	endpoint, _, err := unstructured.NestedString(revision.Object, "status", "endpoint")
	if err != nil {
		return nil, fmt.Errorf("cannot read where function %s is called: %w", name, err)
	}

	secret, _, err := unstructured.NestedString(revision.Object, "spec", "tlsServerSecretName")
	if err != nil {
		return nil, fmt.Errorf("cannot read what certificates function %s has: %w", name, err)
	}

	certs, err := c.certificates(ctx, secret)
	if err != nil {
		return nil, err
	}

	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}

	p, err := c.startProgram(ctx, name, binary, []string{"TLS_SERVER_CERTS_DIR=" + certs}, "--address="+address, "--debug")
	if err != nil {
		return nil, err
	}

	c.tunnel.lead(strings.TrimPrefix(endpoint, "dns:///"), address)

	return &Program{controlPlane: c, process: p}, p.await(ctx, func(ctx context.Context) error { return listens(ctx, address) })
}

// RunProvider runs the program of an installed Provider, as the ServiceAccount
// and with the environment that its package gives it. It returns when its probe
// says that it is ready.
func (c *ControlPlane) RunProvider(ctx context.Context, name, binary string, flags ...string) (*Program, error) {
	revision, err := c.activeRevision(ctx, "Provider", name)
	if err != nil {
		return nil, err
	}

	deployment := &appsv1.Deployment{}
	if err := c.client.Get(ctx, types.NamespacedName{Namespace: Namespace, Name: revision.GetName()}, deployment); err != nil {
		return nil, fmt.Errorf("cannot get the Deployment of provider %s: %w", name, err)
	}

	kubeconfig, err := c.ServiceAccountKubeconfig(ctx, Namespace, deployment.Spec.Template.Spec.ServiceAccountName)
	if err != nil {
		return nil, err
	}

	return c.startProvider(ctx, name, binary, kubeconfig, flags...)
}

// RunPrograms builds and runs the programs of our two packages, by the names that
// Crossplane gives these when the Configuration depends on them.
func (c *ControlPlane) RunPrograms(ctx context.Context) error {
	function, err := Build(ctx, "./function")
	if err != nil {
		return err
	}

	provider, err := Build(ctx, "./provider")
	if err != nil {
		return err
	}

	if _, err := c.RunFunction(ctx, "crossdr-function-dr", function); err != nil {
		return err
	}

	_, err = c.RunProvider(ctx, "crossdr-provider-aws-dr", provider)

	return err
}

// RunUninstalled runs the program of a provider whose CRDs are there and whose
// package is not, as the administrator. It returns when its probe says that it
// is ready.
func (c *ControlPlane) RunUninstalled(ctx context.Context, name, binary string, flags ...string) (*Program, error) {
	return c.startProvider(ctx, name, binary, c.Kubeconfig(), flags...)
}

func (c *ControlPlane) startProvider(ctx context.Context, name, binary, kubeconfig string, flags ...string) (*Program, error) {
	probe, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}

	flags = append([]string{"--metrics-bind-address=0", "--health-probe-bind-addr=" + probe, "--debug"}, flags...)

	p, err := c.startProgram(ctx, name, binary, []string{"KUBECONFIG=" + kubeconfig}, flags...)
	if err != nil {
		return nil, err
	}

	return &Program{controlPlane: c, process: p}, p.await(ctx, func(ctx context.Context) error {
		return healthy(ctx, http.DefaultClient, "http://"+probe+"/readyz")
	})
}

// activeRevision returns the active revision of an installed package, once it is
// healthy.
func (c *ControlPlane) activeRevision(ctx context.Context, kind, name string) (*unstructured.Unstructured, error) {
	var active *unstructured.Unstructured

	return active, c.Await(ctx, func(ctx context.Context) error {
		revisions := &unstructured.UnstructuredList{}
		revisions.SetGroupVersionKind(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1", Kind: kind + "RevisionList"})

		if err := c.client.List(ctx, revisions, client.MatchingLabels{"pkg.crossplane.io/package": name}); err != nil {
			return fmt.Errorf("cannot list the revisions of %s: %w", name, err)
		}

		for i := range revisions.Items {
			active = &revisions.Items[i]

			if state, _, _ := unstructured.NestedString(active.Object, "spec", "desiredState"); state == "Active" {
				return holds(active, "RuntimeHealthy")
			}
		}

		return fmt.Errorf("%s %s has no active revision", kind, name)
	})
}

// listens returns nil if something listens at an address.
func listens(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cannot connect: %w", err)
	}

	if err := conn.Close(); err != nil {
		return fmt.Errorf("cannot close a connection: %w", err)
	}

	return nil
}
