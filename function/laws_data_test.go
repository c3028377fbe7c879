package main

import (
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossdr/crossdr/function/internal/render"
)

// Nothing is born over something that exists, or empty by accident: after the
// first epoch an empty database looks like one that was recovered.
func TestLaw10HowDataIsBorn(t *testing.T) {
	inLifeAndMess(t, func(t *rapid.T, w *world, _ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		for key, d := range objects(rsp.GetDesired().GetResources()) {
			if w.observed[key] != nil || w.tierOf(label(d, "component")) != "Data" {
				continue
			}

			if source := at(d, "metadata", "annotations", "crossdr.io/replica-of"); source != nil {
				w.checkReplica(t, key, source, d)
			} else if w.target != nil && w.target.epoch > 1 {
				w.checkBirth(t, key, d)
			}
		}
	})
}

// checkReplica checks the birth of a standby: where something answers, and of
// what serves.
func (w *world) checkReplica(t *rapid.T, key string, source any, d map[string]any) {
	region, _ := at(d, "spec", "forProvider", "region").(string)
	from := w.observed[fmt.Sprint(source)]
	named := at(d, "spec", "forProvider", map[any]string{"Instance": "replicateSourceDb", "TableReplica": "globalTableArn"}[d["kind"]])

	switch {
	case label(d, "role") != "Standby", w.target != nil && (w.target.dark[region] || w.target.active == region):
		t.Fatalf("%s is born as a replica: %s in %s", key, label(d, "role"), region)
	case from == nil, named == nil, at(from, "status", "atProvider", "arn") != named:
		t.Fatalf("%s replicates %v, want what AWS calls %s", key, named, source)
	case at(d, "spec", "forProvider", "username") != nil, at(d, "spec", "forProvider", "snapshotIdentifier") != nil, at(d, "spec", "initProvider", "snapshotIdentifier") != nil:
		t.Fatalf("%s states what a replica has from its source: %v", key, d["spec"])
	}
}

func (w *world) checkBirth(t *rapid.T, key string, d map[string]any) {
	component := label(d, "component")
	pinned := pinnedSnapshot(d)
	name, _ := at(d, "metadata", "annotations", "crossplane.io/external-name").(string)

	if label(d, "role") != "Serving" || label(d, "epoch") != fmt.Sprint(w.target.dataEpoch) || w.target.dataEpoch > 1 && !strings.HasSuffix(key, fmt.Sprint("-e", w.target.dataEpoch)) {
		t.Fatalf("%s is born as %s with the epoch %q, want it to serve since %d", key, label(d, "role"), label(d, "epoch"), w.target.dataEpoch)
	}

	empty := slices.ContainsFunc(w.startEmpty, func(e any) bool {
		return at(e, "component") == component && (at(e, "epoch") == w.target.epoch || at(e, "epoch") == w.target.dataEpoch)
	})

	switch {
	case pinned != "" && name == "":
		if selection := w.selectionOf(component, key, d, func(s map[string]any) bool {
			time, _ := at(s, "status", "atProvider", "selected", "dataTime").(string)

			return at(s, "status", "atProvider", "existing", "state") == "Absent" && at(s, "status", "atProvider", "selected", "id") == pinned &&
				(w.target.oldestData == "" || time >= w.target.oldestData) && at(d, "metadata", "annotations", "crossdr.io/restored-from") == pinned
		}); selection == nil {
			t.Fatalf("%s is born from %s, which no selection chose that knows it to be absent and new enough", key, pinned)
		}
	case name != "" && pinned == "":
		present := w.selectionOf(component, key, d, func(s map[string]any) bool {
			return at(s, "status", "atProvider", "existing", "state") == "Present" && at(s, "status", "atProvider", "existing", "externalName") == name
		})
		if policies, _ := at(d, "spec", "managementPolicies").([]any); present == nil && w.adopt[key] != name && w.remembered(key) != name || slices.Contains(policies, any("Create")) {
			t.Fatalf("%s adopts %s with policies %v, and nothing says that it exists", key, name, policies)
		}
	case pinned != "" || !empty:
		t.Fatalf("%s is born at epoch %d, and nobody consents to an empty one: %v", key, w.target.epoch, d)
	}
}

// remembered returns the external name that the XR's status has for a key.
func (w *world) remembered(key string) any {
	copies, _ := at(w.status, "recovery", "copies").([]any)
	if i := slices.IndexFunc(copies, func(c any) bool { return at(c, "key") == key }); i >= 0 {
		return at(copies[i], "externalName")
	}

	return nil
}

// selectionOf returns an observed SnapshotSelection for a birth. That its
// source is the copy that served last is checked, too.
func (w *world) selectionOf(component, key string, d map[string]any, match func(map[string]any) bool) map[string]any {
	for _, s := range w.observed {
		if s["kind"] != "SnapshotSelection" || label(s, "protects") != component || at(s, "spec", "forProvider", "region") != w.target.active || !match(s) {
			continue
		}

		if as := at(s, "spec", "forProvider", "restoreAs"); at(d, "spec", "forProvider", "identifier") != nil && as != at(d, "spec", "forProvider", "identifier") {
			continue
		}

		// An adopted copy does not state its identifier.
		last := w.lastServed(key)
		if id := at(last, "spec", "forProvider", "identifier"); component == "db" && id != nil && at(s, "spec", "forProvider", "source", "identifier") != id {
			continue
		}

		return s
	}

	return nil
}

// lastServed returns the db copy that served before another one is born. One
// that was to serve and was never made did not.
func (w *world) lastServed(key string) map[string]any {
	for _, k := range slices.Backward(w.past.served) {
		if o := w.observed[k]; k != key && o != nil && (k == "db" || render.Created(&object{message: message(o)})) {
			return o
		}
	}

	return nil
}

func pinnedSnapshot(d map[string]any) string {
	for _, block := range []string{"forProvider", "initProvider"} {
		for _, name := range []string{"snapshotIdentifier", "snapshotId", "restoreSourceTableArn"} {
			if s, _ := at(d, "spec", block, name).(string); s != "" {
				return s
			}
		}
	}

	return ""
}

// What was restored never changes its origin, and selections come and go but
// are never re-pointed.
func TestSelectionsAreNeverRepointed(t *testing.T) {
	inLifeAndMess(t, func(t *rapid.T, w *world, _ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		for key, d := range objects(rsp.GetDesired().GetResources()) {
			if d["kind"] != "SnapshotSelection" {
				continue
			}

			if !w.isOurs(key, w.observed[key]) && label(d, "component") != "" || rsp.GetDesired().GetResources()[key].GetReady() != fnv1.Ready_READY_TRUE {
				t.Fatalf("%s is a selection and no copy: %v", key, d)
			}

			if o := w.observed[key]; o != nil && label(o, "protects") != "" {
				// What proves the lineage may become known later.
				for _, path := range [][]string{
					{"metadata", "name"},
					{"spec", "forProvider", "region"},
					{"spec", "forProvider", "source", "kind"},
					{"spec", "forProvider", "source", "identifier"},
					{"spec", "forProvider", "source", "resourceId"},
					{"spec", "forProvider", "source", "arn"},
				} {
					if was, is := at(o, path...), at(d, path...); was != nil && !reflect.DeepEqual(was, is) {
						t.Fatalf("%s: %s is %v, and was %v", key, strings.Join(path, "."), is, was)
					}
				}
			} else if w.target == nil || !w.target.holder {
				t.Fatalf("%s is made by a control plane that follows no FailoverTarget or does not hold it", key)
			}
		}
	})
}

// The user gets the connection details of one copy: one that serves and is
// ready, or those he had. He never gets those of an older one back.
func TestConnectionIsThatOfOneServingCopy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		anyLife(t, func(t *rapid.T, w *world, req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
			was, is := w.connection(req.GetObserved()), w.connection(rsp.GetDesired())
			if w.tierOf("db") == nil || fmt.Sprint(is) == fmt.Sprint(was) {
				return
			}

			from := slices.DeleteFunc(w.observedKeys(), func(key string) bool { return !reflect.DeepEqual(is, w.details[key]) })
			if len(from) != 1 {
				t.Fatalf("the connection details are %q, want those of one copy; they were %q", is, was)
			}

			key := from[0]
			o, d := w.observed[key], rsp.GetDesired().GetResources()[key].GetResource().AsMap()

			follows := at(o, "metadata", "annotations", "crossdr.io/replica-of") != nil && at(o, "status", "atProvider", "replicateSourceDb") != nil

			if label(d, "role") != "Serving" || w.target != nil && !w.target.holder || !isTrue(o, "Ready") || follows {
				t.Fatalf("the connection details are those of %s, which is %s and no copy that can be written to: %v", key, label(d, "role"), o)
			}

			if i := slices.Index(w.past.connected, key); i >= 0 && i < len(w.past.connected)-1 {
				t.Fatalf("the connection details are those of %s again, after %v", key, w.past.connected)
			} else if i < 0 {
				w.past.connected = append(w.past.connected, key)
			}
		})
	})
}

// A database that AWS still makes can be Ready, and has no endpoint: that of the
// old one with the port of the new one would lead nowhere.
func TestConnectionIsNeverHalf(t *testing.T) {
	cases := map[string]struct {
		reason  string
		claimed bool
		details map[string][]byte
		want    map[string][]byte
	}{
		"Whole":          {reason: "The new copy takes over.", details: map[string][]byte{"endpoint": []byte("new"), "port": []byte("new")}, want: map[string][]byte{"endpoint": []byte("new"), "port": []byte("new")}},
		"NoEndpoint":     {reason: "Nothing is handed out in part.", details: map[string][]byte{"port": []byte("new")}, want: map[string][]byte{"endpoint": []byte("old"), "port": []byte("old")}},
		"EmptyEndpoint":  {reason: "Empty is none.", details: map[string][]byte{"endpoint": {}, "port": []byte("new")}, want: map[string][]byte{"endpoint": []byte("old"), "port": []byte("old")}},
		"OfAClaim":       {reason: "A claim's are the XR's.", claimed: true, details: map[string][]byte{"endpoint": []byte("new")}, want: map[string][]byte{"endpoint": []byte("new")}},
		"OfAClaimInPart": {reason: "A claim gets nothing in part, too.", claimed: true, details: map[string][]byte{"port": []byte("new")}, want: map[string][]byte{"endpoint": []byte("old"), "port": []byte("old")}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			const key = "db-us-west-2-e2"

			w := failedOver(fields())
			w.claimed = tc.claimed
			w.observed[key] = fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance", "metadata", fields("name", key),
				"spec", fields("forProvider", fields("region", "us-west-2")),
				"status", fields("atProvider", fields("arn", "arn"), "conditions", []any{fields("type", "Ready", "status", "True")}))
			w.details[key] = tc.details
			w.published = map[string][]byte{"endpoint": []byte("old"), "port": []byte("old")}
			w.observed["connection"] = fields("apiVersion", "v1", "kind", "Secret", "metadata", fields("name", "c"),
				"data", fields("endpoint", base64.StdEncoding.EncodeToString([]byte("old")), "port", base64.StdEncoding.EncodeToString([]byte("old"))))

			// Only an XR of its own has a connection Secret.
			if tc.claimed {
				delete(w.observed, "connection")
			}

			rsp := ask(t, shared, w.request())
			if diff := cmp.Diff(tc.want, w.connection(rsp.GetDesired())); diff != "" {
				t.Errorf("%s: -want +got:\n%s%s", tc.reason, diff, fatal(rsp))
			}
		})
	}
}

// connection returns the details that the user has.
func (w *world) connection(s *fnv1.State) map[string][]byte {
	if w.claimed {
		return s.GetComposite().GetConnectionDetails()
	}

	data, _ := at(s.GetResources()["connection"].GetResource().AsMap(), "data").(map[string]any)
	out := make(map[string][]byte, len(data))

	for k, v := range data {
		out[k], _ = base64.StdEncoding.DecodeString(fmt.Sprint(v))
	}

	return out
}

func isTrue(o map[string]any, kind string) bool {
	conditions, _ := at(o, "status", "conditions").([]any)

	return slices.ContainsFunc(conditions, func(c any) bool { return at(c, "type") == kind && at(c, "status") == "True" })
}

// A workload that runs once runs once: a second restore would put old objects
// over new ones. It comes after what it needs, and only if its kind is there.
func TestWorkloadsRunOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		anyLife(t, func(t *rapid.T, w *world, _ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
			for key, d := range objects(rsp.GetDesired().GetResources()) {
				component := label(d, "component")
				if w.observed[key] != nil || w.tierOf(component) != "Workload" {
					continue
				}

				if !w.schemas[component] || w.target != nil && !w.target.holder {
					t.Fatalf("%s is made, and its kind is installed: %v", key, w.schemas[component])
				}

				if component != "restore" {
					continue
				}

				if w.target == nil || w.target.dataEpoch == 1 || key != fmt.Sprint("restore-e", w.target.dataEpoch) || w.past.made[key] > 0 {
					t.Fatalf("%s is made, and was made before: %v", key, w.past.made)
				}

				if w.tierOf("db") != nil && !slices.ContainsFunc(w.observedKeys(), func(k string) bool {
					o, d := w.observed[k], rsp.GetDesired().GetResources()[k].GetResource().AsMap()

					return label(d, "component") == "db" && label(d, "role") == "Serving" && isTrue(o, "Ready")
				}) {
					t.Fatalf("%s is made before the database is ready", key)
				}
			}
		})
	})
}

// A copy whose status or labels were lost is still recognised: it keeps its
// role, and nothing is born in its place.
func TestWhatLostItsStatusIsRecognised(t *testing.T) {
	for _, lost := range []string{"status", "labels"} {
		t.Run(lost, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := anyLife(t, func(*rapid.T, *world, *fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {})

				w.settle(t)

				before := objects(ask(t, shared, w.request()).GetDesired().GetResources())

				keys := slices.DeleteFunc(w.observedKeys(), func(key string) bool { return before[key] == nil || !w.isOurs(key, nil) })
				if len(keys) == 0 {
					t.Skip("there is nothing to lose")
				}

				key := rapid.SampledFrom(keys).Draw(t, "copy")
				if lost == "status" {
					delete(w.observed[key], "status")
				} else {
					delete(w.observed[key]["metadata"].(map[string]any), "labels")
				}

				rsp := ask(t, shared, w.request())
				after := objects(rsp.GetDesired().GetResources())

				if after[key] == nil {
					t.Fatalf("%s lost its %s, and would be deleted: %s", key, lost, fatal(rsp))
				}

				// Without data, whether it served makes no difference.
				was, is := label(before[key], "role"), label(after[key], "role")
				if was == "Kept" && is == "Fenced" && w.tierOf(label(before[key], "component")) != "Data" {
					return
				}

				if was != is {
					t.Fatalf("%s lost its %s, and is %s, want %s", key, lost, is, was)
				}

				for k, d := range after {
					if before[k] == nil && label(d, "component") != "" && label(d, "component") == label(before[key], "component") {
						t.Fatalf("%s lost its %s, and %s is born in its place", key, lost, k)
					}
				}
			})
		})
	}
}

// remember notes which db copy serves.
func (w *world) remember(rsp *fnv1.RunFunctionResponse) {
	desired := objects(rsp.GetDesired().GetResources())

	for _, key := range slices.Sorted(maps.Keys(desired)) {
		if d := desired[key]; label(d, "component") == "db" && label(d, "role") == "Serving" && !slices.Contains(w.past.served, key) {
			w.past.served = append(w.past.served, key)
		}
	}
}

// settle applies what is desired of what exists: labels say what was decided
// last, and policies that a copy exists on AWS.
func (w *world) settle(t *rapid.T) {
	desired := objects(ask(t, shared, w.request()).GetDesired().GetResources())

	for _, key := range w.observedKeys() {
		if d := desired[key]; d != nil {
			apply(w.observed[key], d, w.applied[key])
			put(w.observed[key], key, "metadata", "annotations", "crossplane.io/composition-resource-name")
			w.applied[key] = clone(d)
		}
	}
}

// A control plane that only observes does not stop what runs in its cluster, nor
// does it let go what is held there.
func TestNotTheHolderLeavesWorkloadsAlone(t *testing.T) {
	cases := map[string]struct {
		reason string

		// suspended is as it is found, and serves whether its database does.
		suspended, serves bool
	}{
		"Runs":       {reason: "It was not this control plane that decided.", suspended: false},
		"Held":       {reason: "It is held by whoever held it.", suspended: true},
		"HeldReady":  {reason: "That its database serves does not release it here.", suspended: true, serves: true},
		"RunsServed": {reason: "Nothing is said of what runs.", suspended: false, serves: true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := failedOver(fields())
			w.target.holder, w.schemas["apps"] = false, true

			for _, p := range partsOf("m.") {
				if p["name"] == "apps" {
					w.parts = append(w.parts, p)
				}
			}

			w.observed["apps"] = fields("apiVersion", "kustomize.toolkit.fluxcd.io/v1", "kind", "Kustomization", "metadata", fields("name", "apps"), "spec", fields("suspend", tc.suspended))

			if tc.serves {
				w.observed["db-us-west-2-e2"] = fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance", "metadata", fields("name", "db-2"),
					"spec", fields("forProvider", fields("region", "us-west-2")),
					"status", fields("atProvider", fields("arn", "arn"), "conditions", []any{fields("type", "Ready", "status", "True")}))
			}

			rsp := ask(t, shared, w.request())
			apps := objects(rsp.GetDesired().GetResources())["apps"]

			if diff := cmp.Diff([]any{tc.suspended, ""}, []any{at(apps, "spec", "suspend"), label(apps, "released-epoch")}); diff != "" {
				t.Errorf("%s: suspended and released: -want +got:\n%s%s", tc.reason, diff, fatal(rsp))
			}
		})
	}
}
