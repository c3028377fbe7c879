package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
	"github.com/crossdr/crossdr/internal/region"
)

func (p *plan) compileComponent(c *component) {
	for i, name := range c.After {
		if p.byName[name] == nil {
			p.faults = append(p.faults, field.NotFound(c.path.Child("after").Index(i), name))
		}
	}

	p.compileZones(c)

	if c.tier() == topology.Data && c.Regions == fnv1alpha1.Home {
		p.faults = append(p.faults, field.Invalid(c.path.Child("regions"), c.Regions, "data must be able to move; what exists once is of tier Global"))
	}

	if c.Standby != nil {
		var faults field.ErrorList

		c.scale, faults = decodeScale(c.Standby.Scale, c.path.Child("standby", "scale"))
		p.faults = append(p.faults, faults...)
	}

	p.compileVariations(c)
	p.compileFacts(c)
	p.compileProtection(c)
	p.compileWorkload(c)
	p.compilePaths(c)
	p.compileTemplate(c)
}

func (p *plan) compileZones(c *component) {
	if c.Zones == nil {
		return
	}

	c.Zones.Min = max(c.Zones.Min, 1)
	p.faults = append(p.faults, c.checkZones()...)

	for _, id := range slices.Sorted(maps.Keys(c.Zones.Adopt)) {
		key := c.Zones.Adopt[id]
		if a, ok := p.adopted[key]; ok && a.component != c.Name {
			p.faults = append(p.faults, field.Invalid(c.path.Child("zones", "adopt").Key(id), key, "is adopted by component "+a.component+", too"))
		}

		p.adopted[key] = adoption{component: c.Name, zone: id}
	}
}

func (p *plan) compileTemplate(c *component) {
	if c.Template == nil {
		return
	}

	at := c.path.Child("template")

	var body map[string]any
	if err := json.Unmarshal(c.Template.Raw, &body); err != nil {
		p.faults = append(p.faults, field.Invalid(at, field.OmitValueType{}, err.Error()))

		return
	}

	integers(body)

	t, faults := render.Compile(body, c.paths, at)
	t.LayReplica(c.replica, c.paths)
	c.template = t
	p.faults = append(p.faults, faults...)
	p.faults = append(p.faults, p.checkTemplate(c, t, at)...)
	p.faults = append(p.faults, checkVariations(c, t)...)
}

// checkVariations reports copies that can't differ as the plan says. What a
// standby copy has different the template must state, too: a copy that comes to
// serve would not get it back, because a field that is no longer applied keeps
// its value on AWS.
func checkVariations(c *component, t *render.Template) field.ErrorList {
	var faults field.ErrorList

	shared := t.Shared() && c.tier() == topology.Data

	if shared && c.Fence != nil {
		faults = append(faults, field.Forbidden(c.path.Child("fence"), "its copies are one store: what shuts one shuts what serves"))
	}

	if shared && c.Standby != nil {
		faults = append(faults, field.Forbidden(c.path.Child("standby"), "its copies are one store, with one capacity"))
	}

	for _, path := range slices.Sorted(maps.Keys(c.scale)) {
		if !t.States(strings.Split(path, ".")...) {
			faults = append(faults, field.Invalid(c.path.Child("standby", "scale").Key(path), path, "the template must state it, too, so that a copy that comes to serve gets it back"))
		}
	}

	return faults
}

// compileWorkload compiles what only some kinds need: when they are ready, and
// that workloads come after everything else unless the plan says after what.
func (p *plan) compileWorkload(c *component) {
	if c.tier() == topology.Workload && len(c.After) == 0 {
		for i := range p.components {
			if p.components[i].tier() != topology.Workload {
				p.after[c.Name] = append(p.after[c.Name], p.components[i].Name)
			}
		}
	}

	if c.ReadyWhen == "" {
		return
	}

	compiled, err := expression.CompileCondition(c.ReadyWhen)
	if err != nil {
		p.faults = append(p.faults, field.Invalid(c.path.Child("readyWhen"), c.ReadyWhen, err.Error()))
	}

	c.readyWhen = compiled
}

// compilePaths checks that the plan's paths lead into the spec, where the
// function may write, or into the status, where it reads.
func (p *plan) compilePaths(c *component) {
	if c.Paths == nil {
		return
	}

	c.paths = &render.Paths{
		Region: c.Paths.Region, ObservedRegion: c.Paths.ObservedRegion, ZoneName: c.Paths.ZoneName,
		ZoneID: c.Paths.ZoneID, Identity: c.Paths.Identity, Immutable: c.Paths.Immutable,
	}

	at := c.path.Child("paths")
	named := map[string]string{"region": c.Paths.Region, "zoneName": c.Paths.ZoneName, "zoneId": c.Paths.ZoneID, "identity": c.Paths.Identity}

	for i, path := range c.Paths.Immutable {
		named[fmt.Sprintf("immutable[%d]", i)] = path
	}

	for _, name := range slices.Sorted(maps.Keys(named)) {
		if path := named[name]; path != "" && (!strings.HasPrefix(path, "spec.") || strings.ContainsAny(path, "[]")) {
			p.faults = append(p.faults, field.Invalid(at.Child(name), path, "want a path of field names that starts with spec"))
		}
	}

	if path := c.Paths.ObservedRegion; path != "" && !strings.HasPrefix(path, "status.") {
		p.faults = append(p.faults, field.Invalid(at.Child("observedRegion"), path, "want a path of field names that starts with status"))
	}
}

// compileVariations compiles how restored copies, replicas and fenced copies
// differ.
func (p *plan) compileVariations(c *component) {
	for _, v := range []struct {
		name string
		from *fnv1alpha1.Variation
		into **render.Overlay
	}{{"restore", c.Restore, &c.restore}, {"replicate", c.Replicate, &c.replicate}, {"fence", c.Fence, &c.fence}} {
		if v.from == nil {
			continue
		}

		at := c.path.Child(v.name)
		if c.tier() != topology.Data {
			p.faults = append(p.faults, field.Forbidden(at, "only a Data component has it"))
		}

		if v.from.Overlay == nil {
			continue
		}

		var body map[string]any
		if err := json.Unmarshal(v.from.Overlay.Raw, &body); err != nil {
			p.faults = append(p.faults, field.Invalid(at.Child("overlay"), field.OmitValueType{}, err.Error()))

			continue
		}

		if v.into == &c.replicate {
			c.replica = body
		}

		overlay, faults := render.CompileOverlay(body, at.Child("overlay"))
		*v.into = overlay
		p.faults = append(p.faults, faults...)
		p.faults = append(p.faults, p.checkReads(c, overlay, at.Child("overlay"))...)
	}
}

// checkTemplate checks what a template reads against the plan.
func (p *plan) checkTemplate(c *component, t *render.Template, at *field.Path) field.ErrorList {
	faults := p.checkReads(c, t, at)

	// An earlier step may repeat what is observed.
	if at != nil {
		for _, stated := range t.Reserved() {
			faults = append(faults, field.Forbidden(at.Child(stated), "the function writes what begins with crossdr.io/, and decides by it"))
		}
	}

	if t.Shared() && c.tier() == topology.Data {
		faults = append(faults, checkReplicas(t, at)...)
	}

	return faults
}

// A reader is something with expressions: a template or an overlay.
type reader interface {
	Serving() []string
	NeedsZone() bool
}

// checkReads checks that there is what expressions read.
func (p *plan) checkReads(c *component, t reader, at *field.Path) field.ErrorList {
	var faults field.ErrorList

	for _, name := range t.Serving() {
		if p.byName[name] == nil {
			faults = append(faults, field.Invalid(at, field.OmitValueType{}, fmt.Sprintf("reads serving.%s, want serving and the name of a component: one of %s",
				name, strings.Join(slices.Sorted(maps.Keys(p.byName)), ", "))))
		}
	}

	if t.NeedsZone() && c.Zones == nil {
		faults = append(faults, field.Invalid(at, field.OmitValueType{}, "reads the zone, which only a component with zones has"))
	}

	return faults
}

// checkReplicas reports replicas that the template of a store states itself.
func checkReplicas(t *render.Template, at *field.Path) field.ErrorList {
	var faults field.ErrorList

	for _, block := range []string{"forProvider", "initProvider"} {
		if t.States("spec", block, "replica") {
			faults = append(faults, field.Forbidden(at.Child("spec", block, "replica"), "the standby in another region is a resource of its own"))
		}
	}

	return faults
}

func (c *component) checkZones() field.ErrorList {
	var faults field.ErrorList

	at := c.path.Child("zones")
	if c.Tier == fnv1alpha1.Global {
		faults = append(faults, field.Forbidden(at, "a Global component exists once"))
	}

	if c.Zones.Max > 0 && c.Zones.Max < c.Zones.Min {
		faults = append(faults, field.Invalid(at.Child("max"), c.Zones.Max, fmt.Sprintf("is less than min, which is %d", c.Zones.Min)))
	}

	keys := map[string]bool{}

	for _, id := range slices.Sorted(maps.Keys(c.Zones.Adopt)) {
		key := c.Zones.Adopt[id]

		if _, ok := region.ZoneIndex(id); !ok {
			faults = append(faults, field.Invalid(at.Child("adopt").Key(id), id, "is no zone id, such as use1-az1"))
		}

		if key == "" || keys[key] {
			faults = append(faults, field.Invalid(at.Child("adopt").Key(id), key, "want the key of one composed resource, and of each only once"))
		}

		keys[key] = true
	}

	return faults
}

func decodeScale(scale map[string]apiextensionsv1.JSON, at *field.Path) (map[string]any, field.ErrorList) {
	var faults field.ErrorList

	out := make(map[string]any, len(scale))

	for _, path := range slices.Sorted(maps.Keys(scale)) {
		if !strings.HasPrefix(path, "spec.") || strings.ContainsAny(path, "[]") {
			faults = append(faults, field.Invalid(at.Key(path), path, "want a path of field names that starts with spec"))

			continue
		}

		var v any
		if err := json.Unmarshal(scale[path].Raw, &v); err != nil {
			faults = append(faults, field.Invalid(at.Key(path), field.OmitValueType{}, err.Error()))

			continue
		}

		out[path] = integers(v)
	}

	return out, faults
}
