package controlplane

import (
	"bytes"
	"log"
	"os"
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
