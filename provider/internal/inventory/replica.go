package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// replica finds a replica that is in the region: the one candidate is the
// replica itself, and its data is as old as what it has received. A link that
// is broken, as it is when the other region is dark, makes that no newer and
// the replica not unusable: then it is just what it is there for.
//
// The ARN of the source says what it is. Without one it is looked for as a DB
// instance, then as a DB cluster, then as a table.
func (f *finder) replica(ctx context.Context, r *Request) (*Answer, error) {
	kind := kindOfARN(r.Source.ARN)
	if kind == "" && r.Source.ARN != "" {
		return nil, fmt.Errorf("cannot observe a replica %s: only those of DB instances, DB clusters and DynamoDB tables", r.Source.ARN)
	}

	var out []*snapshot.Candidate

	for _, look := range []struct {
		kind snapshot.Kind
		find func(context.Context, *Request) ([]*snapshot.Candidate, error)
	}{
		{snapshot.DBInstance, f.instanceReplicas},
		{snapshot.DBCluster, f.clusterReplicas},
		{snapshot.Table, f.tableReplica},
	} {
		if kind != "" && kind != look.kind || len(out) > 0 {
			continue
		}

		found, err := look.find(ctx, r)
		if err != nil {
			return nil, err
		}

		out = found
	}

	return &Answer{Candidates: out}, nil
}

// kindOfARN returns what kind of store an ARN is of, or "".
func kindOfARN(s string) snapshot.Kind {
	a, err := arn.Parse(s)
	if err != nil {
		return ""
	}

	for prefix, kind := range map[string]snapshot.Kind{
		"rds:db:":         snapshot.DBInstance,
		"rds:cluster:":    snapshot.DBCluster,
		"dynamodb:table/": snapshot.Table,
		"ec2:volume/":     snapshot.Volume,
	} {
		if strings.HasPrefix(a.Service+":"+a.Resource, prefix) {
			return kind
		}
	}

	return ""
}

func (f *finder) instanceReplicas(ctx context.Context, r *Request) ([]*snapshot.Candidate, error) {
	all, err := f.dbInstances(ctx)
	if err != nil {
		return nil, err
	}

	return f.replicas(ctx, r, all, instanceLag())
}

func (f *finder) clusterReplicas(ctx context.Context, r *Request) ([]*snapshot.Candidate, error) {
	all, err := f.dbClusters(ctx)
	if err != nil {
		return nil, err
	}

	// Only who finds one asks for the rest.
	if len(all.of(&r.Source)) == 0 {
		return nil, nil
	}

	linked, err := f.globalMembers(ctx, all)
	if err != nil {
		return nil, err
	}

	return f.replicas(ctx, r, linked, clusterLag())
}

// replicas returns the databases that a source tells, and how old their data is.
func (f *finder) replicas(ctx context.Context, r *Request, all *databases, m metric) ([]*snapshot.Candidate, error) {
	found := all.of(&r.Source)
	if len(found) == 0 {
		return nil, nil
	}

	times := lagTimes{}

	if slices.ContainsFunc(found, func(d *database) bool { return d.primary != "" }) {
		var err error
		if times, err = f.lag(ctx, all, m); err != nil {
			return nil, err
		}
	}

	out := make([]*snapshot.Candidate, 0, len(found))

	for _, d := range found {
		c := d.candidate()
		if t, ok := times[d.identifier]; ok && c.Unusable == "" {
			c.DataTime, c.DataTimeSource = r.restless(t), m.name
		}

		out = append(out, c)
	}

	return out, nil
}

// candidate returns a replica as a candidate. Its store is the replica: that is
// what the source tells. Its region is that of the primary.
func (d *database) candidate() *snapshot.Candidate {
	c := &snapshot.Candidate{
		ID: d.identifier, ARN: d.arn, CreatedAt: d.createdAt,
		Encrypted: d.encrypted, KMSKeyID: d.kmsKeyID, Engine: d.engine, EngineVersion: d.engineVersion, SizeGiB: d.sizeGiB, Tags: d.tags,
		Store: snapshot.Store{Identifier: d.identifier, ResourceID: d.resourceID, ARNs: list(d.arn), Region: regionOf(d.arn)},
	}

	if there := regionOf(d.primary); there != "" {
		c.Store.Region = there
	}

	if d.link != "" {
		c.Note = "its replication is " + d.link
	}

	switch {
	case d.primary == "":
		c.Unusable, c.Why = snapshot.NotAvailable, "it replicates nothing: it was promoted, or never was a replica"
	case !healthy(d.status):
		c.Unusable, c.Why = snapshot.NotAvailable, "it is "+d.status
	}

	return c
}

// healthy returns whether a database in a state of RDS has its data and will
// soon be available, if it is not already. Any state that is not listed is none.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
// and https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
func healthy(status string) bool {
	return slices.Contains([]string{
		statusAvailable, "backing-up", "backtracking", "configuring-enhanced-monitoring", "configuring-iam-database-auth", "configuring-log-exports",
		"maintenance", "migrating", "modifying", "promoting", "rebooting", "renaming", "resetting-master-credentials",
		"storage-config-upgrade", "storage-initialization", "storage-optimization", "update-iam-db-auth", "upgrading",
	}, status)
}

// tableReplica finds a replica of a global table. DynamoDB tells the lag of what
// a region sends, in that region, which may be dark: so how old the data is that
// this one has received is unknown, unless no write is acknowledged before all
// replicas have it.
//
// See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
func (f *finder) tableReplica(ctx context.Context, r *Request) ([]*snapshot.Candidate, error) {
	if r.Source.Identifier == "" {
		return nil, nil
	}

	t, err := f.describeTable(ctx, r.Source.Identifier)
	if err != nil || t == nil {
		return nil, err
	}

	c, err := f.tableCandidate(ctx, r, t)
	if err != nil {
		return nil, err
	}

	c.ID = aws.ToString(t.TableName)

	if t.TableStatus == types.TableStatusReplicationNotAuthorized {
		c.Note = "its replication is not authorized"
	}

	switch why := tableUnusable(t, f.region); {
	case why != "":
		c.Unusable, c.Why = snapshot.NotAvailable, why
	case t.MultiRegionConsistency == types.MultiRegionConsistencyStrong:
		c.DataTime, c.DataTimeSource = r.restless(f.now()), "MultiRegionConsistency"
	}

	return []*snapshot.Candidate{c}, nil
}

// tableUnusable says why a replica of a table can't be used. Some lists of
// replicas have the one that is asked, and some have only the others.
func tableUnusable(t *types.TableDescription, region string) string {
	for i := range t.Replicas {
		d := &t.Replicas[i]
		if aws.ToString(d.RegionName) == region && d.ReplicaStatus != types.ReplicaStatusActive && d.ReplicaStatus != types.ReplicaStatusUpdating {
			return "its replica is " + string(d.ReplicaStatus)
		}
	}

	if len(t.Replicas) == 0 {
		return "it is no replica: it is in this region only"
	}

	return statusUnusable(t)
}
