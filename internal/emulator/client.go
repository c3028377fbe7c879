package emulator

import (
	"io"
	"net/http"
)

// Client returns an HTTP client for an SDK that talks to a server nearby.
//
// aws-sdk-go-v2 closes the body of a request as soon as the head of the answer
// is there. When net/http then looks whether the body has more than its length,
// its io.WriterTo answers io.EOF, for which net/http closes the connection while
// the answer is still being read: "use of closed network connection". An answer
// must come within microseconds for that, as it does on loopback. Without
// io.WriterTo nothing goes wrong.
//
// See https://github.com/aws/aws-sdk-go-v2/issues/2737
func Client() *http.Client {
	return &http.Client{Transport: plainBodies{next: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

// plainBodies sends requests whose bodies have nothing but Read and Close.
type plainBodies struct {
	next http.RoundTripper
}

// RoundTrip sends a request.
func (p plainBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.WithContext(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}

	return p.next.RoundTrip(r)
}
