package emulator

import (
	"strings"
	"time"
)

// A DBInstance of RDS, or a member of an Aurora cluster. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
type DBInstance struct {
	// Identifier of the instance, and its immutable ResourceID; made up by
	// default.
	Identifier, ResourceID string

	// ClusterIdentifier of the Aurora cluster that it is a member of, if any.
	ClusterIdentifier string

	// Class such as db.r6g.large.
	Class string

	Engine, EngineVersion string

	// Status is available by default. Until AvailableAt it is creating, or
	// modifying once it had been available.
	Status      string
	AvailableAt time.Time

	// CreateTime is now by default.
	CreateTime time.Time

	// AvailabilityZone by name; by default the first that is available.
	AvailabilityZone string

	// AllocatedStorage in GiB; 20 by default.
	AllocatedStorage int

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	// BackupRetentionPeriod in days; 0 means no automated backups.
	BackupRetentionPeriod int

	// ReplicaSource is the identifier of the instance that this is a read replica
	// of, or its ARN if that is in another region.
	ReplicaSource string

	// ReplicationStatus of a read replica: replicating (the default), error,
	// stopped or terminated; with a message where it is an error.
	ReplicationStatus, ReplicationMessage string

	// Replicas are the read replicas: identifiers, or ARNs of other regions.
	Replicas []string

	SubnetGroup    string
	SecurityGroups []string

	MasterUsername, DBName string
	Port                   int
	DeletionProtection     bool

	Tags map[string]string

	// pending is the status until AvailableAt.
	pending string
}

// AddDBInstance adds an instance, and returns its ARN.
func (r *Region) AddDBInstance(i DBInstance) string {
	r.locked(func(now time.Time) { r.putDBInstance(&i, now) })

	return r.dbInstanceARN(i.Identifier)
}

func (r *Region) putDBInstance(i *DBInstance, now time.Time) {
	i.Identifier = strings.ToLower(i.Identifier)
	i.ResourceID = or(i.ResourceID, r.emulator.resourceID("db-"))
	i.Class = or(i.Class, "db.r6g.large")
	i.Engine = or(i.Engine, "postgres")
	i.EngineVersion = or(i.EngineVersion, "16.4")
	i.Status = or(i.Status, statusAvailable)
	i.pending = or(i.pending, statusCreating)
	i.CreateTime = orNow(i.CreateTime, now)
	i.AllocatedStorage = or(i.AllocatedStorage, 20)
	i.MasterUsername = or(i.MasterUsername, "postgres")
	i.Port = or(i.Port, 5432)

	i.AvailabilityZone = or(i.AvailabilityZone, r.name+"a")

	if i.Encrypted {
		i.KMSKeyID = or(i.KMSKeyID, r.defaultKey("rds"))
	}

	r.dbInstances.put(i.Identifier, i)
}

func (r *Region) dbInstanceARN(id string) string {
	return r.arn("rds", "db:"+strings.ToLower(id))
}

func (i *DBInstance) status(now time.Time) string {
	if now.Before(i.AvailableAt) {
		return i.pending
	}

	return i.Status
}

func noDBInstance(id string) error {
	return missing("DBInstanceNotFound", "DBInstance %s not found.", id)
}

// instance finds an instance of the region by its identifier or its ARN.
func (r *Region) instance(id string) (*DBInstance, bool) {
	if there, name, ok := r.at(id, "db:"); ok {
		if there != r {
			return nil, false
		}

		id = name
	}

	return r.dbInstances.get(strings.ToLower(id))
}

// availableInstance finds an instance that can be worked on.
func (c *call) availableInstance(id string) (*DBInstance, error) {
	i, ok := c.region.instance(id)
	if !ok {
		return nil, noDBInstance(id)
	}

	return i, i.mustBeAvailable(c.now)
}

func (i *DBInstance) mustBeAvailable(now time.Time) error {
	if status := i.status(now); status != statusAvailable {
		return refuse("InvalidDBInstanceState", "DBInstance %s is not in the available state: it is %s", i.Identifier, status)
	}

	return nil
}

func rdsInstanceActions() map[string]action {
	return map[string]action{
		"DescribeDBInstances": rdsAction("DBInstanceIdentifier Filters:list MaxRecords:int Marker", describeDBInstances),
	}
}

func describeDBInstances(c *call, d *document) error {
	filters, err := c.filters("db-cluster-id", "db-instance-id", "dbi-resource-id", "engine")
	if err != nil {
		return err
	}

	asked := c.in.str(dbInstanceID)

	if _, ok := c.region.instance(asked); asked != "" && !ok {
		return noDBInstance(asked)
	}

	found := c.region.dbInstances.matching(func(i *DBInstance) bool {
		names := filters["db-instance-id"]
		arn := c.region.dbInstanceARN(i.Identifier)

		return (asked == "" || strings.EqualFold(asked, i.Identifier) || strings.EqualFold(asked, arn)) &&
			(anyOf(names, i.Identifier) || anyOf(names, arn)) &&
			anyOf(filters["db-cluster-id"], i.ClusterIdentifier) &&
			anyOf(filters["dbi-resource-id"], i.ResourceID) && anyOf(filters["engine"], i.Engine)
	})

	page, next, err := paginate(c, rdsListing(), found, func(i *DBInstance) string { return i.Identifier })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBInstances", "DBInstance", page, func(i *DBInstance) { c.region.writeDBInstance(d, i, c.now) })

	return nil
}

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

	// An instance has no endpoint, and nothing to restore, before it is there.
	if !now.Before(i.AvailableAt) || i.pending != statusCreating {
		d.time("InstanceCreateTime", i.CreateTime)
		r.writeEndpoint(d, i)

		if i.BackupRetentionPeriod > 0 {
			d.time("LatestRestorableTime", latestRestorable(i.CreateTime, now))
		}
	}

	r.writeReplication(d, i)

	if i.SubnetGroup != "" {
		d.element("DBSubnetGroup", func() { d.text("DBSubnetGroupName", i.SubnetGroup) })
	}

	each(d, "VpcSecurityGroups", "VpcSecurityGroupMembership", i.SecurityGroups, func(id string) {
		d.text("VpcSecurityGroupId", id)
		d.text("Status", "active")
	})
	d.writeTags(i.Tags)
}

// writeEndpoint writes where the instance is reached.
func (r *Region) writeEndpoint(d *document, i *DBInstance) {
	d.element("Endpoint", func() {
		d.text("Address", i.Identifier+"."+strings.ToLower(i.ResourceID[max(0, len(i.ResourceID)-12):])+"."+r.name+".rds.amazonaws.com")
		d.integer("Port", i.Port)
	})
}

// writeReplication writes what the instance replicates from and to.
func (r *Region) writeReplication(d *document, i *DBInstance) {
	d.text("ReadReplicaSourceDBInstanceIdentifier", i.ReplicaSource)
	d.texts("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBInstanceIdentifier", i.Replicas)

	if i.ReplicaSource == "" {
		return
	}

	status := or(i.ReplicationStatus, "replicating")

	each(d, "StatusInfos", "DBInstanceStatusInfo", []string{status}, func(status string) {
		d.text("StatusType", "read replication")
		d.boolean("Normal", status == "replicating")
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
