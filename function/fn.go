package main

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// A Function renders an XR's resources in whichever region must serve. It has
// no network, no clock and no state but caches of what it compiled: the same
// request gives the same response.
type Function struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	log   logging.Logger
	plans *plans
}

// NewFunction returns a Function.
func NewFunction(log logging.Logger) *Function {
	return &Function{log: log, plans: newPlans()}
}

// RunFunction renders one request. Whatever is wrong with the request is a
// FATAL result, so that Crossplane changes nothing.
func (fn *Function) RunFunction(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	rsp := response.To(req, response.DefaultTTL)
	if rsp.GetDesired() == nil {
		rsp.Desired = &fnv1.State{}
	}

	r, out, err := fn.decide(req, rsp)

	switch {
	case err != nil:
		fn.log.Debug("Nothing was changed", "xr", req.GetObserved().GetComposite().GetResource().GetFields()["metadata"], "error", err)
		keepConditions(rsp, req)
		response.Fatal(rsp, err)
	case out == nil:
		r.freeze(rsp, req)
	default:
		if err := r.encode(rsp, req, out); err != nil {
			keepConditions(rsp, req)
			response.Fatal(rsp, err)
		}
	}

	return rsp, nil
}

// decide returns what to compose. The composition is nil while the
// FailoverTarget was not asked for yet: then Crossplane calls again with it.
func (fn *Function) decide(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) (*request, *composition, error) {
	f := &faults{}

	p, err := fn.plans.get(req.GetInput())
	if err != nil {
		return nil, nil, err
	}

	f.add("RecoveryPlan", p.faults)

	r := &request{plan: p}
	r.decodeXR(req.GetObserved().GetComposite().GetResource())

	if p.SpecFrom == "" {
		return nil, nil, f.err()
	}

	spec, faults, err := decodeSpec(r.xr, p.SpecFrom)
	if err != nil {
		return nil, nil, err
	}

	f.add(r.name, faults)

	if spec == nil || len(p.components) == 0 {
		return nil, nil, f.err()
	}

	r.spec = *spec

	name, named := targetOf(spec, r.namespace)
	if named && name.namespace == "" {
		f.addf("%s %s.failoverTarget.namespace: Required value: the XR is cluster scoped and has no claim", r.name, p.SpecFrom)
	} else if named {
		message, asked := requireTarget(req, rsp, name)

		switch {
		case asked:
			r.readTarget(message, name, f)
		case f.err() == nil:
			return r, nil, nil
		}
	}

	// What can be checked is checked even if something is wrong already, so
	// that all of it is told at once. Nothing is decided then.
	r.decodeDecision(req, name, f)
	r.requireSchemas(req, rsp)

	if f.err() != nil {
		return nil, nil, f.err()
	}

	out := r.compose(f)

	return r, out, f.err()
}

// requireTarget asks Crossplane for the FailoverTarget and returns it. It
// returns false while it was not asked for before, and nil if there is none.
func requireTarget(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, name targetName) (*structpb.Struct, bool) {
	rsp.Requirements = &fnv1.Requirements{Resources: map[string]*fnv1.ResourceSelector{
		requirementTarget: {
			ApiVersion: awsv1alpha1.SchemeGroupVersion.String(),
			Kind:       awsv1alpha1.FailoverTargetKind,
			Match:      &fnv1.ResourceSelector_MatchName{MatchName: name.name},
			Namespace:  &name.namespace,
		},
	}}

	found, asked := req.GetRequiredResources()[requirementTarget]
	if !asked {
		return nil, false
	}

	// The last answer may be to another question: the XR may have named
	// another target then.
	for _, item := range found.GetItems() {
		o := &object{message: item.GetResource()}
		if o.Text("metadata", "name") == name.name && o.Text("metadata", "namespace") == name.namespace {
			return item.GetResource(), true
		}
	}

	return nil, len(found.GetItems()) == 0
}

func (r *request) readTarget(message *structpb.Struct, name targetName, f *faults) {
	if message == nil {
		f.addf("%s %s.failoverTarget: Not found: there is no FailoverTarget %s, and without it nobody knows which region serves", r.name, r.plan.SpecFrom, name)

		return
	}

	target, err := decodeTarget(name, message, r.namespace)
	if err != nil {
		f.addf("%s", strings.TrimSpace(err.Error()))

		return
	}

	r.target = target
}
