package record

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

// read returns what the record says.
func read(state failover.State) failover.Reply {
	return failover.Reply{Result: failover.ResultDone, Reading: failover.Reading{State: state}}
}

func TestWriteAndRead(t *testing.T) {
	w := newWorld(t)
	w.single(ohio)

	ctx, at := t.Context(), []string{ohio}
	r := w.record(ohio)

	if diff := cmp.Diff(read(failover.State{}), r.Read(ctx, at)); diff != "" {
		t.Errorf("At first nothing is recorded: -want, +got:\n%s", diff)
	}

	for _, step := range []struct {
		state  failover.State
		expect int64
	}{{home(), 0}, {moved("us"), 1}} {
		if got := r.Write(ctx, at, step.state, step.expect); got.Result != failover.ResultDone {
			t.Fatalf("Write(epoch %d): %+v", step.state.Epoch, got)
		}

		// The emulator's clock stands: a read that is not consistent would miss the
		// write.
		if diff := cmp.Diff(read(step.state), r.Read(ctx, at)); diff != "" {
			t.Errorf("What is written is read: -want, +got:\n%s", diff)
		}
	}

	want := map[string]map[string]any{
		"id":      {"S": itemKey},
		"epoch":   {"N": "2"},
		"summary": {"S": "us-west-2 is active at epoch 2, and us-east-1 is left; reason: INC-4711"},
		"state":   {"S": `{"region":"us-west-2","epoch":2,"dataEpoch":2,"from":"us-east-1","decidedAt":"2026-11-20T12:00:00Z","reason":"INC-4711","by":"us","nonce":"us2","history":[{"region":"us-east-1","epoch":1,"dataEpoch":1,"decidedAt":"2026-11-20T12:00:00Z","by":"us","nonce":"n1"}]}`},
	}
	if diff := cmp.Diff(want, w.aws.Account(account).Region(ohio).Item(tableName, itemKey)); diff != "" {
		t.Errorf("A person can read the item: -want, +got:\n%s", diff)
	}
}

func TestTwoWriters(t *testing.T) {
	for name, setup := range map[string]func(w *world) [2][]string{
		"SingleRegion": func(w *world) [2][]string {
			w.single(ohio)

			return [2][]string{{ohio}, {ohio}}
		},
		"Strong": func(w *world) [2][]string {
			w.global(emulator.Strong, "", east, west, ohio)

			return [2][]string{{east, west, ohio}, {west, ohio, east}}
		},
		"Witness": func(w *world) [2][]string {
			w.global(emulator.Strong, east, west, ohio)

			return [2][]string{{west, ohio}, {ohio, west}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			at := setup(w)
			ctx := t.Context()

			one, other := w.record(at[0]...), w.record(at[1]...)
			if got := one.Write(ctx, at[0], home(), 0); got.Result != failover.ResultDone {
				t.Fatalf("Write(home): %+v", got)
			}

			for i, r := range []*Record{one, other} {
				if diff := cmp.Diff(read(home()), r.Read(ctx, at[i])); diff != "" {
					t.Fatalf("Both read epoch 1: -want, +got:\n%s", diff)
				}
			}

			if got := one.Write(ctx, at[0], moved("us"), 1); got.Result != failover.ResultDone {
				t.Errorf("The first one wins: %+v", got)
			}

			if got := other.Write(ctx, at[1], moved("them"), 1); got.Result != failover.ResultRefused {
				t.Errorf("The other one does not: %+v", got)
			}

			if diff := cmp.Diff(read(moved("us")), other.Read(ctx, at[1])); diff != "" {
				t.Errorf("The loser reads what the winner decided: -want, +got:\n%s", diff)
			}
		})
	}
}

func TestReplies(t *testing.T) {
	cases := map[string]struct {
		reason   string
		attempts int
		fault    func(w *world)
		want     failover.Reply
		taken    bool
	}{
		"LostReply": {
			reason:   "A write whose reply was lost may have taken effect.",
			attempts: 1,
			fault:    func(w *world) { w.inject(ohio, "PutItem", emulator.LoseReply().Times(1)) },
			want:     failover.Reply{Result: failover.ResultUnknown, Detail: "us-east-2 does not answer"},
			taken:    true,
		},
		"LostReplyRetried": {
			reason:   "The SDK repeats such a write, and its own first attempt refuses the second: that is no defeat, and reading back tells.",
			attempts: 2,
			fault:    func(w *world) { w.inject(ohio, "PutItem", emulator.LoseReply().Times(1)) },
			want:     failover.Reply{Result: failover.ResultRefused, Detail: "us-east-2: its epoch is not the one that was read any more"},
			taken:    true,
		},
		"ReplicatedWriteConflict": {
			reason:   "Whether another region's write wins is not known yet.",
			attempts: 1,
			fault:    func(w *world) { w.inject(ohio, "PutItem", emulator.Conflict()) },
			want:     failover.Reply{Result: failover.ResultUnknown, Detail: "us-east-2: ReplicatedWriteConflictException: One or more items in this request are being modified by a request in another Region."},
		},
		"Dark": {
			reason:   "A write that no endpoint takes is not written.",
			attempts: 1,
			fault:    func(w *world) { w.inject(ohio, "", emulator.Reset()) },
			want:     failover.Reply{Result: failover.ResultUnknown, Detail: "us-east-2 does not answer"},
		},
		"Throttled": {
			reason:   "Nor is one that is throttled, said in words that don't change.",
			attempts: 1,
			fault:    func(w *world) { w.inject(ohio, "PutItem", emulator.Throttle()) },
			want:     failover.Reply{Result: failover.ResultUnknown, Detail: "us-east-2 throttles the calls of this account"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.attempts = tc.attempts
			w.single(ohio)

			r := w.record(ohio)
			if got := r.Write(t.Context(), []string{ohio}, home(), 0); got.Result != failover.ResultDone {
				t.Fatalf("Write(home): %+v", got)
			}

			tc.fault(w)

			got := r.Write(t.Context(), []string{ohio}, moved("us"), 1)
			got.Detail = withoutSDK(got.Detail)

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}

			epoch := w.aws.Account(account).Region(ohio).Item(tableName, itemKey)["epoch"]["N"]
			if want := map[bool]string{true: "2", false: "1"}[tc.taken]; epoch != want {
				t.Errorf("%s\nthe record is at epoch %s, want %s", tc.reason, epoch, want)
			}
		})
	}
}

// withoutSDK takes out what the provider's own clients leave out of an error.
func withoutSDK(detail string) string {
	before, rest, found := strings.Cut(detail, "operation error ")
	if !found {
		return detail
	}

	_, rest, _ = strings.Cut(rest, "RequestID: ")
	_, rest, _ = strings.Cut(rest, ", ")

	return before + rest
}

func TestNextEndpoint(t *testing.T) {
	w := newWorld(t)
	w.global(emulator.Strong, "", east, west, ohio)

	at := []string{west, ohio}
	r := w.record(west, ohio, east)

	w.inject(west, "", emulator.Reset())
	w.aws.Forbid(emulator.Scope{Region: east})

	if diff := cmp.Diff(read(failover.State{}), r.Read(t.Context(), at)); diff != "" {
		t.Errorf("The next endpoint is read when one does not answer: -want, +got:\n%s", diff)
	}

	if got := r.Write(t.Context(), at, home(), 0); got.Result != failover.ResultDone {
		t.Errorf("and written: %+v", got)
	}

	w.inject(ohio, "", emulator.Reset())

	want := unreadable("us-west-2 does not answer; us-east-2 does not answer")
	if diff := cmp.Diff(want, r.Read(t.Context(), at)); diff != "" {
		t.Errorf("When none answers, each is told: -want, +got:\n%s", diff)
	}

	if v := w.aws.Violations(); len(v) > 0 {
		t.Errorf("An endpoint that is not in the step is not called: %v", v)
	}
}

func TestNoCredentials(t *testing.T) {
	r := NewTables(nil).Record(Place{Table: tableName, Key: itemKey}, func(context.Context, string) (API, string, error) {
		return nil, "", errors.New("cannot get the credentials")
	})

	want := "us-east-2: cannot get the credentials"
	if got := r.Read(t.Context(), []string{ohio}); got.Reading.Fault != (failover.RecordFault{Code: failover.CodeRecordUnreadable, Detail: want}) {
		t.Errorf("Without credentials nothing is read: %+v", got)
	}

	if got := r.Write(t.Context(), []string{ohio}, home(), 0); got.Result != failover.ResultUnknown || got.Detail != want {
		t.Errorf("and nothing is written: %+v", got)
	}
}

func TestForward(t *testing.T) {
	w := newWorld(t)
	w.single(ohio)

	newer, err := encode(itemKey, home())
	if err != nil {
		t.Fatal(err)
	}

	note := &types.AttributeValueMemberM{Value: item{"plan": &types.AttributeValueMemberBOOL{Value: true}}}
	newer["drill"] = note
	newer[attributeState] = &types.AttributeValueMemberS{Value: `{"region":"us-east-1","epoch":1,"dataEpoch":1,"decidedAt":"2026-11-20T12:00:00Z","by":"us","nonce":"n1","weather":"fine"}`}
	w.put(ohio, newer)

	r := w.record(ohio)
	if diff := cmp.Diff(read(home()), r.Read(t.Context(), []string{ohio})); diff != "" {
		t.Errorf("What a newer version adds is read over: -want, +got:\n%s", diff)
	}

	if got := r.Write(t.Context(), []string{ohio}, moved("us"), 1); got.Result != failover.ResultDone {
		t.Fatalf("Write(epoch 2): %+v", got)
	}

	want := map[string]any{"M": map[string]any{"plan": map[string]any{"BOOL": true}}}
	got := w.aws.Account(account).Region(ohio).Item(tableName, itemKey)["drill"]

	if diff := cmp.Diff(want, plain(got)); diff != "" {
		t.Errorf("and survives: -want, +got:\n%s", diff)
	}
}

// plain returns maps of any type as maps.
func plain(in map[string]any) map[string]any {
	out := map[string]any{}

	for k, v := range in {
		if m, ok := asMap(v); ok {
			v = plain(m)
		}

		out[k] = v
	}

	return out
}

func TestItemsThatMakeNoSense(t *testing.T) {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

	cases := map[string]struct {
		reason string
		item   item
		want   string
	}{
		"Empty": {
			reason: "An item that says nothing is not the absence of one: to write over it could be to decide twice.",
			item:   key(itemKey),
			want:   "it has no number epoch",
		},
		"EpochAsText": {
			reason: "An epoch that is no number can't be compared with one.",
			item:   item{"id": text(itemKey), "epoch": text("1")},
			want:   "it has no number epoch",
		},
		"NoState": {
			reason: "An epoch without a region says nothing.",
			item:   item{"id": text(itemKey), "epoch": number(1)},
			want:   "it has no text state",
		},
		"NotJSON": {
			reason: "Nobody guesses what somebody meant.",
			item:   item{"id": text(itemKey), "epoch": number(1), "state": text("{")},
			want:   "cannot decode the decision: unexpected end of JSON input",
		},
		"HalfEdited": {
			reason: "Who edits the epoch has to edit it in both places.",
			item:   item{"id": text(itemKey), "epoch": number(3), "state": text(`{"region":"us-east-1","epoch":1,"dataEpoch":1}`)},
			want:   "its epoch is 3, and its state is of epoch 1",
		},
		"NoRegion": {
			reason: "A state that can't be is refused.",
			item:   item{"id": text(itemKey), "epoch": number(1), "state": text(`{"epoch":1,"dataEpoch":1}`)},
			want:   `region: "" is not the name of a region`,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.single(ohio)
			w.put(ohio, tc.item)

			want := failover.Reply{Result: failover.ResultDone, Reading: failover.Reading{Fault: failover.RecordFault{
				Code: failover.CodeRecordUnreadable, Detail: `the item "dr/payments" of table crossdr in us-east-2 makes no sense: ` + tc.want,
			}}}
			if diff := cmp.Diff(want, w.record(ohio).Read(t.Context(), []string{ohio})); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
