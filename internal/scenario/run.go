package scenario

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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

	var observed []unstructured.Unstructured

	for i := range s.Steps {
		step := &s.Steps[i]
		if step.ByHand {
			observed = step.Observed
		}

		first, err := e.Render(ctx, s, step, observed)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", s.Dir, step.Name, err)
		}

		out = append(out, Rendered{Step: step, Observed: observed, Output: first})

		if observed, err = e.settle(ctx, s, step, observed, first); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", s.Dir, step.Name, err)
		}
	}

	return out, nil
}

// settle renders until nothing new appears. Nothing may be deleted on the way.
func (e *Engine) settle(ctx context.Context, s *Scenario, step *Step, observed []unstructured.Unstructured, o *Output) ([]unstructured.Unstructured, error) {
	for range rounds {
		if o.Fatal != "" {
			return observed, nil
		}

		if len(o.Deleted) > 0 {
			return nil, fmt.Errorf("%s would be deleted", Key(&o.Deleted[0]))
		}

		settled, err := Settle(o.Composed, observed, step.Required)
		if err != nil {
			return nil, err
		}

		before, err := ToYAML(observed)
		if err != nil {
			return nil, err
		}

		after, err := ToYAML(settled)
		if err != nil {
			return nil, err
		}

		observed = settled

		if before == after {
			return observed, nil
		}

		if o, err = e.Render(ctx, s, step, observed); err != nil {
			return nil, err
		}
	}

	return nil, fmt.Errorf("does not settle in %d rounds", rounds)
}
