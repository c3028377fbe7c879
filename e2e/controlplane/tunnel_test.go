package controlplane

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestTunnel(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host)
	}))
	defer server.Close()

	tunnel, err := dig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tunnel.close()

	// The name is one of the test server's certificate.
	tunnel.lead("example.com:9443", server.Listener.Addr().String())

	cases := map[string]struct {
		reason string
		url    string
		want   string
	}{
		"Known": {
			reason: "A name of the cluster leads to an address on loopback, with TLS from end to end.",
			url:    "https://example.com:9443/",
			want:   "example.com:9443",
		},
		"Unknown": {
			reason: "A name that leads nowhere is an error at once: the internet is not asked.",
			url:    "https://example.com:443/",
			want:   "Bad Gateway",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := get(t, server.Client(), tunnel.url, tc.url); !strings.Contains(got, tc.want) {
				t.Errorf("\n%s\nGET %s: got %q, want %q in it", tc.reason, tc.url, got, tc.want)
			}
		})
	}
}

// get returns what a URL answers through a proxy, or the error.
func get(t *testing.T, client *http.Client, proxy, target string) string {
	t.Helper()

	through, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}

	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("the client has another transport")
	}

	transport = transport.Clone()
	transport.Proxy = http.ProxyURL(through)
	// The test server's own would dial it whatever the name.
	transport.DialContext = nil

	defer transport.CloseIdleConnections()

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}

	rsp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err.Error()
	}
	defer rsp.Body.Close() //nolint:errcheck // Nothing was written.

	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}

	return string(body)
}
