package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePage(t *testing.T) {
	const text = "# Title\n\n```sh\nnever run\n```\n\n```text\nand so never printed\n```\n\n## 1. Look\n\n" +
		"```sh\nls\n```\n\nIt prints:\n\n```text\na\nb\n```\n\n```\nls -l\n```\n\n```text\nnobody's\n```\n\n" +
		"## Nothing to do\n\n## 2. Go\n\n```sh\ncd /tmp\npwd\n```\n"

	got, at := parsePage(text), strings.Index(text, "a\nb\n")
	want := &page{steps: []step{
		{title: "1. Look", blocks: []block{{commands: "ls\n", output: "a\nb\n", from: at, to: at + 4}}},
		{title: "2. Go", blocks: []block{{commands: "cd /tmp\npwd\n"}}},
	}}

	if diff := cmp.Diff(want, got, cmp.AllowUnexported(page{}, step{}, block{})); diff != "" {
		t.Errorf("\nOnly sh is run, and the text behind it is what it prints.\n-want +got:\n%s", diff)
	}
}

func TestSettle(t *testing.T) {
	const early = "NAME   AGE\npayments-db-k25818rt-backup-0001   7s\n at 2026-11-30T00:42:18Z db-BVHQ2J7NCXEKRIZ4CA4VWUEZRZ\n"
	const late = "NAME   AGE\npayments-db-k25818rt-backup-0012   2m7s\n at 2026-12-01T07:00:00Z db-GFUGQ46GQN34YUPHXCIG67WXT5\n"

	if diff := cmp.Diff(settle(early), settle(late)); diff != "" {
		t.Errorf("\nTimes, backups and names that AWS assigns differ, and no more.\n%s", diff)
	}

	if cmp.Equal(settle("payments us-east-1 True"), settle("payments us-west-2 True")) {
		t.Errorf("\nA region is none of what may differ.")
	}
}
