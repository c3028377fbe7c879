package controlplane

import (
	"bytes"
	"context"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStopStopsWhatStartedLastFirst(t *testing.T) {
	var progress bytes.Buffer

	c := &ControlPlane{dir: t.TempDir(), progress: log.New(&progress, "", 0)}

	for _, name := range []string{"etcd", "kube-apiserver", "crossplane"} {
		if _, err := c.startProgram(t.Context(), name, os.Args[0], []string{role + "=serves"}); err != nil {
			t.Fatal(err)
		}
	}

	c.Stop()
	c.Stop()

	want := []string{
		"starting etcd", "starting kube-apiserver", "starting crossplane",
		"stopping crossplane", "stopping kube-apiserver", "stopping etcd",
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(progress.String()), "\n")); diff != "" {
		t.Errorf("\netcd is stopped last, since the API server hangs without it, and once: -want +got:\n%s", diff)
	}
}

func TestKill(t *testing.T) {
	c := &ControlPlane{dir: t.TempDir(), progress: log.New(io.Discard, "", 0)}
	t.Cleanup(c.Stop)

	p, err := c.startProgram(t.Context(), "provider", os.Args[0], []string{role + "=stubborn"})
	if err != nil {
		t.Fatal(err)
	}

	(&Program{controlPlane: c, process: p}).Kill()

	if want, got := "signal: killed", p.cmd.ProcessState.String(); want != got {
		t.Errorf("\nA program that is killed has no say in it.\nKill(): want %q, got %q", want, got)
	}

	if err := c.Err(); err != nil {
		t.Errorf("\nWhat the test has killed is not expected to run.\nErr(): %v", err)
	}
}

func TestStartThatFailsLeavesNothing(t *testing.T) {
	pretend(t, map[string]string{"etcd": "etcd", "kube-apiserver": "fails"})

	dir := t.TempDir()

	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	_, err := Start(ctx, Options{Dir: dir})

	for _, want := range []string{"kube-apiserver has ended (exit status 7)", filepath.Join(dir, "kube-apiserver.log"), "cannot read the configuration"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("\nAn error says what failed and where to read on.\nStart(...): want an error with %q, got: %v", want, err)
		}
	}

	address, err := os.ReadFile(filepath.Join(dir, "etcd.log"))
	if err != nil {
		t.Fatal(err)
	}

	if err := listens(ctx, strings.TrimSpace(string(address))); err == nil {
		t.Errorf("\nWhat was started before the failure is stopped.\nStart(...): etcd still serves at %s", address)
	}

	if left, _ := filepath.Glob(filepath.Join(dir, etcdData)); len(left) > 0 {
		t.Errorf("\nThe data of etcd is gone with it.\nStart(...): left %v", left)
	}
}

func TestFreeAddresses(t *testing.T) {
	// So many of so few that some would be alike if each were chosen by itself.
	const n = 300

	got, err := freeAddresses(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}

	slices.Sort(got)

	if got = slices.Compact(got); len(got) != n {
		t.Errorf("\nTwo programs can't listen at one address.\nfreeAddresses(%d): %d are different", n, len(got))
	}
}

func TestStartNeedsTools(t *testing.T) {
	pretend(t, nil)

	_, err := Start(t.Context(), Options{Dir: t.TempDir()})

	if want := "run tools/build.sh etcd"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("\nAn error says how to get a tool that is missing.\nStart(...): want an error with %q, got: %v", want, err)
	}
}

// pretend makes a repository whose tools are this test's binary, each in a role.
func pretend(t *testing.T, tools map[string]string) {
	t.Helper()

	root := t.TempDir()
	write := func(file, content string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o700); err != nil {
			t.Fatal(err)
		}

		if err := os.WriteFile(filepath.Join(root, file), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}

	write("tools/build.sh", "")

	for tool, part := range tools {
		write(".tools/bin/"+tool, "#!/bin/sh\n"+role+"="+part+" exec "+os.Args[0]+` "$@"`+"\n")
	}

	t.Chdir(root)
}
