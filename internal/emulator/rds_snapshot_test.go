package emulator

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"
)

// snapshotIDs lists the snapshots that a query finds.
func snapshotIDs(w *world, client *rds.Client, in *rds.DescribeDBSnapshotsInput) []string {
	w.t.Helper()

	var ids []string

	for pages := rds.NewDescribeDBSnapshotsPaginator(client, in); pages.HasMorePages(); {
		page := must[*rds.DescribeDBSnapshotsOutput](w)(pages.NextPage(w.t.Context()))
		for _, s := range page.DBSnapshots {
			ids = append(ids, aws.ToString(s.DBSnapshotIdentifier))
		}
	}

	return ids
}

func TestDescribeDBSnapshots(t *testing.T) {
	w := newWorld(t)
	home := w.here(west)
	home.AddDBSnapshot(DBSnapshot{Identifier: "manual", InstanceIdentifier: "payments", ResourceID: "db-A"})
	home.AddDBSnapshot(DBSnapshot{Identifier: "rds:payments-1", InstanceIdentifier: "payments", ResourceID: "db-A", Type: snapshotAutomated})
	home.AddDBSnapshot(DBSnapshot{Identifier: "awsbackup:job-1", InstanceIdentifier: "payments", ResourceID: "db-A", Type: snapshotAWSBackup})
	home.AddDBSnapshot(DBSnapshot{Identifier: "other", InstanceIdentifier: "orders", ResourceID: "db-B", Engine: "mysql"})
	w.here(east).AddDBSnapshot(DBSnapshot{Identifier: "elsewhere", InstanceIdentifier: "payments"})

	foreign := w.Account(otherAccount).Region(west)
	shared := foreign.AddDBSnapshot(DBSnapshot{Identifier: "shared", InstanceIdentifier: "payments", SharedWith: []string{testAccount}})
	public := foreign.AddDBSnapshot(DBSnapshot{Identifier: "public", InstanceIdentifier: "payments", SharedWith: []string{"all"}})
	foreign.AddDBSnapshot(DBSnapshot{Identifier: "private", InstanceIdentifier: "payments"})

	filter := func(name string, values ...string) []types.Filter {
		return []types.Filter{{Name: aws.String(name), Values: values}}
	}

	cases := map[string]struct {
		reason string
		in     rds.DescribeDBSnapshotsInput
		want   []string
	}{
		"Default": {
			reason: "Without a type, automated and manual snapshots of the account and region are listed, and no others.",
			want:   []string{"manual", "other", "rds:payments-1"},
		},
		"Instance": {
			reason: "An instance is named regardless of case.",
			in:     rds.DescribeDBSnapshotsInput{DBInstanceIdentifier: aws.String("Payments")},
			want:   []string{"manual", "rds:payments-1"},
		},
		"Resource": {
			reason: "A resource id tells instances of one name apart.",
			in:     rds.DescribeDBSnapshotsInput{DbiResourceId: aws.String("db-B")},
			want:   []string{"other"},
		},
		"Backup": {
			reason: "Snapshots of AWS Backup are listed when asked for.",
			in:     rds.DescribeDBSnapshotsInput{SnapshotType: aws.String(snapshotAWSBackup)},
			want:   []string{"awsbackup:job-1"},
		},
		"IncludeShared": {
			reason: "A shared snapshot is listed when asked for, by its ARN.",
			in:     rds.DescribeDBSnapshotsInput{IncludeShared: aws.Bool(true)},
			want:   []string{shared, "manual", "other", "rds:payments-1"},
		},
		"Public": {
			reason: "A public snapshot is listed when its type is asked for, by its ARN.",
			in:     rds.DescribeDBSnapshotsInput{SnapshotType: aws.String(snapshotPublic)},
			want:   []string{public},
		},
		"AutomatedByID": {
			reason: "An automated snapshot is found by its identifier only if its type is named.",
			in:     rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: aws.String("rds:payments-1"), SnapshotType: aws.String(snapshotAutomated)},
			want:   []string{"rds:payments-1"},
		},
		"Filters": {
			reason: "Filters narrow, and the values of one widen.",
			in: rds.DescribeDBSnapshotsInput{Filters: append(
				filter("db-instance-id", "orders", "arn:aws:rds:us-west-2:111122223333:db:payments"), filter("engine", "postgres")...)},
			want: []string{"manual", "rds:payments-1"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			equal(t, tc.reason, tc.want, snapshotIDs(w, w.rds(west), &tc.in))
		})
	}
}

func TestDescribeDBSnapshotsRefuses(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "rds:auto", Type: snapshotAutomated})

	cases := map[string]struct {
		reason string
		in     rds.DescribeDBSnapshotsInput
		want   string
	}{
		"NotFound": {
			reason: "A snapshot that does not exist is an error, not an empty list.",
			in:     rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: aws.String("none")},
			want:   "DBSnapshotNotFound",
		},
		"AutomatedWithoutType": {
			reason: "An automated snapshot is not found without its type.",
			in:     rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: aws.String("rds:auto")},
			want:   "DBSnapshotNotFound",
		},
		"TagFilter": {
			reason: "RDS has no filter for tags.",
			in:     rds.DescribeDBSnapshotsInput{Filters: []types.Filter{{Name: aws.String("tag:a"), Values: []string{"b"}}}},
			want:   codeInvalidValue,
		},
		"Type": {
			reason: "A type that does not exist is refused.",
			in:     rds.DescribeDBSnapshotsInput{SnapshotType: aws.String("nightly")},
			want:   codeInvalidValue,
		},
		"PageTooSmall": {
			reason: "A page has at least 20 records.",
			in:     rds.DescribeDBSnapshotsInput{MaxRecords: aws.Int32(5)},
			want:   codeInvalidValue,
		},
		"Marker": {
			reason: "A marker that the service did not make is refused.",
			in:     rds.DescribeDBSnapshotsInput{Marker: aws.String("made up")},
			want:   codeInvalidValue,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := w.rds(west).DescribeDBSnapshots(t.Context(), &tc.in)
			w.mustRefuse(tc.reason, tc.want, err)
		})
	}
}

func TestDescribeDBSnapshotsPages(t *testing.T) {
	w := newWorld(t)

	want := make([]string, 0, 250)

	for i := range 250 {
		id := fmt.Sprintf("s-%03d", i)
		want = append(want, id)
		w.here(west).AddDBSnapshot(DBSnapshot{Identifier: id})
	}

	equal(t, "Pages together are the whole list.", want, snapshotIDs(w, w.rds(west), &rds.DescribeDBSnapshotsInput{}))
	equal(t, "A page has 100 records by default.", 3, len(w.Calls(Scope{Service: "rds"})))

	w.SetPageSize(100 / 10)
	equal(t, "A forced size changes nothing but the number of pages.", want, snapshotIDs(w, w.rds(west), &rds.DescribeDBSnapshotsInput{}))
	equal(t, "250 records are 25 pages of 10.", 3+25, len(w.Calls(Scope{Service: "rds"})))
}

func TestPagesSurviveChanges(t *testing.T) {
	w := newWorld(t)
	w.SetPageSize(2)

	for _, id := range []string{"a", "b", "c", "d"} {
		w.here(west).AddDBSnapshot(DBSnapshot{Identifier: id})
	}

	first := must[*rds.DescribeDBSnapshotsOutput](w)(w.rds(west).DescribeDBSnapshots(t.Context(), &rds.DescribeDBSnapshotsInput{}))
	w.here(west).RemoveDBSnapshot("b")
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "aa"})

	rest := snapshotIDs(w, w.rds(west), &rds.DescribeDBSnapshotsInput{Marker: first.Marker})
	equal(t, "What comes and goes on a page that was read makes nothing appear twice or not at all.", []string{"c", "d"}, rest)
}

func TestCreateDBSnapshot(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddDBInstance(DBInstance{Identifier: "payments", ResourceID: "db-A", Encrypted: true, AllocatedStorage: 50})
	w.SetDuration(Scope{Action: "CreateDBSnapshot"}, 10*time.Minute)

	client := w.rds(west)
	must[*rds.CreateDBSnapshotOutput](w)(client.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{
		DBInstanceIdentifier: aws.String("payments"), DBSnapshotIdentifier: aws.String("S1"),
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("a & b")}},
	}))

	describe := func() types.DBSnapshot {
		return must[*rds.DescribeDBSnapshotsOutput](w)(client.DescribeDBSnapshots(t.Context(), &rds.DescribeDBSnapshotsInput{
			DBSnapshotIdentifier: aws.String("s1"),
		})).DBSnapshots[0]
	}

	w.clock.Advance(4 * time.Minute)

	begun := describe()
	equal(t, "A snapshot takes its time.", []any{"creating", int32(40)}, []any{aws.ToString(begun.Status), aws.ToInt32(begun.PercentProgress)})

	if begun.SnapshotCreateTime != nil || begun.SnapshotDatabaseTime != nil {
		t.Errorf("RDS gives no times before a snapshot is complete: got %v and %v", begun.SnapshotCreateTime, begun.SnapshotDatabaseTime)
	}

	_, err := client.CopyDBSnapshot(t.Context(), &rds.CopyDBSnapshotInput{
		SourceDBSnapshotIdentifier: aws.String("s1"), TargetDBSnapshotIdentifier: aws.String("s2"),
	})
	w.mustRefuse("A snapshot that is not complete can't be copied.", "InvalidDBSnapshotState", err)

	w.clock.Advance(6 * time.Minute)

	want := types.DBSnapshot{
		DBSnapshotIdentifier: aws.String("s1"), DBSnapshotArn: aws.String("arn:aws:rds:us-west-2:111122223333:snapshot:s1"),
		DBInstanceIdentifier: aws.String("payments"), DbiResourceId: aws.String("db-A"), SnapshotType: aws.String("manual"),
		Status: aws.String("available"), PercentProgress: aws.Int32(100), SnapshotTarget: aws.String("region"),
		SnapshotCreateTime: &noon, OriginalSnapshotCreateTime: &noon, SnapshotDatabaseTime: &noon,
		Engine: aws.String("postgres"), EngineVersion: aws.String("16.4"), AllocatedStorage: aws.Int32(50),
		AvailabilityZone: aws.String("us-west-2a"), Encrypted: aws.Bool(true),
		KmsKeyId: aws.String("arn:aws:kms:us-west-2:111122223333:key/aws-rds"),
		TagList:  []types.Tag{{Key: aws.String("team"), Value: aws.String("a & b")}},
	}
	if diff := cmp.Diff(want, describe(), cmp.AllowUnexported(types.DBSnapshot{}, types.Tag{})); diff != "" {
		t.Errorf("A complete snapshot says all of it: -want, +got:\n%s", diff)
	}

	_, err = client.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{
		DBInstanceIdentifier: aws.String("payments"), DBSnapshotIdentifier: aws.String("s1"),
	})
	w.mustRefuse("An identifier is used once.", "DBSnapshotAlreadyExists", err)
}

func TestCopyDBSnapshotAcrossRegions(t *testing.T) {
	w := newWorld(t)
	taken := noon.Add(-24 * time.Hour)
	written := taken.Add(-time.Minute)
	source := w.here(east).AddDBSnapshot(DBSnapshot{
		Identifier: "rds:payments", Type: snapshotAutomated, InstanceIdentifier: "payments", ResourceID: "db-A",
		CreateTime: taken, DatabaseTime: written, Tags: map[string]string{"team": "a"}, AvailabilityZone: "us-east-1f",
	})

	in := &rds.CopyDBSnapshotInput{
		SourceDBSnapshotIdentifier: aws.String(source), TargetDBSnapshotIdentifier: aws.String("copy"), CopyTags: aws.Bool(true),
	}
	copied := must[*rds.CopyDBSnapshotOutput](w)(w.rds(west).CopyDBSnapshot(t.Context(), in)).DBSnapshot

	type facts struct {
		Created, Original, Database time.Time
		Kind, From, Region, Zone    string
		Tags                        int
	}

	equal(t, "A copy keeps when its data is from, and not when it was made; it is of the region it is in.", facts{
		Created: noon, Original: taken, Database: written, Kind: snapshotManual, From: source, Region: east, Zone: "us-west-2a", Tags: 1,
	}, facts{
		Created: *copied.SnapshotCreateTime, Original: *copied.OriginalSnapshotCreateTime, Database: *copied.SnapshotDatabaseTime,
		Kind: *copied.SnapshotType, From: *copied.SourceDBSnapshotIdentifier, Region: *copied.SourceRegion,
		Zone: *copied.AvailabilityZone, Tags: len(copied.TagList),
	})

	w.clock.Advance(time.Hour)

	in.SourceDBSnapshotIdentifier, in.TargetDBSnapshotIdentifier = copied.DBSnapshotArn, aws.String("copy-of-copy")
	again := must[*rds.CopyDBSnapshotOutput](w)(w.rds(east).CopyDBSnapshot(t.Context(), in)).DBSnapshot
	equal(t, "A copy of a copy keeps the original time.", taken, *again.OriginalSnapshotCreateTime)

	in.SourceDBSnapshotIdentifier, in.TargetDBSnapshotIdentifier = aws.String("rds:payments"), aws.String("third")
	_, err := w.rds(west).CopyDBSnapshot(t.Context(), in)
	w.mustRefuse("A snapshot of another region is named by its ARN.", "DBSnapshotNotFound", err)
}

func TestCopyEncryptedDBSnapshot(t *testing.T) {
	w := newWorld(t)
	source := w.here(east).AddDBSnapshot(DBSnapshot{Identifier: "s", Encrypted: true})
	westKey := "arn:aws:kms:us-west-2:111122223333:key/k"

	cases := map[string]struct {
		reason       string
		key          string
		sourceRegion string
		want         string
	}{
		"NoKey": {
			reason: "A key serves one region, so a copy needs its own.", sourceRegion: east, want: codeInvalidCombination,
		},
		"KeyOfSource": {
			reason: "A key of the source region is of no use.", key: "arn:aws:kms:us-east-1:111122223333:key/k", sourceRegion: east,
			want: "KMSKeyNotAccessibleFault",
		},
		"NotPresigned": {
			reason: "The source region must be asked too.", key: westKey, want: codeInvalidCombination,
		},
		"Complete": {
			reason: "With both, the copy is made.", key: westKey, sourceRegion: east,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := &rds.CopyDBSnapshotInput{
				SourceDBSnapshotIdentifier: aws.String(source), TargetDBSnapshotIdentifier: aws.String("copy-" + name),
				KmsKeyId: optional(tc.key), SourceRegion: optional(tc.sourceRegion),
			}

			out, err := w.rds(west).CopyDBSnapshot(t.Context(), in)
			w.mustRefuse(tc.reason, tc.want, err)

			if err == nil {
				equal(t, tc.reason, westKey, aws.ToString(out.DBSnapshot.KmsKeyId))
			}
		})
	}
}

func TestCopySharedDBSnapshot(t *testing.T) {
	w := newWorld(t)
	foreign := w.Account(otherAccount).Region(west)
	private := foreign.AddDBSnapshot(DBSnapshot{Identifier: "private"})
	shared := foreign.AddDBSnapshot(DBSnapshot{Identifier: "shared", SharedWith: []string{testAccount, otherAccount}})

	for source, want := range map[string]string{private: "DBSnapshotNotFound", shared: ""} {
		_, err := w.rds(west).CopyDBSnapshot(t.Context(), &rds.CopyDBSnapshotInput{
			SourceDBSnapshotIdentifier: aws.String(source), TargetDBSnapshotIdentifier: aws.String("copy" + want),
		})
		w.mustRefuse("Only what is shared can be copied: "+source, want, err)
	}

	_, err := rds.NewFromConfig(w.other(west)).CopyDBSnapshot(t.Context(), &rds.CopyDBSnapshotInput{
		SourceDBSnapshotIdentifier: aws.String("arn:aws:rds:us-west-2:111122223333:snapshot:copy"), TargetDBSnapshotIdentifier: aws.String("back"),
	})
	w.mustRefuse("A copy is shared with nobody.", "DBSnapshotNotFound", err)
}

func TestDeleteDBSnapshot(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "manual"})
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "rds:auto", Type: snapshotAutomated})

	for id, want := range map[string]string{"manual": "", "rds:auto": "InvalidDBSnapshotState", "none": "DBSnapshotNotFound"} {
		_, err := w.rds(west).DeleteDBSnapshot(t.Context(), &rds.DeleteDBSnapshotInput{DBSnapshotIdentifier: aws.String(id)})
		w.mustRefuse("Only manual snapshots can be deleted: "+id, want, err)
	}

	left := snapshotIDs(w, w.rds(west), &rds.DescribeDBSnapshotsInput{})
	equal(t, "What was deleted is gone.", []string{"rds:auto"}, left)
}
