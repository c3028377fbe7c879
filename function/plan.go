package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/types/known/structpb"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/lru"

	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/schema"
	"github.com/crossdr/crossdr/function/internal/sequence"
	"github.com/crossdr/crossdr/function/internal/topology"
	"github.com/crossdr/crossdr/internal/region"
	"github.com/crossdr/crossdr/package/function/input"
)

// Defaults of a RecoveryPlan, as its CRD documents them. Nothing applies a
// CRD's defaults to a function's input.
const (
	defaultSpecFrom = "spec.recovery"
	defaultStatusTo = "status.recovery"
)

// A plan is a RecoveryPlan, checked and compiled.
type plan struct {
	fnv1alpha1.RecoveryPlan

	components []component
	byName     map[string]*component
	after      map[string][]string
	adopted    map[string]adoption
	faults     field.ErrorList
}

// An adoption is a zone that a key made before the plan occupies.
type adoption struct{ component, zone string }

// A component of a plan, compiled.
type component struct {
	fnv1alpha1.Component

	// template is nil when an earlier step of the pipeline has it.
	template  *render.Template
	restore   *render.Overlay
	replicate *render.Overlay
	fence     *render.Overlay
	readyWhen *expression.Condition
	paths     *render.Paths
	scale     map[string]any
	path      *field.Path
}

func (c *component) tier() topology.Tier { return topology.Tier(c.Tier) }

//nolint:gochecknoglobals // It is parsed once and never written.
var planSchema = sync.OnceValues(func() (*schema.Schema, error) {
	return schema.Parse(input.RecoveryPlan, "spec", "versions", 0, "schema", "openAPIV3Schema")
})

// plans keeps compiled plans by their input. A Composition's step sends the
// same input with every request of every XR.
type plans struct {
	cache *lru.Cache
	seed  maphash.Seed
}

// A cachedPlan is a plan and the input it was compiled from.
type cachedPlan struct {
	input *structpb.Struct
	plan  *plan
}

func newPlans() *plans { return &plans{cache: lru.New(128), seed: maphash.MakeSeed()} }

func (p *plans) get(in *structpb.Struct) (*plan, error) {
	key := fingerprint(p.seed, in)

	if v, ok := p.cache.Get(key); ok {
		// Two inputs may have one fingerprint, however unlikely.
		if c := v.(*cachedPlan); same(c.input, in) { //nolint:forcetypeassert // Only this function adds.
			return c.plan, nil
		}
	}

	compiled, err := compilePlan(in)
	if err != nil {
		return nil, err
	}

	p.cache.Add(key, &cachedPlan{input: in, plan: compiled})

	return compiled, nil
}

// compilePlan checks and compiles a plan. The faults of the plan are in the
// result; an error means that it can't even be read.
func compilePlan(in *structpb.Struct) (*plan, error) {
	s, err := planSchema()
	if err != nil {
		return nil, err
	}

	p := &plan{byName: map[string]*component{}, after: map[string][]string{}, adopted: map[string]adoption{}}
	value := integers(in.AsMap())

	p.faults = s.Validate(value, nil)
	if m, _ := value.(map[string]any); m["kind"] != "RecoveryPlan" || m["apiVersion"] != "fn.crossdr.io/v1alpha1" {
		p.faults = append(p.faults, field.Invalid(field.NewPath("kind"), m["kind"], "want a RecoveryPlan of fn.crossdr.io/v1alpha1"))

		return p, nil
	}

	b, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("cannot read input: %w", err)
	}

	if err := json.Unmarshal(b, &p.RecoveryPlan); err != nil {
		if len(p.faults) == 0 {
			p.faults = append(p.faults, field.Invalid(nil, field.OmitValueType{}, err.Error()))
		}

		p.SpecFrom = ""

		return p, nil
	}

	p.SpecFrom = cmp.Or(p.SpecFrom, defaultSpecFrom)
	p.StatusTo = cmp.Or(p.StatusTo, defaultStatusTo)

	if p.isFaulty("specFrom") {
		p.SpecFrom = ""
	}

	// Too many components would take too long.
	if !p.isFaulty("components") {
		p.compile()
	}

	return p, nil
}

func (p *plan) isFaulty(at string) bool {
	return slices.ContainsFunc(p.faults, func(e *field.Error) bool { return e.Field == at })
}

func (p *plan) compile() {
	if len(p.Components) == 0 {
		p.faults = append(p.faults, field.Required(field.NewPath("components"), "a plan needs at least one"))
	}

	p.components = make([]component, len(p.Components))

	for i := range p.Components {
		c := &p.components[i]
		c.Component = p.Components[i]
		c.path = field.NewPath("components").Index(i)

		if p.byName[c.Name] != nil {
			p.faults = append(p.faults, field.Duplicate(c.path.Child("name"), c.Name))

			continue
		}

		p.byName[c.Name] = c
		p.after[c.Name] = c.After
	}

	for i := range p.components {
		p.compileComponent(&p.components[i])
	}

	p.checkKeys()
	p.checkConnection()

	for _, cycle := range sequence.Cycles(p.after) {
		p.faults = append(p.faults, field.Invalid(field.NewPath("components"), field.OmitValueType{}, "components wait for each other: "+cycle))
	}
}

func (p *plan) compileComponent(c *component) {
	for i, name := range c.After {
		if p.byName[name] == nil {
			p.faults = append(p.faults, field.NotFound(c.path.Child("after").Index(i), name))
		}
	}

	if c.Zones != nil {
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

	if c.tier() == topology.Data && c.Regions == fnv1alpha1.Home {
		p.faults = append(p.faults, field.Invalid(c.path.Child("regions"), c.Regions, "data must be able to move; what exists once is of tier Global"))
	}

	if c.Paths != nil {
		c.paths = &render.Paths{
			Region: c.Paths.Region, ObservedRegion: c.Paths.ObservedRegion, ZoneName: c.Paths.ZoneName,
			ZoneID: c.Paths.ZoneID, Identity: c.Paths.Identity, Immutable: c.Paths.Immutable,
		}
	}

	if c.Standby != nil {
		var faults field.ErrorList

		c.scale, faults = decodeScale(c.Standby.Scale, c.path.Child("standby", "scale"))
		p.faults = append(p.faults, faults...)
	}

	p.compileVariations(c)
	p.compileWorkload(c)
	p.checkPaths(c)

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
	c.template = t
	p.faults = append(p.faults, faults...)
	p.faults = append(p.faults, p.checkTemplate(c, t, at)...)
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

// checkPaths checks that the plan's paths lead into the spec, where the
// function may write, or into the status, where it reads.
func (p *plan) checkPaths(c *component) {
	if c.Paths == nil {
		return
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

		overlay, faults := render.CompileOverlay(body, at.Child("overlay"))
		*v.into = overlay
		p.faults = append(p.faults, faults...)
	}
}

// checkTemplate checks what a template reads against the plan.
func (p *plan) checkTemplate(c *component, t *render.Template, at *field.Path) field.ErrorList {
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

// checkKeys reports components whose copies could have the same key.
func (p *plan) checkKeys() {
	for i := range p.components {
		for j := range p.components {
			a, b := &p.components[i], &p.components[j]
			if i == j || a.Name == b.Name {
				continue
			}

			if place, ok := strings.CutPrefix(b.Name, a.Name+"-"); ok && topology.IsPlace(place, region.WellFormed, isZone) {
				p.faults = append(p.faults, field.Invalid(b.path.Child("name"), b.Name, "could be the key of a copy of component "+a.Name))
			}
		}
	}

	for _, key := range slices.Sorted(maps.Keys(p.adopted)) {
		a := p.adopted[key]
		at := p.byName[a.component].path.Child("zones", "adopt").Key(a.zone)

		if p.byName[key] != nil {
			p.faults = append(p.faults, field.Invalid(at, key, "is a component of its own"))
		}
	}
}

// checkConnection checks whose connection details reach the user.
func (p *plan) checkConnection() {
	if p.Connection == nil {
		return
	}

	if p.byName[p.Connection.From] == nil {
		p.faults = append(p.faults, field.NotFound(field.NewPath("connection", "from"), p.Connection.From))
	}

	if c := p.byName[connectionKey]; c != nil {
		p.faults = append(p.faults, field.Forbidden(c.path.Child("name"), "is the key of the connection Secret"))
	}
}

func isZone(id string) bool {
	_, ok := region.ZoneIndex(id)

	return ok
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
