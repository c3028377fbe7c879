package main

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"
)

// slab is how many values an encoder makes room for at a time.
const slab = 256

// An encoder turns maps into messages. It does what structpb.NewStruct does,
// which spends most of a response's time on making room for one small value
// after the other.
type encoder struct {
	values  []structpb.Value
	strings []structpb.Value_StringValue
	structs []structpb.Struct
}

// object encodes the fields of a JSON object.
func (e *encoder) object(m map[string]any) (*structpb.Struct, error) {
	if len(e.structs) == 0 {
		e.structs = make([]structpb.Struct, slab)
	}

	s := &e.structs[0]
	e.structs = e.structs[1:]
	s.Fields = make(map[string]*structpb.Value, len(m))

	for name, v := range m {
		encoded, err := e.value(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}

		s.Fields[name] = encoded
	}

	return s, nil
}

func (e *encoder) value(v any) (*structpb.Value, error) {
	if len(e.values) == 0 {
		e.values = make([]structpb.Value, slab)
	}

	out := &e.values[0]
	e.values = e.values[1:]

	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("%q is not valid UTF-8", v)
		}

		out.Kind = e.text(v)
	case bool:
		out.Kind = &structpb.Value_BoolValue{BoolValue: v}
	case int64:
		out.Kind = &structpb.Value_NumberValue{NumberValue: float64(v)}
	case float64:
		out.Kind = &structpb.Value_NumberValue{NumberValue: v}
	case nil:
		out.Kind = &structpb.Value_NullValue{}
	case map[string]any:
		s, err := e.object(v)
		if err != nil {
			return nil, err
		}

		out.Kind = &structpb.Value_StructValue{StructValue: s}
	case []any:
		l := &structpb.ListValue{Values: make([]*structpb.Value, len(v))}

		for i := range v {
			item, err := e.value(v[i])
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}

			l.Values[i] = item
		}

		out.Kind = &structpb.Value_ListValue{ListValue: l}
	default:
		return nil, fmt.Errorf("a %T is no JSON value", v)
	}

	return out, nil
}

func (e *encoder) text(s string) *structpb.Value_StringValue {
	if len(e.strings) == 0 {
		e.strings = make([]structpb.Value_StringValue, slab)
	}

	t := &e.strings[0]
	e.strings = e.strings[1:]
	t.StringValue = s

	return t
}
