package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// cloudWatchService signs as monitoring, and policies name it cloudwatch.
const cloudWatchService = "cloudwatch"

// A Metric of CloudWatch, such as AWS/RDS, ReplicaLag of one DB instance. Its
// dimensions are part of its identity: who leaves one out asks for another
// metric. See
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html
type Metric struct {
	// Namespace such as AWS/RDS.
	Namespace string

	// Name such as ReplicaLag (seconds), AuroraGlobalDBReplicationLag or
	// ReplicationLatency (milliseconds).
	Name string

	// Dimensions such as DBInstanceIdentifier.
	Dimensions map[string]string
}

// key of the metric: its identity.
func (m Metric) key() string {
	key := strings.Builder{}
	key.WriteString(m.Namespace + "\x00" + m.Name)

	for _, name := range sortedKeys(m.Dimensions) {
		key.WriteString("\x00" + name + "\x00" + m.Dimensions[name])
	}

	return key.String()
}

// A datapoint is one value that was measured.
type datapoint struct {
	at    time.Time
	value float64
}

// PutMetric publishes a value that was measured at a time.
func (r *Region) PutMetric(m Metric, at time.Time, value float64) {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	if r.metrics == nil {
		r.metrics = map[string][]datapoint{}
	}

	r.metrics[m.key()] = append(r.metrics[m.key()], datapoint{at: at.UTC(), value: value})
}

func cloudWatchActions() map[string]action {
	return map[string]action{
		"GetMetricData": cborAction(
			"MetricDataQueries!:list StartTime!:number EndTime!:number ScanBy MaxDatapoints:int NextToken", getMetricData),
	}
}

// A metricQuery is one query of GetMetricData.
type metricQuery struct {
	id, stat string
	metric   Metric
	period   time.Duration
}

// A metricPoint is one aggregated value, and which query it answers.
type metricPoint struct {
	query int
	at    time.Time
	value float64

	// order among the points of all queries.
	order string
}

// getMetricData answers queries for metrics. A metric that nobody has published
// is no error: it has no values. See
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
func getMetricData(c *call) (object, error) {
	queries, err := readMetricQueries(c.in)
	if err != nil {
		return nil, err
	}

	start, end := c.in.epoch("StartTime"), c.in.epoch("EndTime")
	if !start.Before(end) {
		return nil, refuse(codeInvalidCombination, "The parameter StartTime must be less than the parameter EndTime.")
	}

	var points []metricPoint

	for i, q := range queries {
		points = append(points, c.region.aggregate(i, q, start, end, c.in.str("ScanBy") != "TimestampAscending")...)
	}

	page, next, err := paginate(c, listing{
		sizeName: "MaxDatapoints", tokenName: "NextToken", least: 1, most: 100800, otherwise: 100800,
	}, points, func(p metricPoint) string { return p.order })
	if err != nil {
		return nil, err
	}

	results := make([]object, 0, len(queries))
	for i, q := range queries {
		results = append(results, q.result(i, page, next != ""))
	}

	return withToken(object{"MetricDataResults": results, "Messages": []object{}}, "NextToken", next), nil
}

func readMetricQueries(in input) ([]metricQuery, error) {
	var out []metricQuery

	for _, q := range in.structs("MetricDataQueries") {
		if err := params("Id! MetricStat!:struct ReturnData:bool").check(q, cloudWatchErrors()); err != nil {
			return nil, err
		}

		stat, _ := q["MetricStat"].(input)
		if err := params("Metric!:struct Period!:int Stat!").check(stat, cloudWatchErrors()); err != nil {
			return nil, err
		}

		period := stat.integer("Period", 0)
		if period < 60 || period%60 != 0 {
			return nil, refuse(codeInvalidValue, "The parameter Period must be a multiple of 60: %d", period)
		}

		if kind := stat.str("Stat"); !slices.Contains([]string{"Average", "Maximum", "Minimum", "Sum", "SampleCount"}, kind) {
			return nil, refuse(codeInvalidValue, "The value %s for parameter Stat is not supported", kind)
		}

		out = append(out, metricQuery{
			id: q.str("Id"), stat: stat.str("Stat"), metric: readMetric(stat), period: time.Duration(period) * time.Second,
		})
	}

	return out, nil
}

func readMetric(stat input) Metric {
	in, _ := stat["Metric"].(input)
	m := Metric{Namespace: in.str("Namespace"), Name: in.str("MetricName"), Dimensions: map[string]string{}}

	for _, d := range in.structs("Dimensions") {
		m.Dimensions[d.str("Name")] = d.str("Value")
	}

	return m
}

// aggregate makes one point of all values of a period, at its beginning.
func (r *Region) aggregate(index int, q metricQuery, start, end time.Time, descending bool) []metricPoint {
	periods := map[time.Time][]float64{}

	for _, d := range r.metrics[q.metric.key()] {
		at := d.at.Truncate(q.period)
		if !at.Before(start.Truncate(q.period)) && at.Before(end) {
			periods[at] = append(periods[at], d.value)
		}
	}

	points := make([]metricPoint, 0, len(periods))

	for _, at := range slices.SortedFunc(maps.Keys(periods), time.Time.Compare) {
		points = append(points, metricPoint{query: index, at: at, value: statistic(q.stat, periods[at])})
	}

	if descending {
		slices.Reverse(points)
	}

	for i := range points {
		points[i].order = fmt.Sprintf("%06d %06d", index, i)
	}

	return points
}

func statistic(kind string, values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}

	switch kind {
	case "Maximum":
		return slices.Max(values)
	case "Minimum":
		return slices.Min(values)
	case "Sum":
		return sum
	case "SampleCount":
		return float64(len(values))
	default:
		return sum / float64(len(values))
	}
}

// result of a query on a page. Whether the query has more is known only of the
// last one on a page that is not the last.
func (q metricQuery) result(index int, page []metricPoint, more bool) object {
	times, values := []time.Time{}, []float64{}

	for _, p := range page {
		if p.query == index {
			times, values = append(times, p.at), append(values, p.value)
		}
	}

	status := "Complete"
	if more && index >= page[len(page)-1].query {
		status = "PartialData"
	}

	return object{"Id": q.id, "Label": q.metric.Name, "Timestamps": times, "Values": values, "StatusCode": status}
}
