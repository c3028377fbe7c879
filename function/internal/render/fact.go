package render

import (
	"strings"
	"time"
)

// ReadyIn returns how long the kind usually takes to be ready when it is born
// empty. Zero if the catalog does not say.
func (t *Template) ReadyIn() time.Duration { return t.layout.readyIn }

// RestoresIn returns how long the kind usually takes to be restored in another
// region. Zero if it can't be.
func (t *Template) RestoresIn() time.Duration {
	if !t.RestoresElsewhere() {
		return 0
	}

	return t.layout.restore.ReadyIn
}

// RestoresElsewhere returns whether the kind can be born from a snapshot in
// another region than its own. A restore to a point in time needs the store's.
func (t *Template) RestoresElsewhere() bool { return t.Restorable() && !t.RestoresToTime() }

// Joins returns whether a replica can be made of what the template renders: a
// member of a global cluster is only replicated if the template says which.
func (t *Template) Joins() bool {
	if !t.Replicable() {
		return false
	}

	at := pathOf(t.layout.replicate.Source)

	name := at[len(at)-1]
	if !strings.HasPrefix(name, "global") || t.layout.replicate.Kind != "" {
		return true
	}

	for _, block := range []string{"forProvider", "initProvider"} {
		for _, suffix := range suffixes {
			if t.States(spec, block, name+suffix) {
				return true
			}
		}
	}

	return false
}

// Moves returns whether what the template renders may change with the region
// that serves, if it exists once.
func (t *Template) Moves() bool { return t.body.Moves() }

// Managed returns whether a provider manages the kind.
func (t *Template) Managed() bool { return t.managed }
