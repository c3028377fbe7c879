package failover

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/crossdr/crossdr/internal/region"
)

// Memory is what a control plane keeps in an annotation of its FailoverTarget:
// the newest state that it knows of, and what it tried to record. Without a
// shared record it is the record.
type Memory struct {
	State

	// Holder is true when this control plane made the decision in force.
	Holder bool `json:"holder,omitempty"`

	// Attempt is the newest decision that it tried to record.
	Attempt Attempt `json:"attempt,omitzero"`
}

// Encode returns the text of the annotation.
func (m Memory) Encode() (string, error) { return encode(m) }

// DecodeMemory reads the text of the annotation. No text is no memory. Fields
// that it does not know are left out: a newer version wrote them.
func DecodeMemory(text string) (Memory, error) {
	var m Memory
	if err := decode(text, &m); err != nil {
		return Memory{}, err
	}

	return m, m.valid()
}

// equal returns whether two memories have the same text.
func (m Memory) equal(other Memory) bool {
	a, errA := m.Encode()
	b, errB := other.Encode()

	return errA == nil && errB == nil && a == b
}

// Encode returns the text of the state in the record.
func (s State) Encode() (string, error) { return encode(s) }

// DecodeState reads the text of the state in the record. No text is no state.
func DecodeState(text string) (State, error) {
	var s State
	if err := decode(text, &s); err != nil {
		return State{}, err
	}

	return s, s.valid()
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("cannot encode the decision: %w", err)
	}

	return string(b), nil
}

func decode(text string, into any) error {
	if text == "" {
		return nil
	}

	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("cannot decode the decision: %w", err)
	}

	return nil
}

// valid reports what can't be true of any state. Nobody knows then which region
// serves.
func (s State) valid() error {
	var faults []error

	switch d := s.Decision; {
	case d.Epoch < 0:
		faults = append(faults, fmt.Errorf("epoch: %d is negative", d.Epoch))
	case d.Epoch == 0 && d.Region != "":
		faults = append(faults, errors.New("epoch: there is none, but a region"))
	case d.Epoch > 0 && !region.WellFormed(d.Region):
		faults = append(faults, fmt.Errorf("region: %q is not the name of a region", d.Region))
	}

	if s.Epoch > 0 && (s.DataEpoch < 1 || s.DataEpoch > s.Epoch) {
		faults = append(faults, fmt.Errorf("dataEpoch: %d is not from 1 to the epoch %d", s.DataEpoch, s.Epoch))
	}

	return errors.Join(faults...)
}
