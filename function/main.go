// Command function serves function-dr, a composition function that renders an
// XR's resources in whichever region must serve.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	sdk "github.com/crossplane/function-sdk-go"
)

// shutdownGrace is how long calls in flight may take to finish. It is shorter
// than the 30 seconds that Kubernetes waits before it kills a container.
const shutdownGrace = 10 * time.Second

// version of the function, which the linker sets: -X main.version=v0.1.0.
var version = "dev"

// A cli holds the flags of the program.
type cli struct {
	Debug bool `help:"Emit debug logs in addition to info logs." short:"d"`

	Version kong.VersionFlag `help:"Print the version and exit."`

	Network string `default:"tcp" help:"Network on which to listen for gRPC connections."`

	Address string `default:":9443" help:"Address at which to listen for gRPC connections."`

	TLSCertsDir string `env:"TLS_SERVER_CERTS_DIR" help:"Folder with the certificates for mTLS: tls.crt and tls.key of this server, and ca.crt to verify clients by. They are read anew for each connection."`

	Insecure bool `help:"Serve without TLS, whatever --tls-certs-dir says. For rendering on a laptop and for tests only: Crossplane always calls with mTLS."`

	MaxRecvMessageSize int `default:"4" help:"Largest request to accept, in MB. A request holds the XR and every composed resource, observed and desired: raise it for XRs with hundreds of them. Crossplane accepts a response of at most 4 MB, whatever is set here."`
}

func main() {
	ctx := kong.Parse(&cli{}, kong.Name("function"), kong.Description("function-dr: disaster recovery as a step of a Composition."), kong.Vars{"version": version})
	ctx.FatalIfErrorf(ctx.Run())
}

// Run serves the function until the program is told to stop.
func (c *cli) Run() error {
	if c.MaxRecvMessageSize < 1 {
		return errors.New("cannot serve: --max-recv-message-size must be at least 1 MB")
	}

	log, err := sdk.NewLogger(c.Debug)
	if err != nil {
		return fmt.Errorf("cannot create a logger: %w", err)
	}

	creds, err := serverCredentials(c.TLSCertsDir, c.Insecure, log)
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// After the first signal the default handling is back, so that a second one
	// ends the program at once.
	context.AfterFunc(ctx, stop)

	lis, err := (&net.ListenConfig{}).Listen(ctx, c.Network, c.Address)
	if err != nil {
		return fmt.Errorf("cannot listen for %s connections at %q: %w", c.Network, c.Address, err)
	}

	return newServer(NewFunction(log), log, creds, c.MaxRecvMessageSize<<20, shutdownGrace).serve(ctx, lis)
}
