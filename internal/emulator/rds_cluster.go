package emulator

import (
	"strings"
	"time"
)

// A DBCluster of Aurora, DocumentDB or Neptune. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBCluster.html
type DBCluster struct {
	// Identifier of the cluster, and its immutable ResourceID; made up by default.
	Identifier, ResourceID string

	// Engine and EngineVersion are aurora-postgresql and 16.4 by default.
	Engine, EngineVersion string

	// Status is available by default. Until AvailableAt it is creating.
	Status      string
	AvailableAt time.Time

	// CreateTime is now by default.
	CreateTime time.Time

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	// BackupRetentionPeriod in days; 1 by default. A cluster always has backups.
	BackupRetentionPeriod int

	// AvailabilityZones of the storage, by name; the first three by default.
	AvailabilityZones []string

	SubnetGroup                  string
	SecurityGroups               []string
	MasterUsername, DatabaseName string
	Port                         int
	DeletionProtection           bool

	Tags map[string]string

	// pending is the status until AvailableAt.
	pending string
}

// AddDBCluster adds a cluster, and returns its ARN.
func (r *Region) AddDBCluster(k DBCluster) string {
	r.locked(func(now time.Time) { r.putDBCluster(&k, now) })

	return r.dbClusterARN(k.Identifier)
}

func (r *Region) putDBCluster(k *DBCluster, now time.Time) {
	k.Identifier = strings.ToLower(k.Identifier)
	k.Engine = or(k.Engine, "aurora-postgresql")
	k.EngineVersion = or(k.EngineVersion, "16.4")
	k.Status = or(k.Status, statusAvailable)
	k.CreateTime = orNow(k.CreateTime, now)
	k.BackupRetentionPeriod = or(k.BackupRetentionPeriod, 1)
	k.Port = or(k.Port, 5432)

	if k.ResourceID == "" {
		k.ResourceID = r.emulator.resourceID("cluster-")
	}

	if len(k.AvailabilityZones) == 0 {
		names := r.zoneNames(nil)
		k.AvailabilityZones = names[:min(3, len(names))]
	}

	if k.Encrypted {
		k.KMSKeyID = or(k.KMSKeyID, r.defaultKey(rdsService))
	}

	r.dbClusters.put(k.Identifier, k)
}

func (r *Region) dbClusterARN(id string) string {
	return r.arn(rdsService, "cluster:"+strings.ToLower(id))
}

func (k *DBCluster) status(now time.Time) string {
	return pending(now, k.AvailableAt, or(k.pending, statusCreating), k.Status)
}

func noDBCluster(id string) error {
	return missing("DBClusterNotFoundFault", "DBCluster %s not found.", id)
}

// cluster finds a cluster of the region by its identifier or its ARN.
func (c *call) cluster(id string) (*DBCluster, bool) {
	if there, name, ok := c.region.at(id, "cluster:"); ok {
		if there != c.region {
			return nil, false
		}

		id = name
	}

	return c.region.dbClusters.get(strings.ToLower(id))
}

func (c *call) availableCluster(id string) (*DBCluster, error) {
	k, ok := c.cluster(id)
	if !ok {
		return nil, noDBCluster(id)
	}

	if status := k.status(c.now); status != statusAvailable {
		return nil, refuse("InvalidDBClusterStateFault", "DBCluster %s is not available: it is %s", id, status)
	}

	return k, nil
}

// members of a cluster.
func (r *Region) members(id string) []*DBInstance {
	return r.dbInstances.matching(func(i *DBInstance) bool { return i.ClusterIdentifier == id && i.Status != statusDeleted })
}

func rdsClusterActions() map[string]action {
	return map[string]action{
		"DescribeDBClusters": rdsAction("DBClusterIdentifier Filters:list MaxRecords:int Marker", describeDBClusters),
		"CreateDBCluster": rdsAction("DBClusterIdentifier! Engine! EngineVersion MasterUsername MasterUserPassword DatabaseName "+
			"DBSubnetGroupName VpcSecurityGroupIds:list AvailabilityZones:list StorageEncrypted:bool KmsKeyId PreSignedUrl "+
			"BackupRetentionPeriod:int Port:int DeletionProtection:bool GlobalClusterIdentifier Tags:list", createDBCluster),
		"RestoreDBClusterFromSnapshot": rdsAction("DBClusterIdentifier! SnapshotIdentifier! Engine! EngineVersion KmsKeyId "+
			"DBSubnetGroupName VpcSecurityGroupIds:list AvailabilityZones:list Port:int DeletionProtection:bool Tags:list",
			restoreDBCluster),
	}
}

func describeDBClusters(c *call, d *document) error {
	filters, err := c.filters("db-cluster-id", "db-cluster-resource-id", "engine")
	if err != nil {
		return err
	}

	asked := c.in.str(dbClusterID)

	if _, ok := c.cluster(asked); asked != "" && !ok {
		return noDBCluster(asked)
	}

	found := c.region.dbClusters.matching(func(k *DBCluster) bool {
		arn := c.region.dbClusterARN(k.Identifier)

		return anyOf(c.asked(dbClusterID), k.Identifier, arn) && anyOf(filters["db-cluster-id"], k.Identifier, arn) &&
			anyOf(filters["db-cluster-resource-id"], k.ResourceID) && anyOf(filters["engine"], k.Engine)
	})

	page, next, err := paginate(c, rdsListing(), found, func(k *DBCluster) string { return k.Identifier })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "DBClusters", "DBCluster", page, func(k *DBCluster) { c.region.writeDBCluster(d, k, c.now) })

	return nil
}

// newCluster returns a cluster that a call asks for. Its zones are the region's,
// and its subnet group must exist.
func (c *call) newCluster() (*DBCluster, error) {
	id := c.in.lower(dbClusterID)
	if _, ok := c.cluster(id); ok {
		return nil, refuse("DBClusterAlreadyExistsFault", "DB Cluster already exists: %s", id)
	}

	if _, err := c.region.covered(c.in.str("DBSubnetGroupName")); err != nil {
		return nil, err
	}

	zones := c.in.strs("AvailabilityZones")
	for _, name := range zones {
		if z, ok := c.region.zone(name); !ok || z.name != name {
			return nil, refuse(codeInvalidValue, "%s is not a valid availability zone", name)
		}
	}

	return &DBCluster{
		Identifier: id, Engine: c.in.str("Engine"), EngineVersion: c.in.str("EngineVersion"), AvailableAt: c.availableAt(),
		AvailabilityZones: zones, SubnetGroup: c.in.str("DBSubnetGroupName"), SecurityGroups: c.in.strs("VpcSecurityGroupIds"),
		MasterUsername: c.in.str("MasterUsername"), DatabaseName: c.in.str("DatabaseName"), Port: c.in.integer("Port", 0),
		BackupRetentionPeriod: c.in.integer("BackupRetentionPeriod", 0), DeletionProtection: c.in.boolean("DeletionProtection"),
		Tags: c.in.tags("Tags"),
	}, nil
}

// createDBCluster creates a cluster without instances, or the secondary cluster
// of a global one. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
func createDBCluster(c *call, d *document) error {
	k, err := c.newCluster()
	if err != nil {
		return err
	}

	if c.in.boolean("StorageEncrypted") || c.in.has("KmsKeyId") {
		k.Encrypted = true
		if k.KMSKeyID, err = c.region.rdsKey(c.in.str("KmsKeyId")); err != nil {
			return err
		}
	}

	if id := c.in.str(globalClusterID); id != "" {
		if err := c.joinGlobal(k, id); err != nil {
			return err
		}
	}

	c.region.putDBCluster(k, c.now)
	d.element("DBCluster", func() { c.region.writeDBCluster(d, k, c.now) })

	return nil
}

// restoreDBCluster creates a cluster without instances from a snapshot. The key
// is that of the snapshot unless another is named. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterFromSnapshot.html
func restoreDBCluster(c *call, d *document) error {
	id := c.in.str("SnapshotIdentifier")

	s, from, err := c.sourceDBClusterSnapshot(id)
	if err != nil {
		return err
	}

	if from.name != c.Region {
		return noDBClusterSnapshot(id)
	}

	k, err := c.newCluster()
	if err != nil {
		return err
	}

	if k.Engine != s.Engine {
		return refuse(codeInvalidCombination, "The snapshot %s is of the engine %s", id, s.Engine)
	}

	k.EngineVersion = or(k.EngineVersion, s.EngineVersion)
	k.Encrypted, k.KMSKeyID = s.Encrypted, s.KMSKeyID

	if asked := c.in.str("KmsKeyId"); asked != "" {
		k.Encrypted = true
		if k.KMSKeyID, err = c.region.rdsKey(asked); err != nil {
			return err
		}
	}

	c.region.putDBCluster(k, c.now)
	d.element("DBCluster", func() { c.region.writeDBCluster(d, k, c.now) })

	return nil
}

func (r *Region) writeDBCluster(d *document, k *DBCluster, now time.Time) {
	d.text(dbClusterID, k.Identifier)
	d.text("DBClusterArn", r.dbClusterARN(k.Identifier))
	d.text(dbClusterResourceID, k.ResourceID)
	d.text("Engine", k.Engine)
	d.text("EngineVersion", k.EngineVersion)
	d.text("EngineMode", "provisioned")
	d.text("Status", k.status(now))
	d.time("ClusterCreateTime", k.CreateTime)
	d.text("Endpoint", k.Identifier+".cluster-"+endpointLabel(k.ResourceID)+"."+r.name+".rds.amazonaws.com")
	d.text("ReaderEndpoint", k.Identifier+".cluster-ro-"+endpointLabel(k.ResourceID)+"."+r.name+".rds.amazonaws.com")
	d.integer("Port", k.Port)
	d.text("MasterUsername", k.MasterUsername)
	d.text("DatabaseName", k.DatabaseName)
	d.texts("AvailabilityZones", "AvailabilityZone", k.AvailabilityZones)
	d.text("DBSubnetGroup", k.SubnetGroup)
	d.boolean("StorageEncrypted", k.Encrypted)
	d.text("KmsKeyId", k.KMSKeyID)
	d.boolean("DeletionProtection", k.DeletionProtection)
	d.integer("BackupRetentionPeriod", k.BackupRetentionPeriod)
	d.time("EarliestRestorableTime", earliestRestorable(k.CreateTime, now, k.BackupRetentionPeriod))
	d.time("LatestRestorableTime", latestRestorable(k.CreateTime, now))

	if g, ok := r.globalOf(k.Identifier); ok {
		d.text(globalClusterID, g.Identifier)
	}

	each(d, "DBClusterMembers", "DBClusterMember", r.members(k.Identifier), func(i *DBInstance) {
		d.text(dbInstanceID, i.Identifier)
		d.boolean("IsClusterWriter", i.Writer)
		d.integer("PromotionTier", 1)
	})
	writeSecurityGroups(d, k.SecurityGroups)
	d.writeTags(k.Tags)
}
