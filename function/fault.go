package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Faults collects everything that is wrong with a request, so that all of it
// can be told at once. A request with a fault changes nothing.
type faults struct {
	messages []string
}

// add adds faults in one object.
func (f *faults) add(object string, list field.ErrorList) {
	for _, e := range list {
		f.messages = append(f.messages, object+" "+e.Error())
	}
}

func (f *faults) addf(format string, args ...any) {
	f.messages = append(f.messages, fmt.Sprintf(format, args...))
}

// err returns all faults as one error, or nil.
func (f *faults) err() error {
	if len(f.messages) == 0 {
		return nil
	}

	messages := slices.Compact(slices.SortedFunc(slices.Values(f.messages), cmp.Compare[string]))
	if len(messages) == 1 {
		return fmt.Errorf("nothing was changed: %s", messages[0])
	}

	return fmt.Errorf("nothing was changed, there are %d faults:\n- %s", len(messages), strings.Join(messages, "\n- "))
}
