package emulator

import (
	"slices"
	"strings"
)

// A Zone that is no availability zone, such as a local zone. The availability
// zones of a region are known without being added.
type Zone struct {
	// ID such as usw2-lax1-az1.
	ID string

	// Name such as us-west-2-lax-1a.
	Name string

	// Type is local-zone or wavelength-zone.
	Type string

	// OptedIn says whether the account has opted in to it. Zones of these types
	// need that.
	OptedIn bool
}

// ZoneState is the state of an availability zone as EC2 reports it, such as
// available, impaired, unavailable or constrained.
//
// See https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html
type ZoneState string

// States of a zone that matter here.
const (
	ZoneAvailable   ZoneState = "available"
	ZoneImpaired    ZoneState = "impaired"
	ZoneUnavailable ZoneState = "unavailable"
	ZoneConstrained ZoneState = "constrained"
)

type zoneState struct {
	state   ZoneState
	message string
}

// AddZone adds a zone that is no availability zone.
func (r *Region) AddZone(z Zone) {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	r.extraZones = append(r.extraZones, z)
}

// SetZoneState sets the state of a zone by its id, with a message that EC2 shows
// beside it. Nothing zonal can be created in a zone that is not available.
func (r *Region) SetZoneState(id string, state ZoneState, message string) {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	if r.zoneStates == nil {
		r.zoneStates = map[string]zoneState{}
	}

	r.zoneStates[id] = zoneState{state: state, message: message}
}

// A zone as an account sees it.
type accountZone struct {
	zoneState

	id, name, kind, optIn string
}

// zones that the account sees, availability zones first.
func (r *Region) zones() []accountZone {
	ids := r.account.zoneIDs(r.name)
	out := make([]accountZone, 0, len(ids)+len(r.extraZones))

	for i, id := range ids {
		out = append(out, accountZone{
			id: id, name: r.name + string(rune('a'+i)), kind: "availability-zone", optIn: optInNotRequired, zoneState: r.stateOf(id),
		})
	}

	for _, z := range r.extraZones {
		optIn := notOptedIn
		if z.OptedIn {
			optIn = optedIn
		}

		out = append(out, accountZone{id: z.ID, name: z.Name, kind: z.Type, optIn: optIn, zoneState: r.stateOf(z.ID)})
	}

	return out
}

func (r *Region) stateOf(id string) zoneState {
	if s, ok := r.zoneStates[id]; ok {
		return s
	}

	return zoneState{state: ZoneAvailable}
}

// zone finds a zone by its name or its id.
func (r *Region) zone(nameOrID string) (accountZone, bool) {
	zones := r.zones()

	i := slices.IndexFunc(zones, func(z accountZone) bool { return z.name == nameOrID || z.id == nameOrID })
	if i < 0 {
		return accountZone{}, false
	}

	return zones[i], true
}

// zoneNames returns the names of the zones that offer something, given the ids
// of those that do; none given means all.
func (r *Region) zoneNames(ids []string) []string {
	var out []string

	for _, z := range r.zones() {
		if strings.HasPrefix(z.kind, "availability") && (len(ids) == 0 || slices.Contains(ids, z.id)) {
			out = append(out, z.name)
		}
	}

	return out
}
