package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
	"github.com/crossdr/crossdr/internal/region"
)

// An observedCopy is an observed composed resource that is ours.
type observedCopy struct {
	topology.Observed

	object    *object
	placement render.Placement

	// keyed is the component that the key is one of, if the label names
	// another.
	keyed string
}

// externalName returns its name in the outside world.
func (c *observedCopy) externalName() string {
	return c.object.Text("metadata", "annotations", render.AnnotationExternalName)
}

// groupKind returns its kind and group, as in VPC.ec2.aws.m.upbound.io.
func (c *observedCopy) groupKind() string {
	group, _, ok := strings.Cut(c.object.Text("apiVersion"), "/")
	if !ok {
		group = ""
	}

	return c.object.Text("kind") + "." + group
}

// groupKindIs returns whether it is of a service of AWS and of a kind.
func (c *observedCopy) groupKindIs(service, kind string) bool {
	group := c.object.Text("apiVersion")

	return c.object.Text("kind") == kind && strings.HasPrefix(group, service+".aws.")
}

// observe finds our copies among the observed composed resources: those with
// our label, and those under a component's key, which an earlier step may have
// made before the plan knew of it. The result is sorted by key.
func observe(resources map[string]*fnv1.Resource, p *plan, regions []string) []observedCopy {
	out := make([]observedCopy, 0, len(resources))

	for _, key := range slices.Sorted(maps.Keys(resources)) {
		message := resources[key].GetResource()
		if message == nil {
			continue
		}

		o := &object{message: message}
		if c, ok := ours(key, o, p, regions); ok {
			out = append(out, c)
		}
	}

	return out
}

// checkLabels reports copies that are of one component by their label and of
// another by their key: either guess could write to the wrong resource.
func checkLabels(observed []observedCopy, f *faults) {
	for i := range observed {
		if c := &observed[i]; c.keyed != "" {
			f.addf("composed resource %s metadata.labels[%s]: is %s, but the key is one of component %s: give that component another name, or mend the label",
				c.Key, render.LabelComponent, c.Component, c.keyed)
		}
	}
}

func ours(key string, o *object, p *plan, regions []string) (observedCopy, bool) {
	named, isNamed := nameOf(key, p, regions)

	all := o.find([]string{"metadata", "labels"}).GetStructValue().GetFields()
	labels := func(name string) string { return all[name].GetStringValue() }

	label := labels(render.LabelComponent)
	if label == "" && !isNamed {
		return observedCopy{}, false
	}

	c := observedCopy{object: o, Observed: named}
	c.Key = key

	// A key that the plan adopts may have been a component of its own before.
	if _, adopted := p.adopted[key]; label != "" && label != named.Component && !adopted {
		c.Observed = topology.Observed{Key: key, Component: label, Epoch: 1}
		c.keyed = named.Component
	}

	c.Role = topology.Role(labels(render.LabelRole))
	c.Target = labels(render.LabelFailoverTarget)
	c.DecidedEpoch, _ = strconv.ParseInt(labels(render.LabelDecidedEpoch), 10, 64)

	c.ServesSince, _ = strconv.ParseInt(labels(render.LabelServesSince), 10, 64)
	c.ReplicaOf = o.Text("metadata", "annotations", render.AnnotationReplicaOf)
	c.RestoredFrom = o.Text("metadata", "annotations", render.AnnotationRestoredFrom)

	// A replica that lost its labels is still a replica: it served only if it
	// was promoted, and then it is found to be the newest one again.
	if c.Role == "" && c.ReplicaOf != "" {
		c.Role = topology.Standby
	}

	if n, err := strconv.ParseInt(labels(render.LabelEpoch), 10, 64); err == nil && n > 0 {
		c.Epoch = n
	}

	c.place(p, labels)
	c.Kind = c.groupKind()
	kind, group, _ := strings.Cut(c.Kind, ".")
	c.Store, c.Members = render.StoreOf(o, group, kind)
	c.Created = render.Created(o)
	c.Failed, c.Refused = failedToCreate(o), refused(o)
	c.ExternalName = o.Text("metadata", "annotations", render.AnnotationExternalName)
	c.Gone = gone(o)
	c.Healthy = isReady(&c, c.Region, nil)

	return c, true
}

// place finds out where the copy is. What its spec says counts more than a
// label, which anybody can edit.
func (c *observedCopy) place(p *plan, labels func(string) string) {
	group, _, _ := strings.Cut(c.object.Text("apiVersion"), "/")

	var paths *render.Paths
	if known := p.byName[c.Component]; known != nil {
		paths = known.paths
	}

	c.placement = render.PlacementOf(c.object, group, c.object.Text("kind"), paths)

	for _, r := range []string{c.placement.Region, labels(render.LabelRegion)} {
		if r != "" {
			c.Region = r

			break
		}
	}

	known := p.byName[c.Component]
	if known == nil || known.Zones == nil {
		c.Zone = labels(render.LabelZone)

		return
	}

	for _, z := range []string{c.placement.ZoneID, labels(render.LabelZone), c.Zone} {
		if z != "" {
			c.Zone = z

			return
		}
	}
}

// nameOf reads a key as that of a component's copy.
func nameOf(key string, p *plan, regions []string) (topology.Observed, bool) {
	if a, ok := p.adopted[key]; ok {
		return topology.Observed{Key: key, Component: a.component, Region: regions[0], Zone: a.zone, Epoch: 1}, true
	}

	if p.byName[key] != nil {
		return topology.Observed{Key: key, Component: key, Region: regions[0], Epoch: 1}, true
	}

	// A workload that runs once has the epoch for its place.
	if i := strings.LastIndexByte(key, '-'); i > 0 && workloadEpoch.MatchString(key[i+1:]) {
		if c := p.byName[key[:i]]; c != nil && c.tier() == topology.Workload {
			epoch, err := strconv.ParseInt(key[i+2:], 10, 64)

			return topology.Observed{Key: key, Component: c.Name, Epoch: epoch}, err == nil
		}
	}

	// A component's name may hold dashes: the longest that fits is meant.
	for end := strings.LastIndexByte(key, '-'); end > 0; end = strings.LastIndexByte(key[:end], '-') {
		if p.byName[key[:end]] == nil {
			continue
		}

		if o, ok := topology.Parse(key, key[:end], regions, region.OfZone); ok {
			return o, true
		}
	}

	return topology.Observed{}, false
}
