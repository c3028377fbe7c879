package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/objective"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// encodeStatus writes what the XR reads about its recovery.
func (r *request) encodeStatus(rsp *fnv1.RunFunctionResponse, out *composition) error {
	status := recoveryv1alpha1.Status{
		ActiveRegion: r.decision.Active, Epoch: r.decision.Epoch, Strategy: r.strategyStatus(), WaitingFor: out.waiting(),
		RPO: r.rpoStatus(&out.judged), RTO: r.rtoStatus(&out.judged), Measured: out.measured, Dependencies: out.dependencies,
	}

	status.Workloads = r.workloads(out)

	for _, name := range r.regions {
		if slices.ContainsFunc(r.plan.components, func(c component) bool { return c.Zones != nil }) {
			status.Zones = append(status.Zones, r.facts[name].status(name))
		}
	}

	b, err := json.Marshal(status)
	if err != nil {
		return fmt.Errorf("status can't be encoded: %w", err)
	}

	value := &structpb.Value{}
	if err := value.UnmarshalJSON(b); err != nil {
		return fmt.Errorf("status can't be encoded: %w", err)
	}

	// Copies are many, and JSON is slow.
	copies := &structpb.ListValue{Values: make([]*structpb.Value, 0, len(out.copies))}
	for i := range out.copies {
		s := out.copies[i].status()

		// The name of what is gone is remembered until it is back.
		if s.ExternalName == "" {
			s.ExternalName = r.remembered.ExternalNames[s.Key]
		}

		copies.Values = append(copies.Values, encodeCopy(s))
	}

	value.GetStructValue().Fields["copies"] = structpb.NewListValue(copies)

	if out.lastFailover != nil {
		value.GetStructValue().Fields["lastFailover"] = out.lastFailover
	}

	setStatus(rsp, strings.Split(r.plan.StatusTo, "."), value)

	return nil
}

// encodeCopy is what JSON would make of a CopyStatus.
func encodeCopy(c recoveryv1alpha1.CopyStatus) *structpb.Value {
	fields := map[string]*structpb.Value{
		"key":       structpb.NewStringValue(c.Key),
		"component": structpb.NewStringValue(c.Component),
		"role":      structpb.NewStringValue(string(c.Role)),
		"ready":     structpb.NewBoolValue(c.Ready),
	}

	if c.Region != "" {
		fields["region"] = structpb.NewStringValue(c.Region)
	}

	if c.Zone != "" {
		fields["zone"] = structpb.NewStringValue(c.Zone)
	}

	if c.ExternalName != "" {
		fields["externalName"] = structpb.NewStringValue(c.ExternalName)
	}

	if c.FenceVerified != nil {
		fields["fenceVerified"] = structpb.NewBoolValue(*c.FenceVerified)
	}

	return structpb.NewStructValue(&structpb.Struct{Fields: fields})
}

func (r *request) encodeConditions(rsp *fnv1.RunFunctionResponse, out *composition) {
	var missing []string

	for i := range out.copies {
		if c := &out.copies[i]; r.holdsBack(c) && (!c.ready || c.waits != "") {
			missing = append(missing, c.Key)
		}
	}

	switch {
	case !r.decision.Holder:
		response.ConditionFalse(rsp, recoveryv1alpha1.ConditionServing, recoveryv1alpha1.ReasonNotHolder).
			WithMessage(fmt.Sprintf("another control plane holds FailoverTarget %s at epoch %d; this one only observes", strings.Replace(r.decision.Target, ".", "/", 1), r.decision.Epoch)).TargetCompositeAndClaim()
	case len(missing) > 0:
		response.ConditionFalse(rsp, recoveryv1alpha1.ConditionServing, recoveryv1alpha1.ReasonNotReady).
			WithMessage(fmt.Sprintf("not ready in %s: %s", r.decision.Active, strings.Join(missing, ", "))).TargetCompositeAndClaim()
	default:
		response.ConditionTrue(rsp, recoveryv1alpha1.ConditionServing, recoveryv1alpha1.ReasonAllReady).
			WithMessage(r.servingMessage()).TargetCompositeAndClaim()
	}

	reason, message := r.unprotected(out)
	if reason == "" {
		response.ConditionTrue(rsp, recoveryv1alpha1.ConditionProtected, recoveryv1alpha1.ReasonStandbyReady).
			WithMessage("another region could take over").TargetCompositeAndClaim()

		return
	}

	response.ConditionFalse(rsp, recoveryv1alpha1.ConditionProtected, reason).WithMessage(message).TargetCompositeAndClaim()
}

// servingMessage is what the condition Serving says when it is True.
func (r *request) servingMessage() string { return "every copy is ready in " + r.decision.Active }

// others returns the regions that could take over, or why there are none.
func (r *request) others(out *composition) (reason, message string, others []string) {
	for _, name := range r.regions {
		if name != r.decision.Active && !r.decision.Dark[name] {
			others = append(others, name)
		}
	}

	switch {
	case len(r.regions) == 1:
		return recoveryv1alpha1.ReasonNoOtherRegion, "only " + r.regions[0] + " is listed", nil
	case r.decision.Target == "":
		return recoveryv1alpha1.ReasonNoFailoverTarget, "no FailoverTarget is named, so nothing can make another region active", nil
	case len(others) == 0:
		return recoveryv1alpha1.ReasonRegionUnreachable, "no region but " + r.decision.Active + " answers", nil
	}

	short := map[string]string{}
	for _, s := range out.short {
		short[s.region] = s.message
	}

	wide := slices.DeleteFunc(slices.Clone(others), func(name string) bool { return short[name] != "" })
	if len(wide) == 0 {
		return recoveryv1alpha1.ReasonTooFewZones, short[others[0]], nil
	}

	return "", "", wide
}

// unprotected says why no other region could take over now, the most basic
// reason first.
func (r *request) unprotected(out *composition) (reason, message string) {
	reason, message, others := r.others(out)
	if reason != "" {
		return reason, message
	}

	var missing []string

	for i := range out.copies {
		c := &out.copies[i]

		// What only lives at home can't take over anywhere.
		known := r.plan.byName[c.Component]
		if known != nil && known.Regions == fnv1alpha1.Home {
			continue
		}

		if c.Role == topology.Standby && !c.ready && !r.decision.Dark[c.Region] {
			missing = append(missing, c.Key)
		}
	}

	if len(missing) > 0 {
		return recoveryv1alpha1.ReasonStandbyNotReady, "not ready: " + strings.Join(missing, ", ")
	}

	if reason, message := r.unproven(out, others); reason != "" {
		return reason, message
	}

	switch in, j := r.objectives(), &out.judged; {
	case in.RPO != nil && !j.rpo.Met:
		return recoveryv1alpha1.ReasonRPONotMet, "rpo " + objective.Short(*in.RPO) + " is not kept: " + j.rpo.Because
	case in.RTO != nil && !j.rto.Met:
		return recoveryv1alpha1.ReasonRTONotMet, "rto " + objective.Short(*in.RTO) + " is not kept: " + j.rto.Because
	}

	return "", ""
}

// unproven says of which data nothing proves that another region could have
// it: no standby copy is ready there, and no SnapshotSelection of what serves
// now is.
func (r *request) unproven(out *composition, regions []string) (reason, message string) {
	for i := range r.plan.components {
		c := &r.plan.components[i]
		if c.tier() != topology.Data || r.templates[c.Name].Dependent() {
			continue
		}

		proven := slices.ContainsFunc(r.observed, func(o observedCopy) bool {
			return o.Component == c.Name && o.Role == topology.Standby && o.Healthy && slices.Contains(regions, o.Region)
		})

		if ready, why := r.selected(c.Name, out, regions); !proven && !ready {
			return recoveryv1alpha1.ReasonDataNotProven, why
		}
	}

	return "", ""
}

// selected returns whether a snapshot of the component is selected in one of
// the regions, or why not.
func (r *request) selected(component string, out *composition, regions []string) (ready bool, why string) {
	why = "nothing observed proves that the data of " + component + " can be had in " + strings.Join(regions, " or ")

	for i := range r.selections {
		s := &r.selections[i]

		wanted := slices.ContainsFunc(out.selections, func(p composedSelection) bool {
			return p.Key == s.key && p.Component == component && slices.Contains(regions, p.Region)
		})
		if !wanted {
			continue
		}

		// Whether what is selected is new enough is another question.
		is, found := condition(s.object, "Ready")
		if is || s.object.Text("status", "atProvider", "selected", "id") != "" {
			return true, ""
		}

		if found {
			why = s.key + ": " + s.object.Text("status", "atProvider", "reason")
		}
	}

	return false, why
}

// keepConditions sends our conditions again as they are. Crossplane turns
// those that a FATAL result does not repeat to Unknown, and an XR with a typing
// error serves as well as before.
func keepConditions(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest) {
	xr := &object{message: req.GetObserved().GetComposite().GetResource()}

	for _, v := range xr.find([]string{"status", "conditions"}).GetListValue().GetValues() {
		f := v.GetStructValue().GetFields()

		kind := f["type"].GetStringValue()
		if kind != recoveryv1alpha1.ConditionServing && kind != recoveryv1alpha1.ConditionProtected {
			continue
		}

		reason := f["reason"].GetStringValue()

		var c *response.ConditionOption

		switch f["status"].GetStringValue() {
		case "True":
			c = response.ConditionTrue(rsp, kind, reason)
		case "False":
			c = response.ConditionFalse(rsp, kind, reason)
		default:
			c = response.ConditionUnknown(rsp, kind, reason)
		}

		c.WithMessage(f["message"].GetStringValue()).TargetCompositeAndClaim()
	}
}
