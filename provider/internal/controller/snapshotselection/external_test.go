package snapshotselection

import (
	stdcmp "cmp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/inventory"
)

func at(t time.Time) *metav1.Time { return new(metav1.NewTime(t)) }

func TestObservation(t *testing.T) {
	w := newWorld(t)

	here := w.in(west)
	here.AddDBSnapshot(emulator.DBSnapshot{
		Identifier: "copy", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(3 * time.Hour), CreateTime: ago(time.Hour),
		SourceRegion: east, SourceARN: "arn:aws:rds:us-east-1:111122223333:snapshot:s", Encrypted: true, KMSKeyID: "arn:aws:kms:us-west-2:111122223333:key/k",
		AllocatedStorage: 100,
	})
	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "rds:fenced", Type: "automated", InstanceIdentifier: "payments-db", ResourceID: "db-XYZ", CreateTime: ago(time.Minute)})
	here.AddDBInstanceAutomatedBackup(emulator.DBInstanceAutomatedBackup{
		InstanceIdentifier: "payments-db", ResourceID: "db-ABC", Region: east, Earliest: ago(48 * time.Hour), Latest: ago(time.Hour),
	})
	here.AddDBInstance(emulator.DBInstance{Identifier: "payments-db-e2", ResourceID: "db-E2"})

	w.apply(selection(func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.RestoreAs = "payments-db-e2" }))

	want := v1alpha1.SnapshotSelectionObservation{
		Selected: &v1alpha1.SelectedSnapshot{
			ID: "copy", ARN: "arn:aws:rds:us-west-2:111122223333:snapshot:copy",
			DataTime: at(ago(3 * time.Hour)), DataTimeSource: "SnapshotDatabaseTime", CreatedAt: at(ago(time.Hour)),
			Encrypted: true, KMSKeyID: "arn:aws:kms:us-west-2:111122223333:key/k", Engine: "postgres", EngineVersion: "16.4", SizeGiB: 100,
			SourceRegion: east,
		},
		Reason:        "the only usable one of 2 candidates within 24h",
		Rejected:      []v1alpha1.RejectedSnapshot{{ID: "rds:fenced", Code: "WrongLineage", Message: "it is of db-XYZ, not of db-ABC"}},
		Candidates:    2,
		RestoreWindow: &v1alpha1.RestoreWindow{Earliest: at(ago(48 * time.Hour)), Latest: at(ago(time.Hour))},
		Existing:      &v1alpha1.Existing{RestoreAs: "payments-db-e2", State: v1alpha1.ExistingPresent, ExternalName: "db-E2", ResourceID: "db-E2"},
	}

	got := w.reconcile()
	if diff := cmp.Diff(want, got.Status.AtProvider); diff != "" {
		t.Errorf("The first reconcile tells all: -want, +got:\n%s", diff)
	}

	if c := got.GetCondition(xpv2.TypeReady); c.ObservedGeneration != 1 {
		t.Errorf("Ready is of generation %d, want 1", c.ObservedGeneration)
	}
}

func TestTheNameAsAWSWritesIt(t *testing.T) {
	w := newWorld(t)
	w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(time.Hour)})
	w.apply(selection(func(s *v1alpha1.SnapshotSelection) {
		s.Spec.ForProvider.Source = v1alpha1.SnapshotSource{Kind: v1alpha1.SourceDBInstance, Identifier: "Payments-DB"}
		s.Spec.ForProvider.RestoreAs = "Payments-DB-E2"
	}))

	got := w.reconcile().Status.AtProvider
	if got.Selected == nil || got.Selected.ID != "a" {
		t.Errorf("RDS keeps names in lower case, however a spec writes them: selected %v: %s, rejected %v", got.Selected, got.Reason, got.Rejected)
	}

	if diff := cmp.Diff(&v1alpha1.Existing{RestoreAs: "Payments-DB-E2", State: v1alpha1.ExistingAbsent}, got.Existing); diff != "" {
		t.Errorf("The answer is to the question as it was asked: -want, +got:\n%s", diff)
	}
}

func TestNothingChangesByItself(t *testing.T) {
	w := newWorld(t)
	w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(time.Hour)})
	w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "b", InstanceIdentifier: "payments-db", ResourceID: "db-XYZ"})
	w.apply(selection(func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.RestoreAs = "payments-db-e2" }))

	want := w.reconcile()
	for range 10 {
		if diff := cmp.Diff(want.Status, w.poll().Status); diff != "" {
			t.Fatalf("Each change of a status renders an XR: -before, +after:\n%s", diff)
		}
	}

	dark := w.aws.Inject(emulator.Scope{Region: west}, emulator.Reset())
	defer dark.Clear()

	want = w.settle()
	for range 3 {
		if diff := cmp.Diff(want.Status, w.poll().Status); diff != "" {
			t.Fatalf("Nor does a region that stays dark change anything, so that the condition tells since when: -before, +after:\n%s", diff)
		}
	}
}

func TestWhileAWSCannotBeAsked(t *testing.T) {
	t.Parallel()

	everything := emulator.Scope{Region: west}

	cases := map[string]struct {
		reason string
		fault  func(w *world) (mend func())
		limit  time.Duration
		want   string
	}{
		"Denied": {
			reason: "The condition says what is wrong: a missing permission is named.",
			fault: func(w *world) func() {
				return w.aws.Inject(emulator.Scope{Region: west, Action: "DescribeDBInstances"}, emulator.Deny()).Clear
			},
			want: "is not authorized to perform: rds:DescribeDBInstances",
		},
		"Expired": {
			reason: "So are credentials that have expired.",
			fault:  func(w *world) func() { return w.aws.Inject(everything, emulator.Expire()).Clear },
			want:   "the credentials have expired",
		},
		"Dark": {
			reason: "And a region that does not answer.",
			fault:  func(w *world) func() { return w.aws.Inject(everything, emulator.Hang()).Clear },
			limit:  500 * time.Millisecond,
			want:   "cannot list DB snapshots in us-west-2: the region does not answer",
		},
		"Throttled": {
			reason: "Throttling that lasts is told from a region that does not answer.",
			fault:  func(w *world) func() { return w.aws.Inject(everything, emulator.Throttle()).Clear },
			want:   "AWS throttles the calls of this account",
		},
		"BrokenPage": {
			reason: "Half a listing is no listing.",
			fault: func(w *world) func() {
				w.aws.SetPageSize(1)

				return w.aws.Inject(emulator.Scope{Region: west, Action: "DescribeDBSnapshots"}, emulator.BreakPage(2)).Clear
			},
			want: "AWS answers with errors of its own",
		},
		"NoProviderConfig": {
			reason: "Without credentials nothing can be asked either.",
			fault: func(w *world) func() {
				if err := w.kube.Delete(w.t.Context(), w.providerConfig()); err != nil {
					w.t.Fatal(err)
				}

				return func() { w.apply(w.providerConfig()) }
			},
			want: `cannot get ClusterProviderConfig "default"`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := newWorldWith(t, stdcmp.Or(tc.limit, 30*time.Second))
			w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(time.Hour)})
			w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "b", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(2 * time.Hour)})
			w.apply(selection(func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.RestoreAs = "payments-db-e2" }))

			before := w.reconcile()
			mend := tc.fault(w)
			after := w.settle()

			want := before.Status.AtProvider.DeepCopy()
			want.Existing.State = v1alpha1.ExistingUnknown

			if diff := cmp.Diff(*want, after.Status.AtProvider); diff != "" {
				t.Errorf("%s\nWhat was known stays, except whether something exists: -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(before.GetCondition(xpv2.TypeReady), after.GetCondition(xpv2.TypeReady)); diff != "" {
				t.Errorf("%s\nWhat was ready is no older than allowed: -before, +after:\n%s", tc.reason, diff)
			}

			if c := after.GetCondition(xpv2.TypeSynced); c.Status != corev1.ConditionFalse || !strings.Contains(c.Message, tc.want) {
				t.Errorf("%s\nSynced is %s, want False with a message that contains %q: %s", tc.reason, c.Status, tc.want, c.Message)
			}

			mend()

			if diff := cmp.Diff(before.Status, w.settle().Status, cmpopts.IgnoreFields(xpv2.Condition{}, "LastTransitionTime")); diff != "" {
				t.Errorf("%s\nWhen it is over all is as before: -before, +after:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWhatHealsByItself(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  emulator.Fault
	}{
		"ClockSkew": {reason: "The AWS SDK signs by the clock of AWS once it knows it.", fault: emulator.SkewClock(time.Hour)},
		"Throttled": {reason: "What is throttled is asked again, more slowly.", fault: emulator.Throttle().Times(1)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorldWith(t, 30*time.Second)
			w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(time.Hour)})
			w.apply(selection())
			w.aws.Inject(emulator.Scope{Region: west}, tc.fault)

			if got := w.settle(); got.Status.AtProvider.Selected == nil || got.GetCondition(xpv2.TypeSynced).Status != corev1.ConditionTrue {
				t.Errorf("%s\nstatus: %+v", tc.reason, got.Status)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	w.apply(selection())
	w.reconcile()

	// The region is dark, and the credentials are gone.
	dark := w.aws.Inject(emulator.Scope{}, emulator.Hang())
	defer dark.Clear()

	if err := w.kube.Delete(t.Context(), w.providerConfig()); err != nil {
		t.Fatal(err)
	}

	calls := len(w.aws.Calls(emulator.Scope{}))

	if err := w.kube.Delete(t.Context(), w.get()); err != nil {
		t.Fatal(err)
	}

	if got := w.reconcile(); got.GetName() != "" {
		t.Errorf("To delete it takes nothing of AWS, and it is still there: %+v", got.Status.Conditions)
	}

	if n := len(w.aws.Calls(emulator.Scope{})) - calls; n != 0 {
		t.Errorf("To delete it made %d calls", n)
	}
}

func TestManagementPolicies(t *testing.T) {
	cases := map[string]struct {
		reason   string
		policies xpv2.ManagementPolicies
		want     bool
	}{
		"All":     {reason: "The default may all, and there is only one thing to do.", policies: xpv2.ManagementPolicies{"*"}, want: true},
		"Observe": {reason: "To observe is all it does.", policies: xpv2.ManagementPolicies{"Observe"}, want: true},
		"Paused":  {reason: "Without any policy it is paused."},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments-db", ResourceID: "db-ABC"})
			w.apply(selection(func(s *v1alpha1.SnapshotSelection) { s.Spec.ManagementPolicies = tc.policies }))

			if got := w.reconcile(); (got.Status.AtProvider.Selected != nil) != tc.want {
				t.Errorf("%s\nselected: %v, conditions: %+v", tc.reason, got.Status.AtProvider.Selected, got.Status.Conditions)
			}
		})
	}
}

func TestBadSpec(t *testing.T) {
	w := newWorld(t)
	w.apply(selection(func(s *v1alpha1.SnapshotSelection) {
		p := &s.Spec.ForProvider
		p.Source = v1alpha1.SnapshotSource{Kind: v1alpha1.SourceDBInstance}
		p.Policy.Type = v1alpha1.PolicyAtOrBefore
		p.MaxAge = &metav1.Duration{Duration: -time.Second}
	}))

	const want = "observe failed: [spec.forProvider.source: Required value: state at least one of identifier, resourceId, arn and tags, " +
		"spec.forProvider.policy.time: Required value: the policy AtOrBefore needs one, " +
		`spec.forProvider.maxAge: Invalid value: "-1s": no age is negative]`

	if diff := cmp.Diff(want, w.reconcile().GetCondition(xpv2.TypeSynced).Message); diff != "" {
		t.Errorf("Every fault is told at once, with its path: -want, +got:\n%s", diff)
	}
}

func TestPolicyAndMatch(t *testing.T) {
	w := newWorld(t)
	for id, data := range map[string]time.Duration{"new": time.Hour, "old": 3 * time.Hour, "older": 4 * time.Hour} {
		w.in(west).AddDBSnapshot(emulator.DBSnapshot{
			Identifier: id, InstanceIdentifier: "payments-db", ResourceID: "db-ABC", DatabaseTime: ago(data), Tags: map[string]string{"tier": "gold"},
		})
	}

	cases := map[string]struct {
		reason string
		policy v1alpha1.SnapshotPolicy
		match  *v1alpha1.SnapshotMatch
		want   string
	}{
		"Latest":     {reason: "The newest is the default.", want: "new"},
		"AtOrBefore": {reason: "Nothing newer than asked for.", policy: v1alpha1.SnapshotPolicy{Type: v1alpha1.PolicyAtOrBefore, Time: at(ago(2 * time.Hour))}, want: "old"},
		"Exact":      {reason: "That one and no other.", policy: v1alpha1.SnapshotPolicy{Type: v1alpha1.PolicyExact, ID: "older"}, want: "older"},
		"Match": {
			reason: "What matches counts.", want: "new",
			match: &v1alpha1.SnapshotMatch{Tags: map[string]string{"tier": "gold"}, Encrypted: new(false), Origins: []v1alpha1.SnapshotOrigin{v1alpha1.OriginManual}},
		},
		"NoMatch": {reason: "What does not match does not.", match: &v1alpha1.SnapshotMatch{Encrypted: new(true)}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := selection(func(s *v1alpha1.SnapshotSelection) {
				s.Spec.ForProvider.Policy, s.Spec.ForProvider.Match = tc.policy, tc.match
			})
			w.apply(s)

			got := ""
			if sel := w.reconcile().Status.AtProvider.Selected; sel != nil {
				got = sel.ID
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nselected: -want, +got:\n%s", tc.reason, diff)
			}

			s = w.get()
			s.SetFinalizers(nil)

			if err := w.kube.Update(t.Context(), s); err != nil {
				t.Fatal(err)
			}

			if err := w.kube.Delete(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestItOnlyObserves proves it for the calls that nobody should ever see made.
func TestItOnlyObserves(t *testing.T) {
	e := &external{}

	if _, err := e.Create(t.Context(), nil); err != nil {
		t.Error(err)
	}

	if _, err := e.Update(t.Context(), nil); err != nil {
		t.Error(err)
	}

	if _, err := e.Delete(t.Context(), nil); err != nil {
		t.Error(err)
	}

	w := newWorld(t)
	w.apply(selection(func(s *v1alpha1.SnapshotSelection) { s.Spec.ForProvider.RestoreAs = "payments-db-e2" }))
	w.reconcile()
	w.poll()

	allowed := map[string]bool{}
	for _, a := range inventory.Actions {
		allowed[a] = true
	}

	for _, c := range w.aws.Calls(emulator.Scope{}) {
		if !allowed[c.Service+":"+c.Action] {
			t.Errorf("%s:%s is called, and is not in the policy", c.Service, c.Action)
		}
	}
}

var _ managed.TypedExternalClient[*v1alpha1.SnapshotSelection] = &external{}
