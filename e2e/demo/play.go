package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// A shell runs the blocks of a page as one terminal does.
type shell struct {
	dir string

	// exports of the blocks so far.
	exports string
}

// run runs a block, and returns what it printed.
func (s *shell) run(ctx context.Context, commands string) (string, error) {
	if strings.HasPrefix(commands, "export ") {
		s.exports += commands
	}

	out := &bytes.Buffer{}
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", "set -e\n"+s.exports+commands) //nolint:gosec // What our own page says to run.
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = out, out

	// In a terminal there is no make around it.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS") })

	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("cannot run %q: %w: %s", commands, err, out)
	}

	return out.String(), nil
}

// play plays a page.
func (d *demo) play(ctx context.Context, p *page) error {
	s := &shell{dir: d.root}

	for _, step := range p.steps {
		d.timeline.Chapter(step.title)

		for _, b := range step.blocks {
			d.timeline.Sayf("$ %s", indent(b.commands))

			output := ""

			err := d.patiently(ctx, func(ctx context.Context) (err error) {
				output, err = s.run(ctx, b.commands)

				return err
			})
			if err != nil {
				return err
			}

			if output != "" {
				d.timeline.Sayf("%s\n", indent(output))
			}
		}
	}

	return nil
}

// indent lets further lines begin where a timeline begins to tell.
func indent(text string) string {
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+strings.Repeat(" ", 10))
}
