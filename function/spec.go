package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/schema"
	"github.com/crossdr/crossdr/function/internal/topology"
	"github.com/crossdr/crossdr/internal/region"
)

//nolint:gochecknoglobals // It is parsed once and never written.
var recoverySchema = sync.OnceValues(func() (*schema.Schema, error) {
	return schema.Parse(recoveryv1alpha1.Schema, "spec")
})

// decodeSpec reads what the XR says about its recovery. It returns nil if that
// can't be read at all, and what can be read beside the faults in the rest.
func decodeSpec(xr *object, at string) (*recoveryv1alpha1.Spec, field.ErrorList, error) {
	names := strings.Split(at, ".")
	path := field.NewPath(names[0], names[1:]...)

	value, ok := xr.Get(names...)
	if !ok {
		return nil, field.ErrorList{field.Required(path, "say at least in which regions the XR may run")}, nil
	}

	s, err := recoverySchema()
	if err != nil {
		return nil, nil, err
	}

	faults := s.Validate(value, path)
	faults = append(faults, checkDurations(value, path)...)

	b, err := json.Marshal(value)
	if err != nil {
		return nil, nil, err
	}

	spec := &recoveryv1alpha1.Spec{}
	if err := json.Unmarshal(b, spec); err != nil {
		if len(faults) == 0 {
			faults = append(faults, field.Invalid(path, field.OmitValueType{}, err.Error()))
		}

		return nil, faults, nil
	}

	return spec, append(faults, checkRegions(spec, path)...), nil
}

// checkDurations reports objectives that are no durations, and takes them
// away: the decoder would stop at the first, and say no path.
func checkDurations(value any, path *field.Path) field.ErrorList {
	spec, _ := value.(map[string]any)
	objectives, _ := spec["objectives"].(map[string]any)

	var faults field.ErrorList

	for _, name := range []string{"rpo", "rto"} {
		s, ok := objectives[name].(string)
		if !ok {
			continue
		}

		at := path.Child("objectives", name)

		switch d, err := time.ParseDuration(s); {
		case err != nil:
			delete(objectives, name)

			faults = append(faults, field.Invalid(at, s, "is no duration, such as 15m or 24h (there are no days)"))
		case d < 0:
			faults = append(faults, field.Invalid(at, s, "is negative"))
		}
	}

	return faults
}

// checkRegions checks the regions that the XR itself lists, and what refers to
// them.
func checkRegions(spec *recoveryv1alpha1.Spec, path *field.Path) field.ErrorList {
	var faults field.ErrorList

	for i, name := range spec.Regions {
		at := path.Child("regions").Index(i)

		switch {
		case !region.WellFormed(name):
			faults = append(faults, field.Invalid(at, name, "is no name of a region, such as us-east-1"))
		case slices.Contains(spec.Regions[:i], name):
			faults = append(faults, field.Duplicate(at, name))
		}
	}

	return faults
}

// checkSpec checks what the XR says against the plan and the list of regions.
func checkSpec(spec *recoveryv1alpha1.Spec, p *plan, regions []string) field.ErrorList {
	var faults field.ErrorList

	names := strings.Split(p.SpecFrom, ".")
	path := field.NewPath(names[0], names[1:]...)

	for _, name := range slices.Sorted(maps.Keys(spec.Parameters)) {
		if !slices.Contains(regions, name) {
			faults = append(faults, field.NotSupported(path.Child("parameters"), name, regions))
		}
	}

	for _, key := range slices.Sorted(maps.Keys(spec.Adopt)) {
		if _, ok := nameOf(key, p, regions); !ok {
			faults = append(faults, field.NotFound(path.Child("adopt").Key(key), "the key of a copy of a component"))
		}
	}

	for i, e := range spec.Retire {
		same := func(o recoveryv1alpha1.Retirement) bool { return o.Key == e.Key && o.ExternalName == e.ExternalName }
		if slices.ContainsFunc(spec.Retire[:i], same) {
			faults = append(faults, field.Duplicate(path.Child("retire").Index(i), e.Key))
		}
	}

	for i, e := range spec.StartEmpty {
		at := path.Child("startEmpty").Index(i).Child("component")

		switch c := p.byName[e.Component]; {
		case c == nil:
			faults = append(faults, field.NotFound(at, e.Component))
		case c.tier() != topology.Data:
			faults = append(faults, field.Invalid(at, e.Component, "is of tier "+string(c.Tier)+", and only Data holds data"))
		}
	}

	return faults
}

func duration(d *metav1.Duration) *time.Duration {
	if d == nil {
		return nil
	}

	return &d.Duration
}

// parameters returns the parameters of one region as plain values.
func parameters(spec *recoveryv1alpha1.Spec, name string) (map[string]any, error) {
	out := make(map[string]any, len(spec.Parameters[name]))

	for k, v := range spec.Parameters[name] {
		var value any
		if err := json.Unmarshal(v.Raw, &value); err != nil {
			return nil, err
		}

		out[k] = integers(value)
	}

	return out, nil
}
