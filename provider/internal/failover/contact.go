package failover

import "slices"

// A Contact says what may be asked of a region.
type Contact string

// What may be asked of a region.
const (
	// ContactNone: it is being left. Whatever is sent there may hang, or act on
	// a region that somebody believes to be lost.
	ContactNone Contact = "None"

	// ContactProbe: it is dark. One cheap call at a time finds out when it is
	// back.
	ContactProbe Contact = "Probe"

	// ContactAll: anything.
	ContactAll Contact = "All"
)

// Contact says what may be asked of a region, given what the object remembers.
// Ask it before the facts are gathered.
func (o *Observation) Contact(name string, reach Reachability) Contact {
	remembered, _ := o.remembered()

	return contact(name, remembered.Decision, &o.Request, reach)
}

func contact(name string, known Decision, r *Request, reach Reachability) Contact {
	switch {
	case leaves(name, known, r):
		return ContactNone
	case reach.Reach() == ReachDark:
		return ContactProbe
	}

	return ContactAll
}

// leaves returns whether an activation in progress moves away from a region, or
// may do so. If the epoch is further ahead than the next one, or nothing is
// known, a decision was made that we don't know of: any region of the list but
// the one to be activated may be the one that serves.
func leaves(name string, known Decision, r *Request) bool {
	a := r.Activation

	switch {
	case a == nil || a.Epoch <= known.Epoch || name == a.Region:
		return false
	case known.Epoch > 0 && a.Epoch == known.Epoch+1:
		return name == known.Region
	}

	return slices.Contains(r.Regions, name)
}

// endpoints returns the regions at which the record may be called, in the order
// of the request.
func (o *Observation) endpoints(known Decision) []string {
	var out []string

	for _, name := range o.Request.RecordRegions {
		if contact(name, known, &o.Request, o.Facts.Regions[name].Reachability) == ContactAll {
			out = append(out, name)
		}
	}

	return out
}
