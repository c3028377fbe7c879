package emulator

import (
	"slices"
	"time"
)

// createDBInstance creates an instance, or a member of an Aurora cluster. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
func createDBInstance(c *call, d *document) error {
	i, err := c.newInstance(c.in.str("DBInstanceClass"), c.in.str("Engine"), c.in.str("EngineVersion"))
	if err != nil {
		return err
	}

	i.AllocatedStorage = c.in.integer("AllocatedStorage", 0)
	i.MasterUsername = c.in.str("MasterUsername")
	i.DBName = c.in.str("DBName")
	i.BackupRetentionPeriod = c.in.integer("BackupRetentionPeriod", 1)

	if cluster := c.in.str(dbClusterID); cluster != "" {
		if err := c.join(i, cluster); err != nil {
			return err
		}
	} else if c.in.boolean("StorageEncrypted") || c.in.has("KmsKeyId") {
		i.Encrypted = true
		if i.KMSKeyID, err = c.region.rdsKey(c.in.str("KmsKeyId")); err != nil {
			return err
		}
	}

	c.region.putDBInstance(i, c.now)
	c.writeInstance(d, i)

	return nil
}

// newInstance returns an instance that a call asks for, where it can be.
func (c *call) newInstance(class, engine, version string) (*DBInstance, error) {
	id := c.in.lower(dbInstanceID)
	if _, ok := c.instance(id); ok {
		return nil, refuse("DBInstanceAlreadyExists", "DB instance already exists: %s", id)
	}

	zone, err := c.region.placeInstance(class, engine, c.in.str("AvailabilityZone"), c.in.str("DBSubnetGroupName"))
	if err != nil {
		return nil, err
	}

	return &DBInstance{
		Identifier: id, Class: class, Engine: engine, EngineVersion: version, AvailabilityZone: zone, AvailableAt: c.availableAt(),
		SubnetGroup: c.in.str("DBSubnetGroupName"), SecurityGroups: c.in.strs("VpcSecurityGroupIds"), Port: c.in.integer("Port", 0),
		DeletionProtection: c.in.boolean("DeletionProtection"), Tags: c.in.tags("Tags"),
	}, nil
}

// join makes an instance a member of a cluster. The first one takes writes,
// unless the cluster follows that of another region.
func (c *call) join(i *DBInstance, id string) error {
	cluster, ok := c.cluster(id)
	if !ok {
		return noDBCluster(id)
	}

	i.ClusterIdentifier = cluster.Identifier
	i.EngineVersion = cluster.EngineVersion
	i.Encrypted, i.KMSKeyID = cluster.Encrypted, cluster.KMSKeyID
	i.BackupRetentionPeriod = cluster.BackupRetentionPeriod
	i.Writer = len(c.region.members(cluster.Identifier)) == 0 && !c.region.isSecondary(cluster.Identifier)

	return nil
}

// modifyDBInstance changes an instance. Security groups change at once; the
// class, and whether there are backups at all, wait for the maintenance window
// unless ApplyImmediately is set. See
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
func modifyDBInstance(c *call, d *document) error {
	i, err := c.availableInstance(c.in.str(dbInstanceID))
	if err != nil {
		return err
	}

	now := c.in.boolean("ApplyImmediately")

	if class := c.in.str("DBInstanceClass"); class != "" {
		if _, err := c.region.placeInstance(class, i.Engine, i.AvailabilityZone, i.SubnetGroup); err != nil {
			return err
		}

		i.later.class = class
	}

	if c.in.has("BackupRetentionPeriod") {
		i.later.retention, i.later.changeRetention = c.in.integer("BackupRetentionPeriod", 0), true
	}

	if c.in.has("VpcSecurityGroupIds") {
		i.SecurityGroups = c.in.strs("VpcSecurityGroupIds")
	}

	if c.in.has("DeletionProtection") {
		i.DeletionProtection = c.in.boolean("DeletionProtection")
	}

	i.apply(now)
	i.pending, i.AvailableAt = statusModifying, c.availableAt()
	c.writeInstance(d, i)

	return nil
}

// apply makes changes that wait take effect: all of them, or those that need no
// maintenance window.
func (i *DBInstance) apply(all bool) {
	if i.later.changeRetention && (all || (i.later.retention > 0 && i.BackupRetentionPeriod > 0)) {
		i.BackupRetentionPeriod = i.later.retention
		i.later.retention, i.later.changeRetention = 0, false
	}

	if all && i.later.class != "" {
		i.Class, i.later.class = i.later.class, ""
	}
}

// deleteDBInstance deletes an instance. Manual snapshots stay, and automated
// ones go with it unless they are to be kept; replicas in other regions stop
// replicating. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
func deleteDBInstance(c *call, d *document) error {
	id := c.in.str(dbInstanceID)

	i, ok := c.instance(id)
	if !ok {
		return noDBInstance(id)
	}

	final := c.in.lower("FinalDBSnapshotIdentifier")
	skip := c.in.boolean("SkipFinalSnapshot") || i.ClusterIdentifier != "" || i.ReplicaSource != ""

	switch {
	case i.DeletionProtection:
		return refuse(codeInvalidCombination, "Cannot delete protected DB Instance, please disable deletion protection and try again.")
	case !skip && final == "":
		return refuse(codeInvalidCombination, "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
	case final != "":
		if err := c.region.newSnapshotID(final); err != nil {
			return err
		}

		c.region.takeSnapshot(i, final, c.now)
	}

	if !c.in.has("DeleteAutomatedBackups") || c.in.boolean("DeleteAutomatedBackups") {
		c.region.dropAutomated(i.ResourceID)
	} else if i.BackupRetentionPeriod > 0 {
		c.region.putDBInstanceAutomatedBackup(c.region.retained(i, c.now), c.now)
	}

	c.region.cutReplicas(i)

	i.pending, i.Status, i.AvailableAt = statusDeleting, statusDeleted, c.availableAt()
	c.writeInstance(d, i)

	return nil
}

// dropAutomated removes the automated snapshots of an instance.
func (r *Region) dropAutomated(resourceID string) {
	for _, s := range r.dbSnapshots.matching(func(s *DBSnapshot) bool {
		return s.Type == snapshotAutomated && s.ResourceID == resourceID
	}) {
		r.dbSnapshots.remove(s.Identifier)
	}
}

// cutReplicas ends the replication from and to an instance that is deleted.
func (r *Region) cutReplicas(i *DBInstance) {
	for _, id := range i.Replicas {
		if replica, ok := r.peer(id); ok {
			replica.ReplicationStatus = "terminated"
		}
	}

	r.leaveSource(i)
}

// leaveSource takes a replica off the list of its source.
func (r *Region) leaveSource(replica *DBInstance) {
	source, ok := r.peer(replica.ReplicaSource)
	if !ok {
		return
	}

	source.Replicas = slices.DeleteFunc(source.Replicas, func(id string) bool {
		other, ok := r.peer(id)

		return ok && other == replica
	})
}

// peer finds an instance by its identifier in the region, or its ARN anywhere.
func (r *Region) peer(id string) (*DBInstance, bool) {
	if there, name, ok := r.at(id, "db:"); ok {
		return there.dbInstances.get(name)
	}

	return r.dbInstances.get(id)
}

// restoreDBInstance creates an instance from a snapshot of the region: another
// instance with a resource id of its own. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html
func restoreDBInstance(c *call, d *document) error {
	s, from, err := c.sourceDBSnapshot(c.in.str(dbSnapshotID))
	if err != nil {
		return err
	}

	if from.name != c.Region {
		return noDBSnapshot(c.in.str(dbSnapshotID))
	}

	i, err := c.newInstance(or(c.in.str("DBInstanceClass"), s.InstanceClass), s.Engine, s.EngineVersion)
	if err != nil {
		return err
	}

	i.AllocatedStorage, i.Encrypted, i.KMSKeyID, i.restoredFrom = s.AllocatedStorage, s.Encrypted, s.KMSKeyID, s.Identifier
	i.BackupRetentionPeriod = c.in.integer("BackupRetentionPeriod", 1)
	c.region.putDBInstance(i, c.now)
	c.writeInstance(d, i)

	return nil
}

// createReadReplica creates a replica, also of an instance in another region,
// which is named by its ARN. The source needs backups. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
func createReadReplica(c *call, d *document) error {
	name := c.in.str("SourceDBInstanceIdentifier")

	source, ok := c.region.peer(name)
	if !ok {
		return noDBInstance(name)
	}

	from, _, isARN := c.region.at(name, "db:")
	if !isARN {
		from = c.region
	}

	if err := c.reach(from); err != nil {
		return err
	}

	switch {
	case source.status(c.now) != statusAvailable:
		return refuse(codeInvalidInstanceState, "The source DB instance %s is %s", name, source.status(c.now))
	case source.BackupRetentionPeriod == 0:
		return refuse(codeInvalidInstanceState, "Automated backups are not enabled for the source DB instance %s", name)
	}

	key, err := c.copyKey(from, source.Encrypted, source.KMSKeyID)
	if err != nil {
		return err
	}

	i, err := c.newInstance(or(c.in.str("DBInstanceClass"), source.Class), source.Engine, source.EngineVersion)
	if err != nil {
		return err
	}

	i.AllocatedStorage, i.MasterUsername, i.DBName = source.AllocatedStorage, source.MasterUsername, source.DBName
	i.Encrypted, i.KMSKeyID = key != "", key
	c.region.putDBInstance(i, c.now)
	link(from, source, c.region, i)
	c.writeInstance(d, i)

	return nil
}

// link notes on both sides who replicates from whom: by identifier within a
// region, and by ARN beyond.
func link(from *Region, source *DBInstance, to *Region, replica *DBInstance) {
	replica.ReplicaSource = source.Identifier
	name := replica.Identifier

	if from != to {
		replica.ReplicaSource = from.dbInstanceARN(source.Identifier)
		name = to.dbInstanceARN(replica.Identifier)
	}

	source.Replicas = append(source.Replicas, name)
}

// promoteReadReplica makes a replica an instance of its own, for good. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html
func promoteReadReplica(c *call, d *document) error {
	i, err := c.availableInstance(c.in.str(dbInstanceID))
	if err != nil {
		return err
	}

	if i.ReplicaSource == "" {
		return refuse(codeInvalidInstanceState, "DB Instance is not a read replica: %s", i.Identifier)
	}

	c.region.leaveSource(i)

	i.ReplicaSource, i.ReplicationStatus, i.ReplicationMessage = "", "", ""
	i.BackupRetentionPeriod = c.in.integer("BackupRetentionPeriod", 1)
	i.pending, i.AvailableAt = statusModifying, c.availableAt()
	c.writeInstance(d, i)

	return nil
}

// retained returns the automated backup that is left of a deleted instance.
func (r *Region) retained(i *DBInstance, now time.Time) *DBInstanceAutomatedBackup {
	b := r.backupOf(i, now)
	b.Status = "retained"

	return b
}
