package composition

import (
	"os"
	"testing"
	"time"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// limit is far longer than any of this should take, on a slow machine, too.
const limit = 10 * time.Minute

// crossplane is the control plane that all tests share.
var crossplane *controlplane.ControlPlane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main("composition", controlplane.Options{Crossplane: true}, limit, func(c *controlplane.ControlPlane) int {
		crossplane = c

		return m.Run()
	}))
}
