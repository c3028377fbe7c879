package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

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
  restore: {overlay: {spec: {forProvider: {applyImmediately: true}}}}
  replicate: {overlay: {spec: {forProvider: {instanceClass: db.small}}}}
  fence: {overlay: {spec: {forProvider: {vpcSecurityGroupIds: [sg-deny]}}}}
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
- name: restore
  tier: Workload
  after: [db]
  template: {apiVersion: velero.io/v1, kind: Restore, spec: {backupName: nightly-1}}
- name: apps
  tier: Workload
  template: {apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, spec: {path: ./apps, prune: true}}
- name: table
  tier: Data
  after: [key]
  replicate: {overlay: {spec: {forProvider: {pointInTimeRecovery: true}}}}
  template: {apiVersion: dynamodb.aws.m.upbound.io/v1beta1, kind: Table, spec: {forProvider: {hashKey: id}}}
`

// A world is an XR with its plan, the decision it follows, and what is
// observed of it.
type world struct {
	regions    []string
	strategy   string
	objectives map[string]any
	claimed    bool
	parts      []map[string]any
	dropped    []map[string]any
	earlier    map[string]bool
	startEmpty []any
	adopt      map[string]any
	retire     []any
	target     *decided
	observed   map[string]map[string]any
	status     map[string]any
	serial     int

	// applied is what was desired of each resource last: the API server takes
	// away what is not desired any more.
	applied map[string]map[string]any

	// schemas are the Workload components whose kind is installed.
	schemas map[string]bool

	// aws are the databases that there are, by region and identifier. Whose
	// creation runs, by key, is known to its provider alone.
	aws     map[string]database
	running map[string]bool

	// calm is true once everything goes well, and snapshots is for how many more
	// renders there are newer ones.
	calm      bool
	snapshots int

	// details are the connection details of copies, and published those of the
	// XR.
	details   map[string]map[string][]byte
	published map[string][]byte

	past past
}

// A past is what was rendered so far and what nobody may forget.
type past struct {
	// served are the keys of the db copies in the order in which they served.
	served []string

	// connected are the keys of the copies whose details were handed out, in
	// order.
	connected []string

	// made counts how often each workload that runs once was made.
	made map[string]int
}

// newWorld is a world without components.
func newWorld(strategy string, regions ...string) *world {
	return &world{
		regions: regions, strategy: strategy, earlier: map[string]bool{}, observed: map[string]map[string]any{},
		applied: map[string]map[string]any{}, schemas: map[string]bool{}, details: map[string]map[string][]byte{}, adopt: map[string]any{},
		aws: map[string]database{}, running: map[string]bool{},
		past: past{made: map[string]int{}},
	}
}

// decided is what the FailoverTarget says.
type decided struct {
	active string
	epoch  int64
	holder bool
	dark   map[string]bool
	zones  map[string]string

	// from is the region that served before, dataEpoch the newest decision that
	// moved the data, and oldestData the oldest data that it accepted.
	from       string
	restore    bool
	dataEpoch  int64
	oldestData string
	decidedAt  string
}

func newDecided(home string) *decided {
	return &decided{active: home, epoch: 1, dataEpoch: 1, holder: true, dark: map[string]bool{}, zones: map[string]string{}}
}

// moment is a time, some minutes after the world began.
func moment(minutes int) string {
	return time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339)
}

// anyWorld has observed nothing yet.
func anyWorld(t *rapid.T) *world {
	w := newWorld(
		rapid.SampledFrom([]string{"", "", "BackupAndRestore", "PilotLight", "WarmStandby", "MultiSite"}).Draw(t, "strategy"),
		[]string{"us-east-1", "us-west-2", "eu-west-1"}[:rapid.IntRange(2, 3).Draw(t, "regions")]...,
	)
	w.claimed = rapid.Bool().Draw(t, "claimed")

	// Objectives may be stated beside a strategy, or in its place.
	if rapid.Bool().Draw(t, "has objectives") {
		w.objectives = anyObjectives(t)
	}

	for _, p := range partsOf(rapid.SampledFrom([]string{"m.", "m.", ""}).Draw(t, "groups")) {
		if rapid.IntRange(0, 2).Draw(t, "has "+p["name"].(string)) == 0 {
			continue
		}

		if rapid.IntRange(0, 5).Draw(t, "placed") == 0 {
			places := []any{"Active", "ActiveAndStandby", "Home"}
			if p["tier"] == "Data" {
				// Data must be able to move.
				places = places[:2]
			}

			p["regions"] = rapid.SampledFrom(places).Draw(t, "placement")
		}

		if p["name"] == "db" && rapid.Bool().Draw(t, "protected") {
			p["protect"] = fields("iamRoleArn", "arn:aws:iam::123456789012:role/backup")
		}

		w.parts = append(w.parts, p)
		w.earlier[p["name"].(string)] = rapid.IntRange(0, 3).Draw(t, "earlier") == 0
	}

	if rapid.IntRange(0, 5).Draw(t, "targeted") > 0 {
		w.target = newDecided(w.regions[0])
	}

	for _, name := range []string{"restore", "apps"} {
		w.schemas[name] = rapid.IntRange(0, 4).Draw(t, name+" is installed") > 0
	}

	return w
}

// anyObjectives are objectives that lead to any strategy.
func anyObjectives(t *rapid.T) map[string]any {
	o := map[string]any{}

	for _, name := range []string{"rpo", "rto"} {
		if d := rapid.SampledFrom([]string{"", "0s", "1m", "10m", "1h", "4h", "24h"}).Draw(t, name); d != "" {
			o[name] = d
		}
	}

	return o
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

	plan := fields("apiVersion", "fn.crossdr.io/v1alpha1", "kind", "RecoveryPlan", "components", components)
	if names["db"] {
		plan["connection"] = fields("from", "db")
	}

	return plan
}

func (w *world) xr() map[string]any {
	recovery := fields("regions", anys(w.regions), "retire", w.retire)
	if w.strategy != "" {
		recovery["strategy"] = w.strategy
	}

	if w.objectives != nil {
		recovery["objectives"] = w.objectives
	}

	if w.tierOf("db") != nil {
		recovery["startEmpty"], recovery["adopt"] = w.startEmpty, w.adopt
	}

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

	// Older providers do not say it; it follows then from the decision.
	if w.target.dataEpoch > 0 {
		put(target, w.target.dataEpoch, "status", "atProvider", "dataEpoch")
	}

	if w.target.decidedAt != "" {
		decision := fields("from", w.target.from, "restore", w.target.restore, "decidedAt", w.target.decidedAt, "dataLoss", "4m0s")
		if w.target.oldestData != "" {
			decision["oldestData"] = w.target.oldestData
		}

		put(target, decision, "status", "atProvider", "decision")
	}

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
		req.Observed.Resources[key] = &fnv1.Resource{Resource: message(o), ConnectionDetails: w.details[key]}
	}

	req.Observed.Composite.ConnectionDetails = w.published
	req.RequiredSchemas = map[string]*fnv1.Schema{}

	for name, installed := range w.schemas {
		schema := &fnv1.Schema{}
		if installed {
			schema.OpenapiV3 = message(fields("type", "object"))
		}

		req.RequiredSchemas["workload-"+name] = schema
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
		if p["name"] == "restore" && regexp.MustCompile(`^restore-e[1-9][0-9]*$`).MatchString(key) {
			return true
		}

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
