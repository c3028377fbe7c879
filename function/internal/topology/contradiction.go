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

	components := make(map[string]*Component, len(in.Components))
	for i := range in.Components {
		components[in.Components[i].Name] = &in.Components[i]
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

		if c := components[o.Component]; c != nil && o.Region != "" {
			out = append(out, misplaced(&in, c, o)...)
		}
	}

	slices.Sort(out)

	return out
}

// misplaced says why an observed copy can't be where it is.
func misplaced(in *Input, c *Component, o *Observed) []string {
	home, active := in.Regions[0], in.Decision.Active
	newest := max(o.Epoch, o.DecidedEpoch)

	switch {
	case c.Tier != Global && o.Key == o.Component && o.Region != home:
		return []string{fmt.Sprintf("%s is in %s, but the first region of the list is %s: the home region can't change", o.Key, o.Region, home)}
	case c.Tier != Data:
	case o.Role == Serving && newest == in.Decision.Epoch && o.Region != active:
		return []string{fmt.Sprintf("%s serves in %s at epoch %d, but %s is to serve at that epoch: one epoch has one active region", o.Key, o.Region, newest, active)}
	case (o.Role == Serving || o.Role == "") && o.Region == active && !slices.Contains(zones(c, active), o.Zone):
		return []string{fmt.Sprintf("%s holds the data of %s, but is in none of the places that its zones ask for: data can't be spread over zones later, nor gathered", o.Key, c.Name)}
	}

	return nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}

	return s
}
