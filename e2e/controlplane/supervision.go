package controlplane

import (
	"context"
	"errors"
	"slices"
)

// Stop stops everything, what was started last first. The logs stay.
func (c *ControlPlane) Stop() {
	c.mu.Lock()
	cleanups := c.cleanups
	c.cleanups = nil
	c.mu.Unlock()

	for _, f := range slices.Backward(cleanups) {
		f()
	}
}

// Err says which processes have ended that should run, and why. It is nil if
// all of them run.
func (c *ControlPlane) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()

	errs := make([]error, 0, len(c.processes))
	for _, p := range c.processes {
		errs = append(errs, p.failure())
	}

	return errors.Join(errs...)
}

// start starts one of the tools under a name. It is stopped before all that
// were started earlier.
func (c *ControlPlane) start(ctx context.Context, name, tool string, env []string, args ...string) (*process, error) {
	path, err := c.tool(tool)
	if err != nil {
		return nil, err
	}

	return c.startProgram(ctx, name, path, env, args...)
}

// startProgram starts any program.
func (c *ControlPlane) startProgram(ctx context.Context, name, path string, env []string, args ...string) (*process, error) {
	c.progress.Printf("starting %s", name)

	p, err := run(ctx, c.dir, name, path, env, args...)
	if err != nil {
		return nil, err
	}

	c.mu.Lock()
	c.processes = append(c.processes, p)
	c.mu.Unlock()

	c.cleanup(func() { c.stop(p) })

	return p, nil
}

// stop stops a process, which is then no longer one that should run.
func (c *ControlPlane) stop(p *process) {
	if c.dismiss(p) {
		c.progress.Printf("stopping %s", p.name)
		p.stop()
	}
}

// kill ends a process by force, which is then no longer one that should run.
func (c *ControlPlane) kill(p *process) {
	if c.dismiss(p) {
		c.progress.Printf("killing %s", p.name)
		p.kill()
	}
}

// dismiss has a process no longer be one that should run, and returns whether it
// was.
func (c *ControlPlane) dismiss(p *process) bool {
	c.mu.Lock()
	defer c.mu.Unlock()

	before := len(c.processes)
	c.processes = slices.DeleteFunc(c.processes, func(q *process) bool { return q == p })

	return len(c.processes) < before
}

// complete runs one of the tools until it ends by itself. It is an error if it
// does not succeed.
func (c *ControlPlane) complete(ctx context.Context, name, tool string, env []string, args ...string) error {
	path, err := c.tool(tool)
	if err != nil {
		return err
	}

	p, err := run(ctx, c.dir, name, path, env, args...)
	if err != nil {
		return err
	}

	select {
	case <-p.ended:
	case <-ctx.Done():
		p.stop()
	}

	if p.err != nil {
		return p.failure()
	}

	return nil
}

// cleanup has something done by Stop, before all that was told to it earlier.
func (c *ControlPlane) cleanup(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.cleanups = append(c.cleanups, f)
}
