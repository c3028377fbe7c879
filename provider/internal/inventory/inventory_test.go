package inventory

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

func TestFindDBInstance(t *testing.T) {
	w := newWorld(t)
	w.SetPageSize(2)

	here := w.in(west)
	for i := range 5 {
		here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "s" + strconv.Itoa(i), InstanceIdentifier: "payments", ResourceID: "db-ABC", CreateTime: ago(time.Hour)})
		here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "other" + strconv.Itoa(i), InstanceIdentifier: "orders", ResourceID: "db-DEF"})
	}

	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "awsbackup:job-1", Type: "awsbackup", InstanceIdentifier: "payments", ResourceID: "db-ABC"})
	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "rds:fenced", Type: "automated", InstanceIdentifier: "payments", ResourceID: "db-OLD"})
	here.AddDBInstanceAutomatedBackup(emulator.DBInstanceAutomatedBackup{
		InstanceIdentifier: "payments", ResourceID: "db-ABC", Region: east, Earliest: ago(24 * time.Hour), Latest: ago(10 * time.Minute),
	})
	here.AddDBInstanceAutomatedBackup(emulator.DBInstanceAutomatedBackup{
		InstanceIdentifier: "payments", ResourceID: "db-OLD", Region: east, Earliest: ago(24 * time.Hour), Latest: ago(time.Minute),
	})

	a := w.must(t, of(snapshot.Source{Kind: snapshot.DBInstance, Identifier: "Payments", ResourceID: "db-ABC"}))

	got := named(a)
	slices.Sort(got)

	if diff := cmp.Diff([]string{"awsbackup:job-1", "rds:fenced", "s0", "s1", "s2", "s3", "s4"}, got); diff != "" {
		t.Errorf("All pages and all types are listed, and what is of the name: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(&Window{Earliest: ago(24 * time.Hour), Latest: ago(15 * time.Minute)}, a.Window); diff != "" {
		t.Errorf("The window is that of the source, not of what had its name: -want, +got:\n%s", diff)
	}
}

func TestFindDBCluster(t *testing.T) {
	w := newWorld(t)
	w.SetPageSize(1)

	here := w.in(west)
	original := here.AddDBClusterSnapshot(emulator.DBClusterSnapshot{Identifier: "original", ClusterIdentifier: "orders", ResourceID: "cluster-ABC", CreateTime: ago(3 * time.Hour)})
	here.AddDBClusterSnapshot(emulator.DBClusterSnapshot{Identifier: "copy", ClusterIdentifier: "orders", ResourceID: "cluster-ABC", CreateTime: ago(time.Hour), SourceARN: original})
	here.AddDBClusterSnapshot(emulator.DBClusterSnapshot{
		Identifier: "far", ClusterIdentifier: "orders", ResourceID: "cluster-ABC", CreateTime: ago(time.Hour),
		SourceARN: "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:elsewhere",
	})
	here.AddDBClusterSnapshot(emulator.DBClusterSnapshot{Identifier: "awsbackup:copyjob-1", Type: "awsbackup", ClusterIdentifier: "orders", ResourceID: "cluster-ABC"})

	a := w.must(t, of(snapshot.Source{Kind: snapshot.DBCluster, Identifier: "orders", ResourceID: "cluster-ABC"}))

	got := map[string]time.Time{}
	for _, c := range a.Candidates {
		got[c.ID] = c.DataTime
	}

	want := map[string]time.Time{"original": ago(3 * time.Hour), "copy": ago(3 * time.Hour), "far": {}, "awsbackup:copyjob-1": {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("A copy is as old as its original where that is listed, and of unknown age where not: -want, +got:\n%s", diff)
	}
}

func TestFindVolume(t *testing.T) {
	w := newWorld(t)
	w.SetPageSize(1)

	here := w.in(west)
	here.AddSnapshot(emulator.Snapshot{ID: "snap-0a", VolumeID: "vol-0a", StartTime: ago(time.Hour)})
	here.AddSnapshot(emulator.Snapshot{ID: "snap-0b", Tags: map[string]string{snapshot.TagLineage: "vol-0a", snapshot.TagDataTime: "2026-11-20T08:02:00Z"}})
	here.AddSnapshot(emulator.Snapshot{ID: "snap-0c"})
	here.AddSnapshot(emulator.Snapshot{ID: "snap-0d", VolumeID: "vol-0d"})
	w.Account("444455556666").Region(west).AddSnapshot(emulator.Snapshot{ID: "snap-0e", VolumeID: "vol-0a", SharedWith: []string{account}})

	a := w.must(t, of(snapshot.Source{Kind: snapshot.Volume, Identifier: "vol-0a"}))

	got := map[string]time.Time{}
	for _, c := range a.Candidates {
		got[c.ID] = c.DataTime
	}

	want := map[string]time.Time{"snap-0a": ago(time.Hour), "snap-0b": data}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Snapshots of the volume and copies that are tagged as such are found, those of other accounts are not: -want, +got:\n%s", diff)
	}
}

func TestWhatIsFoundIsSelected(t *testing.T) {
	w := newWorld(t)

	here := w.in(west)
	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "s1", InstanceIdentifier: "payments", ResourceID: "db-ABC"})
	here.AddSnapshot(emulator.Snapshot{ID: "snap-0b", Tags: map[string]string{snapshot.TagLineage: "vol-0a"}})
	here.AddDBInstance(emulator.DBInstance{Identifier: "standby", ResourceID: "db-S", ReplicaSource: eastDB})

	cases := map[string]struct {
		reason string
		source snapshot.Source
		want   string
	}{
		"OtherCase": {
			reason: "RDS keeps names in lower case, however they are written in a spec.",
			source: snapshot.Source{Kind: snapshot.DBInstance, Identifier: "Payments"},
			want:   "s1",
		},
		"CopyOfAVolumeByARN": {
			reason: "The ARN of a volume has its id in it, which the lineage tag of a copy has.",
			source: snapshot.Source{Kind: snapshot.Volume, ARN: "arn:aws:ec2:us-east-1:111122223333:volume/vol-0a"},
			want:   "snap-0b",
		},
		"ReplicaOtherCase": {
			reason: "What the ARN tells to be a database is one.",
			source: snapshot.Source{Kind: snapshot.Replica, Identifier: "Standby", ARN: "arn:aws:rds:us-west-2:111122223333:db:standby"},
			want:   "standby",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := of(tc.source).Normalized()

			s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
			if s.Selected == nil || s.Selected.ID != tc.want {
				t.Errorf("%s\nselected %v: %s, rejected %v; want %s", tc.reason, s.Selected, s.Reason, s.Rejected, tc.want)
			}
		})
	}
}

func TestTagsOfTheStore(t *testing.T) {
	w := newWorld(t)

	here := w.in(west)
	here.AddDBInstance(emulator.DBInstance{Identifier: "payments", ResourceID: "db-ABC", Tags: map[string]string{"app": "payments"}})
	here.AddDBInstance(emulator.DBInstance{Identifier: "orders", ResourceID: "db-DEF", Tags: map[string]string{"app": "orders"}})
	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "untagged", InstanceIdentifier: "payments", ResourceID: "db-ABC"})
	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "tagged", InstanceIdentifier: "payments", ResourceID: "db-ABC", Tags: map[string]string{"app": "payments"}})
	here.AddDBSnapshot(emulator.DBSnapshot{Identifier: "other", InstanceIdentifier: "orders", ResourceID: "db-DEF"})

	for _, id := range []string{"db-ABC", "db-DEF"} {
		here.AddDBInstanceAutomatedBackup(emulator.DBInstanceAutomatedBackup{InstanceIdentifier: "payments", ResourceID: id, Region: west, Earliest: ago(24 * time.Hour), Latest: ago(15 * time.Minute)})
	}

	r := of(snapshot.Source{Kind: snapshot.DBInstance, Tags: map[string]string{"app": "payments"}})
	a := w.must(t, r)

	if diff := cmp.Diff(&Window{Earliest: ago(24 * time.Hour), Latest: ago(15 * time.Minute)}, a.Window); diff != "" {
		t.Errorf("So is its window: -want, +got:\n%s", diff)
	}

	got := named(a)
	slices.Sort(got)

	if diff := cmp.Diff([]string{"tagged", "untagged"}, got); diff != "" {
		t.Errorf("Snapshots are known by the tags of their store, too: -want, +got:\n%s", diff)
	}

	s := snapshot.Select(noon, &r.Request, a.Candidates)
	if s.Selected == nil || len(s.Rejected) > 0 {
		t.Errorf("Tags of the store, or of its snapshots, tell the source: selected %v, rejected %v", s.Selected, s.Rejected)
	}
}

func TestExisting(t *testing.T) {
	w := newWorld(t)
	w.SetPageSize(1)

	here := w.in(west)
	here.AddDBInstance(emulator.DBInstance{Identifier: "payments-e2", ResourceID: "db-E2"})
	here.AddDBInstance(emulator.DBInstance{Identifier: "going", ResourceID: "db-GO", Status: "deleting"})
	here.AddDBCluster(emulator.DBCluster{Identifier: "orders-e2", ResourceID: "cluster-E2"})
	here.AddVolume(emulator.Volume{ID: "vol-0e2", Tags: map[string]string{tagName: "volume-e2", tagKind: "ebsvolume.ec2.aws.m.upbound.io"}})
	here.AddVolume(emulator.Volume{ID: "vol-0e3", Tags: map[string]string{tagName: "volume-e2", tagKind: "instance.ec2.aws.m.upbound.io"}})
	here.AddVolume(emulator.Volume{ID: "vol-0f1", Tags: map[string]string{tagName: "twice"}})
	here.AddVolume(emulator.Volume{ID: "vol-0f2", Tags: map[string]string{tagName: "twice"}})
	here.AddVolume(emulator.Volume{ID: "vol-0aa", Tags: map[string]string{"Name": "volume-e3"}})
	here.AddTable(emulator.Table{Name: "Table-e2", ID: "table-id"})

	cases := map[string]struct {
		reason string
		kind   snapshot.Kind
		arn    string
		name   string
		want   Existing
	}{
		"Instance": {
			reason: "Crossplane knows an instance by its resource id.",
			kind:   snapshot.DBInstance, name: "payments-e2", want: Existing{State: Present, ExternalName: "db-E2", ResourceID: "db-E2"},
		},
		"OtherCase": {
			reason: "RDS keeps names in lower case.",
			kind:   snapshot.DBInstance, name: "Payments-E2", want: Existing{State: Present, ExternalName: "db-E2", ResourceID: "db-E2"},
		},
		"NoInstance":    {reason: "What is in no page is not there.", kind: snapshot.DBInstance, name: "payments-e3", want: Existing{State: Absent}},
		"Deleting":      {reason: "What is being deleted can neither be adopted nor made again.", kind: snapshot.DBInstance, name: "going", want: Existing{State: Unknown, ResourceID: "db-GO"}},
		"Cluster":       {reason: "Crossplane knows a cluster by its name.", kind: snapshot.DBCluster, name: "orders-e2", want: Existing{State: Present, ExternalName: "orders-e2", ResourceID: "cluster-E2"}},
		"NoCluster":     {reason: "An instance is no cluster.", kind: snapshot.DBCluster, name: "payments-e2", want: Existing{State: Absent}},
		"Volume":        {reason: "Crossplane tags what it creates with its name.", kind: snapshot.Volume, name: "volume-e2", want: Existing{State: Present, ExternalName: "vol-0e2", ResourceID: "vol-0e2"}},
		"TwoVolumes":    {reason: "Of two nobody can say which to adopt.", kind: snapshot.Volume, name: "twice", want: Existing{State: Present}},
		"NoVolume":      {reason: "A name that a person gave is none of Crossplane.", kind: snapshot.Volume, name: "volume-e3", want: Existing{State: Absent}},
		"Table":         {reason: "Crossplane knows a table by its name, whose case counts.", kind: snapshot.Table, name: "Table-e2", want: Existing{State: Present, ExternalName: "Table-e2", ResourceID: "table-id"}},
		"NoTable":       {reason: "DynamoDB says that there is none.", kind: snapshot.Table, name: "table-e2", want: Existing{State: Absent}},
		"RecoveryPoint": {reason: "What would be restored is in the ARN.", kind: snapshot.RecoveryPoint, arn: eastDB, name: "payments-e2", want: Existing{State: Present, ExternalName: "db-E2", ResourceID: "db-E2"}},
		"RecoveryPointOtherCase": {
			reason: "RDS keeps names in lower case whatever it restores from: what exists must not be taken for absent.",
			kind:   snapshot.RecoveryPoint, arn: eastDB, name: "Payments-E2", want: Existing{State: Present, ExternalName: "db-E2", ResourceID: "db-E2"},
		},
		"ReplicaOtherCase": {
			reason: "So it does for what a replica is to be.",
			kind:   snapshot.Replica, arn: "arn:aws:rds:us-west-2:111122223333:cluster:orders", name: "Orders-E2", want: Existing{State: Present, ExternalName: "orders-e2", ResourceID: "cluster-E2"},
		},
		"UnknownKind": {reason: "What would be restored is not known.", kind: snapshot.Replica, name: "payments-e2", want: Existing{State: Unknown}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := of(snapshot.Source{Kind: tc.kind, Identifier: "source", ARN: tc.arn})
			r.RestoreAs = tc.name
			f := &finder{Inventory: w.inventory, clients: w.clients(west), identity: "identity", region: west}

			got, err := f.existing(t.Context(), r.Normalized())
			if err != nil {
				t.Fatalf("%s\nexisting(...): unexpected error: %v", tc.reason, err)
			}

			if diff := cmp.Diff(&tc.want, got); diff != "" {
				t.Errorf("%s\nexisting(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	snapshots := emulator.Scope{Region: west, Action: "DescribeDBSnapshots"}
	everything := emulator.Scope{Region: west}

	cases := map[string]struct {
		reason string
		at     emulator.Scope
		fault  emulator.Fault
		want   Problem
		text   string
	}{
		"Throttled": {
			reason: "Throttling is told as such.", at: snapshots, fault: emulator.Throttle(), want: Throttled,
			text: "cannot list DB snapshots in us-west-2: AWS throttles the calls of this account",
		},
		"Expired": {
			reason: "Credentials that expired are not called wrong.", at: everything, fault: emulator.Expire(), want: CredentialsExpired,
			text: "cannot list DB snapshots in us-west-2: the credentials have expired",
		},
		"Dark": {
			reason: "A region that says nothing is unreachable.", at: everything, fault: emulator.Hang(), want: Unreachable,
			text: "cannot list DB snapshots in us-west-2: the region does not answer",
		},
		"Reset": {
			reason: "So is one that cuts every connection: the words are the same, whatever happens on the wire.",
			at:     everything, fault: emulator.Reset(), want: Unreachable,
			text: "cannot list DB snapshots in us-west-2: the region does not answer",
		},
		"ClockSkew": {
			reason: "A clock that is off looks like a bad signature, and is told as what it is.",
			at:     everything, fault: emulator.SkewClock(time.Hour), want: ClockSkew,
			text: "cannot list DB snapshots in us-west-2: the clock of this provider and that of AWS differ too much",
		},
		"OptIn": {
			reason: "A region that the account has not enabled.", at: everything, fault: emulator.RequireOptIn(), want: NotOptedIn,
			text: "cannot list DB snapshots in us-west-2: the account has not enabled the region",
		},
		"BrokenPage": {
			reason: "A page that fails in the middle fails the listing: what was read of it is not all there is.",
			at:     snapshots, fault: emulator.BreakPage(2), want: ServerError,
			text: "cannot list DB snapshots in us-west-2: AWS answers with errors of its own",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.SetPageSize(1)

			for _, id := range []string{"a", "b", "c"} {
				w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: id, InstanceIdentifier: "payments", ResourceID: "db-ABC"})
			}

			r := of(snapshot.Source{Kind: snapshot.DBInstance, Identifier: "payments"})
			injection := w.Inject(tc.at, tc.fault)

			for range 2 {
				a, err := w.find(t, r)
				if a != nil || ProblemOf(err) != tc.want {
					t.Fatalf("%s\nFind(...): %v, problem %s, want %s; error: %v", tc.reason, a, ProblemOf(err), tc.want, err)
				}

				if diff := cmp.Diff(tc.text, err.Error()); diff != "" {
					t.Errorf("%s\nFind(...): error: -want, +got:\n%s", tc.reason, diff)
				}

				w.later()
			}

			injection.Clear()

			if diff := cmp.Diff([]string{"a", "b", "c"}, named(w.must(t, r))); diff != "" {
				t.Errorf("%s\nIt is over, and all is found again: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDenied(t *testing.T) {
	w := newWorld(t)
	w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments", ResourceID: "db-ABC"})
	w.Inject(emulator.Scope{Action: "DescribeDBInstances"}, emulator.Deny())

	r := of(snapshot.Source{Kind: snapshot.DBInstance, Identifier: "payments"})
	if diff := cmp.Diff([]string{"a"}, named(w.must(t, r))); diff != "" {
		t.Errorf("A permission that is not needed is not missed: -want, +got:\n%s", diff)
	}

	r.RestoreAs = "payments-e2"

	if _, err := w.find(t, r); ProblemOf(err) != AccessDenied {
		t.Errorf("What may not be asked is not Absent: Find(...): error %v", err)
	}
}

func TestOtherRegionsGoOn(t *testing.T) {
	w := newWorld(t)
	w.in(east).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments", ResourceID: "db-ABC"})

	dark := w.Inject(emulator.Scope{Region: west}, emulator.Hang())
	defer dark.Clear()

	r := of(snapshot.Source{Kind: snapshot.DBInstance, Identifier: "payments"})
	if _, err := w.find(t, r); ProblemOf(err) != Unreachable {
		t.Fatalf("Find(...) in a dark region: %v", err)
	}

	asked := len(w.Calls(emulator.Scope{Region: west}))

	for range 100 {
		if _, err := w.find(t, r); ProblemOf(err) != Unreachable {
			t.Fatalf("Find(...) in a dark region: %v", err)
		}

		there := *r
		there.Region = east

		if diff := cmp.Diff([]string{"a"}, named(w.must(t, &there))); diff != "" {
			t.Fatalf("Find(...) elsewhere: -want, +got:\n%s", diff)
		}
	}

	if n := len(w.Calls(emulator.Scope{Region: west})); n != asked {
		t.Errorf("A region that is known not to answer is asked again at once: %d calls more", n-asked)
	}
}

func TestIdentitiesSeeOnlyTheirs(t *testing.T) {
	w := newWorld(t)
	w.in(west).AddDBSnapshot(emulator.DBSnapshot{Identifier: "a", InstanceIdentifier: "payments", ResourceID: "db-ABC"})

	r := of(snapshot.Source{Kind: snapshot.DBInstance, Identifier: "payments"})
	w.must(t, r)

	w.Inject(emulator.Scope{}, emulator.Deny())

	if a, err := w.inventory.Find(t.Context(), w.clients(west), "another", r); ProblemOf(err) != AccessDenied {
		t.Errorf("Find(...) with credentials that are denied: %v, %v; what others listed is not for them", a, err)
	}
}
