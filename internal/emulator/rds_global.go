package emulator

import (
	"slices"
	"strings"
	"time"
)

// A GlobalCluster is an Aurora global database: a primary cluster that takes
// writes, and secondary ones in other regions. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_GlobalCluster.html
type GlobalCluster struct {
	// Identifier of the global cluster, and its ResourceID; made up by default.
	Identifier, ResourceID string

	// Engine and EngineVersion are aurora-postgresql and 16.4 by default.
	Engine, EngineVersion string

	// Status is available by default.
	Status string

	Encrypted, DeletionProtection bool

	// Members are the clusters; at most one is the writer.
	Members []GlobalClusterMember

	// Failover that is under way, if any.
	Failover *GlobalClusterFailover
}

// A GlobalClusterMember is one cluster of a global one.
type GlobalClusterMember struct {
	ClusterARN string

	// Writer says that it is the primary cluster.
	Writer bool

	// SynchronizationStatus of a secondary cluster: connected (the default) or
	// pending-resync.
	SynchronizationStatus string
}

// A GlobalClusterFailover is a failover or switchover that is under way.
type GlobalClusterFailover struct {
	// Status is pending, failing-over, switching-over or cancelling.
	Status string

	// FromARN and ToARN are of the clusters.
	FromARN, ToARN string

	DataLossAllowed bool
}

// SetGlobalCluster adds a global cluster to the account, or replaces it.
func (a *Account) SetGlobalCluster(g GlobalCluster) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	a.putGlobalCluster(&g)
}

func (a *Account) putGlobalCluster(g *GlobalCluster) {
	g.Identifier = strings.ToLower(g.Identifier)
	g.Engine = or(g.Engine, "aurora-postgresql")
	g.EngineVersion = or(g.EngineVersion, "16.4")
	g.Status = or(g.Status, statusAvailable)

	if g.ResourceID == "" {
		g.ResourceID = strings.ToLower(a.emulator.resourceID("cluster-"))
	}

	a.globals.put(g.Identifier, g)
}

// writer returns the member that takes writes.
func (g *GlobalCluster) writer() (*GlobalClusterMember, bool) {
	for i := range g.Members {
		if g.Members[i].Writer {
			return &g.Members[i], true
		}
	}

	return nil, false
}

// globalOf returns the global cluster that a cluster of the region is part of.
func (r *Region) globalOf(id string) (*GlobalCluster, bool) {
	arn := r.dbClusterARN(id)

	for _, g := range r.account.globals.all() {
		if slices.ContainsFunc(g.Members, func(m GlobalClusterMember) bool { return m.ClusterARN == arn }) {
			return g, true
		}
	}

	return nil, false
}

// isSecondary reports whether a cluster follows that of another region.
func (r *Region) isSecondary(id string) bool {
	g, ok := r.globalOf(id)
	if !ok {
		return false
	}

	writer, ok := g.writer()

	return ok && writer.ClusterARN != r.dbClusterARN(id)
}

func noGlobalCluster(id string) error {
	return missing("GlobalClusterNotFoundFault", "Global cluster %s not found.", id)
}

func rdsGlobalActions() map[string]action {
	return map[string]action{
		"DescribeGlobalClusters": rdsAction("GlobalClusterIdentifier MaxRecords:int Marker", describeGlobalClusters),
		"CreateGlobalCluster": rdsAction(
			"GlobalClusterIdentifier! SourceDBClusterIdentifier Engine EngineVersion StorageEncrypted:bool DeletionProtection:bool",
			createGlobalCluster),
		"RemoveFromGlobalCluster": rdsAction("GlobalClusterIdentifier! DbClusterIdentifier!", removeFromGlobalCluster),
	}
}

// describeGlobalClusters lists the global clusters of the account: every region
// knows them. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeGlobalClusters.html
func describeGlobalClusters(c *call, d *document) error {
	asked := c.in.lower(globalClusterID)

	if _, ok := c.region.account.globals.get(asked); asked != "" && !ok {
		return noGlobalCluster(asked)
	}

	found := c.region.account.globals.matching(func(g *GlobalCluster) bool { return asked == "" || g.Identifier == asked })

	page, next, err := paginate(c, rdsListing(), found, func(g *GlobalCluster) string { return g.Identifier })
	if err != nil {
		return err
	}

	d.text("Marker", next)
	each(d, "GlobalClusters", "GlobalClusterMember", page, func(g *GlobalCluster) { g.write(d, c.Account) })

	return nil
}

// createGlobalCluster creates a global cluster: around one that exists, or empty.
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateGlobalCluster.html
func createGlobalCluster(c *call, d *document) error {
	id := c.in.lower(globalClusterID)
	if _, ok := c.region.account.globals.get(id); ok {
		return refuse("GlobalClusterAlreadyExistsFault", "Global cluster %s already exists.", id)
	}

	g := &GlobalCluster{
		Identifier: id, Engine: c.in.str("Engine"), EngineVersion: c.in.str("EngineVersion"),
		Encrypted: c.in.boolean("StorageEncrypted"), DeletionProtection: c.in.boolean("DeletionProtection"),
	}

	if source := c.in.str("SourceDBClusterIdentifier"); source != "" {
		k, err := c.availableCluster(source)
		if err != nil {
			return err
		}

		if old, ok := c.region.globalOf(k.Identifier); ok {
			return refuse("InvalidDBClusterStateFault", "%s already belongs to the global cluster %s", source, old.Identifier)
		}

		g.Engine, g.EngineVersion, g.Encrypted = k.Engine, k.EngineVersion, k.Encrypted
		g.Members = []GlobalClusterMember{{ClusterARN: c.region.dbClusterARN(k.Identifier), Writer: true}}
	}

	c.region.account.putGlobalCluster(g)
	d.element("GlobalCluster", func() { g.write(d, c.Account) })

	return nil
}

// joinGlobal makes a new cluster part of a global one: its primary if it has
// none. A secondary takes its data, and what goes with it, from the primary.
func (c *call) joinGlobal(k *DBCluster, id string) error {
	g, ok := c.region.account.globals.get(strings.ToLower(id))

	switch {
	case !ok:
		return noGlobalCluster(id)
	case g.Engine != k.Engine:
		return refuse(codeInvalidCombination, "The global cluster %s is of the engine %s", id, g.Engine)
	case slices.ContainsFunc(g.Members, func(m GlobalClusterMember) bool { return strings.Contains(m.ClusterARN, ":"+c.Region+":") }):
		return refuse("InvalidGlobalClusterStateFault", "The global cluster %s already has a cluster in %s", id, c.Region)
	}

	_, hasWriter := g.writer()

	if hasWriter && c.in.has("MasterUsername") {
		return refuse(codeInvalidCombination, "Cannot specify user name for cross region replication cluster")
	}

	if hasWriter && g.Encrypted && !c.in.has("KmsKeyId") {
		return refuse(codeInvalidCombination, "Specify a KMS key of %s in KmsKeyId for a secondary of an encrypted cluster", c.Region)
	}

	k.EngineVersion = or(k.EngineVersion, g.EngineVersion)
	g.Members = append(g.Members, GlobalClusterMember{ClusterARN: c.region.dbClusterARN(k.Identifier), Writer: !hasWriter})

	return nil
}

// removeFromGlobalCluster detaches a cluster, which then takes writes on its
// own. The primary goes last. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RemoveFromGlobalCluster.html
func removeFromGlobalCluster(c *call, d *document) error {
	id := c.in.str(globalClusterID)

	g, ok := c.region.account.globals.get(strings.ToLower(id))
	if !ok {
		return noGlobalCluster(id)
	}

	arn := c.in.str("DbClusterIdentifier")

	i := slices.IndexFunc(g.Members, func(m GlobalClusterMember) bool { return m.ClusterARN == arn })
	if i < 0 {
		return noDBCluster(arn)
	}

	if g.Members[i].Writer && len(g.Members) > 1 {
		return refuse("InvalidGlobalClusterStateFault", "The primary cluster can be removed only after all secondary ones")
	}

	g.Members = slices.Delete(g.Members, i, i+1)

	if there, name, ok := c.region.at(arn, "cluster:"); ok {
		there.promote(name, c.availableAt())
	}

	d.element("GlobalCluster", func() { g.write(d, c.Account) })

	return nil
}

// promote lets the first member of a detached cluster take writes.
func (r *Region) promote(cluster string, at time.Time) {
	if k, ok := r.dbClusters.get(cluster); ok {
		k.pending, k.AvailableAt = "promoting", at
	}

	for n, i := range r.members(cluster) {
		i.Writer = n == 0
	}
}

func (g *GlobalCluster) write(d *document, account string) {
	d.text(globalClusterID, g.Identifier)
	d.text("GlobalClusterArn", "arn:aws:rds::"+account+":global-cluster:"+g.Identifier)
	d.text("GlobalClusterResourceId", g.ResourceID)
	d.text("Engine", g.Engine)
	d.text("EngineVersion", g.EngineVersion)
	d.text("Status", g.Status)
	d.boolean("StorageEncrypted", g.Encrypted)
	d.boolean("DeletionProtection", g.DeletionProtection)
	each(d, "GlobalClusterMembers", "GlobalClusterMember", g.Members, func(m GlobalClusterMember) {
		d.text("DBClusterArn", m.ClusterARN)
		d.boolean("IsWriter", m.Writer)

		if m.Writer {
			d.texts("Readers", "member", g.readers())

			return
		}

		d.text("SynchronizationStatus", or(m.SynchronizationStatus, "connected"))
	})

	if f := g.Failover; f != nil {
		d.element("FailoverState", func() {
			d.text("Status", f.Status)
			d.text("FromDbClusterArn", f.FromARN)
			d.text("ToDbClusterArn", f.ToARN)
			d.boolean("IsDataLossAllowed", f.DataLossAllowed)
		})
	}
}

// readers returns the ARNs of the secondary clusters.
func (g *GlobalCluster) readers() []string {
	var arns []string

	for _, m := range g.Members {
		if !m.Writer {
			arns = append(arns, m.ClusterARN)
		}
	}

	return arns
}
