package world

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// A Timeline tells what happened, and when.
type Timeline struct {
	out   io.Writer
	mu    sync.Mutex
	start time.Time
}

// NewTimeline begins now.
func NewTimeline(out io.Writer) *Timeline { return &Timeline{out: out, start: now()} }

// Chapter begins a part of the story, at time 0.
func (t *Timeline) Chapter(title string) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.start = now()
	t.printf("\n%s\n", title)
}

// Sayf tells what has happened just now.
func (t *Timeline) Sayf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.printf("%7.1fs  %s\n", now().Sub(t.start).Seconds(), fmt.Sprintf(format, args...))
}

// Show shows a command and what it printed.
func (t *Timeline) Show(args []string, output string) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.printf("\n          $ kubectl %s\n", strings.Join(args, " "))

	for line := range strings.Lines(output) {
		t.printf("          %s\n", strings.TrimRight(line, " \n"))
	}

	t.printf("\n")
}

// printf prints; nobody is left to tell where that fails.
func (t *Timeline) printf(format string, args ...any) { _, _ = fmt.Fprintf(t.out, format, args...) }
