package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// limit is far longer than any of this should take, on a slow machine, too.
const limit = 20 * time.Minute

var update = flag.Bool("update", false, "write into docs/walkthrough.md what its commands print")

// TestWalkthrough starts the demo, does what the page says, and presses Ctrl-C.
func TestWalkthrough(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	root, err := controlplane.Repository()
	if err != nil {
		t.Fatal(err)
	}

	s := &shell{dir: root}
	if _, err := s.run(ctx, "make _output/bin/demo"); err != nil {
		t.Fatal(err)
	}

	if out, err := s.run(ctx, "make outage"); err == nil || !strings.Contains(out, "start it with make demo") {
		t.Errorf("\nWithout a demo there is nothing to lose.\ngot %v, %s", err, out)
	}

	stop := start(ctx, t, root)

	// There is one in a folder.
	out := &bytes.Buffer{}
	if err := run(ctx, nil, out); err == nil || !strings.Contains(err.Error(), "runs already") {
		t.Errorf("\nA second demo does not start.\ngot %v, %s", err, out)
	}

	follow(ctx, t, s, filepath.Join(root, "docs", "walkthrough.md"))

	server := apiServer(t, root)

	stop()
	leavesNothing(ctx, t, root, server)
}

// start starts the demo, and returns when it is ready. What is returned presses
// Ctrl-C.
func start(ctx context.Context, t *testing.T, root string) (stop func()) {
	t.Helper()

	cmd := exec.CommandContext(ctx, filepath.Join(root, "_output", "bin", "demo"))
	cmd.Dir = root
	cmd.Stderr = os.Stderr

	read, write := io.Pipe()
	cmd.Stdout = io.MultiWriter(os.Stdout, write)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }

	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	ready, ended := make(chan struct{}), make(chan error, 1)

	go func() {
		for lines := bufio.NewScanner(read); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "Ready after ") {
				close(ready)
			}
		}
	}()

	go func() { ended <- cmd.Wait() }()

	stopped := false
	stop = func() {
		if stopped {
			return
		}

		stopped = true
		_ = cmd.Process.Signal(os.Interrupt)

		if err := <-ended; err != nil {
			t.Errorf("\nCtrl-C is how the demo ends.\ngot %v", err)
		}
	}

	select {
	case <-ready:
		t.Cleanup(stop)
	case err := <-ended:
		t.Fatalf("The demo has ended: %v", err)
	}

	return stop
}

// follow does what the page says, and tests that it says what is printed, but
// for what differs from time to time.
func follow(ctx context.Context, t *testing.T, s *shell, file string) {
	t.Helper()

	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	text := string(b)
	updated, written := strings.Builder{}, 0

	for _, step := range parsePage(text).steps {
		_, _ = fmt.Fprintln(os.Stdout, "-- "+step.title)

		for _, b := range step.blocks {
			got, diff, err := look(ctx, s, b)

			switch {
			case err != nil:
				t.Fatalf("%s: %v", step.title, err)
			case diff != "" && *update:
				updated.WriteString(text[written:b.from] + got)
				written = b.to
			case diff != "":
				t.Errorf("\n%s\n$ %s-page +printed:\n%s", step.title, b.commands, diff)
			}
		}
	}

	if written > 0 {
		if err := os.WriteFile(file, []byte(updated.String()+text[written:]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// look runs a block, and returns what it printed and how that differs from the
// page. What only looks is run again for a while until it does not: things may
// still be settling.
func look(ctx context.Context, s *shell, b block) (got, diff string, err error) {
	const while = 3 * time.Minute

	settled, cancel := context.WithTimeout(ctx, while)
	defer cancel()

	for {
		got, err = s.run(ctx, b.commands)
		if err != nil || b.to == 0 {
			return got, "", err
		}

		diff = cmp.Diff(settle(b.output), settle(got))
		if diff == "" || *update || !onlyLooks(b.commands) || settled.Err() != nil {
			return got, diff, nil
		}
	}
}

// onlyLooks says whether commands change nothing.
func onlyLooks(commands string) bool {
	for line := range strings.Lines(commands) {
		if words := strings.Fields(line); words[0] != "kubectl" || !slices.ContainsFunc(words, func(w string) bool { return w == "get" || w == "wait" }) {
			return false
		}
	}

	return true
}

// settle returns the lines of what was printed, without what differs from time to
// time.
func settle(output string) []string {
	var out []string

	for line := range strings.Lines(output) {
		for _, changing := range changing() {
			line = changing.ReplaceAllString(line, "…")
		}

		out = append(out, strings.Join(strings.Fields(line), " "))
	}

	return out
}

// changing returns what times, durations, backups and the names that AWS assigns
// look like.
func changing() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`),
		regexp.MustCompile(`\b(\d+[dhms])+\b`),
		regexp.MustCompile(`\bbackup-\d{4}\b`),
		regexp.MustCompile(`\bdb-[A-Z2-7]{26}\b`),
		regexp.MustCompile(`\bsubnet-[0-9a-f]{17}\b`),
		regexp.MustCompile(`\.[a-z0-9]{12}\.us-`),
	}
}

// apiServer returns where the API server of the demo is.
func apiServer(t *testing.T, root string) string {
	t.Helper()

	cfg, err := clientcmd.BuildConfigFromFlags("", filepath.Join(folder(root), "kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}

	at, err := url.Parse(cfg.Host)
	if err != nil {
		t.Fatal(err)
	}

	return at.Host
}

// leavesNothing tests that nothing of the demo is left but its logs.
func leavesNothing(ctx context.Context, t *testing.T, root, server string) {
	t.Helper()

	if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", server); err == nil {
		_ = conn.Close()

		t.Errorf("Something still listens at %s.", server)
	}

	files, err := os.ReadDir(folder(root))
	if err != nil {
		t.Fatal(err)
	}

	for _, f := range files {
		if filepath.Ext(f.Name()) != ".log" {
			t.Errorf("%s is left in %s.", f.Name(), folder(root))
		}
	}

	if left := processes(t, folder(root)); len(left) > 0 {
		t.Errorf("These processes are left:\n%s", strings.Join(left, "\n"))
	}
}

// processes returns those that have a folder as theirs, or on their command line.
// Only Linux tells.
func processes(t *testing.T, dir string) []string {
	t.Helper()

	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}

	var out []string

	for _, p := range all {
		at, _ := os.Readlink(filepath.Join(p, "cwd"))
		line, _ := os.ReadFile(filepath.Join(p, "cmdline"))

		if strings.HasPrefix(at, dir) || bytes.Contains(line, []byte(dir)) {
			out = append(out, filepath.Base(p)+" "+string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}

	return out
}
