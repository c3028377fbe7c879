package inventory

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// A database is a DB instance or a DB cluster that is in the region.
type database struct {
	identifier, resourceID, arn, status string

	engine, engineVersion, kmsKeyID string
	encrypted                       bool
	sizeGiB                         int64
	createdAt                       time.Time
	tags                            map[string]string

	// primary is the ARN, or within a region the identifier, of what it
	// replicates. Empty if it replicates nothing.
	primary string

	// link is what RDS says of the replication if that is not well.
	link string
}

// databases of a region.
type databases struct {
	all []database

	byIdentifier map[string]*database
}

func newDatabases(all []database) *databases {
	out := &databases{all: all, byIdentifier: make(map[string]*database, len(all))}
	for i := range all {
		out.byIdentifier[all[i].identifier] = &all[i]
	}

	return out
}

// of returns the databases that a source may mean: what has its name but is
// another one is among them, so that it can be told why it is not.
func (d *databases) of(s *snapshot.Source) []*database {
	onlyTagged := s.Identifier == "" && s.ResourceID == "" && s.ARN == "" && len(s.Tags) > 0

	out := make([]*database, 0, 1)

	for i := range d.all {
		db := &d.all[i]
		if same(s.Identifier, db.identifier) || same(s.ResourceID, db.resourceID) || same(s.ARN, db.arn) || onlyTagged && carries(db.tags, s.Tags) {
			out = append(out, db)
		}
	}

	return out
}

// same returns whether a is stated, and b is it.
func same(a, b string) bool { return a != "" && a == b }

func carries(all, some map[string]string) bool {
	for k, v := range some {
		if got, ok := all[k]; !ok || got != v {
			return false
		}
	}

	return true
}

// dbInstances of the region.
func (f *finder) dbInstances(ctx context.Context) (*databases, error) {
	return f.databases(ctx, "DB instances", func(ctx context.Context) ([]database, error) {
		return listDBInstances(ctx, f.clients.RDS())
	})
}

// dbClusters of the region: of Aurora, DocumentDB and Neptune, which RDS lists
// all.
func (f *finder) dbClusters(ctx context.Context) (*databases, error) {
	return f.databases(ctx, "DB clusters", func(ctx context.Context) ([]database, error) {
		return listDBClusters(ctx, f.clients.RDS())
	})
}

func (f *finder) databases(ctx context.Context, listing string, list func(context.Context) ([]database, error)) (*databases, error) {
	return fetch(ctx, f.cache, f.key(listing), func(ctx context.Context) (*databases, int, error) {
		all, err := list(ctx)
		if err != nil {
			return nil, 0, f.failed(listing, err)
		}

		return newDatabases(all), len(all), nil
	})
}

func listDBInstances(ctx context.Context, api rds.DescribeDBInstancesAPIClient) ([]database, error) {
	var out []database

	pages := rds.NewDescribeDBInstancesPaginator(api, &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(rdsPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.DBInstances {
			out = append(out, dbInstanceOf(&page.DBInstances[i]))
		}
	}

	return out, nil
}

func dbInstanceOf(i *types.DBInstance) database {
	d := database{
		identifier: aws.ToString(i.DBInstanceIdentifier), resourceID: aws.ToString(i.DbiResourceId), arn: aws.ToString(i.DBInstanceArn),
		status: aws.ToString(i.DBInstanceStatus), engine: aws.ToString(i.Engine), engineVersion: aws.ToString(i.EngineVersion),
		encrypted: aws.ToBool(i.StorageEncrypted), kmsKeyID: aws.ToString(i.KmsKeyId), sizeGiB: int64(aws.ToInt32(i.AllocatedStorage)),
		createdAt: utc(i.InstanceCreateTime), tags: rdsTags(i.TagList), primary: aws.ToString(i.ReadReplicaSourceDBInstanceIdentifier),
	}

	for _, s := range i.StatusInfos {
		if aws.ToString(s.StatusType) == "read replication" && !aws.ToBool(s.Normal) {
			d.link = aws.ToString(s.Status)
		}
	}

	return d
}

func listDBClusters(ctx context.Context, api rds.DescribeDBClustersAPIClient) ([]database, error) {
	var out []database

	pages := rds.NewDescribeDBClustersPaginator(api, &rds.DescribeDBClustersInput{MaxRecords: aws.Int32(rdsPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.DBClusters {
			c := &page.DBClusters[i]
			out = append(out, database{
				identifier: aws.ToString(c.DBClusterIdentifier), resourceID: aws.ToString(c.DbClusterResourceId), arn: aws.ToString(c.DBClusterArn),
				status: aws.ToString(c.Status), engine: aws.ToString(c.Engine), engineVersion: aws.ToString(c.EngineVersion),
				encrypted: aws.ToBool(c.StorageEncrypted), kmsKeyID: aws.ToString(c.KmsKeyId), sizeGiB: int64(aws.ToInt32(c.AllocatedStorage)),
				createdAt: utc(c.ClusterCreateTime), tags: rdsTags(c.TagList), primary: aws.ToString(c.ReplicationSourceIdentifier),
			})
		}
	}

	return out, nil
}

// databaseListings are what there is of one kind of database, each with what
// people call it.
type databaseListings struct {
	snapshots     string
	listSnapshots func(context.Context) ([]snapshot.Candidate, error)

	backups     string
	listBackups func(context.Context) ([]snapshot.Candidate, error)

	stores func(context.Context) (*databases, error)
}

// database finds the snapshots of a database.
func (f *finder) database(ctx context.Context, r *Request, l *databaseListings) (*Answer, error) {
	x, err := f.index(ctx, l.snapshots, l.listSnapshots)
	if err != nil {
		return nil, err
	}

	backups, err := f.index(ctx, l.backups, l.listBackups)
	if err != nil {
		return nil, err
	}

	candidates, err := f.about(ctx, x, r, l.stores)
	if err != nil {
		return nil, err
	}

	windows, err := f.about(ctx, backups, r, l.stores)
	if err != nil {
		return nil, err
	}

	return &Answer{Candidates: candidates, Window: newestWindow(r, windows)}, nil
}

// about returns the candidates that have to do with a source. Where that is told
// by tags, the tags of the databases that are in the region count, too.
func (f *finder) about(ctx context.Context, x *snapshot.Index, r *Request, stores func(context.Context) (*databases, error)) ([]*snapshot.Candidate, error) {
	found := x.About(&r.Request)
	if len(r.Source.Tags) == 0 {
		return found, nil
	}

	all, err := stores(ctx)
	if err != nil {
		return nil, err
	}

	tags := map[string]map[string]string{}

	for _, db := range all.of(&snapshot.Source{Tags: r.Source.Tags}) {
		tags[db.resourceID] = db.tags

		if r.Source.Identifier == "" && r.Source.ResourceID == "" && r.Source.ARN == "" {
			found = append(found, x.About(&snapshot.Request{Source: snapshot.Source{ResourceID: db.resourceID}})...)
		}
	}

	out := make([]*snapshot.Candidate, 0, len(found))
	seen := map[*snapshot.Candidate]bool{}

	for _, c := range found {
		if seen[c] {
			continue
		}

		seen[c] = true

		if t, ok := tags[c.Store.ResourceID]; ok {
			// Others read this one.
			tagged := *c
			tagged.Store.Tags = t
			c = &tagged
		}

		out = append(out, c)
	}

	return out, nil
}
