package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// adoptable are components as a Composition had them before it knew of
// regions: nothing but what a provider's resource needs.
const adoptable = `
- {name: key, tier: Protection, template: {apiVersion: kms.aws.m.upbound.io/v1beta1, kind: Key, spec: {forProvider: {region: us-east-1, enableKeyRotation: true}}}}
- {name: vpc, tier: Network, template: {apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: VPC, spec: {forProvider: {region: us-east-1, cidrBlock: 10.0.0.0/16}}}}
- name: subnet
  tier: Network
  zones: {min: 1, max: 2, adopt: {use1-az1: subnet-a, use1-az2: subnet-b}}
  template: {apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: Subnet, spec: {forProvider: {region: us-east-1, vpcIdSelector: {matchControllerRef: true}}}}
- name: sg
  tier: Network
  template: {apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: SecurityGroup, spec: {forProvider: {region: us-east-1, name: chosen, vpcIdSelector: {matchControllerRef: true}}}}
- name: db
  tier: Data
  after: [key, subnet]
  template:
    apiVersion: rds.aws.m.upbound.io/v1beta1
    kind: Instance
    spec:
      forProvider: {region: us-east-1, engine: postgres, username: postgres, autoGeneratePassword: true, passwordSecretRef: {name: pw, key: password}}
      initProvider: {snapshotIdentifier: first}
      writeConnectionSecretToRef: {name: db-secret}
- {name: app, tier: Compute, after: [db], template: {apiVersion: autoscaling.aws.m.upbound.io/v1beta1, kind: AutoscalingGroup, spec: {forProvider: {region: us-east-1, maxSize: 8}}}}
- {name: config, tier: Network, template: {apiVersion: v1, kind: ConfigMap, data: {a: b}}}
- {name: role, tier: Global, template: {apiVersion: iam.aws.m.upbound.io/v1beta1, kind: Role, spec: {forProvider: {assumeRolePolicy: "{}"}}}}
`

// late is what providers write into a spec once a resource exists.
var late = map[string]map[string]any{
	"Subnet": {"cidrBlock": "10.0.0.0/20", "availabilityZone": "us-east-1a", "vpcId": "vpc-1"}, "Key": {"multiRegion": false}, "SecurityGroup": {"vpcId": "vpc-1", "description": "Managed"},
	"Instance": {"identifier": "terraform-2026", "kmsKeyId": "k", "availabilityZone": "us-east-1b", "storageEncrypted": true, "dbName": "x"},
}

// A Composition that runs takes the step in without a change to what exists:
// no key, no name and no argument differs, only who may delete.
func TestLaw6AdoptionRenamesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWorld(t)
		w.parts, w.earlier = nil, map[string]bool{}

		if err := yaml.Unmarshal([]byte(adoptable), &w.parts); err != nil {
			t.Fatal(err)
		}

		for _, p := range w.parts {
			name, zones := p["name"].(string), at(p, "zones", "adopt")
			w.earlier[name] = zones == nil && rapid.Bool().Draw(t, name+" is of an earlier step")

			keys := []any{name}
			if zones != nil {
				keys = []any{"subnet-a", "subnet-b"}
			}

			for _, key := range keys {
				if rapid.IntRange(0, 9).Draw(t, fmt.Sprint(key, " failed")) > 0 {
					w.observed[key.(string)] = anyAdopted(t, p["template"].(map[string]any))

					// A key is in the zone that the plan says.
					if key == "subnet-b" && at(w.observed["subnet-b"], "spec", "forProvider", "availabilityZone") != nil {
						put(w.observed["subnet-b"], "us-east-1b", "spec", "forProvider", "availabilityZone")
					}
				}
			}
		}

		rsp := ask(t, shared, w.request())
		if m := fatal(rsp); m != "" {
			t.Fatalf("adoption was refused: %s", m)
		}

		desired := objects(rsp.GetDesired().GetResources())

		for key, o := range w.observed {
			d := desired[key]
			if d == nil {
				t.Fatalf("%s would be deleted", key)
			}

			if diff := cmp.Diff(at(o, "metadata", "name"), at(d, "metadata", "name")); diff != "" {
				t.Fatalf("%s is renamed: %s", key, diff)
			}

			spec, _ := clone(d)["spec"].(map[string]any)
			delete(spec, "managementPolicies")

			if was, _ := o["spec"].(map[string]any); !within(spec, was) {
				t.Fatalf("%s changes: -observed, +desired:\n%s", key, cmp.Diff(was, spec))
			}
		}
	})
}

func anyAdopted(t *rapid.T, template map[string]any) map[string]any {
	o := clone(template)
	put(o, "payments-x7k2p-"+rapid.StringMatching(`[a-z0-9]{12}`).Draw(t, "name"), "metadata", "name")
	put(o, fields("crossplane.io/composite", "payments-x7k2p"), "metadata", "labels")

	if !isManaged(o) {
		return o
	}

	for _, argument := range slices.Sorted(maps.Keys(late[o["kind"].(string)])) {
		if rapid.Bool().Draw(t, argument) {
			put(o, late[o["kind"].(string)][argument], "spec", "forProvider", argument)
		}
	}

	if rapid.Bool().Draw(t, "exists") {
		put(o, "id-1", "metadata", "annotations", "crossplane.io/external-name")
		put(o, "id-1", "status", "atProvider", "id")
	}

	return o
}

// within returns whether everything in a part is the same in the whole.
func within(part, whole map[string]any) bool {
	for k, v := range part {
		child, isMap := v.(map[string]any)
		of, _ := whole[k].(map[string]any)

		if isMap && !within(child, of) || !isMap && !cmp.Equal(v, whole[k]) {
			return false
		}
	}

	return true
}

// The dark region is not needed: what its copies look like changes nothing but
// what is said of them.
func TestLaw7TheDarkRegionIsNotNeeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyLife(t, func(*rapid.T, *world, *fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {})
		if w.target == nil {
			t.Skip("only a FailoverTarget knows of darkness")
		}

		for _, r := range w.regions {
			w.target.dark[r] = r != w.target.active
		}

		// A copy that no render has seen on AWS yet did not serve. From here on
		// its policies tell.
		w.settle(t)

		before := ask(t, shared, w.request())
		dark := map[string]bool{}

		for key, o := range w.observed {
			region, _ := at(o, "spec", "forProvider", "region").(string)
			if dark[key] = w.target.dark[region]; dark[key] {
				change := rapid.SampledFrom([]string{"lost", "not ready", "ready"}).Draw(t, key)
				delete(o, "status")

				if change != "lost" {
					ready := fields("type", "Ready", "status", fields("not ready", "False", "ready", "True")[change])
					put(o, []any{ready}, "status", "conditions")
				}
			}
		}

		after := ask(t, shared, w.request())

		for key, r := range after.GetDesired().GetResources() {
			if dark[key] && r.GetReady() != fnv1.Ready_READY_TRUE {
				t.Fatalf("%s is in a region that does not answer, and holds the XR back", key)
			}
		}

		for _, rsp := range []*fnv1.RunFunctionResponse{before, after} {
			for key, d := range objects(rsp.GetDesired().GetResources()) {
				if region, _ := at(d, "spec", "forProvider", "region").(string); dark[key] || w.target.dark[region] {
					delete(rsp.GetDesired().GetResources(), key)
				}

				// A selection that is made now names its source by all that is known of it
				// now: by less where its status was lost.
				if d["kind"] == "SnapshotSelection" && w.observed[key] == nil {
					source := (&object{message: rsp.GetDesired().GetResources()[key].GetResource()}).find([]string{"spec", "forProvider", "source"}).GetStructValue().GetFields()
					delete(source, "arn")
					delete(source, "resourceId")
				}
			}

			delete(rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue().GetFields()["recovery"].GetStructValue().GetFields(), "copies")
		}

		if diff := cmp.Diff(before, after, protocmp.Transform()); diff != "" {
			t.Fatalf("what is in dark regions changes what is done: -before, +after:\n%s", diff)
		}
	})
}

// What exists once may be of a kind that has a region, which may be the dark
// one.
func TestLaw7WhatExistsOnceInTheDarkRegion(t *testing.T) {
	cases := map[string]struct {
		reason string
		exists bool
		dark   bool
		want   fnv1.Ready
	}{
		"NotReadyInTheDark": {reason: "Nobody can mend it there.", exists: true, dark: true, want: fnv1.Ready_READY_TRUE},
		"NotMadeInTheDark":  {reason: "Nobody can make it there.", dark: true, want: fnv1.Ready_READY_TRUE},
		"NotReady":          {reason: "Where it can be mended it counts.", exists: true, want: fnv1.Ready_READY_FALSE},
		"NotMade":           {reason: "Where it can be made it counts.", want: fnv1.Ready_READY_FALSE},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			const apiVersion = "acm.aws.m.upbound.io/v1beta1"

			w := newWorld("BackupAndRestore", "us-east-1", "us-west-2")
			w.target = newDecided("us-east-1")
			w.target.active, w.target.from, w.target.epoch, w.target.dataEpoch, w.target.decidedAt = "us-west-2", "us-east-1", 2, 2, moment(0)
			w.target.dark["us-east-1"] = tc.dark
			w.parts = []map[string]any{fields("name", "certificate", "tier", "Global", "template",
				fields("apiVersion", apiVersion, "kind", "Certificate", "spec", fields("forProvider", fields("domainName", "example.org"))))}

			if tc.exists {
				w.observed["certificate"] = fields("apiVersion", apiVersion, "kind", "Certificate", "metadata", fields("name", "certificate"),
					"spec", fields("forProvider", fields("region", "us-east-1", "domainName", "example.org")),
					"status", fields("conditions", []any{fields("type", "Ready", "status", "False")}))
			}

			rsp := ask(t, shared, w.request())
			if got := rsp.GetDesired().GetComposite().GetReady(); got != tc.want || rsp.GetDesired().GetResources()["certificate"].GetReady() != tc.want {
				t.Errorf("%s: the XR is %v, want %v: %v", tc.reason, got, tc.want, rsp.GetConditions())
			}
		})
	}
}

// completed says whether the status of the XR remembers that a workload ran.
func (w *world) completed(rsp *fnv1.RunFunctionResponse, key string) bool {
	list, _ := at(rsp.GetDesired().GetComposite().GetResource().AsMap(), "status", "recovery", "workloads").([]any)

	return slices.ContainsFunc(list, func(v any) bool { return at(v, "key") == key && at(v, "state") == "Completed" })
}

// What must serve and does not is said: an XR that is Ready over nothing is
// worse than one that is not Ready.
func TestReadyMeansThatEverythingServes(t *testing.T) {
	inLifeAndMess(t, func(t *rapid.T, w *world, _ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		if rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_TRUE {
			return
		}

		serving := map[any]bool{}

		for key, d := range objects(rsp.GetDesired().GetResources()) {
			if label(d, "role") == "Serving" && w.observed[key] != nil {
				serving[label(d, "component")] = true
			}
		}

		for _, p := range w.planned() {
			// A workload that runs once is made at a failover, and may have
			// expired since.
			if p["name"] == "restore" {
				key := "restore-e1"
				if w.target != nil {
					key = fmt.Sprint("restore-e", w.target.dataEpoch)
				}

				if key == "restore-e1" || w.completed(rsp, key) {
					continue
				}
			}

			if !serving[p["name"]] && p["regions"] != "Home" {
				t.Fatalf("the XR is ready, and no copy of %s serves", p["name"])
			}
		}
	})
}

// Every fault is told at once, with where it is: a person who mends one at a
// time has an outage that lasts as many commits.
func TestLaw9EveryFaultIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWorld(t)
		w.parts, w.earlier = partsOf("m."), map[string]bool{}
		w.target = nil

		plan, xr := w.plan(), w.xr()
		names := rapid.Permutation(slices.Sorted(maps.Keys(seededFaults))).Draw(t, "faults")[:rapid.IntRange(2, 5).Draw(t, "number")]

		for _, name := range names {
			seededFaults[name](plan, xr)
		}

		req := w.request()
		req.Input = message(plan)
		req.Observed.Composite.Resource = message(xr)

		m := fatal(ask(t, shared, req))
		for _, path := range names {
			if !strings.Contains(m, path) {
				t.Fatalf("message is %q, want it to tell what is wrong at %s, too (of %q)", m, path, names)
			}
		}
	})
}

// seededFaults are named by the path at which they must be reported. The
// positions are those of partsOfPlans.
var seededFaults = map[string]func(plan, xr map[string]any){
	"RecoveryPlan components[0].template.spec.forProvider.description": func(plan, _ map[string]any) {
		put(part(plan, 0), "${xr.}", "template", "spec", "forProvider", "description")
	},
	"RecoveryPlan components[1].after[0]":  func(plan, _ map[string]any) { put(part(plan, 1), []any{"nobody"}, "after") },
	"RecoveryPlan components[2].zones.max": func(plan, _ map[string]any) { put(part(plan, 2), fields("min", 3.0, "max", 2.0), "zones") },
	"RecoveryPlan components[3].name":      func(plan, _ map[string]any) { put(part(plan, 3), "vpc", "name") },
	"RecoveryPlan components[4].template":  func(plan, _ map[string]any) { delete(part(plan, 4), "template") },
	"RecoveryPlan components[5].color":     func(plan, _ map[string]any) { put(part(plan, 5), "red", "color") },
	"RecoveryPlan components[9].zones":     func(plan, _ map[string]any) { put(part(plan, 9), fields("min", 1.0), "zones") },
	"RecoveryPlan components[8].template":  func(plan, _ map[string]any) { put(part(plan, 8), "${serving.nobody.x}", "template", "data", "x") },
	"RecoveryPlan components[6].standby.scale[metadata.x]": func(plan, _ map[string]any) {
		put(part(plan, 6), fields("metadata.x", 1.0), "standby", "scale")
	},
	"XService payments": func(_, xr map[string]any) { put(xr, []any{"us-east-1", "us-east-1"}, "spec", "recovery", "regions") },
	"spec.recovery.objectives.rpo": func(_, xr map[string]any) {
		put(xr, "a while", "spec", "recovery", "objectives", "rpo")
	},
	"spec.recovery.objectives.rto": func(_, xr map[string]any) { put(xr, "-1h", "spec", "recovery", "objectives", "rto") },
	"spec.recovery.parameters":     func(_, xr map[string]any) { put(xr, map[string]any{}, "spec", "recovery", "parameters", "mars-1") },
	"spec.recovery.startEmpty[0].component": func(_, xr map[string]any) {
		put(xr, []any{fields("component", "nobody", "epoch", 2.0)}, "spec", "recovery", "startEmpty")
	},
	"spec.recovery.color": func(_, xr map[string]any) { put(xr, "red", "spec", "recovery", "color") },
}

func part(plan map[string]any, i int) map[string]any {
	return plan["components"].([]any)[i].(map[string]any)
}

// A copy that nothing may make would count as made, and as what served.
func TestLaw10WhatCannotBeMadeIsTold(t *testing.T) {
	cases := map[string]struct {
		reason   string
		policies []any
		edit     func(w *world)

		// made are the copies, and waits says what keeps the other back.
		made  []string
		waits string
	}{
		"MayCreate": {reason: "With the right to create it is made.", policies: []any{"Observe", "Create"}, made: []string{"db", "db-us-west-2-e2"}},
		"Observes":  {reason: "Without it, nothing would ever be there.", policies: []any{"Observe"}, made: []string{"db"}, waits: "db-us-west-2-e2 waits for its template to allow it"},
		"Adopts": {
			reason: "What exists need not be made.", policies: []any{"Observe"}, made: []string{"db", "db-us-west-2-e2"},
			edit: func(w *world) { w.adopt["db-us-west-2-e2"] = "db-2" },
		},
		"AtHome": {
			reason: "At home it may be observed only.", policies: []any{"Observe"}, made: []string{"db"},
			edit: func(w *world) {
				w.target, w.observed = newDecided("us-east-1"), map[string]map[string]any{}
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := failedOver(fields("existing", fields("state", "Absent"), "selected", fields("id", "snap-1", "dataTime", moment(0))))
			put(w.parts[0], tc.policies, "template", "spec", "managementPolicies")

			if tc.edit != nil {
				tc.edit(w)
			}

			rsp := ask(t, shared, w.request())

			made := slices.DeleteFunc(slices.Sorted(maps.Keys(rsp.GetDesired().GetResources())), func(key string) bool { return key != "db" && key != "db-us-west-2-e2" })
			if diff := cmp.Diff(tc.made, made); diff != "" {
				t.Errorf("%s: -want +got:\n%s%s", tc.reason, diff, fatal(rsp))
			}

			waits := fmt.Sprint(at(rsp.GetDesired().GetComposite().GetResource().AsMap(), "status", "recovery", "waitingFor"))
			if !strings.Contains(waits, tc.waits) {
				t.Errorf("%s: waitingFor is %s, want %q", tc.reason, waits, tc.waits)
			}
		})
	}
}

// With consent the birth happens: a guard that never opens is no guard.
func TestLaw10ConsentIsEnough(t *testing.T) {
	w := failedOver(fields("existing", fields("state", "Absent")))
	w.startEmpty = []any{fields("component", "db", "epoch", 2)}

	for epoch, want := range map[int64]bool{2: true, 3: false} {
		w.target.epoch, w.target.dataEpoch = epoch, epoch

		rsp := ask(t, shared, proto.CloneOf(w.request()))
		if _, born := rsp.GetDesired().GetResources()[fmt.Sprint("db-us-west-2-e", epoch)]; born != want || fatal(rsp) != "" {
			t.Errorf("at epoch %d a birth is %v (%s), want %v: consent is for one epoch", epoch, born, fatal(rsp), want)
		}
	}
}
