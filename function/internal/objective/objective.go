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

// Derive returns the strategy to follow, and in one clause why it is that one:
// the stated strategy if there is one, else the cheapest that can keep the
// objectives. It fails only for objectives that Validate refuses.
func Derive(in Objectives) (strategy Strategy, because string, err error) {
	if err := in.Validate(); err != nil {
		return "", "", err
	}

	if in.Stated != "" {
		return in.Stated, "it is stated in spec.recovery.strategy", nil
	}

	if in.RPO == nil && in.RTO == nil {
		return BackupAndRestore, "no objectives are set", nil
	}

	because = in.kept()

	for _, l := range limits() {
		forced := in.beyond(l)
		if forced == "" {
			return l.strategy, because, nil
		}

		// It forces the next strategy, unless that can't keep the objectives
		// either.
		because = forced
	}

	return MultiSite, because, nil
}

// Validate reports every fault at once, each with its path below spec.recovery.
func (in Objectives) Validate() error {
	var faults []error

	if in.RPO != nil && *in.RPO < 0 {
		faults = append(faults, fmt.Errorf("objectives.rpo: %s is negative", short(*in.RPO)))
	}

	if in.RTO != nil && *in.RTO < 0 {
		faults = append(faults, fmt.Errorf("objectives.rto: %s is negative", short(*in.RTO)))
	}

	switch in.Stated {
	case "", BackupAndRestore, PilotLight, WarmStandby, MultiSite:
	default:
		faults = append(faults, fmt.Errorf("strategy: %q is not a strategy", in.Stated))
	}

	return errors.Join(faults...)
}

// beyond says which objective is shorter than the strategy can keep. Empty if
// none is.
func (in Objectives) beyond(l limit) string {
	if in.RPO != nil && *in.RPO < l.rpo {
		return fmt.Sprintf("rpo %s is shorter than the %s that %s can keep", short(*in.RPO), short(l.rpo), l.strategy)
	}

	if in.RTO != nil && *in.RTO < l.rto {
		return fmt.Sprintf("rto %s is shorter than the %s that %s can keep", short(*in.RTO), short(l.rto), l.strategy)
	}

	return ""
}

// kept says that the cheapest strategy will do.
func (in Objectives) kept() string {
	var set []string

	if in.RPO != nil {
		set = append(set, "rpo "+short(*in.RPO))
	}

	if in.RTO != nil {
		set = append(set, "rto "+short(*in.RTO))
	}

	return fmt.Sprintf("%s can keep %s", BackupAndRestore, strings.Join(set, " and "))
}

// short prints a duration as people write it: 15m rather than 15m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}

	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}

	return s
}
