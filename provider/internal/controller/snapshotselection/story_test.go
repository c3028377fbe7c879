package snapshotselection

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// What people read of a selection.
type told struct {
	Selected, DataTime, Reason string

	Ready, Synced corev1.ConditionStatus
	ReadyReason   xpv2.ConditionReason

	Events []string
}

// tell what a reconcile led to.
func (w *world) tell(s *v1alpha1.SnapshotSelection) told {
	out := told{
		Reason:      s.Status.AtProvider.Reason,
		Ready:       s.GetCondition(xpv2.TypeReady).Status,
		ReadyReason: s.GetCondition(xpv2.TypeReady).Reason,
		Synced:      s.GetCondition(xpv2.TypeSynced).Status,
		Events:      w.events.take(reasonSelected),
	}

	if sel := s.Status.AtProvider.Selected; sel != nil {
		out.Selected = sel.ID
		if sel.DataTime != nil {
			out.DataTime = sel.DataTime.UTC().Format("15:04")
		}
	}

	return out
}

// TestStory is one life of a selection in us-west-2, of a database in us-east-1.
func TestStory(t *testing.T) {
	w := newWorld(t)
	w.in(east).AddDBInstance(emulator.DBInstance{Identifier: "payments-db", ResourceID: "db-ABC"})
	w.apply(selection(func(s *v1alpha1.SnapshotSelection) {
		s.Spec.ForProvider.MaxAge = &metav1.Duration{Duration: 2 * time.Hour}
	}))

	var dark *emulator.Injection

	steps := []struct {
		reason string
		do     func(ctx context.Context)
		want   told
	}{
		{
			reason: "Nothing has come over yet.",
			do:     func(context.Context) {},
			want: told{
				Reason: "nothing in us-west-2 is a snapshot of payments-db",
				Ready:  corev1.ConditionFalse, ReadyReason: "NoCandidate", Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "A snapshot is taken at 12:01 and copied at 12:31. Its data is from when it was taken.",
			do: func(ctx context.Context) {
				w.snapshot(ctx, "first")
				w.clock.Advance(30 * time.Minute)
				w.copy(ctx, "first")
			},
			want: told{
				Selected: "first", DataTime: "12:01", Reason: "the only candidate within 2h",
				Ready: corev1.ConditionTrue, ReadyReason: "Available", Synced: corev1.ConditionTrue,
				Events: []string{"Normal Selected first: the only candidate within 2h"},
			},
		},
		{
			reason: "A newer one replaces it.",
			do:     func(ctx context.Context) { w.snapshot(ctx, "second"); w.copy(ctx, "second") },
			want: told{
				Selected: "second", DataTime: "12:32", Reason: "newest of 2 candidates within 2h",
				Ready: corev1.ConditionTrue, ReadyReason: "Available", Synced: corev1.ConditionTrue,
				Events: []string{"Normal Selected second: newest of 2 candidates within 2h"},
			},
		},
		{
			reason: "The first one is copied once more. That makes it no newer.",
			do:     func(ctx context.Context) { w.copyAs(ctx, "first", "first-again") },
			want: told{
				Selected: "second", DataTime: "12:32", Reason: "newest of 3 candidates within 2h",
				Ready: corev1.ConditionTrue, ReadyReason: "Available", Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "us-west-2 goes dark. What was selected last stays.",
			do:     func(context.Context) { dark = w.aws.Inject(emulator.Scope{Region: west}, emulator.Hang()) },
			want: told{
				Selected: "second", DataTime: "12:32", Reason: "newest of 3 candidates within 2h",
				Ready: corev1.ConditionTrue, ReadyReason: "Available", Synced: corev1.ConditionFalse,
			},
		},
		{
			reason: "A restart of the provider changes nothing about that.",
			do:     func(context.Context) { w.restart() },
			want: told{
				Selected: "second", DataTime: "12:32", Reason: "newest of 3 candidates within 2h",
				Ready: corev1.ConditionTrue, ReadyReason: "Available", Synced: corev1.ConditionFalse,
			},
		},
		{
			reason: "While it is dark the data grows too old. That can be told without asking.",
			do:     func(context.Context) { w.clock.Advance(2 * time.Hour) },
			want: told{
				Selected: "second", DataTime: "12:32", Reason: "newest of 3 candidates within 2h",
				Ready: corev1.ConditionFalse, ReadyReason: "TooOld", Synced: corev1.ConditionFalse,
			},
		},
		{
			reason: "The region comes back. Nothing is lost, and the data is as old as it is.",
			do:     func(context.Context) { dark.Clear() },
			want: told{
				Selected: "second", DataTime: "12:32", Reason: "newest of 3 candidates, older than 2h",
				Ready: corev1.ConditionFalse, ReadyReason: "TooOld", Synced: corev1.ConditionTrue,
			},
		},
		{
			reason: "A third one arrives, and all is well.",
			do:     func(ctx context.Context) { w.snapshot(ctx, "third"); w.copy(ctx, "third") },
			want: told{
				Selected: "third", DataTime: "14:38", Reason: "newest of 4 candidates within 2h",
				Ready: corev1.ConditionTrue, ReadyReason: "Available", Synced: corev1.ConditionTrue,
				Events: []string{"Normal Selected third: newest of 4 candidates within 2h"},
			},
		},
		{
			reason: "It expires before the next one is there: what is left is too old.",
			do:     func(context.Context) { w.in(west).RemoveDBSnapshot("third") },
			want: told{
				Selected: "second", DataTime: "12:32", Reason: "newest of 3 candidates, older than 2h",
				Ready: corev1.ConditionFalse, ReadyReason: "TooOld", Synced: corev1.ConditionTrue,
				Events: []string{"Normal Selected second: newest of 3 candidates, older than 2h"},
			},
		},
		{
			reason: "All of them expire.",
			do: func(context.Context) {
				for _, id := range []string{"first", "first-again", "second"} {
					w.in(west).RemoveDBSnapshot(id)
				}
			},
			want: told{
				Reason: "nothing in us-west-2 is a snapshot of payments-db",
				Ready:  corev1.ConditionFalse, ReadyReason: "NoCandidate", Synced: corev1.ConditionTrue,
				Events: []string{"Warning second is not selected any more: nothing in us-west-2 is a snapshot of payments-db"},
			},
		},
	}
	for i, s := range steps {
		s.do(t.Context())

		if diff := cmp.Diff(s.want, w.tell(w.poll())); diff != "" {
			t.Fatalf("step %d: %s\n-want, +got:\n%s", i, s.reason, diff)
		}
	}
}

// snapshot the database.
func (w *world) snapshot(ctx context.Context, id string) {
	w.t.Helper()

	if _, err := w.rds(east).CreateDBSnapshot(ctx, &rds.CreateDBSnapshotInput{
		DBInstanceIdentifier: aws.String("payments-db"), DBSnapshotIdentifier: aws.String(id),
	}); err != nil {
		w.t.Fatal(err)
	}
}

// copy a snapshot to the west.
func (w *world) copy(ctx context.Context, id string) { w.copyAs(ctx, id, id) }

func (w *world) copyAs(ctx context.Context, id, as string) {
	w.t.Helper()

	if _, err := w.rds(west).CopyDBSnapshot(ctx, &rds.CopyDBSnapshotInput{
		SourceDBSnapshotIdentifier: aws.String("arn:aws:rds:us-east-1:" + account + ":snapshot:" + id),
		TargetDBSnapshotIdentifier: aws.String(as), SourceRegion: aws.String(east),
	}); err != nil {
		w.t.Fatal(err)
	}
}
