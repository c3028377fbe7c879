package main

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/internal/scenario"
)

// exampleRequests are the requests that the steps of the examples make.
func exampleRequests(f *testing.F) []*fnv1.RunFunctionRequest {
	f.Helper()

	dirs, err := filepath.Glob(filepath.Join("..", "examples", "*", "xr.yaml"))
	if err != nil {
		f.Fatal(err)
	}

	requests := []*fnv1.RunFunctionRequest{good().request()}

	for _, dir := range dirs {
		s, err := scenario.Load(filepath.Dir(dir))
		if err != nil {
			// An example may be no scenario, or not be finished.
			f.Logf("%s is left out: %s", dir, err)

			continue
		}

		for i := range s.Steps {
			requests = append(requests, exampleRequest(s, &s.Steps[i]))
		}
	}

	return requests
}

func exampleRequest(s *scenario.Scenario, step *scenario.Step) *fnv1.RunFunctionRequest {
	xr, composition := s.XR, s.Composition
	if step.XR != nil {
		xr = step.XR
	}

	if step.Composition != nil {
		composition = step.Composition
	}

	var input map[string]any

	steps, _ := at(composition.Object, "spec", "pipeline").([]any)
	for _, s := range steps {
		if in, ok := at(s, "input").(map[string]any); ok {
			input = in
		}
	}

	req := &fnv1.RunFunctionRequest{
		Input:    message(input),
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: message(xr.Object)}, Resources: map[string]*fnv1.Resource{}},
	}

	for i := range step.Observed {
		req.Observed.Resources[scenario.Key(&step.Observed[i])] = &fnv1.Resource{Resource: message(step.Observed[i].Object)}
	}

	if len(step.Required) > 0 {
		items := &fnv1.Resources{}
		for i := range step.Required {
			items.Items = append(items.Items, &fnv1.Resource{Resource: message(step.Required[i].Object)})
		}

		req.RequiredResources = map[string]*fnv1.Resources{requirementTarget: items}
	}

	return req
}

// checkFuzzed checks what holds for any request: an answer comes, and it
// deletes no copy of ours.
func checkFuzzed(t *testing.T, req *fnv1.RunFunctionRequest) {
	t.Helper()

	rsp := ask(t, shared, req)
	if fatal(rsp) != "" {
		return
	}

	for key, r := range req.GetObserved().GetResources() {
		o := &object{message: r.GetResource()}
		retired := slices.Contains(scenario.Retired(&unstructured.Unstructured{Object: req.GetObserved().GetComposite().GetResource().AsMap()}), key)
		if o.Text("metadata", "labels", render.LabelComponent) != "" && rsp.GetDesired().GetResources()[key] == nil && !retired {
			t.Errorf("%s would be deleted", key)
		}
	}
}

// FuzzDecode puts anything at all where a plan and an XR's recovery stand.
func FuzzDecode(f *testing.F) {
	for _, req := range exampleRequests(f) {
		plan, err := req.GetInput().MarshalJSON()
		if err != nil {
			f.Fatal(err)
		}

		if recovery, err := spec(req).GetFields()["recovery"].MarshalJSON(); err == nil {
			f.Add(plan, recovery)
		}
	}

	for _, recovery := range []string{`null`, `[]`, `{"regions":[null]}`, `{"regions":["us-east-1"],"parameters":{"us-east-1":null}}`, `{"failoverTarget":{"name":""}}`} {
		f.Add([]byte(`{"apiVersion":"fn.crossdr.io/v1alpha1","kind":"RecoveryPlan","components":[null]}`), []byte(recovery))
	}

	f.Fuzz(func(t *testing.T, plan, recovery []byte) {
		req := good().request()
		req.Input = &structpb.Struct{}

		value := &structpb.Value{}
		if req.GetInput().UnmarshalJSON(plan) != nil || value.UnmarshalJSON(recovery) != nil {
			t.Skip("is no JSON")
		}

		spec(req).Fields["recovery"] = value

		checkFuzzed(t, req)
	})
}

// FuzzRunFunction mutates whole requests.
func FuzzRunFunction(f *testing.F) {
	for _, req := range exampleRequests(f) {
		b, err := protojson.Marshal(req)
		if err != nil {
			f.Fatal(err)
		}

		f.Add(b, []byte{})
		f.Add(b, []byte("mend, bend, lend"))
	}

	f.Fuzz(func(t *testing.T, b, edits []byte) {
		req := &fnv1.RunFunctionRequest{}
		if protojson.Unmarshal(b, req) != nil {
			t.Skip("is no request")
		}

		for ; len(edits) > 2; edits = edits[3:] {
			mutate(req, int(edits[0])<<8|int(edits[1]), int(edits[2]))
		}

		checkFuzzed(t, req)
	})
}

// oddities are values that stand where others are expected.
var oddities = []*structpb.Value{
	nil,
	{},
	structpb.NewNullValue(), structpb.NewStringValue(""), structpb.NewStringValue("x"), structpb.NewStringValue("us-west-2"),
	structpb.NewStringValue("use1-az1"), structpb.NewStringValue("${"), structpb.NewStringValue("${zone.id}"), structpb.NewStringValue("${serving.db}"),
	structpb.NewStringValue("db"), structpb.NewStringValue("Kept"), structpb.NewStringValue("Serving"), structpb.NewStringValue("2"), structpb.NewStringValue("spec"),
	structpb.NewNumberValue(-1), structpb.NewNumberValue(0), structpb.NewNumberValue(2.5), structpb.NewNumberValue(1e300), structpb.NewBoolValue(true),
	structpb.NewListValue(&structpb.ListValue{}), structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewNullValue()}}),
	structpb.NewStructValue(&structpb.Struct{}), structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{"": structpb.NewNullValue()}}),
}

// mutate puts an oddity somewhere into a request, or takes something out of it.
func mutate(req *fnv1.RunFunctionRequest, where, what int) {
	var places []func(v *structpb.Value)

	var walk func(s *structpb.Struct)

	walk = func(s *structpb.Struct) {
		for _, name := range slices.Sorted(maps.Keys(s.GetFields())) {
			places = append(places, func(v *structpb.Value) {
				if v == nil {
					delete(s.GetFields(), name)
				} else {
					s.Fields[name] = v
				}
			})

			walk(s.GetFields()[name].GetStructValue())

			for i, v := range s.GetFields()[name].GetListValue().GetValues() {
				places = append(places, func(v *structpb.Value) { s.GetFields()[name].GetListValue().GetValues()[i] = v })

				walk(v.GetStructValue())
			}
		}
	}

	walk(req.GetInput())
	walk(req.GetObserved().GetComposite().GetResource())

	for _, r := range req.GetRequiredResources()[requirementTarget].GetItems() {
		walk(r.GetResource())
	}

	for _, resources := range []map[string]*fnv1.Resource{req.GetObserved().GetResources(), req.GetDesired().GetResources()} {
		for _, key := range slices.Sorted(maps.Keys(resources)) {
			walk(resources[key].GetResource())
		}
	}

	if len(places) > 0 {
		places[where%len(places)](proto.CloneOf(oddities[what%len(oddities)]))
	}
}
