package failover

import (
	"slices"
	"time"
)

// Facts are what is known of the world when a request is considered.
type Facts struct {
	// Now is the time of the decision, if one is made.
	Now time.Time

	// Target is the FailoverTarget.
	Target Name

	// UID of the FailoverTarget: it stands for this control plane.
	UID string

	// Nonce of the decision, if one is made. A random one for each turn.
	Nonce string

	// Holder is true when this control plane made the decision in force.
	Holder bool

	// Regions by name, as far as they are known. Of those that are not to be
	// activated only the reachability is looked at.
	Regions map[string]Region

	// Measurements are what the SnapshotSelections say. Those that don't count
	// are left out by Decide.
	Measurements []Measurement

	// Record says what is wrong with the record. Zero if nothing is.
	Record RecordFault
}

// A Name is the namespace and name of an object.
type Name struct{ Namespace, Name string }

func (n Name) String() string { return n.Namespace + "/" + n.Name }

// A RecordFault is what is wrong with the record. Zero if nothing is.
type RecordFault struct {
	// Code is CodeRecordUnreadable, CodeRecordNotStrong, CodeRecordNotWritten,
	// or empty.
	Code Code

	// Detail for people. It must not change while the fault does not: it ends up
	// in the status.
	Detail string
}

// A Measurement is what one SnapshotSelection says of the data that a region
// could restore.
type Measurement struct {
	// Selection is the SnapshotSelection.
	Selection Name

	// Target that its failoverTargetRef names, its namespace defaulted. Zero if
	// it has none.
	Target Name

	// Region that it looks in.
	Region string

	// DataTime is when the selected data is from. Zero if that is unknown, or if
	// nothing is selected.
	DataTime time.Time

	// Reason that the selection gives, for people.
	Reason string
}

// counting returns the measurements that count for an activation, sorted: those
// that name this target, in the region to be activated, in the namespaces that
// the target protects. So no tenant can block another, or speak for it.
func counting(r *Request, f *Facts) []Measurement {
	namespaces := r.Protects
	if len(namespaces) == 0 {
		namespaces = []string{f.Target.Namespace}
	}

	var out []Measurement

	for _, m := range f.Measurements {
		if m.Target == f.Target && m.Region == r.Activation.Region && slices.Contains(namespaces, m.Selection.Namespace) {
			out = append(out, m)
		}
	}

	slices.SortFunc(out, func(a, b Measurement) int { return compareNames(a.Selection, b.Selection) })

	return out
}
