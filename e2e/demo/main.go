// Command demo leaves a control plane running on which docs/walkthrough.md can be
// followed: an application at home, a region to lose, and the way back.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

const usage = `usage: demo                      run until Ctrl-C
       demo -auto                run, play the walk-through, and end
       demo outage REGION        let a region of the demo that runs answer no more
       demo outage-over REGION   let it answer again`

func main() {
	// As programs do that Ctrl-C stops.
	const interrupted = 130

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)

	// Whoever presses it twice does not want to wait.
	context.AfterFunc(ctx, stop)

	err := run(ctx, os.Args[1:], os.Stdout)

	switch {
	case err == nil:
	case ctx.Err() != nil:
		os.Exit(interrupted)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does what the command line asks for.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	auto := flags.Bool("auto", false, "play the walk-through, and end")
	flags.Usage = func() { _, _ = fmt.Fprintln(flags.Output(), usage) }

	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("cannot read the command line: %w", err)
	}

	root, err := controlplane.Repository()
	if err != nil {
		return err
	}

	switch flags.Arg(0) {
	case "":
		return serve(ctx, root, *auto, out)
	case "outage":
		return ask(ctx, folder(root), http.MethodPut, flags.Arg(1), out)
	case "outage-over":
		return ask(ctx, folder(root), http.MethodDelete, flags.Arg(1), out)
	default:
		return errors.New(usage)
	}
}

// serve runs the demo until the context is done or, unattended, the walk-through
// is over.
func serve(ctx context.Context, root string, auto bool, out io.Writer) error {
	begun := time.Now()

	page, err := readPage(filepath.Join(root, "docs", "walkthrough.md"))
	if err != nil {
		return err
	}

	d, err := begin(ctx, root, out)
	if err != nil {
		return err
	}
	defer d.end()

	ready := fmt.Sprintf("\nReady after %s. ", time.Since(begun).Round(time.Second))

	if auto {
		_, _ = io.WriteString(out, ready+"The walk-through begins.\n")

		return d.play(ctx, page)
	}

	_, _ = io.WriteString(out, ready+page.summary())

	return d.watch(ctx)
}
