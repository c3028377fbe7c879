package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/objective"
	"github.com/crossdr/crossdr/internal/region"
)

// maxSteps is how many steps the status lists for each region, by its schema.
const maxSteps = 32

// depend finds the steps of a failover that need another region than the one
// that would take over. A person is warned when there are others than the status
// has already: it is told once, and stays in the status.
func (r *request) depend(out *composition) {
	to := out.judged.region
	if to == "" {
		return
	}

	for _, d := range objective.Dependencies(r.parts, r.up(to, out), region.Partition(to), to) {
		shown := d.Steps[:min(len(d.Steps), maxSteps)]
		out.dependencies = append(out.dependencies, recoveryv1alpha1.DependencyStatus{Region: d.Region, Steps: shown, More: int64(len(d.Steps) - len(shown))})
	}

	var was []recoveryv1alpha1.DependencyStatus

	names := strings.Split(r.plan.StatusTo, ".")
	if v := r.xr.find(append(slices.Clone(names), "dependencies")); v != nil {
		if b, err := v.MarshalJSON(); err != nil || json.Unmarshal(b, &was) != nil {
			was = nil
		}
	}

	if reflect.DeepEqual(was, out.dependencies) {
		return
	}

	for i := range out.dependencies {
		d := &out.dependencies[i]
		out.warnings = append(out.warnings, fmt.Sprintf("while %s is dark, a failover to %s can't do all of its steps, because AWS runs their control planes from there: %s", d.Region, to, told(d)))
	}
}

// told lists the steps for people.
func told(d *recoveryv1alpha1.DependencyStatus) string {
	out := strings.Join(d.Steps, ", ")
	if d.More > 0 {
		out += fmt.Sprintf(" and %d more", d.More)
	}

	return out
}
