package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossdr/crossdr/internal/scenario"
)

// output is a folder that git ignores, and binary the function built there.
const (
	output = "_output"
	binary = output + "/function"
)

// patience is how long the function may take to listen, or to stop.
const patience = 10 * time.Second

// serve serves every function of the example until stop is called or the
// context is done.
func (c *command) serve(ctx context.Context, con console) (stop func(), err error) {
	var stops []func()

	stop = func() {
		for _, s := range slices.Backward(stops) {
			s()
		}
	}

	for _, name := range slices.Sorted(maps.Keys(c.targets)) {
		address := c.targets[name]

		var (
			s    func()
			note string
		)

		switch name {
		case c.own:
			con.tell("building the function ...")

			s, err = startFunction(ctx, address, con.progress)
			note = fmt.Sprintf("%s runs at %s. To render by hand, start it first:\n\n  go run ./function --insecure --address %s\n", name, address, address)
		case scenario.PatchesFunction:
			s, err = startPatches(ctx, address)
			note = fmt.Sprintf("\nA stand-in for %s runs at %s.\nTo render by hand, start the real one there.\n", name, address)
		default:
			err = fmt.Errorf("%s calls %s, which this program can't serve", c.dir, name)
		}

		if err != nil {
			stop()

			return nil, err
		}

		con.print(note)

		stops = append(stops, s)
	}

	return stop, nil
}

// startPatches serves the stand-in for function-patch-and-transform.
func startPatches(ctx context.Context, address string) (stop func(), err error) {
	lis, err := listen(ctx, address)
	if err != nil {
		return nil, err
	}

	server := grpc.NewServer()
	fnv1.RegisterFunctionRunnerServiceServer(server, scenario.Patches{})

	go func() {
		// It fails only if the address is taken away, and then rendering does.
		_ = server.Serve(lis)
	}()

	return server.Stop, nil
}

// listen says what to do if the address is taken.
func listen(ctx context.Context, address string) (net.Listener, error) {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot serve a function at %s (%w): stop what uses the address, or choose another one: go run ./examples/render -address 127.0.0.1:9444 EXAMPLE", address, err)
	}

	return lis, nil
}

// startFunction builds the function and serves it as a process of its own.
func startFunction(ctx context.Context, address string, stderr io.Writer) (stop func(), err error) {
	// These flags are those that Crossplane is built with, so that the two share
	// what is compiled already.
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./function")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = stderr, stderr

	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("cannot build the function: %w", err)
	}

	// Another server at this address would answer in the function's place.
	lis, err := listen(ctx, address)
	if err != nil {
		return nil, err
	}

	if err := lis.Close(); err != nil {
		return nil, fmt.Errorf("cannot serve the function at %s: %w", address, err)
	}

	var log bytes.Buffer

	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, binary, "--insecure", "--address", address) //nolint:gosec // The binary that was just built.
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = patience

	if err := cmd.Start(); err != nil {
		cancel()

		return nil, fmt.Errorf("cannot start the function: %w", err)
	}

	ended := make(chan struct{})

	go func() {
		// That it ended is all there is to know: we end it ourselves.
		_ = cmd.Wait()

		close(ended)
	}()

	stop = func() {
		cancel()
		<-ended
	}

	if err := listening(ctx, address, ended); err != nil {
		stop()

		return nil, fmt.Errorf("cannot start the function: %w: %s", err, strings.TrimSpace(log.String()))
	}

	return stop, nil
}

// listening returns when the address answers.
func listening(ctx context.Context, address string, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()

	for {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
			return conn.Close()
		}

		select {
		case <-ended:
			return errors.New("it ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
