package failovertarget

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// offeredFor is how long it is believed what a region offers.
const offeredFor = 6 * time.Hour

// An offer is the zones, by id, that offer something, and when that was asked.
type offer struct {
	zones []string
	at    time.Time
}

// A listing is the opt-in status of all regions, and when it was asked for.
type listing struct {
	status map[string]string
	at     time.Time
}

// unoffered returns whether something was never asked for that is required.
func (e *entry) unoffered(a *ask) bool {
	return len(lacking(e.types, a.require.InstanceTypes, time.Time{}))+len(lacking(e.classes, a.require.DBInstanceClasses, time.Time{})) > 0
}

// lacking returns which of the names have not been asked for since a time.
func lacking(offers map[string]offer, names []string, since time.Time) []string {
	var out []string

	for _, name := range names {
		if o, ok := offers[name]; !ok || o.at.Before(since) {
			out = append(out, name)
		}
	}

	return out
}

// survey asks a region that answers for all else there is to know. What it does
// not tell is noted, and what was known before stands.
func (p *prober) survey(ctx context.Context, e *entry, c clients, a *ask) {
	problems := make([]string, 0, 3)

	for _, look := range []func(context.Context, *entry, clients, *ask) error{p.listRegions, p.listTypes, p.listClasses} {
		if err := look(ctx, e, c, a); err != nil {
			problems = append(problems, err.Error())
		}
	}

	p.mu.Lock()
	defer p.mu.Unlock()

	if len(problems) > 0 && !left(ctx) {
		e.err = errors.New(strings.Join(problems, "; "))
	}
}

// listRegions asks for the opt-in status of all regions, unless another region
// of the account has just told it. One that is not opted in to can't be asked
// itself.
func (p *prober) listRegions(ctx context.Context, _ *entry, c clients, a *ask) error {
	if !p.claimRegions(a.config) {
		return nil
	}

	status, err := optIns(ctx, c.EC2())
	if err != nil {
		return problem("the regions of the account", err)
	}

	p.mu.Lock()
	defer p.mu.Unlock()

	p.regions[a.config] = listing{status: status, at: p.now()}

	return nil
}

// claimRegions returns whether the caller is to list the regions.
func (p *prober) claimRegions(config string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()

	l := p.regions[config]
	if !l.at.IsZero() && p.now().Sub(l.at) < p.poll/freshParts {
		return false
	}

	l.at = p.now()
	p.regions[config] = l

	return true
}

func (p *prober) listTypes(ctx context.Context, e *entry, c clients, a *ask) error {
	names := p.lacking(&e.types, a.require.InstanceTypes)
	if len(names) == 0 {
		return nil
	}

	offered, err := instanceTypes(ctx, c.EC2(), names)
	if err != nil {
		return problem("where instance types are offered", err)
	}

	p.keep(&e.types, offered)

	return nil
}

func (p *prober) listClasses(ctx context.Context, e *entry, c clients, a *ask) error {
	for _, class := range p.lacking(&e.classes, a.require.DBInstanceClasses) {
		ids, err := dbInstanceClass(ctx, c.RDS(), class, p.zones(e))
		if err != nil {
			return problem("where DB instance classes are offered", err)
		}

		p.keep(&e.classes, map[string][]string{class: ids})
	}

	return nil
}

func (p *prober) zones(e *entry) []v1alpha1.ZoneObservation {
	p.mu.Lock()
	defer p.mu.Unlock()

	return e.zones
}

// lacking returns which of the names must be asked for.
func (p *prober) lacking(offers *map[string]offer, names []string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()

	return lacking(*offers, names, p.now().Add(-offeredFor))
}

// keep adds offers. Those that are there are read by others, too.
func (p *prober) keep(offers *map[string]offer, offered map[string][]string) {
	p.mu.Lock()
	defer p.mu.Unlock()

	next := maps.Clone(*offers)
	if next == nil {
		next = map[string]offer{}
	}

	for name, zones := range offered {
		next[name] = offer{zones: zones, at: p.now()}
	}

	*offers = next
}
