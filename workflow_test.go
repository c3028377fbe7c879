package crossdr

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWorkflows checks that every action is pinned by digest, with the version
// that it is beside it: a tag can be moved to other code.
func TestWorkflows(t *testing.T) {
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d workflows: %v", len(files), err)
	}

	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}

		for line := range strings.Lines(string(content)) {
			_, action, ok := strings.Cut(line, "uses: ")
			if ok && !pinned.MatchString(strings.TrimSpace(action)) {
				t.Errorf("%s: %q is not pinned by digest and version", file, strings.TrimSpace(action))
			}
		}
	}
}
