package controlplane

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A tunnel is an HTTP proxy that knows the cluster's names: it stands in for
// the cluster's DNS and network. It sees only what passes between a client and
// a server that prove to each other who they are: it ends no TLS.
type tunnel struct {
	server *http.Server
	url    string

	mu     sync.Mutex
	routes map[string]string
}

// dig opens a tunnel on loopback.
func dig(ctx context.Context) (*tunnel, error) {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot open a tunnel: %w", err)
	}

	t := &tunnel{url: "http://" + lis.Addr().String(), routes: map[string]string{}}
	t.server = &http.Server{Handler: t, ReadHeaderTimeout: 10 * time.Second}

	go func() {
		// It ends when it is closed, and says so.
		_ = t.server.Serve(lis)
	}()

	return t, nil
}

// ServeHTTP connects a client with the address that its host leads to.
func (t *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	address, ok := t.routes[r.Host]
	t.mu.Unlock()

	if r.Method != http.MethodConnect || !ok {
		http.Error(w, "there is no route to "+r.Host, http.StatusBadGateway)

		return
	}

	server, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)

		return
	}
	defer server.Close() //nolint:errcheck // There is nobody to tell.

	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)

		return
	}
	defer client.Close() //nolint:errcheck // There is nobody to tell.

	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}

	join(client, buffered, server)
}

// lead leads a host and port of the cluster to an address on loopback.
func (t *tunnel) lead(host, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.routes[host] = address
}

// env is the environment of a program that reaches the cluster's names through
// the tunnel. Loopback is always reached directly.
func (t *tunnel) env() []string { return []string{"HTTPS_PROXY=" + t.url} }

// close closes the tunnel. What passes through it goes on until one of its ends
// is closed.
func (t *tunnel) close() { _ = t.server.Close() }

// join copies both ways until either side is closed.
func join(client net.Conn, sent io.Reader, server net.Conn) {
	done := make(chan struct{}, 2)
	transfer := func(to io.Writer, from io.Reader) {
		// An end that is closed is how every connection ends.
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}

	go transfer(server, sent)
	go transfer(client, server)

	<-done
}
