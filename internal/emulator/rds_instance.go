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

	// Writer says that a member of a cluster is the one that takes writes.
	Writer bool

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

	// restoredFrom is the identifier of the snapshot that it was restored from.
	restoredFrom string

	// pending is the status until AvailableAt, and later what ModifyDBInstance
	// leaves for the maintenance window.
	pending string
	later   laterValues
}

// laterValues are changes that wait for the maintenance window.
type laterValues struct {
	class           string
	retention       int
	changeRetention bool
}

// AddDBInstance adds an instance, and returns its ARN.
func (r *Region) AddDBInstance(i DBInstance) string {
	r.locked(func(now time.Time) { r.putDBInstance(&i, now) })

	return r.dbInstanceARN(i.Identifier)
}

// RestoredFrom returns the identifier of the snapshot that an instance was
// restored from, which RDS does not tell; empty if it was not restored.
func (r *Region) RestoredFrom(identifier string) string {
	var from string

	r.locked(func(time.Time) {
		if i, ok := r.dbInstances.get(identifier); ok {
			from = i.restoredFrom
		}
	})

	return from
}

// SetReplication sets the state of a read replica: replicating, error, stopped
// or terminated, and the message that goes with an error.
func (r *Region) SetReplication(identifier, status, message string) {
	r.locked(func(time.Time) {
		if i, ok := r.dbInstances.get(identifier); ok {
			i.ReplicationStatus, i.ReplicationMessage = status, message
		}
	})
}

func (r *Region) putDBInstance(i *DBInstance, now time.Time) {
	i.Identifier = strings.ToLower(i.Identifier)
	i.Class = or(i.Class, "db.r6g.large")
	i.Engine = or(i.Engine, "postgres")
	i.EngineVersion = or(i.EngineVersion, "16.4")
	i.Status = or(i.Status, statusAvailable)
	i.pending = or(i.pending, statusCreating)
	i.CreateTime = orNow(i.CreateTime, now)
	i.AvailabilityZone = or(i.AvailabilityZone, r.name+"a")
	i.AllocatedStorage = or(i.AllocatedStorage, 20)
	i.MasterUsername = or(i.MasterUsername, "postgres")
	i.Port = or(i.Port, 5432)

	if i.ResourceID == "" {
		i.ResourceID = r.emulator.resourceID("db-")
	}

	if i.Encrypted {
		i.KMSKeyID = or(i.KMSKeyID, r.defaultKey(rdsService))
	}

	r.dbInstances.put(i.Identifier, i)
}

func (r *Region) dbInstanceARN(id string) string {
	return r.arn(rdsService, "db:"+strings.ToLower(id))
}

func (i *DBInstance) status(now time.Time) string {
	return pending(now, i.AvailableAt, i.pending, i.Status)
}

func noDBInstance(id string) error {
	return missing("DBInstanceNotFound", "DBInstance %s not found.", id)
}

// instance finds an instance of the region by its identifier or its ARN. One
// whose deletion is over is gone.
func (c *call) instance(id string) (*DBInstance, bool) {
	if there, name, ok := c.region.at(id, "db:"); ok {
		if there != c.region {
			return nil, false
		}

		id = name
	}

	i, ok := c.region.dbInstances.get(strings.ToLower(id))

	return i, ok && i.status(c.now) != statusDeleted
}

// availableInstance finds an instance that can be worked on.
func (c *call) availableInstance(id string) (*DBInstance, error) {
	i, ok := c.instance(id)
	if !ok {
		return nil, noDBInstance(id)
	}

	if status := i.status(c.now); status != statusAvailable {
		return nil, refuse(codeInvalidInstanceState, "DBInstance %s is not in the available state: it is %s", id, status)
	}

	return i, nil
}

func rdsInstanceActions() map[string]action {
	return map[string]action{
		"DescribeDBInstances": rdsAction("DBInstanceIdentifier Filters:list MaxRecords:int Marker", describeDBInstances),
		"CreateDBInstance": rdsAction("DBInstanceIdentifier! DBInstanceClass! Engine! EngineVersion AllocatedStorage:int MasterUsername "+
			"MasterUserPassword DBName DBClusterIdentifier AvailabilityZone DBSubnetGroupName VpcSecurityGroupIds:list "+
			"StorageEncrypted:bool KmsKeyId BackupRetentionPeriod:int Port:int DeletionProtection:bool Tags:list", createDBInstance),
		"ModifyDBInstance": rdsAction("DBInstanceIdentifier! DBInstanceClass VpcSecurityGroupIds:list BackupRetentionPeriod:int "+
			"DeletionProtection:bool ApplyImmediately:bool", modifyDBInstance),
		"DeleteDBInstance": rdsAction(
			"DBInstanceIdentifier! SkipFinalSnapshot:bool FinalDBSnapshotIdentifier DeleteAutomatedBackups:bool", deleteDBInstance),
		"RestoreDBInstanceFromDBSnapshot": rdsAction("DBInstanceIdentifier! DBSnapshotIdentifier! DBInstanceClass AvailabilityZone "+
			"DBSubnetGroupName VpcSecurityGroupIds:list BackupRetentionPeriod:int Port:int DeletionProtection:bool Tags:list",
			restoreDBInstance),
		"CreateDBInstanceReadReplica": rdsAction("DBInstanceIdentifier! SourceDBInstanceIdentifier! DBInstanceClass AvailabilityZone "+
			"DBSubnetGroupName VpcSecurityGroupIds:list KmsKeyId PreSignedUrl Port:int DeletionProtection:bool Tags:list", createReadReplica),
		"PromoteReadReplica": rdsAction("DBInstanceIdentifier! BackupRetentionPeriod:int", promoteReadReplica),
	}
}

func describeDBInstances(c *call, d *document) error {
	filters, err := c.filters("db-cluster-id", "db-instance-id", dbiResourceFilter, "engine")
	if err != nil {
		return err
	}

	asked := c.in.str(dbInstanceID)

	if _, ok := c.instance(asked); asked != "" && !ok {
		return noDBInstance(asked)
	}

	found := c.region.dbInstances.matching(func(i *DBInstance) bool {
		arn := c.region.dbInstanceARN(i.Identifier)

		return i.status(c.now) != statusDeleted &&
			anyOf(c.asked(dbInstanceID), i.Identifier, arn) && anyOf(filters["db-instance-id"], i.Identifier, arn) &&
			anyOf(filters["db-cluster-id"], i.ClusterIdentifier) &&
			anyOf(filters[dbiResourceFilter], i.ResourceID) && anyOf(filters["engine"], i.Engine)
	})

	page, next, err := paginate(c, rdsListing(), found, func(i *DBInstance) string { return i.Identifier })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBInstances", "DBInstance", page, func(i *DBInstance) { c.region.writeDBInstance(d, i, c.now) })

	return nil
}

// writeInstance writes the answer of an action on one instance.
func (c *call) writeInstance(d *document, i *DBInstance) {
	d.element("DBInstance", func() { c.region.writeDBInstance(d, i, c.now) })
}
