package emulator

import (
	"slices"
	"strings"
	"time"
)

// The types of a snapshot that an account can have itself. Those of other
// accounts appear as shared or public.
const (
	snapshotManual    = "manual"
	snapshotAutomated = "automated"
	snapshotAWSBackup = "awsbackup"
	snapshotShared    = "shared"
	snapshotPublic    = "public"
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
	Status string

	// AvailableAt is when the snapshot is complete; at once by default.
	AvailableAt time.Time

	// CreateTime is when this snapshot or copy was made; now by default.
	CreateTime time.Time

	// OriginalCreateTime is when the snapshot was made that this is a copy of,
	// at any remove; CreateTime by default.
	OriginalCreateTime time.Time

	// DatabaseTime is that of the last transaction in it; none by default.
	DatabaseTime time.Time

	// Engine, EngineVersion and InstanceClass are those of the instance.
	Engine, EngineVersion, InstanceClass string

	// AllocatedStorage in GiB.
	AllocatedStorage int

	// AvailabilityZone of the instance, by name.
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

	return r.dbSnapshotARN(&s)
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
		s.KMSKeyID = or(s.KMSKeyID, r.defaultKey("rds"))
	}

	r.dbSnapshots.put(s.Identifier, s)
}

func (r *Region) dbSnapshotARN(s *DBSnapshot) string {
	return r.arn("rds", "snapshot:"+s.Identifier)
}

func (s *DBSnapshot) status(now time.Time) string {
	if now.Before(s.AvailableAt) {
		return statusCreating
	}

	return s.Status
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

func createDBSnapshot(c *call, d *document) error {
	id := c.in.lower(dbSnapshotID)
	if _, ok := c.region.dbSnapshots.get(id); ok {
		return refuse("DBSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier %s already exists.", id)
	}

	instance, err := c.availableInstance(c.in.lower(dbInstanceID))
	if err != nil {
		return err
	}

	s := c.region.snapshotOf(instance, id, snapshotManual, c.in.tags("Tags"), c.now)
	s.AvailableAt = c.availableAt()
	c.region.putDBSnapshot(s, c.now)
	c.region.writeDBSnapshotElement(d, s, c.now)

	return nil
}

// snapshotOf returns a snapshot that is taken of an instance now.
func (r *Region) snapshotOf(i *DBInstance, id, kind string, tags map[string]string, now time.Time) *DBSnapshot {
	return &DBSnapshot{
		Identifier: id, InstanceIdentifier: i.Identifier, ResourceID: i.ResourceID, Type: kind, DatabaseTime: now,
		Engine: i.Engine, EngineVersion: i.EngineVersion, InstanceClass: i.Class, AllocatedStorage: i.AllocatedStorage,
		AvailabilityZone: i.AvailabilityZone, Encrypted: i.Encrypted, KMSKeyID: i.KMSKeyID, Tags: tags,
	}
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
	d.element("DBSnapshot", func() {
		gone := *s
		gone.Status = "deleted"
		c.region.writeDBSnapshot(d, &gone, c.now)
	})

	return nil
}

func noDBSnapshot(id string) error {
	return missing("DBSnapshotNotFound", "DBSnapshot %s not found.", id)
}

// A seenSnapshot is a snapshot as the account of a call sees it.
type seenSnapshot struct {
	*DBSnapshot

	owner *Region
	kind  string
}

// id of the snapshot for the account: that of another account's is an ARN.
func (s seenSnapshot) id() string {
	if s.kind == snapshotShared || s.kind == snapshotPublic {
		return s.owner.dbSnapshotARN(s.DBSnapshot)
	}

	return s.Identifier
}

// describeDBSnapshots lists automated and manual snapshots unless another type
// is asked for. Those of other accounts, and those of AWS Backup, are listed
// only when they are asked for. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
func describeDBSnapshots(c *call, d *document) error {
	filters, err := c.filters("db-instance-id", "db-snapshot-id", "dbi-resource-id", "snapshot-type", "engine")
	if err != nil {
		return err
	}

	match := c.snapshotQuery(filters)
	if err := match.check(); err != nil {
		return err
	}

	var found []seenSnapshot

	for _, s := range c.visibleSnapshots() {
		if match.covers(s) {
			found = append(found, s)
		}
	}

	if id := c.in.str(dbSnapshotID); id != "" && len(found) == 0 {
		return noDBSnapshot(id)
	}

	page, next, err := paginate(c, rdsListing(), found, seenSnapshot.id)
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBSnapshots", "DBSnapshot", page, func(s seenSnapshot) {
		shown := *s.DBSnapshot
		shown.Type = s.kind
		shown.Identifier = s.id()
		s.owner.writeDBSnapshotAs(d, &shown, s.owner.dbSnapshotARN(s.DBSnapshot), c.now)
	})

	return nil
}

// visibleSnapshots returns the snapshots of the account, then those of other
// accounts that it may restore.
func (c *call) visibleSnapshots() []seenSnapshot {
	var out []seenSnapshot

	for _, key := range c.region.dbSnapshots.keys {
		s := c.region.dbSnapshots.byKey[key]
		out = append(out, seenSnapshot{DBSnapshot: s, owner: c.region, kind: s.Type})
	}

	for id, account := range c.emulator.accounts {
		there, ok := account.regions[c.Region]
		if id == c.Account || !ok {
			continue
		}

		for _, key := range there.dbSnapshots.keys {
			s := there.dbSnapshots.byKey[key]
			if kind := sharing(s.SharedWith, c.Account); kind != "" {
				out = append(out, seenSnapshot{DBSnapshot: s, owner: there, kind: kind})
			}
		}
	}

	return out
}

// sharing says as what an account sees a snapshot of another account; empty if
// it does not.
func sharing(with []string, account string) string {
	switch {
	case slices.Contains(with, account):
		return snapshotShared
	case slices.Contains(with, "all"):
		return snapshotPublic
	default:
		return ""
	}
}

// A snapshotQuery says which snapshots a call asks for.
type snapshotQuery struct {
	kinds                           []string
	snapshots, instances, resources []string
	engines                         []string
	asked                           string
}

func (c *call) snapshotQuery(filters map[string][]string) snapshotQuery {
	q := snapshotQuery{
		snapshots: filters["db-snapshot-id"],
		instances: filters["db-instance-id"],
		resources: filters["dbi-resource-id"],
		engines:   filters["engine"],
		asked:     c.in.str("SnapshotType"),
		kinds:     snapshotKinds(c.in, filters["snapshot-type"]),
	}

	for name, list := range map[string]*[]string{dbSnapshotID: &q.snapshots, dbInstanceID: &q.instances, dbiResourceID: &q.resources} {
		if c.in.has(name) {
			*list = append(*list, c.in.str(name))
		}
	}

	// An automated snapshot is found by its identifier only if its type is named.
	if c.in.has(dbSnapshotID) && q.asked == "" {
		q.kinds = slices.DeleteFunc(q.kinds, func(kind string) bool { return kind == snapshotAutomated })
	}

	return q
}

// snapshotKinds returns the types that a call asks for.
func snapshotKinds(in input, filter []string) []string {
	if asked := in.str("SnapshotType"); asked != "" {
		return []string{asked}
	}

	if len(filter) > 0 {
		return slices.Clone(filter)
	}

	kinds := []string{snapshotAutomated, snapshotManual}
	if in.boolean("IncludeShared") {
		kinds = append(kinds, snapshotShared)
	}

	if in.boolean("IncludePublic") {
		kinds = append(kinds, snapshotPublic)
	}

	return kinds
}

func (q snapshotQuery) check() error {
	known := []string{snapshotAutomated, snapshotManual, snapshotShared, snapshotPublic, snapshotAWSBackup}
	if q.asked != "" && !slices.Contains(known, q.asked) {
		return refuse(codeInvalidValue, "Invalid snapshot type: %s", q.asked)
	}

	return nil
}

func (q snapshotQuery) covers(s seenSnapshot) bool {
	// An instance may be named by its ARN.
	instance := s.owner.arn("rds", "db:"+s.InstanceIdentifier)
	snapshot := s.owner.dbSnapshotARN(s.DBSnapshot)

	return slices.Contains(q.kinds, s.kind) &&
		(anyOf(q.snapshots, s.id()) || anyOf(q.snapshots, snapshot)) &&
		(anyOf(q.instances, s.InstanceIdentifier) || anyOf(q.instances, instance)) &&
		anyOf(q.resources, s.ResourceID) && anyOf(q.engines, s.Engine)
}

func (r *Region) writeDBSnapshotElement(d *document, s *DBSnapshot, now time.Time) {
	d.element("DBSnapshot", func() { r.writeDBSnapshot(d, s, now) })
}

func (r *Region) writeDBSnapshot(d *document, s *DBSnapshot, now time.Time) {
	r.writeDBSnapshotAs(d, s, r.dbSnapshotARN(s), now)
}

// writeDBSnapshotAs writes a snapshot. RDS gives its times only once it is
// complete.
func (r *Region) writeDBSnapshotAs(d *document, s *DBSnapshot, arn string, now time.Time) {
	d.text(dbSnapshotID, s.Identifier)
	d.text("DBSnapshotArn", arn)
	d.text(dbInstanceID, s.InstanceIdentifier)
	d.text(dbiResourceID, s.ResourceID)
	d.text("SnapshotType", s.Type)
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
