package failovertarget

import (
	"strings"
	"testing"
	"time"

	"github.com/crossdr/crossdr/e2e/controlplane"
)

// blocks returns the commands of a section of docs/failing-over.md.
func blocks(t *testing.T, heading string) []string {
	t.Helper()

	out, err := controlplane.Commands("failing-over.md", heading)
	if err != nil {
		t.Fatal(err)
	}

	return out
}

// TestThePageForTheWorstDay runs the commands of docs/failing-over.md.
func TestThePageForTheWorstDay(t *testing.T) {
	w := newWorld(t)

	p := w.plane(0)
	p.apply(selection(west))
	p.measured(west)
	p.apply(target())
	p.settles("Home serves.", stand{east, 1, true, "Steady"})

	for _, heading := range []string{"1. Look where you are", "2. Look what it costs"} {
		if out := p.shell(blocks(t, heading)[0]); !strings.Contains(out, "us-") {
			t.Errorf("%s shows nothing:\n%s", heading, out)
		}
	}

	quiet := blocks(t, "On a quiet day")
	p.shell(quiet[0])
	p.blocked("On a quiet day nothing is decided, and it is told that it would be.", "RecordNotWritten")

	if out := p.shell(blocks(t, "5. It is refused")[0]); !strings.HasPrefix(out, "RecordNotWritten\n  the decision could not be written") {
		t.Errorf("It shows each blocker and its message:\n%s", out)
	}

	p.shell(quiet[1])
	p.settles("Then all is as it was.", stand{east, 1, true, "Steady"})

	p.shell(blocks(t, "3. Ask")[0])
	p.settles("It fails over.", stand{west, 2, true, "Steady"})
	p.told("us-west-2 is active at epoch 2, and us-east-1 is left")

	if out := p.shell(blocks(t, "4. See that it is decided")[1]); !strings.Contains(out, "us-west-2 is active at epoch 2") {
		t.Errorf("It shows the event:\n%s", out)
	}

	// Who goes back consents to losing a minute, so it is not made earlier.
	w.keep(east, "payments-db-2", time.Second)
	p.apply(selection(east))
	p.measured(east)

	p.shell(blocks(t, "10. Go back")[0])
	p.settles("And it goes back.", stand{east, 3, true, "Steady"})

	if got := p.get().Spec.ForProvider.Activation.MaxDataLoss.Duration; got != time.Minute {
		t.Errorf("with a consent of its own: %s", got)
	}

	// What is rebuilt from Git has lost its memory.
	p.program.Stop()
	p.lose("kubectl -n dr delete failovertarget payments")
	p.apply(target("activation: {region: us-east-1, epoch: 2}"))
	p.run()
	p.settles("Nobody knows who serves.", stand{"", 0, false, "Undecided"})
	p.shell(blocks(t, "7. Nobody knows who serves")[0])
	p.settles("Until somebody says so.", stand{west, 2, true, "Steady"})
}
