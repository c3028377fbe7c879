package inventory

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

const (
	benchSelections = 1_000
	benchSnapshots  = 10_000
)

// benchWorld has a database for each selection, and ten snapshots of each.
func benchWorld(b *testing.B) (*world, []*Request) {
	b.Helper()

	w := newWorld(b)
	here := w.in(west)
	requests := make([]*Request, 0, benchSelections)

	for i := range benchSelections {
		name, id := fmt.Sprintf("payments-%04d", i), fmt.Sprintf("db-%026d", i)

		for j := range benchSnapshots / benchSelections {
			here.AddDBSnapshot(emulator.DBSnapshot{
				Identifier: fmt.Sprintf("%s-%d", name, j), InstanceIdentifier: name, ResourceID: id,
				DatabaseTime: ago(time.Duration(j) * time.Hour), CreateTime: ago(time.Minute),
				SourceRegion: east, SourceARN: "arn:aws:rds:us-east-1:111122223333:snapshot:" + name,
				Tags: map[string]string{"app": name, "team": "payments", "env": "prod"},
			})
		}

		r := of(snapshot.Source{Kind: snapshot.DBInstance, Identifier: name, ResourceID: id})
		r.MaxAge, r.RestoreAs = new(24*time.Hour), name+"-e2"
		requests = append(requests, r)
	}

	return w, requests
}

// BenchmarkPoll is one poll interval of a thousand selections of one region with
// ten thousand snapshots, spread over the interval as jitter spreads them.
func BenchmarkPoll(b *testing.B) {
	w, requests := benchWorld(b)
	c := w.clients(west)
	c.HTTPClient = emulator.Client()

	held := heap()

	// The first listing is not in the numbers: nobody waits for it.
	find(b, w, c, requests[:1])

	held = heap() - held
	before := len(w.Calls(emulator.Scope{}))

	b.ReportAllocs()

	for b.Loop() {
		for quarter := range requests[:4] {
			w.clock.Advance(poll / 4)
			find(b, w, c, requests[quarter*benchSelections/4:(quarter+1)*benchSelections/4])
		}
	}

	b.ReportMetric(float64(len(w.Calls(emulator.Scope{}))-before)/float64(b.N), "calls/poll")
	b.ReportMetric(float64(held)/(1<<20), "MB-held")
}

// BenchmarkSelections is the part of a poll that is not AWS: a thousand
// selections from a listing that is there.
func BenchmarkSelections(b *testing.B) {
	w, requests := benchWorld(b)
	c := w.clients(west)
	c.HTTPClient = emulator.Client()

	find(b, w, c, requests[:1])
	b.ReportAllocs()

	for b.Loop() {
		find(b, w, c, requests)
	}

	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/benchSelections, "µs/selection")
}

// find and select each, until nothing is waited for.
func find(b *testing.B, w *world, c clients, requests []*Request) {
	b.Helper()

	for _, r := range requests {
		a, err := w.inventory.Find(b.Context(), c, "identity", r)
		for ProblemOf(err) == Waiting {
			w.inventory.Wait()

			a, err = w.inventory.Find(b.Context(), c, "identity", r)
		}

		if err != nil {
			b.Fatal(err)
		}

		if s := snapshot.Select(w.clock.Now(), &r.Request, a.Candidates); s.Selected == nil {
			b.Fatalf("nothing is selected: %s", s.Reason)
		}
	}
}

func heap() uint64 {
	var m runtime.MemStats

	runtime.GC()
	runtime.ReadMemStats(&m)

	return m.HeapAlloc
}
