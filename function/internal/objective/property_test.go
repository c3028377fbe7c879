package objective

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// plans of some components that come after each other, of any kind.
func plans() *rapid.Generator[[]Component] {
	return rapid.Custom(func(t *rapid.T) []Component {
		takes := rapid.Map(rapid.IntRange(0, 90), func(n int) time.Duration { return time.Duration(n) * time.Minute })
		n := rapid.IntRange(0, 6).Draw(t, "components")
		out := make([]Component, 0, n)

		for i := range n {
			c := Component{Name: fmt.Sprint("c", i), Kind: "any Kind"}

			for j := range i {
				if rapid.Bool().Draw(t, "after") {
					c.After = append(c.After, out[j].Name)
				}
			}

			c.Facts = Facts{
				Ready: takes.Draw(t, "ready"), Restore: takes.Draw(t, "restore"), Promote: takes.Draw(t, "promote"), Scale: takes.Draw(t, "scale"),
				SnapshotEvery: takes.Draw(t, "every"), SnapshotCopy: takes.Draw(t, "copy"), ReplicaLag: takes.Draw(t, "lag"),
			}

			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				c.Data = true
				c.Restorable, c.Replicable, c.Alone = rapid.Bool().Draw(t, "restorable"), rapid.Bool().Draw(t, "replicable"), rapid.Bool().Draw(t, "alone")
				c.Stated = rapid.SampledFrom([]Strategy{"", "", BackupAndRestore, PilotLight}).Draw(t, "stated")
			case 1:
				c.Once, c.Idle = true, rapid.Bool().Draw(t, "idle")
			case 2:
				c.Runs = true
			default:
				c.From, c.Scales = rapid.SampledFrom([]Strategy{"", BackupAndRestore, PilotLight, WarmStandby, MultiSite}).Draw(t, "from"), rapid.Bool().Draw(t, "scales")
			}

			out = append(out, c)
		}

		return out
	})
}

// harder draws two objectives, of which the first asks for as much as the second
// or more.
func harder(t *rapid.T) (hard, easy Objectives) {
	hard = Objectives{RPO: durations().Draw(t, "rpo a"), RTO: durations().Draw(t, "rto a")}
	easy = Objectives{RPO: durations().Draw(t, "rpo b"), RTO: durations().Draw(t, "rto b")}

	if !shorter(hard.RPO, easy.RPO) {
		hard.RPO, easy.RPO = easy.RPO, hard.RPO
	}

	if !shorter(hard.RTO, easy.RTO) {
		hard.RTO, easy.RTO = easy.RTO, hard.RTO
	}

	return hard, easy
}

// better orders verdicts. No objective is kept by anything.
func better(v Verdict) int {
	return slices.Index([]Verdict{Unattainable, BreachedCanMeet, Met, ""}, v)
}

// judged are the verdicts of a plan that has what it wants.
func judged(t *rapid.T, in Objectives, parts []Component, measured *Measured, seen []Seen) (rto, rpo Judgement) {
	p, err := Derive(in, parts)
	if err != nil {
		t.Fatal(err)
	}

	return JudgeRTO(in, &p, parts, p.Standing, measured), JudgeRPO(in, &p, parts, p.Standing, seen)
}

func TestAnEasierObjectiveIsNeverJudgedWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hard, easy := harder(t)
		stated := rapid.SampledFrom([]Strategy{"", BackupAndRestore, PilotLight, WarmStandby, MultiSite}).Draw(t, "strategy")
		hard.Stated, easy.Stated = stated, stated
		parts := plans().Draw(t, "plan")

		// A pair that differs in one objective, so that the other changes nothing.
		if rapid.Bool().Draw(t, "rpo") {
			hard.RTO = easy.RTO
		} else {
			hard.RPO = easy.RPO
		}

		rto, rpo := judged(t, hard, parts, nil, nil)
		easyRTO, easyRPO := judged(t, easy, parts, nil, nil)

		if hard.RPO == easy.RPO && better(easyRTO.Verdict) < better(rto.Verdict) {
			t.Fatalf("an easier rto is %s (%s), and a harder one %s (%s)", easyRTO.Verdict, easyRTO.Because, rto.Verdict, rto.Because)
		}

		// A replica that is asked for now is asked for with a harder one, too.
		if stated != "" && hard.RTO == easy.RTO && better(easyRPO.Verdict) < better(rpo.Verdict) {
			t.Fatalf("an easier rpo is %s (%s), and a harder one %s (%s)", easyRPO.Verdict, easyRPO.Because, rpo.Verdict, rpo.Because)
		}

		if rpo.Verdict == Met && easyRPO.Verdict != Met && easyRPO.Verdict != "" {
			t.Fatalf("an easier rpo is %s (%s), and a harder one Met (%s)", easyRPO.Verdict, easyRPO.Because, rpo.Because)
		}
	})
}

func TestFactsOnlyRaiseTheStrategy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hard, easy := harder(t)
		parts := plans().Draw(t, "plan")

		p, err := Derive(hard, parts)
		if err != nil {
			t.Fatal(err)
		}

		floor, err := Derive(hard, nil)
		if err != nil {
			t.Fatal(err)
		}

		if !p.Strategy.AtLeast(floor.Strategy) {
			t.Fatalf("the components lower the strategy from %s to %s", floor.Strategy, p.Strategy)
		}

		slow, err := Derive(easy, parts)
		if err != nil {
			t.Fatal(err)
		}

		if !p.Strategy.AtLeast(slow.Strategy) {
			t.Fatalf("shorter objectives led to the slower %s instead of %s", p.Strategy, slow.Strategy)
		}
	})
}

func TestAVerdictIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, _ := harder(t)
		parts := plans().Draw(t, "plan")
		rto, rpo := judged(t, in, parts, nil, nil)

		if in.RTO != nil && (rto.Verdict == Met) != (rto.Value != nil && *rto.Value <= *in.RTO) {
			t.Fatalf("rto %s is %s with an estimate of %v", Short(*in.RTO), rto.Verdict, rto.Value)
		}

		p, err := Derive(in, parts)
		if err != nil {
			t.Fatal(err)
		}

		for _, s := range strategies() {
			// Time is not bought with data.
			if !in.replaces(s, p.Strategy, parts, false) {
				continue
			}

			if e := estimate(parts, s, false); rto.Verdict == Unattainable && len(e.Unknown) == 0 && e.Takes <= *in.RTO {
				t.Fatalf("rto %s is Unattainable, and %s would take %s", Short(*in.RTO), s, Short(e.Takes))
			}
		}

		if in.RPO != nil && rpo.Verdict == Met && rpo.Value != nil && *rpo.Value > *in.RPO {
			t.Fatalf("rpo %s is Met with %s", Short(*in.RPO), Short(*rpo.Value))
		}

		if rto.Because == "" || rpo.Because == "" {
			t.Fatal("a verdict says no reason")
		}
	})
}

func TestTheSameAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, _ := harder(t)
		parts := plans().Draw(t, "plan")

		rto, rpo := judged(t, in, parts, nil, nil)
		rto2, rpo2 := judged(t, in, slices.Clone(parts), nil, nil)

		if diff := cmp.Diff([]Judgement{rto, rpo}, []Judgement{rto2, rpo2}); diff != "" {
			t.Fatalf("the same components are judged differently: -first, +second:\n%s", diff)
		}
	})
}

func TestNoStandbyIsAskedForThatCannotBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, _ := harder(t)
		parts := plans().Draw(t, "plan")

		p, err := Derive(in, parts)
		if err != nil {
			t.Fatal(err)
		}

		for i := range parts {
			c := &parts[i]
			if c.Data && p.Standing[c.Name] && !c.Replicable {
				t.Fatalf("%s stands by, and has no replicas", c.Name)
			}
		}
	})
}
