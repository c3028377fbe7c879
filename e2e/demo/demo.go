package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/world"
	"github.com/crossdr/crossdr/internal/emulator"
)

const (
	east = "us-east-1"
	west = "us-west-2"

	// name of the control plane, and of its folder.
	name = "demo"
)

// A demo is a world with a control plane, and what can be done to it.
type demo struct {
	root     string
	out      io.Writer
	timeline *world.Timeline
	ends     []func()

	world   *world.World
	plane   *world.Plane
	outages *outages
}

// folder of the demo's files.
func folder(root string) string { return filepath.Join(root, "_output", name) }

// begin starts a demo. It returns when the application is Ready at home, and
// Protected by the other region.
func begin(ctx context.Context, root string, out io.Writer) (*demo, error) {
	if runs(ctx, folder(root)) {
		return nil, errors.New("a demo of this folder runs already: Ctrl-C in its terminal ends it")
	}

	d := &demo{root: root, out: out, timeline: world.NewTimeline(out)}

	for _, part := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"An emulated AWS, and a registry with the packages", d.startWorld},
		{"A control plane: Kubernetes, Crossplane, crossdr, and a simulator of provider-upjet-aws", d.startPlane},
		{"An application in us-east-1: its network, database and name in DNS", d.apply},
		{"Its first backup, copied to us-west-2", d.backUp},
	} {
		d.timeline.Sayf("%s ...", part.what)

		if err := d.patiently(ctx, part.do); err != nil {
			d.end()

			return nil, fmt.Errorf("cannot start the demo: %w", err)
		}
	}

	return d, nil
}

// end stops everything, what was started last first, and leaves the logs.
func (d *demo) end() {
	d.timeline.Sayf("Stopping ...")

	for _, end := range slices.Backward(d.ends) {
		end()
	}

	files, err := os.ReadDir(folder(d.root))
	if err != nil {
		return
	}

	for _, f := range files {
		if filepath.Ext(f.Name()) != ".log" {
			_ = os.RemoveAll(filepath.Join(folder(d.root), f.Name()))
		}
	}

	d.timeline.Sayf("Stopped. The logs are in %s.", folder(d.root))
}

// patiently does something that may take a while, and says so.
func (d *demo) patiently(ctx context.Context, do func(context.Context) error) error {
	const (
		limit = 10 * time.Minute
		pause = 10 * time.Second
	)

	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it took longer than %s", limit))
	defer cancel()

	done := make(chan struct{})
	ticking := sync.WaitGroup{}

	ticking.Go(func() {
		for t := time.NewTicker(pause); ; {
			select {
			case <-done:
				t.Stop()

				return
			case <-t.C:
				d.timeline.Sayf("  not there yet")
			}
		}
	})

	defer ticking.Wait()
	defer close(done)

	return do(ctx)
}

func (d *demo) startWorld(ctx context.Context) (err error) {
	// A restore takes long enough to be watched.
	const restore = 10 * time.Second

	worlds, err := world.Open(ctx, filepath.Dir(folder(d.root)), io.Discard)
	if err != nil {
		return err
	}

	d.ends = append(d.ends, worlds.Close)
	d.world = worlds.New(ctx)
	d.world.AWS.SetDuration(emulator.Scope{Service: "rds", Action: "RestoreDBInstanceFromDBSnapshot"}, restore)

	return nil
}

func (d *demo) startPlane(ctx context.Context) (err error) {
	if d.plane, err = d.world.Plane(ctx, name); err != nil {
		return err
	}

	if d.outages, err = listen(ctx, folder(d.root), d.world, d.timeline); err != nil {
		return err
	}

	d.ends = append(d.ends, d.outages.stop)

	return nil
}

// apply applies the example whose Composition we ship.
func (d *demo) apply(ctx context.Context) error {
	if err := d.plane.Apply(ctx, world.Object("v1", "Namespace", "", "team-a"), world.Object("v1", "Namespace", "", "dr")); err != nil {
		return err
	}

	for _, file := range []string{"1-home/failovertarget.yaml", "xr.yaml"} {
		objects, err := controlplane.Read(filepath.Join(d.root, "examples", "postgresql", file))
		if err != nil {
			return err
		}

		for _, o := range objects {
			delete(o.Object, "status")
		}

		if err := d.plane.Apply(ctx, objects...); err != nil {
			return err
		}
	}

	return d.plane.AwaitCondition(ctx, payments(), "Ready")
}

// backUp makes a first backup, and has others follow.
func (d *demo) backUp(ctx context.Context) error {
	b := &backups{world: d.world, outages: d.outages}

	if err := b.back(ctx, east, west); err != nil {
		return err
	}

	going, stop := context.WithCancel(context.WithoutCancel(ctx))
	running := sync.WaitGroup{}

	running.Go(func() { b.run(going) })

	d.ends = append(d.ends, func() {
		stop()
		running.Wait()
	})

	if err := d.plane.AwaitCondition(ctx, payments(), "Protected"); err != nil {
		return err
	}

	d.ends = append(d.ends, d.plane.Follow(going, d.timeline, payments()))

	return nil
}

// watch returns when the context is done, or something has ended that should
// not.
func (d *demo) watch(ctx context.Context) error {
	for t := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			t.Stop()

			return nil
		case <-t.C:
			if err := d.plane.Err(); err != nil {
				return fmt.Errorf("the demo can't go on: %w", err)
			}
		}
	}
}

// payments is the application.
func payments() *unstructured.Unstructured {
	return world.Object("database.crossdr.io/v1alpha1", "PostgreSQLInstance", "team-a", "payments")
}
