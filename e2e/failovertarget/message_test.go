package failovertarget

import (
	"testing"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// command returns the command that a message tells to run.
func command(t *testing.T, message string) string {
	t.Helper()

	c, err := controlplane.Command(message)
	if err != nil {
		t.Fatal(err)
	}

	return c
}
