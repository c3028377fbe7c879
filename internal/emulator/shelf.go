package emulator

import (
	"slices"
	"strings"
)

// A shelf keeps resources of one type in the order of their keys, so that the
// pages of a listing are stable.
type shelf[T any] struct {
	keys  []string
	byKey map[string]*T
}

func (s *shelf[T]) get(key string) (*T, bool) {
	t, ok := s.byKey[key]

	return t, ok
}

func (s *shelf[T]) put(key string, t *T) {
	if s.byKey == nil {
		s.byKey = map[string]*T{}
	}

	if i, found := slices.BinarySearch(s.keys, key); !found {
		s.keys = slices.Insert(s.keys, i, key)
	}

	s.byKey[key] = t
}

func (s *shelf[T]) remove(key string) {
	if i, found := slices.BinarySearch(s.keys, key); found {
		s.keys = slices.Delete(s.keys, i, i+1)
		delete(s.byKey, key)
	}
}

// matching returns the resources that match, in the order of their keys.
func (s *shelf[T]) matching(match func(*T) bool) []*T {
	var out []*T

	for _, key := range s.keys {
		if t := s.byKey[key]; match(t) {
			out = append(out, t)
		}
	}

	return out
}

// all returns the resources in the order of their keys.
func (s *shelf[T]) all() []*T {
	return s.matching(func(*T) bool { return true })
}

// anyOf reports whether one of the values is among those asked for, where none
// asked for means any. AWS compares identifiers regardless of case.
func anyOf(asked []string, values ...string) bool {
	return len(asked) == 0 || slices.ContainsFunc(asked, func(a string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(a, v) })
	})
}
