package objective

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Strategy is one of the four that AWS names for disaster recovery. The words
// are those of spec.recovery.strategy.
type Strategy string

// The strategies, from the slowest and cheapest to the fastest.
const (
	BackupAndRestore Strategy = "BackupAndRestore"
	PilotLight       Strategy = "PilotLight"
	WarmStandby      Strategy = "WarmStandby"
	MultiSite        Strategy = "MultiSite"
)

// Objectives are what a strategy is derived from. What is nil is not set.
type Objectives struct {
	// RPO is the data of how much time may be lost.
	RPO *time.Duration

	// RTO is how long the service may be away.
	RTO *time.Duration

	// Stated is the strategy that overrules the objectives. Empty if there is
	// none.
	Stated Strategy
}

// A limit is the shortest objectives that a strategy can keep.
type limit struct {
	strategy Strategy
	rpo, rto time.Duration
}

// limits of the strategies, the cheapest first. What none of them can keep
// takes MultiSite. AWS gives orders of magnitude:
//
//	                    RPO           RTO
//	BackupAndRestore    hours         24 hours or less
//	PilotLight          minutes       tens of minutes
//	WarmStandby         seconds       minutes
//	MultiSite           near zero     potentially zero
//
// The numbers are about the shortest time of that order. BackupAndRestore needs
// a larger RTO than RPO: everything is built first, then the data is restored
// into it. PilotLight and WarmStandby replicate the data all the time, but
// asynchronously, so neither keeps an RPO of zero.
//
// See "Disaster Recovery of Workloads on AWS",
// https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html
// and REL13-BP02 of the Well-Architected Framework,
// https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_disaster_recovery.html
func limits() []limit {
	return []limit{
		{strategy: BackupAndRestore, rpo: time.Hour, rto: 2 * time.Hour},
		{strategy: PilotLight, rpo: time.Minute, rto: 20 * time.Minute},
		{strategy: WarmStandby, rpo: time.Second, rto: 2 * time.Minute},
	}
}

// A Plan is the strategy to follow.
type Plan struct {
	Strategy Strategy

	// Because says in one clause why it is this one.
	Because string

	// Stores are the strategies of the stores, in the order of the components.
	Stores []Store

	// Standing are the components that have a copy in the other regions.
	Standing map[string]bool
}

// asTheWhole is why most stores follow their strategy.
const asTheWhole = "as the whole"

// A Store is a component that holds data, and the strategy that it follows.
type Store struct {
	Name     string
	Strategy Strategy
	Because  string
}

// Derive returns the strategy to follow: the stated strategy if there is one,
// else the cheapest that can keep the objectives, by the order of magnitude that
// AWS gives and by the facts of the components. Where none can, it is the one
// that comes nearest. It fails only for objectives that Validate refuses.
func Derive(in Objectives, components []Component) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}

	out := Plan{Strategy: in.Stated, Because: "it is stated in spec.recovery.strategy"}
	if in.Stated == "" {
		out.Strategy, out.Because = in.floor()
		out.raiseForData(in, components)
		out.raiseForRTO(in, components)
	}

	out.Standing = standing(components, out.Strategy, in.derives())

	for i := range components {
		if c := &components[i]; c.store() {
			out.Stores = append(out.Stores, out.storeOf(c, in))
		}
	}

	return out, nil
}

// raiseForData replicates what can't be restored in another region, or not new
// enough, where that is possible.
func (p *Plan) raiseForData(in Objectives, components []Component) {
	if !in.derives() || p.Strategy.AtLeast(PilotLight) {
		return
	}

	for i := range components {
		c := &components[i]
		if !c.store() || !c.Replicable || c.alone() || c.Stated != "" {
			continue
		}

		age, _, known := c.age(false, in.RPO)

		switch {
		case !known:
			p.Because = c.Name + " can't be restored in another region"
		case in.RPO != nil && age > *in.RPO:
			p.Because = fmt.Sprintf("rpo %s is shorter than the %s that the snapshots of %s can be old", Short(*in.RPO), Short(age), c.Name)
		default:
			continue
		}

		p.Strategy = PilotLight

		return
	}
}

// raiseForRTO keeps more ready, until a failover would be fast enough.
func (p *Plan) raiseForRTO(in Objectives, components []Component) {
	if in.RTO == nil {
		return
	}

	first := estimate(components, p.Strategy, true)
	best, fastest := p.Strategy, first.Takes

	for _, s := range strategies() {
		if fastest > *in.RTO && s.AtLeast(p.Strategy) {
			if e := estimate(components, s, true); e.Takes < fastest {
				best, fastest = s, e.Takes
			}
		}
	}

	if best == p.Strategy {
		return
	}

	p.Because = fmt.Sprintf("rto %s is shorter than the %s that %s would take (%s)", Short(*in.RTO), Short(first.Takes), p.Strategy, first.String())
	p.Strategy = best
}

// estimate how long a failover would take under a strategy.
func estimate(components []Component, s Strategy, derived bool) Estimate {
	return Path(components, standing(components, s, derived), s == MultiSite)
}

// storeOf says which strategy a store follows, and why.
func (p *Plan) storeOf(c *Component, in Objectives) Store {
	out := Store{Name: c.Name, Strategy: c.strategyOf(p.Strategy, in.derives())}

	switch {
	case c.Stated != "":
		out.Because = "the plan states its regions"
	case out.Strategy == p.Strategy:
		out.Because = asTheWhole
	case out.Strategy == BackupAndRestore:
		out.Because = "a store of kind " + c.Kind + " has no replica that crossdr could promote"
	default:
		out.Because = "a store of kind " + c.Kind + " can't be restored in another region, and its replica needs nothing else there"
	}

	return out
}

// Validate reports every fault at once, each with its path below spec.recovery.
func (in Objectives) Validate() error {
	var faults []error

	if in.RPO != nil && *in.RPO < 0 {
		faults = append(faults, fmt.Errorf("objectives.rpo: %s is negative", Short(*in.RPO)))
	}

	if in.RTO != nil && *in.RTO < 0 {
		faults = append(faults, fmt.Errorf("objectives.rto: %s is negative", Short(*in.RTO)))
	}

	switch in.Stated {
	case "", BackupAndRestore, PilotLight, WarmStandby, MultiSite:
	default:
		faults = append(faults, fmt.Errorf("strategy: %q is not a strategy", in.Stated))
	}

	return errors.Join(faults...)
}

// derives returns whether the strategy follows from the objectives.
func (in Objectives) derives() bool {
	return in.Stated == "" && (in.RPO != nil || in.RTO != nil)
}

// floor returns the cheapest strategy that can keep the objectives by its order
// of magnitude.
func (in Objectives) floor() (strategy Strategy, because string) {
	if in.RPO == nil && in.RTO == nil {
		return BackupAndRestore, "no objectives are set"
	}

	because = in.kept()

	for _, l := range limits() {
		forced := in.beyond(l)
		if forced == "" {
			return l.strategy, because
		}

		// It forces the next strategy, unless that can't keep the objectives
		// either.
		because = forced
	}

	return MultiSite, because
}

// beyond says which objective is shorter than the strategy can keep. Empty if
// none is.
func (in Objectives) beyond(l limit) string {
	if in.RPO != nil && *in.RPO < l.rpo {
		return fmt.Sprintf("rpo %s is shorter than the %s that %s can keep", Short(*in.RPO), Short(l.rpo), l.strategy)
	}

	if in.RTO != nil && *in.RTO < l.rto {
		return fmt.Sprintf("rto %s is shorter than the %s that %s can keep", Short(*in.RTO), Short(l.rto), l.strategy)
	}

	return ""
}

// kept says that the cheapest strategy will do.
func (in Objectives) kept() string {
	var set []string

	if in.RPO != nil {
		set = append(set, "rpo "+Short(*in.RPO))
	}

	if in.RTO != nil {
		set = append(set, "rto "+Short(*in.RTO))
	}

	return fmt.Sprintf("%s can keep %s", BackupAndRestore, strings.Join(set, " and "))
}

// Short prints a duration as people write it: 15m rather than 15m0s.
func Short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}

	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}

	return s
}
