package failovertarget

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/failover"
)

// report fills in the status. It has nothing in it that changes by itself, such
// as the time of a probe: each change of a status renders every XR that follows.
func report(mg *v1alpha1.FailoverTarget, r *failover.Report, seen map[string]sight, now time.Time) {
	at := &mg.Status.AtProvider
	s, out := &r.State, &r.Outcome

	at.ActiveRegion, at.Epoch, at.DataEpoch, at.Holder = s.Region, s.Epoch, s.DataEpoch, out.Holder
	at.Phase = v1alpha1.Phase(out.Phase)
	at.Decision, at.History, at.BlockedBy = nil, nil, nil

	if s.Epoch > 0 {
		at.Decision = decisionStatus(&s.Decision)
	}

	for i := range s.History {
		d := &s.History[i]
		at.History = append(at.History, v1alpha1.PastDecision{
			Decision: *decisionStatus(d), ActiveRegion: d.Region, Epoch: d.Epoch, DataEpoch: d.DataEpoch,
		})
	}

	for _, b := range out.BlockedBy {
		at.BlockedBy = append(at.BlockedBy, v1alpha1.Blocker{Code: v1alpha1.BlockerCode(b.Code), Message: b.Message})
	}

	at.Regions, at.ReachableRegions = regionsStatus(mg, seen)

	mark(mg, ready(s, out), now)
	mark(mg, decidedCondition(out), now)
}

func decisionStatus(d *failover.Decision) *v1alpha1.Decision {
	out := &v1alpha1.Decision{
		From: d.From, DecidedAt: stamp(d.DecidedAt), OldestData: stamp(d.OldestData), Restore: d.Restore, Reason: d.Reason, By: d.By,
	}

	if loss, ok := d.DataLoss(); ok {
		out.DataLoss = loss.String()
	}

	for _, code := range d.Accepted {
		out.Accepted = append(out.Accepted, v1alpha1.BlockerCode(code))
	}

	return out
}

// stamp returns a time as the API server keeps it, to the second, or nil.
func stamp(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}

	out := metav1.NewTime(t).Rfc3339Copy()

	return &out
}

// regionsStatus returns what is known of the regions, and the names of those
// that answer. Where nobody knows yet, what was known last stands: the provider
// has started anew, or the region is dark. One that nobody ever knew anything of
// is left out: to call it dark would be a guess.
func regionsStatus(mg *v1alpha1.FailoverTarget, seen map[string]sight) ([]v1alpha1.RegionObservation, string) {
	listed := mg.Spec.ForProvider.Regions
	out := make([]v1alpha1.RegionObservation, 0, len(listed))

	var reachable []string

	for _, r := range listed {
		s, last := seen[r.Name], lastKnown(mg, r.Name)
		o := regionStatus(r.Name, s, last, mg.Spec.ForProvider.Require)

		if o.Reachable {
			reachable = append(reachable, r.Name)
		}

		if o.Reachable || last != nil || s.zones != nil || s.reach.Reach() == failover.ReachDark {
			out = append(out, o)
		}
	}

	return out, strings.Join(reachable, ", ")
}

// lastKnown returns what the status says of a region, or nil.
func lastKnown(mg *v1alpha1.FailoverTarget, name string) *v1alpha1.RegionObservation {
	regions := mg.Status.AtProvider.Regions

	i := slices.IndexFunc(regions, func(r v1alpha1.RegionObservation) bool { return r.Name == name })
	if i < 0 {
		return nil
	}

	return &regions[i]
}

func regionStatus(name string, s sight, last *v1alpha1.RegionObservation, need *v1alpha1.Requirements) v1alpha1.RegionObservation {
	out := v1alpha1.RegionObservation{Name: name, OptInStatus: s.optIn, Zones: s.zones}

	var was *bool

	if last != nil {
		was = &last.Reachable

		if out.OptInStatus == "" {
			out.OptInStatus = last.OptInStatus
		}

		if out.Zones == nil {
			out.Zones = last.Zones
		}
	}

	out.Reachable = s.reach.Reported(was)

	if need == nil {
		return out
	}

	var then v1alpha1.Offered
	if last != nil && last.Offered != nil {
		then = *last.Offered
	}

	now := v1alpha1.Offered{
		InstanceTypes:     offered(need.InstanceTypes, s.types, then.InstanceTypes),
		DBInstanceClasses: offered(need.DBInstanceClasses, s.classes, then.DBInstanceClasses),
	}
	if len(now.InstanceTypes)+len(now.DBInstanceClasses) > 0 {
		out.Offered = &now
	}

	return out
}

// offered returns, for each of the names that somebody knows of, the zones that
// offer it.
func offered(names []string, now map[string]offer, then map[string][]string) map[string][]string {
	var out map[string][]string

	for _, name := range names {
		zones, known := then[name]
		if o, ok := now[name]; ok {
			zones, known = o.zones, true
		}

		if !known {
			continue
		}

		if out == nil {
			out = map[string][]string{}
		}

		// No zone is an answer, and null would be none.
		out[name] = append([]string{}, zones...)
	}

	return out
}

// ready returns the condition Ready: whether a decision is known that XRs can
// follow. It says nothing about what is asked for.
func ready(s *failover.State, out *failover.Outcome) xpv2.Condition {
	if s.Epoch > 0 {
		return xpv2.Condition{Type: xpv2.TypeReady, Status: corev1.ConditionTrue, Reason: xpv2.ReasonAvailable}
	}

	return xpv2.Condition{
		Type: xpv2.TypeReady, Status: corev1.ConditionFalse, Reason: xpv2.ConditionReason(out.Reason), Message: out.Message,
	}
}

// decidedCondition returns the condition Decided: whether what is asked for is
// in force.
func decidedCondition(out *failover.Outcome) xpv2.Condition {
	c := xpv2.Condition{
		Type: v1alpha1.TypeDecided, Status: corev1.ConditionFalse, Reason: xpv2.ConditionReason(out.Reason), Message: out.Message,
	}

	switch out.Reason { //nolint:exhaustive // Every other reason says that it is not.
	case failover.ReasonSteady, failover.ReasonFollowing:
		c.Status = corev1.ConditionTrue
	case failover.Reason(failover.CodeRecordUnreadable), failover.Reason(failover.CodeRecordNotStrong), failover.Reason(failover.CodeRecordNotWritten):
		c.Status = corev1.ConditionUnknown
	}

	return c
}

// mark a condition. Another message is no transition: the time tells since when
// it is what it is.
func mark(mg *v1alpha1.FailoverTarget, c xpv2.Condition, now time.Time) {
	c.ObservedGeneration, c.LastTransitionTime = mg.GetGeneration(), metav1.NewTime(now)

	// One that is not there yet is Unknown, and since no time.
	if was := mg.GetCondition(c.Type); was.Status == c.Status && !was.LastTransitionTime.IsZero() {
		c.LastTransitionTime = was.LastTransitionTime
	}

	mg.SetConditions(c)
}
