package expression

import (
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
	"github.com/google/cel-go/parser"
)

// Names of the variables. region and zone are families of variables rather than
// objects, so that a misspelt field doesn't compile. Names with an @ can't be written in an expression:
// the firstOffered macro hands them to its function.
const (
	varXR         = "xr"
	varRegionName = "region.name"
	varZones      = "region.zones"
	varParameters = "region.parameters"
	varZoneID     = "zone.id"
	varZoneName   = "zone.name"
	varZoneIndex  = "zone.index"
	varComponent  = "component"
	varActive     = "active"
	varServing    = "serving"
	varOffered    = "@offered"
	varCurrent    = "@current"
)

// costLimit stops an expression that computes far more than a template needs.
// It is a count of CEL's own cost units, not a time, so that the same request
// always ends the same way.
const costLimit = 1_000_000

// A Region is the region that a copy lives in. A copy that AWS runs globally
// sees the active region.
type Region struct {
	// Name of the region, such as us-west-2.
	Name string

	// Zones that may be used in it, by index, each with id, name and index.
	Zones []any

	// Parameters that the XR gives for it.
	Parameters map[string]any
}

// A Zone is the availability zone that a copy of a spread component lives in.
type Zone struct {
	// ID such as usw2-az1.
	ID string

	// Name such as us-west-2a. Empty while nothing observed tells it.
	Name string

	// Index is the number in the id less one. It never shifts.
	Index int64
}

// environment is what every expression is compiled in. It holds no state of
// any request.
//
//nolint:gochecknoglobals // It is made once and never written.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.CustomTypeAdapter(ordered{}),
		cel.OptionalTypes(),
		cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true),
		ext.Strings(),
		cel.Variable(varXR, cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable(varRegionName, cel.StringType),
		cel.Variable(varZones, cel.ListType(cel.MapType(cel.StringType, cel.DynType))),
		cel.Variable(varParameters, cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable(varZoneID, cel.StringType),
		cel.Variable(varZoneName, cel.StringType),
		cel.Variable(varZoneIndex, cel.IntType),
		cel.Variable(varComponent, cel.StringType),
		cel.Variable(varActive, cel.StringType),
		cel.Variable(varServing, cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable(varOffered, cel.MapType(cel.StringType, cel.BoolType)),
		cel.Variable(varCurrent, cel.DynType),
		cel.Function("cidrSubnet", cel.Overload("cidrSubnet_string_int_int",
			[]*cel.Type{cel.StringType, cel.IntType, cel.IntType}, cel.StringType,
			cel.FunctionBinding(cidrSubnetBinding))),
		cel.Function("@firstOffered", cel.Overload("firstOffered_list",
			[]*cel.Type{cel.ListType(cel.StringType), cel.MapType(cel.StringType, cel.BoolType), cel.DynType}, cel.StringType,
			cel.FunctionBinding(firstOfferedBinding))),
		// A function sees its arguments only. The macro gives firstOffered what
		// the region offers and what the copy has now, so that it stays pure.
		cel.Macros(parser.NewGlobalMacro("firstOffered", 1,
			func(eh parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
				return eh.NewCall("@firstOffered", args[0], eh.NewIdent(varOffered), eh.NewIdent(varCurrent)), nil
			})),
	)
})

func cidrSubnetBinding(args ...ref.Val) ref.Val {
	prefix, _ := args[0].Value().(string)
	bits, _ := args[1].Value().(int64)
	index, _ := args[2].Value().(int64)

	s, err := CIDRSubnet(prefix, bits, index)
	if err != nil {
		return types.WrapErr(err)
	}

	return types.String(s)
}
