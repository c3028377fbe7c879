package main

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
)

// waitingTTL is after how long Crossplane renders an XR again that waits. It is
// told of changes, too, but not of all: it allows an XR 50 of them at once and
// then one every 2 s, and one every 30 s for 5 minutes if there are more. What
// is born in another region changes more often than that, all of it at once.
//
// See --circuit-breaker-burst in
// https://github.com/crossplane/crossplane/blob/v2.4.0/cmd/crossplane/core/core.go
const waitingTTL = 10 * time.Second

// encode writes a composition into the response.
func (r *request) encode(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest, out *composition) error {
	desired := rsp.GetDesired()
	if desired.Resources == nil {
		desired.Resources = map[string]*fnv1.Resource{}
	}

	// A template is not itself desired. Where it is observed it is the copy at
	// home, which is below.
	for key := range r.taken {
		delete(desired.GetResources(), key)
	}

	if err := r.encodeResources(desired, out); err != nil {
		return err
	}

	names := strings.Split(r.plan.StatusTo, ".")

	var err error
	if out.lastFailover, err = r.lastFailover(out, r.xr.find(append(names, "lastFailover"))); err != nil {
		return err
	}

	r.judge(out)
	r.depend(out)

	if err := r.encodeStatus(rsp, out); err != nil {
		return err
	}

	r.encodeConditions(rsp, out)

	if err := r.connect(rsp, req, out); err != nil {
		return err
	}

	desired.Composite.Ready = r.xrReadiness(rsp, req, out)

	if r.decision.Holder && !r.serves(out) || r.untold {
		rsp.Meta.Ttl = durationpb.New(waitingTTL)
	}

	for _, w := range out.warnings {
		response.Warning(rsp, fmt.Errorf("%s", w)).TargetCompositeAndClaim()
	}

	return nil
}

// encodeResources writes the copies and the SnapshotSelections.
func (r *request) encodeResources(desired *fnv1.State, out *composition) error {
	e := &encoder{}
	retired := map[string]bool{}

	add := func(key string, object map[string]any, ready fnv1.Ready) error {
		if object == nil {
			return nil
		}

		message, err := e.object(object)
		if err != nil {
			return fmt.Errorf("composed resource %s can't be encoded: %w", key, err)
		}

		desired.Resources[key] = &fnv1.Resource{Resource: message, Ready: ready}

		return nil
	}

	for i := range out.copies {
		c := &out.copies[i]
		retired[c.Key] = c.retired

		if err := add(c.Key, c.object, r.readiness(c)); err != nil {
			return err
		}
	}

	// Whether a fresh snapshot exists does not decide whether the XR serves.
	for i := range out.selections {
		if err := add(out.selections[i].Key, out.selections[i].object, fnv1.Ready_READY_TRUE); err != nil {
			return err
		}
	}

	// The last guard of the first law. Nothing may come here without a copy that
	// is observed.
	for i := range r.observed {
		if key := r.observed[i].Key; desired.GetResources()[key] == nil && !retired[key] {
			return fmt.Errorf("composed resource %s would be deleted, which is a defect of function-dr: nothing was changed", key)
		}
	}

	return nil
}

// readiness returns what Crossplane is told of a copy. One that the XR does
// not wait for is told to be ready, so that a region that does not answer
// can't hold the XR back; its true state is in the status.
func (r *request) readiness(c *composed) fnv1.Ready {
	if !r.holdsBack(c) || c.ready {
		return fnv1.Ready_READY_TRUE
	}

	return fnv1.Ready_READY_FALSE
}

// xrReadiness returns whether the XR is ready: never while one of its serving
// copies is missing or not ready. With resources of other steps whose
// readiness a later step decides, it is left to Crossplane to conclude it.
func (r *request) xrReadiness(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest, out *composition) fnv1.Ready {
	if !r.serves(out) {
		return fnv1.Ready_READY_FALSE
	}

	ours := map[string]bool{}
	for i := range out.copies {
		ours[out.copies[i].Key] = true
	}

	for i := range out.selections {
		ours[out.selections[i].Key] = true
	}

	ours[connectionKey] = r.plan.Connection != nil

	for key, d := range rsp.GetDesired().GetResources() {
		if ours[key] {
			continue
		}

		switch d.GetReady() {
		case fnv1.Ready_READY_TRUE:
		case fnv1.Ready_READY_FALSE:
			return fnv1.Ready_READY_FALSE
		case fnv1.Ready_READY_UNSPECIFIED:
			return fnv1.Ready_READY_UNSPECIFIED
		}
	}

	// An earlier step may know better.
	if ready := req.GetDesired().GetComposite().GetReady(); ready != fnv1.Ready_READY_UNSPECIFIED {
		return ready
	}

	return fnv1.Ready_READY_TRUE
}

// serves returns whether every serving copy is ready in the active region.
func (r *request) serves(out *composition) bool {
	if !r.decision.Holder {
		return false
	}

	for i := range out.copies {
		if c := &out.copies[i]; r.holdsBack(c) && (!c.ready || c.waits != "") {
			return false
		}
	}

	return true
}

// freeze answers while the FailoverTarget is not known yet: everything of ours
// stays as it is observed. Crossplane throws this answer away and calls again,
// but an answer that would delete something must not exist.
func (r *request) freeze(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest) {
	if rsp.GetDesired().Resources == nil {
		rsp.Desired.Resources = map[string]*fnv1.Resource{}
	}

	// A template is not itself desired.
	for name, c := range r.plan.byName {
		if c.template == nil {
			delete(rsp.GetDesired().GetResources(), name)
		}
	}

	for key := range r.plan.adopted {
		delete(rsp.GetDesired().GetResources(), key)
	}

	for key, resource := range req.GetObserved().GetResources() {
		if _, earlier := rsp.GetDesired().GetResources()[key]; !earlier {
			rsp.Desired.Resources[key] = &fnv1.Resource{Resource: asDesired(resource.GetResource())}
		}
	}

	names := strings.Split(r.plan.StatusTo, ".")
	if v := r.xr.find(names); v != nil {
		setStatus(rsp, names, v)
	}

	keepConditions(rsp, req)
}

// asDesired returns an observed resource without what only the API server
// writes.
func asDesired(observed *structpb.Struct) *structpb.Struct {
	out := &structpb.Struct{Fields: maps.Clone(observed.GetFields())}
	delete(out.GetFields(), "status")

	metadata := &structpb.Struct{Fields: map[string]*structpb.Value{}}

	for _, name := range []string{"name", "namespace", "labels", "annotations"} {
		if v, ok := observed.GetFields()["metadata"].GetStructValue().GetFields()[name]; ok {
			metadata.Fields[name] = v
		}
	}

	out.Fields["metadata"] = structpb.NewStructValue(metadata)

	return out
}

// setStatus writes a value into the desired XR.
func setStatus(rsp *fnv1.RunFunctionResponse, names []string, value *structpb.Value) {
	if rsp.GetDesired().GetComposite() == nil {
		rsp.Desired.Composite = &fnv1.Resource{}
	}

	if rsp.GetDesired().GetComposite().GetResource() == nil {
		rsp.Desired.Composite.Resource = &structpb.Struct{}
	}

	at := rsp.GetDesired().GetComposite().GetResource()

	for i, name := range names {
		if at.Fields == nil {
			at.Fields = map[string]*structpb.Value{}
		}

		if i == len(names)-1 {
			at.Fields[name] = value

			return
		}

		child := at.GetFields()[name].GetStructValue()
		if child == nil {
			child = &structpb.Struct{}
			at.Fields[name] = structpb.NewStructValue(child)
		}

		at = child
	}
}
