package controlplane

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// role is the variable that makes this test's binary play the part of another
// program.
const role = "CONTROLPLANE_TEST_ROLE"

// limit is far longer than any of these tests should take.
const limit = 30 * time.Second

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "fails":
		fmt.Fprintln(os.Stderr, "cannot read the configuration")
		os.Exit(7)
	case "serves":
		fmt.Fprintln(os.Stderr, "serving")
		hang()
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Fprintln(os.Stderr, "serving")
		hang()
	case "etcd":
		serveEtcd()
	case "parent":
		parent()
	}
}

// hang waits to be killed. What waits for nothing at all is a deadlock, with which
// Go ends a program that is built without cgo.
func hang() { <-time.After(time.Hour) }

// parent starts a child, says which, and waits to be killed.
func parent() {
	dir, err := os.MkdirTemp("", "parent-")
	if err != nil {
		panic(err)
	}

	p, err := run(context.Background(), dir, "child", os.Args[0], []string{role + "=serves"})
	if err != nil {
		panic(err)
	}

	if _, err := fmt.Fprintln(os.Stdout, p.cmd.Process.Pid, dir); err != nil {
		panic(err)
	}

	hang()
}

// serveEtcd answers what etcd is asked before the API server starts, and says
// where.
func serveEtcd() {
	for _, arg := range os.Args {
		if url, ok := strings.CutPrefix(arg, "--listen-client-urls=http://"); ok {
			fmt.Fprintln(os.Stderr, url)

			ready := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
			server := &http.Server{Addr: url, Handler: ready, ReadHeaderTimeout: limit}
			fmt.Fprintln(os.Stderr, server.ListenAndServe())
		}
	}
}

func TestProcessStop(t *testing.T) {
	cases := map[string]struct {
		reason string
		role   string
		grace  time.Duration
		want   syscall.Signal
	}{
		"Willing": {
			reason: "A program that ends when it is told to is not killed.",
			role:   "serves",
			grace:  limit,
			want:   syscall.SIGTERM,
		},
		"Stubborn": {
			reason: "A program that does not end when it is told to is killed.",
			role:   "stubborn",
			grace:  100 * time.Millisecond,
			want:   syscall.SIGKILL,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := play(t, tc.role)
			p.grace = tc.grace

			if err := p.await(t.Context(), says(p, "serving")); err != nil {
				t.Fatal(err)
			}

			p.stop()

			status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
			if !ok || status.Signal() != tc.want {
				t.Errorf("\n%s\nstop(): the process ended with %v, want %v", tc.reason, p.cmd.ProcessState, tc.want)
			}
		})
	}
}

func TestProcessAwait(t *testing.T) {
	errNever := errors.New("it never is")

	cases := map[string]struct {
		reason string
		role   string
		time   time.Duration
		want   []string
	}{
		"Ends": {
			reason: "A process that ends is not waited for, and the error shows what it said last.",
			role:   "fails",
			time:   limit,
			want:   []string{"fails has ended (exit status 7)", "fails.log says why", "cannot read the configuration"},
		},
		"NeverReady": {
			reason: "A process that is not ready in time is given up, and the error says what was waited for.",
			role:   "serves",
			time:   100 * time.Millisecond,
			want:   []string{"serves is not ready", "serves.log may say why", errNever.Error()},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := play(t, tc.role)

			ctx, cancel := context.WithTimeout(t.Context(), tc.time)
			defer cancel()

			err := p.await(ctx, func(context.Context) error { return errNever })

			for _, want := range tc.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("\n%s\nawait(): want an error with %q, got: %v", tc.reason, want, err)
				}
			}
		})
	}
}

// play starts this test's binary as another program.
func play(t *testing.T, part string) *process {
	t.Helper()

	p, err := run(t.Context(), t.TempDir(), part, os.Args[0], []string{role + "=" + part})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})

	return p
}

// says holds when the process has logged a line.
func says(p *process, line string) func(context.Context) error {
	return func(context.Context) error {
		if !strings.Contains(p.tail(), line) {
			return fmt.Errorf("%s did not say %q yet", p.name, line)
		}

		return nil
	}
}
