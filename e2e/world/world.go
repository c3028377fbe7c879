// Package world is what end-to-end tests play in: one AWS, and control planes
// with our packages installed, our programs running and a simulator of
// provider-upjet-aws beside them.
package world

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/crossdr/crossdr/e2e/aws"
	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/registry"
	"github.com/crossdr/crossdr/e2e/upjet"
	"github.com/crossdr/crossdr/internal/emulator"
)

// takes is how long it takes to create something on this AWS.
const takes = time.Second

// Worlds are made of the same packages and programs, and have nothing else in
// common.
type Worlds struct {
	dir                string
	progress           io.Writer
	registry           *registry.Registry
	function, provider string

	mu     sync.Mutex
	worlds []*World
}

// Open builds our programs, and serves our packages. The logs of each control
// plane are in a folder of the one that is given.
func Open(ctx context.Context, dir string, progress io.Writer) (*Worlds, error) {
	function, err := controlplane.Build(ctx, "./function")
	if err != nil {
		return nil, fmt.Errorf("cannot open worlds: %w", err)
	}

	provider, err := controlplane.Build(ctx, "./provider")
	if err != nil {
		return nil, fmt.Errorf("cannot open worlds: %w", err)
	}

	packages, err := registry.Start(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot open worlds: %w", err)
	}

	for _, name := range []string{"function-dr", "provider-aws-dr", "configuration-dr"} {
		if err := packages.Push(ctx, name); err != nil {
			packages.Stop()

			return nil, fmt.Errorf("cannot open worlds: %w", err)
		}
	}

	return &Worlds{dir: dir, progress: progress, registry: packages, function: function, provider: provider}, nil
}

// Close stops all worlds.
func (ws *Worlds) Close() {
	ws.mu.Lock()
	worlds := ws.worlds
	ws.mu.Unlock()

	for _, w := range worlds {
		w.Stop()
	}

	ws.registry.Stop()
}

// New returns a world without control planes, in which nothing has happened.
func (ws *Worlds) New(ctx context.Context) *World {
	w := &World{Worlds: ws, AWS: aws.Start(), dark: map[string]*darkness{}}
	w.Store = upjet.NewStore(w.AWS.Account(aws.AccountID), aws.AccountID)
	w.furnish()

	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	w.stop = stop
	w.beats.Go(func() { w.beat(beating) })

	ws.mu.Lock()
	defer ws.mu.Unlock()

	ws.worlds = append(ws.worlds, w)

	return w
}

// A World is one AWS, and the control planes that work with it.
type World struct {
	*Worlds

	// AWS as our provider calls it.
	AWS *aws.AWS

	// Store is the rest of it, as the simulators of provider-upjet-aws see it.
	Store *upjet.Store

	mu     sync.Mutex
	planes []*Plane
	dark   map[string]*darkness
	stop   func()
	beats  sync.WaitGroup
}

// Stop stops everything in the world. It may be called again.
func (w *World) Stop() {
	w.mu.Lock()
	planes := w.planes
	w.planes = nil
	stop := w.stop
	w.stop = nil
	w.mu.Unlock()

	if stop == nil {
		return
	}

	for _, p := range planes {
		p.Stop()
	}

	stop()
	w.beats.Wait()
	w.AWS.Stop()
}

// Main runs tests with worlds whose logs are in _output/e2e/NAME, and returns
// what the program should exit with. Ctrl-C stops the worlds too.
func Main(name string, patience time.Duration, tests func(*Worlds) int) int {
	// As programs do that Ctrl-C stops.
	const interrupted = 130

	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()

	root, err := controlplane.Repository()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}

	starting, cancelStart := context.WithTimeout(ctx, patience)
	defer cancelStart()

	ws, err := Open(starting, filepath.Join(root, "_output", "e2e", name), os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}
	defer ws.Close()

	code := make(chan int, 1)

	go func() { code <- tests(ws) }()

	select {
	case <-ctx.Done():
		return interrupted
	case n := <-code:
		if n != 0 {
			fmt.Fprintf(os.Stderr, "The logs are in %s.\n", ws.dir)
		}

		return n
	}
}

// furnish gives AWS what a failover from us-east-1 to us-west-2 meets: us-west-2
// has fewer zones, takes nothing new in one of them, and does not offer the
// newest class.
func (w *World) furnish() {
	w.AWS.SetDuration(emulator.Scope{Service: "rds"}, takes)

	east, west := w.AWS.Region("us-east-1"), w.AWS.Region("us-west-2")
	for _, r := range []*emulator.Region{east, west} {
		r.OfferDBInstance(emulator.OrderableDBInstanceOption{Class: "db.r6g.large"})
	}

	east.OfferDBInstance(emulator.OrderableDBInstanceOption{Class: "db.r7g.large"})
	west.SetZoneState("usw2-az2", emulator.ZoneConstrained, "no new resources")
}
