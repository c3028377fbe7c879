package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// An authority issues certificates for both ends, as Crossplane does.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"},
		NotAfter: time.Now().Add(time.Hour), //nolint:forbidigo // TLS reads the clock too.
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatalf("cannot create a CA: %v", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("cannot parse a CA: %v", err)
	}
	return authority{cert: cert, key: key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("cannot generate a key: %v", err)
	}
	return key
}

// issue returns a certificate for a loopback server or client, and its key.
func (a authority) issue(t *testing.T) (certPEM, keyPEM []byte) {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"},
		NotAfter:    time.Now().Add(time.Hour), //nolint:forbidigo // TLS reads the clock too.
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatalf("cannot issue a certificate: %v", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatalf("cannot encode a key: %v", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

// install writes a server's certificates into the folder.
func (a authority) install(t *testing.T, dir string) {
	t.Helper()
	cert, key := a.issue(t)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	write(t, dir, map[string][]byte{"tls.crt": cert, "tls.key": key, "ca.crt": ca})
}

func write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatalf("cannot write a certificate: %v", err)
		}
	}
}

// client returns credentials that trust the authority; with a certificate of
// its own if identified.
func (a authority) client(t *testing.T, identified bool) credentials.TransportCredentials {
	t.Helper()
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	cfg.RootCAs.AddCert(a.cert)
	if identified {
		pair, err := tls.X509KeyPair(a.issue(t))
		if err != nil {
			t.Fatalf("cannot load a client's certificate: %v", err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(cfg)
}

func TestMTLS(t *testing.T) {
	before, after := newAuthority(t), newAuthority(t)
	dir := t.TempDir()
	before.install(t, dir)
	creds, err := serverCredentials(dir, false, logging.NewNopLogger())
	if err != nil {
		t.Fatalf("cannot load the server's credentials: %v", err)
	}
	r := run(t, echo, creds, limit)

	call := func(reason string, client credentials.TransportCredentials, want codes.Code) {
		t.Helper()
		_, err := fnv1.NewFunctionRunnerServiceClient(r.dial(t, client)).RunFunction(bounded(t), &fnv1.RunFunctionRequest{})
		if got := status.Code(err); got != want {
			t.Errorf("\n%s\nRunFunction: want %v, got %v", reason, want, err)
		}
	}

	call("A client with a certificate of the CA should be served.", before.client(t, true), codes.OK)
	call("A client without a certificate should be refused.", before.client(t, false), codes.Unavailable)

	write(t, dir, map[string][]byte{"tls.crt": []byte("half writ")})
	call("The certificates read before should do while the new ones can't be read.", before.client(t, true), codes.OK)

	after.install(t, dir)
	call("A new connection should get the renewed certificates.", after.client(t, true), codes.OK)
	call("A client of the replaced CA should be refused.", before.client(t, true), codes.Unavailable)
}

func TestServerCredentials(t *testing.T) {
	a := newAuthority(t)
	badCA := t.TempDir()
	a.install(t, badCA)
	write(t, badCA, map[string][]byte{"ca.crt": []byte("not PEM")})
	noCA := t.TempDir()
	a.install(t, noCA)
	if err := os.Remove(filepath.Join(noCA, "ca.crt")); err != nil {
		t.Fatal(err)
	}

	cases := map[string]struct {
		reason   string
		dir      string
		insecure bool
		wantErr  bool
	}{
		"NeitherFolderNorInsecure": {reason: "To serve without TLS must be asked for.", wantErr: true},
		"EmptyFolder":              {reason: "A folder without certificates should be told at the start.", dir: t.TempDir(), wantErr: true},
		"NoCA":                     {reason: "Without a CA no client could be verified.", dir: noCA, wantErr: true},
		"BadCA":                    {reason: "A CA that can't be read should be told at the start.", dir: badCA, wantErr: true},
		"Insecure":                 {reason: "Insecure needs no folder.", insecure: true},
		"InsecureWins":             {reason: "Insecure should overrule a folder, which may come from the environment.", dir: badCA, insecure: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := serverCredentials(tc.dir, tc.insecure, logging.NewNopLogger())
			if (err != nil) != tc.wantErr {
				t.Errorf("\n%s\nserverCredentials: want error %t, got %v", tc.reason, tc.wantErr, err)
			}
			if (got == nil) != tc.wantErr {
				t.Errorf("\n%s\nserverCredentials: want credentials %t, got %v", tc.reason, !tc.wantErr, got)
			}
		})
	}
}
