package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Regions of the tests, home first.
const (
	east  = "us-east-1"
	west  = "us-west-2"
	third = "eu-west-1"
)

// zoneRegion knows the zones of the tests: use1-az1, usw2-az2, euw1-az3.
func zoneRegion(id string) (string, bool) {
	short, n, ok := strings.Cut(id, "-az")
	r, known := map[string]string{"use1": east, "usw2": west, "euw1": third}[short]

	return r, ok && known && len(n) == 1 && n >= "1" && n <= "6"
}

// zonesOf returns zones 1 to n of each region.
func zonesOf(n int) map[string][]string {
	out := map[string][]string{}

	for short, r := range map[string]string{"use1": east, "usw2": west, "euw1": third} {
		for i := range n {
			out[r] = append(out[r], fmt.Sprintf("%s-az%d", short, i+1))
		}
	}

	return out
}

// show writes copies as KEY ROLE REGION/ZONE eEPOCH STATE, where the state is
// exists, new, or waits.
func show(copies []Copy) []string {
	out := make([]string, 0, len(copies))

	for _, c := range copies {
		place := cmp.Or(c.Region, "once")
		if c.Zone != "" {
			place += "/" + c.Zone
		}

		state := "new"

		switch {
		case c.Exists:
			state = "exists"
		case c.Waits != "":
			state = "waits"
		}

		out = append(out, fmt.Sprintf("%s %s %s e%d %s", c.Key, c.Role, place, c.Epoch, state))
	}

	return out
}

// settle returns what is observed after a plan was carried out: what exists or
// may be created, with the labels and annotations that the function writes.
func settle(in Input, copies []Copy) []Observed {
	var out []Observed

	was := map[string]Observed{}
	for _, o := range in.Observed {
		was[o.Key] = o
	}

	for _, c := range copies {
		if !c.Exists && c.Waits != "" {
			continue
		}

		o := was[c.Key]
		o.Key, o.Component, o.Region, o.Zone, o.Role, o.Epoch = c.Key, c.Component, c.Region, c.Zone, c.Role, c.Epoch

		switch {
		case c.ServesSince > c.Epoch:
			o.ServesSince = c.ServesSince
		case c.Role == Standby:
			o.ServesSince = 0
		}

		if c.Birth.Kind == BornReplica {
			o.ReplicaOf = c.Birth.Source
		}

		if in.Decision.Target != "" {
			o.Target, o.DecidedEpoch = in.Decision.Target, in.Decision.Epoch
		}

		out = append(out, o)
	}

	return out
}

// planned returns the copies of a plan.
func planned(in Input) []Copy {
	copies, _ := Plan(in)

	return copies
}

// steady is a decision that moved the data, and that everything works with.
func steady(active string, epoch int64) Decision {
	return Decision{Target: "dr.payments", Active: active, Epoch: epoch, DataEpoch: epoch, Holder: true}
}

// without returns the observed copies but some.
func without(observed []Observed, keys ...string) []Observed {
	return slices.DeleteFunc(slices.Clone(observed), func(o Observed) bool { return slices.Contains(keys, o.Key) })
}

// followed returns a copy with the labels of a render at an epoch.
func followed(o Observed, decided int64) Observed {
	o.Target, o.DecidedEpoch = "dr.payments", decided

	return o
}

// taken is a decision that took over control of what an older one did.
func taken(active string, epoch, dataEpoch int64) Decision {
	d := steady(active, epoch)
	d.DataEpoch, d.From = dataEpoch, active

	return d
}
