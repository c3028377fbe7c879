package main

import (
	"iter"
	"maps"
	"math"

	"google.golang.org/protobuf/types/known/structpb"
)

// An object is an observed resource. Little of one is needed most of the time,
// so it is read in place, and turned into maps only when all of it is.
type object struct {
	message *structpb.Struct
	whole   map[string]any
}

// Get returns the value at a path of field names.
func (o *object) Get(path ...string) (any, bool) {
	v := o.find(path)
	if v == nil {
		return nil, false
	}

	return v.AsInterface(), true
}

// Fields returns the names of the fields at a path, in no order.
func (o *object) Fields(path ...string) iter.Seq[string] {
	return maps.Keys(o.find(path).GetStructValue().GetFields())
}

// Text returns the string at a path of field names, or "".
func (o *object) Text(path ...string) string { return o.find(path).GetStringValue() }

// Map returns the whole resource. It must not be written to.
func (o *object) Map() map[string]any {
	if o.whole == nil {
		o.whole = o.message.AsMap()
	}

	return o.whole
}

func (o *object) find(path []string) *structpb.Value {
	s := o.message

	for i, name := range path {
		v, ok := s.GetFields()[name]
		if !ok {
			return nil
		}

		if i == len(path)-1 {
			return v
		}

		if s = v.GetStructValue(); s == nil {
			return nil
		}
	}

	return nil
}

// integers turns whole numbers into int64, which is what a person means by 3.
// JSON does not tell 3 from 3.0, and CEL would not add the one to the other.
func integers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = integers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = integers(v[i])
		}
	case float64:
		// What float64 can't tell apart from its neighbours is left alone.
		if i := int64(v); math.Abs(v) <= 1<<53 && float64(i) == v {
			return i
		}
	}

	return v
}
