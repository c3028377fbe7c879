package failovertarget

import (
	"regexp"
	"testing"
)

// commands is what a message tells to run.
var commands = regexp.MustCompile(`kubectl -n \S+ patch failovertargets\.aws\.m\.crossdr\.io \S+ --type=json -p '[^']+'`)

// command returns the command that a message tells to run.
func command(t *testing.T, message string) string {
	t.Helper()

	c := commands.FindString(message)
	if c == "" {
		t.Fatalf("No command in %q", message)
	}

	return c
}
