package emulator

import (
	"strings"
	"time"
)

// A DBClusterSnapshot is a snapshot of an Aurora, DocumentDB or Neptune cluster.
// Unlike [DBSnapshot] it has no original and no database time: all that a copy
// tells of what it is a copy of is SourceARN. See
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

	// Engine and EngineVersion are aurora-postgresql and 16.4 by default.
	Engine, EngineVersion string

	// AllocatedStorage in GiB; Aurora reports 1 whatever the size.
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

	return r.view(s.facts()).arn
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
	s.AllocatedStorage = or(s.AllocatedStorage, 1)

	if s.Encrypted {
		s.KMSKeyID = or(s.KMSKeyID, r.defaultKey(rdsService))
	}

	r.dbClusterSnapshots.put(s.Identifier, s)
}

func (s *DBClusterSnapshot) facts() snapshotFacts {
	return snapshotFacts{
		identifier: s.Identifier, kind: s.Type, resource: "cluster-snapshot:",
		source: s.ClusterIdentifier, sourceResource: "cluster:",
		resourceID: s.ResourceID, engine: s.Engine, sharedWith: s.SharedWith,
	}
}

func (s *DBClusterSnapshot) status(now time.Time) string {
	return pending(now, s.AvailableAt, statusCreating, s.Status)
}

func rdsClusterSnapshotActions() map[string]action {
	return map[string]action{
		"CreateDBClusterSnapshot": rdsAction("DBClusterSnapshotIdentifier! DBClusterIdentifier! Tags:list", createDBClusterSnapshot),
		"CopyDBClusterSnapshot": rdsAction(
			"SourceDBClusterSnapshotIdentifier! TargetDBClusterSnapshotIdentifier! KmsKeyId CopyTags:bool Tags:list PreSignedUrl",
			copyDBClusterSnapshot),
		"DescribeDBClusterSnapshots": rdsAction(
			"DBClusterIdentifier DBClusterSnapshotIdentifier DbClusterResourceId SnapshotType Filters:list "+
				"IncludeShared:bool IncludePublic:bool MaxRecords:int Marker", describeDBClusterSnapshots),
	}
}

func noDBClusterSnapshot(id string) error {
	return missing("DBClusterSnapshotNotFoundFault", "DBClusterSnapshot %s not found.", id)
}

func describeDBClusterSnapshots(c *call, d *document) error {
	page, next, err := snapshotPage(c, snapshotNames{
		snapshot: dbClusterSnapshotID, source: dbClusterID, resource: dbClusterResourceID,
		snapshotFilter: "db-cluster-snapshot-id", sourceFilter: "db-cluster-id",
		notFound: noDBClusterSnapshot,
	}, func(r *Region) []*DBClusterSnapshot { return r.dbClusterSnapshots.all() })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBClusterSnapshots", "DBClusterSnapshot", page, func(s seen[*DBClusterSnapshot]) { s.snapshot.write(d, s.view(), c.now) })

	return nil
}

func (r *Region) newClusterSnapshotID(id string) error {
	if _, ok := r.dbClusterSnapshots.get(id); ok {
		return refuse("DBClusterSnapshotAlreadyExistsFault", "A cluster snapshot with the identifier %s already exists.", id)
	}

	return nil
}

func createDBClusterSnapshot(c *call, d *document) error {
	id := c.in.lower(dbClusterSnapshotID)
	if err := c.region.newClusterSnapshotID(id); err != nil {
		return err
	}

	cluster, err := c.availableCluster(c.in.str(dbClusterID))
	if err != nil {
		return err
	}

	s := &DBClusterSnapshot{
		Identifier: id, ClusterIdentifier: cluster.Identifier, ResourceID: cluster.ResourceID, AvailableAt: c.availableAt(),
		Engine: cluster.Engine, EngineVersion: cluster.EngineVersion, Encrypted: cluster.Encrypted, KMSKeyID: cluster.KMSKeyID,
		Tags: c.in.tags("Tags"),
	}
	c.region.putDBClusterSnapshot(s, c.now)
	d.element("DBClusterSnapshot", func() { s.write(d, c.region.view(s.facts()), c.now) })

	return nil
}

// copyDBClusterSnapshot copies a snapshot, also from another region or account.
// Nothing in the copy tells when the data is from. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBClusterSnapshot.html
func copyDBClusterSnapshot(c *call, d *document) error {
	target := c.in.lower("TargetDBClusterSnapshotIdentifier")
	if err := c.region.newClusterSnapshotID(target); err != nil {
		return err
	}

	source, from, err := c.sourceDBClusterSnapshot(c.in.str("SourceDBClusterSnapshotIdentifier"))
	if err != nil {
		return err
	}

	key, err := c.copyKey(from, source.Encrypted, source.KMSKeyID)
	if err != nil {
		return err
	}

	s := *source
	s.Identifier, s.Type = target, snapshotManual
	s.CreateTime, s.AvailableAt = c.now, c.availableAt()
	s.Encrypted, s.KMSKeyID = key != "", key
	s.SourceARN = from.view(source.facts()).arn
	s.SharedWith = nil
	s.Tags = c.copiedTags(source.Tags)
	c.region.putDBClusterSnapshot(&s, c.now)
	d.element("DBClusterSnapshot", func() { s.write(d, c.region.view(s.facts()), c.now) })

	return nil
}

// sourceDBClusterSnapshot finds an available snapshot to copy or restore.
func (c *call) sourceDBClusterSnapshot(id string) (*DBClusterSnapshot, *Region, error) {
	s, from, err := sourceSnapshot(c, id, "cluster-snapshot:", func(r *Region, name string) (*DBClusterSnapshot, bool) {
		return r.dbClusterSnapshots.get(strings.ToLower(name))
	}, noDBClusterSnapshot)
	if err != nil {
		return nil, nil, err
	}

	if status := s.status(c.now); status != statusAvailable {
		return nil, nil, refuse("InvalidDBClusterSnapshotStateFault", "The snapshot %s is not available: it is %s", id, status)
	}

	return s, from, nil
}

// write writes a snapshot as an account sees it.
func (s *DBClusterSnapshot) write(d *document, v snapshotView, now time.Time) {
	d.text(dbClusterSnapshotID, v.identifier)
	d.text("DBClusterSnapshotArn", v.arn)
	d.text(dbClusterID, s.ClusterIdentifier)
	d.text(dbClusterResourceID, s.ResourceID)
	d.text("SnapshotType", v.kind)
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
