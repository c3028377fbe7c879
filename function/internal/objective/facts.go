package objective

import (
	"cmp"
	"sync"
	"time"
)

// Facts are how long the steps of a failover take for one component, and how
// much data a copy of it may lack. They are typical times, rounded up: a promise
// must not rest on a good day. Zero means that nobody knows, or that there is no
// such step.
type Facts struct {
	// Ready is how long a copy takes from its creation to be ready, and for what
	// exists once how long a change of it takes.
	Ready time.Duration

	// Restore is how long its data takes to come back from a snapshot.
	Restore time.Duration

	// Promote is how long a replica takes to serve. Replicas that take writes
	// already need no time.
	Promote time.Duration

	// Scale is how long a standby takes to grow to its full size.
	Scale time.Duration

	// SnapshotEvery is the shortest interval of snapshots, and SnapshotCopy how
	// long one takes to arrive in another region.
	SnapshotEvery, SnapshotCopy time.Duration

	// ReplicaLag is how far a replica in another region is behind.
	ReplicaLag time.Duration
}

// Or returns the facts, with those that are stated in their place.
func (f *Facts) Or(stated *Facts) Facts {
	return Facts{
		Ready: cmp.Or(stated.Ready, f.Ready), Restore: cmp.Or(stated.Restore, f.Restore),
		Promote: cmp.Or(stated.Promote, f.Promote), Scale: cmp.Or(stated.Scale, f.Scale),
		SnapshotEvery: cmp.Or(stated.SnapshotEvery, f.SnapshotEvery), SnapshotCopy: cmp.Or(stated.SnapshotCopy, f.SnapshotCopy),
		ReplicaLag: cmp.Or(stated.ReplicaLag, f.ReplicaLag),
	}
}

// snapshotAge is how old the newest snapshot in the other region can be.
func (f *Facts) snapshotAge() time.Duration { return f.SnapshotEvery + f.SnapshotCopy }

// A Row of the table of facts.
type Row struct {
	Facts

	// Service and Kind of the resource, as in its API group.
	Service, Kind string

	// Sources of the numbers.
	Sources []string
}

// Where the numbers are from. What AWS states no number for is an estimate of
// crossdr, and the row says so.
const (
	sourceNone        = "estimate"
	sourcePromote     = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html"
	sourceRDSCopy     = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html"
	sourceBackup      = "https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html"
	sourceReplicaLag  = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html"
	sourceAurora      = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html"
	sourceDocumentDB  = "https://docs.aws.amazon.com/documentdb/latest/developerguide/global-clusters.html"
	sourceNeptune     = "https://docs.aws.amazon.com/neptune/latest/userguide/neptune-global-database.html"
	sourceDynamoDB    = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html"
	sourceDLM         = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html"
	sourceEBSCopy     = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html"
	sourceRoute53     = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-editing.html"
	sourceAutoscaling = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html"
)

// Table is what is known of kinds beyond the catalog, which says how long they
// take to be created and to be restored. docs/objectives.md shows it, and a test
// compares the two.
func Table() []Row {
	hourly := func(more Facts) Facts {
		more.SnapshotEvery, more.SnapshotCopy = time.Hour, 30*time.Minute

		return more
	}

	return []Row{
		{Service: "rds", Kind: "Instance", Facts: hourly(Facts{Promote: 10 * time.Minute, ReplicaLag: time.Minute}), Sources: []string{sourcePromote, sourceReplicaLag, sourceBackup, sourceRDSCopy}},
		{Service: "rds", Kind: "Cluster", Facts: hourly(Facts{Promote: 5 * time.Minute, ReplicaLag: time.Second}), Sources: []string{sourceAurora, sourceBackup, sourceRDSCopy}},
		{Service: "docdb", Kind: "Cluster", Facts: hourly(Facts{Promote: 5 * time.Minute, ReplicaLag: time.Second}), Sources: []string{sourceDocumentDB, sourceBackup}},
		{Service: "neptune", Kind: "Cluster", Facts: hourly(Facts{Promote: 5 * time.Minute, ReplicaLag: time.Second}), Sources: []string{sourceNeptune, sourceBackup}},
		{Service: "dynamodb", Kind: "Table", Facts: Facts{ReplicaLag: time.Second}, Sources: []string{sourceDynamoDB}},
		{Service: "ec2", Kind: "EBSVolume", Facts: hourly(Facts{}), Sources: []string{sourceDLM, sourceEBSCopy}},
		{Service: "autoscaling", Kind: "AutoscalingGroup", Facts: Facts{Scale: 5 * time.Minute}, Sources: []string{sourceAutoscaling}},
		{Service: "ecs", Kind: "Service", Facts: Facts{Scale: 5 * time.Minute}, Sources: []string{sourceNone}},
		{Service: "route53", Kind: "Record", Facts: Facts{Ready: time.Minute}, Sources: []string{sourceRoute53}},
	}
}

// Times of what neither the table nor the catalog knows: all estimates.
const (
	// UnknownReady is for kinds that nothing is known of.
	UnknownReady = 5 * time.Minute

	// UnknownScale is for kinds that have a standby.scale.
	UnknownScale = 5 * time.Minute

	// OnceReady is for a Global component, and RestoreReady for a workload that
	// runs once, such as a Velero Restore.
	OnceReady    = time.Minute
	RestoreReady = 15 * time.Minute
)

// FactsOf returns the facts of a kind, and false if the table has none.
func FactsOf(service, kind string) (Facts, bool) {
	f, ok := table()[service+" "+kind]

	return f, ok
}

// table is Table by kind.
//
//nolint:gochecknoglobals // It is a constant that Go can't write as one.
var table = sync.OnceValue(func() map[string]Facts {
	out := map[string]Facts{}
	for _, r := range Table() {
		out[r.Service+" "+r.Kind] = r.Facts
	}

	return out
})
