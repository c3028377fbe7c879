package snapshotselection

import (
	"os"
	"strings"
	"testing"

	"github.com/crossdr/crossdr/provider/internal/constant"
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

func constants(t *testing.T, dir, typ string) []string {
	t.Helper()

	values, err := constant.Values(dir, typ)
	if err != nil {
		t.Fatal(err)
	}

	return values
}
