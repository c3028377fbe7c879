package snapshotselection

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/internal/emulator"
)

func TestReadinessIsTold(t *testing.T) {
	w := newWorld(t)
	w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(23 * time.Hour)})
	w.apply(selection())
	w.reconcile()

	tell := func() []string {
		w.events.mu.Lock()
		defer w.events.mu.Unlock()

		var out []string

		for _, e := range w.events.events {
			if e.Reason != reasonSelected && !strings.HasPrefix(string(e.Reason), "Cannot") {
				out = append(out, string(e.Type)+" "+string(e.Reason)+" "+e.Message)
			}
		}

		w.events.events = nil

		return out
	}

	var dark *emulator.Injection

	steps := []struct {
		reason string
		do     func()
		want   []string
	}{
		{reason: "What was made known by its selection is not told twice.", do: func() {}},
		{
			reason: "That the data grows too old is told, also while AWS can't be asked.",
			do: func() {
				dark = w.aws.Inject(emulator.Scope{Region: west}, emulator.Reset())
				w.clock.Advance(2 * time.Hour)
				w.settle()
			},
			want: []string{"Warning TooOld the data of a is from 2026-11-19T13:00:00Z and too old since 2026-11-20T13:00:00Z, by the maxAge of 24h"},
		},
		{reason: "Once.", do: func() { w.settle() }},
		{
			reason: "So is that it is over.",
			do: func() {
				dark.Clear()
				w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "b", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: noon})
				w.settle()
			},
			want: []string{"Normal Available the data of b is from 2026-11-20T12:00:00Z and within the maxAge of 24h until 2026-11-21T12:00:00Z"},
		},
	}
	for _, s := range steps {
		s.do()

		if diff := cmp.Diff(s.want, tell()); diff != "" {
			t.Errorf("%s\nevents: -want, +got:\n%s", s.reason, diff)
		}
	}
}
