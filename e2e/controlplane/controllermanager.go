package controlplane

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// controllers are those that Crossplane and its packages need. There is no
// kubelet, so the deployments that packages make stay at zero replicas.
var controllers = []string{ //nolint:gochecknoglobals // A constant, but for its type.
	"namespace-controller",
	"serviceaccount-controller",
	"serviceaccount-token-controller",
	"root-ca-certificate-publisher-controller",
	"garbage-collector-controller",
	"clusterrole-aggregation-controller",
	"deployment-controller",
	"replicaset-controller",
}

// startControllerManager starts kube-controller-manager.
func (c *ControlPlane) startControllerManager(ctx context.Context) error {
	p, err := c.start(ctx, "kube-controller-manager", "kube-controller-manager", nil,
		"--kubeconfig="+c.Kubeconfig(),
		"--controllers="+strings.Join(controllers, ","),
		"--service-account-private-key-file="+c.file(serviceAccountKey),
		"--root-ca-file="+filepath.Join(c.file("kube-apiserver"), "apiserver.crt"),
		"--leader-elect=false",
		"--secure-port=0")
	if err != nil {
		return err
	}

	// It serves no probe without a port. It works when its controllers do.
	return p.await(ctx, func(ctx context.Context) error {
		if err := c.client.Get(ctx, types.NamespacedName{Namespace: "default", Name: "default"}, &corev1.ServiceAccount{}); err != nil {
			return fmt.Errorf("cannot find the ServiceAccount that its controllers make: %w", err)
		}

		return nil
	})
}
