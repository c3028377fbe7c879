package failovertarget

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

const toWest = "{region: us-west-2, epoch: 2, maxDataLoss: 1h, reason: INC-4711}"

// sharing returns a control plane whose target keeps its decision in the table.
func (w *world) sharing(n int, want stand) *plane {
	w.t.Helper()

	p := w.plane(n)
	p.apply(selection(west))
	p.measured(west)
	p.apply(target(recorded))
	p.settles("The first one to see the target records that home serves, and any other one follows.", want)

	return p
}

// TestFailover is the worst day: home is dark, and a person says so on one of two
// control planes, and then on the other one.
func TestFailover(t *testing.T) {
	w := newWorld(t)

	one := w.sharing(0, stand{east, 1, true, "Steady"})
	other := w.sharing(1, stand{east, 1, false, "Following"})

	w.Darken(east)
	w.Forbid(emulator.Scope{Region: east})

	versions := one.versions()
	one.patch(toWest)

	first := one.firstAnswer(versions, 2)
	if diff := cmp.Diff(stand{west, 2, true, "Steady"}, standOf(first)); diff != "" {
		t.Fatalf("One reconcile moves the active region: -want, +got:\n%s\n%s", diff, first.GetCondition(v1alpha1.TypeDecided).Message)
	}

	if got := w.epoch(); got != "2" {
		t.Fatalf("The record is at epoch %s", got)
	}

	before := fmt.Sprint(w.Region(canada).Item(table, key))
	versions = other.versions()
	other.patch(toWest)

	second := other.firstAnswer(versions, 2)
	if diff := cmp.Diff(stand{west, 2, false, "Following"}, standOf(second)); diff != "" {
		t.Fatalf("The same patch on the other one changes nothing but that it follows: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(first.Status.AtProvider.Decision, second.Status.AtProvider.Decision); diff != "" {
		t.Errorf("Both tell the same decision: -one, +other:\n%s", diff)
	}

	if diff := cmp.Diff(before, fmt.Sprint(w.Region(canada).Item(table, key))); diff != "" {
		t.Errorf("Nor does it change the record: -before, +after:\n%s", diff)
	}

	other.shell(command(t, second.GetCondition(v1alpha1.TypeDecided).Message))
	taken := other.settles("What the message says to run takes over control.", stand{west, 3, true, "Steady"})

	if got := taken.Status.AtProvider.DataEpoch; got != 2 {
		t.Errorf("and moves no data: data epoch %d", got)
	}

	one.look()
	one.settles("Who was taken over from finds out when it looks.", stand{west, 3, false, "Stale"})

	if v := w.Violations(); len(v) > 0 {
		t.Errorf("The region being left was called: %v", v)
	}

	one.told("us-west-2 is active at epoch 2, and us-east-1 is left", "control over us-west-2 is taken over at epoch 3")
}

// told waits for events of the decisions.
func (p *plane) told(decisions ...string) {
	p.t.Helper()

	p.await("Each decision is an event.", func() error {
		events := p.shell("kubectl -n dr get events --field-selector=involvedObject.name=payments,reason=Decided -o jsonpath='{range .items[*]}{.message}{\"\\n\"}{end}'")

		for _, want := range decisions {
			if !strings.Contains(events, want) {
				return fmt.Errorf("no event says %q:\n%s", want, events)
			}
		}

		return nil
	})
}

// TestRace lets two control planes write their decisions at the same time.
func TestRace(t *testing.T) {
	cases := map[string]struct {
		reason string
		other  string
		loser  string
	}{
		"ToOneRegion": {
			reason: "Who loses follows, as it is what it asked for.",
			other:  toWest,
			loser:  "Following",
		},
		"ToTwoRegions": {
			reason: "Who loses says that it was decided otherwise.",
			other:  "{region: us-east-2, epoch: 2, maxDataLoss: 1h, reason: INC-4711}",
			loser:  "Conflict",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			planes := []*plane{w.sharing(0, stand{east, 1, true, "Steady"}), w.sharing(1, stand{east, 1, false, "Following"})}

			for _, p := range planes {
				p.apply(selection(ohio))
				p.measured(ohio)
				p.shell(`kubectl -n dr patch failovertarget payments --type=json -p '[{"op":"add","path":"/spec/forProvider/regions/-","value":{"name":"us-east-2"}}]'`)
			}

			planes[0].settles("A region is added.", stand{east, 1, true, "Steady"})
			planes[1].settles("A region is added.", stand{east, 1, false, "Following"})

			release := make(chan struct{})
			writes := w.Inject(emulator.Scope{Action: "PutItem"}, emulator.Slow(release))

			planes[0].patch(toWest)
			planes[1].patch(tc.other)
			planes[0].await("Both have read the record at epoch 1, and write.", func() error {
				if n := writes.Hits(); n < 2 {
					return fmt.Errorf("%d writes", n)
				}

				return nil
			})
			close(release)
			w.oneWins(planes, tc.reason, tc.loser)
		})
	}
}

// oneWins waits until one of two control planes holds the decision and the other
// one has lost.
func (w *world) oneWins(planes []*plane, reason, loser string) {
	w.t.Helper()

	planes[0].await(reason, func() error {
		winners := 0

		for i, p := range planes {
			won, lost := p.get(), planes[1-i].get()
			if s := standOf(won); s.Epoch != 2 || !s.Holder {
				continue
			}

			winners++

			want := standOf(won)
			want.Holder, want.Decided = false, standOf(lost).Decided

			if diff := cmp.Diff(want, standOf(lost)); diff != "" {
				return fmt.Errorf("the loser does not stand where the winner does: -want, +got:\n%s", diff)
			}

			if got := string(want.Decided); got != loser || !strings.Contains(lost.GetCondition(v1alpha1.TypeDecided).Message, string(won.UID)) && loser == "Following" {
				return fmt.Errorf("the loser says %s: %s", got, lost.GetCondition(v1alpha1.TypeDecided).Message)
			}
		}

		if winners != 1 {
			return fmt.Errorf("%d have won", winners)
		}

		return nil
	})

	if got := w.epoch(); got != "2" {
		w.t.Errorf("The record is at epoch %s", got)
	}
}

// TestDeletingLeavesTheRecord: whoever comes next follows it.
func TestDeletingLeavesTheRecord(t *testing.T) {
	w := newWorld(t)
	p := w.sharing(0, stand{east, 1, true, "Steady"})
	p.patch(toWest)
	p.settles("It has failed over.", stand{west, 2, true, "Steady"})

	w.Inject(emulator.Scope{}, emulator.Hang())
	p.shell("kubectl -n dr delete failovertarget payments --timeout=" + limit.String())

	if got := w.epoch(); got != "2" {
		t.Errorf("To delete a FailoverTarget leaves the record, and needs nothing of AWS: epoch %s", got)
	}
}

// TestReplayedCommits applies commits of a Git repository again, in any order.
func TestReplayedCommits(t *testing.T) {
	w := newWorld(t)
	w.keep(east, "payments-db-2", time.Minute)

	p := w.plane(0)
	p.apply(selection(west))
	p.apply(selection(east))
	p.measured(west)
	p.measured(east)

	commits := []string{
		target(),
		target("activation: " + toWest),
		target("activation: {region: us-east-1, epoch: 3, maxDataLoss: 1h, reason: back}"),
	}

	p.apply(commits[0])
	p.settles("Home serves.", stand{east, 1, true, "Steady"})
	p.apply(commits[2])
	p.settles("A commit that comes too early changes nothing.", stand{east, 1, true, "Stale"})
	p.apply(commits[0])
	p.settles("Nor does the one that withdraws it.", stand{east, 1, true, "Steady"})
	p.apply(commits[1])
	p.settles("In their order they count.", stand{west, 2, true, "Steady"})
	p.apply(commits[1])
	p.settles("Twice is once.", stand{west, 2, true, "Steady"})
	p.apply(commits[2])
	p.settles("In their order they count.", stand{east, 3, true, "Steady"})

	if err := p.tryApply(commits[1]); err == nil || !strings.Contains(err.Error(), "activation.epoch must not be lowered") {
		t.Errorf("A commit that is reverted is refused: %v", err)
	}

	p.apply(commits[0])
	p.settles("A history that is replayed from its beginning", stand{east, 3, true, "Steady"})
	p.apply(commits[1])
	p.settles("takes nothing back.", stand{east, 3, true, "Stale"})
	p.apply(commits[2])
	p.settles("and ends where it was.", stand{east, 3, true, "Steady"})

	if got := len(p.get().Status.AtProvider.History); got != 2 {
		t.Errorf("Each decision was made once: %d before the last one", got)
	}
}
