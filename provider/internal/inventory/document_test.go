package inventory

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// anAction is one as IAM policies name it, in the text of a page.
var anAction = regexp.MustCompile("`([a-z0-9]+:[A-Z][A-Za-z]+)`")

// TestDocument compares the policy for SnapshotSelections in docs/iam.md, and the
// table below it, with what is called.
func TestDocument(t *testing.T) {
	page, err := os.ReadFile("../../../docs/iam.md")
	if err != nil {
		t.Fatal(err)
	}

	_, section, _ := strings.Cut(string(page), "## SnapshotSelection\n")
	section, _, _ = strings.Cut(section, "\n## ")
	_, policy, _ := strings.Cut(section, "```json\n")
	policy, _, _ = strings.Cut(policy, "```")

	var got struct {
		Statement []struct {
			Effect string   `json:"Effect"` //nolint:tagliatelle // As IAM writes it.
			Action []string `json:"Action"` //nolint:tagliatelle // As IAM writes it.
		} `json:"Statement"` //nolint:tagliatelle // As IAM writes it.
	}
	if err := json.Unmarshal([]byte(policy), &got); err != nil || len(got.Statement) != 1 || got.Statement[0].Effect != "Allow" {
		t.Fatalf("docs/iam.md has no policy with one statement that allows: %v, %+v", err, got)
	}

	if diff := cmp.Diff(Actions, got.Statement[0].Action); diff != "" {
		t.Errorf("The policy allows what is called, and nothing else: -called, +allowed:\n%s", diff)
	}

	named := anAction.FindAllStringSubmatch(section, -1)
	listed := make([]string, 0, len(named))

	for _, m := range named {
		listed = append(listed, m[1])
	}

	slices.Sort(listed)

	if diff := cmp.Diff(Actions, slices.Compact(listed)); diff != "" {
		t.Errorf("The table says what each action is for: -called, +listed:\n%s", diff)
	}
}
