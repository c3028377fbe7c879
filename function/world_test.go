package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// partsOfPlans are the components that generated plans are made of. m. stands
// where the namespaced API groups have it.
const partsOfPlans = `
- name: key
  tier: Protection
  template: {apiVersion: kms.aws.m.upbound.io/v1beta1, kind: Key, spec: {forProvider: {description: "Key of ${xr.metadata.name}"}}}
- name: vpc
  tier: Network
  template: {apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: VPC, spec: {forProvider: {cidrBlock: "${xr.spec.cidr}"}}}
- name: subnet
  tier: Network
  zones: {min: 1, max: 2}
  after: [vpc]
  template:
    apiVersion: ec2.aws.m.upbound.io/v1beta1
    kind: Subnet
    spec: {forProvider: {cidrBlock: "${cidrSubnet(xr.spec.cidr, 4, zone.index)}", vpcIdSelector: {matchControllerRef: true}}}
- name: sg
  tier: Network
  template: {apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: SecurityGroup, spec: {forProvider: {description: Database, vpcIdRef: {name: vpc-of-mine}}}}
- name: db
  tier: Data
  after: [key, subnet]
  template:
    apiVersion: rds.aws.m.upbound.io/v1beta1
    kind: Instance
    spec:
      forProvider: {engine: postgres, username: postgres, allocatedStorage: "${xr.spec.storageGB}", kmsKeyIdSelector: {matchControllerRef: true}}
      writeConnectionSecretToRef: {name: db-secret}
- name: volume
  tier: Data
  zones: {min: 1, max: 2}
  after: [key]
  template: {apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: EBSVolume, spec: {forProvider: {size: 10, encrypted: true}}}
- name: app
  tier: Compute
  after: [db, sg]
  standby: {scale: {spec.forProvider.desiredCapacity: 1}}
  template: {apiVersion: autoscaling.aws.m.upbound.io/v1beta1, kind: AutoscalingGroup, spec: {forProvider: {desiredCapacity: 4, maxSize: 8, minSize: 0}}}
- name: thing
  tier: Compute
  paths: {region: spec.location, identity: spec.id, immutable: [spec.size]}
  template: {apiVersion: cloud.example.org/v1, kind: Thing, spec: {size: small, color: red}}
- name: config
  tier: Network
  template: {apiVersion: v1, kind: ConfigMap, data: {region: "${region.name}", active: "${active}"}}
- name: role
  tier: Global
  template: {apiVersion: iam.aws.m.upbound.io/v1beta1, kind: Role, spec: {forProvider: {assumeRolePolicy: "{}"}}}
- name: dns
  tier: Global
  after: [db]
  template: {apiVersion: route53.aws.m.upbound.io/v1beta1, kind: Record, spec: {forProvider: {type: CNAME, ttl: 60, records: ["${serving.db.status.atProvider.address}"]}}}
`

// A world is an XR with its plan, the decision it follows, and what is
// observed of it.
type world struct {
	regions    []string
	strategy   string
	claimed    bool
	parts      []map[string]any
	dropped    []map[string]any
	earlier    map[string]bool
	startEmpty []any
	target     *decided
	observed   map[string]map[string]any
	status     map[string]any
	serial     int
}

// decided is what the FailoverTarget says.
type decided struct {
	active string
	epoch  int64
	holder bool
	dark   map[string]bool
	zones  map[string]string
}

// anyWorld has observed nothing yet.
func anyWorld(t *rapid.T) *world {
	w := &world{
		regions:  []string{"us-east-1", "us-west-2", "eu-west-1"}[:rapid.IntRange(2, 3).Draw(t, "regions")],
		strategy: rapid.SampledFrom([]string{"BackupAndRestore", "PilotLight", "WarmStandby", "MultiSite"}).Draw(t, "strategy"),
		claimed:  rapid.Bool().Draw(t, "claimed"),
		earlier:  map[string]bool{}, observed: map[string]map[string]any{},
	}

	for _, p := range partsOf(rapid.SampledFrom([]string{"m.", "m.", ""}).Draw(t, "groups")) {
		if rapid.IntRange(0, 2).Draw(t, "has "+p["name"].(string)) == 0 {
			continue
		}

		if rapid.IntRange(0, 5).Draw(t, "placed") == 0 {
			p["regions"] = rapid.SampledFrom([]any{"Active", "ActiveAndStandby", "Home"}).Draw(t, "placement")
		}

		w.parts = append(w.parts, p)
		w.earlier[p["name"].(string)] = rapid.IntRange(0, 3).Draw(t, "earlier") == 0
	}

	if rapid.IntRange(0, 5).Draw(t, "targeted") > 0 {
		w.target = &decided{active: w.regions[0], epoch: 1, holder: true, dark: map[string]bool{}, zones: map[string]string{}}
	}

	return w
}

// partsOf returns fresh components, of the API groups of one scope.
func partsOf(m string) []map[string]any {
	parts := make([]map[string]any, 0, len(parsedParts()))

	for _, p := range parsedParts() {
		p = runtime.DeepCopyJSON(p)
		template := p["template"].(map[string]any)
		template["apiVersion"] = strings.ReplaceAll(template["apiVersion"].(string), "aws.m.", "aws."+m)
		parts = append(parts, p)
	}

	return parts
}

var parsedParts = sync.OnceValue(func() []map[string]any {
	var parts []map[string]any
	if err := yaml.Unmarshal([]byte(partsOfPlans), &parts); err != nil {
		panic(err)
	}

	return parts
})

// planned are the components that the plan has. What reads a component that
// was dropped goes with it.
func (w *world) planned() []map[string]any {
	return slices.DeleteFunc(slices.Clone(w.parts), func(p map[string]any) bool { return p["name"] == "dns" && w.tierOf("db") == nil })
}

// plan returns the RecoveryPlan.
func (w *world) plan() map[string]any {
	names := map[any]bool{}
	for _, p := range w.parts {
		names[p["name"]] = true
	}

	components := []any{}

	for _, p := range w.planned() {
		p = runtime.DeepCopyJSON(p)

		if after, ok := p["after"].([]any); ok {
			p["after"] = slices.DeleteFunc(after, func(n any) bool { return !names[n] })
		}

		if w.earlier[p["name"].(string)] {
			delete(p, "template")
		}

		components = append(components, p)
	}

	if len(components) == 0 {
		components = append(components, fields("name", "placeholder", "tier", "Global", "template", fields("apiVersion", "v1", "kind", "ConfigMap")))
	}

	return fields("apiVersion", "fn.crossdr.io/v1alpha1", "kind", "RecoveryPlan", "components", components)
}

func (w *world) xr() map[string]any {
	recovery := fields("strategy", w.strategy, "regions", anys(w.regions), "startEmpty", w.startEmpty)
	spec := fields("cidr", "10.20.0.0/16", "storageGB", 100.0, "recovery", recovery)
	metadata := fields("name", "payments", "uid", "8e71e13a")

	if w.target != nil {
		recovery["failoverTarget"] = fields("name", "payments", "namespace", "dr")
	}

	if w.claimed {
		metadata["name"] = "payments-x7k2p"
		spec["claimRef"] = fields("apiVersion", "example.org/v1", "kind", "Service", "namespace", "team-a", "name", "payments")
	} else {
		metadata["namespace"] = "team-a"
	}

	return fields("apiVersion", "example.org/v1", "kind", "XService", "metadata", metadata, "spec", spec, "status", w.status)
}

// zonesOf are the zones of the regions that generated worlds have.
var zonesOf = map[string][]string{
	"us-east-1": {"use1-az1", "use1-az2", "use1-az4"}, "us-west-2": {"usw2-az1", "usw2-az2", "usw2-az3"}, "eu-west-1": {"euw1-az1", "euw1-az2"},
}

func (w *world) failoverTarget() map[string]any {
	listed, observed := make([]any, 0, len(w.regions)), make([]any, 0, len(w.regions))

	for _, r := range w.regions {
		var zones []any
		for i, id := range zonesOf[r] {
			zones = append(zones, fields("id", id, "name", r+string(rune('a'+i)), "state", w.target.zones[id]))
		}

		listed = append(listed, fields("name", r))
		observed = append(observed, fields("name", r, "reachable", !w.target.dark[r], "zones", zones))
	}

	target := fields("apiVersion", "aws.m.crossdr.io/v1alpha1", "kind", "FailoverTarget", "metadata", fields("name", "payments", "namespace", "dr"))
	put(target, fields("regions", listed, "protects", fields("namespaces", []any{"team-a"})), "spec", "forProvider")
	put(target, fields("activeRegion", w.target.active, "epoch", w.target.epoch, "holder", w.target.holder, "phase", "Steady", "regions", observed), "status", "atProvider")

	return target
}

func (w *world) request() *fnv1.RunFunctionRequest {
	req := &fnv1.RunFunctionRequest{
		Meta:  &fnv1.RequestMeta{Tag: "t"},
		Input: message(w.plan()),
		Observed: &fnv1.State{
			Composite: &fnv1.Resource{Resource: message(w.xr())},
			Resources: map[string]*fnv1.Resource{},
		},
		Desired: &fnv1.State{Resources: map[string]*fnv1.Resource{"other": {Resource: message(fields("apiVersion", "v1", "kind", "Secret")), Ready: fnv1.Ready_READY_TRUE}}},
	}

	for key, o := range w.observed {
		req.Observed.Resources[key] = &fnv1.Resource{Resource: message(o)}
	}

	for _, p := range w.planned() {
		if name := p["name"].(string); w.earlier[name] {
			req.Desired.Resources[name] = &fnv1.Resource{Resource: message(p["template"].(map[string]any))}
		}
	}

	if w.target != nil {
		req.RequiredResources = map[string]*fnv1.Resources{requirementTarget: {Items: []*fnv1.Resource{{Resource: message(w.failoverTarget())}}}}
	}

	return req
}

// message encodes an object.
func message(m map[string]any) *structpb.Struct {
	s, err := structpb.NewStruct(m)
	if err != nil {
		panic(err)
	}

	return s
}

// fields makes an object of names and values.
func fields(pairs ...any) map[string]any {
	o := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		o[pairs[i].(string)] = pairs[i+1]
	}

	return o
}

func anys(list []string) []any {
	out := make([]any, 0, len(list))
	for _, s := range list {
		out = append(out, s)
	}

	return out
}

// shared is a function that keeps its caches for all tests.
var shared = NewFunction(logging.NewNopLogger())

// ask runs the function, which must never return an error of its own.
func ask(t rapid.TB, fn *Function, req *fnv1.RunFunctionRequest) *fnv1.RunFunctionResponse {
	t.Helper()

	rsp, err := fn.RunFunction(context.Background(), req)
	if err != nil || rsp == nil {
		t.Fatalf("RunFunction returned %v, %v: want a response and no error", rsp, err)
	}

	return rsp
}

// fatal returns the message of the FATAL result, or "".
func fatal(rsp *fnv1.RunFunctionResponse) string {
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			return r.GetMessage()
		}
	}

	return ""
}

// at returns the value at a path of field names, or nil.
func at(o any, path ...string) any {
	for _, name := range path {
		m, _ := o.(map[string]any)
		o = m[name]
	}

	return o
}

func label(o map[string]any, name string) string {
	s, _ := at(o, "metadata", "labels", "crossdr.io/"+name).(string)

	return s
}

// maps of all resources, by key.
func objects(resources map[string]*fnv1.Resource) map[string]map[string]any {
	out := make(map[string]map[string]any, len(resources))
	for key, r := range resources {
		out[key] = r.GetResource().AsMap()
	}

	return out
}

// isOurs says whether law 1 protects an observed resource. It knows nothing of
// how the function finds that out.
func (w *world) isOurs(key string, o map[string]any) bool {
	if label(o, "component") != "" {
		return true
	}

	place := fmt.Sprintf(`(%s|(use1|usw2|euw1)-az[1-9][0-9]?)`, strings.Join(w.regions, "|"))

	return slices.ContainsFunc(w.planned(), func(p map[string]any) bool {
		return regexp.MustCompile(fmt.Sprintf(`^%s(-%s(-e([2-9]|[1-9][0-9]+))?)?$`, p["name"], place)).MatchString(key)
	})
}

func (w *world) tierOf(component string) any {
	for _, p := range w.parts {
		if p["name"] == component {
			return p["tier"]
		}
	}

	return nil
}

func (w *world) observedKeys() []string { return slices.Sorted(maps.Keys(w.observed)) }
