package awsclient

import (
	"io"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Timeouts say how long AWS may take to answer. They are short, because a region
// that is dark often does not answer at all, and a worker that waits for it does
// nothing else.
type Timeouts struct {
	// Connect is how long it may take to open a connection, and again how long a
	// TLS handshake may take.
	Connect time.Duration

	// Attempt is how long AWS may take to answer one attempt of a call. One that
	// is given up is not tried again. Zero is no limit but that of the call.
	Attempt time.Duration

	// Call is how long a call may take with all its attempts and the waits
	// between them, which throttling makes long.
	Call time.Duration

	// STS is how long a call to AWS STS may take before the next region is
	// tried.
	STS time.Duration
}

// DefaultTimeouts are 3 seconds to connect, 10 for an attempt, a minute for a
// call, and 4 seconds for STS.
func DefaultTimeouts() Timeouts {
	return Timeouts{Connect: 3 * time.Second, Attempt: 10 * time.Second, Call: time.Minute, STS: 4 * time.Second}
}

// httpClient returns an HTTP client to share between all clients.
func (t Timeouts) httpClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = t.Connect }).
		WithTransportOptions(func(tr *http.Transport) { tr.TLSHandshakeTimeout = t.Connect })
}

// plainBodies sends requests whose bodies have nothing but Read and Close. The
// AWS SDK closes a body as soon as the head of the answer is there; when
// net/http then uses the io.WriterTo of the body to look for more than its
// length, it gets io.EOF, and closes the connection while the answer is still
// being read. It takes an answer within microseconds, as from a proxy or an
// emulator on the same machine.
//
// See https://github.com/aws/aws-sdk-go-v2/issues/2737
type plainBodies struct {
	next aws.HTTPClient
}

// Do sends a request.
func (p plainBodies) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.WithContext(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}

	return p.next.Do(r)
}
