package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// A visit looks at one render.
type visit func(t *rapid.T, w *world, req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse)

// anyLife renders a world again and again while things happen to it. Nothing
// that happens contradicts the decision, so no render may refuse to go on:
// FATAL would be a safe answer to everything.
func anyLife(t *rapid.T, look visit) *world {
	w := anyWorld(t)

	for i := range rapid.IntRange(1, 8).Draw(t, "events") {
		if i > 0 {
			name := rapid.SampledFrom(slices.Sorted(maps.Keys(events))).Draw(t, "event")
			events[name](t, w)
		}

		for range rapid.IntRange(1, 2).Draw(t, "renders") {
			req := w.request()
			rsp := ask(t, shared, w.request())

			if m := fatal(rsp); m != "" {
				t.Fatalf("ordinary life was refused: %s", m)
			}

			look(t, w, req, rsp)
			w.obey(t, rsp)
		}
	}

	return w
}

// anyMess is a world that somebody or something has been at.
func anyMess(t *rapid.T) *world {
	w := anyLife(t, func(*rapid.T, *world, *fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {})

	for range rapid.IntRange(1, 4).Draw(t, "accidents") {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(accidents))).Draw(t, "accident")
		accidents[name](t, w)
	}

	return w
}

// events are what happens in the life of an XR.
var events = map[string]func(t *rapid.T, w *world){
	"fail over": func(t *rapid.T, w *world) {
		if w.target != nil {
			w.decide(t, rapid.SampledFrom(w.regions).Draw(t, "to"))
		}
	},
	"fail over again": func(t *rapid.T, w *world) {
		if w.target != nil {
			w.decide(t, w.regions[(slices.Index(w.regions, w.target.active)+1)%len(w.regions)])
		}
	},
	"restore in place": func(t *rapid.T, w *world) {
		if w.target != nil {
			w.decide(t, w.target.active)
			w.target.restore, w.target.dataEpoch = true, w.target.epoch
		}
	},
	"retire": func(t *rapid.T, w *world) {
		if len(w.observed) > 0 {
			key := rapid.SampledFrom(w.observedKeys()).Draw(t, "copy")

			name, _ := at(w.observed[key], "metadata", "annotations", "crossplane.io/external-name").(string)
			if name == "" || rapid.IntRange(0, 3).Draw(t, "wrong name") == 0 {
				name = "another"
			}

			w.retire = slices.DeleteFunc(w.retire, func(e any) bool { return at(e, "key") == key && at(e, "externalName") == name })
			w.retire = append(w.retire, fields("key", key, "externalName", name, "external", rapid.SampledFrom([]any{"Keep", "Delete"}).Draw(t, "external")))
		}
	},
	"keep what was to retire": func(_ *rapid.T, w *world) { w.retire = nil },
	"adopt": func(_ *rapid.T, w *world) {
		if w.target != nil && w.target.dataEpoch > 1 && w.tierOf("db") != nil {
			w.adopt[fmt.Sprint("db-", w.target.active, "-e", w.target.dataEpoch)] = "db-ADOPTED"
			w.aws[w.target.active+"/restored by hand"] = database{name: "db-ADOPTED"}
		}
	},
	"expire workloads": func(_ *rapid.T, w *world) {
		for _, key := range w.observedKeys() {
			if w.observed[key]["kind"] == "Restore" {
				delete(w.observed, key)
			}
		}
	},
	"install or remove Velero": func(_ *rapid.T, w *world) { w.schemas["restore"] = !w.schemas["restore"] },
	"go dark or return": func(t *rapid.T, w *world) {
		if r := rapid.SampledFrom(w.regions).Draw(t, "region"); w.target != nil && r != w.target.active {
			w.target.dark[r] = !w.target.dark[r]
		}
	},
	"change hands": func(_ *rapid.T, w *world) {
		if w.target != nil {
			w.target.holder = !w.target.holder
		}
	},
	"name a target": func(_ *rapid.T, w *world) {
		if w.target == nil {
			w.target = newDecided(w.regions[0])
		}
	},
	"impair a zone": func(t *rapid.T, w *world) {
		if w.target != nil {
			// One zone of each region stays, so that the minimum can be met.
			id := rapid.SampledFrom([]string{"use1-az1", "use1-az2", "usw2-az2", "usw2-az3", "euw1-az2"}).Draw(t, "zone")
			w.target.zones[id] = rapid.SampledFrom([]string{"available", "constrained", ""}).Draw(t, "state")
		}
	},
	"consent to empty": func(_ *rapid.T, w *world) {
		if w.target != nil && w.target.epoch > 1 && w.tierOf("db") != nil {
			w.startEmpty = append(w.startEmpty, fields("component", "db", "epoch", w.target.epoch))
		}
	},
	"lose a status": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil {
			delete(o, "status")
		}
	},
	"lose labels": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil {
			delete(o["metadata"].(map[string]any), "labels")
		}
	},
	"lose the XR's status": func(_ *rapid.T, w *world) { w.status = nil },
	"lose a copy": func(t *rapid.T, w *world) {
		if len(w.observed) > 0 {
			w.lose(rapid.SampledFrom(w.observedKeys()).Draw(t, "copy"))
		}
	},
	"drop a component": func(t *rapid.T, w *world) {
		if len(w.parts) > 0 {
			i := rapid.IntRange(0, len(w.parts)-1).Draw(t, "component")
			w.dropped, w.parts = append(w.dropped, w.parts[i]), slices.Delete(slices.Clone(w.parts), i, i+1)
			w.startEmpty = nil
		}
	},
	"take components back": func(_ *rapid.T, w *world) { w.parts, w.dropped = append(w.parts, w.dropped...), nil },
	"protect the database, or no more": func(_ *rapid.T, w *world) {
		for _, p := range w.parts {
			if _, protected := p["protect"]; p["name"] != "db" {
				continue
			} else if protected {
				delete(p, "protect")
			} else {
				p["protect"] = fields("iamRoleArn", "arn:aws:iam::123456789012:role/backup")
			}
		}
	},
	"change the strategy": func(t *rapid.T, w *world) {
		w.strategy = rapid.SampledFrom([]string{"", "BackupAndRestore", "PilotLight", "WarmStandby", "MultiSite"}).Draw(t, "strategy")
	},
	"change the objectives": func(t *rapid.T, w *world) {
		w.objectives = anyObjectives(t)
	},
	"call the database otherwise": func(t *rapid.T, w *world) {
		for _, p := range w.parts {
			if p["name"] == "db" {
				put(p["template"].(map[string]any), fmt.Sprint("called-", rapid.IntRange(1, 3).Draw(t, "name")), "spec", "forProvider", "identifier")
			}
		}
	},
	"edit a template": func(t *rapid.T, w *world) {
		for _, p := range w.parts {
			block := rapid.SampledFrom([]string{"forProvider", "initProvider"}).Draw(t, "block")
			arguments := unmovable[p["template"].(map[string]any)["kind"].(string)]

			if len(arguments) > 0 && rapid.Bool().Draw(t, "edits") {
				argument := rapid.SampledFrom(arguments).Draw(t, "argument")
				put(p["template"].(map[string]any), fmt.Sprint("edited-", rapid.IntRange(1, 3).Draw(t, "value")), "spec", block, argument)
			}
		}
	},
}

// decide makes a decision: to go to another region, or to take over control of
// the one that serves.
func (w *world) decide(t *rapid.T, to string) {
	d := w.target
	d.epoch++
	d.from, d.restore = d.active, false
	d.decidedAt = moment(100 * int(d.epoch))
	d.oldestData = rapid.SampledFrom([]string{"", moment(0), moment(100*int(d.epoch) - 50)}).Draw(t, "oldest data")

	if to != d.active {
		d.dataEpoch = d.epoch
	}

	d.active, d.dark = to, map[string]bool{}

	for _, r := range w.regions {
		d.dark[r] = r != to && rapid.Bool().Draw(t, r+" is dark")
	}
}

// unmovable are arguments that never change on a resource that exists.
var unmovable = map[string][]string{
	"VPC": {"cidrBlock"}, "Subnet": {"cidrBlock", "availabilityZone", "availabilityZoneId"}, "SecurityGroup": strings.Fields("name description"),
	"Instance":  {"identifier", "snapshotIdentifier", "kmsKeyId", "engine", "username", "replicateSourceDb", "availabilityZone"},
	"EBSVolume": {"availabilityZone", "snapshotId", "kmsKeyId"},
}

// accidents leave what no history explains.
var accidents = map[string]func(t *rapid.T, w *world){
	"label": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil {
			name := rapid.SampledFrom(strings.Fields("component region zone role epoch decided-epoch failover-target")).Draw(t, "label")
			put(o, rapid.SampledFrom([]string{
				"", "db", "vpc", "gone", "us-west-2", "us-east-1", "mars-1", "usw2-az1", "use1-az9", "Serving", "Standby", "Fenced", "Kept", "1", "2", "99", "-1", "dr.payments", "x",
			}).Draw(t, "value"), "metadata", "labels", "crossdr.io/"+name)
		}
	},
	"rename a key": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil {
			w.observed[w.anyKey(t)] = runtime.DeepCopyJSON(o)
		}
	},
	"add a stranger": func(t *rapid.T, w *world) {
		w.observed[w.anyKey(t)] = fields("apiVersion", "v1", "kind", "Secret", "metadata", fields("name", "stranger"))
	},
	"start to delete": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil {
			put(o, "2026-11-20T08:00:00Z", "metadata", "deletionTimestamp")
		}
	},
	"lose a spec": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil {
			delete(o, "spec")
		}
	},
	"move": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil && at(o, "spec", "forProvider", "region") != nil {
			put(o, rapid.SampledFrom([]string{"us-east-1", "us-west-2", "mars-1"}).Draw(t, "region"), "spec", "forProvider", "region")
		}
	},
	"write a create-only value": func(t *rapid.T, w *world) {
		if o := w.anyObserved(t); o != nil {
			argument := rapid.SampledFrom(slices.Concat(unmovable["Instance"], unmovable["Subnet"])).Draw(t, "argument")
			put(o, "observed", "spec", rapid.SampledFrom([]string{"forProvider", "initProvider"}).Draw(t, "block"), argument)
		}
	},
}

func (w *world) anyKey(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"db", "vpc", "db-us-west-2", "db-us-west-2-e2", "db-us-east-1-e3", "db-us-west-2-e1", "db--e2", "db-mars-1", "vpc-us-west-2-e2", "subnet-usw2-az1",
		"subnet-use1-az7", "subnet", "-", "e2", "stranger", "key-us-west-2-us-west-2", "volume-use1-az1-e2", "dns", "dns-us-west-2",
	}).Draw(t, "key")
}

func (w *world) anyObserved(t *rapid.T) map[string]any {
	if len(w.observed) == 0 {
		return nil
	}

	return w.observed[rapid.SampledFrom(w.observedKeys()).Draw(t, "copy")]
}

// obey does what Crossplane and the providers do with a response: what is
// desired is applied, what is not any more is deleted, and some of it comes to
// be.
func (w *world) obey(t *rapid.T, rsp *fnv1.RunFunctionResponse) {
	w.remember(rsp)
	w.status = w.statusOf(rsp)
	w.published = rsp.GetDesired().GetComposite().GetConnectionDetails()
	desired := objects(rsp.GetDesired().GetResources())

	for _, key := range slices.Sorted(maps.Keys(desired)) {
		o, exists := w.observed[key]

		switch {
		case exists:
			apply(o, desired[key], w.applied[key])
		case w.luck(t, key+" fails", 4) == 0:
			continue
		default:
			o = clone(desired[key])
			w.serial++

			if at(o, "metadata", "name") == nil {
				put(o, fmt.Sprint("payments-x7k2p-", w.serial), "metadata", "name")
			}

			w.observed[key] = o

			if o["kind"] == "Restore" {
				w.past.made[key]++
			}
		}

		put(o, key, "metadata", "annotations", "crossplane.io/composition-resource-name")
		w.applied[key] = clone(desired[key])
		w.provide(t, key, o)
	}

	for _, key := range w.observedKeys() {
		if desired[key] == nil {
			delete(w.observed, key)
			delete(w.applied, key)
			delete(w.details, key)
		}
	}
}

// reportReplicas writes what AWS reports of the replicas of a table.
func (w *world) reportReplicas(table map[string]any) {
	var replicas []any

	for _, key := range w.observedKeys() {
		o := w.observed[key]
		if _, name, _ := strings.Cut(fmt.Sprint(at(o, "spec", "forProvider", "globalTableArn")), "/"); name == at(table, "metadata", "name") && o["status"] != nil {
			replicas = append(replicas, fields("regionName", at(o, "spec", "forProvider", "region")))
		}
	}

	put(table, replicas, "status", "atProvider", "replica")
}

// provide plays whoever looks after a resource.
func (w *world) provide(t *rapid.T, key string, o map[string]any) {
	switch {
	case isManaged(o):
		w.provideAWS(t, key, o)
	case o["kind"] == "SnapshotSelection":
		w.provideSelection(t, key, o)
	case o["kind"] == "Restore":
		put(o, []any{"InProgress", "PartiallyFailed", "Completed", "Completed"}[w.luck(t, key+" phase", 3)], "status", "phase")
	case o["kind"] == "Kustomization":
		put(o, []any{fields("type", "Ready", "status", "True")}, "status", "conditions")
	}
}

// provideAWS plays the provider of AWS.
func (w *world) provideAWS(t *rapid.T, key string, o map[string]any) {
	region, _ := at(o, "spec", "forProvider", "region").(string)
	if w.target != nil && w.target.dark[region] {
		return
	}

	policies, _ := at(o, "spec", "managementPolicies").([]any)
	exists := at(o, "status", "atProvider", "id") != nil || at(o, "metadata", "annotations", "crossplane.io/external-name") != nil

	// What was never made is not there to be observed.
	if !exists && slices.Equal(policies, []any{"Observe"}) {
		put(o, []any{fields("type", "Synced", "status", "False"), fields("type", "Ready", "status", "False")}, "status", "conditions")

		return
	}

	if !exists && slices.Contains(policies, any("Create")) && !w.create(t, key, o) {
		return
	}

	if !slices.Equal(policies, []any{"Observe"}) {
		if at(o, "metadata", "annotations", "crossplane.io/external-name") == nil {
			w.serial++

			name := fmt.Sprint(o["kind"], "-", w.serial)
			if o["kind"] == "Table" {
				// What names it on AWS is its name.
				name = at(o, "metadata", "name").(string)
			}

			if db, ok := w.onAWS(o); ok {
				name = db.name
			}

			put(o, name, "metadata", "annotations", "crossplane.io/external-name")
		}

		if o["kind"] == "Instance" && at(o, "spec", "forProvider", "kmsKeyId") == nil {
			put(o, "late", "spec", "forProvider", "kmsKeyId")
		}

		// What a table has and does not state an update deletes.
		if o["kind"] == "Table" && slices.Contains(policies, any("Update")) && (at(o, "spec", "initProvider", "replica") == nil || slices.Contains(policies, any("Create")) || at(o, "metadata", "labels", "crossdr.io/role") != "Serving") {
			t.Fatalf("law 1: to update %s would delete its replicas: %v", key, o["spec"])
		}

		if is := w.renames(o); is != "" && slices.Contains(policies, any("Update")) {
			t.Fatalf("law 3: to update %s would rename %s to %s", key, is, called(o))
		}

		if slices.Contains(policies, any("Update")) && w.luck(t, key+" is updated", 1) == 1 {
			provideUpdate(o)
		}
	}

	put(o, at(o, "metadata", "annotations", "crossplane.io/external-name"), "status", "atProvider", "id")
	put(o, "arn-of-"+key, "status", "atProvider", "arn")

	// All copies of a table have its name.
	switch o["kind"] {
	case "Table":
		put(o, fmt.Sprint("arn:aws:dynamodb:", region, ":123456789012:table/", at(o, "metadata", "name")), "status", "atProvider", "arn")
		w.reportReplicas(o)
	case "TableReplica":
		_, name, _ := strings.Cut(fmt.Sprint(at(o, "spec", "forProvider", "globalTableArn")), "/")
		put(o, fmt.Sprint("arn:aws:dynamodb:", region, ":123456789012:table/", name), "status", "atProvider", "arn")
	}
	put(o, "address-of-"+key, "status", "atProvider", "address")

	if o["kind"] == "Instance" {
		w.provideReplication(t, key, o)
		w.details[key] = map[string][]byte{"endpoint": []byte(key), "only-" + key: []byte("x")}
	}

	if region != "" {
		put(o, region, "status", "atProvider", "region")
	}

	for _, name := range []string{"availabilityZone", "availabilityZoneId"} {
		if v := at(o, "spec", "forProvider", name); v != nil {
			put(o, v, "status", "atProvider", name)
		}
	}

	ready := "True"
	if w.luck(t, key+" is ready", 3) == 0 {
		ready = "False"
	}

	conditions := []any{fields("type", "Ready", "status", ready, "lastTransitionTime", moment(w.serial)), fields("type", "Synced", "status", "True")}

	// What exists may fail to be changed.
	if w.luck(t, key+" is changed", 5) == 0 {
		conditions = append(conditions, fields("type", "LastAsyncOperation", "status", "False", "message", "modifying it", "lastTransitionTime", moment(w.serial)))
	}

	put(o, sustained(o, conditions...), "status", "conditions")
}

// provideUpdate makes AWS report what was asked for.
func provideUpdate(o map[string]any) {
	for _, name := range []string{"vpcSecurityGroupIds", "minSize", "desiredCapacity"} {
		if v := at(o, "spec", "forProvider", name); v != nil {
			put(o, v, "status", "atProvider", name)
		}
	}
}

// provideReplication promotes a replica when it is told to, sooner or later,
// and late-initializes its source as long as AWS reports one.
func (w *world) provideReplication(t *rapid.T, key string, o map[string]any) {
	spec, _ := at(o, "spec", "forProvider").(map[string]any)
	policies, _ := at(o, "spec", "managementPolicies").([]any)

	switch source, stated := spec["replicateSourceDb"]; {
	case stated && source != "":
		put(o, source, "status", "atProvider", "replicateSourceDb")
	case stated && slices.Contains(policies, any("Update")) && w.luck(t, key+" is promoted", 1) == 1:
		delete(at(o, "status", "atProvider").(map[string]any), "replicateSourceDb")
	case !stated && at(o, "status", "atProvider", "replicateSourceDb") != nil:
		spec["replicateSourceDb"] = at(o, "status", "atProvider", "replicateSourceDb")
	}
}

// provideSelection plays our own provider.
func (w *world) provideSelection(t *rapid.T, key string, o map[string]any) {
	if w.calm {
		w.answer(o)

		return
	}

	state := rapid.SampledFrom([]string{"as it was", "none", "Absent", "Absent", "Present", "Unknown", "nothing selected", "no time"}).Draw(t, key+" says")

	switch state {
	case "as it was":
		return
	case "none":
		delete(o, "status")

		return
	}

	w.serial++
	selected := fields("id", fmt.Sprint("snap-", w.serial), "dataTime", moment(rapid.IntRange(-20, 20).Draw(t, "minutes")+w.serial))
	existing := fields("state", "Absent")

	switch state {
	case "Present":
		existing = fields("state", state, "externalName", w.found(o))
	case "Unknown":
		existing = fields("state", state)
	case "nothing selected":
		selected = map[string]any{}
	case "no time":
		delete(selected, "dataTime")
	}

	if as := at(o, "spec", "forProvider", "restoreAs"); as != nil {
		existing["restoreAs"] = as
	}

	put(o, fields("selected", selected, "existing", existing, "reason", state), "status", "atProvider")
	put(o, []any{fields("type", "Ready", "status", rapid.SampledFrom([]any{"True", "False"}).Draw(t, key+" is ready"))}, "status", "conditions")
}

// apply applies what is desired to an existing object, as the API server does:
// what was desired before and is not any more is taken away.
func apply(o, desired, before map[string]any) {
	withdraw(o, desired, before)
	merge(o, clone(desired))
}

func withdraw(o, desired, before map[string]any) {
	for k, was := range before {
		child, isMap := o[k].(map[string]any)
		wasMap, wasOne := was.(map[string]any)
		nowMap, _ := desired[k].(map[string]any)

		if _, still := desired[k]; isMap && wasOne {
			withdraw(child, nowMap, wasMap)
		} else if !still {
			delete(o, k)
		}
	}
}

func merge(into, from map[string]any) {
	for k, v := range from {
		was, isMap := into[k].(map[string]any)
		now, isMapNow := v.(map[string]any)

		if isMap && isMapNow {
			merge(was, now)
		} else {
			into[k] = v
		}
	}
}

// put writes a value at a path of field names.
func put(o map[string]any, v any, path ...string) {
	for _, name := range path[:len(path)-1] {
		child, ok := o[name].(map[string]any)
		if !ok {
			child = map[string]any{}
			o[name] = child
		}

		o = child
	}

	o[path[len(path)-1]] = v
}
