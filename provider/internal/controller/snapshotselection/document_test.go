package snapshotselection

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/crossdr/crossdr/provider/internal/inventory"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// TestDocument checks that docs/snapshotselection.md says of each reason and
// each code what to do, and shows the words of each problem.
func TestDocument(t *testing.T) {
	b, err := os.ReadFile("../../../../docs/snapshotselection.md")
	if err != nil {
		t.Fatal(err)
	}

	page := string(b)

	for typ, heading := range map[string]string{"Verdict": "## Ready, by reason\n", "Code": "## Why one was not selected\n"} {
		_, section, _ := strings.Cut(page, heading)
		section, _, _ = strings.Cut(section, "\n## ")

		for _, v := range constants(t, "../../snapshot", typ) {
			if !strings.Contains(section, "\n| `"+v+"` |") {
				t.Errorf("the section %q has no row for %s", strings.TrimSpace(heading), v)
			}
		}
	}

	for _, p := range constants(t, "../../inventory", "Problem") {
		if words := inventory.Problem(p).Words(); !strings.Contains(page, words) {
			t.Errorf("nothing is said of %s: %q", p, words)
		}
	}

	for _, tag := range []string{snapshot.TagLineage, snapshot.TagDataTime} {
		if !strings.Contains(page, "Key="+tag+",Value=") {
			t.Errorf("no command of the AWS CLI writes the tag %s", tag)
		}
	}
}

// constants returns the values of the constants of a type in a folder.
func constants(t *testing.T, dir, typ string) []string {
	t.Helper()

	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}

	var out []string

	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}

		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}

			if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ {
				return true
			}

			v, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}

			out = append(out, v)

			return true
		})
	}

	if len(out) == 0 {
		t.Fatalf("found no constants of the type %s in %s", typ, dir)
	}

	return out
}
