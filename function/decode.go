package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
	"github.com/crossdr/crossdr/function/internal/objective"
	"github.com/crossdr/crossdr/function/internal/render"
	"github.com/crossdr/crossdr/function/internal/topology"
)

// A request is everything that a response is decided from.
type request struct {
	plan *plan
	xr   *object
	spec recoveryv1alpha1.Spec

	// name of the XR, as a person would say it, for messages.
	name string

	// namespace of the XR or its claim. Empty for a cluster-scoped XR without
	// one.
	namespace     string
	clusterScoped bool
	claimed       bool
	owner         render.Owner

	target   *awsv1alpha1.FailoverTarget
	decision topology.Decision
	regions  []string
	strategy objective.Plan
	facts    map[string]*regionFacts
	observed []observedCopy

	// parts are the components as far as objectives are concerned.
	parts []objective.Component

	// selections are the observed SnapshotSelections that we composed.
	selections []observedSelection

	// remembered is what the status of the XR remembers.
	remembered topology.Memory

	// untold is true when everything serves, and the XR is yet to say since when.
	untold bool

	// installed are the Workload components whose kind exists.
	installed map[string]bool

	// templates by component, and of copies that have a template of their own
	// by key.
	templates map[string]*render.Template

	// taken are the keys of desired resources of earlier steps that are
	// templates, and so not themselves desired.
	taken map[string]bool
}

// decodeXR reads who the XR is.
func (r *request) decodeXR(message *structpb.Struct) {
	r.xr = &object{message: message}
	namespace := r.xr.Text("metadata", "namespace")
	group, _, _ := strings.Cut(r.xr.Text("apiVersion"), "/")

	r.clusterScoped = namespace == ""
	r.owner = render.Owner{Group: group, Kind: r.xr.Text("kind"), Namespace: namespace, Name: r.xr.Text("metadata", "name")}
	r.name = r.owner.Kind + " " + r.owner.Name

	// A claim's XR has a random name; what is rebuilt from Git is the claim.
	if claim := r.xr.Text("spec", "claimRef", "name"); claim != "" {
		group, _, _ = strings.Cut(r.xr.Text("spec", "claimRef", "apiVersion"), "/")
		namespace = r.xr.Text("spec", "claimRef", "namespace")
		r.owner = render.Owner{Group: group, Kind: r.xr.Text("spec", "claimRef", "kind"), Namespace: namespace, Name: claim}
		r.claimed = true
	}

	r.namespace = namespace
}

// decodeDecision reads the decision to follow and everything that depends on
// the list of regions.
func (r *request) decodeDecision(req *fnv1.RunFunctionRequest, name targetName, f *faults) {
	r.decision, r.regions = decide(&r.spec, r.plan.SpecFrom, name, r.target, f, r.name)
	if len(r.regions) == 0 {
		return
	}

	f.add(r.name, checkSpec(&r.spec, r.plan, r.regions))

	r.observed = observe(req.GetObserved().GetResources(), r.plan, r.regions)
	r.selections = observeSelections(req.GetObserved().GetResources())
	checkLabels(r.observed, f)

	// A target that could not be read could have known every region.
	if name.name == "" || r.target != nil {
		r.facts = gatherFacts(r.regions, r.target, r.observed, r.plan.SpecFrom, f, r.name)
	}

	checkAdopted(r.plan, r.regions, r.facts, r.observed, f)
	r.decodeTemplates(req.GetDesired().GetResources(), f)
	r.decodeStrategy(f)
	r.checkReferences(f)
	r.checkRoles(f)
	r.remembered = r.memory()
}

// decodeTemplates finds the template of each component: in the plan, or among
// the desired resources of earlier steps.
func (r *request) decodeTemplates(desired map[string]*fnv1.Resource, f *faults) {
	if r.plan.Connection != nil && !r.claimed && desired[connectionKey] != nil {
		f.addf("composed resource %s: is the key of the connection Secret; give the resource that an earlier step makes another one, or leave connection out of the plan", connectionKey)
	}

	r.templates = make(map[string]*render.Template, len(r.plan.components))
	r.taken = map[string]bool{}

	for i := range r.plan.components {
		c := &r.plan.components[i]
		earlier := desired[c.Name].GetResource()

		switch {
		case c.guard != nil:
			r.useGuard(c, earlier != nil, f)

			continue
		case c.template != nil && earlier != nil:
			f.add("RecoveryPlan", field.ErrorList{field.Forbidden(c.path.Child("template"), "an earlier step makes a resource of the name "+c.Name+" too: leave out one of them")})
		case c.template != nil:
			r.useTemplate(c.Name, c.template, "RecoveryPlan", f)
		case earlier != nil:
			r.taken[c.Name] = true
			r.useTemplate(c.Name, r.compileEarlier(c.Name, earlier, c, f), "composed resource "+c.Name, f)
		}

		r.decodeAdopted(c, desired, f)

		if r.templates[c.Name] == nil && c.Template == nil {
			f.add("RecoveryPlan", field.ErrorList{field.Required(c.path.Child("template"), "and no earlier step makes a resource of the name "+c.Name)})
		}
	}
}

// checkReferences reports templates that refer to a store whose copies in other
// regions are of another kind: there the reference would find nothing.
func (r *request) checkReferences(f *faults) {
	for i := range r.plan.components {
		for j := range r.plan.components {
			from, to := &r.plan.components[i], &r.plan.components[j]

			t, of := r.templates[from.Name], r.templates[to.Name]
			if t == nil || of == nil || of.Replica() == of || to.tier() != topology.Data {
				continue
			}

			if at := t.RefersTo(of.Group, of.Kind); at != "" {
				f.addf("%s %s: Forbidden: in other regions %s is a %s, which this would not find: write the value, such as ${serving.%s.status.atProvider.arn}",
					r.templateName(from), at, to.Name, of.Replica().Kind, to.Name)
			}
		}
	}
}

// templateName names what a component's template is in.
func (r *request) templateName(c *component) string {
	if c.template != nil {
		return "RecoveryPlan " + c.path.Child("template").String()
	}

	return "composed resource " + c.Name
}

// decodeAdopted finds the templates of zones that keys of earlier steps occupy.
func (r *request) decodeAdopted(c *component, desired map[string]*fnv1.Resource, f *faults) {
	if c.Zones == nil {
		return
	}

	for _, id := range slices.Sorted(maps.Keys(c.Zones.Adopt)) {
		key := c.Zones.Adopt[id]
		if m := desired[key].GetResource(); m != nil {
			r.taken[key] = true
			r.useTemplate(key, r.compileEarlier(key, m, c, f), "composed resource "+key, f)
		}
	}
}

// generatedName is how Crossplane ends the name of a composed resource that
// nothing names.
var generatedName = regexp.MustCompile(`^[a-z0-9]{5,12}$`)

// compileEarlier compiles the template that an earlier step has made. Some
// functions repeat the name and namespace of what is observed in it. A name
// that Crossplane generated is chosen by nobody: the names of other copies must
// not hang on it, because a rebuild from Git would generate another.
func (r *request) compileEarlier(key string, message *structpb.Struct, c *component, f *faults) *render.Template {
	body := message.AsMap()

	i := slices.IndexFunc(r.observed, func(o observedCopy) bool { return o.Key == key })
	metadata, _ := body["metadata"].(map[string]any)

	if i >= 0 && metadata != nil {
		is := func(name string) string { return r.observed[i].object.Text("metadata", name) }

		end, generated := strings.CutPrefix(is("name"), is("generateName"))
		if generated = generated && is("generateName") != "" && generatedName.MatchString(end); generated && metadata["name"] == is("name") {
			delete(metadata, "name")
		}

		if metadata["namespace"] == is("namespace") {
			delete(metadata, "namespace")
		}
	}

	t, faults := render.Compile(body, c.paths, nil)
	t.LayReplica(c.replica, c.paths)
	f.add("composed resource "+key, faults)
	f.add("composed resource "+key, r.plan.checkTemplate(c, t, nil))
	f.add("RecoveryPlan", checkVariations(c, t))

	return t
}

func (r *request) useTemplate(key string, t *render.Template, object string, f *faults) {
	r.templates[key] = t

	if err := checkWorkload(t); err != nil {
		f.addf("%s %s", object, err)
	}

	if home := r.regions[0]; t.Region != "" && t.Region != home {
		f.addf("%s %s: Invalid value: %q: the home region is %s; leave the region out, the function writes it", object, t.RegionAt(), t.Region, home)
	}
}

// checkShortages reports components that have too few zones in the active region.
// Another region must not hold up the one that serves, or a failover to a third:
// what it is short of is returned.
func (r *request) checkShortages(short []shortage, f *faults) []shortage {
	var elsewhere []shortage

	for _, s := range short {
		if s.region == r.decision.Active {
			f.addf("%s", s.message)
		} else {
			elsewhere = append(elsewhere, s)
		}
	}

	return elsewhere
}

// topologyInput is what the pure part decides from.
func (r *request) topologyInput(zones map[string]map[string][]string) topology.Input {
	in := topology.Input{
		Regions: r.regions, Strategy: r.strategy.Strategy, Decision: r.decision,
		Components: make([]topology.Component, 0, len(r.plan.components)), Observed: make([]topology.Observed, 0, len(r.observed)),
	}

	for i := range r.plan.components {
		c := &r.plan.components[i]
		tc := topology.Component{Name: c.Name, Tier: c.tier(), Placement: r.placementOf(c), Zones: zones[c.Name], Adopt: r.spec.Adopt, Follows: c.follows()}

		switch t := r.templates[c.Name]; {
		case t == nil:
		case tc.Tier == topology.Data:
			tc.Restorable, tc.Replicable, tc.Kind = t.Restorable(), t.Replicable(), t.Kind+"."+t.Group
			tc.ToTime, tc.OtherKind, tc.Parent = t.RestoresToTime(), t.Replica() != t, r.parentOf(t)
		case tc.Tier == topology.Workload:
			tc.RunsOnce = runsOnce(t)
		}

		if c.Zones != nil {
			tc.AdoptedZones = c.Zones.Adopt
		}

		for _, e := range r.spec.StartEmpty {
			if e.Component == c.Name {
				tc.EmptyAt = append(tc.EmptyAt, e.Epoch)
			}
		}

		in.Components = append(in.Components, tc)
	}

	in.Memory = r.remembered

	for i := range r.observed {
		in.Observed = append(in.Observed, recall(r.observed[i].Observed, &in))
	}

	in.Identity = r.identity()
	in.Selections = make(map[string]topology.SelectionFact, len(r.selections))
	for i := range r.selections {
		// One that has lost its spec answers no question.
		if f := r.selections[i].fact(); f.Region != "" {
			in.Selections[f.Key] = f
		}
	}

	return in
}

// identity returns what tells by which name a copy is found on AWS. What its
// template reads of others is not known yet.
func (r *request) identity() func(*topology.Copy) string {
	var e *evaluator

	return func(c *topology.Copy) string {
		if e == nil {
			e = r.newEvaluator(&composition{}, &faults{})
		}

		return r.bornAs(c.Key, c.Component, c.Region, c.Zone, e)
	}
}

// recall returns a replica that lost its labels as what the status says it is.
func recall(o topology.Observed, in *topology.Input) topology.Observed {
	served := func(s topology.Served) bool { return s.Key == o.Key && s.Region == o.Region }

	if o.ReplicaOf != "" && o.Target == "" && o.DecidedEpoch == 0 && in.Decision.Target != "" && o.Region == in.Decision.Active &&
		in.Memory.Epoch >= in.Decision.DataEpoch && slices.ContainsFunc(in.Memory.Served, served) {
		o.Role, o.ServesSince = topology.Serving, in.Decision.DataEpoch
	}

	return o
}

// parentOf returns the component that a template's kind belongs to: the
// cluster of an instance.
func (r *request) parentOf(t *render.Template) string {
	if !t.Dependent() {
		return ""
	}

	for i := range r.plan.components {
		c := &r.plan.components[i]
		if of := r.templates[c.Name]; of != nil && c.tier() == topology.Data && of.Group == t.Group && of.Kind == "Cluster" {
			return c.Name
		}
	}

	return ""
}

// scope is what all copies share when they are rendered.
func (r *request) scope() *render.Scope {
	s := &render.Scope{
		Owner: r.owner, ClusterScoped: r.clusterScoped, Namespace: cmp.Or(r.namespace, r.plan.Namespace),
		ObserveOnly: !r.decision.Holder, Labels: map[string]string{},
	}

	if r.decision.Target != "" {
		s.Labels[render.LabelFailoverTarget] = r.decision.Target
		s.Labels[render.LabelDecidedEpoch] = fmt.Sprint(r.decision.Epoch)
	}

	return s
}
