package controlplane

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/client-go/rest"
)

// serviceAccountKey is the file with which tokens of ServiceAccounts are signed.
const serviceAccountKey = "serviceaccount.key"

// startAPIServer starts kube-apiserver, with RBAC, and returns how its
// administrator reaches it.
func (c *ControlPlane) startAPIServer(ctx context.Context, etcd string) (*rest.Config, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}

	if err := writeKey(c.file(serviceAccountKey)); err != nil {
		return nil, err
	}

	token := rand.Text()
	if err := os.WriteFile(c.file("tokens.csv"), []byte(token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return nil, fmt.Errorf("cannot write the administrator's token: %w", err)
	}

	certs := c.file("kube-apiserver")
	// A certificate of an earlier run would be trusted before this run's exists.
	if err := os.RemoveAll(certs); err != nil {
		return nil, fmt.Errorf("cannot remove the certificate of an earlier run: %w", err)
	}

	p, err := c.start(ctx, "kube-apiserver", "kube-apiserver", c.tunnel.env(),
		"--etcd-servers="+etcd,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--secure-port="+port(address),
		"--cert-dir="+certs,
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--authorization-mode=RBAC",
		"--token-auth-file="+c.file("tokens.csv"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+c.file(serviceAccountKey),
		"--service-account-signing-key-file="+c.file(serviceAccountKey))
	if err != nil {
		return nil, err
	}

	cfg := &rest.Config{
		Host:        "https://" + address,
		BearerToken: token,
		// Tests wait for what they ask about; a limit would only add to it.
		QPS: -1,
	}

	return cfg, p.await(ctx, func(ctx context.Context) error { return c.ready(ctx, cfg) })
}

// ready returns nil when the API server is. It trusts the certificate that the
// API server has made for itself.
func (c *ControlPlane) ready(ctx context.Context, cfg *rest.Config) error {
	ca, err := os.ReadFile(filepath.Join(c.file("kube-apiserver"), "apiserver.crt"))
	if err != nil {
		return fmt.Errorf("cannot read the API server's certificate: %w", err)
	}

	if !x509.NewCertPool().AppendCertsFromPEM(ca) {
		return errors.New("cannot use the API server's certificate: it is not written yet")
	}

	cfg.CAData = ca

	client, err := rest.HTTPClientFor(cfg)
	if err != nil {
		return fmt.Errorf("cannot make a client: %w", err)
	}

	defer client.CloseIdleConnections()

	return healthy(ctx, client, cfg.Host+"/readyz")
}

// writeKey writes a new private key to a file.
func writeKey(file string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("cannot make a key: %w", err)
	}

	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("cannot encode a key: %w", err)
	}

	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return fmt.Errorf("cannot write a key: %w", err)
	}

	return nil
}
