package controlplane

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// patch is a command that a message tells to run.
var patch = regexp.MustCompile(`kubectl -n \S+ patch failovertargets\.aws\.m\.crossdr\.io \S+ --type=json -p '[^']+'`)

// Command returns the command that a message tells to run.
func Command(message string) (string, error) {
	c := patch.FindString(message)
	if c == "" {
		return "", fmt.Errorf("cannot find a command in %q", message)
	}

	return c, nil
}

// Commands returns the commands of a section of a page of the documentation: each
// block of code that begins with kubectl.
func Commands(page, heading string) ([]string, error) {
	root, err := Repository()
	if err != nil {
		return nil, err
	}

	text, err := os.ReadFile(filepath.Join(root, "docs", page)) //nolint:gosec // A page of the repository.
	if err != nil {
		return nil, fmt.Errorf("cannot read a page: %w", err)
	}

	_, section, _ := strings.Cut(string(text), "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")

	var out []string

	for i, block := range strings.Split(section, "```\n") {
		if i%2 == 1 && strings.HasPrefix(block, "kubectl") {
			out = append(out, block)
		}
	}

	if len(out) == 0 {
		return nil, fmt.Errorf("cannot find a command in the section %q of %s", heading, page)
	}

	return out, nil
}
