package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// A bad request, from one that is good.
type bad struct {
	plan, xr, target map[string]any
	required         bool
	desired          map[string]map[string]any
	observed         map[string]map[string]any
}

// good renders a network and a database at home.
func good() *bad {
	w := newWorld("PilotLight", "us-east-1", "us-west-2")
	w.target = newDecided("us-east-1")
	w.status = map[string]any{}
	w.parts = slices.Delete(partsOf("m.")[:5], 3, 4)
	b := &bad{plan: w.plan(), xr: w.xr(), target: w.failoverTarget(), required: true}
	put(b.xr, []any{
		fields("type", "Ready", "status", "True"),
		fields("type", "Serving", "status", "True", "reason", "AllReady", "message", "every copy is ready"),
		fields("type", "Protected", "status", "False", "reason", "StandbyNotReady"),
	}, "status", "conditions")

	return b
}

func (b *bad) request() *fnv1.RunFunctionRequest {
	req := &fnv1.RunFunctionRequest{
		Input:    message(b.plan),
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: message(b.xr)}, Resources: map[string]*fnv1.Resource{}},
		Desired:  &fnv1.State{Resources: map[string]*fnv1.Resource{}},
	}

	for key, o := range b.desired {
		req.Desired.Resources[key] = &fnv1.Resource{Resource: message(o)}
	}

	for key, o := range b.observed {
		req.Observed.Resources[key] = &fnv1.Resource{Resource: message(o)}
	}

	if b.required {
		req.RequiredResources = map[string]*fnv1.Resources{requirementTarget: {Items: []*fnv1.Resource{{Resource: message(b.target)}}}}
	}

	return req
}

func TestBadInput(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(b *bad)
		want   []string
	}{
		"NoInput": {
			reason: "A step without input has no plan.",
			edit:   func(b *bad) { b.plan = nil },
			want:   []string{"RecoveryPlan kind", "want a RecoveryPlan of fn.crossdr.io/v1alpha1"},
		},
		"NoComponents": {
			reason: "A plan without components would render nothing.",
			edit:   func(b *bad) { b.plan["components"] = []any{} },
			want:   []string{"RecoveryPlan components: "},
		},
		"UnknownField": {
			reason: "A misspelt field is not what somebody wanted to say.",
			edit:   func(b *bad) { put(part(b.plan, 0), "Data", "teir") },
			want:   []string{"RecoveryPlan components[0].teir: ", "unknown field, want one of ", "tier"},
		},
		"UnknownTier": {
			reason: "A tier says where copies are, so a new word can't be guessed.",
			edit:   func(b *bad) { put(part(b.plan, 0), "Storage", "tier") },
			want:   []string{"RecoveryPlan components[0].tier: ", "Storage", "Network"},
		},
		"Facts": {
			reason: "A fact that is none, or that a component can't have, is told, and all of them at once.",
			edit: func(b *bad) {
				put(part(b.plan, 1), fields("ready", "a while", "restore", "1h", "scale", "1m"), "facts")
				put(part(b.plan, 0), fields("ready", "0s"), "facts")
			},
			want: []string{
				"RecoveryPlan components[1].facts.ready: ", "RecoveryPlan components[1].facts.restore: Forbidden: only a Data component has it",
				"RecoveryPlan components[1].facts.scale: Forbidden: only a Compute component has it", "RecoveryPlan components[0].facts.ready: Invalid value: \"0s\"",
			},
		},
		"DuplicateComponent": {
			reason: "Two components of one name would fight for one key.",
			edit:   func(b *bad) { put(part(b.plan, 1), "key", "name") },
			want:   []string{"RecoveryPlan components[1].name: Duplicate value: \"key\""},
		},
		"OverlayReads": {
			reason: "What an overlay reads and nothing has would be missing on the day that it is needed.",
			edit: func(b *bad) {
				put(part(b.plan, 3), "${serving.dbb.status}", "restore", "overlay", "spec", "forProvider", "x")
				put(part(b.plan, 3), "${zone.id}", "fence", "overlay", "spec", "forProvider", "x")
			},
			want: []string{
				"RecoveryPlan components[3].restore.overlay: ", "reads serving.dbb",
				"RecoveryPlan components[3].fence.overlay: ", "reads the zone",
			},
		},
		"OurLabels": {
			reason: "What the function reads back as its own decision nobody else may write.",
			edit: func(b *bad) {
				put(part(b.plan, 1), fields("team", "a", "crossdr.io/role", "Fenced"), "template", "metadata", "labels")
				put(part(b.plan, 1), fields("crossdr.io/replica-of", "x"), "template", "metadata", "annotations")
			},
			want: []string{
				"RecoveryPlan components[1].template.metadata.labels[crossdr.io/role]: Forbidden",
				"RecoveryPlan components[1].template.metadata.annotations[crossdr.io/replica-of]: Forbidden",
			},
		},
		"AdoptedKeyOfAnotherZone": {
			reason: "The copies of two zones must not share a key.",
			edit: func(b *bad) {
				put(part(b.plan, 2), fields("use1-az1", "subnet-use1-az2", "use1-az4", "subnet-use1-az4"), "zones", "adopt")
			},
			want: []string{"RecoveryPlan components[2].zones.adopt[use1-az1]: Invalid value: \"subnet-use1-az2\": could be the key of another copy of component subnet"},
		},
		"RetiredTwice": {
			reason: "Of two entries for one copy one may say Keep and the other Delete.",
			edit: func(b *bad) {
				entry := func(external string) map[string]any {
					return fields("key", "db", "externalName", "db-1", "external", external)
				}
				put(b.xr, []any{entry("Keep"), entry("Delete"), fields("key", "db", "externalName", "db-0")}, "spec", "recovery", "retire")
			},
			want: []string{"XService payments spec.recovery.retire[1]: Duplicate value: \"db\""},
		},
		"CollidingKeys": {
			reason: "A component must not be called like a copy of another.",
			edit:   func(b *bad) { put(part(b.plan, 0), "vpc-us-west-2", "name") },
			want:   []string{"RecoveryPlan components[0].name: ", "could be the key of a copy of component vpc"},
		},
		"NoTemplate": {
			reason: "A component without a template can't be rendered.",
			edit:   func(b *bad) { delete(part(b.plan, 1), "template") },
			want:   []string{"RecoveryPlan components[1].template: Required value", "no earlier step makes a resource of the name vpc"},
		},
		"TwoTemplates": {
			reason: "Of two templates either could be meant.",
			edit: func(b *bad) {
				b.desired = map[string]map[string]any{"vpc": {"apiVersion": "v1", "kind": "ConfigMap"}}
			},
			want: []string{"RecoveryPlan components[1].template: Forbidden", "an earlier step makes a resource of the name vpc too"},
		},
		"TemplateWithoutKind": {
			reason: "What a resource is can't be guessed.",
			edit:   func(b *bad) { delete(part(b.plan, 1)["template"].(map[string]any), "kind") },
			want:   []string{"RecoveryPlan components[1].template", "kind"},
		},
		"DoesNotCompile": {
			reason: "A broken expression is told before anything is rendered.",
			edit:   func(b *bad) { put(part(b.plan, 1), "${xr.spec.}", "template", "spec", "forProvider", "cidrBlock") },
			want:   []string{"RecoveryPlan components[1].template.spec.forProvider.cidrBlock: Invalid value", "does not compile"},
		},
		"Misspelt": {
			reason: "A variable that does not exist is a typing error.",
			edit:   func(b *bad) { put(part(b.plan, 1), "${region.nome}", "template", "spec", "forProvider", "cidrBlock") },
			want:   []string{"components[1].template.spec.forProvider.cidrBlock", "nome"},
		},
		"WrongType": {
			reason: "An expression may compile and still make no sense of what the XR says.",
			edit: func(b *bad) {
				put(part(b.plan, 1), "${xr.spec.cidr + 1}", "template", "spec", "forProvider", "cidrBlock")
			},
			want: []string{"RecoveryPlan component vpc components[1].template.spec.forProvider.cidrBlock: ", "no such overload"},
		},
		"NotInAString": {
			reason: "A map can't stand within a string.",
			edit:   func(b *bad) { put(part(b.plan, 1), "a ${xr.spec}", "template", "spec", "forProvider", "cidrBlock") },
			want:   []string{"components[1].template.spec.forProvider.cidrBlock", "is a map, which can't stand within a string"},
		},
		"FieldMissing": {
			reason: "A field that the XR does not have is a fault of the plan or the XR, and not an empty string.",
			edit:   func(b *bad) { delete(b.xr["spec"].(map[string]any), "cidr") },
			want:   []string{"RecoveryPlan component vpc components[1].template.spec.forProvider.cidrBlock: ", "no such key: cidr"},
		},
		"UnknownServing": {
			reason: "Nothing serves a component that is not in the plan.",
			edit: func(b *bad) {
				put(part(b.plan, 1), "${serving.dbb.status.atProvider.x}", "template", "spec", "forProvider", "cidrBlock")
			},
			want: []string{"RecoveryPlan components[1].template: ", "reads serving.dbb", "key, subnet, vpc"},
		},
		"ZoneWithoutZones": {
			reason: "Only a copy of a spread component is in a zone.",
			edit:   func(b *bad) { put(part(b.plan, 1), "${zone.id}", "template", "spec", "forProvider", "cidrBlock") },
			want:   []string{"RecoveryPlan components[1].template: ", "reads the zone, which only a component with zones has"},
		},
		"Cycle": {
			reason: "Components that wait for each other are never created.",
			edit: func(b *bad) {
				put(part(b.plan, 0), []any{"subnet"}, "after")
				put(part(b.plan, 1), []any{"key"}, "after")
			},
			want: []string{"RecoveryPlan components: ", "wait for each other: key → subnet → vpc → key"},
		},
		"AfterNobody": {
			reason: "Nobody can wait for what there is not.",
			edit:   func(b *bad) { put(part(b.plan, 2), []any{"vpc", "vcp"}, "after") },
			want:   []string{"RecoveryPlan components[2].after[1]: Not found: \"vcp\""},
		},
		"AdoptedTwice": {
			reason: "One resource can't be the copy of two components.",
			edit: func(b *bad) {
				put(part(b.plan, 0), fields("adopt", fields("use1-az1", "a")), "zones")
				put(part(b.plan, 2), fields("adopt", fields("use1-az1", "a")), "zones")
			},
			want: []string{"RecoveryPlan components[2].zones.adopt[use1-az1]: ", "is adopted by component key, too"},
		},
		"HomeContradicted": {
			reason: "A template that states another region than home means something else.",
			edit:   func(b *bad) { put(part(b.plan, 1), "us-west-2", "template", "spec", "forProvider", "region") },
			want:   []string{"RecoveryPlan components[1].template.spec.forProvider.region: Invalid value: \"us-west-2\"", "the home region is us-east-1"},
		},
		"EarlierHomeContradicted": {
			reason: "The template of an earlier step is named by its key.",
			edit: func(b *bad) {
				b.desired = map[string]map[string]any{"vpc": part(b.plan, 1)["template"].(map[string]any)}
				put(b.desired["vpc"], "us-west-2", "spec", "forProvider", "region")
				delete(part(b.plan, 1), "template")
			},
			want: []string{"composed resource vpc spec.forProvider.region: ", "the home region is us-east-1"},
		},
		"TooFewZones": {
			reason: "With too few zones every other zone's reason is told.",
			edit: func(b *bad) {
				put(part(b.plan, 2), fields("min", 3.0, "exclude", []any{"use1-az2"}), "zones")
				zones := at(b.target, "status", "atProvider", "regions").([]any)[0].(map[string]any)["zones"].([]any)
				put(zones[2].(map[string]any), "constrained", "state")
			},
			want: []string{
				"RecoveryPlan components[2].zones.min: ", "cannot spread subnet over us-east-1 (Live)", "at least 3 zones are needed and 1 can be had [use1-az1]",
				"use1-az2 is left out because the plan excludes it", "use1-az4 is left out because its state is constrained",
			},
		},
		"NoRecovery": {
			reason: "An XR that says nothing has no regions.",
			edit:   func(b *bad) { delete(b.xr["spec"].(map[string]any), "recovery") },
			want:   []string{"XService payments spec.recovery: Required value"},
		},
		"NoRegions": {
			reason: "Without a FailoverTarget the XR has to list its regions.",
			edit: func(b *bad) {
				put(b.xr, fields("strategy", "PilotLight"), "spec", "recovery")
			},
			want: []string{"XService payments spec.recovery.regions: Required value"},
		},
		"NoRegion": {
			reason: "A typing error in a region must not become a region.",
			edit:   func(b *bad) { put(b.xr, []any{"us-east-1", "us-west"}, "spec", "recovery", "regions") },
			want:   []string{"XService payments spec.recovery.regions[1]: Invalid value: \"us-west\"", "is no name of a region"},
		},
		"UnknownRegion": {
			reason: "Where nobody knows the zones nothing can be spread.",
			edit: func(b *bad) {
				put(b.xr, fields("regions", []any{"us-east-1", "mars-north-1"}), "spec", "recovery")
			},
			want: []string{"XService payments spec.recovery.regions[1]: Invalid value: \"mars-north-1\"", "is not in the table of ", "no FailoverTarget reports its zones"},
		},
		"RegionsDisagree": {
			reason: "Of two lists of regions neither can be followed.",
			edit:   func(b *bad) { put(b.xr, []any{"us-east-1", "eu-west-1"}, "spec", "recovery", "regions") },
			want:   []string{"XService payments spec.recovery.regions: ", "FailoverTarget dr/payments lists [us-east-1, us-west-2]: they must agree"},
		},
		"ActiveUnlisted": {
			reason: "A region that is not listed can't serve.",
			edit:   func(b *bad) { put(b.target, "eu-west-1", "status", "atProvider", "activeRegion") },
			want:   []string{"FailoverTarget dr/payments status.atProvider.activeRegion: eu-west-1 is none of the regions [us-east-1, us-west-2]"},
		},
		"NotProtected": {
			reason: "A team can't follow another team's decision without being let in.",
			edit:   func(b *bad) { put(b.target, []any{"team-b"}, "spec", "forProvider", "protects", "namespaces") },
			want:   []string{"FailoverTarget dr/payments spec.forProvider.protects.namespaces: does not list team-a"},
		},
		"TargetMalformed": {
			reason: "A decision that can't be read is no decision.",
			edit:   func(b *bad) { put(b.target, "two", "status", "atProvider", "epoch") },
			want:   []string{"FailoverTarget dr/payments can't be read: "},
		},
		"TargetNamespace": {
			reason: "A cluster-scoped XR without a claim has no namespace to look in.",
			edit: func(b *bad) {
				delete(b.xr["metadata"].(map[string]any), "namespace")
				put(b.xr, fields("name", "payments"), "spec", "recovery", "failoverTarget")
			},
			want: []string{"XService payments spec.recovery.failoverTarget.namespace: Required value"},
		},
		"Objectives": {
			reason: "An objective that can't be read can't be met.",
			edit:   func(b *bad) { put(b.xr, fields("rpo", "1d", "rto", "-1h"), "spec", "recovery", "objectives") },
			want:   []string{"XService payments spec.recovery.objectives.rpo: Invalid value: \"1d\"", "XService payments spec.recovery.objectives.rto: Invalid value: \"-1h\": is negative"},
		},
		"ParametersOfNoRegion": {
			reason: "A parameter for a region that is misspelt would be missing on the day it is needed.",
			edit:   func(b *bad) { put(b.xr, fields("us-east-2", map[string]any{}), "spec", "recovery", "parameters") },
			want:   []string{"XService payments spec.recovery.parameters: Unsupported value: \"us-east-2\""},
		},
		"AdoptsNothing": {
			reason: "With a misspelt key the resource would be created a second time.",
			edit:   func(b *bad) { put(b.xr, "vpc-1", "spec", "recovery", "adopt", "vcp") },
			want:   []string{"XService payments spec.recovery.adopt[vcp]: Not found"},
		},
		"DataAtHome": {
			reason: "Data that can't move can't be recovered.",
			edit:   func(b *bad) { put(part(b.plan, 3), "Home", "regions") },
			want:   []string{"RecoveryPlan components[3].regions: Invalid value: \"Home\"", "data must be able to move"},
		},
		"PathsOutsideSpec": {
			reason: "The function writes into the spec and reads the status, and nowhere else.",
			edit: func(b *bad) {
				put(part(b.plan, 1), fields("region", "metadata.labels.region", "identity", "spec.ids[0]", "immutable", []any{"spec.a", "data.b"}, "observedRegion", "spec.region"), "paths")
			},
			want: []string{
				"there are 4 faults", "RecoveryPlan components[1].paths.region: ", "RecoveryPlan components[1].paths.identity: ",
				"RecoveryPlan components[1].paths.immutable[1]: ", "RecoveryPlan components[1].paths.observedRegion: ", "starts with status",
			},
		},
		"VariationOfNoData": {
			reason: "Only data is restored, replicated and fenced.",
			edit: func(b *bad) {
				for _, name := range []string{"restore", "replicate", "fence"} {
					put(part(b.plan, 1), fields("spec", fields("forProvider", map[string]any{})), name, "overlay")
				}
			},
			want: []string{
				"there are 3 faults", "RecoveryPlan components[1].restore: Forbidden", "RecoveryPlan components[1].replicate: Forbidden", "RecoveryPlan components[1].fence: Forbidden",
			},
		},
		"OverlayDoesNotCompile": {
			reason: "On the day of a failover it is too late to find a typing error.",
			edit: func(b *bad) {
				put(part(b.plan, 3), "${region.nome}", "restore", "overlay", "spec", "forProvider", "x")
			},
			want: []string{"RecoveryPlan components[3].restore.overlay.spec.forProvider.x", "nome"},
		},
		"ReadyWhenIsNoCondition": {
			reason: "A copy is ready or it is not.",
			edit:   func(b *bad) { put(part(b.plan, 1), "size(object)", "readyWhen") },
			want:   []string{"RecoveryPlan components[1].readyWhen: Invalid value: \"size(object)\"", "want true or false"},
		},
		"ReadyWhenDoesNotCompile": {
			reason: "What reads a variable that does not exist never holds.",
			edit:   func(b *bad) { put(part(b.plan, 1), "self.status.ok", "readyWhen") },
			want:   []string{"RecoveryPlan components[1].readyWhen: Invalid value", "does not compile"},
		},
		"RestoreOfASchedule": {
			reason: "A schedule leads to another backup each time.",
			edit: func(b *bad) {
				put(part(b.plan, 1), "Workload", "tier")
				put(part(b.plan, 1), fields("apiVersion", "velero.io/v1", "kind", "Restore", "spec", fields("scheduleName", "nightly")), "template")
			},
			want: []string{"spec.scheduleName: Forbidden", "name the backup with spec.backupName"},
		},
		"ConnectionFromNobody": {
			reason: "With a misspelt component nobody would ever get an endpoint.",
			edit:   func(b *bad) { put(b.plan, fields("from", "dbb"), "connection") },
			want:   []string{"RecoveryPlan connection.from: Not found: \"dbb\""},
		},
		"ComponentNamedConnection": {
			reason: "The connection Secret would be put over the copy.",
			edit: func(b *bad) {
				put(part(b.plan, 1), "connection", "name")
				delete(part(b.plan, 2), "after")
				put(b.plan, fields("from", "connection"), "connection")
			},
			want: []string{"RecoveryPlan components[1].name: Forbidden", "is the key of the connection Secret"},
		},
		"ConnectionTaken": {
			reason: "The connection Secret would be put over what an earlier step makes.",
			edit: func(b *bad) {
				put(b.plan, fields("from", "db"), "connection")
				b.desired = map[string]map[string]any{"connection": fields("apiVersion", "v1", "kind", "ConfigMap")}
			},
			want: []string{"composed resource connection: is the key of the connection Secret"},
		},
		"ReplicaBlocks": {
			reason: "To delete a table deletes every replica that it states.",
			edit: func(b *bad) {
				put(part(b.plan, 3), fields("apiVersion", "dynamodb.aws.m.upbound.io/v1beta1", "kind", "Table", "spec", fields("forProvider", fields("replica", []any{fields("regionName", "us-west-2")}))), "template")
			},
			want: []string{
				"RecoveryPlan components[3].template.spec.forProvider.replica: Forbidden", "a resource of its own",
				"RecoveryPlan components[3].fence: Forbidden",
			},
		},
		"ReferenceToATable": {
			reason: "In another region the table is a TableReplica, which no reference to a Table finds.",
			edit: func(b *bad) {
				delete(part(b.plan, 3), "fence")
				put(part(b.plan, 3), fields("apiVersion", "dynamodb.aws.m.upbound.io/v1beta1", "kind", "Table", "spec", fields("forProvider", map[string]any{})), "template")
				put(part(b.plan, 1), fields("apiVersion", "dynamodb.aws.m.upbound.io/v1beta1", "kind", "TableItem", "spec", fields("forProvider", fields("tableNameSelector", fields("matchControllerRef", true)))), "template")
			},
			want: []string{"RecoveryPlan components[1].template spec.forProvider.tableNameSelector: Forbidden: in other regions db is a TableReplica"},
		},
		"ScaleNotStatedEarlier": {
			reason: "What an earlier step does not state would not come back, either.",
			edit: func(b *bad) {
				put(part(b.plan, 1), fields("spec.forProvider.desiredCapacity", 1.0), "standby", "scale")
				b.desired = map[string]map[string]any{"vpc": part(b.plan, 1)["template"].(map[string]any)}
				delete(part(b.plan, 1), "template")
			},
			want: []string{"RecoveryPlan components[1].standby.scale[spec.forProvider.desiredCapacity]: Invalid value", "the template must state it, too"},
		},
		"AdoptedZoneContradicted": {
			reason: "In the zone that the key is really in another copy would be made.",
			edit: func(b *bad) {
				put(part(b.plan, 2), "subnet-a", "zones", "adopt", "use1-az1")
				b.observed = map[string]map[string]any{"subnet-a": fields("apiVersion", "ec2.aws.m.upbound.io/v1beta1", "kind", "Subnet", "metadata", fields("name", "s"),
					"spec", fields("forProvider", fields("region", "us-east-1", "availabilityZone", "us-east-1b")))}
			},
			want: []string{"RecoveryPlan components[2].zones.adopt[use1-az1]: Invalid value: \"subnet-a\": is in zone use1-az2"},
		},
		"AdoptedZoneElsewhere": {
			reason: "What was made before the plan is at home.",
			edit:   func(b *bad) { put(part(b.plan, 2), "subnet-a", "zones", "adopt", "usw2-az1") },
			want:   []string{"RecoveryPlan components[2].zones.adopt[usw2-az1]: Invalid value: \"subnet-a\": is a zone of us-west-2"},
		},
		"BirthKeyTaken": {
			reason: "Without a copy that serves the XR would be Ready over nothing.",
			edit: func(b *bad) {
				put(b.target, "us-west-2", "status", "atProvider", "activeRegion")
				put(b.target, 2.0, "status", "atProvider", "epoch")
				put(b.target, 2.0, "status", "atProvider", "dataEpoch")
				b.observed = map[string]map[string]any{"db-us-west-2-e2": fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance",
					"metadata", fields("name", "d", "labels", fields("crossdr.io/component", "db", "crossdr.io/role", "Standby", "crossdr.io/epoch", "2")),
					"spec", fields("forProvider", fields("region", "us-west-2")))}
			},
			want: []string{"RecoveryPlan component db: no copy would serve in us-west-2, because another has the key that a new one would get"},
		},
		"WorkloadKeyTaken": {
			reason: "A component must not be called like a workload of an epoch.",
			edit: func(b *bad) {
				put(part(b.plan, 0), "Workload", "tier")
				put(part(b.plan, 1), "key-e2", "name")
				delete(part(b.plan, 2), "after")
			},
			want: []string{"RecoveryPlan components[1].name: Invalid value: \"key-e2\": could be the key of a copy of component key"},
		},
		"SelectionKeyTaken": {
			reason: "A component must not be called like the SnapshotSelections of another.",
			edit: func(b *bad) {
				put(part(b.plan, 1), "db-snapshots", "name")
				delete(part(b.plan, 2), "after")
			},
			want: []string{"RecoveryPlan components[1].name: Invalid value: \"db-snapshots\": could be the key of a SnapshotSelection of component db"},
		},
		"NamespaceMissing": {
			reason: "A cluster-scoped XR without a claim must say where its resources go.",
			edit: func(b *bad) {
				delete(b.xr["metadata"].(map[string]any), "namespace")
			},
			want: []string{"metadata.namespace: Required value", "set the plan's namespace"},
		},
		"AnotherKind": {
			reason: "Under one key a resource of another kind would leave the old one behind.",
			edit: func(b *bad) {
				b.observed = map[string]map[string]any{"vpc": fields("apiVersion", "ec2.aws.upbound.io/v1beta1", "kind", "VPC", "metadata", fields("name", "v"))}
			},
			want: []string{"RecoveryPlan component vpc: vpc exists as a VPC.ec2.aws.upbound.io, but its template is a VPC.ec2.aws.m.upbound.io"},
		},
		"TwoComponentsClaimIt": {
			reason: "Key and label must mean one component.",
			edit: func(b *bad) {
				b.observed = map[string]map[string]any{"vpc": fields("apiVersion", "v1", "kind", "X", "metadata", fields("labels", fields("crossdr.io/component", "key")))}
			},
			want: []string{"composed resource vpc metadata.labels[crossdr.io/component]: is key, but the key is one of component vpc"},
		},
		"Everything": {
			reason: "All faults of plan and XR are told at once.",
			edit: func(b *bad) {
				put(part(b.plan, 0), "x", "color")
				put(part(b.plan, 1), "${1 +}", "template", "spec", "forProvider", "cidrBlock")
				put(part(b.plan, 2), []any{"subnet", "nobody"}, "after")
				put(b.xr, "soon", "spec", "recovery", "objectives", "rto")
				put(b.xr, fields("eu-west-1", map[string]any{}), "spec", "recovery", "parameters")
				put(b.xr, []any{fields("component", "vpc", "epoch", 2.0)}, "spec", "recovery", "startEmpty")
				put(b.target, "Pending", "status", "atProvider", "phase")
			},
			want: []string{
				"there are 8 faults", "RecoveryPlan components[0].color", "RecoveryPlan components[1].template.spec.forProvider.cidrBlock",
				"RecoveryPlan components[2].after[1]", "RecoveryPlan components: Invalid value: components wait for each other: subnet → subnet",
				"XService payments spec.recovery.objectives.rto", "XService payments spec.recovery.parameters", "XService payments spec.recovery.startEmpty[0].component",
				"FailoverTarget dr/payments status.atProvider.phase: is Pending",
			},
		},
	}

	if m := fatal(ask(t, shared, good().request())); m != "" {
		t.Fatalf("the good request is refused: %s", m)
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := good()
			tc.edit(b)

			rsp := ask(t, shared, b.request())
			m := fatal(rsp)

			for _, want := range append(tc.want, "nothing was changed") {
				if !strings.Contains(m, want) {
					t.Errorf("\n%s\nmessage is %q\nwant it to contain %q", tc.reason, m, want)
				}
			}

			checkConditions(t, rsp)
		})
	}
}

// checkConditions checks that the conditions of good are sent again: Crossplane
// turns those that a FATAL result does not repeat to Unknown.
func checkConditions(t *testing.T, rsp *fnv1.RunFunctionResponse) {
	t.Helper()

	got := map[string]string{}
	for _, c := range rsp.GetConditions() {
		got[c.GetType()] = fmt.Sprint(c.GetStatus(), " ", c.GetReason(), " ", c.GetMessage())
	}

	want := map[string]string{
		"Serving":   fmt.Sprint(fnv1.Status_STATUS_CONDITION_TRUE, " AllReady every copy is ready"),
		"Protected": fmt.Sprint(fnv1.Status_STATUS_CONDITION_FALSE, " StandbyNotReady "),
	}

	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("conditions are %v, want %v", got, want)
	}
}

// A request that lacks what every request has must not bring the server down.
func TestBadRequest(t *testing.T) {
	for name, edit := range map[string]func(req *fnv1.RunFunctionRequest){
		"Empty":   func(req *fnv1.RunFunctionRequest) { proto.Reset(req) },
		"NoXR":    func(req *fnv1.RunFunctionRequest) { req.Observed = nil },
		"EmptyXR": func(req *fnv1.RunFunctionRequest) { req.Observed.Composite.Resource = &structpb.Struct{} },
		"NilItem": func(req *fnv1.RunFunctionRequest) {
			req.RequiredResources[requirementTarget].Items = []*fnv1.Resource{nil}
		},
		"NilItems":          func(req *fnv1.RunFunctionRequest) { req.RequiredResources[requirementTarget] = nil },
		"NullRecovery":      func(req *fnv1.RunFunctionRequest) { spec(req).Fields["recovery"] = structpb.NewNullValue() },
		"RecoveryIsAText":   func(req *fnv1.RunFunctionRequest) { spec(req).Fields["recovery"] = structpb.NewStringValue("x") },
		"ComponentsAreNull": func(req *fnv1.RunFunctionRequest) { req.Input.Fields["components"] = structpb.NewNullValue() },
		"ComponentsAreATree": func(req *fnv1.RunFunctionRequest) {
			req.Input.Fields["components"] = structpb.NewStructValue(proto.CloneOf(req.GetInput()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := good().request()
			edit(req)

			if rsp := ask(t, shared, req); fatal(rsp) == "" && name != "NilItem" {
				t.Errorf("a broken request got no FATAL result: %v", rsp)
			}
		})
	}
}

func spec(req *fnv1.RunFunctionRequest) *structpb.Struct {
	return req.GetObserved().GetComposite().GetResource().GetFields()["spec"].GetStructValue()
}
