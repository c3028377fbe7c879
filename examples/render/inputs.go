package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossdr/crossdr/internal/scenario"
)

// inputs are what a preview starts from: the files that it was given, and the
// decision that it makes up.
type inputs struct {
	xr, composition    unstructured.Unstructured
	observed, required []unstructured.Unstructured

	// foreign counts the resources in the files that are of other XRs.
	foreign int

	// function is what function-dr is called in the Composition.
	function  string
	functions []unstructured.Unstructured

	// now is the FailoverTarget as it is, and then as it would be.
	now, then unstructured.Unstructured

	// said tells what of this is made up.
	said []string

	from, to string
	epoch    int64
	at       time.Time
	measured []measurement
}

// readAll reads objects from files and folders. What kubectl prints of several
// is one List.
func readAll(names ...string) ([]unstructured.Unstructured, error) {
	var out []unstructured.Unstructured

	for _, name := range names {
		files, err := filesOf(name)
		if err != nil {
			return nil, err
		}

		for _, file := range files {
			b, err := os.ReadFile(file) //nolint:gosec // The user names it.
			if err != nil {
				return nil, fmt.Errorf("cannot read %s: %w", file, err)
			}

			objects, err := scenario.FromYAML(b)
			if err != nil {
				return nil, fmt.Errorf("cannot parse %s: %w", file, err)
			}

			for i := range objects {
				out = append(out, expand(&objects[i])...)
			}
		}
	}

	return out, nil
}

// filesOf returns the files of a folder, or the one file that it is.
func filesOf(name string) ([]string, error) {
	if !isFolder(name) {
		return []string{name}, nil
	}

	files, err := filepath.Glob(filepath.Join(name, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}

	return files, nil
}

// expand returns the items of a list, or what is none itself.
func expand(u *unstructured.Unstructured) []unstructured.Unstructured {
	if !u.IsList() {
		return []unstructured.Unstructured{*u}
	}

	var out []unstructured.Unstructured

	items, _, _ := unstructured.NestedSlice(u.Object, "items")
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, unstructured.Unstructured{Object: m})
		}
	}

	return out
}

// own keeps the composed resources of the XR. One from Git has no UID, and what
// exists on a cluster belongs to the one that has: Crossplane must see the two
// as one.
func (in *inputs) own(all []unstructured.Unstructured) {
	for i := range all {
		u := &all[i]
		owner, found := controllerOf(u)

		switch {
		case scenario.Key(u) == "":
			in.foreign++
		case found && (owner.kind != in.xr.GetKind() || owner.name != in.xr.GetName()):
			in.foreign++
		default:
			in.observed = append(in.observed, *u)

			if found && in.xr.GetUID() == "" {
				in.xr.SetUID(owner.uid)
			}
		}
	}
}

// fit checks that the Composition is one for the XR. A claim is the likeliest
// thing to be taken for one.
func (in *inputs) fit() error {
	of := func(name string) string { return text(in.composition.Object, "spec", "compositeTypeRef", name) }
	if of("kind") == in.xr.GetKind() && of("apiVersion") == in.xr.GetAPIVersion() {
		return nil
	}

	hint := "give the file of an XR that the Composition is for"
	if name := text(in.xr.Object, "spec", "resourceRef", "name"); name != "" {
		hint = "this is a claim: give the file of its XR, " + name
	}

	return fmt.Errorf("cannot preview %s %s of %s: Composition %s is for %s of %s; %s", in.xr.GetKind(), in.xr.GetName(), in.xr.GetAPIVersion(),
		in.composition.GetName(), of("kind"), of("apiVersion"), hint)
}

type owner struct {
	kind, name string
	uid        types.UID
}

func controllerOf(u *unstructured.Unstructured) (owner, bool) {
	for _, r := range u.GetOwnerReferences() {
		if r.Controller != nil && *r.Controller {
			return owner{kind: r.Kind, name: r.Name, uid: r.UID}, true
		}
	}

	return owner{}, false
}

// call finds the functions that the Composition calls.
func (in *inputs) call(file string) error {
	var others []string

	steps, _, _ := unstructured.NestedSlice(in.composition.Object, "spec", "pipeline")
	for _, s := range steps {
		m, _ := s.(map[string]any)

		switch name := text(m, "functionRef", "name"); {
		case text(m, "input", "kind") == "RecoveryPlan":
			in.function = name
		case !slices.Contains(others, name):
			others = append(others, name)
		}
	}

	if in.function == "" {
		return fmt.Errorf("no step of Composition %s has a RecoveryPlan for its input: add the step first (docs/adopting.md)", in.composition.GetName())
	}

	if file != "" {
		var err error

		in.functions, err = readAll(file)

		return err
	}

	if len(others) > 0 {
		return fmt.Errorf("the Composition calls %s, too: say with -functions (FUNCTIONS=) where they run, as \"crossplane composition render\" takes it", strings.Join(others, ", "))
	}

	f := unstructured.Unstructured{}
	f.SetAPIVersion("pkg.crossplane.io/v1")
	f.SetKind("Function")
	f.SetName(in.function)
	f.Object["spec"] = map[string]any{"package": "ghcr.io/crossdr/function-dr:v0.1.0"}
	in.functions = []unstructured.Unstructured{f}

	return nil
}

// path returns the path of something that the XR says of its recovery.
func (in *inputs) path(base, field string) []string {
	plan := planOf(&in.composition)

	where := cmp.Or(plan.SpecFrom, "spec.recovery")
	if base == "status" {
		where = cmp.Or(plan.StatusTo, "status.recovery")
	}

	return append(strings.Split(where, "."), strings.Split(field, ".")...)
}
