package failover

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func anyDecision(epoch int64) *rapid.Generator[Decision] {
	return rapid.Custom(func(t *rapid.T) Decision {
		region := rapid.SampledFrom([]string{east, west})

		return Decision{
			Region: region.Draw(t, "active"), Epoch: epoch, DataEpoch: rapid.Int64Range(1, epoch).Draw(t, "data epoch"),
			From:  rapid.SampledFrom([]string{"", east, west}).Draw(t, "from"),
			By:    rapid.SampledFrom([]string{"", us, them}).Draw(t, "by"),
			Nonce: rapid.SampledFrom([]string{"n1", "n2"}).Draw(t, "recorded nonce"), Restore: rapid.Bool().Draw(t, "restored"),
			OldestData: rapid.SampledFrom([]time.Time{{}, noon.Add(-time.Hour)}).Draw(t, "oldest"),
		}
	})
}

func anyState() *rapid.Generator[State] {
	return rapid.Custom(func(t *rapid.T) State {
		epoch := rapid.Int64Range(0, 4).Draw(t, "epoch")
		if epoch == 0 {
			return State{}
		}

		return State{Decision: anyDecision(epoch).Draw(t, "decision"), History: make([]Decision, rapid.IntRange(0, HistoryLimit).Draw(t, "history"))}
	})
}

func anyCode() *rapid.Generator[Code] {
	return rapid.SampledFrom([]Code{
		CodeRegionUnreachable, CodeTooFewZones, CodeTypeNotOffered, CodeDataLossExceedsConsent, CodeDataAgeUnknown,
		CodeNothingMeasured, CodeRecordUnreadable, "Unheard",
	})
}

func anyRequest() *rapid.Generator[Request] {
	return rapid.Custom(func(t *rapid.T) Request {
		r := Request{
			Regions:       rapid.SampledFrom([][]string{{east, west}, {east, west, ohio}, {west, east}, {east}}).Draw(t, "regions"),
			Require:       Requirements{Zones: rapid.IntRange(0, 3).Draw(t, "zones"), InstanceTypes: rapid.SampledFrom([][]string{nil, {"m7g.large"}}).Draw(t, "types")},
			RecordRegions: rapid.SampledFrom([][]string{nil, {west, ohio}}).Draw(t, "record"),
		}
		if rapid.IntRange(0, 3).Draw(t, "asked") == 0 {
			return r
		}

		r.Activation = &Activation{
			Region:  rapid.SampledFrom([]string{east, west}).Draw(t, "region"),
			Epoch:   rapid.Int64Range(1, 6).Draw(t, "asked epoch"),
			Accept:  rapid.SliceOfN(anyCode(), 0, 3).Draw(t, "accept"),
			Restore: rapid.IntRange(0, 3).Draw(t, "restore") == 0,
			Adopt:   rapid.IntRange(0, 3).Draw(t, "adopt") == 0,
		}
		if rapid.Bool().Draw(t, "consents") {
			d := time.Duration(rapid.IntRange(0, 60).Draw(t, "minutes")) * time.Minute
			r.Activation.MaxDataLoss = &d
		}

		return r
	})
}

func anyFacts() *rapid.Generator[Facts] {
	return rapid.Custom(func(t *rapid.T) Facts {
		f := fine()
		f.Record.Code = rapid.SampledFrom([]Code{"", "", "", CodeRecordUnreadable, CodeRecordNotStrong, CodeRecordNotWritten}).Draw(t, "fault")
		f.Holder = rapid.Bool().Draw(t, "holder")
		f.Measurements = nil

		for range rapid.IntRange(0, 3).Draw(t, "measurements") {
			m := measured("db", rapid.SampledFrom([]string{east, west}).Draw(t, "measured"), time.Duration(rapid.IntRange(-10, 90).Draw(t, "age"))*time.Minute)
			if rapid.IntRange(0, 3).Draw(t, "unknown") == 0 {
				m.DataTime = time.Time{}
			}

			f.Measurements = append(f.Measurements, m)
		}

		if rapid.IntRange(0, 3).Draw(t, "dark") == 0 {
			f.Regions[rapid.SampledFrom([]string{east, west}).Draw(t, "dark region")] = Region{Reachability: dark}
		}

		return f
	})
}

// Whatever is recorded, asked for and known.
func TestDecideProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r, f := anyState().Draw(t, "state"), anyRequest().Draw(t, "request"), anyFacts().Draw(t, "facts")
		before := slices.Clone(s.History)

		next, out := Decide(s, r, f)

		if next.Epoch == s.Epoch {
			if diff := cmp.Diff(s, next); diff != "" || out.Reason == ReasonDecided {
				t.Fatalf("%s without another epoch: -was +is:\n%s", out.Reason, diff)
			}

			return
		}

		decidedWell(t, s, r, f, next, out)

		if diff := cmp.Diff(before, s.History); diff != "" {
			t.Fatalf("the history that was given has changed: -was +is:\n%s", diff)
		}

		// To decide twice is to decide once.
		f.Holder = true

		again, out := Decide(next, r, f)
		if diff := cmp.Diff(next, again); diff != "" || out.Reason != ReasonSteady || !out.Holder {
			t.Fatalf("%s, holder %t, when decided again: -first +second:\n%s", out.Reason, out.Holder, diff)
		}
	})
}

// decidedWell checks a decision against what it must not be made without.
func decidedWell(t *rapid.T, s State, r Request, f Facts, next State, out Outcome) {
	a := r.Activation
	adopts := s.Epoch == 0 && a != nil && a.Adopt

	switch {
	case out.Reason != ReasonDecided || f.Record.Code != "" || len(out.BlockedBy)+len(out.Faults) > 0:
		t.Fatalf("%+v is no outcome of a decision", out)
	case next.By != us || !slices.Contains(r.Regions, next.Region) || next.DataEpoch < s.DataEpoch || next.DataEpoch > next.Epoch:
		t.Fatalf("%+v after %+v is no decision of ours", next.Decision, s.Decision)
	case next.Epoch != s.Epoch+1 && !adopts, len(next.History) > HistoryLimit:
		t.Fatalf("epoch %d after %d, with a history of %d", next.Epoch, s.Epoch, len(next.History))
	case s.Epoch == 0:
		return
	}

	if moved := next.Region != s.Region || a.Restore; moved != (next.DataEpoch == next.Epoch) {
		t.Fatalf("data moved: %t, but the data epoch of %d is %d", moved, next.Epoch, next.DataEpoch)
	} else if !moved {
		return
	}

	for _, m := range f.Measurements {
		loss, consent := noon.Sub(m.DataTime), time.Duration(0)
		if a.MaxDataLoss != nil {
			consent = *a.MaxDataLoss
		}

		switch unknown := m.DataTime.IsZero() || loss < -maxSkew; {
		case m.Region != next.Region:
		case unknown && !slices.Contains(a.Accept, CodeDataAgeUnknown):
			t.Fatal("unknown is not fresh")
		case !unknown && loss > consent && !slices.Contains(a.Accept, CodeDataLossExceedsConsent):
			t.Fatalf("%s would be lost, with consent to %s", loss, consent)
		case !unknown && m.DataTime.Before(next.OldestData):
			t.Fatalf("data of %s is not accepted, only that from %s on", m.DataTime, next.OldestData)
		}
	}
}
