package main

import (
	"hash/maphash"
	"math"

	"google.golang.org/protobuf/types/known/structpb"
)

// fingerprint hashes a message without making anything of it. Maps have no
// order, so their entries are added up.
func fingerprint(seed maphash.Seed, s *structpb.Struct) uint64 {
	sum := uint64(len(s.GetFields()))
	for name, v := range s.GetFields() {
		sum += mix(maphash.String(seed, name), fingerprintValue(seed, v))
	}

	return sum
}

func fingerprintValue(seed maphash.Seed, v *structpb.Value) uint64 {
	switch k := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return maphash.String(seed, k.StringValue)
	case *structpb.Value_NumberValue:
		return mix(1, math.Float64bits(k.NumberValue))
	case *structpb.Value_BoolValue:
		if k.BoolValue {
			return 2
		}

		return 3
	case *structpb.Value_StructValue:
		return mix(4, fingerprint(seed, k.StructValue))
	case *structpb.Value_ListValue:
		sum := uint64(5)
		for _, item := range k.ListValue.GetValues() {
			sum = mix(sum, fingerprintValue(seed, item))
		}

		return sum
	}

	return 6
}

// mix makes one number of two, so that their order counts.
func mix(a, b uint64) uint64 {
	const odd = 0x9e3779b97f4a7c15

	a = (a ^ b) * odd

	return (a ^ a>>32 ^ b) * odd
}

// same returns whether two messages are equal.
func same(a, b *structpb.Struct) bool {
	if len(a.GetFields()) != len(b.GetFields()) {
		return false
	}

	for name, v := range a.GetFields() {
		if w, ok := b.GetFields()[name]; !ok || !sameValue(v, w) {
			return false
		}
	}

	return true
}

func sameValue(a, b *structpb.Value) bool {
	switch k := a.GetKind().(type) {
	case *structpb.Value_StringValue:
		l, ok := b.GetKind().(*structpb.Value_StringValue)

		return ok && k.StringValue == l.StringValue
	case *structpb.Value_NumberValue:
		l, ok := b.GetKind().(*structpb.Value_NumberValue)

		return ok && k.NumberValue == l.NumberValue
	case *structpb.Value_BoolValue:
		l, ok := b.GetKind().(*structpb.Value_BoolValue)

		return ok && k.BoolValue == l.BoolValue
	case *structpb.Value_StructValue:
		l, ok := b.GetKind().(*structpb.Value_StructValue)

		return ok && same(k.StructValue, l.StructValue)
	case *structpb.Value_ListValue:
		l, ok := b.GetKind().(*structpb.Value_ListValue)
		if !ok || len(k.ListValue.GetValues()) != len(l.ListValue.GetValues()) {
			return false
		}

		for i, item := range k.ListValue.GetValues() {
			if !sameValue(item, l.ListValue.GetValues()[i]) {
				return false
			}
		}

		return true
	}

	_, null := b.GetKind().(*structpb.Value_NullValue)

	return null
}
