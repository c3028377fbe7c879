package failovertarget

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// limit is far longer than any step of a test should take, on a slow machine, too.
const limit = 10 * time.Minute

// The control planes that all tests share, and the program that runs on each.
var (
	apis     [2]*controlplane.ControlPlane
	provider string
)

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main("failovertarget", controlplane.Options{}, limit, func(c *controlplane.ControlPlane) int {
		apis[0] = c

		stop, err := furnish()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)

			return 1
		}
		defer stop()

		return m.Run()
	}))
}

// furnish starts the second control plane, installs the CRDs on both, and builds
// the provider.
func furnish() (stop func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()

	root, err := controlplane.Repository()
	if err != nil {
		return nil, err
	}

	apis[1], err = controlplane.Start(ctx, controlplane.Options{Dir: filepath.Join(apis[0].Dir(), "other"), Progress: os.Stdout})
	if err != nil {
		return nil, err
	}

	for _, c := range apis {
		if err := c.ApplyCRDs(ctx, filepath.Join(root, "package", "provider", "crds")); err != nil {
			apis[1].Stop()

			return nil, err
		}
	}

	if provider, err = controlplane.Build(ctx, "./provider"); err != nil {
		apis[1].Stop()

		return nil, err
	}

	return apis[1].Stop, nil
}
