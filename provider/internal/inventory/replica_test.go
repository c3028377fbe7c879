package inventory

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

func TestReplicaCandidate(t *testing.T) {
	const arn = "arn:aws:rds:us-west-2:111122223333:db:standby"

	want := func(with func(*snapshot.Candidate)) *snapshot.Candidate {
		c := &snapshot.Candidate{
			ID: "standby", ARN: arn, CreatedAt: data,
			Store: snapshot.Store{Identifier: "standby", ResourceID: "db-S", ARNs: []string{arn}, Region: "us-east-1"},
		}
		with(c)

		return c
	}

	cases := map[string]struct {
		reason string
		with   func(*database)
		want   *snapshot.Candidate
	}{
		"Well": {
			reason: "A replica that is available can be promoted.",
			with:   func(*database) {},
			want:   want(func(*snapshot.Candidate) {}),
		},
		"BrokenLink": {
			reason: "When the primary's region is dark the link is broken, and the replica is what is left.",
			with:   func(d *database) { d.link = "error" },
			want:   want(func(c *snapshot.Candidate) { c.Note = "its replication is error" }),
		},
		"BackingUp": {
			reason: "What is over in minutes does not make it unusable: each change would be a false alarm.",
			with:   func(d *database) { d.status = "backing-up" },
			want:   want(func(*snapshot.Candidate) {}),
		},
		"NotWell": {
			reason: "A state that is not known to be well is not.",
			with:   func(d *database) { d.status = "inaccessible-encryption-credentials" },
			want: want(func(c *snapshot.Candidate) {
				c.Unusable, c.Why = snapshot.NotAvailable, "it is inaccessible-encryption-credentials"
			}),
		},
		"Promoted": {
			reason: "What takes writes of its own is no replica any more.",
			with:   func(d *database) { d.primary = "" },
			want: want(func(c *snapshot.Candidate) {
				c.Unusable, c.Why = snapshot.NotAvailable, promoted
				c.Store.Region = "us-west-2"
			}),
		},
		"SameRegion": {
			reason: "Within a region the primary is told by its identifier.",
			with:   func(d *database) { d.primary = "payments" },
			want:   want(func(c *snapshot.Candidate) { c.Store.Region = "us-west-2" }),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := database{identifier: "standby", resourceID: "db-S", arn: arn, status: "available", createdAt: data, primary: eastDB}
			tc.with(&d)

			if diff := cmp.Diff(tc.want, d.candidate()); diff != "" {
				t.Errorf("%s\ncandidate(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFindDBInstanceReplica(t *testing.T) {
	lag := func(w *world, at time.Time, seconds float64) {
		w.in(west).PutMetric(emulator.Metric{
			Namespace: "AWS/RDS", Name: replicaLag, Dimensions: map[string]string{"DBInstanceIdentifier": "standby"},
		}, at, seconds)
	}

	cases := map[string]struct {
		reason string
		do     func(w *world)
		source snapshot.Source
		maxAge time.Duration
		want   []facts
	}{
		"Lag": {
			reason: "The data is as old as the last sample, and the lag older.",
			do:     func(w *world) { lag(w, ago(3*time.Minute), 1); lag(w, ago(2*time.Minute), 30) },
			source: snapshot.Source{Identifier: "standby"}, maxAge: 10 * time.Second,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(150 * time.Second), DataTimeSource: replicaLag}},
		},
		"Steps": {
			reason: "It is rounded down to a tenth of what is allowed: each change of a status renders an XR.",
			do:     func(w *world) { lag(w, ago(2*time.Minute), 30) },
			source: snapshot.Source{Identifier: "standby"}, maxAge: 10 * time.Minute,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(3 * time.Minute), DataTimeSource: replicaLag}},
		},
		"DarkForHours": {
			reason: "While the primary is dark nothing is replicated, and the data is as new as it was.",
			do: func(w *world) {
				w.in(west).SetReplication("standby", "error", "cannot connect")

				for h := 8; h > 5; h-- {
					lag(w, ago(time.Duration(h)*time.Hour), 600)
				}

				for m := 300; m > 0; m -= 10 {
					lag(w, ago(time.Duration(m)*time.Minute), -1)
				}
			},
			source: snapshot.Source{Identifier: "standby"}, maxAge: 10 * time.Minute,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(6*time.Hour + 10*time.Minute), DataTimeSource: replicaLag, Note: "its replication is error"}},
		},
		"NoSamples": {
			reason: "Without a sample nobody knows.",
			do:     func(*world) {},
			source: snapshot.Source{Identifier: "standby"},
			want:   []facts{{ID: "standby", Region: east}},
		},
		"ByARN": {
			reason: "An ARN tells what it is, and where.",
			do:     func(w *world) { lag(w, ago(time.Minute), 0) },
			source: snapshot.Source{ARN: "arn:aws:rds:us-west-2:111122223333:db:standby"}, maxAge: 10 * time.Second,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(time.Minute), DataTimeSource: replicaLag}},
		},
		"ByTags": {
			reason: "So do tags.",
			do:     func(w *world) { lag(w, ago(time.Minute), 0) },
			source: snapshot.Source{Tags: map[string]string{"crossdr.io/component": "db"}}, maxAge: 10 * time.Second,
			want: []facts{{ID: "standby", Region: east, DataTime: ago(time.Minute), DataTimeSource: replicaLag}},
		},
		"NotAReplica": {
			reason: "A database that takes writes of its own is no replica.",
			do:     func(*world) {},
			source: snapshot.Source{Identifier: "alone"},
			want: []facts{{
				ID: "alone", Region: west, Unusable: snapshot.NotAvailable, Why: promoted,
			}},
		},
		"NotThere": {
			reason: "What is not there is no error: it is not found.",
			do:     func(*world) {},
			source: snapshot.Source{Identifier: "gone"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.in(west).AddDBInstance(emulator.DBInstance{
				Identifier: "standby", ResourceID: "db-S", ReplicaSource: eastDB, Tags: map[string]string{"crossdr.io/component": "db"},
			})
			w.in(west).AddDBInstance(emulator.DBInstance{Identifier: "alone", ResourceID: "db-A"})
			tc.do(w)

			tc.source.Kind = snapshot.Replica
			r := of(tc.source)

			if tc.maxAge != 0 {
				r.MaxAge = &tc.maxAge
			}

			if diff := cmp.Diff(tc.want, factsOf(w.must(t, r)), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nFind(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAReplicaOfAnotherLineage(t *testing.T) {
	w := newWorld(t)
	w.in(west).AddDBInstance(emulator.DBInstance{Identifier: "standby", ResourceID: "db-NEW", ReplicaSource: eastDB})

	r := of(snapshot.Source{Kind: snapshot.Replica, Identifier: "standby", ResourceID: "db-OLD"})

	s := snapshot.Select(noon, &r.Request, w.must(t, r).Candidates)
	if len(s.Rejected) != 1 || s.Rejected[0].Code != snapshot.WrongLineage {
		t.Errorf("A replica that took the name of another is another: selected %v, rejected %v", s.Selected, s.Rejected)
	}
}
