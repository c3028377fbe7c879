package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// checkSelections checks that a selection is never pointed elsewhere.
func (h *history) checkSelections(t *rapid.T, selections []Selection) {
	if d := h.in.Decision; len(selections) > 0 && (!d.Holder || d.Target == "") {
		t.Fatalf("law 4: %+v by who must not", selections)
	}

	for i, s := range selections {
		if i > 0 && selections[i-1].Key >= s.Key {
			t.Fatalf("%s is planned twice, or out of order", s.Key)
		}

		// A takeover does not tell where data came from that is not observed:
		// its guess counts only while there is no selection.
		d := h.in.Decision
		observed := slices.ContainsFunc(h.in.Observed, func(o Observed) bool { return o.Key == s.Source })

		if !observed && d.DataEpoch < d.Epoch {
			continue
		}

		if was, ok := h.sources[s.Key]; ok && was != s.Source && !h.retired[was] {
			t.Fatalf("%s is pointed from %s to %s: %+v", s.Key, was, s.Source, h.in.Observed)
		}

		h.sources[s.Key] = s.Source
	}
}

func (h *history) check(t *rapid.T, copies []Copy) {
	byKey := map[string]Copy{}
	for _, c := range copies {
		if _, twice := byKey[c.Key]; twice {
			t.Fatalf("%s is planned twice: %q", c.Key, show(copies))
		}

		byKey[c.Key] = c
	}

	if keys := slices.Sorted(maps.Keys(byKey)); !slices.EqualFunc(keys, copies, func(k string, c Copy) bool { return k == c.Key }) {
		t.Fatalf("the plan is not in the order of its keys: %q", show(copies))
	}

	observed := map[string]Observed{}

	for _, o := range h.in.Observed {
		observed[o.Key] = o

		c, kept := byKey[o.Key]
		if !kept || !c.Exists {
			t.Fatalf("law 1: %+v is observed and would be deleted: %q", o, show(copies))
		}

		if c.Region != o.Region || c.Zone != o.Zone || c.Epoch != o.Epoch || c.Component != o.Component {
			t.Fatalf("law 3: %+v moves: %+v", o, c)
		}
	}

	serving := map[string]string{}

	for _, c := range copies {
		i := slices.IndexFunc(h.components, func(k Component) bool { return k.Name == c.Component })
		data, parent := h.components[i].Tier == Data, h.parent(c.Component)

		if _, exists := observed[c.Key]; c.Exists != exists {
			t.Fatalf("%s exists: %v, observed: %v", c.Key, c.Exists, exists)
		}

		if data && c.Role == Serving {
			place := c.Component + " " + c.Zone
			if other := serving[place]; other != "" || c.Region != h.in.Decision.Active || h.fenced[c.Key] && h.storeOf(c.Key) == "" {
				t.Fatalf("law 4: %s serves in %s beside %q, fenced before: %v", c.Key, c.Region, other, h.fenced[c.Key])
			}

			serving[place] = c.Key

			if parent == "" {
				h.checkPromotion(t, c, observed)
			}
		}

		if parent != "" {
			h.checkDependent(t, c, parent, copies)
		}

		if c.Exists || c.Waits != "" {
			continue
		}

		d := h.in.Decision

		switch {
		case !d.Holder:
			t.Fatalf("law 4: %s is created by who is not the holder", c.Key)
		case d.Dark[c.Region] && c.Region != d.Active:
			t.Fatalf("law 7: %s is created in a dark region", c.Key)
		case data && c.Role == Serving && (c.Region != d.Active || c.Epoch != d.DataEpoch && parent == ""):
			t.Fatalf("law 4: %+v is born where nothing was decided", c)
		case data && c.Role == Serving && d.Epoch > 1 && !h.mayBeBorn(&c):
			t.Fatalf("law 10: %+v is born without data, or over something: %+v", c, h.in.Selections)
		case data && c.Role == Standby && c.Birth.Kind != BornReplica && parent == "":
			t.Fatalf("%+v replicates nothing", c)
		case data && h.fenced[c.Key]:
			t.Fatalf("%s is a key that was used before", c.Key)
		}
	}
}

// checkDependent checks that what belongs to a cluster is in use only beside a
// copy of that, which decides where and since when, and is there first.
func (h *history) checkDependent(t *rapid.T, c Copy, parent string, copies []Copy) {
	if c.Role != Serving && c.Role != Standby {
		return
	}

	beside := func(of Copy) bool {
		return of.Component == parent && of.Region == c.Region && of.Role == c.Role && of.Epoch == c.Epoch && of.ServesSince == c.ServesSince &&
			(c.Exists || c.Waits != "" || of.Exists)
	}
	if !slices.ContainsFunc(copies, beside) {
		t.Fatalf("law 4: %+v is beside no copy of %s: %+v", c, parent, copies)
	}

	if c.Birth != (Birth{}) {
		t.Fatalf("law 10: %+v holds no data of its own", c)
	}
}

// checkPromotion checks that what begins to serve is a replica of what served
// last, and that nothing old serves again.
func (h *history) checkPromotion(t *rapid.T, c Copy, observed map[string]Observed) {
	o, exists := observed[c.Key]
	if !exists || o.Role == Serving || o.Role == "" {
		return
	}

	newest := int64(0)

	for _, other := range observed {
		if number(other.Zone) == number(c.Zone) && other.Component == c.Component && (other.Role == Fenced || other.Role == Serving && other.Created) {
			newest = max(newest, other.since())
		}
	}

	source, known := observed[o.ReplicaOf]

	if h.storeOf(c.Key) != "" {
		h.checkShared(t, c, newest)

		return
	}

	switch {
	case o.Role == Kept && o.since() >= max(newest, h.in.Decision.DataEpoch):
	case h.in.Decision.Target == "" && h.in.Decision.Epoch == 1:
	case h.in.Decision.OldestData != "" && h.in.Selections[ReplicaKey(c.Component, c.Region, c.Zone, source.since())].DataTime < h.in.Decision.OldestData:
		t.Fatalf("law 8: %+v begins to serve, and nobody knows that its data is new enough: %+v", o, h.in.Selections)
	case !known || !o.Healthy || source.since() < newest || o.ServesSince > o.Epoch:
		t.Fatalf("law 8: %+v begins to serve, and is no replica of what served last: %+v", o, h.in.Observed)
	}
}

// checkShared checks that a copy of a store in several regions begins to serve
// only if a copy of that served last.
func (h *history) checkShared(t *rapid.T, c Copy, newest int64) {
	last := ""

	for _, o := range h.in.Observed {
		// What served last itself may, when the decision comes back to it.
		back := o.Role != Standby && h.in.Decision.From != c.Region
		if last != c.Key && (o.Key != c.Key || back) && o.since() >= newest && h.storeOf(o.Key) == h.storeOf(c.Key) {
			last = o.Key
		}
	}

	d := h.in.Decision

	switch at := slices.IndexFunc(h.in.Observed, func(o Observed) bool { return o.Key == c.Key }); {
	case h.in.Observed[at].Role == Kept && h.in.Observed[at].since() >= d.DataEpoch:
	case last == "" || !h.in.Observed[at].Healthy:
		t.Fatalf("law 8: %+v begins to serve, and is not of the store that served last: %+v", c, h.in.Observed)
	case last == c.Key:
	case d.OldestData != "" && h.in.Selections[ReplicaKey(c.Component, c.Region, c.Zone, max(newest, 1))].DataTime < d.OldestData:
		t.Fatalf("law 8: %+v begins to serve, and nobody knows that its data is new enough: %+v", c, h.in.Selections)
	}
}

// number returns which of its region's zones a zone is: it pairs zones.
func number(zone string) string {
	_, n, _ := strings.Cut(zone, "-az")

	return n
}

// mayBeBorn returns whether anything allows a copy of data to be born after
// epoch 1.
func (h *history) mayBeBorn(c *Copy) bool {
	i := slices.IndexFunc(h.in.Components, func(k Component) bool { return k.Name == c.Component })
	known := h.in.Components[i]

	said := func(may func(SelectionFact) bool) bool {
		for key, f := range h.in.Selections {
			if strings.HasPrefix(key, c.Component+"-snapshots-"+cmp.Or(c.Zone, c.Region)+"-e") && f.About == identity(c) && may(f) {
				return true
			}
		}

		return false
	}

	switch c.Birth.Kind {
	case BornRestored:
		oldest := h.in.Decision.OldestData

		return known.Restorable && known.Zones == nil && !h.replicaIsThere(c) && said(func(f SelectionFact) bool {
			return f.Existing == Absent && f.Snapshot != "" && f.Snapshot == c.Birth.Snapshot && f.DataTime == c.Birth.DataTime && (oldest == "" || f.DataTime >= oldest)
		})
	case BornAdopted:
		name := c.Birth.ExternalName

		return name != "" && (known.Adopt[c.Key] == name || h.in.Memory.ExternalNames[c.Key] == name ||
			said(func(f SelectionFact) bool { return f.Existing == Present && f.ExternalName == name }))
	case BornEmpty:
		asked := !known.Restorable || known.Zones != nil || said(func(f SelectionFact) bool { return f.Existing == Absent })

		return asked && slices.Contains(known.EmptyAt, h.in.Decision.DataEpoch)
	case BornPlain:
		return known.Parent != ""
	case BornReplica:
	}

	return false
}

// replicaIsThere returns whether a replica of what a restore would descend
// from is where it would be born.
func (h *history) replicaIsThere(c *Copy) bool {
	return slices.ContainsFunc(h.in.Observed, func(o Observed) bool {
		return o.Component == c.Component && o.Region == c.Region && o.ReplicaOf != "" && o.ReplicaOf == c.Birth.Source && o.Created && (o.Role == Standby || o.Role == Kept) ||
			o.Created && o.Region == c.Region && o.Key != c.Birth.Source && h.sharesStore(o.Key) && h.storeOf(o.Key) == h.storeOf(c.Birth.Source)
	})
}
