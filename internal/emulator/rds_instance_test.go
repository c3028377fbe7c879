package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

const largeClass = "db.r6g.large"

func (w *world) dbInstance(region, id string) types.DBInstance {
	w.t.Helper()

	return must[*rds.DescribeDBInstancesOutput](w)(w.rds(region).DescribeDBInstances(w.t.Context(), &rds.DescribeDBInstancesInput{
		DBInstanceIdentifier: aws.String(id),
	})).DBInstances[0]
}

func TestCreateDBInstance(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass})
	w.SetDuration(Scope{Service: "rds"}, 20*time.Minute)

	in := &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("Payments"), DBInstanceClass: aws.String(largeClass), Engine: aws.String("postgres"),
		AllocatedStorage: aws.Int32(100), StorageEncrypted: aws.Bool(true), BackupRetentionPeriod: aws.Int32(7),
		VpcSecurityGroupIds: []string{"sg-1", "sg-2"}, AvailabilityZone: aws.String("us-west-2b"),
	}
	must[*rds.CreateDBInstanceOutput](w)(w.rds(west).CreateDBInstance(t.Context(), in))

	begun := w.dbInstance(west, "payments")
	if *begun.DBInstanceStatus != "creating" || begun.Endpoint != nil || begun.LatestRestorableTime != nil {
		t.Errorf("An instance that is being created has no endpoint and no backups: got %s, %v, %v",
			*begun.DBInstanceStatus, begun.Endpoint, begun.LatestRestorableTime)
	}

	w.clock.Advance(20 * time.Minute)

	type facts struct {
		Status, Zone, Key string
		Restorable        time.Time
		Groups            int
		Address           bool
	}

	done := w.dbInstance(west, "payments")
	equal(t, "An instance becomes available when the clock says so.", facts{
		Status: "available", Zone: "us-west-2b", Key: "arn:aws:kms:us-west-2:111122223333:key/aws-rds",
		Restorable: noon.Add(15 * time.Minute), Groups: 2, Address: true,
	}, facts{
		Status: *done.DBInstanceStatus, Zone: *done.AvailabilityZone, Key: *done.KmsKeyId,
		Restorable: *done.LatestRestorableTime, Groups: len(done.VpcSecurityGroups), Address: done.Endpoint.Address != nil,
	})

	_, err := w.rds(west).CreateDBInstance(t.Context(), in)
	w.mustRefuse("An identifier names one instance.", "DBInstanceAlreadyExists", err)
}

func TestCreateDBInstanceRefuses(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass, ZoneIDs: []string{"usw2-az1", "usw2-az2"}})
	w.here(west).SetZoneState("usw2-az2", ZoneConstrained, "no new resources")
	w.here(west).AddDBSubnetGroup(DBSubnetGroup{Name: "two", ZoneIDs: []string{"usw2-az1", "usw2-az3"}})
	w.here(west).AddDBSubnetGroup(DBSubnetGroup{Name: "one", ZoneIDs: []string{"usw2-az1"}})
	w.here(west).AddDBSubnetGroup(DBSubnetGroup{Name: "bad", ZoneIDs: []string{"usw2-az2", "usw2-az3"}})

	cases := map[string]struct {
		reason             string
		class, zone, group string
		key                string
		want               string
	}{
		"Offered":      {reason: "What is offered is created.", class: largeClass, zone: "us-west-2a", group: "two"},
		"NotOffered":   {reason: "A class that is not offered is refused.", class: "db.x2g.large", want: codeInvalidCombination},
		"OtherRegion":  {reason: "A zone is the region's.", class: largeClass, zone: "us-east-1a", want: codeInvalidValue},
		"ZoneID":       {reason: "RDS takes the name of a zone, not its id.", class: largeClass, zone: "usw2-az1", want: codeInvalidValue},
		"Constrained":  {reason: "A constrained zone takes nothing new.", class: largeClass, zone: "us-west-2b", want: "InsufficientDBInstanceCapacity"},
		"NoGroup":      {reason: "The subnet group must exist.", class: largeClass, group: "none", want: "DBSubnetGroupNotFoundFault"},
		"NarrowGroup":  {reason: "A subnet group covers two zones.", class: largeClass, group: "one", want: "DBSubnetGroupDoesNotCoverEnoughAZs"},
		"OutsideGroup": {reason: "The zone is one of the subnet group's.", class: largeClass, zone: "us-west-2a", group: "bad", want: "InvalidVPCNetworkStateFault"},
		"NoneLeft":     {reason: "No zone of the group can take it.", class: largeClass, group: "bad", want: "InsufficientDBInstanceCapacity"},
		"Key": {
			reason: "A key is the region's.", class: largeClass, key: "arn:aws:kms:us-east-1:111122223333:key/k",
			want: "KMSKeyNotAccessibleFault",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := &rds.CreateDBInstanceInput{
				DBInstanceIdentifier: aws.String("i-" + name), DBInstanceClass: aws.String(tc.class), Engine: aws.String("postgres"),
				AvailabilityZone: optional(tc.zone), DBSubnetGroupName: optional(tc.group), KmsKeyId: optional(tc.key),
			}

			_, err := w.rds(west).CreateDBInstance(t.Context(), in)
			w.mustRefuse(tc.reason, tc.want, err)
		})
	}
}

func TestDescribeDBInstances(t *testing.T) {
	w := newWorld(t)
	arn := w.here(west).AddDBInstance(DBInstance{Identifier: "payments", ResourceID: "db-A"})
	w.here(west).AddDBInstance(DBInstance{Identifier: "orders", ResourceID: "db-B", Engine: "mysql"})

	filter := func(name, value string) rds.DescribeDBInstancesInput {
		return rds.DescribeDBInstancesInput{Filters: []types.Filter{{Name: aws.String(name), Values: []string{value}}}}
	}

	cases := map[string]struct {
		reason string
		in     rds.DescribeDBInstancesInput
		want   []string
		code   string
	}{
		"All":        {reason: "Without a name, all are listed.", want: []string{"orders", "payments"}},
		"ARN":        {reason: "An ARN names an instance.", in: rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(arn)}, want: []string{"payments"}},
		"ResourceID": {reason: "A filter finds an instance that was renamed.", in: filter("dbi-resource-id", "db-B"), want: []string{"orders"}},
		"Engine":     {reason: "Engines are told apart.", in: filter("engine", "mysql"), want: []string{"orders"}},
		"NoFilter":   {reason: "There is no filter for tags.", in: filter("tag:a", "b"), code: codeInvalidValue},
		"NotFound": {
			reason: "An instance that does not exist is an error.",
			in:     rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("none")}, code: "DBInstanceNotFound",
		},
		"OtherRegion": {
			reason: "An instance of another region is not found.",
			in:     rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("arn:aws:rds:us-east-1:111122223333:db:payments")},
			code:   "DBInstanceNotFound",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := w.rds(west).DescribeDBInstances(t.Context(), &tc.in)
			w.mustRefuse(tc.reason, tc.code, err)

			if err != nil {
				return
			}

			var got []string
			for _, i := range out.DBInstances {
				got = append(got, aws.ToString(i.DBInstanceIdentifier))
			}

			equal(t, tc.reason, tc.want, got)
		})
	}
}

func TestModifyDBInstance(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: "db.r6g.xlarge"})
	w.here(west).AddDBInstance(DBInstance{Identifier: "payments", Class: largeClass})

	type state struct {
		Class, PendingClass string
		Retention           int32
		Groups              []string
	}

	modify := func(in rds.ModifyDBInstanceInput) state {
		in.DBInstanceIdentifier = aws.String("payments")
		must[*rds.ModifyDBInstanceOutput](w)(w.rds(west).ModifyDBInstance(t.Context(), &in))

		i := w.dbInstance(west, "payments")
		s := state{
			Class: *i.DBInstanceClass, PendingClass: aws.ToString(i.PendingModifiedValues.DBInstanceClass), Retention: *i.BackupRetentionPeriod,
		}

		for _, g := range i.VpcSecurityGroups {
			s.Groups = append(s.Groups, aws.ToString(g.VpcSecurityGroupId))
		}

		return s
	}

	equal(t, "Security groups change at once; a class waits.",
		state{Class: largeClass, PendingClass: "db.r6g.xlarge", Groups: []string{"sg-deny"}},
		modify(rds.ModifyDBInstanceInput{VpcSecurityGroupIds: []string{"sg-deny"}, DBInstanceClass: aws.String("db.r6g.xlarge")}))
	equal(t, "Turning backups on waits too.",
		state{Class: largeClass, PendingClass: "db.r6g.xlarge", Groups: []string{"sg-deny"}},
		modify(rds.ModifyDBInstanceInput{BackupRetentionPeriod: aws.Int32(7)}))
	equal(t, "ApplyImmediately does what waited.",
		state{Class: "db.r6g.xlarge", Retention: 7, Groups: []string{"sg-deny"}},
		modify(rds.ModifyDBInstanceInput{ApplyImmediately: aws.Bool(true)}))
	equal(t, "From one retention to another nothing waits.",
		state{Class: "db.r6g.xlarge", Retention: 14, Groups: []string{"sg-deny"}},
		modify(rds.ModifyDBInstanceInput{BackupRetentionPeriod: aws.Int32(14)}))

	_, err := w.rds(west).ModifyDBInstance(t.Context(), &rds.ModifyDBInstanceInput{
		DBInstanceIdentifier: aws.String("payments"), NewDBInstanceIdentifier: aws.String("renamed"),
	})
	w.mustRefuse("What the emulator can't do it refuses.", codeInvalidValue, err)
}

func TestDeleteDBInstance(t *testing.T) {
	w := newWorld(t)
	w.SetDuration(Scope{Action: "DeleteDBInstance"}, 5*time.Minute)
	w.here(west).AddDBInstance(DBInstance{Identifier: "payments", ResourceID: "db-A", BackupRetentionPeriod: 7, CreateTime: noon.AddDate(0, 0, -3)})
	w.here(west).AddDBInstance(DBInstance{Identifier: "kept", DeletionProtection: true})
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "manual", ResourceID: "db-A"})
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "rds:auto", ResourceID: "db-A", Type: snapshotAutomated})

	remove := func(id string, in rds.DeleteDBInstanceInput) error {
		in.DBInstanceIdentifier = aws.String(id)
		_, err := w.rds(west).DeleteDBInstance(t.Context(), &in)

		return err
	}

	w.mustRefuse("A protected instance is not deleted.", codeInvalidCombination,
		remove("kept", rds.DeleteDBInstanceInput{SkipFinalSnapshot: aws.Bool(true)}))
	w.mustRefuse("Without a final snapshot, that must be said.", codeInvalidCombination, remove("payments", rds.DeleteDBInstanceInput{}))
	w.mustRefuse("With a final snapshot it is deleted.", "", remove("payments", rds.DeleteDBInstanceInput{
		FinalDBSnapshotIdentifier: aws.String("final"), DeleteAutomatedBackups: aws.Bool(false),
	}))

	equal(t, "Deleting takes time.", "deleting", *w.dbInstance(west, "payments").DBInstanceStatus)
	w.clock.Advance(5 * time.Minute)

	_, err := w.rds(west).DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("payments")})
	w.mustRefuse("Then it is gone.", "DBInstanceNotFound", err)

	left := must[*rds.DescribeDBInstancesOutput](w)(w.rds(west).DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{}))
	equal(t, "Only the other is listed.", 1, len(left.DBInstances))

	equal(t, "Automated snapshots stay if they are to be kept.", []string{"final", "manual", "rds:auto"},
		snapshotIDs(w, w.rds(west), &rds.DescribeDBSnapshotsInput{}))

	backups := must[*rds.DescribeDBInstanceAutomatedBackupsOutput](w)(w.rds(west).DescribeDBInstanceAutomatedBackups(t.Context(),
		&rds.DescribeDBInstanceAutomatedBackupsInput{DbiResourceId: aws.String("db-A")})).DBInstanceAutomatedBackups
	equal(t, "So does the window to restore from.", "retained", *backups[0].Status)
}

func TestDeleteDBInstanceDropsBackups(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddDBInstance(DBInstance{Identifier: "payments", ResourceID: "db-A", BackupRetentionPeriod: 7})
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "manual", ResourceID: "db-A"})
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "rds:auto", ResourceID: "db-A", Type: snapshotAutomated})
	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "rds:other", ResourceID: "db-B", Type: snapshotAutomated})

	must[*rds.DeleteDBInstanceOutput](w)(w.rds(west).DeleteDBInstance(t.Context(), &rds.DeleteDBInstanceInput{
		DBInstanceIdentifier: aws.String("payments"), SkipFinalSnapshot: aws.Bool(true),
	}))
	equal(t, "Unless they are to be kept, the automated snapshots of an instance go with it.", []string{"manual", "rds:other"},
		snapshotIDs(w, w.rds(west), &rds.DescribeDBSnapshotsInput{}))
}

func TestAutomatedBackups(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddDBInstance(DBInstance{Identifier: "payments", ResourceID: "db-A", BackupRetentionPeriod: 7, CreateTime: noon.AddDate(0, 0, -30)})
	w.here(west).AddDBInstance(DBInstance{Identifier: "none", ResourceID: "db-N"})
	w.here(west).AddDBInstanceAutomatedBackup(DBInstanceAutomatedBackup{
		ID: "ab-x", InstanceIdentifier: "orders", ResourceID: "db-B", Region: east, Earliest: noon.Add(-time.Hour), Latest: noon.Add(-10 * time.Minute),
	})

	type window struct {
		ID, Region       string
		Earliest, Latest time.Time
	}

	out := must[*rds.DescribeDBInstanceAutomatedBackupsOutput](w)(w.rds(west).DescribeDBInstanceAutomatedBackups(t.Context(),
		&rds.DescribeDBInstanceAutomatedBackupsInput{}))

	got := map[string]window{}
	for _, b := range out.DBInstanceAutomatedBackups {
		got[*b.DBInstanceIdentifier] = window{ID: *b.DbiResourceId, Region: *b.Region, Earliest: *b.RestoreWindow.EarliestTime, Latest: *b.RestoreWindow.LatestTime}
	}

	equal(t, "An instance with backups has a window that follows it; a replicated one is where it was set.", map[string]window{
		"payments": {ID: "db-A", Region: west, Earliest: noon.AddDate(0, 0, -7), Latest: noon.Add(-5 * time.Minute)},
		"orders":   {ID: "db-B", Region: east, Earliest: noon.Add(-time.Hour), Latest: noon.Add(-10 * time.Minute)},
	}, got)

	_, err := w.rds(west).DescribeDBInstanceAutomatedBackups(t.Context(), &rds.DescribeDBInstanceAutomatedBackupsInput{DbiResourceId: aws.String("db-N")})
	w.mustRefuse("An instance without backups has no window.", "DBInstanceAutomatedBackupNotFound", err)
}

func TestRestoreDBInstance(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass})
	w.here(west).AddDBSnapshot(DBSnapshot{
		Identifier: "s", InstanceIdentifier: "payments", ResourceID: "db-A", InstanceClass: largeClass, Encrypted: true,
		AvailabilityZone: "us-east-1f", AllocatedStorage: 70,
	})
	elsewhere := w.here(east).AddDBSnapshot(DBSnapshot{Identifier: "e", InstanceClass: largeClass})

	restore := func(id, snapshot string) error {
		_, err := w.rds(west).RestoreDBInstanceFromDBSnapshot(t.Context(), &rds.RestoreDBInstanceFromDBSnapshotInput{
			DBInstanceIdentifier: aws.String(id), DBSnapshotIdentifier: aws.String(snapshot),
		})

		return err
	}

	w.mustRefuse("A snapshot of another region can't be restored.", "DBSnapshotNotFound", restore("new", elsewhere))
	w.mustRefuse("One of the region can.", "", restore("new", "s"))
	w.mustRefuse("An identifier names one instance.", "DBInstanceAlreadyExists", restore("new", "s"))

	i := w.dbInstance(west, "new")
	if *i.DbiResourceId == "db-A" {
		t.Errorf("A restored instance is another one: got the resource id of its source")
	}

	equal(t, "It has the data's size and key, and a zone of the region.",
		[]any{int32(70), true, "us-west-2a"}, []any{*i.AllocatedStorage, *i.StorageEncrypted, *i.AvailabilityZone})
	equal(t, "A test may know what it was restored from.", "s", w.here(west).RestoredFrom("new"))
}

func TestReadReplica(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass})

	source := w.here(east).AddDBInstance(DBInstance{Identifier: "payments", Class: largeClass, BackupRetentionPeriod: 7})
	bare := w.here(east).AddDBInstance(DBInstance{Identifier: "bare", Class: largeClass})

	replicate := func(id, source string) error {
		_, err := w.rds(west).CreateDBInstanceReadReplica(t.Context(), &rds.CreateDBInstanceReadReplicaInput{
			DBInstanceIdentifier: aws.String(id), SourceDBInstanceIdentifier: aws.String(source),
		})

		return err
	}

	w.mustRefuse("A source without backups has no replicas.", "InvalidDBInstanceState", replicate("standby", bare))
	w.mustRefuse("A source of another region is named by its ARN.", "DBInstanceNotFound", replicate("standby", "payments"))
	w.mustRefuse("With backups and by ARN it works.", "", replicate("standby", source))

	standby := w.dbInstance(west, "standby")
	equal(t, "A replica names its source, its source names it, and it says how it replicates.",
		[]any{source, []string{*standby.DBInstanceArn}, "replicating", int32(0)},
		[]any{
			*standby.ReadReplicaSourceDBInstanceIdentifier, w.dbInstance(east, "payments").ReadReplicaDBInstanceIdentifiers,
			*standby.StatusInfos[0].Status, *standby.BackupRetentionPeriod,
		})

	w.here(west).SetReplication("standby", "error", "disk full")
	info := w.dbInstance(west, "standby").StatusInfos[0]
	equal(t, "A replica that fails says why.", []any{false, "error", "disk full"}, []any{*info.Normal, *info.Status, *info.Message})

	w.SetDuration(Scope{Action: "PromoteReadReplica"}, time.Minute)

	promote := func() error {
		_, err := w.rds(west).PromoteReadReplica(t.Context(), &rds.PromoteReadReplicaInput{DBInstanceIdentifier: aws.String("standby")})

		return err
	}

	w.mustRefuse("A replica can be promoted.", "", promote())
	equal(t, "That takes time.", "modifying", *w.dbInstance(west, "standby").DBInstanceStatus)
	w.clock.Advance(time.Minute)

	promoted := w.dbInstance(west, "standby")
	if promoted.ReadReplicaSourceDBInstanceIdentifier != nil || len(promoted.StatusInfos) > 0 ||
		len(w.dbInstance(east, "payments").ReadReplicaDBInstanceIdentifiers) > 0 {
		t.Errorf("Neither side knows the other after the promotion: got %v", promoted.ReadReplicaSourceDBInstanceIdentifier)
	}

	w.mustRefuse("It can't be promoted twice.", "InvalidDBInstanceState", promote())
}

func TestDeletingTheSourceEndsReplication(t *testing.T) {
	w := newWorld(t)
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass})
	source := w.here(east).AddDBInstance(DBInstance{Identifier: "payments", Class: largeClass, BackupRetentionPeriod: 7})

	must[*rds.CreateDBInstanceReadReplicaOutput](w)(w.rds(west).CreateDBInstanceReadReplica(t.Context(), &rds.CreateDBInstanceReadReplicaInput{
		DBInstanceIdentifier: aws.String("standby"), SourceDBInstanceIdentifier: aws.String(source),
	}))
	must[*rds.DeleteDBInstanceOutput](w)(w.rds(east).DeleteDBInstance(t.Context(), &rds.DeleteDBInstanceInput{
		DBInstanceIdentifier: aws.String("payments"), SkipFinalSnapshot: aws.Bool(true),
	}))

	equal(t, "The replica stays, and says that it no longer follows.", "terminated", *w.dbInstance(west, "standby").StatusInfos[0].Status)
}
