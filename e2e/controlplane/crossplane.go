package controlplane

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Namespace is where Crossplane is, and the programs of its packages are.
const Namespace = "crossplane-system"

// Names that the chart gives.
const (
	webhookService = "crossplane-webhooks"
	webhookPort    = "9443"
	serverSecret   = "crossplane-tls-server"
	clientSecret   = "crossplane-tls-client"
)

// Folders in which Crossplane core keeps packages, and answers of functions.
const (
	packageCache  = "xpkg"
	functionCache = "xfn"
)

// noReplicas is a DeploymentRuntimeConfig by which the programs of packages are
// deployed with no replica: there is no kubelet. A Deployment of none is
// available, so the packages get healthy.
const noReplicas = `{"spec": {"deploymentTemplate": {"spec": {"replicas": 0, "selector": {}, "template": {}}}}}`

// installCrossplane installs all of Crossplane but its programs.
func (c *ControlPlane) installCrossplane(ctx context.Context) error {
	sources, err := Sources(ctx, "crossplane.mod", crossplane)
	if err != nil {
		return err
	}

	if err := c.installChart(ctx, filepath.Join(sources, "cluster", "charts", "crossplane")); err != nil {
		return err
	}

	core, err := c.ServiceAccountKubeconfig(ctx, Namespace, "crossplane")
	if err != nil {
		return err
	}

	if err := c.initCrossplane(ctx, core, filepath.Join(sources, "cluster")); err != nil {
		return err
	}

	if err := c.client.Patch(ctx, deploymentRuntimeConfig("default"), client.RawPatch(types.MergePatchType, []byte(noReplicas))); err != nil {
		return fmt.Errorf("cannot have packages deployed without replicas: %w", err)
	}

	return nil
}

// startCrossplane starts Crossplane core and its RBAC manager, each as its own
// ServiceAccount with the roles of the chart.
func (c *ControlPlane) startCrossplane(ctx context.Context) error {
	core, err := c.ServiceAccountKubeconfig(ctx, Namespace, "crossplane")
	if err != nil {
		return err
	}

	manager, err := c.ServiceAccountKubeconfig(ctx, Namespace, "rbac-manager")
	if err != nil {
		return err
	}

	if _, err := c.start(ctx, "crossplane-rbac-manager", "crossplane-core", []string{"KUBECONFIG=" + manager},
		"rbac", "start", "--provider-clusterrole=crossplane:allowed-provider-permissions"); err != nil {
		return err
	}

	return c.startCore(ctx, core)
}

// installChart applies the chart's objects, less the Deployments.
func (c *ControlPlane) installChart(ctx context.Context, dir string) error {
	chart, err := readChart(dir, Namespace)
	if err != nil {
		return err
	}

	if err := c.client.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: Namespace}}); err != nil {
		return fmt.Errorf("cannot create namespace %s: %w", Namespace, err)
	}

	for _, name := range []string{
		"serviceaccount.yaml", "clusterrole.yaml", "clusterrolebinding.yaml", "secret.yaml", "service.yaml",
		"rbac-manager-serviceaccount.yaml", "rbac-manager-clusterrole.yaml", "rbac-manager-clusterrolebinding.yaml",
		"rbac-manager-allowed-provider-permissions.yaml", "rbac-manager-managed-clusterroles.yaml",
	} {
		objects, err := chart.render(name)
		if err != nil {
			return err
		}

		if err := c.Apply(ctx, objects...); err != nil {
			return fmt.Errorf("cannot install Crossplane: %w", err)
		}
	}

	return nil
}

// initCrossplane runs the init container of Crossplane core until it succeeds:
// at first its role is not aggregated, then its CRDs are not established.
func (c *ControlPlane) initCrossplane(ctx context.Context, kubeconfig, cluster string) error {
	env := []string{
		"KUBECONFIG=" + kubeconfig,
		"POD_NAMESPACE=" + Namespace,
		"POD_SERVICE_ACCOUNT=crossplane",
		"CRDS_PATH=" + filepath.Join(cluster, "crds"),
		"WEBHOOK_CONFIGS_PATH=" + filepath.Join(cluster, "webhookconfigurations"),
		"WEBHOOK_SERVICE_NAME=" + webhookService,
		"WEBHOOK_SERVICE_NAMESPACE=" + Namespace,
		"WEBHOOK_SERVICE_PORT=" + webhookPort,
		"TLS_CA_SECRET_NAME=crossplane-root-ca",
		"TLS_SERVER_SECRET_NAME=" + serverSecret,
		"TLS_CLIENT_SECRET_NAME=" + clientSecret,
	}

	return c.Await(ctx, func(ctx context.Context) error {
		return c.complete(ctx, "crossplane-init", "crossplane-core", env, "core", "init", "--activation=*")
	})
}

// startCore starts Crossplane core.
func (c *ControlPlane) startCore(ctx context.Context, kubeconfig string) error {
	server, err := c.certificates(ctx, serverSecret)
	if err != nil {
		return err
	}

	clients, err := c.certificates(ctx, clientSecret)
	if err != nil {
		return err
	}

	addresses, err := freeAddresses(ctx, 3)
	if err != nil {
		return err
	}

	metrics, probe, webhooks := addresses[0], addresses[1], addresses[2]
	env := append(c.tunnel.env(),
		"KUBECONFIG="+kubeconfig,
		"POD_NAMESPACE="+Namespace,
		"POD_SERVICE_ACCOUNT=crossplane",
		"TLS_SERVER_SECRET_NAME="+serverSecret,
		"TLS_SERVER_CERTS_DIR="+server,
		"TLS_CLIENT_SECRET_NAME="+clientSecret,
		"TLS_CLIENT_CERTS_DIR="+clients,
		"XPKG_CACHE_DIR="+c.file(packageCache),
		"XFN_CACHE_DIR="+c.file(functionCache),
		"METRICS_PORT="+port(metrics),
		"HEALTH_PROBE_PORT="+port(probe),
		"WEBHOOK_PORT="+port(webhooks))

	for _, dir := range []string{packageCache, functionCache} {
		if err := os.MkdirAll(c.file(dir), 0o750); err != nil {
			return fmt.Errorf("cannot make a cache for Crossplane: %w", err)
		}
	}

	// kube-apiserver knows the webhooks by the name of their Service.
	c.tunnel.lead(webhookService+"."+Namespace+".svc:"+webhookPort, webhooks)

	p, err := c.start(ctx, "crossplane", "crossplane-core", env, append([]string{"core", "start"}, c.options.CoreFlags...)...)
	if err != nil {
		return err
	}

	return p.await(ctx, func(ctx context.Context) error {
		return healthy(ctx, http.DefaultClient, "http://"+probe+"/readyz")
	})
}

// certificates writes a Secret of Crossplane's namespace to a folder, as a
// volume of a pod would have it.
func (c *ControlPlane) certificates(ctx context.Context, name string) (string, error) {
	secret := &corev1.Secret{}
	if err := c.client.Get(ctx, types.NamespacedName{Namespace: Namespace, Name: name}, secret); err != nil {
		return "", fmt.Errorf("cannot get the certificates of %s: %w", name, err)
	}

	dir := c.file(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("cannot write the certificates of %s: %w", name, err)
	}

	for key, value := range secret.Data {
		if err := os.WriteFile(filepath.Join(dir, key), value, 0o600); err != nil {
			return "", fmt.Errorf("cannot write the certificates of %s: %w", name, err)
		}
	}

	return dir, nil
}

// deploymentRuntimeConfig returns a reference to a DeploymentRuntimeConfig.
func deploymentRuntimeConfig(name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1beta1", Kind: "DeploymentRuntimeConfig"})
	u.SetName(name)

	return u
}
