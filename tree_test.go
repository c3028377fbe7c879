// Package crossdr holds no code, but tests of the map in README.md and of the
// workflows.
package crossdr

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTree checks the map of the tree in README.md against the real folders:
// all of the first two levels, and whatever else the map names. A name with a *
// stands for every folder that it matches.
func TestTree(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}

	listed := mapOf(string(readme))
	if len(listed) == 0 {
		t.Fatal("README.md has no map: a code block after the heading \"## Where things are\"")
	}

	var missing []string

	for _, folder := range folders(t) {
		if strings.Count(folder, "/") < 2 && !slices.ContainsFunc(listed, func(p string) bool { return matches(p, folder) }) {
			missing = append(missing, folder)
		}
	}

	if len(missing) > 0 {
		t.Errorf("README.md's map does not have these folders: %s", strings.Join(missing, ", "))
	}

	for _, p := range listed {
		if !slices.ContainsFunc(folders(t), func(folder string) bool { return matches(p, folder) }) {
			t.Errorf("README.md's map has %s, which does not exist", p)
		}
	}
}

func TestMapOf(t *testing.T) {
	got := mapOf("## Where things are\n\n```\napis/  the contract\n  not a folder\nexamples/*/\n```\n\nother/\n")

	if diff := cmp.Diff([]string{"apis", "examples/*"}, got); diff != "" {
		t.Errorf("The first word of a line is a folder if it ends in a slash: -want +got:\n%s", diff)
	}
}

// mapOf returns the folders that the map names.
func mapOf(readme string) []string {
	_, section, _ := strings.Cut(readme, "## Where things are\n")
	_, section, _ = strings.Cut(section, "```\n")
	section, _, _ = strings.Cut(section, "```")

	var out []string

	for line := range strings.Lines(section) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if folder, ok := strings.CutSuffix(name, "/"); ok {
			out = append(out, folder)
		}
	}

	return out
}

// folders returns every folder that holds a file, without testdata and those
// that git ignores.
func folders(t *testing.T) []string {
	t.Helper()

	seen := map[string]bool{}

	err := fs.WalkDir(os.DirFS("."), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.ContainsRune("._", rune(path.Base(p)[0])) || d.Name() == "testdata"):
			return fs.SkipDir
		case !d.IsDir():
			for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
				seen[dir] = true
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	out := make([]string, 0, len(seen))
	for dir := range seen {
		out = append(out, dir)
	}

	slices.Sort(out)

	return out
}

func matches(pattern, folder string) bool {
	ok, err := path.Match(pattern, folder)

	return err == nil && ok
}
