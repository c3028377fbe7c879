package emulator

import (
	"strings"
	"time"
)

// A DBSnapshot is a snapshot of a DB instance. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
type DBSnapshot struct {
	// Identifier of the snapshot; those of automated ones begin with "rds:".
	Identifier string

	// InstanceIdentifier and ResourceID are of the instance that it is of.
	InstanceIdentifier, ResourceID string

	// Type is manual, automated or awsbackup; manual by default.
	Type string

	// Status is available by default. Until AvailableAt it is creating.
	Status      string
	AvailableAt time.Time

	// CreateTime is when this snapshot or copy was made; now by default.
	CreateTime time.Time

	// OriginalCreateTime is when the snapshot was made that this is a copy of,
	// at any remove; CreateTime by default.
	OriginalCreateTime time.Time

	// DatabaseTime is that of the last transaction in it; none by default.
	DatabaseTime time.Time

	// Engine, EngineVersion and InstanceClass are those of the instance; by
	// default postgres, 16.4 and none.
	Engine, EngineVersion, InstanceClass string

	// AllocatedStorage in GiB; 20 by default.
	AllocatedStorage int

	// AvailabilityZone of the instance, by name; the first by default.
	AvailabilityZone string

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	// SourceARN and SourceRegion are of the snapshot that this is a copy of, if
	// it came from another account or region.
	SourceARN, SourceRegion string

	// SharedWith are the ids of accounts that may restore the snapshot; "all" is
	// every account.
	SharedWith []string

	Tags map[string]string
}

// AddDBSnapshot adds a snapshot, and returns its ARN.
func (r *Region) AddDBSnapshot(s DBSnapshot) string {
	r.locked(func(now time.Time) { r.putDBSnapshot(&s, now) })

	return r.view(s.facts()).arn
}

// RemoveDBSnapshot removes a snapshot, such as an automated one that expires.
func (r *Region) RemoveDBSnapshot(identifier string) {
	r.locked(func(time.Time) { r.dbSnapshots.remove(identifier) })
}

func (r *Region) putDBSnapshot(s *DBSnapshot, now time.Time) {
	s.Identifier = strings.ToLower(s.Identifier)
	s.Type = or(s.Type, snapshotManual)
	s.Status = or(s.Status, statusAvailable)
	s.CreateTime = orNow(s.CreateTime, now)
	s.OriginalCreateTime = orNow(s.OriginalCreateTime, s.CreateTime)
	s.AvailabilityZone = or(s.AvailabilityZone, r.name+"a")
	s.Engine = or(s.Engine, "postgres")
	s.EngineVersion = or(s.EngineVersion, "16.4")
	s.AllocatedStorage = or(s.AllocatedStorage, 20)

	if s.Encrypted {
		s.KMSKeyID = or(s.KMSKeyID, r.defaultKey(rdsService))
	}

	r.dbSnapshots.put(s.Identifier, s)
}

func (s *DBSnapshot) facts() snapshotFacts {
	return snapshotFacts{
		identifier: s.Identifier, kind: s.Type, resource: "snapshot:",
		source: s.InstanceIdentifier, sourceResource: "db:",
		resourceID: s.ResourceID, engine: s.Engine, sharedWith: s.SharedWith,
	}
}

func (s *DBSnapshot) status(now time.Time) string {
	return pending(now, s.AvailableAt, statusCreating, s.Status)
}

func rdsSnapshotActions() map[string]action {
	return map[string]action{
		"CreateDBSnapshot": rdsAction("DBSnapshotIdentifier! DBInstanceIdentifier! Tags:list", createDBSnapshot),
		"CopyDBSnapshot": rdsAction(
			"SourceDBSnapshotIdentifier! TargetDBSnapshotIdentifier! KmsKeyId CopyTags:bool Tags:list PreSignedUrl", copyDBSnapshot),
		"DeleteDBSnapshot": rdsAction("DBSnapshotIdentifier!", deleteDBSnapshot),
		"DescribeDBSnapshots": rdsAction(
			"DBInstanceIdentifier DBSnapshotIdentifier DbiResourceId SnapshotType Filters:list "+
				"IncludeShared:bool IncludePublic:bool MaxRecords:int Marker", describeDBSnapshots),
	}
}

func noDBSnapshot(id string) error {
	return missing("DBSnapshotNotFound", "DBSnapshot %s not found.", id)
}

func describeDBSnapshots(c *call, d *document) error {
	page, next, err := snapshotPage(c, snapshotNames{
		snapshot: dbSnapshotID, source: dbInstanceID, resource: dbiResourceID,
		snapshotFilter: "db-snapshot-id", sourceFilter: "db-instance-id", resourceFilter: "dbi-resource-id",
		notFound: noDBSnapshot,
	}, func(r *Region) []*DBSnapshot { return r.dbSnapshots.all() })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBSnapshots", "DBSnapshot", page, func(s seen[*DBSnapshot]) { s.snapshot.write(d, s.view(), c.now) })

	return nil
}

func createDBSnapshot(c *call, d *document) error {
	id := c.in.lower(dbSnapshotID)
	if err := c.region.newSnapshotID(id); err != nil {
		return err
	}

	instance, err := c.availableInstance(c.in.str(dbInstanceID))
	if err != nil {
		return err
	}

	s := c.region.takeSnapshot(instance, id, c.now)
	s.AvailableAt = c.availableAt()
	s.Tags = c.in.tags("Tags")
	d.element("DBSnapshot", func() { s.write(d, c.region.view(s.facts()), c.now) })

	return nil
}

func (r *Region) newSnapshotID(id string) error {
	if _, ok := r.dbSnapshots.get(id); ok {
		return refuse("DBSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier %s already exists.", id)
	}

	return nil
}

// takeSnapshot takes a manual snapshot of an instance.
func (r *Region) takeSnapshot(i *DBInstance, id string, now time.Time) *DBSnapshot {
	s := &DBSnapshot{
		Identifier: id, InstanceIdentifier: i.Identifier, ResourceID: i.ResourceID, DatabaseTime: now,
		Engine: i.Engine, EngineVersion: i.EngineVersion, InstanceClass: i.Class, AllocatedStorage: i.AllocatedStorage,
		AvailabilityZone: i.AvailabilityZone, Encrypted: i.Encrypted, KMSKeyID: i.KMSKeyID,
	}
	r.putDBSnapshot(s, now)

	return s
}

func deleteDBSnapshot(c *call, d *document) error {
	id := c.in.lower(dbSnapshotID)

	s, ok := c.region.dbSnapshots.get(id)
	if !ok {
		return noDBSnapshot(id)
	}

	// Automated snapshots go with their retention period, and those of AWS
	// Backup with their recovery point.
	if s.Type != snapshotManual {
		return refuse("InvalidDBSnapshotState", "Only manual snapshots may be deleted: %s is %s", id, s.Type)
	}

	c.region.dbSnapshots.remove(id)

	gone := *s
	gone.Status = "deleted"
	d.element("DBSnapshot", func() { gone.write(d, c.region.view(gone.facts()), c.now) })

	return nil
}

// write writes a snapshot as an account sees it. RDS gives its times only once
// it is complete.
func (s *DBSnapshot) write(d *document, v snapshotView, now time.Time) {
	d.text(dbSnapshotID, v.identifier)
	d.text("DBSnapshotArn", v.arn)
	d.text(dbInstanceID, s.InstanceIdentifier)
	d.text(dbiResourceID, s.ResourceID)
	d.text("SnapshotType", v.kind)
	d.text("Status", s.status(now))
	d.integer("PercentProgress", progress(now, s.CreateTime, s.AvailableAt))

	if !now.Before(s.AvailableAt) {
		d.time("SnapshotCreateTime", s.CreateTime)
		d.time("OriginalSnapshotCreateTime", s.OriginalCreateTime)
		d.time("SnapshotDatabaseTime", s.DatabaseTime)
	}

	d.text("Engine", s.Engine)
	d.text("EngineVersion", s.EngineVersion)
	d.integer("AllocatedStorage", s.AllocatedStorage)
	d.text("AvailabilityZone", s.AvailabilityZone)
	d.boolean("Encrypted", s.Encrypted)
	d.text("KmsKeyId", s.KMSKeyID)
	d.text("SourceDBSnapshotIdentifier", s.SourceARN)
	d.text("SourceRegion", s.SourceRegion)
	d.text("SnapshotTarget", "region")
	d.writeTags(s.Tags)
}
