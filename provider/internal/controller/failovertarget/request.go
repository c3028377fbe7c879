package failovertarget

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/failover"
	"github.com/crossdr/crossdr/provider/internal/record"
)

// observation returns what an object says: its spec, its annotation and its
// status.
func observation(mg *v1alpha1.FailoverTarget) failover.Observation {
	o := failover.Observation{
		Reported: reported(&mg.Status.AtProvider),
		Request:  request(&mg.Spec.ForProvider),
		Withheld: withheld(mg.GetManagementPolicies()),
	}

	kept, err := failover.DecodeMemory(mg.GetAnnotations()[v1alpha1.AnnotationDecision])
	if err != nil {
		o.KeptFault = fmt.Sprintf("%s: %s", v1alpha1.AnnotationDecision, err)
	}

	o.Kept = kept

	return o
}

// request returns what a spec asks for.
func request(p *v1alpha1.FailoverTargetParameters) failover.Request {
	r := failover.Request{Regions: names(p.Regions)}

	if a := p.Activation; a != nil {
		r.Activation = &failover.Activation{
			Region: a.Region, Epoch: a.Epoch, Restore: a.Restore, Adopt: a.Adopt, DataEpoch: a.DataEpoch, Reason: a.Reason,
		}

		for _, code := range a.Accept {
			r.Activation.Accept = append(r.Activation.Accept, failover.Code(code))
		}

		if a.MaxDataLoss != nil {
			r.Activation.MaxDataLoss = &a.MaxDataLoss.Duration
		}
	}

	if p.Protects != nil {
		r.Protects = p.Protects.Namespaces
	}

	if p.Require != nil {
		r.Require = failover.Requirements{
			InstanceTypes: p.Require.InstanceTypes, DBInstanceClasses: p.Require.DBInstanceClasses, Zones: p.Require.Zones,
		}
	}

	if p.Record != nil {
		r.RecordRegions = p.Record.DynamoDB.Regions
	}

	return r
}

func names(regions []v1alpha1.TargetRegion) []string {
	out := make([]string, 0, len(regions))
	for _, r := range regions {
		out = append(out, r.Name)
	}

	return out
}

// recordOf returns where the record of a target is kept.
func recordOf(mg *v1alpha1.FailoverTarget) record.Place {
	d := &mg.Spec.ForProvider.Record.DynamoDB

	return record.Place{
		Table:   d.TableName,
		Key:     cmp.Or(d.Key, mg.GetNamespace()+"/"+mg.GetName()),
		Regions: d.Regions,
		About:   names(mg.Spec.ForProvider.Regions),
	}
}

// reported returns what a status says.
func reported(at *v1alpha1.FailoverTargetObservation) failover.Reported {
	if at.ActiveRegion == "" || at.Epoch < 1 {
		return failover.Reported{}
	}

	out := failover.Reported{
		State:  failover.State{Decision: decision(at.ActiveRegion, at.Epoch, at.DataEpoch, at.Decision)},
		Holder: at.Holder,
	}

	for i := range at.History {
		past := &at.History[i]
		out.History = append(out.History, decision(past.ActiveRegion, past.Epoch, past.DataEpoch, &past.Decision))
	}

	return out
}

func decision(region string, epoch, dataEpoch int64, d *v1alpha1.Decision) failover.Decision {
	out := failover.Decision{Region: region, Epoch: epoch, DataEpoch: dataEpoch}
	if d == nil {
		return out
	}

	out.From, out.Restore, out.Reason, out.By = d.From, d.Restore, d.Reason, d.By
	out.DecidedAt, out.OldestData = timeOf(d.DecidedAt), timeOf(d.OldestData)

	for _, code := range d.Accepted {
		out.Accepted = append(out.Accepted, failover.Code(code))
	}

	return out
}

// timeOf returns a time as the decisions have them, or none.
func timeOf(t *metav1.Time) time.Time {
	if t == nil {
		return time.Time{}
	}

	return t.UTC()
}

// withheld says why the management policies let nothing be decided. Empty if
// they do.
func withheld(p xpv2.ManagementPolicies) string {
	if len(p) == 0 || slices.Contains(p, xpv2.ManagementActionAll) || slices.Contains(p, xpv2.ManagementActionUpdate) {
		return ""
	}

	return fmt.Sprintf("spec.managementPolicies are %v, and without Update this control plane decides nothing", p)
}
