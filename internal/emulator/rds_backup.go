package emulator

import (
	"slices"
	"strings"
	"time"
)

// A DBInstanceAutomatedBackup is what an instance can be restored to a point in
// time from. An instance with backups has one in its region without being
// added; those that are replicated from another region, and those retained of
// deleted instances, are added. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceAutomatedBackup.html
type DBInstanceAutomatedBackup struct {
	// ID such as ab-ABCDEFGHIJKLMNOPQRSTUVWXYZ; made up by default.
	ID string

	// InstanceIdentifier, ResourceID and Region are of the instance; Region is
	// that of the backup by default.
	InstanceIdentifier, ResourceID, Region string

	// Status is active, retained or creating; active by default.
	Status string

	// Earliest and Latest time that can be restored to; Latest follows the
	// instance if the instance is in the region, and stands still otherwise.
	Earliest, Latest time.Time

	Engine, EngineVersion string

	// RetentionPeriod in days.
	RetentionPeriod int

	// AllocatedStorage in GiB.
	AllocatedStorage int

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	Tags map[string]string
}

// AddDBInstanceAutomatedBackup adds a backup, and returns its ARN.
func (r *Region) AddDBInstanceAutomatedBackup(b DBInstanceAutomatedBackup) string {
	r.locked(func(now time.Time) { r.putDBInstanceAutomatedBackup(&b, now) })

	return r.arn(rdsService, "auto-backup:"+b.ID)
}

func (r *Region) putDBInstanceAutomatedBackup(b *DBInstanceAutomatedBackup, now time.Time) {
	if b.ID == "" {
		b.ID = strings.ToLower(r.emulator.resourceID("ab-"))
	}

	b.Region = or(b.Region, r.name)
	b.Status = or(b.Status, "active")
	b.Engine = or(b.Engine, "postgres")
	b.EngineVersion = or(b.EngineVersion, "16.4")
	b.RetentionPeriod = or(b.RetentionPeriod, 7)
	b.AllocatedStorage = or(b.AllocatedStorage, 20)
	b.Latest = orNow(b.Latest, now)
	b.Earliest = orNow(b.Earliest, b.Latest)

	if b.Encrypted {
		b.KMSKeyID = or(b.KMSKeyID, r.defaultKey(rdsService))
	}

	r.dbInstanceBackups.put(b.ID, b)
}

// backupOf returns the automated backup of an instance in its region.
func (r *Region) backupOf(i *DBInstance, now time.Time) *DBInstanceAutomatedBackup {
	return &DBInstanceAutomatedBackup{
		ID:                 "ab-" + strings.ToLower(strings.TrimPrefix(i.ResourceID, "db-")),
		InstanceIdentifier: i.Identifier, ResourceID: i.ResourceID, Region: r.name, Status: "active",
		Earliest: earliestRestorable(i.CreateTime, now, i.BackupRetentionPeriod), Latest: latestRestorable(i.CreateTime, now),
		Engine: i.Engine, EngineVersion: i.EngineVersion, RetentionPeriod: i.BackupRetentionPeriod,
		AllocatedStorage: i.AllocatedStorage, Encrypted: i.Encrypted, KMSKeyID: i.KMSKeyID, Tags: i.Tags,
	}
}

// earliestRestorable is from when on a store with continuous backups can be
// restored: its creation, or as many days back as they are kept.
func earliestRestorable(created, now time.Time, days int) time.Time {
	if earliest := now.AddDate(0, 0, -days); earliest.After(created) {
		return earliest
	}

	return created
}

func rdsBackupActions() map[string]action {
	return map[string]action{
		"DescribeDBInstanceAutomatedBackups": rdsAction(
			"DbiResourceId DBInstanceIdentifier DBInstanceAutomatedBackupsArn Filters:list MaxRecords:int Marker",
			describeDBInstanceAutomatedBackups),
		"DescribeDBClusterAutomatedBackups": rdsAction(
			"DbClusterResourceId DBClusterIdentifier Filters:list MaxRecords:int Marker", describeDBClusterAutomatedBackups),
	}
}

func describeDBInstanceAutomatedBackups(c *call, d *document) error {
	filters, err := c.filters("status", "db-instance-id", dbiResourceFilter)
	if err != nil {
		return err
	}

	all := slices.Clone(c.region.dbInstanceBackups.all())

	for _, i := range c.region.dbInstances.all() {
		if i.BackupRetentionPeriod > 0 && i.ClusterIdentifier == "" && !i.creating(c.now) && i.status(c.now) != statusDeleted {
			all = append(all, c.region.backupOf(i, c.now))
		}
	}

	found := slices.DeleteFunc(all, func(b *DBInstanceAutomatedBackup) bool {
		return !anyOf(c.asked(dbInstanceID), b.InstanceIdentifier) || !anyOf(filters["db-instance-id"], b.InstanceIdentifier) ||
			!anyOf(c.asked(dbiResourceID), b.ResourceID) || !anyOf(filters[dbiResourceFilter], b.ResourceID) ||
			!anyOf(c.asked("DBInstanceAutomatedBackupsArn"), c.region.arn(rdsService, "auto-backup:"+b.ID)) ||
			!anyOf(filters["status"], b.Status)
	})

	if len(found) == 0 && (c.in.has(dbInstanceID) || c.in.has(dbiResourceID) || c.in.has("DBInstanceAutomatedBackupsArn")) {
		return missing("DBInstanceAutomatedBackupNotFound", "No automated backup for this DB instance was found.")
	}

	page, next, err := paginate(c, rdsListing(), found, func(b *DBInstanceAutomatedBackup) string { return b.ID })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBInstanceAutomatedBackups", "DBInstanceAutomatedBackup", page, func(b *DBInstanceAutomatedBackup) { c.region.writeBackup(d, b) })

	return nil
}

func (r *Region) writeBackup(d *document, b *DBInstanceAutomatedBackup) {
	d.text("DBInstanceAutomatedBackupsArn", r.arn(rdsService, "auto-backup:"+b.ID))
	d.text("DBInstanceArn", "arn:aws:rds:"+b.Region+":"+r.account.id+":db:"+b.InstanceIdentifier)
	d.text(dbInstanceID, b.InstanceIdentifier)
	d.text(dbiResourceID, b.ResourceID)
	d.text("Region", b.Region)
	d.text("Status", b.Status)
	d.text("Engine", b.Engine)
	d.text("EngineVersion", b.EngineVersion)
	d.integer("BackupRetentionPeriod", b.RetentionPeriod)
	d.integer("AllocatedStorage", b.AllocatedStorage)
	d.boolean("Encrypted", b.Encrypted)
	d.text("KmsKeyId", b.KMSKeyID)
	writeRestoreWindow(d, b.Earliest, b.Latest)
	d.writeTags(b.Tags)
}

func writeRestoreWindow(d *document, earliest, latest time.Time) {
	d.element("RestoreWindow", func() {
		d.time("EarliestTime", earliest)
		d.time("LatestTime", latest)
	})
}

// A DBClusterAutomatedBackup is what a deleted cluster can still be restored
// from. A cluster that exists has one without its being added. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterAutomatedBackup.html
type DBClusterAutomatedBackup struct {
	// ID such as ab-ABCDEFGHIJKLMNOPQRSTUVWXYZ; made up by default.
	ID string

	// ClusterIdentifier, ResourceID and Region are of the cluster; Region is that
	// of the backup by default.
	ClusterIdentifier, ResourceID, Region string

	// Status is active or retained; retained by default.
	Status string

	// Earliest and Latest time that can be restored to.
	Earliest, Latest time.Time

	Engine, EngineVersion string

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string
}

// AddDBClusterAutomatedBackup adds a backup, and returns its ARN.
func (r *Region) AddDBClusterAutomatedBackup(b DBClusterAutomatedBackup) string {
	r.locked(func(now time.Time) {
		if b.ID == "" {
			b.ID = strings.ToLower(r.emulator.resourceID("ab-"))
		}

		b.Region = or(b.Region, r.name)
		b.Status = or(b.Status, "retained")
		b.Engine = or(b.Engine, "aurora-postgresql")
		b.EngineVersion = or(b.EngineVersion, "16.4")
		b.Latest = orNow(b.Latest, now)
		b.Earliest = orNow(b.Earliest, b.Latest)

		if b.Encrypted {
			b.KMSKeyID = or(b.KMSKeyID, r.defaultKey(rdsService))
		}

		r.dbClusterBackups.put(b.ID, &b)
	})

	return r.arn(rdsService, "cluster-auto-backup:"+b.ID)
}

func describeDBClusterAutomatedBackups(c *call, d *document) error {
	filters, err := c.filters("status", "db-cluster-id", "db-cluster-resource-id")
	if err != nil {
		return err
	}

	all := slices.Clone(c.region.dbClusterBackups.all())

	for _, k := range c.region.dbClusters.all() {
		all = append(all, c.region.clusterBackupOf(k, c.now))
	}

	found := slices.DeleteFunc(all, func(b *DBClusterAutomatedBackup) bool {
		return !anyOf(c.asked(dbClusterID), b.ClusterIdentifier) || !anyOf(filters["db-cluster-id"], b.ClusterIdentifier) ||
			!anyOf(c.asked(dbClusterResourceID), b.ResourceID) || !anyOf(filters["db-cluster-resource-id"], b.ResourceID) ||
			!anyOf(filters["status"], b.Status)
	})

	if len(found) == 0 && (c.in.has(dbClusterID) || c.in.has(dbClusterResourceID)) {
		return missing("DBClusterAutomatedBackupNotFoundFault", "No automated backup for this DB cluster was found.")
	}

	page, next, err := paginate(c, rdsListing(), found, func(b *DBClusterAutomatedBackup) string { return b.ID })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBClusterAutomatedBackups", "DBClusterAutomatedBackup", page, func(b *DBClusterAutomatedBackup) {
		d.text("DBClusterAutomatedBackupsArn", c.region.arn(rdsService, "cluster-auto-backup:"+b.ID))
		d.text("DBClusterArn", "arn:aws:rds:"+b.Region+":"+c.Account+":cluster:"+b.ClusterIdentifier)
		d.text(dbClusterID, b.ClusterIdentifier)
		d.text(dbClusterResourceID, b.ResourceID)
		d.text("Region", b.Region)
		d.text("Status", b.Status)
		d.text("Engine", b.Engine)
		d.text("EngineVersion", b.EngineVersion)
		d.boolean("StorageEncrypted", b.Encrypted)
		d.text("KmsKeyId", b.KMSKeyID)
		writeRestoreWindow(d, b.Earliest, b.Latest)
	})

	return nil
}

// clusterBackupOf returns the automated backup of a cluster: one always has.
func (r *Region) clusterBackupOf(k *DBCluster, now time.Time) *DBClusterAutomatedBackup {
	return &DBClusterAutomatedBackup{
		ID:                "ab-" + strings.ToLower(strings.TrimPrefix(k.ResourceID, "cluster-")),
		ClusterIdentifier: k.Identifier, ResourceID: k.ResourceID, Region: r.name, Status: "active",
		Earliest: earliestRestorable(k.CreateTime, now, k.BackupRetentionPeriod), Latest: latestRestorable(k.CreateTime, now),
		Engine: k.Engine, EngineVersion: k.EngineVersion, Encrypted: k.Encrypted, KMSKeyID: k.KMSKeyID,
	}
}
