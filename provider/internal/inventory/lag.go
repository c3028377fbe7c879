package inventory

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A metric of Amazon CloudWatch, in the region of the replica, that tells how far
// it lags.
type metric struct {
	name      string
	dimension string

	// unit of its values.
	unit time.Duration

	// bySource is true if it may be told by the primary's region, too.
	bySource bool
}

// instanceLag is in seconds, and -1 while nothing is replicated.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
func instanceLag() metric {
	return metric{name: "ReplicaLag", dimension: "DBInstanceIdentifier", unit: time.Second}
}

// clusterLag is in milliseconds.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
func clusterLag() metric {
	return metric{name: "AuroraGlobalDBReplicationLag", dimension: "DBClusterIdentifier", unit: time.Millisecond, bySource: true}
}

// lagTimes are when the data of replicas is from, by identifier.
type lagTimes map[string]time.Time

// A span of samples to ask for. In the whole of a period the lag was never more
// than its maximum, so that at its start the data was at least as new as that.
type span struct {
	back time.Duration

	// period in seconds.
	period int32
}

// spans to ask for, the next only for replicas of which the one before tells
// nothing: while their primary is dark, they say no more than they last said.
// CloudWatch keeps minutes for 15 days.
func spans() []span {
	return []span{{back: 3 * time.Hour, period: 60}, {back: 14 * 24 * time.Hour, period: 3600}}
}

// metricsPerCall is the most that CloudWatch takes at once.
const metricsPerCall = 500

// metricsAPI tells the values of metrics.
type metricsAPI = cloudwatch.GetMetricDataAPIClient

// lag returns when the data of all replicas of the region is from.
func (f *finder) lag(ctx context.Context, all *databases, m metric) (lagTimes, error) {
	listing := "the lag of replicas (" + m.name + ")"

	return fetch(ctx, f.cache, f.key(listing), func(ctx context.Context) (lagTimes, int, error) {
		out := lagTimes{}

		for _, s := range spans() {
			if err := askLag(ctx, f.clients.CloudWatch(), lagQueries(all, m, s, out), s, f.now(), m.unit, out); err != nil {
				return nil, 0, f.failed(listing, err)
			}
		}

		return out, len(out), nil
	})
}

// A lagQuery asks for the lag of a replica.
type lagQuery struct {
	replica string
	query   types.MetricDataQuery
}

// lagQueries asks for those replicas that are not known yet.
func lagQueries(all *databases, m metric, s span, known lagTimes) []lagQuery {
	var out []lagQuery

	for i := range all.all {
		d := &all.all[i]
		if _, ok := known[d.identifier]; ok || d.primary == "" {
			continue
		}

		dimensions := []types.Dimension{{Name: aws.String(m.dimension), Value: aws.String(d.identifier)}}
		out = append(out, lagQuery{d.identifier, m.query(dimensions, s, len(out))})

		if there := regionOf(d.primary); m.bySource && there != "" {
			dimensions = append(slices.Clip(dimensions), types.Dimension{Name: aws.String("SourceRegion"), Value: aws.String(there)})
			out = append(out, lagQuery{d.identifier, m.query(dimensions, s, len(out))})
		}
	}

	return out
}

func (m metric) query(dimensions []types.Dimension, s span, n int) types.MetricDataQuery {
	return types.MetricDataQuery{
		Id: aws.String("m" + strconv.Itoa(n)),
		MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: aws.String("AWS/RDS"), MetricName: aws.String(m.name), Dimensions: dimensions},
			Period: aws.Int32(s.period),
			Stat:   aws.String("Maximum"),
		},
	}
}

// askLag asks for samples, and keeps what tells the newest data: what a replica
// has received once it has.
func askLag(ctx context.Context, api metricsAPI, queries []lagQuery, s span, now time.Time, unit time.Duration, out lagTimes) error {
	for some := range slices.Chunk(queries, metricsPerCall) {
		replicas := make(map[string]string, len(some))
		in := &cloudwatch.GetMetricDataInput{
			StartTime: aws.Time(now.Add(-s.back).Truncate(time.Duration(s.period) * time.Second)), EndTime: aws.Time(now), ScanBy: types.ScanByTimestampDescending,
		}

		for i := range some {
			replicas[aws.ToString(some[i].query.Id)] = some[i].replica
			in.MetricDataQueries = append(in.MetricDataQueries, some[i].query)
		}

		pages := cloudwatch.NewGetMetricDataPaginator(api, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}

			for i := range page.MetricDataResults {
				r := &page.MetricDataResults[i]
				out.add(replicas[aws.ToString(r.Id)], r, unit)
			}
		}
	}

	return nil
}

// add the samples of a replica. One below zero says that nothing is replicated.
func (t lagTimes) add(replica string, r *types.MetricDataResult, unit time.Duration) {
	for i := range min(len(r.Timestamps), len(r.Values)) {
		if r.Values[i] < 0 {
			continue
		}

		at := r.Timestamps[i].UTC().Add(-time.Duration(r.Values[i] * float64(unit)))
		if at.After(t[replica]) {
			t[replica] = at
		}
	}
}
