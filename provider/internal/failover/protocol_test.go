package failover

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// deep explores worlds with more commits and faults, for minutes and in a few
// GiB of memory.
var deep = flag.Bool("deep", false, "explore the protocol further than in every run")

// together are control planes that share a record, each with an object of its
// own.
func together(processes ...int) *setup {
	return &setup{processes: processes, uids: distinct(), nonces: distinct(), shared: true, alone: true}
}

// apart are control planes that share nothing but Git.
func apart(processes ...int) *setup {
	return &setup{processes: processes, uids: distinct(), nonces: distinct(), alone: true}
}

// leaders are two providers of one object.
func leaders() *setup {
	return &setup{processes: []int{0, 0}, uids: distinct(), nonces: distinct()}
}

// twins are a control plane and what is copied from it with a snapshot of etcd:
// the same uid, but each draws nonces of its own.
func twins(when twin) *setup {
	s := together(0, planes-1)
	s.uids[planes-1], s.twin = s.uids[0], when

	return s
}

func distinct() [planes]string { return [planes]string{"a", "b", "c"} }

func (s *setup) restoring() *setup {
	s.restored = true

	return s
}

func (s *setup) seeded(b bug) *setup {
	s.bug = b

	return s
}

func (s *setup) with(commits, faults uint8, git ...Activation) *setup {
	s.git, s.commits, s.faults = git, commits, faults

	return s
}

func adopting(a Activation) Activation {
	a.Adopt = true

	return a
}

func restoring(a Activation) Activation {
	a.Restore = true

	return a
}

// reasons are those of all reports that were made.
func (m *model) reasons() []string {
	var out []string

	for i := range m.steps.values {
		if s := &m.steps.values[i]; s.Kind == StepReport {
			out = append(out, string(s.Report.Outcome.Reason))
		}
	}

	slices.Sort(out)

	return slices.Compact(out)
}

func TestProtocol(t *testing.T) {
	// Two activations of one epoch: each control plane may see either, or both.
	racing := [...]Activation{commit(west, 2), commit(east, 2), commit(east, 3), commit(west, 4)}

	cases := map[string]struct {
		reason string
		setup  *setup
		deep   bool

		// reasons that must have been reported: without them the model has not
		// been where it should.
		reasons []string
	}{
		"Race": {
			reason:  "Two control planes decide at once, crash anywhere, and lose replies, annotations, statuses and the record's answers.",
			setup:   together(0, 1).with(1, 2, racing[:2]...),
			reasons: []string{"Blocked", "Conflict", "Following", "RecordUnreadable", "Steady", "Undecided"},
		},
		"Replays": {
			reason:  "Commits of up to epoch 4 come in any order, and again.",
			setup:   together(0, 1).with(2, 0, racing[:]...),
			reasons: []string{"Conflict", "Following", "Stale", "Steady", "Undecided"},
		},
		"RestoresInPlace": {
			reason:  "To take over and to restore in place are two decisions of one epoch.",
			setup:   together(0, 1).with(2, 0, commit(east, 2), restoring(commit(east, 2)), commit(west, 3)),
			reasons: []string{"Conflict", "Following", "Stale", "Steady", "Undecided"},
		},
		"Adopts": {
			reason:  "A person states the epoch before anything is recorded, or too late.",
			setup:   together(0, 1).with(2, 0, adopting(commit(west, 2)), commit(west, 2), commit(east, 3)),
			reasons: []string{"Conflict", "Following", "Stale", "Steady", "Undecided"},
		},
		"NotWritten": {
			reason:  "Every write of the record fails, and may yet take effect.",
			setup:   together(0).with(1, MaxTries+1, commit(west, 2)),
			reasons: []string{"Blocked", "Following", "RecordNotWritten", "RecordUnreadable", "Steady", "Undecided"},
		},
		"Backup": {
			reason:  "A third control plane comes out of a backup of the first, with another uid and without a status.",
			setup:   together(0, 1, 2).restoring().with(1, 0, racing[:3]...),
			reasons: []string{"Conflict", "Following", "Stale", "Steady", "Undecided"},
		},
		"Twins": {
			reason:  "A cluster is restored from a snapshot of etcd, and the old one comes back: both have one uid.",
			setup:   twins(twinBetween).with(1, 1, racing[:3]...),
			reasons: []string{"Blocked", "Conflict", "Following", "RecordUnreadable", "Stale", "Steady", "Undecided"},
		},
		"Annotation": {
			reason:  "Two providers work on one object: the old leader has not noticed yet that it lost the lease.",
			setup:   leaders().with(2, 1, racing[:3]...),
			reasons: []string{"Conflict", "Stale", "Steady", "Undecided"},
		},
		"Annotations": {
			reason:  "Each control plane keeps its own annotation; one comes out of a backup. Git says the same to all, if not at once.",
			setup:   apart(0, 1, 2).restoring().with(2, 1, commit(west, 2), commit(east, 3)),
			reasons: []string{"Following", "Stale", "Steady", "Undecided"},
		},
		"RaceReplays": {
			reason: "As Race, with commits that come again.",
			setup:  together(0, 1).with(2, 1, racing[:3]...),
			deep:   true,
		},
		"RaceFaults": {
			reason: "As Race, with a third activation.",
			setup:  together(0, 1).with(1, 2, racing[:3]...),
			deep:   true,
		},
		"BackupFaults": {
			reason: "As Backup, with faults.",
			setup:  together(0, 1, 2).restoring().with(1, 1, commit(west, 2), commit(east, 3)),
			deep:   true,
		},
		"TwinReplays": {
			reason: "As Twins, with commits that come again.",
			setup:  twins(twinBetween).with(2, 1, racing[:3]...),
			deep:   true,
		},
		"AnnotationFaults": {
			reason: "As Annotation, with more faults.",
			setup:  leaders().with(2, 3, racing[:3]...),
			deep:   true,
		},
		"TwinFaults": {
			reason: "As Twins, with more faults.",
			setup:  twins(twinBetween).with(1, 3, racing[:3]...),
			deep:   true,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.deep && !*deep {
				t.Skip("only with -deep")
			}

			t.Parallel()

			m := newModel(*tc.setup)

			worlds, violation, err := m.explore(10_000_000)
			if err != nil {
				t.Fatal(err)
			}

			if violation != "" {
				t.Fatalf("%s\n%s", tc.reason, violation)
			}

			if diff := cmp.Diff(tc.reasons, m.reasons()); diff != "" && !tc.deep {
				t.Errorf("%s\nreasons that were reported: -want +got:\n%s", tc.reason, diff)
			}

			t.Logf("%d worlds: %s", worlds, m)
		})
	}
}

// A checker that finds nothing may look for nothing. Each of these protocols
// and stores is wrong, or beyond what is promised.
func TestCheckerFinds(t *testing.T) {
	failover := commit(west, 2)
	race := []Activation{failover, commit(east, 2)}

	oneNonce := twins(twinBetween).with(1, 0, failover)
	oneNonce.nonces = [planes]string{"a", "b", "a"}

	cases := map[string]struct {
		reason string
		setup  *setup
		want   string
	}{
		"NoCondition": {
			reason: "Without the condition on the epoch the second of two control planes overwrites the first.",
			setup:  together(0, 1).with(1, 0, race...).seeded(bugUnconditional),
			want:   "the record of epoch 1 changes from us-east-1 by a to us-east-1 by b",
		},
		"Eventual": {
			reason: "Where the record is only replicated some time later, both win: this is what RecordNotStrong is for.",
			setup:  together(0, 1).with(1, 0, race...).seeded(bugEventual),
			want:   "two control planes hold epoch 1",
		},
		"ReportFirst": {
			reason: "A decision that others see before it is recorded may never be.",
			setup:  together(0, 1).with(1, 0, race...).seeded(bugReportFirst),
			want:   "two regions are active at epoch 2",
		},
		"Trusting": {
			reason: "A reply that was lost is no success.",
			setup:  together(0, 1).with(1, 1, race...).seeded(bugTrusting),
			want:   "two control planes hold epoch 1",
		},
		"NoResourceVersion": {
			reason: "Two providers of one object must not overwrite each other.",
			setup:  leaders().with(2, 0, race...).seeded(bugNoVersion),
			want:   "the reported epoch goes down from 2 to 1",
		},
		"CallsAll": {
			reason: "The record has an endpoint in the region being left.",
			setup:  together(0, 1).with(1, 0, failover).seeded(bugCallsAll),
			want:   "us-east-1 is called while it is being left",
		},
		"NoNonce": {
			reason: "By their uid alone, two clusters from one snapshot of etcd are one.",
			setup:  oneNonce,
			want:   "two control planes hold epoch 2",
		},
		"TwinOfAnAttempt": {
			reason: "A limit: a snapshot of etcd in the moment between an attempt and its record gives both the same nonce.",
			setup:  twins(twinAnyTime).with(1, 0, failover),
			want:   "two control planes hold epoch 1",
		},
		"TwoCommits": {
			reason: "A limit: without a shared record nothing arbitrates between two control planes to which Git says different things.",
			setup:  apart(0, 1).with(2, 0, race...),
			want:   "two regions are active at epoch 2",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			worlds, violation, err := newModel(*tc.setup).explore(100_000)
			if err != nil {
				t.Fatal(err)
			}

			got, way, _ := strings.Cut(violation, ":\n")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nthe first violation: -want +got:\n%s\n%s", tc.reason, diff, way)
			}

			t.Logf("after %d worlds: %s", worlds, violation)
		})
	}
}
