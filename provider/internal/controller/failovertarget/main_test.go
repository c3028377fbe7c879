package failovertarget

import (
	"flag"
	"os"
	"testing"
)

// TestMain fixes the seed of the property tests in CI, so that a change lands
// or does not for what is in it. Everywhere else every run is another one.
func TestMain(m *testing.M) {
	if os.Getenv("CI") == "true" {
		if err := flag.Set("rapid.seed", "4711"); err != nil {
			panic(err)
		}
	}

	os.Exit(m.Run())
}
