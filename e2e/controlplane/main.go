package controlplane

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// interrupted is what programs exit with when Ctrl-C stops them.
const interrupted = 130

// Main runs tests against a control plane whose logs are in _output/e2e/NAME,
// and returns what the program should exit with. Ctrl-C stops the control plane
// too.
func Main(name string, o Options, patience time.Duration, tests func(*ControlPlane) int) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	root, err := Repository()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}

	o.Dir = filepath.Join(root, "_output", "e2e", name)
	o.Progress = os.Stdout

	starting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	c, err := Start(starting, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}
	defer c.Stop()

	code := make(chan int, 1)

	go func() { code <- tests(c) }()

	select {
	case <-ctx.Done():
		return interrupted
	case n := <-code:
		if n != 0 {
			fmt.Fprintf(os.Stderr, "The logs of the control plane are in %s.\n", c.Dir())
		}

		return n
	}
}
