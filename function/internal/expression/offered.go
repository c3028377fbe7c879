package expression

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// firstOfferedBinding returns the first of a list of types that is not known
// to be missing where the copy lives. A copy that exists and has one of the
// list keeps it: a fact that comes and goes must not resize a database.
func firstOfferedBinding(args ...ref.Val) ref.Val {
	list, lok := args[0].(traits.Lister)

	offered, ook := args[1].(traits.Mapper)
	if !lok || !ook {
		return types.NewErr("firstOffered: want a list of types")
	}

	var (
		first   ref.Val
		missing []string
	)

	for it := list.Iterator(); it.HasNext() == types.True; {
		t := it.Next()
		if t.Equal(args[2]) == types.True {
			return t
		}

		if known, found := offered.Find(t); found && known == types.False {
			missing = append(missing, fmt.Sprint(t.Value()))

			continue
		}

		if first == nil {
			first = t
		}
	}

	if first == nil {
		return types.NewErr("firstOffered: none of [%s] is offered here", strings.Join(missing, ", "))
	}

	return first
}
