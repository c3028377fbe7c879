package scenario

import (
	"context"
	"fmt"
	"maps"
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// rounds is how many renders a step may take until nothing new appears.
const rounds = 10

// A Rendered step.
type Rendered struct {
	Step     *Step
	Observed []unstructured.Unstructured
	Output   *Output
}

// Run renders every step of the scenario. What a step starts from is what the
// step before left behind once its provider had settled, unless it was written
// by hand.
func (e *Engine) Run(ctx context.Context, s *Scenario) ([]Rendered, error) {
	out := make([]Rendered, 0, len(s.Steps))

	var (
		observed, applied []unstructured.Unstructured
		status            any
	)

	for i := range s.Steps {
		step := &s.Steps[i]
		if step.ByHand {
			observed, applied = step.Observed, nil
		}

		first, err := e.Render(ctx, s, step, observed, status)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", s.Dir, step.Name, err)
		}

		out = append(out, Rendered{Step: step, Observed: observed, Output: first})

		last, settled, err := e.settle(ctx, s, step, observed, applied, first)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", s.Dir, step.Name, err)
		}

		observed, applied, status = settled, last.Composed, last.XR.Object["status"]
	}

	return out, nil
}

// settle renders until nothing new appears. Nothing may be deleted on the way.
// It returns the last render, and what is observed after it. Applied is what was
// rendered before.
func (e *Engine) settle(ctx context.Context, s *Scenario, step *Step, observed, applied []unstructured.Unstructured, o *Output) (*Output, []unstructured.Unstructured, error) {
	for range rounds {
		if o.Fatal != "" {
			return o, observed, nil
		}

		if gone := o.Lost(); len(gone) > 0 {
			return nil, nil, fmt.Errorf("%s would be deleted", gone[0])
		}

		settled, err := Settle(o.Composed, applied, observed, step.Required)
		if err != nil {
			return nil, nil, err
		}

		next, err := e.Render(ctx, s, step, settled, o.XR.Object["status"])
		if err != nil {
			return nil, nil, err
		}

		if reflect.DeepEqual(observed, settled) && reflect.DeepEqual(o.Composed, next.Composed) && reflect.DeepEqual(told(o), told(next)) {
			return next, settled, nil
		}

		applied, o, observed = o.Composed, next, settled
	}

	return nil, nil, fmt.Errorf("does not settle in %d rounds", rounds)
}

// told returns what the status of the XR says, but for the conditions, which
// have times.
func told(o *Output) map[string]any {
	status, _ := o.XR.Object["status"].(map[string]any)
	status = maps.Clone(status)
	delete(status, "conditions")

	return status
}

// timeless returns a status whose conditions have no times: Crossplane wrote
// today's, and there is no clock in a scenario.
func timeless(status any) any {
	out, ok := runtime.DeepCopyJSONValue(status).(map[string]any)
	if !ok {
		return status
	}

	conditions, _ := out["conditions"].([]any)
	for _, each := range conditions {
		if c, ok := each.(map[string]any); ok {
			delete(c, "lastTransitionTime")
		}
	}

	return out
}
