package scenario

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	renderv1alpha1 "github.com/crossplane/crossplane/v2/proto/render/v1alpha1"
)

// An Engine renders through the real reconciler.
type Engine struct {
	// Crossplane is the path of Crossplane core's binary.
	Crossplane string

	// Functions maps the name of each function to the address it is served at.
	Functions map[string]string
}

// An Output is what one reconcile of the XR would do.
type Output struct {
	XR       unstructured.Unstructured
	Composed []unstructured.Unstructured

	// Deleted are the composed resources that Crossplane would delete.
	Deleted []unstructured.Unstructured

	// Events that Crossplane would emit, as TYPE REASON MESSAGE.
	Events []string

	// Fatal is the message of the pipeline's FATAL result, or "".
	Fatal string

	retired []string
}

// Lost returns the keys of what would be deleted and must not be.
func (o *Output) Lost() []string {
	var keys []string

	for i := range o.Deleted {
		if u := &o.Deleted[i]; !MayGo(u, o.retired) {
			keys = append(keys, Key(u))
		}
	}

	return keys
}

// MayGo returns whether a resource may be deleted: a SnapshotSelection, which
// only observes, and what the XR retires.
func MayGo(u *unstructured.Unstructured, retired []string) bool {
	return u.GetKind() == "SnapshotSelection" || slices.Contains(retired, Key(u))
}

// Retired returns the keys that an XR retires.
func Retired(xr *unstructured.Unstructured) []string {
	list, _, _ := unstructured.NestedSlice(xr.Object, "spec", "recovery", "retire")
	keys := make([]string, 0, len(list))

	for _, entry := range list {
		m, _ := entry.(map[string]any)
		key, _ := m["key"].(string)
		keys = append(keys, key)
	}

	return keys
}

// exitFatal is the status that crossplane internal render exits with when a
// function returned a FATAL result.
const exitFatal = 3

// Render runs one reconcile. The XR has the status that the one before gave
// it, nil if there was none.
func (e *Engine) Render(ctx context.Context, s *Scenario, step *Step, observed []unstructured.Unstructured, status any) (*Output, error) {
	xr, composition := cmp.Or(step.XR, s.XR).DeepCopy(), cmp.Or(step.Composition, s.Composition)
	if status != nil {
		xr.Object["status"] = timeless(status)

		// Crossplane renders a list that it finds here as if it were another
		// writer's, and then without it, and so on.
		unstructured.RemoveNestedField(xr.Object, "status", "claimConditionTypes")
	}

	in := &renderv1alpha1.CompositeInput{}

	for _, f := range []struct {
		into **structpb.Struct
		from *unstructured.Unstructured
	}{{&in.CompositeResource, xr}, {&in.Composition, composition}, {&in.CompositeResourceDefinition, s.Definition}} {
		m, err := structpb.NewStruct(f.from.Object)
		if err != nil {
			return nil, fmt.Errorf("cannot encode %s: %w", f.from.GetName(), err)
		}

		*f.into = m
	}

	for _, f := range []struct {
		into *[]*structpb.Struct
		from []unstructured.Unstructured
	}{{&in.ObservedResources, observed}, {&in.RequiredResources, step.Required}} {
		for i := range f.from {
			m, err := structpb.NewStruct(f.from[i].Object)
			if err != nil {
				return nil, fmt.Errorf("cannot encode %s: %w", f.from[i].GetName(), err)
			}

			*f.into = append(*f.into, m)
		}
	}

	for _, doc := range s.Schemas {
		m, err := structpb.NewStruct(doc)
		if err != nil {
			return nil, fmt.Errorf("cannot encode schema: %w", err)
		}

		in.RequiredSchemas = append(in.RequiredSchemas, m)
	}

	for _, name := range s.Functions {
		in.Functions = append(in.Functions, &renderv1alpha1.FunctionInput{Name: name, Address: e.Functions[name]})
	}

	out, err := e.run(ctx, in)
	if err != nil {
		return nil, err
	}

	out.retired = Retired(xr)

	return out, nil
}

func (e *Engine) run(ctx context.Context, in *renderv1alpha1.CompositeInput) (*Output, error) {
	b, err := proto.Marshal(&renderv1alpha1.RenderRequest{Input: &renderv1alpha1.RenderRequest_Composite{Composite: in}})
	if err != nil {
		return nil, fmt.Errorf("cannot encode request: %w", err)
	}

	var stdout, stderr bytes.Buffer

	cmd := exec.CommandContext(ctx, e.Crossplane, "internal", "render") //nolint:gosec // The binary that this project builds.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(b), &stdout, &stderr

	out := &Output{}

	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitFatal {
			return nil, fmt.Errorf("cannot render: %w: %s", err, stderr.String())
		}

		out.Fatal = strings.TrimSpace(stderr.String())
	}

	rsp := &renderv1alpha1.RenderResponse{}
	if err := proto.Unmarshal(stdout.Bytes(), rsp); err != nil {
		return nil, fmt.Errorf("cannot decode response: %w", err)
	}

	c := rsp.GetComposite()
	out.XR.Object = c.GetCompositeResource().AsMap()

	for _, m := range c.GetComposedResources() {
		out.Composed = append(out.Composed, unstructured.Unstructured{Object: m.AsMap()})
	}

	for _, m := range c.GetDeletedResources() {
		out.Deleted = append(out.Deleted, unstructured.Unstructured{Object: m.AsMap()})
	}

	for _, ev := range c.GetEvents() {
		out.Events = append(out.Events, ev.GetType()+" "+ev.GetReason()+" "+ev.GetMessage())
	}

	// Crossplane applies composed resources in no order.
	slices.SortFunc(out.Composed, func(a, b unstructured.Unstructured) int { return strings.Compare(Key(&a), Key(&b)) })

	return out, nil
}
