package awsclient

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"

	"github.com/crossplane/upjet/v2/pkg/metrics"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// TestMetrics checks that calls are counted as provider-upjet-aws counts them:
// every attempt that AWS answered, whatever the answer, and no other.
func TestMetrics(t *testing.T) {
	w := newWorld(t)
	w.apply(cluster(from(bySecret("dr"), v1alpha1.AssumeRoleOptions{RoleARN: readerRole})))
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))

	before := counts(t)
	cl := w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)

	if err := w.describe(cl); err != nil {
		t.Fatal(err)
	}

	w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Deny().Times(1))

	if err := w.describe(cl); err == nil {
		t.Fatal("want an error")
	}

	w.aws.Inject(emulator.Scope{Service: "rds"}, emulator.Reset())

	if err := w.describe(cl); err == nil {
		t.Fatal("want an error")
	}

	got := counts(t)
	for k := range got {
		got[k] -= before[k]
	}

	want := map[string]uint64{"STS AssumeRole": 1, "RDS DescribeDBSnapshots": 2, "connect": 1, "read": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics: -want, +got:\n%s", diff)
	}
}

func counts(t *testing.T) map[string]uint64 {
	t.Helper()

	out := map[string]uint64{}

	for _, l := range [][]string{{"STS", "AssumeRole"}, {"RDS", "DescribeDBSnapshots"}} {
		m := &dto.Metric{}
		if err := metrics.ExternalAPICalls.WithLabelValues(l...).Write(m); err != nil {
			t.Fatal(err)
		}

		out[l[0]+" "+l[1]] = uint64(m.GetCounter().GetValue())
	}

	for _, l := range []string{"connect", "read"} {
		observer, err := metrics.ExternalAPITime.GetMetricWithLabelValues(l)
		if err != nil {
			t.Fatal(err)
		}

		m := &dto.Metric{}
		if err := observer.(interface{ Write(m *dto.Metric) error }).Write(m); err != nil {
			t.Fatal(err)
		}

		out[l] = m.GetHistogram().GetSampleCount()
	}

	return out
}
