package controlplane

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// kubectlCache is the folder in which kubectl keeps for hours which kinds an
// address has served, be it that of an earlier run.
const kubectlCache = ".kube"

// Config returns how the administrator reaches the API server.
func (c *ControlPlane) Config() *rest.Config { return rest.CopyConfig(c.config) }

// Client returns the administrator's client. It caches nothing.
func (c *ControlPlane) Client() client.Client { return c.client }

// Kubeconfig returns the administrator's kubeconfig file.
func (c *ControlPlane) Kubeconfig() string { return c.file("kubeconfig") }

// Kubectl runs kubectl as the administrator and returns what it printed.
func (c *ControlPlane) Kubectl(ctx context.Context, args ...string) (string, error) {
	path, err := c.tool("kubectl")
	if err != nil {
		return "", err
	}

	return c.output(exec.CommandContext(ctx, path, args...), "kubectl "+strings.Join(args, " ")) //nolint:gosec // A program that this project builds.
}

// Shell runs a command that a message or a page says to run, as it stands there
// and as the administrator, and returns what it printed.
func (c *ControlPlane) Shell(ctx context.Context, command string) (string, error) {
	if _, err := c.tool("kubectl"); err != nil {
		return "", err
	}

	return c.output(exec.CommandContext(ctx, "/bin/sh", "-c", command), command) //nolint:gosec // A test says what to run.
}

// output runs a command with nothing in its environment but our tools and the
// administrator's access.
func (c *ControlPlane) output(cmd *exec.Cmd, said string) (string, error) {
	var stdout, stderr bytes.Buffer

	cmd.Env = []string{"HOME=" + c.dir, "KUBECONFIG=" + c.Kubeconfig(), "PATH=" + c.tools + ":/usr/bin:/bin"}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr

	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("cannot run %s: %w: %s", said, err, strings.TrimSpace(stderr.String()))
	}

	return stdout.String(), nil
}

// ServiceAccountKubeconfig writes a kubeconfig file with which a program is the
// ServiceAccount for a day.
func (c *ControlPlane) ServiceAccountKubeconfig(ctx context.Context, namespace, name string) (string, error) {
	request := &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: new(int64((24 * time.Hour).Seconds()))},
	}

	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	if err := c.client.SubResource("token").Create(ctx, account, request); err != nil {
		return "", fmt.Errorf("cannot get a token of ServiceAccount %s/%s: %w", namespace, name, err)
	}

	cfg := c.Config()
	cfg.BearerToken = request.Status.Token
	file := c.file(namespace + "-" + name + ".kubeconfig")

	return file, writeKubeconfig(file, cfg)
}

// access makes the administrator's client and kubeconfig file.
func (c *ControlPlane) access() error {
	if err := writeKubeconfig(c.Kubeconfig(), c.config); err != nil {
		return err
	}

	var err error
	if c.client, err = client.New(c.config, client.Options{}); err != nil {
		return fmt.Errorf("cannot make a client: %w", err)
	}

	return nil
}

// writeKubeconfig writes a kubeconfig file.
func writeKubeconfig(file string, cfg *rest.Config) error {
	const name = "e2e"

	out := clientcmdapi.NewConfig()
	out.Clusters[name] = &clientcmdapi.Cluster{Server: cfg.Host, CertificateAuthorityData: cfg.CAData}
	out.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: cfg.BearerToken}
	out.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	out.CurrentContext = name

	// An empty file keeps WriteToFile, which keeps the mode of one that exists,
	// from showing the token to others.
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return fmt.Errorf("cannot write a kubeconfig: %w", err)
	}

	if err := clientcmd.WriteToFile(*out, file); err != nil {
		return fmt.Errorf("cannot write a kubeconfig: %w", err)
	}

	return nil
}
