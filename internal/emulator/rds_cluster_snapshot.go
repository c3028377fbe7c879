package emulator

import (
	"slices"
	"strings"
	"time"
)

// A DBClusterSnapshot is a snapshot of an Aurora, DocumentDB or Neptune cluster.
// Unlike [DBSnapshot] it has no original and no database time: what a copy is a
// copy of is only in SourceARN. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterSnapshot.html
type DBClusterSnapshot struct {
	// Identifier of the snapshot; those of automated ones begin with "rds:".
	Identifier string

	// ClusterIdentifier and ResourceID are of the cluster that it is of.
	ClusterIdentifier, ResourceID string

	// Type is manual, automated or awsbackup; manual by default.
	Type string

	// Status is available by default. Until AvailableAt it is creating.
	Status      string
	AvailableAt time.Time

	// CreateTime is when this snapshot or copy was made; now by default.
	CreateTime time.Time

	Engine, EngineVersion string

	// AllocatedStorage in GiB.
	AllocatedStorage int

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	// SourceARN of the snapshot that this is a copy of.
	SourceARN string

	// SharedWith are the ids of accounts that may restore the snapshot; "all" is
	// every account.
	SharedWith []string

	Tags map[string]string
}

// AddDBClusterSnapshot adds a snapshot, and returns its ARN.
func (r *Region) AddDBClusterSnapshot(s DBClusterSnapshot) string {
	r.locked(func(now time.Time) { r.putDBClusterSnapshot(&s, now) })

	return r.dbClusterSnapshotARN(&s)
}

// RemoveDBClusterSnapshot removes a snapshot, such as an automated one that
// expires.
func (r *Region) RemoveDBClusterSnapshot(identifier string) {
	r.locked(func(time.Time) { r.dbClusterSnapshots.remove(identifier) })
}

func (r *Region) putDBClusterSnapshot(s *DBClusterSnapshot, now time.Time) {
	s.Identifier = strings.ToLower(s.Identifier)
	s.Type = or(s.Type, snapshotManual)
	s.Status = or(s.Status, statusAvailable)
	s.CreateTime = orNow(s.CreateTime, now)
	s.Engine = or(s.Engine, "aurora-postgresql")
	s.EngineVersion = or(s.EngineVersion, "16.4")

	if s.Encrypted {
		s.KMSKeyID = or(s.KMSKeyID, r.defaultKey("rds"))
	}

	r.dbClusterSnapshots.put(s.Identifier, s)
}

func (r *Region) dbClusterSnapshotARN(s *DBClusterSnapshot) string {
	return r.arn("rds", "cluster-snapshot:"+s.Identifier)
}

func (s *DBClusterSnapshot) status(now time.Time) string {
	if now.Before(s.AvailableAt) {
		return statusCreating
	}

	return s.Status
}

func noDBClusterSnapshot(id string) error {
	return missing("DBClusterSnapshotNotFoundFault", "DBClusterSnapshot %s not found.", id)
}

func rdsClusterSnapshotActions() map[string]action {
	return map[string]action{
		"DescribeDBClusterSnapshots": rdsAction(
			"DBClusterIdentifier DBClusterSnapshotIdentifier DbClusterResourceId SnapshotType Filters:list "+
				"IncludeShared:bool IncludePublic:bool MaxRecords:int Marker", describeDBClusterSnapshots),
		"CopyDBClusterSnapshot": rdsAction(
			"SourceDBClusterSnapshotIdentifier! TargetDBClusterSnapshotIdentifier! KmsKeyId CopyTags:bool Tags:list PreSignedUrl",
			copyDBClusterSnapshot),
	}
}

// A seenClusterSnapshot is a snapshot as the account of a call sees it.
type seenClusterSnapshot struct {
	*DBClusterSnapshot

	owner *Region
	kind  string
}

func (s seenClusterSnapshot) id() string {
	if s.kind == snapshotShared || s.kind == snapshotPublic {
		return s.owner.dbClusterSnapshotARN(s.DBClusterSnapshot)
	}

	return s.Identifier
}

// describeDBClusterSnapshots lists what [describeDBSnapshots] does for
// instances. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
func describeDBClusterSnapshots(c *call, d *document) error {
	filters, err := c.filters("db-cluster-id", "db-cluster-snapshot-id", "snapshot-type", "engine")
	if err != nil {
		return err
	}

	kinds := snapshotKinds(c.in, filters["snapshot-type"])
	asked := c.in.str(dbClusterSnapshotID)

	// An automated snapshot is found by its identifier only if its type is named.
	if asked != "" && !c.in.has("SnapshotType") {
		kinds = slices.DeleteFunc(kinds, func(kind string) bool { return kind == snapshotAutomated })
	}

	if err := (snapshotQuery{asked: c.in.str("SnapshotType")}).check(); err != nil {
		return err
	}

	var found []seenClusterSnapshot

	for _, s := range c.visibleClusterSnapshots() {
		if slices.Contains(kinds, s.kind) && c.asksForClusterSnapshot(s, filters) {
			found = append(found, s)
		}
	}

	if asked != "" && len(found) == 0 {
		return noDBClusterSnapshot(asked)
	}

	page, next, err := paginate(c, rdsListing(), found, seenClusterSnapshot.id)
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBClusterSnapshots", "DBClusterSnapshot", page, func(s seenClusterSnapshot) {
		shown := *s.DBClusterSnapshot
		shown.Type, shown.Identifier = s.kind, s.id()
		s.owner.writeDBClusterSnapshot(d, &shown, s.owner.dbClusterSnapshotARN(s.DBClusterSnapshot), c.now)
	})

	return nil
}

func (c *call) asksForClusterSnapshot(s seenClusterSnapshot, filters map[string][]string) bool {
	arn := s.owner.dbClusterSnapshotARN(s.DBClusterSnapshot)
	cluster := s.owner.arn("rds", "cluster:"+s.ClusterIdentifier)

	named := func(asked []string, name, arn string) bool { return anyOf(asked, name) || anyOf(asked, arn) }
	one := func(parameter string) []string {
		if c.in.has(parameter) {
			return []string{c.in.str(parameter)}
		}

		return nil
	}

	return named(one(dbClusterSnapshotID), s.id(), arn) && named(filters["db-cluster-snapshot-id"], s.id(), arn) &&
		named(one(dbClusterID), s.ClusterIdentifier, cluster) && named(filters["db-cluster-id"], s.ClusterIdentifier, cluster) &&
		anyOf(one("DbClusterResourceId"), s.ResourceID) && anyOf(filters["engine"], s.Engine)
}

func (c *call) visibleClusterSnapshots() []seenClusterSnapshot {
	var out []seenClusterSnapshot

	for _, key := range c.region.dbClusterSnapshots.keys {
		s := c.region.dbClusterSnapshots.byKey[key]
		out = append(out, seenClusterSnapshot{DBClusterSnapshot: s, owner: c.region, kind: s.Type})
	}

	for id, account := range c.emulator.accounts {
		there, ok := account.regions[c.Region]
		if id == c.Account || !ok {
			continue
		}

		for _, key := range there.dbClusterSnapshots.keys {
			s := there.dbClusterSnapshots.byKey[key]
			if kind := sharing(s.SharedWith, c.Account); kind != "" {
				out = append(out, seenClusterSnapshot{DBClusterSnapshot: s, owner: there, kind: kind})
			}
		}
	}

	return out
}

// copyDBClusterSnapshot copies a snapshot, also from another region or account.
// Nothing in the copy tells when the data is from. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBClusterSnapshot.html
func copyDBClusterSnapshot(c *call, d *document) error {
	target := c.in.lower("TargetDBClusterSnapshotIdentifier")
	if _, ok := c.region.dbClusterSnapshots.get(target); ok {
		return refuse("DBClusterSnapshotAlreadyExistsFault", "A cluster snapshot with the identifier %s already exists.", target)
	}

	id := c.in.str("SourceDBClusterSnapshotIdentifier")
	from, name := c.region, strings.ToLower(id)

	if there, local, ok := c.region.at(id, "cluster-snapshot:"); ok {
		from, name = there, local
	}

	source, ok := from.dbClusterSnapshots.get(name)
	if !ok || (from.account != c.region.account && sharing(source.SharedWith, c.Account) == "") {
		return noDBClusterSnapshot(id)
	}

	if status := source.status(c.now); status != statusAvailable {
		return refuse("InvalidDBClusterSnapshotStateFault", "The source snapshot %s is not available: it is %s", id, status)
	}

	key, err := c.copyKey(from, source.Encrypted, source.KMSKeyID)
	if err != nil {
		return err
	}

	s := *source
	s.Identifier, s.Type = target, snapshotManual
	s.CreateTime, s.AvailableAt = c.now, c.availableAt()
	s.Encrypted, s.KMSKeyID = key != "", key
	s.SourceARN = from.dbClusterSnapshotARN(source)
	s.SharedWith = nil
	s.Tags = c.copiedTags(source.Tags)
	c.region.putDBClusterSnapshot(&s, c.now)
	d.element("DBClusterSnapshot", func() { c.region.writeDBClusterSnapshot(d, &s, c.region.dbClusterSnapshotARN(&s), c.now) })

	return nil
}

func (r *Region) writeDBClusterSnapshot(d *document, s *DBClusterSnapshot, arn string, now time.Time) {
	d.text(dbClusterSnapshotID, s.Identifier)
	d.text("DBClusterSnapshotArn", arn)
	d.text(dbClusterID, s.ClusterIdentifier)
	d.text("DbClusterResourceId", s.ResourceID)
	d.text("SnapshotType", s.Type)
	d.text("Status", s.status(now))
	d.integer("PercentProgress", progress(now, s.CreateTime, s.AvailableAt))
	d.time("SnapshotCreateTime", s.CreateTime)
	d.text("Engine", s.Engine)
	d.text("EngineVersion", s.EngineVersion)
	d.integer("AllocatedStorage", s.AllocatedStorage)
	d.boolean("StorageEncrypted", s.Encrypted)
	d.text("KmsKeyId", s.KMSKeyID)
	d.text("SourceDBClusterSnapshotArn", s.SourceARN)
	d.writeTags(s.Tags)
}
