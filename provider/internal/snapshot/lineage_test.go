package snapshot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	east = "arn:aws:rds:us-east-1:111122223333:db:payments-db"
	west = "arn:aws:rds:us-west-2:111122223333:db:payments-db"
)

func TestDescends(t *testing.T) {
	type want struct {
		Answer answer
		Why    string
	}

	lineage := func(v string) map[string]string { return map[string]string{TagLineage: v} }

	cases := map[string]struct {
		reason    string
		source    Source
		candidate Candidate
		want      want
	}{
		"SameResourceID": {
			reason:    "What AWS gives once proves it, even after somebody renamed the store.",
			source:    Source{Identifier: "payments-db", ResourceID: "db-ABC"},
			candidate: Candidate{Store: Store{Identifier: "payments-db-old", ResourceID: "db-ABC"}},
			want:      want{Answer: proven},
		},
		"OtherResourceID": {
			reason:    "The fenced database, or another one of the name, is another one, whatever else fits.",
			source:    Source{Identifier: "payments-db", ResourceID: "db-ABC", ARN: east},
			candidate: Candidate{Store: Store{Identifier: "payments-db", ResourceID: "db-XYZ", ARNs: []string{east}}, Tags: lineage("db-ABC")},
			want:      want{Answer: foreign, Why: "it is of db-XYZ, not of db-ABC"},
		},
		"SameARN": {
			reason:    "The ARN of the store that AWS Backup tells is proof.",
			source:    Source{ARN: east},
			candidate: Candidate{Store: Store{Identifier: "payments-db", ARNs: []string{east}}},
			want:      want{Answer: proven},
		},
		"OneOfItsARNs": {
			reason:    "A replicated table is the same table in each of its regions.",
			source:    Source{ARN: east},
			candidate: Candidate{Store: Store{ARNs: []string{west, east}}},
			want:      want{Answer: proven},
		},
		"OtherARN": {
			reason:    "A store of the same name in another region is another one.",
			source:    Source{Identifier: "payments-db", ARN: east},
			candidate: Candidate{Store: Store{Identifier: "payments-db", ARNs: []string{west}}},
			want:      want{Answer: foreign, Why: "it is of " + west + ", not of " + east},
		},
		"Tagged": {
			reason:    "Nothing but a tag tells what a copy of an EBS snapshot is a copy of.",
			source:    Source{Identifier: "vol-0a", ResourceID: "vol-0a"},
			candidate: Candidate{Tags: lineage("vol-0a")},
			want:      want{Answer: proven},
		},
		"TaggedWithARN": {
			reason:    "An ARN in the tag is compared with the ARN.",
			source:    Source{ARN: east, ResourceID: "db-ABC"},
			candidate: Candidate{Tags: lineage(east)},
			want:      want{Answer: proven},
		},
		"TaggedWithAnUnknownARN": {
			reason:    "An ARN in the tag says nothing to who knows the resource id only: the next rule is asked.",
			source:    Source{Identifier: "payments-db", ResourceID: "db-ABC"},
			candidate: Candidate{Store: Store{Identifier: "payments-db"}, Tags: lineage(east)},
			want:      want{Answer: named},
		},
		"TaggedAsAnother": {
			reason:    "A tag that names another store is believed before a name is.",
			source:    Source{Identifier: "payments-db", ResourceID: "db-ABC"},
			candidate: Candidate{Store: Store{Identifier: "payments-db"}, Tags: lineage("db-XYZ")},
			want:      want{Answer: foreign, Why: "its tag crossdr.io/lineage says that it is of db-XYZ, not of db-ABC"},
		},
		"TaggedWithTheName": {
			reason:    "Where only the name is known, the tag may say it.",
			source:    Source{Identifier: "payments-db"},
			candidate: Candidate{Tags: lineage("payments-db")},
			want:      want{Answer: proven},
		},
		"TaggedWithAnUnknownID": {
			reason:    "An id in the tag contradicts no name.",
			source:    Source{Identifier: "payments-db"},
			candidate: Candidate{Store: Store{Identifier: "payments-db"}, Tags: lineage("db-ABC")},
			want:      want{Answer: named},
		},
		"SameName": {
			reason:    "After a rebuild from Git nothing but the name is known.",
			source:    Source{Identifier: "payments-db"},
			candidate: Candidate{Store: Store{Identifier: "payments-db", ResourceID: "db-ABC"}},
			want:      want{Answer: named},
		},
		"SameNameNoResourceID": {
			reason:    "A copy for which AWS tells no resource id contradicts nothing.",
			source:    Source{Identifier: "payments-db", ResourceID: "db-ABC"},
			candidate: Candidate{Store: Store{Identifier: "payments-db"}},
			want:      want{Answer: named},
		},
		"OtherName": {
			reason:    "Another name is another store where nothing else is known.",
			source:    Source{Identifier: "payments-db"},
			candidate: Candidate{Store: Store{Identifier: "orders-db"}},
			want:      want{Answer: foreign, Why: "it is of orders-db, not of payments-db"},
		},
		"NothingKnown": {
			reason:    "What nothing proves is of another lineage.",
			source:    Source{Identifier: "vol-0a", ResourceID: "vol-0a"},
			candidate: Candidate{},
			want:      want{Answer: foreign, Why: "nothing proves that it is of vol-0a"},
		},
		"OnlyTags": {
			reason:    "Tags that its owner chose tell the source.",
			source:    Source{Tags: map[string]string{"app": "payments"}},
			candidate: Candidate{Tags: map[string]string{"app": "payments", "more": "tags"}},
			want:      want{Answer: named},
		},
		"TagsOfTheStore": {
			reason:    "Snapshots don't have the tags of their store unless somebody asks for that.",
			source:    Source{Tags: map[string]string{"app": "payments"}},
			candidate: Candidate{Store: Store{Tags: map[string]string{"app": "payments"}}},
			want:      want{Answer: named},
		},
		"OtherTags": {
			reason:    "All of the tags have to fit.",
			source:    Source{Tags: map[string]string{"app": "payments", "env": "prod"}},
			candidate: Candidate{Tags: map[string]string{"app": "payments", "env": "test"}},
			want:      want{Answer: foreign, Why: "neither it nor its store is tagged app=payments, env=prod"},
		},
		"TagsToo": {
			reason:    "What is stated beside the identity has to fit, too.",
			source:    Source{ResourceID: "db-ABC", Tags: map[string]string{"env": "prod"}},
			candidate: Candidate{Store: Store{ResourceID: "db-ABC"}},
			want:      want{Answer: foreign, Why: "neither it nor its store is tagged env=prod"},
		},
		"NoSource": {
			reason:    "A source that states nothing is not everything.",
			candidate: Candidate{Store: Store{Identifier: "payments-db", ResourceID: "db-ABC"}},
			want:      want{Answer: foreign, Why: "the source states nothing to know it by"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got want

			got.Answer, got.Why = descends(&tc.source, &tc.candidate)

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\ndescends(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestAmbiguity(t *testing.T) {
	in := func(region, resourceID string) *Candidate {
		return &Candidate{
			ID: region + resourceID, DataTime: ago(time.Hour), Tags: map[string]string{"app": "payments"},
			Store: Store{Identifier: "payments-db", ResourceID: resourceID, Region: region},
		}
	}

	backupOf := func(arn string) *Candidate {
		return &Candidate{ID: "backup of " + arn, DataTime: ago(time.Hour), Store: Store{Identifier: "payments-db", ARNs: []string{arn}, Region: "us-east-1"}}
	}
	copyOf := func(volume string) *Candidate {
		return &Candidate{ID: "copy of " + volume, DataTime: ago(time.Hour), Tags: map[string]string{"app": "payments", TagLineage: volume}}
	}
	original := in("us-west-2", "vol-0a")

	cases := map[string]struct {
		reason     string
		source     Source
		candidates []*Candidate
		want       string
	}{
		"TheNameIsUsedForAnotherKind": {
			reason:     "A database and a table of a region can have the same name, and AWS Backup lists the backups of both.",
			source:     Source{Identifier: "payments-db"},
			candidates: []*Candidate{backupOf(east), backupOf("arn:aws:dynamodb:us-east-1:111122223333:table/payments-db"), backupOf(east)},
			want: "payments-db may be arn:aws:dynamodb:us-east-1:111122223333:table/payments-db in us-east-1 or " + east +
				" in us-east-1: state the resourceId or the arn",
		},
		"TheNameIsUsedInAnotherAccount": {
			reason:     "So can two accounts have a store of the same name in the same region, and one may have copied what the other shared.",
			source:     Source{Identifier: "payments-db"},
			candidates: []*Candidate{backupOf(east), backupOf("arn:aws:rds:us-east-1:444455556666:db:payments-db")},
			want:       "payments-db may be " + east + " in us-east-1 or arn:aws:rds:us-east-1:444455556666:db:payments-db in us-east-1: state the resourceId or the arn",
		},
		"TaggedCopiesOfTwoStores": {
			reason:     "Copies of which AWS tells nothing are of two stores if their lineage tags say so.",
			source:     Source{Tags: map[string]string{"app": "payments"}},
			candidates: []*Candidate{copyOf("vol-0a"), copyOf("vol-0b")},
			want:       "what is tagged app=payments may be vol-0a or vol-0b: state the resourceId or the arn",
		},
		"TaggedCopiesOfOneStore": {
			reason:     "A snapshot and its copy are of one store if the lineage tag of the copy says so.",
			source:     Source{Tags: map[string]string{"app": "payments"}},
			candidates: []*Candidate{original, copyOf("vol-0a")},
		},
		"OneStore": {
			reason:     "Many snapshots of one store are not ambiguous, not even if one of them went through another region.",
			source:     Source{Identifier: "payments-db"},
			candidates: []*Candidate{in("us-east-1", "db-ABC"), in("us-east-1", "db-ABC"), in("eu-west-1", "db-ABC")},
		},
		"TheNameWasUsedBefore": {
			reason:     "A region has one store of a name at a time: the source is whichever has it.",
			source:     Source{Identifier: "payments-db"},
			candidates: []*Candidate{in("us-east-1", "db-ABC"), in("us-east-1", "db-OLD")},
		},
		"TheNameIsUsedElsewhere": {
			reason:     "Two regions can have a store of the same name, and the newer data may be of the wrong one.",
			source:     Source{Identifier: "payments-db"},
			candidates: []*Candidate{in("us-east-1", "db-ABC"), in("us-west-2", "db-XYZ")},
			want:       "payments-db may be db-ABC in us-east-1 or db-XYZ in us-west-2: state the resourceId or the arn",
		},
		"NoResourceIDs": {
			reason:     "Without resource ids regions tell stores apart.",
			source:     Source{Identifier: "payments-db"},
			candidates: []*Candidate{in("us-west-2", ""), in("us-east-1", "")},
			want:       "payments-db may be payments-db in us-east-1 or payments-db in us-west-2: state the resourceId or the arn",
		},
		"RegionUnknown": {
			reason:     "What may be in the same region is no contradiction.",
			source:     Source{Identifier: "payments-db"},
			candidates: []*Candidate{in("", "db-ABC"), in("us-west-2", "db-XYZ"), in("", "db-DEF")},
		},
		"TaggedOneStore": {
			reason:     "Tags that one store carries tell it.",
			source:     Source{Tags: map[string]string{"app": "payments"}},
			candidates: []*Candidate{in("us-east-1", "db-ABC"), in("us-east-1", "db-ABC")},
		},
		"TaggedTwoStores": {
			reason:     "After a failover the fenced database and the serving one carry the same tags.",
			source:     Source{Tags: map[string]string{"app": "payments"}},
			candidates: []*Candidate{in("us-east-1", "db-XYZ"), in("us-east-1", "db-ABC")},
			want:       "what is tagged app=payments may be db-ABC in us-east-1 or db-XYZ in us-east-1: state the resourceId or the arn",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ambiguity(&tc.source, tc.candidates)); diff != "" {
				t.Errorf("%s\nambiguity(...): -want, +got:\n%s", tc.reason, diff)
			}

			s := Select(noon, &Request{Source: tc.source}, tc.candidates)
			if (s.Selected == nil) != (tc.want != "") {
				t.Errorf("%s\nSelect(...): selected %v with ambiguity %q", tc.reason, s.Selected, tc.want)
			}

			for _, r := range s.Rejected {
				if diff := cmp.Diff(Rejection{ID: r.ID, Code: Ambiguous, Message: tc.want, createdAt: r.createdAt}, r, cmp.AllowUnexported(Rejection{})); diff != "" {
					t.Errorf("%s\nSelect(...): rejection: -want, +got:\n%s", tc.reason, diff)
				}
			}
		})
	}
}

func TestTrace(t *testing.T) {
	store := Store{Identifier: "orders", ResourceID: "cluster-ABC", Region: "us-east-1", ARNs: []string{"arn:orders"}}
	hop := Store{Identifier: "orders", ResourceID: "cluster-ABC", Region: "eu-west-1", ARNs: []string{"arn:other"}}

	cases := map[string]struct {
		reason string
		in     []Candidate
		want   []Candidate
	}{
		"CopyOfACopy": {
			reason: "The data time and the place of the store come from the first of the chain, in whatever order it is listed.",
			in: []Candidate{
				{ID: "third", ARN: "3", Parent: "2", Store: hop},
				{ID: "first", ARN: "1", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ID: "second", ARN: "2", Parent: "1", Store: Store{Identifier: "orders"}},
			},
			want: []Candidate{
				{ID: "third", ARN: "3", Parent: "2", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime of first"},
				{ID: "first", ARN: "1", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ID: "second", ARN: "2", Parent: "1", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime of first"},
			},
		},
		"OwnDataTime": {
			reason: "What a copy tells itself stands.",
			in: []Candidate{
				{ARN: "1", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ARN: "2", Parent: "1", Store: store, DataTime: ago(time.Hour), DataTimeSource: "crossdr.io/data-time"},
			},
			want: []Candidate{
				{ARN: "1", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ARN: "2", Parent: "1", Store: store, DataTime: ago(time.Hour), DataTimeSource: "crossdr.io/data-time"},
			},
		},
		"NotListed": {
			reason: "A chain that leaves the region ends there.",
			in:     []Candidate{{ARN: "2", Parent: "1", Store: hop}},
			want:   []Candidate{{ARN: "2", Parent: "1", Store: hop}},
		},
		"OtherStore": {
			reason: "A chain does not make one store another, nor the data of one the data of another.",
			in: []Candidate{
				{ARN: "1", Store: store, DataTime: noon},
				{ARN: "2", Parent: "1", Store: Store{Identifier: "orders", ResourceID: "cluster-XYZ"}},
			},
			want: []Candidate{
				{ARN: "1", Store: store, DataTime: noon},
				{ARN: "2", Parent: "1", Store: Store{Identifier: "orders", ResourceID: "cluster-XYZ"}},
			},
		},
		"NothingBeforeIt": {
			reason: "What the original does not tell, the copy may.",
			in:     []Candidate{{ARN: "1"}, {ARN: "2", Parent: "1", Store: hop}},
			want:   []Candidate{{ARN: "1"}, {ARN: "2", Parent: "1", Store: hop}},
		},
		"TheNameIsAnotherSnapshotsNow": {
			reason: "The original was deleted, and its name given to a newer snapshot: nothing is a copy of what was made after it.",
			in: []Candidate{
				{ID: "nightly", ARN: "1", Store: store, CreatedAt: noon, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ID: "copy", ARN: "2", Parent: "1", Store: Store{Identifier: "orders"}, CreatedAt: ago(48 * time.Hour)},
			},
			want: []Candidate{
				{ID: "nightly", ARN: "1", Store: store, CreatedAt: noon, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ID: "copy", ARN: "2", Parent: "1", Store: Store{Identifier: "orders"}, CreatedAt: ago(48 * time.Hour)},
			},
		},
		"TheNameIsOfWhatIsBeingMade": {
			reason: "So is what is not finished, of which AWS tells no time, no original of what is.",
			in: []Candidate{
				{ID: "nightly", ARN: "1", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ID: "copy", ARN: "2", Parent: "1", Store: Store{Identifier: "orders"}, CreatedAt: ago(48 * time.Hour)},
			},
			want: []Candidate{
				{ID: "nightly", ARN: "1", Store: store, DataTime: noon, DataTimeSource: "SnapshotCreateTime"},
				{ID: "copy", ARN: "2", Parent: "1", Store: Store{Identifier: "orders"}, CreatedAt: ago(48 * time.Hour)},
			},
		},
		"Part": {
			reason: "A part is as old as the whole, and of its own store.",
			in: []Candidate{
				{ID: "part", ARN: "2", Whole: "1", Store: store},
				{ID: "whole", ARN: "1", DataTime: noon, DataTimeSource: "CreationDate", Store: hop},
			},
			want: []Candidate{
				{ID: "part", ARN: "2", Whole: "1", Store: store, DataTime: noon, DataTimeSource: "CreationDate of whole"},
				{ID: "whole", ARN: "1", DataTime: noon, DataTimeSource: "CreationDate", Store: hop},
			},
		},
		"Circle": {
			reason: "A circle, which there should not be, ends.",
			in:     []Candidate{{ARN: "1", Parent: "2"}, {ARN: "2", Parent: "1", Store: hop}, {ARN: "3", Parent: "3"}},
			want:   []Candidate{{ARN: "1", Parent: "2", Store: hop}, {ARN: "2", Parent: "1", Store: hop}, {ARN: "3", Parent: "3"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			Trace(tc.in)

			if diff := cmp.Diff(tc.want, tc.in); diff != "" {
				t.Errorf("%s\nTrace(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
