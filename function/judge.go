package main

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/objective"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// A judgement says how well another region could take over now.
type judgement struct {
	// Region that would take over, or "" if none could.
	region string

	rpo, rto objective.Judgement

	// others are the other regions that could.
	others []judgement

	// dataTime is when the oldest snapshot that would be restored is from.
	dataTime *metav1.Time
}

// judge judges the region that would take over: the first in which both
// objectives are kept, or else the first that answers.
func (r *request) judge(out *composition) {
	out.measured = r.measured(out)

	reason, message, others := r.others(out)
	if reason == "" && !r.decision.Holder {
		reason, message = recoveryv1alpha1.ReasonNotHolder, "another control plane holds the FailoverTarget, and this one only observes"
	}

	if reason != "" {
		out.judged = r.nowhere(message)

		return
	}

	judged := make([]judgement, 0, len(others))
	for _, region := range others {
		judged = append(judged, r.judgeIn(region, out))
	}

	best := max(0, slices.IndexFunc(judged, func(j judgement) bool { return j.keeps(r.objectives()) }))
	out.judged = judged[best]
	out.judged.others = slices.Delete(judged, best, best+1)
}

// keeps returns whether both objectives are kept, as far as there are any.
func (j *judgement) keeps(in objective.Objectives) bool {
	return (in.RPO == nil || j.rpo.Met) && (in.RTO == nil || j.rto.Met)
}

// nowhere judges while no other region could take over.
func (r *request) nowhere(message string) judgement {
	j := objective.Judgement{Because: message}

	out := judgement{rpo: j, rto: j}
	if in := r.objectives(); in.RPO != nil {
		out.rpo.Verdict = objective.BreachedCanMeet
	}

	if in := r.objectives(); in.RTO != nil {
		out.rto.Verdict = objective.BreachedCanMeet
	}

	return out
}

// judgeIn judges a region that would take over.
func (r *request) judgeIn(region string, out *composition) judgement {
	in, up := r.objectives(), r.up(region, out)
	j := judgement{region: region, rto: objective.JudgeRTO(in, &r.strategy, r.grown(region, out), up, r.took(region, out))}

	var seen []objective.Seen

	for i := range r.parts {
		c := &r.parts[i]
		if !c.Data || c.Parent != "" {
			continue
		}

		kept, why, from := r.seen(c.Name, region, out)
		seen = append(seen, objective.Seen{Component: c.Name, Kept: kept, Why: why})

		if from != nil && (j.dataTime == nil || from.Before(j.dataTime)) {
			j.dataTime = from
		}
	}

	j.rpo = objective.JudgeRPO(in, &r.strategy, r.parts, up, seen)

	return j
}

// up returns which components have a copy in a region, or are to have one.
func (r *request) up(region string, out *composition) map[string]bool {
	parts := make(map[string]*objective.Component, len(r.parts))
	for i := range r.parts {
		parts[r.parts[i].Name] = &r.parts[i]
	}

	up := map[string]bool{}

	for i := range out.copies {
		o := &out.copies[i]

		switch c := parts[o.Component]; {
		case c == nil || o.Region != region || o.Role == topology.Kept:
		case !c.Data:
			up[c.Name] = true
		case o.Role == topology.Standby && (o.Exists || c.Replicable || c.Parent != ""):
			// A fenced store never serves again.
			up[c.Name] = true
		}
	}

	return up
}

// grown returns the components, with those that are shut in a region as such
// that have to grow again.
func (r *request) grown(region string, out *composition) []objective.Component {
	parts := slices.Clone(r.parts)

	for i := range parts {
		c := &parts[i]

		t := r.templates[c.Name]
		if c.Data || c.Scales || t == nil || t.Stopped() == nil {
			continue
		}

		for j := range out.copies {
			o := &out.copies[j]
			c.Scales = c.Scales || o.Component == c.Name && o.Region == region && o.Role == topology.Fenced
		}
	}

	return parts
}

// seen returns whether it is proven that the data of a component is in a region
// and new enough, or why not, and the time that a snapshot of it is from.
func (r *request) seen(component, region string, out *composition) (kept bool, why string, from *metav1.Time) {
	why = component + ": nothing observed tells how old its data in " + region + " is"

	for i := range r.selections {
		s := &r.selections[i]

		planned := slices.IndexFunc(out.selections, func(p composedSelection) bool {
			return p.Key == s.key && p.Component == component && p.Region == region && p.Measured
		})
		if planned < 0 {
			continue
		}

		if t, err := time.Parse(time.RFC3339, s.object.Text("status", "atProvider", "selected", "dataTime")); err == nil && !out.selections[planned].Replica {
			from = &metav1.Time{Time: t.UTC()}
		}

		switch ready, found := condition(s.object, "Ready"); {
		case !found:
			return false, component + ": " + s.key + " has not said yet how old the data is", from
		case !ready:
			return false, component + ": " + cmp.Or(conditionOf(s.object, "Ready")["message"].GetStringValue(), s.object.Text("status", "atProvider", "reason")), from
		case !r.askedFor(s):
			return false, component + ": " + s.key + " has not said yet whether the data is new enough for the rpo that is asked for now", from
		}

		return true, "", from
	}

	return false, why, nil
}

// askedFor returns whether what a selection says answers a question for data as
// new as the objective wants it, or newer.
func (r *request) askedFor(s *observedSelection) bool {
	rpo := r.objectives().RPO
	if rpo == nil {
		return true
	}

	asked, err := time.ParseDuration(s.object.Text("spec", "forProvider", "maxAge"))

	return err == nil && asked <= *rpo && s.answered()
}

// answered returns whether the condition Ready of a selection is about what it is
// asked for now: the answer to an older question stays until it looks again.
func (s *observedSelection) answered() bool {
	return s.object.isAsOf(conditionOf(s.object, "Ready")["observedGeneration"])
}

// took returns how long the newest failover to a region took, from the one that
// serves and with the strategy in force, or nil.
func (r *request) took(region string, out *composition) *objective.Measured {
	for _, m := range out.measured {
		if m.From != r.decision.Active || m.To != region || string(m.Strategy) != string(r.strategy.Strategy) {
			continue
		}

		if d, err := time.ParseDuration(m.Took); err == nil {
			return &objective.Measured{Epoch: m.Epoch, From: m.From, To: m.To, Took: d}
		}
	}

	return nil
}

// measured returns how long failovers took: what the status remembers, and the
// newest one, once everything served. One that took no time was none.
func (r *request) measured(out *composition) []recoveryv1alpha1.MeasuredFailover {
	names := strings.Split(r.plan.StatusTo, ".")

	var was []recoveryv1alpha1.MeasuredFailover

	// What can't be read was not written by us, and nothing hangs on it.
	if v := r.xr.find(append(slices.Clone(names), "measured")); v != nil {
		if b, err := v.MarshalJSON(); err != nil || json.Unmarshal(b, &was) != nil {
			was = nil
		}
	}

	last := out.lastFailover.GetStructValue().GetFields()
	now := recoveryv1alpha1.MeasuredFailover{
		From: text(last["from"]), To: text(last["to"]), Strategy: recoveryv1alpha1.Strategy(r.strategy.Strategy),
		Epoch: int64(last["epoch"].GetNumberValue()), Took: text(last["achievedRTO"]),
	}

	took, err := time.ParseDuration(now.Took)
	known := slices.ContainsFunc(was, func(m recoveryv1alpha1.MeasuredFailover) bool { return m.Epoch >= now.Epoch })

	if err != nil || took <= 0 || known || now.From == "" || now.From == now.To {
		return was
	}

	was = slices.DeleteFunc(was, func(m recoveryv1alpha1.MeasuredFailover) bool {
		return m.From == now.From && m.To == now.To && m.Strategy == now.Strategy
	})

	was = append(was, now)

	return was[max(0, len(was)-maxMeasured):]
}

// maxMeasured is how many failovers the status remembers, by its schema.
const maxMeasured = 64

func text(v *structpb.Value) string { return v.GetStringValue() }

// rpoStatus returns what the XR reads about its rpo.
func (r *request) rpoStatus(j *judgement) *recoveryv1alpha1.RPOStatus {
	out := &recoveryv1alpha1.RPOStatus{Region: j.region, DataTime: j.dataTime, Verdict: recoveryv1alpha1.Verdict(j.rpo.Verdict), Because: j.rpo.Because}

	if j.rpo.Value != nil {
		out.Achievable = objective.Short(*j.rpo.Value)
	}

	if in := r.objectives(); in.RPO != nil {
		out.Objective, out.Met = objective.Short(*in.RPO), &j.rpo.Met
	}

	return out
}

// rtoStatus returns what the XR reads about its rto.
func (r *request) rtoStatus(j *judgement) *recoveryv1alpha1.RTOStatus {
	out := &recoveryv1alpha1.RTOStatus{Region: j.region, Measured: j.rto.Measured, Verdict: recoveryv1alpha1.Verdict(j.rto.Verdict), Because: j.rto.Because}

	if j.rto.Value != nil {
		out.Estimated = objective.Short(*j.rto.Value)
	}

	if in := r.objectives(); in.RTO != nil {
		out.Objective, out.Met = objective.Short(*in.RTO), &j.rto.Met
	}

	for i := range j.others {
		o := &j.others[i]

		other := recoveryv1alpha1.RegionRTO{Region: o.region, Measured: o.rto.Measured, Because: o.rto.Because}
		if o.rto.Value != nil {
			other.Estimated = objective.Short(*o.rto.Value)
		}

		out.Others = append(out.Others, other)
	}

	return out
}

// strategyStatus returns what the XR reads about its strategy.
func (r *request) strategyStatus() *recoveryv1alpha1.StrategyStatus {
	out := &recoveryv1alpha1.StrategyStatus{Name: recoveryv1alpha1.Strategy(r.strategy.Strategy), Because: r.strategy.Because}

	for _, s := range r.strategy.Stores {
		if s.Strategy != r.strategy.Strategy {
			out.Components = append(out.Components, recoveryv1alpha1.ComponentStrategy{Name: s.Name, Strategy: recoveryv1alpha1.Strategy(s.Strategy), Because: s.Because})
		}
	}

	return out
}
