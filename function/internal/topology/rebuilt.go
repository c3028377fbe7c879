package topology

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// rebuilt says why a copy without data must not be made yet. An XR of whose data
// nothing is observed is either new or was made again from Git, and only its data
// can tell: that has a name by which it is found on AWS. What AWS gives names to,
// such as a network, is not found, and would be made a second time, beside the
// one that the data is in.
func (p *planner) rebuilt(of *Component, key string) string {
	if p.Decision.Epoch == 1 || of.Adopt[key] != "" {
		return ""
	}

	var why []string

	for i := range p.Components {
		c := &p.Components[i]

		switch {
		case c.Tier != Data || c.Parent != "":
		case len(p.observed[c.Name]) > 0:
			return ""
		default:
			why = append(why, p.unsettled(c)...)
		}
	}

	if len(why) == 0 {
		return ""
	}

	return slices.Min(why)
}

// unsettled says why nobody knows whether the data of a component, of which
// nothing is observed, is on AWS. Or it is, and nobody has named the rest.
func (p *planner) unsettled(c *Component) []string {
	var why []string

	for _, zone := range zones(c, p.Decision.Active) {
		cp := Copy{Key: p.key(c, p.Decision.Active, zone, p.Decision.DataEpoch), Component: c.Name, Region: p.Decision.Active, Zone: zone}
		s, asked := p.ask(c, &cp, nil)
		name := cmp.Or(p.Memory.ExternalNames[cp.Key], s.ExternalName)
		moved := c.Replicable && p.Strategy != objective.BackupAndRestore
		consent := slices.Contains(c.EmptyAt, p.Decision.DataEpoch)

		switch {
		case c.Adopt[cp.Key] != "":
		case asked && s.Existing == Present, name != "":
			why = append(why, fmt.Sprintf("for a person: %s exists already, so this may, too; spec.recovery.adopt takes over what it lists, and makes the rest once it lists %s: %s",
				cp.Key, cp.Key, cmp.Or(name, "its external name")))
		case asked && s.Existing == Absent && (consent || c.Restorable && !moved), consent && (!c.Restorable || c.spread()):
		default:
			why = append(why, "for an answer whether "+cp.Key+" exists already")
		}
	}

	return why
}
