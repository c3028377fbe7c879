package crd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// limit is far longer than an API server should take to start, on a slow machine,
// too.
const limit = 10 * time.Minute

// api is the API server that all tests share, with our CRDs.
var api *controlplane.ControlPlane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main("crd", controlplane.Options{}, limit, func(c *controlplane.ControlPlane) int {
		api = c

		if err := install(c); err != nil {
			fmt.Fprintln(os.Stderr, err)

			return 1
		}

		return m.Run()
	}))
}

// install applies the CRDs that the provider's package ships.
func install(c *controlplane.ControlPlane) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()

	root, err := controlplane.Repository()
	if err != nil {
		return err
	}

	return c.ApplyCRDs(ctx, filepath.Join(root, "package", "provider", "crds"))
}
