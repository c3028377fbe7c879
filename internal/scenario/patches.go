package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
)

// PatchesFunction is the name of the function that Patches stands in for.
const PatchesFunction = "crossplane-contrib-function-patch-and-transform"

// Patches stands in for function-patch-and-transform, which the examples can't
// build. It does the part of it that they use, as its documentation says, and
// refuses an input that asks for more.
type Patches struct {
	fnv1.UnimplementedFunctionRunnerServiceServer
}

type patchesInput struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Resources  []patchedComposed `json:"resources"`
}

type patchedComposed struct {
	Name    string         `json:"name"`
	Base    map[string]any `json:"base"`
	Patches []patch        `json:"patches,omitempty"`
}

type patch struct {
	Type          string      `json:"type"`
	FromFieldPath string      `json:"fromFieldPath"`
	ToFieldPath   string      `json:"toFieldPath"`
	Transforms    []transform `json:"transforms,omitempty"`
}

type transform struct {
	Type   string `json:"type"`
	String struct {
		Type string `json:"type"`
		Fmt  string `json:"fmt"`
	} `json:"string"`
}

// RunFunction renders the resources of the input.
func (Patches) RunFunction(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	rsp := response.To(req, response.DefaultTTL)
	if err := runPatches(req, rsp); err != nil {
		response.Fatal(rsp, err)
	}

	return rsp, nil
}

func runPatches(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) error {
	b, err := req.GetInput().MarshalJSON()
	if err != nil {
		return fmt.Errorf("cannot read input: %w", err)
	}

	in := &patchesInput{}
	if err := yaml.UnmarshalStrict(b, in); err != nil {
		return fmt.Errorf("cannot stand in for %s: %w", PatchesFunction, err)
	}

	if rsp.GetDesired() == nil {
		rsp.Desired = &fnv1.State{}
	}

	if rsp.GetDesired().GetResources() == nil {
		rsp.Desired.Resources = map[string]*fnv1.Resource{}
	}

	xr, patched := req.GetObserved().GetComposite().GetResource().AsMap(), map[string]any{}

	for i := range in.Resources {
		t := &in.Resources[i]

		r, err := t.render(xr, patched, req.GetObserved().GetResources()[t.Name].GetResource())
		if err != nil {
			return fmt.Errorf("cannot render %s: %w", t.Name, err)
		}

		rsp.Desired.Resources[t.Name] = r
	}

	if len(patched) == 0 {
		return nil
	}

	m, err := structpb.NewStruct(patched)
	rsp.Desired.Composite = &fnv1.Resource{Resource: m}

	return err
}

// render returns the desired resource, and patches the XR from the observed
// one. A resource that is observed keeps its name and namespace, and is ready
// when it says so itself.
func (t *patchedComposed) render(xr, status map[string]any, observed *structpb.Struct) (*fnv1.Resource, error) {
	u := unstructured.Unstructured{Object: t.Base}
	out := &fnv1.Resource{}
	o := unstructured.Unstructured{Object: observed.AsMap()}

	if observed != nil {
		u.SetNamespace(o.GetNamespace())
		u.SetName(o.GetName())

		if isReady(&o) {
			out.Ready = fnv1.Ready_READY_TRUE
		}
	}

	for i := range t.Patches {
		p := &t.Patches[i]

		var err error

		switch p.Type {
		case "FromCompositeFieldPath":
			err = p.apply(xr, u.Object)
		case "ToCompositeFieldPath":
			err = p.apply(o.Object, status)
		default:
			err = errors.New("patches of type " + p.Type + " are not played")
		}

		if err != nil {
			return nil, err
		}
	}

	m, err := structpb.NewStruct(u.Object)
	out.Resource = m

	return out, err
}

func isReady(u *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if m, _ := c.(map[string]any); m["type"] == "Ready" {
			return m["status"] == "True"
		}
	}

	return false
}

// apply copies a field, from the XR or to it. A field that is not there
// patches nothing.
func (p *patch) apply(from, to map[string]any) error {
	v, ok, err := unstructured.NestedFieldCopy(from, strings.Split(p.FromFieldPath, ".")...)
	if err != nil || !ok {
		return err
	}

	for i := range p.Transforms {
		t := &p.Transforms[i]
		if t.Type != "string" || t.String.Type != "Format" {
			return errors.New("only the transform string of type Format is played")
		}

		v = fmt.Sprintf(t.String.Fmt, v)
	}

	at, first := strings.CutSuffix(p.ToFieldPath, "[0]")
	if strings.Contains(at, "[") {
		return errors.New("no path into a list is played but [0] at its end")
	}

	if first {
		v = []any{v}
	}

	return unstructured.SetNestedField(to, v, strings.Split(at, ".")...)
}
