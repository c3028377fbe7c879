package topology

import (
	"fmt"
	"slices"
	"strings"
)

// Contradictions returns what is observed and can't be true together with the
// decision, one sentence for each cause with the keys of the copies. While
// there is one, nothing may change: a wrong guess at which region serves would
// write to the wrong database.
func Contradictions(in Input) []string {
	keys := map[string][]string{}

	components := make(map[string]*Component, len(in.Components))
	for i := range in.Components {
		components[in.Components[i].Name] = &in.Components[i]
	}

	for i := range in.Observed {
		o := &in.Observed[i]

		for _, cause := range []string{outdated(&in, o), misplaced(&in, components[o.Component], o)} {
			if cause != "" {
				keys[cause] = append(keys[cause], o.Key)
			}
		}
	}

	if cause, k := newlyLed(&in, components); cause != "" {
		keys[cause] = append(keys[cause], k...)
	}

	out := make([]string, 0, len(keys))
	for cause, k := range keys {
		out = append(out, list(k)+": "+cause)
	}

	slices.Sort(out)

	return out
}

// newlyLed says why a FailoverTarget can't be followed for the first time: a
// decision that was made before would leave the data of this XR.
func newlyLed(in *Input, components map[string]*Component) (cause string, keys []string) {
	p := planner{Input: *in}

	for i := range in.Observed {
		o := &in.Observed[i]
		if o.Target != "" || o.DecidedEpoch > 0 {
			return "", nil
		}

		// A standby or fenced copy elsewhere is not where the data is written.
		if o.Role == Fenced || !p.everServed(o) {
			continue
		}

		if c := components[o.Component]; c != nil && c.Tier == Data && o.Region != "" && o.Region != in.Decision.Active {
			keys = append(keys, o.Key)
		}
	}

	if in.Decision.Target == "" || len(keys) == 0 {
		return "", nil
	}

	return fmt.Sprintf("holds the data, and FailoverTarget %s, which the XR follows for the first time, says that %s is active: name it while the region of the data is", display(in.Decision.Target), in.Decision.Active), keys
}

// outdated says why the decision can't be the one that an observed copy was
// rendered for.
func outdated(in *Input, o *Observed) string {
	newest := max(o.Epoch, o.DecidedEpoch)
	target := display(in.Decision.Target)

	switch {
	case in.Decision.Target == "" && newest > 1:
		return fmt.Sprintf("rendered at epoch %d, but the XR names no FailoverTarget: name the one that made that decision", newest)
	case newest > in.Decision.Epoch:
		return fmt.Sprintf("rendered at epoch %d, but FailoverTarget %s is at epoch %d: it is older than what exists", newest, target, in.Decision.Epoch)
	case o.Target != "" && o.Target != in.Decision.Target:
		return fmt.Sprintf("follows FailoverTarget %s, but the XR names %s", display(o.Target), target)
	}

	return ""
}

// misplaced says why an observed copy can't be where it is.
func misplaced(in *Input, c *Component, o *Observed) string {
	if c == nil || o.Region == "" {
		return ""
	}

	home, active := in.Regions[0], in.Decision.Active
	newest := max(o.Epoch, o.DecidedEpoch)

	switch {
	case c.Tier != Global && o.Key == o.Component && o.Region != home:
		return fmt.Sprintf("is in %s, but the first region of the list is %s: the home region can't change", o.Region, home)
	case c.Tier != Global && o.Key == o.Component+"-"+home:
		return fmt.Sprintf("has a key that names %s, and the key of a copy at home names none: the home region was another one than the first of the list, and can't change", home)
	case c.Tier != Data:
	case o.Role == Fenced && o.Region == active && o.Epoch > 1 && o.Epoch == in.Decision.DataEpoch:
		return "is fenced, but it was born for the decision in force: nothing else can serve"
	case o.Role == Serving && newest == in.Decision.Epoch && o.Region != active:
		return fmt.Sprintf("serves in %s at epoch %d, but %s is to serve at that epoch: one epoch has one active region", o.Region, newest, active)
	case (o.Role == Serving || o.Role == "") && o.Region == active && !slices.Contains(zones(c, active), o.Zone):
		return fmt.Sprintf("holds the data of %s, but is in none of the places that its zones ask for: data can't be spread over zones later, nor gathered", c.Name)
	}

	return ""
}

// list names a few keys and counts the others.
func list(keys []string) string {
	const most = 3

	slices.Sort(keys)

	if len(keys) <= most {
		return strings.Join(keys, ", ")
	}

	return fmt.Sprintf("%s and %d more", strings.Join(keys[:most], ", "), len(keys)-most)
}

// display writes a FailoverTarget as NAMESPACE/NAME, where its label has a dot
// between the two.
func display(target string) string {
	if target == "" {
		return "none"
	}

	return strings.Replace(target, ".", "/", 1)
}
