package inventory

import (
	"io"
	"log"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// TestAnUntrustedCertificateIsNotDarkness asks through a proxy that has a
// certificate of its own, as in companies that look into TLS.
func TestAnUntrustedCertificateIsNotDarkness(t *testing.T) {
	w := newWorld(t)
	proxy := httptest.NewUnstartedServer(w)
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	proxy.StartTLS()
	t.Cleanup(proxy.Close)

	c := w.clients(west)
	c.BaseEndpoint = aws.String(proxy.URL)

	r := of(snapshot.Source{Kind: snapshot.DBInstance, Identifier: "payments"})

	const want = "cannot list DB snapshots in us-west-2: the certificate of the endpoint is not trusted"
	if _, err := w.inventory.Find(t.Context(), c, "identity", r); err == nil || ProblemOf(err) != Untrusted || err.Error() != want {
		t.Errorf("Find(...): problem %s: %v; want %s: %s", ProblemOf(err), err, Untrusted, want)
	}
}
