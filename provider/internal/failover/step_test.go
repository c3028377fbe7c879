package failover

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A store is a record that answers as a test says: each reply is used once, and
// then it answers well.
type store struct {
	state   State
	replies []Reply

	// others is what another control plane records before our next write.
	others *State
}

// do carries out a step, and tells it.
func (s *store) do(step Step) (string, Reply) {
	var reply Reply

	told := string(step.Kind)

	switch step.Kind {
	case StepRead:
		told += fmt.Sprintf(" at %v", step.Endpoints)
		reply = Reply{Result: ResultDone, Reading: Reading{State: s.state}}
	case StepRemember:
		told += fmt.Sprintf(" %s@%d, attempt %s@%d", step.Memory.Region, step.Memory.Epoch, step.Memory.Attempt.Nonce, step.Memory.Attempt.Epoch)
		reply = Reply{Result: ResultDone}
	case StepRecord:
		told += fmt.Sprintf(" %s@%d by %s/%s, expecting %d", step.State.Region, step.State.Epoch, step.State.By, step.State.Nonce, step.Expect)

		if s.others != nil {
			s.state, s.others = *s.others, nil
		}

		if reply = (Reply{Result: ResultRefused}); s.state.Epoch == step.Expect {
			reply, s.state = Reply{Result: ResultDone}, step.State
		}
	case StepReport:
		told += fmt.Sprintf(" %s@%d, %s, holder %t", step.Report.State.Region, step.Report.State.Epoch, step.Report.Outcome.Reason, step.Report.Outcome.Holder)
		if step.Report.Event != "" {
			told += ", event"
		}
	case StepAgain:
	}

	if len(s.replies) > 0 {
		if reply = s.replies[0]; reply.Reading.State.Epoch == 0 && reply.Result == ResultDone {
			reply.Reading.State = s.state
		}

		s.replies = s.replies[1:]
	}

	return told, reply
}

func TestTurns(t *testing.T) {
	done, lost := Reply{Result: ResultDone}, Reply{Result: ResultUnknown, Detail: "time-out"}
	silent := Reply{Result: ResultUnknown, Reading: Reading{Fault: RecordFault{Code: CodeRecordUnreadable, Detail: "no answer"}}}

	atHome := Observation{
		Kept:     Memory{State: state(home()), Holder: true, Attempt: Attempt{1, "n1"}},
		Reported: Reported{State: state(home()), Holder: true},
	}

	// asked is an observation of an activation.
	asked := func(o Observation, a *Activation, record ...string) Observation {
		o.Request, o.Facts = asks(a), fine()
		o.Request.RecordRegions = record

		return o
	}

	attempted := atHome
	attempted.Kept.Attempt = Attempt{2, "n0"}

	moved := Decision{Region: west, Epoch: 2, DataEpoch: 2, From: east, By: us, Nonce: "n"}
	recorded := atHome
	recorded.Kept = Memory{State: state(moved, home()), Holder: true, Attempt: Attempt{2, "n"}}

	behind := atHome
	behind.Kept.Attempt = Attempt{2, "n"}

	theirs := state(by(them, moved))

	both := []string{west, ohio}

	cases := map[string]struct {
		reason string
		store  store
		seen   Observation
		want   []string
	}{
		"FirstSight": {
			reason: "Without a record the annotation is written before the status.",
			seen:   asked(Observation{}, nil),
			want: []string{
				"Remember us-east-1@1, attempt n@1",
				"Report us-east-1@1, Steady, holder true, event",
			},
		},
		"Steady": {
			reason: "When nothing changes, nothing is written but a status that is as it was.",
			seen:   asked(atHome, nil),
			want:   []string{"Report us-east-1@1, Steady, holder true"},
		},
		"Activated": {
			reason: "One turn decides, remembers and reports.",
			seen:   asked(atHome, to(west, 2)),
			want: []string{
				"Remember us-west-2@2, attempt n@2",
				"Report us-west-2@2, Steady, holder true, event",
			},
		},
		"AnnotationLostReply": {
			reason: "If the annotation may not have been written, the next turn must see.",
			store:  store{replies: []Reply{lost}},
			seen:   asked(atHome, to(west, 2)),
			want:   []string{"Remember us-west-2@2, attempt n@2", "Again"},
		},
		"RestartedBeforeReport": {
			reason: "The provider restarted after recording: the status is restored from the annotation, and nothing is decided again.",
			seen:   asked(recorded, to(west, 2)),
			want:   []string{"Report us-west-2@2, Steady, holder true, event"},
		},
		"StatusLost": {
			reason: "Velero keeps annotations and drops the status.",
			seen:   asked(Observation{Kept: recorded.Kept}, nil),
			want:   []string{"Report us-west-2@2, Steady, holder true, event"},
		},
		"AnnotationLost": {
			reason: "An apply from Git may drop the annotation: the status restores it.",
			seen:   asked(Observation{Reported: Reported{State: state(moved), Holder: true}}, nil),
			want: []string{
				"Remember us-west-2@2, attempt @0",
				"Report us-west-2@2, Steady, holder true",
			},
		},
		"AnnotationOlder": {
			reason: "An old annotation that somebody restored does not lower the epoch.",
			seen:   asked(Observation{Kept: atHome.Kept, Reported: Reported{State: state(moved), Holder: true}}, nil),
			want: []string{
				"Remember us-west-2@2, attempt n1@1",
				"Report us-west-2@2, Steady, holder true",
			},
		},
		"AnnotationUnreadable": {
			reason: "An annotation that can't be read is left for a person to see, and the status stands.",
			seen: asked(Observation{KeptFault: "cannot decode", Reported: Reported{State: state(moved), Holder: true}},
				to(east, 3)),
			want: []string{"Report us-west-2@2, Blocked, holder true"},
		},
		"AnnotationContradicts": {
			reason: "An annotation that was edited can't move what is active at one epoch.",
			seen:   asked(Observation{Kept: Memory{State: state(Decision{Region: east, Epoch: 2, DataEpoch: 2, By: us})}, Reported: Reported{State: state(moved)}}, nil),
			want:   []string{"Report us-west-2@2, RecordUnreadable, holder false"},
		},
		"FromBackup": {
			reason: "A FailoverTarget out of a backup has another uid: it follows, and does not hold what its annotation says that it holds.",
			seen:   asked(Observation{Kept: Memory{State: theirs, Holder: true, Attempt: Attempt{2, "n"}}}, to(west, 2)),
			want: []string{
				"Remember us-west-2@2, attempt n@2",
				"Report us-west-2@2, Following, holder false, event",
			},
		},
		"TakenOver": {
			reason: "Until an activation takes over.",
			seen:   asked(Observation{Kept: Memory{State: theirs, Holder: true, Attempt: Attempt{2, "n"}}}, to(west, 3)),
			want: []string{
				"Remember us-west-2@3, attempt n@3",
				"Report us-west-2@3, Steady, holder true, event",
			},
		},
		"Recorded": {
			reason: "With a record: the attempt, the record, the memory of it, and then the status. The region being left is not called.",
			store:  store{state: state(home())},
			seen:   asked(atHome, to(west, 2), east, west, ohio),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-east-1@1, attempt n@2",
				"Record us-west-2@2 by uid-of-us/n, expecting 1",
				"Remember us-west-2@2, attempt n@2",
				"Report us-west-2@2, Steady, holder true, event",
			},
		},
		"RecordedLostReply": {
			reason: "A write whose reply was lost has taken effect: it is read back, known by its nonce, and no defeat.",
			store:  store{state: state(home()), replies: []Reply{done, done, lost}},
			seen:   asked(atHome, to(west, 2), both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-east-1@1, attempt n@2",
				"Record us-west-2@2 by uid-of-us/n, expecting 1",
				"Read at [us-west-2 us-east-2]",
				"Remember us-west-2@2, attempt n@2",
				"Report us-west-2@2, Steady, holder true, event",
			},
		},
		"RecordedBeforeCrash": {
			reason: "The provider crashed after the write: the record and the attempt say that it is ours.",
			store:  store{state: state(moved)},
			seen:   asked(behind, to(west, 2), both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-west-2@2, attempt n@2",
				"Report us-west-2@2, Steady, holder true, event",
			},
		},
		"AttemptedBeforeCrash": {
			reason: "An attempt that may yet take effect is repeated under its own nonce.",
			store:  store{state: state(home())},
			seen:   asked(attempted, to(west, 2), both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Record us-west-2@2 by uid-of-us/n0, expecting 1",
				"Remember us-west-2@2, attempt n0@2",
				"Report us-west-2@2, Steady, holder true, event",
			},
		},
		"Lost": {
			reason: "Another control plane was first: the loser follows what that decided, and says so.",
			store:  store{state: state(home()), others: &theirs},
			seen:   asked(atHome, to(west, 2), both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-east-1@1, attempt n@2",
				"Record us-west-2@2 by uid-of-us/n, expecting 1",
				"Read at [us-west-2 us-east-2]",
				"Remember us-west-2@2, attempt n@2",
				"Report us-west-2@2, Following, holder false, event",
			},
		},
		"NotWritten": {
			reason: "After three tries the turn gives up, and nothing has changed.",
			store:  store{state: state(home()), replies: []Reply{done, done, lost, {Result: ResultDone, Reading: Reading{State: state(home())}}, lost, {Result: ResultDone, Reading: Reading{State: state(home())}}, lost, {Result: ResultDone, Reading: Reading{State: state(home())}}}},
			seen:   asked(atHome, to(west, 2), both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-east-1@1, attempt n@2",
				"Record us-west-2@2 by uid-of-us/n, expecting 1",
				"Read at [us-west-2 us-east-2]",
				"Record us-west-2@2 by uid-of-us/n, expecting 1",
				"Read at [us-west-2 us-east-2]",
				"Record us-west-2@2 by uid-of-us/n, expecting 1",
				"Read at [us-west-2 us-east-2]",
				"Report us-east-1@1, Blocked, holder true",
			},
		},
		"Unreadable": {
			reason: "A record that does not answer changes nothing.",
			store:  store{state: state(moved), replies: []Reply{silent}},
			seen:   asked(atHome, to(west, 2), both...),
			want:   []string{"Read at [us-west-2 us-east-2]", "Report us-east-1@1, Blocked, holder true"},
		},
		"UnreadableAndForgotten": {
			reason: "Who remembers nothing waits for the record.",
			store:  store{state: state(moved), replies: []Reply{silent}},
			seen:   asked(Observation{}, nil, both...),
			want:   []string{"Read at [us-west-2 us-east-2]", "Report @0, RecordUnreadable, holder false"},
		},
		"NoEndpoint": {
			reason: "A record that only the region being left serves is not asked.",
			seen:   asked(atHome, to(west, 2), east),
			want:   []string{"Report us-east-1@1, Blocked, holder true"},
		},
		"DarkEndpoint": {
			reason: "A record is not asked where the region is dark.",
			store:  store{state: state(moved, home())},
			seen: func() Observation {
				o := asked(recorded, nil, east, west)
				o.Facts.Regions[east] = Region{Reachability: dark}

				return o
			}(),
			want: []string{"Read at [us-west-2]", "Report us-west-2@2, Steady, holder true, event"},
		},
		"Followed": {
			reason: "An old control plane that comes back finds a decision that it does not know of.",
			store:  store{state: theirs},
			seen:   asked(atHome, nil, both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-west-2@2, attempt n1@1",
				"Report us-west-2@2, Following, holder false, event",
			},
		},
		"Seeded": {
			reason: "A record that is new gets the decision that its holder remembers.",
			seen:   asked(recorded, nil, both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Record us-west-2@2 by uid-of-us/n, expecting 0",
				"Report us-west-2@2, Steady, holder true, event",
			},
		},
		"NotSeeded": {
			reason: "Who is not the holder does not write, even if the record has lost everything.",
			seen:   asked(Observation{Kept: Memory{State: theirs}}, to(west, 3), both...),
			want:   []string{"Read at [us-west-2 us-east-2]", "Report us-west-2@2, Blocked, holder false, event"},
		},
		"RecordWentBack": {
			reason: "A record that is older than what is remembered was lost, or is another one.",
			store:  store{state: state(home())},
			seen:   asked(recorded, to(east, 3), west, ohio),
			want:   []string{"Read at [us-east-2]", "Report us-west-2@2, Blocked, holder true, event"},
		},
		"RecordContradicts": {
			reason: "A record that names another region for an epoch that is reported can't be followed: both would have served at it.",
			store:  store{state: state(Decision{Region: east, Epoch: 2, DataEpoch: 2, From: east, By: them})},
			seen:   asked(recorded, nil, both...),
			want:   []string{"Read at [us-west-2 us-east-2]", "Report us-west-2@2, RecordUnreadable, holder true, event"},
		},
		"RecordByAnother": {
			reason: "Two control planes were both at home before they shared a record: the first to write it holds.",
			store:  store{state: state(by(them, home()))},
			seen:   asked(atHome, nil, both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-east-1@1, attempt n1@1",
				"Report us-east-1@1, Following, holder false",
			},
		},
		"RecordByTwin": {
			reason: "A decision under our uid that we don't remember is a twin's.",
			store:  store{state: state(Decision{Region: east, Epoch: 1, DataEpoch: 1, By: us, Nonce: "another"})},
			seen:   asked(atHome, nil, both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-east-1@1, attempt n1@1",
				"Report us-east-1@1, Following, holder false",
			},
		},
		"RecordMendsAnnotation": {
			reason: "With a record an annotation that can't be read is written anew.",
			store:  store{state: state(moved)},
			seen:   asked(Observation{KeptFault: "cannot decode", Reported: Reported{State: state(moved), Holder: true}}, nil, both...),
			want: []string{
				"Read at [us-west-2 us-east-2]",
				"Remember us-west-2@2, attempt @0",
				"Report us-west-2@2, Steady, holder true",
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var (
				turn Turn
				got  []string
			)

			for range 20 {
				step := NextStep(turn, tc.seen)
				told, reply := tc.store.do(step)
				got = append(got, told)
				turn = turn.Learn(step, reply)

				if step.Kind == StepReport || step.Kind == StepAgain {
					break
				}
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nsteps: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// A turn that has reported is over.
func TestTurnIsOver(t *testing.T) {
	seen := Observation{Request: asks(nil), Facts: fine()}

	turn := Turn{}.Learn(Step{Kind: StepReport}, Reply{Result: ResultDone})
	if got := NextStep(turn, seen); got.Kind != StepAgain {
		t.Errorf("after a report comes %s", got.Kind)
	}
}
