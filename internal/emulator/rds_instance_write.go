package emulator

import (
	"strings"
	"time"
)

// writeDBInstance writes an instance.
func (r *Region) writeDBInstance(d *document, i *DBInstance, now time.Time) {
	d.text(dbInstanceID, i.Identifier)
	d.text("DBInstanceArn", r.dbInstanceARN(i.Identifier))
	d.text(dbiResourceID, i.ResourceID)
	d.text(dbClusterID, i.ClusterIdentifier)
	d.text("DBInstanceClass", i.Class)
	d.text("DBInstanceStatus", i.status(now))
	d.text("Engine", i.Engine)
	d.text("EngineVersion", i.EngineVersion)
	d.text("MasterUsername", i.MasterUsername)
	d.text("DBName", i.DBName)
	d.text("AvailabilityZone", i.AvailabilityZone)
	d.integer("AllocatedStorage", i.AllocatedStorage)
	d.boolean("StorageEncrypted", i.Encrypted)
	d.text("KmsKeyId", i.KMSKeyID)
	d.integer("BackupRetentionPeriod", i.BackupRetentionPeriod)
	d.boolean("DeletionProtection", i.DeletionProtection)
	d.boolean("MultiAZ", false)

	// What is being created has no endpoint yet, and nothing to restore.
	if !i.creating(now) {
		d.time("InstanceCreateTime", i.CreateTime)
		d.element("Endpoint", func() {
			d.text("Address", i.Identifier+"."+endpointLabel(i.ResourceID)+"."+r.name+".rds.amazonaws.com")
			d.integer("Port", i.Port)
		})

		if i.BackupRetentionPeriod > 0 {
			d.time("LatestRestorableTime", latestRestorable(i.CreateTime, now))
		}
	}

	i.writePending(d)
	i.writeReplication(d, now)

	if i.SubnetGroup != "" {
		d.element("DBSubnetGroup", func() { d.text("DBSubnetGroupName", i.SubnetGroup) })
	}

	writeSecurityGroups(d, i.SecurityGroups)
	d.writeTags(i.Tags)
}

func (i *DBInstance) creating(now time.Time) bool {
	return i.status(now) == statusCreating
}

// endpointLabel is what makes the host names of one account and region differ
// from those of others.
func endpointLabel(resourceID string) string {
	return strings.ToLower(resourceID[max(0, len(resourceID)-12):])
}

func writeSecurityGroups(d *document, ids []string) {
	each(d, "VpcSecurityGroups", "VpcSecurityGroupMembership", ids, func(id string) {
		d.text("VpcSecurityGroupId", id)
		d.text("Status", "active")
	})
}

// writePending writes the changes that wait for the maintenance window.
func (i *DBInstance) writePending(d *document) {
	d.element("PendingModifiedValues", func() {
		d.text("DBInstanceClass", i.later.class)

		if i.later.changeRetention {
			d.integer("BackupRetentionPeriod", i.later.retention)
		}
	})
}

// writeReplication writes what the instance replicates from and to.
func (i *DBInstance) writeReplication(d *document, now time.Time) {
	d.texts("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBInstanceIdentifier", i.Replicas)

	if i.ReplicaSource == "" {
		return
	}

	d.text("ReadReplicaSourceDBInstanceIdentifier", i.ReplicaSource)

	if i.creating(now) {
		return
	}

	status := or(i.ReplicationStatus, replicating)

	each(d, "StatusInfos", "DBInstanceStatusInfo", []string{status}, func(status string) {
		d.text("StatusType", "read replication")
		d.boolean("Normal", status == replicating)
		d.text("Status", status)
		d.text("Message", i.ReplicationMessage)
	})
}

// latestRestorable is up to when a store with continuous backups can be
// restored: RDS uploads logs every five minutes. See
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
func latestRestorable(created, now time.Time) time.Time {
	if latest := now.Add(-5 * time.Minute); latest.After(created) {
		return latest
	}

	return created
}
