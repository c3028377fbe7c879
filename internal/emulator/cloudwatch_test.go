package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// lagQuery asks for a metric of DB instances, over the last hour before noon, by
// minutes.
func lagQuery(name string, instances ...string) *cloudwatch.GetMetricDataInput {
	in := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(noon.Add(-time.Hour)), EndTime: aws.Time(noon)}

	for _, instance := range instances {
		in.MetricDataQueries = append(in.MetricDataQueries, types.MetricDataQuery{
			Id: aws.String(instance),
			MetricStat: &types.MetricStat{
				Metric: &types.Metric{
					Namespace: aws.String("AWS/RDS"), MetricName: aws.String(name),
					Dimensions: []types.Dimension{{Name: aws.String(dbInstanceID), Value: aws.String(instance)}},
				},
				Period: aws.Int32(60), Stat: aws.String("Maximum"),
			},
		})
	}

	return in
}

// A series is what a query found, and how it ended.
type series struct {
	Times  []time.Time
	Values []float64
	Status types.StatusCode
}

func seriesOf(out *cloudwatch.GetMetricDataOutput) map[string]series {
	got := map[string]series{}
	for _, r := range out.MetricDataResults {
		got[*r.Id] = series{Times: r.Timestamps, Values: r.Values, Status: r.StatusCode}
	}

	return got
}

func (w *world) putLag(instance string, ago time.Duration, value float64) {
	w.here(west).PutMetric(Metric{
		Namespace: "AWS/RDS", Name: "ReplicaLag", Dimensions: map[string]string{dbInstanceID: instance},
	}, noon.Add(-ago), value)
}

func TestGetMetricData(t *testing.T) {
	w := newWorld(t)
	w.putLag("payments", 2*time.Hour, 99)
	w.putLag("payments", 0, 98)
	w.putLag("payments", 150*time.Second, 7)
	w.putLag("payments", 90*time.Second, 3)
	w.putLag("payments", 70*time.Second, 5)

	out := must[*cloudwatch.GetMetricDataOutput](w)(w.cloudwatch(west).GetMetricData(t.Context(), lagQuery("ReplicaLag", "payments", "none")))
	equal(t, "Values come by periods, newest first, within the time asked for; a metric that nobody publishes has none.", map[string]series{
		"payments": {
			Times:  []time.Time{noon.Add(-2 * time.Minute), noon.Add(-3 * time.Minute)},
			Values: []float64{5, 7}, Status: types.StatusCodeComplete,
		},
		"none": {Times: []time.Time{}, Values: []float64{}, Status: types.StatusCodeComplete},
	}, seriesOf(out))

	in := lagQuery("ReplicaLag", "payments")
	in.MetricDataQueries[0].MetricStat.Metric.Dimensions = nil
	out = must[*cloudwatch.GetMetricDataOutput](w)(w.cloudwatch(west).GetMetricData(t.Context(), in))
	equal(t, "Who leaves out a dimension asks for another metric.", 0, len(out.MetricDataResults[0].Values))

	out = must[*cloudwatch.GetMetricDataOutput](w)(w.cloudwatch(east).GetMetricData(t.Context(), lagQuery("ReplicaLag", "payments")))
	equal(t, "So does who asks another region.", 0, len(out.MetricDataResults[0].Values))
}

func TestMetricStatistics(t *testing.T) {
	w := newWorld(t)
	w.putLag("payments", 50*time.Second, 2)
	w.putLag("payments", 10*time.Second, 6)

	for stat, want := range map[string]float64{"Average": 4, "Maximum": 6, "Minimum": 2, "Sum": 8, "SampleCount": 2} {
		in := lagQuery("ReplicaLag", "payments")
		in.MetricDataQueries[0].MetricStat.Stat = aws.String(stat)
		out := must[*cloudwatch.GetMetricDataOutput](w)(w.cloudwatch(west).GetMetricData(t.Context(), in))
		equal(t, "A period has one value: "+stat, []float64{want}, out.MetricDataResults[0].Values)
	}
}

func TestGetMetricDataPages(t *testing.T) {
	w := newWorld(t)

	for i := range 3 {
		w.putLag("a", time.Duration(i+1)*time.Minute, float64(i))
		w.putLag("b", time.Duration(i+1)*time.Minute, float64(10+i))
	}

	in := lagQuery("ReplicaLag", "a", "b")
	in.MaxDatapoints = aws.Int32(4)
	in.ScanBy = types.ScanByTimestampAscending

	got := map[string][]float64{}

	var status []types.StatusCode

	for pages := cloudwatch.NewGetMetricDataPaginator(w.cloudwatch(west), in); pages.HasMorePages(); {
		for _, r := range must[*cloudwatch.GetMetricDataOutput](w)(pages.NextPage(t.Context())).MetricDataResults {
			got[*r.Id] = append(got[*r.Id], r.Values...)
			status = append(status, r.StatusCode)
		}
	}

	equal(t, "Pages together are all values.", map[string][]float64{"a": {2, 1, 0}, "b": {12, 11, 10}}, got)
	equal(t, "A query says whether it has more.", []types.StatusCode{
		types.StatusCodeComplete, types.StatusCodePartialData, types.StatusCodeComplete, types.StatusCodeComplete,
	}, status)
}

func TestGetMetricDataRefuses(t *testing.T) {
	w := newWorld(t)

	cases := map[string]struct {
		reason string
		change func(*cloudwatch.GetMetricDataInput)
		want   string
	}{
		"Backwards": {
			reason: "Time goes forward.", want: codeInvalidCombination,
			change: func(in *cloudwatch.GetMetricDataInput) { in.EndTime = in.StartTime },
		},
		"Period": {
			reason: "Periods are minutes.", want: codeInvalidValue,
			change: func(in *cloudwatch.GetMetricDataInput) {
				in.MetricDataQueries[0].MetricStat.Period = aws.Int32(45)
			},
		},
		"Stat": {
			reason: "A statistic that is not emulated is refused.", want: codeInvalidValue,
			change: func(in *cloudwatch.GetMetricDataInput) {
				in.MetricDataQueries[0].MetricStat.Stat = aws.String("p99")
			},
		},
		"Expression": {
			reason: "So is an expression.", want: codeMissing,
			change: func(in *cloudwatch.GetMetricDataInput) {
				in.MetricDataQueries[0].MetricStat, in.MetricDataQueries[0].Expression = nil, aws.String("m1*2")
			},
		},
		"Token": {
			reason: "A token that the service did not make is refused.", want: "InvalidNextToken",
			change: func(in *cloudwatch.GetMetricDataInput) { in.NextToken = aws.String("x") },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := lagQuery("ReplicaLag", "payments")
			tc.change(in)
			_, err := w.cloudwatch(west).GetMetricData(t.Context(), in)
			w.mustRefuse(tc.reason, tc.want, err)
		})
	}
}
