package controlplane

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// patience is how long a process may take to end when it is told to.
const patience = 10 * time.Second

// A process is a child of this program whose output goes to a file.
type process struct {
	name  string
	log   string
	cmd   *exec.Cmd
	grace time.Duration

	// ended is closed when the process has. Only then err says how.
	ended chan struct{}
	err   error
}

// run starts a program with nothing in its environment but what is given, so
// that no configuration of the person who runs it leaks in.
func run(ctx context.Context, dir, name, path string, env []string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(dir, name+".log"), grace: patience, ended: make(chan struct{})}

	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot log the output of %s: %w", name, err)
	}
	defer log.Close() //nolint:errcheck // The child writes to a copy of it.

	// The context bounds the start. The processes are stopped in an order that
	// matters, not all at once when the context is done.
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), path, args...) //nolint:gosec // A program that this project builds.
	p.cmd.Env = append([]string{"HOME=" + dir, "TMPDIR=" + os.TempDir()}, env...)
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = attributes()

	started := make(chan error, 1)

	go p.wait(started)

	if err := <-started; err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", name, err)
	}

	return p, nil
}

// wait starts the process and waits for its end, both on one thread that does
// nothing else: Linux ends the child together with the thread that started it.
func (p *process) wait(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.ended)

	err := p.cmd.Start()
	started <- err

	if err == nil {
		p.err = p.cmd.Wait()
	}
}

// stop ends the process, by force if it does not end by itself.
func (p *process) stop() {
	// That there is nothing left to tell it is what is wanted.
	_ = p.cmd.Process.Signal(syscall.SIGTERM)

	select {
	case <-p.ended:
	case <-time.After(p.grace):
		p.kill()
	}
}

// kill ends the process by force.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// failure says how the process ended, nil if it did not.
func (p *process) failure() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s has ended (%v), and %s says why: %s", p.name, p.cmd.ProcessState, p.log, p.tail())
	default:
		return nil
	}
}

// await returns when the condition holds. It gives up when the process ends or
// the context is done.
func (p *process) await(ctx context.Context, condition func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	go func() {
		select {
		case <-p.ended:
			cancel()
		case <-ctx.Done():
		}
	}()

	if err := poll(ctx, condition); err != nil {
		if failure := p.failure(); failure != nil {
			return failure
		}

		return fmt.Errorf("%s is not ready, and %s may say why: %w", p.name, p.log, err)
	}

	return nil
}

// tail returns the last lines of the log.
func (p *process) tail() string {
	const most = 5

	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}

	lines := strings.Split(strings.TrimSpace(string(b)), "\n")

	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

// poll returns nil as soon as the condition holds, or why it did not when the
// context was done.
func poll(ctx context.Context, condition func(context.Context) error) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()

	for {
		err := condition(ctx)
		if err == nil {
			return nil
		}

		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up (%w): %w", context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}
