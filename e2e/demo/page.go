package main

import (
	"fmt"
	"os"
	"strings"
)

// A page is a walk-through in Markdown. A block of sh on it is commands to run,
// and a block of text behind it is what they print.
type page struct {
	steps []step
}

// A step is a section of a page that has commands.
type step struct {
	title  string
	blocks []block
}

// A block is some commands that are run at once.
type block struct {
	commands string

	// output is the text of the page between two of its bytes; empty if the page
	// does not show it.
	output   string
	from, to int
}

func readPage(file string) (*page, error) {
	b, err := os.ReadFile(file) //nolint:gosec // One of our own.
	if err != nil {
		return nil, fmt.Errorf("cannot read the walk-through: %w", err)
	}

	return parsePage(string(b)), nil
}

// parsePage reads a page.
func parsePage(text string) *page {
	const none = -1

	p := &page{}
	title, language, from, at := "", "", none, 0
	commands := false

	for line := range strings.Lines(text) {
		mark, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		start := at
		at += len(line)

		switch {
		case fence && from == none:
			language, from = mark, at
		case fence:
			switch {
			case language == "sh" && title != "":
				p.add(title, text[from:start])
			case language == "text" && commands:
				p.show(text[from:start], from)
			}

			commands = language == "sh" && title != ""
			from = none
		case from == none && strings.HasPrefix(line, "## "):
			title = strings.TrimSpace(strings.TrimPrefix(line, "## "))
		}
	}

	return p
}

// add adds commands to a step.
func (p *page) add(title, commands string) {
	if n := len(p.steps); n == 0 || p.steps[n-1].title != title {
		p.steps = append(p.steps, step{title: title})
	}

	last := &p.steps[len(p.steps)-1]
	last.blocks = append(last.blocks, block{commands: commands})
}

// show says what the last commands print.
func (p *page) show(output string, from int) {
	blocks := p.steps[len(p.steps)-1].blocks
	last := &blocks[len(blocks)-1]
	last.output, last.from, last.to = output, from, from+len(output)
}

// summary returns the commands of all steps, and where more is said of them.
func (p *page) summary() string {
	out := strings.Builder{}
	out.WriteString("Now, in a second terminal, in the same folder:\n")

	for _, s := range p.steps {
		out.WriteString("\n  " + s.title + "\n")

		for _, b := range s.blocks {
			for line := range strings.Lines(b.commands) {
				out.WriteString("     " + line)
			}
		}
	}

	out.WriteString("\nWhat each of them prints, and why, is in docs/walkthrough.md.\nCtrl-C here ends the demo. Nothing stays of it but logs.\n")

	return out.String()
}
