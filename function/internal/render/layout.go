package render

import (
	"cmp"
	"strings"
	"sync"
	"time"

	"github.com/crossdr/crossdr/function/internal/catalog"
)

// Paths say where a kind that the catalog does not know keeps what the
// function writes. All of them start at the root of the object.
type Paths struct {
	Region         string
	ObservedRegion string
	ZoneName       string
	ZoneID         string
	Identity       string
	Immutable      []string
}

// A layout says where a kind keeps what the function writes or preserves.
// Managed kinds have management policies. Kinds in a provider's group have them
// if they have a forProvider, too: a ProviderConfig, a Usage or somebody's XR
// in such a group does not, and would refuse the field.
// Arguments are names below forProvider and initProvider that can't change once
// the resource exists, and true if a template that asks for another value is
// told; nested are such names within blocks, and immutable are
// such paths from the root.
type layout struct {
	managed          bool
	provider         bool
	namespaced       bool
	region           path
	observedRegion   path
	zoneName         path
	zoneID           path
	observedZoneName path
	observedZoneID   path
	identity         path
	tags             path
	nameLimit        int
	arguments        map[string]bool
	nested           []nestedArgument
	blocks           map[string]bool
	immutable        []path
	passwords        []password
	references       map[string]catalog.Reference
	restore          *catalog.Restore
	replicate        *catalog.Replicate
	source           catalog.Source
	shared           bool
	readyIn          time.Duration
}

// A nestedArgument is an argument within a block. Tell is as for arguments.
type nestedArgument struct {
	path

	tell bool
}

// suffixes of the names of an argument and of what refers to its value.
var suffixes = []string{"", "Ref", "Refs", "Selector"} //nolint:gochecknoglobals // A table.

// A password is a Secret that the provider generates when it is told to.
type password struct{ secret, generate path }

// kubernetesNameLimit is how long a name may be to fit into a label, too.
const kubernetesNameLimit = 63

// objectLimit is how long metadata.name may be: where no argument names the
// resource, it is the name on AWS, too.
func (l *layout) objectLimit() int {
	if len(l.identity) > 0 {
		return kubernetesNameLimit
	}

	return min(kubernetesNameLimit, l.nameLimit)
}

func layoutOf(group, kind string, p *Paths) *layout {
	l := &layout{nameLimit: kubernetesNameLimit, namespaced: strings.Contains(group, ".m.")}

	if k, ok := catalog.Lookup(group, kind); ok {
		l.fromCatalog(&k)
	}

	if p != nil {
		l.fromPlan(p)
	}

	// Every provider that speaks Crossplane's resource model has the domain of
	// Crossplane or Upbound in its group; crossdr's own does, too.
	l.provider = strings.HasSuffix(group, ".upbound.io") ||
		strings.HasSuffix(group, ".crossplane.io") || strings.HasSuffix(group, ".crossdr.io")

	return l
}

func (l *layout) fromCatalog(k *catalog.Kind) {
	l.managed = true
	l.region, l.observedRegion = pathOf(k.Region), pathOf(k.ObservedRegion)
	l.zoneName, l.zoneID = pathOf(k.ZoneName), pathOf(k.ZoneID)
	l.observedZoneName, l.observedZoneID = pathOf(k.ObservedZoneName), pathOf(k.ObservedZoneID)
	l.identity, l.tags = pathOf(k.Identity), pathOf(k.Tags)
	l.nameLimit = cmp.Or(k.NameLimit, l.nameLimit)
	l.references = k.References
	l.restore, l.replicate, l.source, l.shared, l.readyIn = k.Restore, k.Replicate, k.Source, k.Shared, k.ReadyIn

	for _, p := range k.Passwords {
		l.passwords = append(l.passwords, password{secret: pathOf(p.SecretRef), generate: pathOf(p.AutoGenerate)})
	}

	l.arguments = make(map[string]bool, 4*len(k.Immutable))
	l.blocks = map[string]bool{}

	for _, argument := range k.Immutable {
		block, _, nested := strings.Cut(argument, ".")
		if nested {
			l.blocks[block] = true
		}

		for _, suffix := range suffixes {
			if nested {
				l.nested = append(l.nested, nestedArgument{path: pathOf(argument + suffix), tell: suffix == ""})
			} else {
				l.arguments[argument+suffix] = suffix == ""
			}
		}
	}

	for _, at := range []path{l.region, l.zoneName, l.zoneID, l.identity} {
		if len(at) > 0 {
			l.arguments[at[len(at)-1]] = false
		}
	}
}

func (l *layout) fromPlan(p *Paths) {
	for dotted, at := range map[string]*path{
		p.Region: &l.region, p.ObservedRegion: &l.observedRegion,
		p.ZoneName: &l.zoneName, p.ZoneID: &l.zoneID, p.Identity: &l.identity,
	} {
		if dotted != "" {
			*at = pathOf(dotted)
		}
	}

	for _, dotted := range append([]string{p.Region, p.ZoneName, p.ZoneID, p.Identity}, p.Immutable...) {
		if dotted != "" {
			l.immutable = append(l.immutable, pathOf(dotted))
		}
	}
}

// layouts keeps what the catalog says about each kind that was seen.
var layouts sync.Map //nolint:gochecknoglobals // A cache of a pure function.

func cachedLayout(group, kind string, p *Paths) *layout {
	if p != nil {
		return layoutOf(group, kind, p)
	}

	key := group + "/" + kind
	if l, ok := layouts.Load(key); ok {
		return l.(*layout) //nolint:forcetypeassert // Only this function stores.
	}

	l, _ := layouts.LoadOrStore(key, layoutOf(group, kind, nil))

	return l.(*layout) //nolint:forcetypeassert // Only this function stores.
}

// A Placement says where an observed resource is, or is meant to be.
type Placement struct {
	// Managed is true for a Crossplane managed resource.
	Managed bool

	// Region that its spec states.
	Region string

	// ObservedRegion is where the provider found it, or "".
	ObservedRegion string

	// ZoneID and ZoneName that its spec states or the provider found.
	ZoneID, ZoneName string
}

// PlacementOf reads where an observed resource is.
func PlacementOf(o Object, group, kind string, p *Paths) Placement {
	l := cachedLayout(group, kind, p)
	text := func(paths ...path) string {
		for _, at := range paths {
			if len(at) == 0 {
				continue
			}

			if v, ok := o.Get(at...); ok {
				if s, _ := v.(string); s != "" {
					return s
				}
			}
		}

		return ""
	}

	managed := l.managed
	if !managed && l.provider {
		_, managed = o.Get(spec, "forProvider")
	}

	return Placement{
		Managed:        managed,
		Region:         text(l.region),
		ObservedRegion: text(l.observedRegion),
		ZoneID:         text(l.observedZoneID, l.zoneID),
		ZoneName:       text(l.observedZoneName, l.zoneName),
	}
}
