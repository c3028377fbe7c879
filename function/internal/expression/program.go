package expression

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
	"k8s.io/utils/lru"
)

// programs keeps compiled expressions by source. They are the same for every
// plan, so plans that differ in one line share all the others.
var programs = lru.New(4096) //nolint:gochecknoglobals // A cache of a pure function.

// A program is one compiled expression.
type program struct {
	source  string
	run     cel.Program
	serving []string
	zone    bool
	offered bool

	// moves is true when the value may change with the region that serves.
	moves bool
}

// errMissing means that an expression reads a serving copy or a field of it, or
// the name of a zone, and that nothing observed has it yet.
var errMissing = errors.New("not there yet")

func compile(source string) (*program, error) {
	if p, ok := programs.Get(source); ok {
		return p.(*program), nil //nolint:forcetypeassert // Only this function adds.
	}

	env, err := environment()
	if err != nil {
		return nil, err
	}

	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, fmt.Errorf("%q does not compile: %s", source, describe(issues))
	}

	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize), cel.CustomDecoratorV2(orderLiterals)}

	// Only a comprehension can cost more than the expression is long, and to
	// count the cost is not free.
	root := ast.NavigateAST(checked.NativeRep())
	if len(ast.MatchDescendants(root, ast.KindMatcher(ast.ComprehensionKind))) > 0 {
		options = append(options, cel.CostLimit(costLimit))
	}

	run, err := env.Program(checked, options...)
	if err != nil {
		return nil, fmt.Errorf("%q does not compile: %w", source, err)
	}

	p := &program{source: source, run: run}
	p.readReferences(root)
	programs.Add(source, p)

	return p, nil
}

// describe puts CEL's many-line report on one line, without the source.
func describe(issues *cel.Issues) string {
	messages := make([]string, 0, len(issues.Errors()))
	for _, e := range issues.Errors() {
		messages = append(messages, e.Message)
	}

	slices.Sort(messages)

	return strings.Join(slices.Compact(messages), "; ")
}

// readReferences notes which serving copies the expression reads, and whether
// it needs a zone.
func (p *program) readReferences(root ast.NavigableExpr) {
	for _, e := range ast.MatchDescendants(root, ast.KindMatcher(ast.IdentKind)) {
		switch e.AsIdent() {
		case varZoneID, varZoneName, varZoneIndex:
			p.zone = true
		case varOffered:
			p.offered, p.moves = true, true
		case varActive, varRegionName, varZones, varParameters:
			p.moves = true
		case varServing:
			p.moves = true
			name := ""
			if parent, ok := e.Parent(); ok {
				name = selected(parent)
			}

			if !slices.Contains(p.serving, name) {
				p.serving = append(p.serving, name)
			}
		}
	}

	slices.Sort(p.serving)
}

// selected returns the field that serving.x, serving.?x or serving["x"]
// selects, and "" for anything that can't be told without running it.
func selected(e ast.NavigableExpr) string {
	if e.Kind() == ast.SelectKind {
		return e.AsSelect().FieldName()
	}

	if e.Kind() == ast.CallKind {
		if args := e.AsCall().Args(); len(args) == 2 && args[1].Kind() == ast.LiteralKind {
			name, _ := args[1].AsLiteral().Value().(string)

			return name
		}
	}

	return ""
}

// evaluate runs the expression. It returns errMissing where the expression
// reads something of a serving copy that is not there.
func (p *program) evaluate(vars interpreter.Activation) (ref.Val, error) {
	out, _, err := p.run.Eval(vars)
	if err == nil {
		return out, nil
	}

	message := err.Error()
	absent := strings.HasPrefix(message, "no such key") || strings.HasPrefix(message, "index out of bounds")

	if len(p.serving) > 0 && absent ||
		strings.Contains(message, "no such attribute(s): "+varZoneName) {
		return nil, fmt.Errorf("%w: %s", errMissing, p.source)
	}

	return nil, fmt.Errorf("%q fails: %s", p.source, message)
}

// omitted is the value of an expression that is optional.none(): its field is
// left out.
type omitted struct{}

// toJSON converts the result of an expression into what JSON can hold.
func toJSON(v ref.Val) (any, error) {
	switch v := v.(type) {
	case types.String:
		return string(v), nil
	case types.Bool:
		return bool(v), nil
	case types.Int:
		return int64(v), nil
	case types.Double:
		if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f, nil
		}

		return nil, errors.New("is no number that JSON can hold")
	case types.Uint:
		if v > math.MaxInt64 {
			return nil, errors.New("is larger than JSON can hold")
		}

		return int64(v), nil
	case types.Null:
		return nil, nil //nolint:nilnil // null is the value.
	case *types.Optional:
		if !v.HasValue() {
			return omitted{}, nil
		}

		return toJSON(v.GetValue())
	case traits.Mapper:
		return mapToJSON(v)
	case traits.Lister:
		return listToJSON(v)
	}

	return nil, fmt.Errorf("is a %s, which JSON can't hold", v.Type().TypeName())
}

func mapToJSON(m traits.Mapper) (any, error) {
	out := make(map[string]any)

	for it := m.Iterator(); it.HasNext() == types.True; {
		k := it.Next()

		key, ok := k.(types.String)
		if !ok {
			return nil, fmt.Errorf("has a key that is a %s, want a string", k.Type().TypeName())
		}

		value, err := toJSON(m.Get(k))
		if err != nil {
			return nil, err
		}

		if _, none := value.(omitted); !none {
			out[string(key)] = value
		}
	}

	return out, nil
}

func listToJSON(l traits.Lister) (any, error) {
	out := []any{}

	for it := l.Iterator(); it.HasNext() == types.True; {
		value, err := toJSON(it.Next())
		if err != nil {
			return nil, err
		}

		if _, none := value.(omitted); !none {
			out = append(out, value)
		}
	}

	return out, nil
}
