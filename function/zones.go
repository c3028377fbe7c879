package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/zone"
	"github.com/crossdr/crossdr/internal/region"
)

// What the zones of a region were learnt from.
const (
	sourceLive  = "Live"
	sourceTable = "Table"
)

// regionFacts are what is known of one region.
type regionFacts struct {
	zones   []zone.Zone
	live    bool
	offered *awsv1alpha1.Offered

	// names of zones, by id, from anything observed.
	names map[zone.ID]zone.Name
}

// gatherFacts gathers what is known of each region: the live facts of the
// FailoverTarget, else the table that is built in. A region that neither knows
// is a fault.
func gatherFacts(regions []string, target *awsv1alpha1.FailoverTarget, observed []observedCopy, specFrom string, f *faults, xr string) map[string]*regionFacts {
	out := make(map[string]*regionFacts, len(regions))

	for i, name := range regions {
		facts := &regionFacts{names: map[zone.ID]zone.Name{}}
		out[name] = facts

		if live := liveFacts(target, name); live != nil {
			facts.offered = live.Offered

			for _, z := range live.Zones {
				facts.live = true
				facts.zones = append(facts.zones, zone.Zone{ID: zone.ID(z.ID), Name: zone.Name(z.Name), Type: z.Type, State: z.State, OptIn: z.OptInStatus})
			}
		}

		if !facts.live {
			var known bool
			// What is no name of a region is reported as that.
			if facts.zones, known = zone.FromTable(name); !known && (target != nil || region.WellFormed(name)) {
				f.add(xr, field.ErrorList{field.Invalid(field.NewPath(specFrom).Child("regions").Index(i), name,
					fmt.Sprintf("is not in the table of %s, and no FailoverTarget reports its zones", region.AsOf()))})
			}
		}

		facts.learnNames(name, observed)
	}

	return out
}

// learnNames notes which name the account has for which zone. Subnets show
// both, so that zones have names even without a FailoverTarget.
func (r *regionFacts) learnNames(name string, observed []observedCopy) {
	for i := range observed {
		p := &observed[i].placement
		if observed[i].Region == name && p.ZoneID != "" && p.ZoneName != "" {
			r.names[zone.ID(p.ZoneID)] = zone.Name(p.ZoneName)
		}
	}

	for _, z := range r.zones {
		if z.Name != "" {
			r.names[z.ID] = z.Name
		}
	}
}

func liveFacts(target *awsv1alpha1.FailoverTarget, name string) *awsv1alpha1.RegionObservation {
	if target == nil {
		return nil
	}

	for i := range target.Status.AtProvider.Regions {
		if target.Status.AtProvider.Regions[i].Name == name {
			return &target.Status.AtProvider.Regions[i]
		}
	}

	return nil
}

// source says where the zones were learnt from.
func (r *regionFacts) source() (source, asOf string) {
	if r.live {
		return sourceLive, ""
	}

	return sourceTable, region.AsOf()
}

// status reports the zones of a region.
func (r *regionFacts) status(name string) recoveryv1alpha1.ZonesStatus {
	source, asOf := r.source()
	s := recoveryv1alpha1.ZonesStatus{Region: name, Source: source, AsOf: asOf}

	usable, _ := zone.Usable(r.zones)
	for _, z := range usable {
		s.Usable = append(s.Usable, string(z.ID))
	}

	return s
}

// variable returns the region as expressions see it.
func (r *regionFacts) variable(name string, parameters map[string]any) *expression.Region {
	out := &expression.Region{Name: name, Zones: []any{}, Parameters: parameters}

	usable, _ := zone.Usable(r.zones)
	for _, z := range usable {
		out.Zones = append(out.Zones, map[string]any{"id": string(z.ID), "name": string(r.names[z.ID]), "index": int64(z.Index())})
	}

	return out
}

// offeredIn says of each type that was asked about whether it is offered in
// the region or, if there is one, in the zone.
func (r *regionFacts) offeredIn(id string) map[string]bool {
	out := map[string]bool{}
	if r.offered == nil {
		return out
	}

	for _, types := range []map[string][]string{r.offered.InstanceTypes, r.offered.DBInstanceClasses} {
		for name, zones := range types {
			out[name] = len(zones) > 0 && (id == "" || slices.Contains(zones, id))
		}
	}

	return out
}

// checkAdopted reports zones that a key is said to occupy and does not: another
// copy would be put into the zone that it really is in.
func checkAdopted(p *plan, regions []string, facts map[string]*regionFacts, observed []observedCopy, f *faults) {
	for _, key := range slices.Sorted(maps.Keys(p.adopted)) {
		a := p.adopted[key]
		at := "RecoveryPlan " + p.byName[a.component].path.Child("zones", "adopt").Key(a.zone).String()

		if in, ok := region.OfZone(a.zone); ok && in != regions[0] {
			f.addf("%s: Invalid value: %q: is a zone of %s, and only what is at home can be adopted", at, key, in)
		}

		i := slices.IndexFunc(observed, func(o observedCopy) bool { return o.Key == key })
		if i < 0 || facts[regions[0]] == nil {
			continue
		}

		if is := facts[regions[0]].zoneOf(&observed[i].placement); is != "" && is != a.zone {
			f.addf("%s: Invalid value: %q: is in zone %s", at, key, is)
		}
	}
}

// zoneOf returns the id of the zone that an observed resource is in, or "".
func (r *regionFacts) zoneOf(p *render.Placement) string {
	if p.ZoneID != "" {
		return p.ZoneID
	}

	for _, id := range slices.Sorted(maps.Keys(r.names)) {
		if name := r.names[id]; p.ZoneName != "" && string(name) == p.ZoneName {
			return string(id)
		}
	}

	return ""
}

// A shortage is a component that a region has too few usable zones for.
type shortage struct{ region, message string }

// spread chooses the zones of each component that is spread, by component and
// region.
func spread(p *plan, regions []string, facts map[string]*regionFacts, observed []observedCopy) (map[string]map[string][]string, []shortage) {
	chosen := map[string]map[string][]string{}

	var short []shortage

	for i := range p.components {
		c := &p.components[i]
		if c.Zones == nil {
			continue
		}

		chosen[c.Name] = map[string][]string{}

		for _, r := range regions {
			if c.Regions == fnv1alpha1.Home && r != regions[0] {
				continue
			}

			zones, err := c.spread(r, facts[r], observed)
			chosen[c.Name][r] = zones

			if err != nil {
				short = append(short, shortage{region: r, message: fmt.Sprintf("RecoveryPlan %s: %s", c.path.Child("zones", "min"), err)})
			}
		}
	}

	return chosen, short
}

func (c *component) spread(name string, facts *regionFacts, observed []observedCopy) ([]string, error) {
	params := zone.Params{Zones: facts.zones, Min: c.Zones.Min, Max: c.Zones.Max}

	for _, id := range c.Zones.Exclude {
		params.Exclude = append(params.Exclude, zone.ID(id))
	}

	for i := range observed {
		if o := &observed[i]; o.Component == c.Name && o.Region == name && o.Zone != "" {
			params.Occupied = append(params.Occupied, zone.ID(o.Zone))
		}
	}

	// A zone that an adopted key stands for is occupied even before the key is
	// observed: its resource comes from another step.
	for id := range c.Zones.Adopt {
		if in, ok := region.OfZone(id); ok && in == name {
			params.Occupied = append(params.Occupied, zone.ID(id))
		}
	}

	zones, _, err := zone.Spread(params)

	ids := make([]string, 0, len(zones))
	for _, z := range zones {
		ids = append(ids, string(z.ID))
	}

	var unmet *zone.UnmetError
	if errors.As(err, &unmet) {
		source, asOf := facts.source()
		if source == sourceTable {
			source += " of " + asOf
		}

		return ids, fmt.Errorf("cannot spread %s over %s (%s): %w", c.Name, name, source, unmet)
	}

	return ids, nil
}
