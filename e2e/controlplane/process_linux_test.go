package controlplane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

func TestProcessEndsWithItsParent(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), role+"=parent")

	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}

	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}

	pid, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
	defer os.RemoveAll(dir) //nolint:errcheck // It is in the folder for what is temporary.

	child, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}

	// That it was killed is what is wanted.
	_ = cmd.Wait()

	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	if err := poll(ctx, func(context.Context) error { return gone(child) }); err != nil {
		t.Errorf("\nA parent that is killed leaves nothing running.\n%v", err)
	}
}

// gone returns nil if a process does not run, or has ended and was not waited
// for yet.
func gone(pid int) error {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}

	// The state follows the name, which is in parentheses.
	_, state, _ := strings.Cut(string(b), ") ")
	if err == nil && strings.HasPrefix(state, "Z") {
		return nil
	}

	return fmt.Errorf("process %d still runs", pid)
}
