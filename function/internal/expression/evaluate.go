package expression

import (
	"fmt"

	"github.com/google/cel-go/interpreter"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Variables are what the expressions of one copy can read.
type Variables struct {
	// XR as observed. Whole numbers in it are int64, not float64.
	XR map[string]any

	// Region the copy lives in.
	Region *Region

	// Zone the copy lives in, or nil if its component is not spread.
	Zone *Zone

	// Component that the copy belongs to.
	Component string

	// Active is the region that serves.
	Active string

	// Serving maps a component to its observed serving copy.
	Serving map[string]any

	// Offered says of a type whether it is offered where the copy lives. A type
	// that is not listed was not asked about.
	Offered map[string]bool
}

// A Result of an evaluation.
type Result struct {
	// Value of the template.
	Value any

	// Missing are the sources of the expressions that wait for a serving copy.
	// Their fields have the value that the copy has now, or are left out.
	Missing []string

	// Faults are the expressions that failed.
	Faults field.ErrorList
}

// Evaluate evaluates the template. Current is the copy as observed, or nil:
// the value at the same path in it is what a field keeps while it waits. The
// first three levels of maps in the result are the caller's own; what is below
// may be shared with the template and must not be written to.
func (t *Template) Evaluate(vars *Variables, current map[string]any, path *field.Path) Result {
	e := &evaluation{vars: vars, path: path}

	var now any
	if current != nil {
		now = current
	}

	if l, ok := t.root.(literal); ok {
		e.result.Value = owned(l.value, ownedLevels)
	} else {
		e.result.Value = t.root.evaluate(e, now, nil)
	}

	if _, none := e.result.Value.(omitted); none {
		e.result.Value = nil
	}

	return e.result
}

// ownedLevels are those of a resource, its spec and metadata, and what is right
// below these.
const ownedLevels = 3

type evaluation struct {
	depth   int
	vars    *Variables
	path    *field.Path
	result  Result
	current any
}

// ResolveName gives the expression the variables that it reads.
func (e *evaluation) ResolveName(name string) (any, bool) {
	switch name {
	case varXR:
		return e.vars.XR, true
	case varRegionName:
		return e.vars.Region.Name, true
	case varZones:
		return e.vars.Region.Zones, true
	case varParameters:
		return e.vars.Region.Parameters, true
	case varZoneID, varZoneName, varZoneIndex:
		return e.zone(name)
	case varComponent:
		return e.vars.Component, true
	case varActive:
		return e.vars.Active, true
	case varServing:
		return e.vars.Serving, true
	case varOffered:
		return e.vars.Offered, true
	case varCurrent:
		return e.current, true
	}

	return nil, false
}

// Parent of the activation: there is none.
func (e *evaluation) Parent() interpreter.Activation { return nil }

var _ interpreter.Activation = &evaluation{}

func (e *evaluation) run(p *program, current any) (any, error) {
	e.current = current

	out, err := p.evaluate(e)
	if err != nil {
		return nil, err
	}

	v, err := toJSON(out)
	if err != nil {
		return nil, fmt.Errorf("%q %w", p.source, err)
	}

	return v, nil
}

func (e *evaluation) zone(name string) (any, bool) {
	z := e.vars.Zone
	if z == nil {
		return nil, false
	}

	switch name {
	case varZoneID:
		return z.ID, true
	case varZoneIndex:
		return z.Index, true
	}

	return z.Name, z.Name != ""
}
