package inventory

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// A member is what a cluster is in its global cluster.
type member struct {
	// writer is the ARN of the cluster that takes writes.
	writer string

	// sync is the state of its synchronization; Neptune does not tell it.
	sync string
}

// globalMembers returns the clusters of the region with what they replicate: the
// global cluster knows it, and the cluster itself does not.
func (f *finder) globalMembers(ctx context.Context, all *databases) (*databases, error) {
	const listing = "global clusters"

	members, err := fetch(ctx, f.cache, f.key(listing), func(ctx context.Context) (map[string]member, int, error) {
		out, err := listGlobalClusters(ctx, f.clients.RDS())
		if err != nil {
			return nil, 0, f.failed(listing, err)
		}

		return out, len(out), nil
	})
	if err != nil {
		return nil, err
	}

	out := make([]database, 0, len(all.all))

	for i := range all.all {
		d := all.all[i]
		if m, ok := members[d.arn]; ok {
			if d.primary = m.writer; m.writer == d.arn {
				d.primary = ""
			}

			if d.primary != "" && m.sync != string(types.GlobalClusterMemberSynchronizationStatusConnected) {
				d.link = m.sync
			}
		}

		out = append(out, d)
	}

	return newDatabases(out), nil
}

// listGlobalClusters returns the members of all global clusters, by ARN.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_GlobalClusterMember.html
func listGlobalClusters(ctx context.Context, api rds.DescribeGlobalClustersAPIClient) (map[string]member, error) {
	out := map[string]member{}

	pages := rds.NewDescribeGlobalClustersPaginator(api, &rds.DescribeGlobalClustersInput{MaxRecords: aws.Int32(rdsPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for i := range page.GlobalClusters {
			maps.Copy(out, membersOf(&page.GlobalClusters[i]))
		}
	}

	return out, nil
}

func membersOf(g *types.GlobalCluster) map[string]member {
	out := make(map[string]member, len(g.GlobalClusterMembers))
	writer := ""

	for i := range g.GlobalClusterMembers {
		if m := &g.GlobalClusterMembers[i]; aws.ToBool(m.IsWriter) {
			writer = aws.ToString(m.DBClusterArn)
		}
	}

	for i := range g.GlobalClusterMembers {
		m := &g.GlobalClusterMembers[i]
		out[aws.ToString(m.DBClusterArn)] = member{writer: writer, sync: string(m.SynchronizationStatus)}
	}

	return out
}
