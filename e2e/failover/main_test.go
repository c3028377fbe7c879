package failover

import (
	"os"
	"testing"
	"time"

	"github.com/crossdr/crossdr/e2e/world"
)

const (
	// limit is far longer than any of this should take, on a slow machine, too.
	limit = 20 * time.Minute

	// patience is the same of each thing that is waited for.
	patience = 4 * time.Minute
)

// worlds are where the tests play, each in one of its own.
var worlds *world.Worlds

func TestMain(m *testing.M) {
	os.Exit(world.Main("failover", limit, func(opened *world.Worlds) int {
		worlds = opened

		return m.Run()
	}))
}
