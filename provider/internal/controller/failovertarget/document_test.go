package failovertarget

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/constant"
)

func readPage(t *testing.T, name string) string {
	t.Helper()

	b, err := os.ReadFile("../../../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}

	return string(b)
}

// section of a page, from its heading to the next one of the same level.
func section(page, heading string) string {
	_, s, _ := strings.Cut(page, "\n## "+heading+"\n")
	s, _, _ = strings.Cut(s, "\n## ")

	return s
}

// TestDocument checks that docs/failing-over.md says of each blocker and each
// reason what to do, and of each phase what it is.
func TestDocument(t *testing.T) {
	page := readPage(t, "failing-over.md")

	cases := map[string]struct {
		section  string
		dir, typ string
		row      bool
	}{
		"Blockers":        {section: "5. It is refused", dir: "../../../../apis/aws/v1alpha1", typ: "BlockerCode", row: true},
		"BlockersDecided": {section: "5. It is refused", dir: "../../failover", typ: "Code", row: true},
		"Reasons":         {section: "6. It is neither done nor refused", dir: "../../failover", typ: "Reason"},
		"FaultsAsReasons": {section: "6. It is neither done nor refused"},
		"Phases":          {section: "1. Look where you are", dir: "../../../../apis/aws/v1alpha1", typ: "Phase"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			values := []string{"RecordUnreadable", "RecordNotStrong", "RecordNotWritten"}

			if tc.typ != "" {
				var err error
				if values, err = constant.Values(tc.dir, tc.typ); err != nil {
					t.Fatal(err)
				}
			}

			for _, v := range values {
				want := "`" + v + "`"
				if tc.row {
					want = "\n| `" + v + "` |"
				}

				if !strings.Contains(section(page, tc.section), want) {
					t.Errorf("the section %q says nothing of %s", tc.section, v)
				}
			}
		})
	}
}

// TestPermissions compares the policy for FailoverTargets in docs/iam.md with
// what is called in a life of one that uses everything.
func TestPermissions(t *testing.T) {
	w := newWorld(t)
	w.strong()

	p := w.plane("us")
	p.selection("db-west", west, 0)
	p.apply(p.target(shared(east, west, ohio), func(mg *v1alpha1.FailoverTarget) {
		mg.Spec.ForProvider.Require = &v1alpha1.Requirements{InstanceTypes: []string{"m7g.large"}, DBInstanceClasses: []string{"db.r6g.large"}}
	}))
	p.reconcile()
	p.edit(activating(west, 2, func(a *v1alpha1.Activation) { a.Accept = []v1alpha1.BlockerCode{v1alpha1.BlockerTypeNotOffered} }))
	p.stands("It fails over.", stand{west, 2, true, "Steady"}, p.reconcile())

	called := map[bool][]string{}

	for _, c := range w.aws.Calls(emulator.Scope{}) {
		of := c.Service == "dynamodb"
		called[of] = append(called[of], c.Service+":"+c.Action)
	}

	_, policy, _ := strings.Cut(section(readPage(t, "iam.md"), "FailoverTarget"), "```json\n")
	policy, _, _ = strings.Cut(policy, "```")

	var allowed struct {
		Statement []struct {
			Action []string `json:"Action"` //nolint:tagliatelle // As IAM writes it.
		} `json:"Statement"` //nolint:tagliatelle // As IAM writes it.
	}
	if err := json.Unmarshal([]byte(policy), &allowed); err != nil || len(allowed.Statement) != 2 {
		t.Fatalf("docs/iam.md has no policy with two statements: %v", err)
	}

	for i, of := range []bool{false, true} {
		slices.Sort(called[of])

		if diff := cmp.Diff(slices.Compact(called[of]), allowed.Statement[i].Action); diff != "" {
			t.Errorf("Statement %d allows what is called, and nothing else: -called, +allowed:\n%s", i, diff)
		}
	}
}
