package awsclient

import (
	"net"
	"net/http"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Timeouts say how long AWS may take to answer. They are short, because a region
// that is dark often does not answer at all, and a worker that waits for it does
// nothing else.
type Timeouts struct {
	// Connect is how long it may take to open a connection, and again how long a
	// TLS handshake may take.
	Connect time.Duration

	// Call is how long a call may take with all its attempts.
	Call time.Duration

	// STS is how long a call to AWS STS may take before the next region is
	// tried.
	STS time.Duration
}

// DefaultTimeouts are 3 seconds to connect, 10 for a call, and 4 for STS.
func DefaultTimeouts() Timeouts {
	return Timeouts{Connect: 3 * time.Second, Call: 10 * time.Second, STS: 4 * time.Second}
}

// httpClient returns an HTTP client to share between all clients.
func (t Timeouts) httpClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = t.Connect }).
		WithTransportOptions(func(tr *http.Transport) { tr.TLSHandshakeTimeout = t.Connect })
}
