package inventory

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

func TestTableUnusable(t *testing.T) {
	replica := func(region string, s dynamodbtypes.ReplicaStatus) dynamodbtypes.ReplicaDescription {
		return dynamodbtypes.ReplicaDescription{RegionName: aws.String(region), ReplicaStatus: s}
	}

	cases := map[string]struct {
		reason string
		in     dynamodbtypes.TableDescription
		want   string
	}{
		"Active": {
			reason: "A replica that is active can be used, whatever the other one is.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusActive,
				Replicas:    []dynamodbtypes.ReplicaDescription{replica("us-east-1", dynamodbtypes.ReplicaStatusRegionDisabled), replica("us-west-2", dynamodbtypes.ReplicaStatusActive)},
			},
		},
		"OthersOnly": {
			reason: "The region that is asked may be left out of the list.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusActive, Replicas: []dynamodbtypes.ReplicaDescription{replica("us-east-1", dynamodbtypes.ReplicaStatusActive)},
			},
		},
		"NoReplica": {
			reason: "A table of one region replicates nothing.",
			in:     dynamodbtypes.TableDescription{TableStatus: dynamodbtypes.TableStatusActive},
			want:   "it is no replica: it is in this region only",
		},
		"ReplicaNotWell": {
			reason: "A replica that lost its key is on its way out.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusActive,
				Replicas:    []dynamodbtypes.ReplicaDescription{replica("us-west-2", dynamodbtypes.ReplicaStatusInaccessibleEncryptionCredentials)},
			},
			want: "its replica is INACCESSIBLE_ENCRYPTION_CREDENTIALS",
		},
		"TableNotWell": {
			reason: "So is a table that is being deleted.",
			in: dynamodbtypes.TableDescription{
				TableStatus: dynamodbtypes.TableStatusDeleting, Replicas: []dynamodbtypes.ReplicaDescription{replica("us-east-1", dynamodbtypes.ReplicaStatusActive)},
			},
			want: "it is DELETING",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tableUnusable(&tc.in, "us-west-2")); diff != "" {
				t.Errorf("%s\ntableUnusable(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFindTable(t *testing.T) {
	const table = "arn:aws:dynamodb:us-west-2:111122223333:table/orders"

	cases := map[string]struct {
		reason string
		table  *emulator.Table
		source snapshot.Source
		want   []facts
		window *Window
	}{
		"PointInTimeRecovery": {
			reason: "What a table can be restored to is one candidate, as new as the newest point in time, less what it is rounded by.",
			table:  &emulator.Table{Name: "orders", PointInTimeRecovery: ago(48 * time.Hour)},
			source: snapshot.Source{Identifier: "orders"},
			want:   []facts{{ID: table, Region: west, DataTime: ago(5 * time.Minute), DataTimeSource: "LatestRestorableDateTime"}},
			window: &Window{Earliest: ago(48 * time.Hour), Latest: ago(15 * time.Minute)},
		},
		"NoRecovery": {
			reason: "A table without point-in-time recovery can't be restored.",
			table:  &emulator.Table{Name: "orders"},
			source: snapshot.Source{ARN: table},
			want:   []facts{{ID: table, Region: west, Unusable: snapshot.NotAvailable, Why: "it has no point-in-time recovery"}},
		},
		"Deleting": {
			reason: "Continuous backups go with the table.",
			table:  &emulator.Table{Name: "orders", Status: "DELETING", PointInTimeRecovery: ago(48 * time.Hour)},
			source: snapshot.Source{Identifier: "orders"},
			want:   []facts{{ID: table, Region: west, Unusable: snapshot.NotAvailable, Why: "it is DELETING"}},
		},
		"Inaccessible": {
			reason: "Nothing is restored without its key.",
			table:  &emulator.Table{Name: "orders", Status: "INACCESSIBLE_ENCRYPTION_CREDENTIALS", PointInTimeRecovery: ago(48 * time.Hour)},
			source: snapshot.Source{Identifier: "orders"},
			want:   []facts{{ID: table, Region: west, Unusable: snapshot.NotAvailable, Why: "it is INACCESSIBLE_ENCRYPTION_CREDENTIALS"}},
		},
		"JustTurnedOn": {
			reason: "It is not rounded to before what can be restored to.",
			table:  &emulator.Table{Name: "orders", PointInTimeRecovery: ago(4 * time.Minute)},
			source: snapshot.Source{Identifier: "orders"},
			want:   []facts{{ID: table, Region: west, DataTime: ago(4 * time.Minute), DataTimeSource: "LatestRestorableDateTime"}},
		},
		"NoTable": {
			reason: "A table that is not there is no error.",
			source: snapshot.Source{Identifier: "orders"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if tc.table != nil {
				w.in(west).AddTable(*tc.table)
			}

			tc.source.Kind = snapshot.Table
			a := w.must(t, of(tc.source))

			if diff := cmp.Diff(tc.want, factsOf(a), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(tc.window, a.Window); diff != "" {
				t.Errorf("%s\nFind(...): window: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestATableAsItWas(t *testing.T) {
	const source = "LatestRestorableDateTime"

	cases := map[string]struct {
		reason string
		time   time.Time
		want   facts
		code   snapshot.Code
	}{
		"InTheWindow": {
			reason: "A table can be restored to any point in its window: to the very one that is asked for.",
			time:   ago(30*time.Hour + 17*time.Second),
			want:   facts{DataTime: ago(30*time.Hour + 17*time.Second), DataTimeSource: "policy.time"},
		},
		"AfterIt": {
			reason: "What is after the newest point is not there yet.",
			time:   ago(-time.Hour),
			want:   facts{DataTime: ago(10 * time.Minute), DataTimeSource: source},
		},
		"BeforeIt": {
			reason: "What is before the window is gone: the oldest that is left is too new.",
			time:   ago(49 * time.Hour),
			want:   facts{DataTime: ago(48 * time.Hour), DataTimeSource: "EarliestRestorableDateTime"},
			code:   snapshot.TooNew,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.clock.Advance(-2 * time.Minute)
			w.in(west).AddTable(emulator.Table{Name: "orders", PointInTimeRecovery: ago(48 * time.Hour)})

			r := of(snapshot.Source{Kind: snapshot.Table, Identifier: "orders"})
			r.Policy = snapshot.Policy{Type: snapshot.AtOrBefore, Time: tc.time}
			a := w.must(t, r)

			tc.want.ID, tc.want.Region = "arn:aws:dynamodb:us-west-2:111122223333:table/orders", west
			if diff := cmp.Diff([]facts{tc.want}, factsOf(a)); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}

			var code snapshot.Code
			for _, r := range snapshot.Select(noon, &r.Request, a.Candidates).Rejected {
				code = r.Code
			}

			if code != tc.code {
				t.Errorf("%s\nrejected as %q, want %q", tc.reason, code, tc.code)
			}
		})
	}
}

func TestTagsOfATable(t *testing.T) {
	w := newWorld(t)
	tags := map[string]string{"app": "payments"}

	for i := range 10 {
		tags[fmt.Sprintf("a%d", i)] = "fills the first page"
	}

	w.in(west).AddTable(emulator.Table{Name: "orders", PointInTimeRecovery: ago(48 * time.Hour), Tags: tags})
	w.in(west).AddTable(emulator.Table{Name: "untagged", PointInTimeRecovery: ago(48 * time.Hour)})
	w.Account(account).AddGlobalTable(emulator.Table{Name: "replica", Tags: tags}, emulator.Eventual, "", east, west)

	payments := map[string]string{"app": "payments"}

	cases := map[string]struct {
		reason string
		source snapshot.Source
		match  snapshot.Match
		code   snapshot.Code
	}{
		"Source":         {reason: "What is stated beside the name fits.", source: snapshot.Source{Kind: snapshot.Table, Identifier: "orders", Tags: payments}},
		"Match":          {reason: "So does what is asked for.", source: snapshot.Source{Kind: snapshot.Table, Identifier: "orders"}, match: snapshot.Match{Tags: payments}},
		"Replica":        {reason: "So it does for a replica.", source: snapshot.Source{Kind: snapshot.Replica, Identifier: "replica", Tags: payments}},
		"OtherSource":    {reason: "A table without the tags is another one.", source: snapshot.Source{Kind: snapshot.Table, Identifier: "untagged", Tags: payments}, code: snapshot.WrongLineage},
		"MatchesNothing": {reason: "A table without the tags is left out.", source: snapshot.Source{Kind: snapshot.Table, Identifier: "untagged"}, match: snapshot.Match{Tags: payments}, code: snapshot.NotMatching},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := of(tc.source)
			r.Match = tc.match

			s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)

			var code snapshot.Code
			for _, r := range s.Rejected {
				code = r.Code
			}

			if code != tc.code || (s.Selected != nil) != (tc.code == "") {
				t.Errorf("%s\nselected %v, rejected %v, want %q", tc.reason, s.Selected, s.Rejected, tc.code)
			}
		})
	}
}

func TestATableIsRestoredInItsRegionOnly(t *testing.T) {
	const inTheEast = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"

	w := newWorld(t)
	w.Account(account).AddGlobalTable(emulator.Table{Name: "orders", PointInTimeRecovery: ago(48 * time.Hour)}, emulator.Eventual, "", east, west)

	r := of(snapshot.Source{Kind: snapshot.Table, Identifier: "orders", ARN: inTheEast})
	a := w.must(t, r)
	s := snapshot.Select(noon, &r.Request, a.Candidates)

	const want = inTheEast + " can't be used: its continuous backups are in us-east-1: they can be restored there only"
	if s.Selected != nil || s.Verdict != snapshot.NoCandidate || s.Reason != want {
		t.Errorf("The replica in the west has the same name, and is not the table: selected %v, %s: %s, want %s", s.Selected, s.Verdict, s.Reason, want)
	}

	if a.Window != nil {
		t.Errorf("The window of the replica in the west must not be offered: %v", a.Window)
	}

	if calls := w.Calls(emulator.Scope{}); len(calls) != 0 {
		t.Errorf("There is nothing to ask in the west: %v", calls)
	}
}

func TestAReplicatedTableIsTheSameTable(t *testing.T) {
	w := newWorld(t)
	w.Account(account).AddGlobalTable(emulator.Table{Name: "orders"}, emulator.Eventual, "", east, west)
	w.Account(account).AddGlobalTable(emulator.Table{Name: "other"}, emulator.Eventual, "", "us-east-2", west)

	for name, want := range map[string]bool{"orders": true, "other": false} {
		r := of(snapshot.Source{Kind: snapshot.Replica, ARN: "arn:aws:dynamodb:us-east-1:111122223333:table/" + name})

		s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
		if (s.Selected != nil) != want {
			t.Errorf("The replica of the table %s of the other region is told by its ARN: selected %v, rejected %v", name, s.Selected, s.Rejected)
		}
	}
}

func TestFindTableReplica(t *testing.T) {
	cases := map[string]struct {
		reason      string
		consistency string
		regions     []string
		state       string
		want        []facts
	}{
		"NotAuthorized": {
			reason:      "A link that is broken takes nothing away from what has come over it.",
			consistency: emulator.Eventual, regions: []string{east, west}, state: "REPLICATION_NOT_AUTHORIZED",
			want: []facts{{ID: "orders", Region: west, Note: "its replication is not authorized"}},
		},
		"Eventual": {
			reason:      "DynamoDB tells the lag in the region that sends only, which may be dark.",
			consistency: emulator.Eventual, regions: []string{east, west},
			want: []facts{{ID: "orders", Region: west}},
		},
		"Strong": {
			reason:      "What is acknowledged is in all regions.",
			consistency: emulator.Strong, regions: []string{east, west, "us-east-2"},
			want: []facts{{ID: "orders", Region: west, DataTime: noon, DataTimeSource: "MultiRegionConsistency"}},
		},
		"Inaccessible": {
			reason:      "A replica without its key is on its way out.",
			consistency: emulator.Eventual, regions: []string{east, west}, state: "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
			want: []facts{{ID: "orders", Region: west, Unusable: snapshot.NotAvailable, Why: "it is INACCESSIBLE_ENCRYPTION_CREDENTIALS"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Account(account).AddGlobalTable(emulator.Table{Name: "orders", Status: tc.state}, tc.consistency, "", tc.regions...)

			if diff := cmp.Diff(tc.want, factsOf(w.must(t, of(snapshot.Source{Kind: snapshot.Replica, Identifier: "orders"})))); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
