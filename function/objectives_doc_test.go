package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/crossdr/crossdr/function/internal/catalog"
	"github.com/crossdr/crossdr/function/internal/objective"
)

// TestObjectivesDocument checks that docs/objectives.md shows the facts as they
// are, with a source each.
func TestObjectivesDocument(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "docs", "objectives.md"))
	if err != nil {
		t.Fatal(err)
	}

	page := string(b)

	short := func(d time.Duration) string {
		if d == 0 {
			return "–"
		}

		return objective.Short(d)
	}

	for _, r := range objective.Table() {
		restore := "–"
		if k, ok := catalog.Lookup(r.Service+".aws.m.upbound.io", r.Kind); ok && k.Restore != nil && k.Restore.Snapshot != "" {
			restore = short(k.Restore.ReadyIn)
		}

		if r.Ready > 0 {
			restore = "a change: " + short(r.Ready)
		}

		row := fmt.Sprintf("\n| %s `%s` | %s | %s | %s | %s | %s | %s | ", r.Service, r.Kind, restore,
			short(r.Promote), short(r.Scale), short(r.SnapshotEvery), short(r.SnapshotCopy), short(r.ReplicaLag))

		_, rest, found := strings.Cut(page, row)
		if !found {
			t.Errorf("docs/objectives.md has no row %q", row)
		}

		line, _, _ := strings.Cut(rest, "\n")

		for _, source := range r.Sources {
			if !strings.Contains(line, source) {
				t.Errorf("the row of %s %s does not name its source %s", r.Service, r.Kind, source)
			}
		}

		if len(r.Sources) == 0 {
			t.Errorf("%s %s has no source", r.Service, r.Kind)
		}
	}

	rows := map[string]string{}

	for _, p := range objective.ControlPlanes() {
		at := fmt.Sprintf("\n| %s | %s | ", p.Partition, p.Region)
		separator := ", "

		if p.Born && !strings.Contains(rows[at], "born only") {
			separator = "; born only: "
		}

		names := []string{p.Service}
		for i, kind := range p.Kinds {
			names = append(names[:i], p.Service+" "+kind)
		}

		rows[at] += cmp.Or(map[bool]string{true: separator}[rows[at] != ""]) + strings.Join(names, ", ")

		if !strings.Contains(page, p.Source) {
			t.Errorf("docs/objectives.md does not name the source %s", p.Source)
		}
	}

	for at, services := range rows {
		if !strings.Contains(page, at+services+" |\n") {
			t.Errorf("docs/objectives.md has no row %q", at+services)
		}
	}
}
