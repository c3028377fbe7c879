package snapshotselection

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// TestWhatAReplicaHasItHas is the life of a replica whose primary goes dark.
func TestWhatAReplicaHasItHas(t *testing.T) {
	const primary = "arn:aws:rds:us-east-1:111122223333:db:payments-db"

	w := newWorld(t)
	standby := w.in(west).AddDBInstance(emulator.DBInstance{Identifier: "standby", ResourceID: "db-S", ReplicaSource: primary, CreateTime: ago(100 * time.Hour)})
	lag := emulator.Metric{Namespace: "AWS/RDS", Name: "ReplicaLag", Dimensions: map[string]string{"DBInstanceIdentifier": "standby"}}

	for m := range 60 {
		w.in(west).PutMetric(lag, ago(time.Duration(m+1)*time.Minute), 5)
	}

	w.apply(selection(func(s *v1alpha1.SnapshotSelection) {
		s.Spec.ForProvider.Source = v1alpha1.SnapshotSource{Kind: v1alpha1.SourceReplica, Identifier: "standby", ARN: standby}
		s.Spec.ForProvider.MaxAge = &metav1.Duration{Duration: 10 * time.Minute}
	}))

	steps := []struct {
		reason   string
		do       func()
		dataTime string
		ready    xpv2.ConditionReason
	}{
		{
			reason: "The last sample is from 11:59, and the lag was five seconds.",
			do:     func() {}, dataTime: "2026-11-20T11:58:00Z", ready: "Available",
		},
		{
			reason: "The primary is dark for hours: samples of minutes are too far back to be asked for, and those of hours tell less.",
			do:     func() { w.clock.Advance(5 * time.Hour) }, dataTime: "2026-11-20T11:58:00Z", ready: "TooOld",
		},
		{
			reason: "So it is for a provider that has just started.",
			do:     func() { w.restart() }, dataTime: "2026-11-20T11:58:00Z", ready: "TooOld",
		},
		{
			reason: "After weeks no sample is left at all.",
			do:     func() { w.clock.Advance(20 * 24 * time.Hour); w.restart() }, dataTime: "2026-11-20T11:58:00Z", ready: "TooOld",
		},
		{
			reason: "Another replica of the name proves nothing by what the first one had.",
			do: func() {
				w.in(west).AddDBInstance(emulator.DBInstance{Identifier: "standby", ResourceID: "db-T", ReplicaSource: primary})
			},
			ready: "DataTimeUnknown",
		},
	}
	for i, s := range steps {
		s.do()

		got := w.poll()
		dataTime := ""

		if sel := got.Status.AtProvider.Selected; sel == nil {
			t.Fatalf("step %d: %s\nnothing is selected: %s", i, s.reason, got.Status.AtProvider.Reason)
		} else if sel.DataTime != nil {
			dataTime = sel.DataTime.UTC().Format(time.RFC3339)
		}

		if ready := got.GetCondition(xpv2.TypeReady).Reason; dataTime != s.dataTime || ready != s.ready {
			t.Errorf("step %d: %s\nwant data of %q and %s, got %q and %s", i, s.reason, s.dataTime, s.ready, dataTime, ready)
		}
	}
}
