package expression

import (
	"slices"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
)

// An ordered adapter makes CEL values of Go values. Its maps are walked in the
// order of their keys: CEL walks a map as Go does, in another order each time,
// and xr.spec.tags.map(k, k) must be the same list every time.
type ordered struct{}

// NativeToValue returns the CEL value of a Go value.
func (a ordered) NativeToValue(value any) ref.Val {
	switch v := value.(type) {
	case ref.Val:
		return v
	case map[string]any:
		return orderedMap{types.NewStringInterfaceMap(a, v)}
	case []any:
		return types.NewDynamicList(a, v)
	}

	out := types.DefaultTypeAdapter.NativeToValue(value)
	if m, ok := out.(traits.Mapper); ok {
		return orderedMap{m}
	}

	return out
}

// An orderedLiteral is a map literal. CEL makes its map without an adapter.
type orderedLiteral struct {
	interpreter.InterpretableConstructor
}

// orderLiterals replaces the map literals of an expression.
func orderLiterals(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	if c, ok := i.(interpreter.InterpretableConstructor); ok && c.Type() == types.MapType {
		return orderedLiteral{c}, nil
	}

	return i, nil
}

// Exec makes the map.
func (l orderedLiteral) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	out := l.InterpretableConstructor.Exec(frame)
	if m, ok := out.(traits.Mapper); ok {
		return orderedMap{m}
	}

	return out
}

// Eval makes the map.
func (l orderedLiteral) Eval(vars interpreter.Activation) ref.Val {
	return l.Exec(interpreter.AsFrame(vars))
}

type orderedMap struct{ traits.Mapper }

// Iterator walks the keys in their order.
func (m orderedMap) Iterator() traits.Iterator {
	var keys []ref.Val
	for it := m.Mapper.Iterator(); it.HasNext() == types.True; {
		keys = append(keys, it.Next())
	}

	slices.SortFunc(keys, compareKeys)

	return types.NewRefValList(types.DefaultTypeAdapter, keys).Iterator()
}

// compareKeys orders keys by their type, and those of one type by their value.
func compareKeys(a, b ref.Val) int {
	if c := strings.Compare(a.Type().TypeName(), b.Type().TypeName()); c != 0 {
		return c
	}

	if comparer, ok := a.(traits.Comparer); ok {
		if c, isInt := comparer.Compare(b).(types.Int); isInt {
			return int(c)
		}
	}

	return 0
}
