package failover

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/world"
	"github.com/crossdr/crossdr/internal/emulator"
)

// seedVariable is the environment variable with which the crashes of an earlier
// run are played again.
const seedVariable = "CROSSDR_SEED"

// TestSurvival loses more than a region: programs crash while it is left, and
// then the control plane itself is lost.
func TestSurvival(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	s := begin(ctx, t, "survival")
	s.record(t)

	for _, part := range []struct {
		name string
		play func(context.Context, *testing.T)
	}{
		{"Home", s.home},
		{"Backup", s.backup},
		{"RegionLostAmidCrashes", s.loseAmidCrashes},
		{"ControlPlaneLost", s.rebuild},
		{"ControlPlaneReturns", s.observe},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.play(ctx, t) }) {
			return
		}
	}
}

// loseAmidCrashes is lose, while nothing runs for long.
func (s *story) loseAmidCrashes(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("us-east-1 is lost, and programs crash")

	stop := s.follow(ctx, followed()...)
	defer stop()

	s.darken()

	calm := s.crash(ctx, t)
	s.activate(ctx, t, west, 2)
	s.serves(ctx, t, west, 2)
	s.timeline.Sayf("%d crashes in all", calm())
	stop()

	for _, a := range applications() {
		s.recovered(ctx, t, a, map[bool]string{false: "db-us-west-2-e2", true: "db-us-west-2"}[a.pilotLight], west)
	}

	s.restored(ctx, t, 2, "db-us-west-2-e2")
	s.bornOnce(ctx, t)
	s.keeps(t)
	s.show(ctx, t)

	if diff := cmp.Diff([]string(nil), s.changes()); diff != "" {
		t.Errorf("\nNothing is changed in the region that is lost.\n-want +got:\n%s", diff)
	}
}

// crash kills one of our programs or the simulator, and starts it again, until
// what it returns is called. Which one, and at which call of AWS, a seed says.
func (s *story) crash(ctx context.Context, t *testing.T) (calm func() int) {
	t.Helper()

	// calls is how many of AWS there are between two crashes, at most.
	const calls = 60

	random := rand.New(rand.NewPCG(s.seed(t), 0))
	programs := []struct {
		name  string
		kill  func()
		start func(context.Context) error
	}{
		{"the function", s.KillFunction, s.StartFunction},
		{"the provider", s.KillProvider, s.StartProvider},
		{"provider-upjet-aws", func() {
			if err := s.SettleUpjet(ctx); err != nil {
				t.Error(err)
			}

			s.KillUpjet()
		}, s.StartUpjet},
	}

	running, stop := context.WithCancel(ctx)
	crashing := sync.WaitGroup{}
	n := 0

	crashing.Go(func() {
		for aimed := false; ; {
			// Counted from now on: on a slow machine there are more calls while a program
			// starts than between two crashes, and nothing would run any more.
			next := s.called() + 1 + random.IntN(calls)
			p := programs[random.IntN(len(programs))]

			err := s.Await(running, func(ctx context.Context) error {
				// The worst of all moments is not left to chance.
				if !aimed && s.restoring(ctx) {
					aimed, p = true, programs[2]

					return nil
				}

				if s.called() < next {
					return errors.New("AWS is not called")
				}

				return nil
			})
			if err != nil {
				return
			}

			s.timeline.Sayf("  * %s crashes", p.name)
			p.kill()
			n++

			if err := p.start(ctx); err != nil {
				t.Errorf("\nWhat crashes starts again.\n%s: %v", p.name, err)

				return
			}
		}
	})

	calm = sync.OnceValue(func() int {
		stop()
		crashing.Wait()

		return n
	})

	t.Cleanup(func() { calm() })

	return calm
}

// seed is the one of the environment, or a new one.
func (s *story) seed(t *testing.T) uint64 {
	t.Helper()

	seed := rand.Uint64()

	if stated := os.Getenv(seedVariable); stated != "" {
		var err error
		if seed, err = strconv.ParseUint(stated, 10, 64); err != nil {
			t.Fatal(err)
		}
	}

	s.timeline.Sayf("crashes follow from %s=%d", seedVariable, seed)

	return seed
}

// restoring says whether a database is being restored right now.
func (s *story) restoring(ctx context.Context) bool {
	databases, err := s.world.Databases(ctx, west)

	return err == nil && slices.ContainsFunc(databases, func(d types.DBInstance) bool {
		return *d.DBInstanceStatus != "available" && s.world.AWS.Region(west).RestoredFrom(*d.DBInstanceIdentifier) != ""
	})
}

// called is how many calls of AWS there were.
func (s *story) called() int { return len(s.world.AWS.Calls(emulator.Scope{})) }

// bornOnce tests that AWS has made each database of us-west-2 once.
func (s *story) bornOnce(ctx context.Context, t *testing.T) {
	t.Helper()

	databases, err := s.world.Databases(ctx, west)
	if err != nil {
		t.Fatal(err)
	}

	if len(databases) != len(applications()) {
		t.Errorf("\nThere is one database of each application in %s.\nwant %d, got %d", west, len(applications()), len(databases))
	}

	got := map[string]int{}

	for _, c := range s.world.AWS.Calls(emulator.Scope{Region: west, Service: "rds"}) {
		if !reads(c.Action) && !world.ByOperator(c) && c.Code == "" {
			got[c.Action]++
		}
	}

	want := map[string]int{"CreateDBInstanceReadReplica": 1, "RestoreDBInstanceFromDBSnapshot": 3, "PromoteReadReplica": 1, "ModifyDBInstance": got["ModifyDBInstance"]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("\nEach restore and each promotion is asked for once.\n-want +got:\n%s", diff)
	}

	s.timeline.Sayf("AWS has restored three databases and promoted one, each once")
}

// record has the decision shared by several control planes, in a table of a
// region that nothing else is in.
func (s *story) record(t *testing.T) {
	t.Helper()

	s.world.AWS.Region("ca-central-1").AddTable(emulator.Table{Name: "crossdr"})
	s.shared = map[string]any{"dynamoDB": map[string]any{"tableName": "crossdr", "regions": []any{"ca-central-1"}}}
}

// target returns the FailoverTarget, as it is in Git.
func (s *story) target(t *testing.T) *unstructured.Unstructured {
	t.Helper()

	target := read(t, "examples/postgresql/1-home/failovertarget.yaml")[0]
	if s.shared != nil {
		set(t, target, s.shared, "spec", "forProvider", "record")
	}

	return target
}
