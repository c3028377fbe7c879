package expression

import (
	"fmt"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
)

// A Condition is a compiled expression over one observed object.
type Condition struct {
	source string
	run    cel.Program
}

//nolint:gochecknoglobals // It is made once and never written.
var conditions = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.OptionalTypes(), cel.DefaultUTCTimeZone(true), cel.CrossTypeNumericComparisons(true), ext.Strings(),
		cel.Variable("object", cel.MapType(cel.StringType, cel.DynType)),
	)
})

// CompileCondition compiles an expression that is true or false of an object.
func CompileCondition(source string) (*Condition, error) {
	env, err := conditions()
	if err != nil {
		return nil, err
	}

	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, fmt.Errorf("does not compile: %s", describe(issues))
	}

	if t := checked.OutputType(); !t.IsExactType(cel.BoolType) && !t.IsExactType(cel.DynType) {
		return nil, fmt.Errorf("is a %s, want true or false", t)
	}

	run, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit))
	if err != nil {
		return nil, fmt.Errorf("does not compile: %w", err)
	}

	return &Condition{source: source, run: run}, nil
}

// Holds returns whether the expression is true of the object. One that fails,
// because a field is not there yet, is not.
func (c *Condition) Holds(object map[string]any) bool {
	out, _, err := c.run.Eval(map[string]any{"object": object})
	if err != nil {
		return false
	}

	is, _ := out.Value().(bool)

	return is
}
