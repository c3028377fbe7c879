package topology

import (
	"slices"
	"strconv"
	"strings"
)

// key returns the key of a copy: its composition resource name. At home and
// epoch 1 it is the component's name, so that a Composition that had the
// resource before keeps it. Born is 1 for copies without data.
func (p *planner) key(c *Component, region, zone string, born int64) string {
	if adopted := c.AdoptedZones[zone]; zone != "" && adopted != "" && born == 1 {
		return adopted
	}

	return Key(c.Name, p.home(), region, zone, born)
}

// Key returns the key of a copy that no plan maps to another one.
func Key(component, home, region, zone string, born int64) string {
	key := component

	switch {
	case zone != "":
		key += "-" + zone
	case born > 1, region != "" && region != home:
		key += "-" + region
	}

	if born > 1 {
		key += "-e" + strconv.FormatInt(born, 10)
	}

	return key
}

// Parse reads a key back: the region or the zone that it names, and the epoch.
// It returns false if the key is none of the component's.
func Parse(key, component string, regions []string, zoneRegion func(string) (string, bool)) (Observed, bool) {
	rest, ok := strings.CutPrefix(key, component)
	if !ok {
		return Observed{}, false
	}

	o := Observed{Key: key, Component: component, Epoch: 1}
	if rest == "" {
		o.Region = regions[0]

		return o, true
	}

	place, ok := strings.CutPrefix(rest, "-")
	if !ok {
		return Observed{}, false
	}

	place, o.Epoch = cutEpoch(place)

	if slices.Contains(regions, place) {
		o.Region = place

		return o, true
	}

	if r, ok := zoneRegion(place); ok {
		o.Region, o.Zone = r, place

		return o, true
	}

	return Observed{}, false
}

// IsPlace returns whether the end of a key could name a place and an epoch.
func IsPlace(end string, isRegion, isZone func(string) bool) bool {
	place, _ := cutEpoch(end)

	return isRegion(place) || isZone(place)
}

// cutEpoch cuts the birth epoch from the end of a key. It is 1 if none is
// there.
func cutEpoch(end string) (string, int64) {
	if i := strings.LastIndex(end, "-e"); i >= 0 {
		if n, err := strconv.ParseInt(end[i+2:], 10, 64); err == nil && n > 1 && end[i+2] != '0' && end[i+2] != '+' {
			return end[:i], n
		}
	}

	return end, 1
}
