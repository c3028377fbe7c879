package topology

import (
	"fmt"
	"slices"
)

// Contradictions returns what is observed and can't be true together with the
// decision, one sentence each. While there is one, nothing may change: a wrong
// guess at which region serves would write to the wrong database.
func Contradictions(in Input) []string {
	var out []string

	tiers := make(map[string]Tier, len(in.Components))
	for i := range in.Components {
		tiers[in.Components[i].Name] = in.Components[i].Tier
	}

	for i := range in.Observed {
		o := &in.Observed[i]
		newest := max(o.Epoch, o.DecidedEpoch)

		switch {
		case in.Decision.Target == "" && newest > 1:
			out = append(out, fmt.Sprintf("%s was rendered at epoch %d, but the XR names no FailoverTarget: name the one that made that decision", o.Key, newest))
		case newest > in.Decision.Epoch:
			out = append(out, fmt.Sprintf("%s was rendered at epoch %d, but FailoverTarget %s is at epoch %d: it is older than what exists", o.Key, newest, in.Decision.Target, in.Decision.Epoch))
		case o.Target != "" && o.Target != in.Decision.Target:
			out = append(out, fmt.Sprintf("%s follows FailoverTarget %s, but the XR names %s", o.Key, o.Target, orNone(in.Decision.Target)))
		}

		tier, known := tiers[o.Component]
		if known && tier != Global && o.Key == o.Component && o.Region != "" && o.Region != in.Regions[0] {
			out = append(out, fmt.Sprintf("%s is in %s, but the first region of the list is %s: the home region can't change", o.Key, o.Region, in.Regions[0]))
		}
	}

	slices.Sort(out)

	return out
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}

	return s
}
