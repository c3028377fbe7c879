package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/lru"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/expression"
	"github.com/crossdr/crossdr/function/internal/objective"
	"github.com/crossdr/crossdr/function/internal/protection"
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
	replica   map[string]any
	fence     *render.Overlay
	readyWhen *expression.Condition
	paths     *render.Paths
	scale     map[string]any
	facts     objective.Facts
	path      *field.Path

	// protect holds what is to be known of each region to protect the component.
	protect *render.Overlay

	// guard is nil for the components that the plan lists.
	guard *guard
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

	p.components = make([]component, len(p.Components), len(p.Components)+len(protection.Parts())*p.protected())

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

	for i := range p.Components {
		p.addGuards(&p.components[i])
	}

	p.checkKeys()
	p.checkConnection()

	for _, cycle := range sequence.Cycles(p.after) {
		p.faults = append(p.faults, field.Invalid(field.NewPath("components"), field.OmitValueType{}, "components wait for each other: "+cycle))
	}
}

// workloadEpoch is how the key of a workload that runs once ends.
var workloadEpoch = regexp.MustCompile(`^e[1-9][0-9]*$`)

// selectionKey is how the key of a SnapshotSelection goes on after the name of
// its component.
var selectionKey = regexp.MustCompile(`^(snapshots|replica)(-|$)`)

// keyOf returns what of the component a name could be the key of, or "".
func (c *component) keyOf(name string) string {
	end, ok := strings.CutPrefix(name, c.Name+"-")

	switch {
	case !ok:
	case topology.IsPlace(end, region.WellFormed, isZone), c.tier() == topology.Workload && workloadEpoch.MatchString(end):
		return "copy"
	case c.tier() == topology.Data && selectionKey.MatchString(end):
		return awsv1alpha1.SnapshotSelectionKind
	}

	return ""
}

// checkKeys reports components whose copies could have the same key.
func (p *plan) checkKeys() {
	for i := range p.components {
		for j := range p.components {
			a, b := &p.components[i], &p.components[j]
			if i == j || a.Name == b.Name {
				continue
			}

			if of := a.keyOf(b.Name); of != "" {
				p.faults = append(p.faults, field.Invalid(b.path.Child("name"), b.Name, "could be the key of a "+of+" of component "+a.Name))
			}
		}
	}

	for _, key := range slices.Sorted(maps.Keys(p.adopted)) {
		p.checkAdoptedKey(key, p.adopted[key])
	}
}

// checkAdoptedKey reports a key that a zone adopts and that is another's.
func (p *plan) checkAdoptedKey(key string, a adoption) {
	at := p.byName[a.component].path.Child("zones", "adopt").Key(a.zone)

	if p.byName[key] != nil {
		p.faults = append(p.faults, field.Invalid(at, key, "is a component of its own"))
	}

	for i := range p.components {
		c := &p.components[i]
		if of := c.keyOf(key); of != "" && key != a.component+"-"+a.zone {
			p.faults = append(p.faults, field.Invalid(at, key, "could be the key of another "+of+" of component "+c.Name))
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
