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
// may be created, with the labels that are written.
func settle(in Input, copies []Copy) []Observed {
	var out []Observed

	for _, c := range copies {
		if !c.Exists && c.Waits != "" {
			continue
		}

		o := Observed{
			Key: c.Key, Component: c.Component, Region: c.Region, Zone: c.Zone, Role: c.Role, Epoch: c.Epoch,
			Target: in.Decision.Target,
		}
		if in.Decision.Target != "" {
			o.DecidedEpoch = in.Decision.Epoch
		}

		out = append(out, o)
	}

	return out
}

// steady is a decision that everything works with.
func steady(active string, epoch int64) Decision {
	return Decision{Target: "dr.payments", Active: active, Epoch: epoch, Holder: true}
}

// without returns the observed copies but some.
func without(observed []Observed, keys ...string) []Observed {
	return slices.DeleteFunc(slices.Clone(observed), func(o Observed) bool { return slices.Contains(keys, o.Key) })
}
