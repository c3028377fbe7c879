package main

import (
	"cmp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/objective"
	"github.com/crossdr/crossdr/function/internal/protection"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// compileFacts reads the facts that the plan states.
func (p *plan) compileFacts(c *component) {
	if c.Facts == nil {
		return
	}

	f := c.Facts

	for _, v := range []struct {
		name string
		from fnv1alpha1.TimeSpan
		into *time.Duration
		tier topology.Tier
	}{
		{"ready", f.Ready, &c.facts.Ready, ""},
		{"restore", f.Restore, &c.facts.Restore, topology.Data},
		{"promote", f.Promote, &c.facts.Promote, topology.Data},
		{"scale", f.Scale, &c.facts.Scale, topology.Compute},
		{"snapshotEvery", f.SnapshotEvery, &c.facts.SnapshotEvery, topology.Data},
		{"snapshotCopy", f.SnapshotCopy, &c.facts.SnapshotCopy, topology.Data},
		{"replicaLag", f.ReplicaLag, &c.facts.ReplicaLag, topology.Data},
	} {
		if v.from == "" {
			continue
		}

		at := c.path.Child("facts", v.name)
		if v.tier != "" && v.tier != c.tier() {
			p.faults = append(p.faults, field.Forbidden(at, "only a "+string(v.tier)+" component has it"))
		}

		// What is no duration the schema refuses.
		d, err := time.ParseDuration(string(v.from))
		if err == nil && d == 0 {
			p.faults = append(p.faults, field.Invalid(at, v.from, "nothing takes no time; leave it out"))
		}

		*v.into = d
	}
}

// objectives returns what the XR asks for.
func (r *request) objectives() objective.Objectives {
	in := objective.Objectives{Stated: objective.Strategy(r.spec.Strategy)}
	if o := r.spec.Objectives; o != nil {
		in.RPO, in.RTO = duration(o.RPO), duration(o.RTO)
	}

	return in
}

// decodeStrategy derives the strategy to follow.
func (r *request) decodeStrategy(f *faults) {
	r.parts = make([]objective.Component, 0, len(r.plan.components))

	for i := range r.plan.components {
		// Nothing waits for what protects another component.
		if c := &r.plan.components[i]; c.guard == nil {
			r.parts = append(r.parts, r.partOf(c))
		}
	}

	var err error
	if r.strategy, err = objective.Derive(r.objectives(), r.parts); err != nil {
		f.addf("%s %s.%s", r.name, r.plan.SpecFrom, err)
	}
}

// partOf returns a component as far as objectives are concerned.
func (r *request) partOf(c *component) objective.Component {
	out := objective.Component{
		Name: c.Name, After: r.plan.after[c.Name], Scales: len(c.scale) > 0, From: cheapest(c),
		Data: c.tier() == topology.Data, Once: c.tier() == topology.Global, Runs: c.tier() == topology.Workload,
		Idle: c.Regions == fnv1alpha1.Home,
	}

	t := r.templates[c.Name]
	if t == nil {
		return out
	}

	service, _, _ := strings.Cut(t.Group, ".")

	out.Kind = strings.TrimSpace(service + " " + t.Kind)
	out.Facts = factsOf(c, t, service)

	// AWS Backup may start that much later.
	if c.protect != nil {
		out.Facts.SnapshotCopy += protection.StartWindow
	}

	out.Idle = out.Idle || out.Once && !t.Moves()

	// A copy waits for the copies whose fields it reads, too.
	for _, name := range t.Serving() {
		out.After = append(out.After[:len(out.After):len(out.After)], name)
	}

	if !out.Data {
		return out
	}

	// Data that is spread over zones stays where it is.
	out.Restorable, out.Replicable = t.RestoresElsewhere() && c.Zones == nil, t.Joins() && c.Zones == nil
	out.Alone, out.Parent = t.Shared(), r.parentOf(t)

	switch c.Regions {
	case fnv1alpha1.Active:
		out.Stated = objective.BackupAndRestore
	case fnv1alpha1.ActiveAndStandby:
		out.Stated = objective.PilotLight
	case fnv1alpha1.Home:
	}

	return out
}

// factsOf returns what is known of a component: from the plan, from the table,
// from the catalog.
func factsOf(c *component, t *render.Template, service string) objective.Facts {
	f, _ := objective.FactsOf(service, t.Kind)

	if c.tier() == topology.Data && c.Zones == nil {
		f.Restore = t.RestoresIn()
	}

	switch {
	case c.tier() == topology.Global:
		f.Ready = cmp.Or(f.Ready, objective.OnceReady)
	case c.tier() == topology.Workload && runsOnce(t):
		f.Ready = objective.RestoreReady
	case t.Managed() || strings.Contains(t.Group, "."):
		f.Ready = cmp.Or(t.ReadyIn(), f.Ready, objective.UnknownReady)
	}

	if len(c.scale) > 0 {
		f.Scale = cmp.Or(f.Scale, objective.UnknownScale)
	}

	return f.Or(&c.facts)
}

// cheapest returns the cheapest strategy with which the other regions have a
// copy of a component without data, or "".
func cheapest(c *component) objective.Strategy {
	for _, s := range []objective.Strategy{objective.BackupAndRestore, objective.PilotLight, objective.WarmStandby, objective.MultiSite} {
		at := topology.Placement(c.Regions)
		if at == "" {
			at = topology.PlacementOf(c.tier(), s)
		}

		if at == topology.ActiveAndStandby || at == topology.All {
			return s
		}
	}

	return ""
}

// placementOf returns where the copies of a component are: as the plan states
// it, or as its strategy wants it where that is another than that of the whole.
// Empty is that of its tier.
func (r *request) placementOf(c *component) topology.Placement {
	if c.Regions != "" || c.tier() != topology.Data {
		return topology.Placement(c.Regions)
	}

	for _, s := range r.strategy.Stores {
		switch {
		case s.Name != c.Name || s.Strategy == r.strategy.Strategy:
		case s.Strategy == objective.BackupAndRestore:
			return topology.Active
		default:
			return topology.ActiveAndStandby
		}
	}

	return ""
}
