package failover

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDecide(t *testing.T) {
	type args struct {
		state   State
		request Request
		facts   Facts
	}

	type want struct {
		// state after it, if it is another one.
		state State

		phase   Phase
		reason  Reason
		message string
		holder  bool
	}

	const (
		takeOver = command + `'[{"op":"add","path":"/spec/forProvider/activation","value":{"region":"us-west-2","epoch":3}}]'`
		unread   = "the record can't be read: it is broken. Nothing changes until it can. "
		repair   = "Repair the annotation. If the status is right, remove it, and it is written again: " + command + `'[{"op":"remove","path":"/metadata/annotations/crossdr.io~1decision"}]'`
	)

	atHome, moved := state(home()), state(failedOver(), home())
	foreign := state(by(them, failedOver()))

	cases := map[string]struct {
		reason string
		args   args
		want   want
	}{
		"FirstSight": {
			reason: "A target that nothing is recorded of, and that asks for nothing, is new: home serves at epoch 1.",
			args:   args{State{}, asks(nil), fine()},
			want: want{
				state: state(Decision{Region: east, Epoch: 1, DataEpoch: 1, DecidedAt: noon, By: us, Nonce: "n"}),
				phase: PhaseSteady, reason: ReasonDecided, message: "us-east-1 is home and serves at epoch 1",
			},
		},
		"Undecided": {
			reason: "An activation without a record is a rebuild from Git: to assume home would write to the wrong database.",
			args:   args{State{}, asks(to(west, 2)), fine()},
			want: want{
				phase: PhasePending, reason: ReasonUndecided,
				message: "epoch 2 is asked for in us-west-2, and no decision is recorded that it could follow. If things are as it says, state that: " + command +
					`'[{"op":"test","path":"/spec/forProvider/activation/epoch","value":2},{"op":"add","path":"/spec/forProvider/activation/adopt","value":true}]'` +
					". If this target is new, remove spec.forProvider.activation: home serves first",
			},
		},
		"Adopted": {
			reason: "A person states how things are. Nobody knows when that was decided, or from where.",
			args:   args{State{}, asks(to(west, 3, stated)), fine()},
			want: want{
				state: state(Decision{Region: west, Epoch: 3, DataEpoch: 3, By: us, Nonce: "n"}),
				phase: PhaseSteady, reason: ReasonDecided, message: "us-west-2 is stated to serve at epoch 3, which decides nothing",
			},
		},
		"AdoptedAfterTakeOver": {
			reason: "The epoch of the data is another one if control was taken over since, and only a person knows.",
			args:   args{State{}, asks(to(west, 3, stated, func(a *Activation) { a.DataEpoch = 2 })), fine()},
			want: want{
				state: state(Decision{Region: west, Epoch: 3, DataEpoch: 2, By: us, Nonce: "n"}),
				phase: PhaseSteady, reason: ReasonDecided, message: "us-west-2 is stated to serve at epoch 3, which decides nothing",
			},
		},
		"UnknownRecord": {
			reason: "No answer is not an empty record: nothing is first seen, or adopted, before it is read.",
			args:   args{State{}, asks(to(west, 2, stated)), fine(faulty(CodeRecordUnreadable))},
			want: want{phase: PhasePending, reason: Reason(CodeRecordUnreadable), message: unread +
				"Repair the annotation, or state which region serves, and since which epoch: " + command +
				`'[{"op":"remove","path":"/metadata/annotations/crossdr.io~1decision"},{"op":"test","path":"/spec/forProvider/activation/epoch","value":2},{"op":"add","path":"/spec/forProvider/activation/adopt","value":true}]'`},
		},
		"UnknownSharedRecord": {
			reason: "To give up a record that nobody here has ever read must not make home serve by itself.",
			args:   args{State{}, shared(asks(nil)), fine(faulty(CodeRecordUnreadable))},
			want: want{phase: PhasePending, reason: Reason(CodeRecordUnreadable), message: unread +
				"If no other control plane that uses it can come back, give it up, and state which region serves, and since which epoch: " + command +
				`'[{"op":"remove","path":"/spec/forProvider/record"},{"op":"add","path":"/spec/forProvider/activation","value":{"region":"REGION","epoch":EPOCH,"adopt":true}}]'`},
		},
		"NotAsked": {
			reason: "Without an activation the recorded decision stands.",
			args:   args{moved, asks(nil), fine(held)},
			want:   want{phase: PhaseSteady, reason: ReasonSteady, message: "us-west-2 is active at epoch 2", holder: true},
		},
		"NotAskedUnreadable": {
			reason: "What is remembered stands while the record does not answer, and it is told before it is needed.",
			args:   args{moved, asks(nil), fine(held, faulty(CodeRecordUnreadable))},
			want:   want{phase: PhaseSteady, reason: Reason(CodeRecordUnreadable), message: "us-west-2 is active at epoch 2, but " + unread + repair, holder: true},
		},
		"Following": {
			reason: "A control plane whose uid is not the record's only observes, and is told how to take over.",
			args:   args{foreign, asks(nil), fine()},
			want: want{
				phase: PhaseSteady, reason: ReasonFollowing,
				message: "us-west-2 is active at epoch 2. It was decided by uid-of-them, and this control plane (uid-of-us) only observes. To take over control, which moves nothing: " + takeOver,
			},
		},
		"FollowingTwin": {
			reason: "The uid alone does not make a holder: a cluster from a snapshot of etcd has it, too.",
			args:   args{moved, asks(nil), fine()},
			want: want{
				phase: PhaseSteady, reason: ReasonFollowing,
				message: "us-west-2 is active at epoch 2. It was decided by a twin of this control plane, which has the same uid and another memory, and this control plane (uid-of-us) only observes. To take over control, which moves nothing: " + takeOver,
			},
		},
		"FollowingNobody": {
			reason: "A status that a person wrote names nobody, so nobody acts on it.",
			args:   args{state(by("", failedOver())), asks(nil), fine()},
			want: want{
				phase: PhaseSteady, reason: ReasonFollowing,
				message: "us-west-2 is active at epoch 2. It was decided by nobody that is known, and this control plane (uid-of-us) only observes. To take over control, which moves nothing: " + takeOver,
			},
		},
		"Activated": {
			reason: "The first activation moves what is active, with the oldest data that it accepts.",
			args:   args{atHome, asks(to(west, 2, func(a *Activation) { a.Reason = "INC-4711" })), fine(held)},
			want: want{
				state: state(Decision{
					Region: west, Epoch: 2, DataEpoch: 2, From: east, DecidedAt: noon, OldestData: noon.Add(-12 * time.Minute),
					Reason: "INC-4711", By: us, Nonce: "n",
				}, home()),
				phase: PhaseSteady, reason: ReasonDecided, holder: true,
				message: "us-west-2 is active at epoch 2, and us-east-1 is left; data from 2026-11-20T11:48:00Z on is accepted (12m before the decision); reason: INC-4711",
			},
		},
		"ActivatedWhileTheOtherIsDark": {
			reason: "An outage of the region being left is what a failover is for: it is not looked at.",
			args: args{atHome, asks(to(west, 2)), fine(held, func(f *Facts) {
				f.Regions[east] = Region{Reachability: dark}
			})},
			want: want{
				state: state(Decision{Region: west, Epoch: 2, DataEpoch: 2, From: east, DecidedAt: noon, OldestData: noon.Add(-12 * time.Minute), By: us, Nonce: "n"}, home()),
				phase: PhaseSteady, reason: ReasonDecided, holder: true,
				message: "us-west-2 is active at epoch 2, and us-east-1 is left; data from 2026-11-20T11:48:00Z on is accepted (12m before the decision)",
			},
		},
		"ActivatedByAnother": {
			reason: "Taking over is part of an activation: who decides holds.",
			args:   args{state(by(them, home())), asks(to(west, 2)), fine()},
			want: want{
				state: state(Decision{Region: west, Epoch: 2, DataEpoch: 2, From: east, DecidedAt: noon, OldestData: noon.Add(-12 * time.Minute), By: us, Nonce: "n"}, by(them, home())),
				phase: PhaseSteady, reason: ReasonDecided,
				message: "us-west-2 is active at epoch 2, and us-east-1 is left; data from 2026-11-20T11:48:00Z on is accepted (12m before the decision)",
			},
		},
		"FailedBack": {
			reason: "Going home is an activation like any other.",
			args:   args{moved, asks(to(east, 3)), fine(held)},
			want: want{
				state: state(Decision{Region: east, Epoch: 3, DataEpoch: 3, From: west, DecidedAt: noon, OldestData: noon.Add(-12 * time.Minute), By: us, Nonce: "n"}, failedOver(), home()),
				phase: PhaseSteady, reason: ReasonDecided, holder: true,
				message: "us-east-1 is active at epoch 3, and us-west-2 is left; data from 2026-11-20T11:48:00Z on is accepted (12m before the decision)",
			},
		},
		"TakenOver": {
			reason: "Control moves and nothing else: no measurement is needed, the data epoch stays, and what the data may be as old as still holds for a birth that waits.",
			args:   args{foreign, asks(to(west, 3, unconsented)), fine(measuring(), seen(Region{Reachability: dark}))},
			want: want{
				state: state(Decision{Region: west, Epoch: 3, DataEpoch: 2, From: west, DecidedAt: noon, OldestData: noon.Add(-2 * time.Hour), By: us, Nonce: "n"}, by(them, failedOver())),
				phase: PhaseSteady, reason: ReasonDecided, message: "control over us-west-2 is taken over at epoch 3, and no data moves",
			},
		},
		"RestoredInPlace": {
			reason: "With restore the active region's data is born again: it is measured as any other.",
			args:   args{moved, asks(to(west, 3, inPlace)), fine(held)},
			want: want{
				state: state(Decision{
					Region: west, Epoch: 3, DataEpoch: 3, From: west, Restore: true, DecidedAt: noon, OldestData: noon.Add(-12 * time.Minute),
					By: us, Nonce: "n",
				}, failedOver(), home()),
				phase: PhaseSteady, reason: ReasonDecided, holder: true,
				message: "the data of us-west-2 is restored in place at epoch 3; data from 2026-11-20T11:48:00Z on is accepted (12m before the decision)",
			},
		},
		"RestoredInPlaceUnmeasured": {
			reason: "What restores in place moves data, so what is lost must be known.",
			args:   args{moved, asks(to(west, 3, inPlace)), fine(held, measuring(measured("db-east", east, time.Minute)))},
			want: want{
				phase: PhaseBlocked, reason: ReasonBlocked, holder: true,
				message: "us-west-2 stays active at epoch 2. NothingMeasured: no SnapshotSelection counts: none looks in us-west-2, names dr/payments in its failoverTargetRef and is in a protected namespace (dr), so nobody knows how much data would be lost. Make one, or accept it: " +
					command + `'[{"op":"test","path":"/spec/forProvider/activation/epoch","value":3},{"op":"add","path":"/spec/forProvider/activation/accept","value":["NothingMeasured"]}]'`,
			},
		},
		"Repeated": {
			reason: "A repeated activation, or one that arrives after a restart between recording and reporting, changes nothing.",
			args:   args{moved, asks(to(west, 2)), fine(held)},
			want:   want{phase: PhaseSteady, reason: ReasonSteady, message: "us-west-2 is active at epoch 2", holder: true},
		},
		"RepeatedUnfit": {
			reason: "What is decided is not blocked by what has happened since.",
			args:   args{moved, asks(to(west, 2, unconsented)), fine(held, measuring(), seen(Region{Reachability: dark}))},
			want:   want{phase: PhaseSteady, reason: ReasonSteady, message: "us-west-2 is active at epoch 2", holder: true},
		},
		"RepeatedElsewhere": {
			reason: "The same commit on a second control plane changes nothing: it follows.",
			args:   args{foreign, asks(to(west, 2)), fine()},
			want: want{
				phase: PhaseSteady, reason: ReasonFollowing,
				message: "us-west-2 is active at epoch 2. It was decided by uid-of-them, and this control plane (uid-of-us) only observes. To take over control, which moves nothing: " + takeOver,
			},
		},
		"RepeatedAdoption": {
			reason: "What was stated stays stated.",
			args:   args{state(Decision{Region: west, Epoch: 2, DataEpoch: 2, By: us, Nonce: "n2"}), asks(to(west, 2, stated)), fine(held)},
			want:   want{phase: PhaseSteady, reason: ReasonSteady, message: "us-west-2 is active at epoch 2", holder: true},
		},
		"Conflict": {
			reason: "One epoch has one active region: the record stands, and the condition says so.",
			args:   args{moved, asks(to(east, 2)), fine(held)},
			want: want{
				phase: PhaseSteady, reason: ReasonConflict, holder: true,
				message: "the activation asks for us-east-1 at epoch 2, but that is decided otherwise: us-west-2 is active at epoch 2, and us-east-1 is left; data from 2026-11-20T10:00:00Z on is accepted (1h before the decision). It changes nothing; ask for epoch 3",
			},
		},
		"ConflictInPlace": {
			reason: "A take-over that is edited into a restore in place after it was decided restores nothing.",
			args:   args{state(Decision{Region: west, Epoch: 3, DataEpoch: 2, From: west, By: us}), asks(to(west, 3, inPlace)), fine()},
			want: want{
				phase: PhaseSteady, reason: ReasonConflict,
				message: "the activation asks for us-west-2 to be restored in place at epoch 3, but that is decided otherwise: control over us-west-2 is taken over at epoch 3, and no data moves. It changes nothing; ask for epoch 4",
			},
		},
		"Stale": {
			reason: "Git replays a commit of an epoch that is past.",
			args:   args{state(Decision{Region: east, Epoch: 3, DataEpoch: 3, From: west, By: us, Nonce: "n3"}), asks(to(west, 2)), fine()},
			want: want{
				phase: PhaseSteady, reason: ReasonStale,
				message: "the activation is for epoch 2, but us-east-1 is active at epoch 3, so the next one is for epoch 4: it changes nothing",
			},
		},
		"Ahead": {
			reason: "Git brings a commit before the one that it was made after.",
			args:   args{atHome, asks(to(east, 3)), fine(held)},
			want: want{
				phase: PhaseSteady, reason: ReasonStale, holder: true,
				message: "the activation is for epoch 3, but us-east-1 is active at epoch 1, so the next one is for epoch 2: it changes nothing",
			},
		},
		"AheadUnreadable": {
			reason: "While the record does not answer, nobody knows whether an activation is ahead: it is refused, and not called stale.",
			args:   args{atHome, asks(to(east, 3)), fine(held, faulty(CodeRecordNotStrong))},
			want: want{
				phase: PhaseBlocked, reason: ReasonBlocked, holder: true,
				message: "us-east-1 stays active at epoch 1. RecordNotStrong: the record can't decide between two control planes: it is broken. " + repair,
			},
		},
		"Misadopted": {
			reason: "To state what is not so decides nothing.",
			args:   args{atHome, asks(to(west, 2, stated)), fine(held)},
			want: want{
				phase: PhaseSteady, reason: ReasonConflict, holder: true,
				message: "the activation states that us-west-2 serves at epoch 2, but us-east-1 is active at epoch 1, as is recorded. It changes nothing; to decide it, set adopt to false",
			},
		},
		"InvalidActivation": {
			reason: "A region that is not in the list can't be activated, and the recorded decision stands.",
			args:   args{atHome, asks(to(ohio, 2)), fine(held)},
			want: want{
				phase: PhaseBlocked, reason: ReasonInvalid, holder: true,
				message: "spec.forProvider.activation.region: Invalid value: us-east-2 is none of the regions [us-east-1, us-west-2]",
			},
		},
		"InvalidList": {
			reason: "The region that serves was taken out of the list. The decision stands.",
			args:   args{moved, Request{Regions: []string{east}}, fine(held)},
			want: want{
				phase: PhaseSteady, reason: ReasonInvalid, holder: true,
				message: "spec.forProvider.regions: Invalid value: [us-east-1] must contain us-west-2, which serves at epoch 2: put it back. It may go once another region is active",
			},
		},
		"InvalidFirst": {
			reason: "Nothing is first seen of what can't be read.",
			args:   args{State{}, Request{}, fine()},
			want: want{
				phase: PhasePending, reason: ReasonInvalid,
				message: "spec.forProvider.regions: Required value: list the regions, the home region first",
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			next, out := Decide(tc.args.state, tc.args.request, tc.args.facts)

			if tc.want.state.Epoch == 0 {
				tc.want.state = tc.args.state
			}

			if diff := cmp.Diff(tc.want.state, next); diff != "" {
				t.Errorf("%s\nstate: -want +got:\n%s", tc.reason, diff)
			}

			got := want{tc.want.state, out.Phase, out.Reason, out.Message, out.Holder}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\noutcome: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// shared is a request whose decision is kept in a record.
func shared(r Request) Request {
	r.RecordRegions = []string{ohio}

	return r
}
