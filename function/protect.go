package main

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/protection"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// defaultKeepDays is the default of a DataProtection, as its CRD documents it.
const defaultKeepDays = 35

// A guard says that a component is no one's but protects another: one that the
// plan does not list, and that the function makes itself.
type guard struct {
	of   *component
	part protection.Part
}

// guarding returns which part of a store's protection the component is, or "".
func (c *component) guarding() protection.Part {
	if c.guard == nil {
		return ""
	}

	return c.guard.part
}

// follows returns the component whose serving copies each have a copy of this
// one, or "".
func (c *component) follows() string {
	if c.guarding() != protection.Selection {
		return ""
	}

	return c.guard.of.Name
}

// compileProtection checks how a component is to be protected.
func (p *plan) compileProtection(c *component) {
	if c.Protect == nil {
		return
	}

	at := c.path.Child("protect")

	if c.tier() != topology.Data {
		p.faults = append(p.faults, field.Forbidden(at, "only a Data component has it"))
	} else if c.Zones != nil {
		p.faults = append(p.faults, field.Forbidden(at, "data that is spread over zones is not restored from a snapshot"))
	}

	if c.Protect.KeepDays == 0 {
		c.Protect.KeepDays = defaultKeepDays
	}

	if from := c.Protect.KMSKeyFrom; from != "" {
		switch key := p.byName[from]; {
		case c.Protect.KMSKeyARN != "":
			p.faults = append(p.faults, field.Forbidden(at.Child("kmsKeyFrom"), "kmsKeyArn is set, too: the vault has one key"))
		case key == nil:
			p.faults = append(p.faults, field.NotFound(at.Child("kmsKeyFrom"), from))
		case key.tier() != topology.Protection:
			p.faults = append(p.faults, field.Invalid(at.Child("kmsKeyFrom"), from, "is of tier "+string(key.Tier)+": only what is of tier Protection is in every region, whatever the strategy"))
		}
	}

	compiled, faults := render.CompileOverlay(map[string]any{"iamRoleArn": c.Protect.IAMRoleARN, "kmsKeyArn": c.Protect.KMSKeyARN}, at)
	c.protect = compiled
	p.faults = append(p.faults, faults...)

	if len(compiled.Serving()) > 0 || compiled.NeedsZone() {
		p.faults = append(p.faults, field.Invalid(at, field.OmitValueType{}, "reads a serving copy or a zone: a vault is there before any of these"))
	}
}

// protected counts the components that are to be protected.
func (p *plan) protected() int {
	n := 0

	for i := range p.Components {
		if p.Components[i].Protect != nil {
			n++
		}
	}

	return n
}

// addGuards adds the components that protect one, each after what it needs.
// There must be room for them: others point to the components.
func (p *plan) addGuards(c *component) {
	if c.Protect == nil || c.tier() != topology.Data || c.Zones != nil {
		return
	}

	before := []string{}
	if c.Protect.KMSKeyFrom != "" && p.byName[c.Protect.KMSKeyFrom] != nil {
		before = append(before, c.Protect.KMSKeyFrom)
	}

	for _, part := range protection.Parts() {
		name := part.NameOf(c.Name)
		if p.byName[name] != nil {
			p.faults = append(p.faults, field.Invalid(p.byName[name].path.Child("name"), name, "is what the "+string(part)+" is called that protects "+c.Name))

			continue
		}

		p.components = append(p.components, component{
			Component: fnv1alpha1.Component{Name: name, Tier: fnv1alpha1.Protection},
			path:      c.path.Child("protect"), guard: &guard{of: c, part: part},
		})
		p.byName[name] = &p.components[len(p.components)-1]

		if part == protection.Selection {
			before = append(before, c.Name)
		}

		p.after[name] = before
		before = []string{name}
	}
}
