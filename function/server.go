package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	sdk "github.com/crossplane/function-sdk-go"
	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	fnv1beta1 "github.com/crossplane/function-sdk-go/proto/v1beta1"
	"github.com/crossplane/function-sdk-go/response"
)

// A server serves one composition function over gRPC.
//
// It stands in for the SDK's Serve, which has no graceful stop, reads its
// certificates once, and lets a panic end the process. There are no metrics:
// Crossplane counts and times the calls of every function it runs.
type server struct {
	grpc   *grpc.Server
	health *health.Server
	log    logging.Logger
	grace  time.Duration
}

// newServer returns a server for fn that accepts requests of up to maxRecv
// bytes, and gives calls in flight the grace period to finish when it stops.
func newServer(fn fnv1.FunctionRunnerServiceServer, log logging.Logger, creds credentials.TransportCredentials, maxRecv int, grace time.Duration) *server {
	s := &server{
		grpc:   grpc.NewServer(grpc.Creds(creds), grpc.MaxRecvMsgSize(maxRecv)),
		health: health.NewServer(),
		log:    log,
		grace:  grace,
	}

	fn = recovering{FunctionRunnerServiceServer: fn, log: log}
	fnv1.RegisterFunctionRunnerServiceServer(s.grpc, fn)
	fnv1beta1.RegisterFunctionRunnerServiceServer(s.grpc, sdk.ServeBeta(fn))
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)

	return s
}

// serve answers calls until the context is done, then stops gracefully. It
// closes the listener.
func (s *server) serve(ctx context.Context, lis net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- s.grpc.Serve(lis) }()
	s.log.Info("Serving", "address", lis.Addr().String())

	select {
	case err := <-served:
		return fmt.Errorf("cannot serve gRPC connections: %w", err)
	case <-ctx.Done():
		s.stop()
		<-served
		return nil
	}
}

// stop reports the server as not serving and waits for the calls in flight. It
// cancels those that take longer than the grace period.
func (s *server) stop() {
	s.log.Info("Stopping", "grace", s.grace.String())
	s.health.Shutdown()

	finished := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(finished)
	}()

	select {
	case <-finished:
	case <-time.After(s.grace):
		s.log.Info("Cancelling calls that did not finish in time")
		s.grpc.Stop()
	}
}

// A recovering function answers with a FATAL result when the function that it
// wraps panics. Crossplane then shows the fault on the XR and changes nothing,
// and the function goes on serving the other XRs.
type recovering struct {
	fnv1.FunctionRunnerServiceServer

	log logging.Logger
}

// RunFunction runs the wrapped function.
func (r recovering) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (rsp *fnv1.RunFunctionResponse, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Info("The function panicked", "tag", req.GetMeta().GetTag(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			rsp, err = response.To(req, response.DefaultTTL), nil
			response.Fatal(rsp, fmt.Errorf("cannot run the function, it panicked and its log has the stack: %v", p))
		}
	}()

	return r.FunctionRunnerServiceServer.RunFunction(ctx, req)
}

// serverCredentials returns mTLS credentials from the folder, or none at all if
// the server is to be insecure.
func serverCredentials(dir string, plain bool, log logging.Logger) (credentials.TransportCredentials, error) {
	if plain {
		return insecure.NewCredentials(), nil
	}
	if dir == "" {
		return nil, errors.New("cannot serve without credentials: set --tls-certs-dir, or --insecure to do without")
	}

	c := &certificates{dir: dir, log: log}
	var err error
	if c.last, err = loadTLS(dir); err != nil {
		return nil, err
	}
	return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: c.config}), nil
}

// certificates reads a folder of certificates that may be renewed at any time.
type certificates struct {
	dir string
	log logging.Logger

	mu   sync.Mutex
	last *tls.Config
}

// config returns the TLS configuration for a new connection. Crossplane keeps
// one connection per function, so reading the files each time costs little and
// a renewed certificate is never missed.
func (c *certificates) config(*tls.ClientHelloInfo) (*tls.Config, error) {
	cfg, err := loadTLS(c.dir)

	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		// The files may be half written: what was read last is still better
		// than no connection.
		c.log.Info("Using the certificates read before", "error", err)
		return c.last, nil
	}
	c.last = cfg
	return cfg, nil
}

// loadTLS reads the server's certificate and key, and the CA that it verifies
// clients by. Clients must have a certificate.
func loadTLS(dir string) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key"))
	if err != nil {
		return nil, fmt.Errorf("cannot load the server's certificate: %w", err)
	}

	ca, err := os.ReadFile(filepath.Join(dir, "ca.crt")) //nolint:gosec // The folder is the operator's choice.
	if err != nil {
		return nil, fmt.Errorf("cannot read the clients' CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("cannot use the clients' CA: %s holds no PEM certificate", filepath.Join(dir, "ca.crt"))
	}

	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{cert},
		ClientCAs:    pool,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		// A resumed session would skip the check against a renewed CA.
		SessionTicketsDisabled: true,
	}, nil
}
