package main

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// inLifeAndMess checks a law on every render of ordinary lives, and on one
// render after accidents, unless that is FATAL: then nothing changes.
func inLifeAndMess(t *testing.T, law visit) {
	t.Helper()

	t.Run("Life", func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { anyLife(t, law) }) })
	t.Run("Mess", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			w := anyMess(t)
			req := w.request()

			if rsp := ask(t, shared, w.request()); fatal(rsp) == "" {
				law(t, w, req, rsp)
			}
		})
	})
}

// A failover deletes nothing: Crossplane deletes whatever a function stops
// returning.
func TestLaw1NothingIsDeleted(t *testing.T) {
	inLifeAndMess(t, func(t *rapid.T, w *world, req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		req.RequiredResources = nil

		for name, rsp := range map[string]*fnv1.RunFunctionResponse{"decided": rsp, "undecided": ask(t, shared, req)} {
			if fatal(rsp) != "" {
				continue
			}

			desired := objects(rsp.GetDesired().GetResources())

			for key, o := range w.observed {
				if !w.isOurs(key, o) {
					continue
				}

				// Under one key another kind is another object: the old one
				// is left behind.
				// Without a FailoverTarget the XR is decided with what it says.
				if d, ok := desired[key]; !ok && (name == "decided" || w.target == nil) && w.mayRetire(key, o) {
					continue
				} else if !ok {
					t.Fatalf("%s: %s would be deleted", name, key)
				} else if group(d) != group(o) || d["kind"] != o["kind"] {
					t.Fatalf("%s: %s would turn from %s %s into %s %s", name, key, o["apiVersion"], o["kind"], d["apiVersion"], d["kind"])
				}
			}

			if desired["other"] == nil {
				t.Fatalf("%s: the resource of another step is gone", name)
			}
		}
	})
}

// mayRetire says whether a copy may leave: the XR names it by key and external
// name, it is out of service, and its policies say already what becomes of it.
func (w *world) mayRetire(key string, o map[string]any) bool {
	if w.target != nil && !w.target.holder || !slices.Contains([]string{"Fenced", "Kept"}, label(o, "role")) {
		return false
	}

	return slices.ContainsFunc(w.retire, func(e any) bool {
		if at(e, "key") != key || at(e, "externalName") != at(o, "metadata", "annotations", "crossplane.io/external-name") {
			return false
		}

		want := []any{"Observe"}
		if at(e, "external") == "Delete" {
			want = []any{"Observe", "Delete"}

			// A database is not deleted without a last snapshot.
			if o["kind"] == "Instance" && (at(o, "spec", "forProvider", "skipFinalSnapshot") != false || at(o, "spec", "forProvider", "finalSnapshotIdentifier") == nil) {
				return false
			}
		}

		return !isManaged(o) || reflect.DeepEqual(at(o, "spec", "managementPolicies"), want)
	})
}

// What the plan no longer knows keeps its whole spec: a part of it would take
// the rest away.
func TestLaw1WhatIsKeptIsWhole(t *testing.T) {
	inLifeAndMess(t, func(t *rapid.T, w *world, _ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		for key, d := range objects(rsp.GetDesired().GetResources()) {
			o := w.observed[key]
			if o == nil || !slices.Contains([]string{"Fenced", "Kept"}, label(d, "role")) || w.isStranger(o, label(d, "component")) {
				continue
			}

			was, is := clone(o), clone(d)
			for _, m := range []map[string]any{was, is} {
				delete(m, "metadata")
				delete(m, "status")

				if isManaged(o) {
					put(m, []any{"Observe"}, "spec", "managementPolicies")
				}
			}

			shut := w.withoutShut(d, was, is)
			retires := slices.ContainsFunc(w.retire, func(e any) bool { return at(e, "key") == key && at(e, "external") == "Delete" })

			if retires {
				without([]string{"finalSnapshotIdentifier", "skipFinalSnapshot"}, was, is)
			}

			if diff := cmp.Diff(was, is); diff != "" {
				t.Fatalf("%s is %s and must stay as it is: -observed, +desired:\n%s", key, label(d, "role"), diff)
			}

			policies := at(d, "spec", "managementPolicies")

			switch {
			case !isManaged(o), reflect.DeepEqual(policies, []any{"Observe"}):
			case shut && reflect.DeepEqual(policies, []any{"Observe", "Update"}):
			case retires && reflect.DeepEqual(policies, []any{"Observe", "Delete"}):
			default:
				t.Fatalf("%s is %s and has policies %v", key, label(d, "role"), policies)
			}
		}
	})
}

// isStranger says whether an observed object is of another kind than the
// component under whose key it is.
func (w *world) isStranger(o map[string]any, component string) bool {
	i := slices.IndexFunc(w.parts, func(p map[string]any) bool { return p["name"] == component })

	return i >= 0 && at(w.parts[i], "template", "kind") != o["kind"]
}

// withoutShut takes what shuts a fenced copy on AWS out of two objects, and
// returns whether it may be shut: by the holder, once its region answers.
func (w *world) withoutShut(d map[string]any, objects ...map[string]any) bool {
	arguments := map[any][]string{"db": {"vpcSecurityGroupIds"}, "app": {"minSize", "desiredCapacity"}}[label(d, "component")]
	region, _ := at(d, "spec", "forProvider", "region").(string)

	if len(arguments) == 0 || label(d, "role") != "Fenced" || w.target != nil && (!w.target.holder || w.target.dark[region]) {
		return false
	}

	without(arguments, objects...)

	return true
}

func without(arguments []string, objects ...map[string]any) {
	for _, o := range objects {
		spec, _ := at(o, "spec", "forProvider").(map[string]any)
		for _, name := range arguments {
			delete(spec, name)
		}
	}
}

// Nothing changes while the decision can't be read or contradicts what is
// observed: to assume home would write to the wrong database.
func TestLaw2FailStatic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyLife(t, func(*rapid.T, *world, *fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {})
		if w.target == nil || len(w.observed) == 0 {
			t.Skip("there is nothing to contradict")
		}

		name := rapid.SampledFrom(slices.Sorted(maps.Keys(contradictions))).Draw(t, "contradiction")

		req, key, want := contradictions[name](t, w)
		if req == nil {
			t.Skip("the world has nothing to contradict")
		}

		m := fatal(ask(t, shared, req))
		if m == "" {
			t.Fatalf("%s: was accepted, want FATAL", name)
		}

		if !strings.Contains(m, "nothing was changed") || !strings.Contains(m, want) {
			t.Fatalf("%s: message is %q, want it to say that nothing was changed, and %q", name, m, want)
		}

		// Of many keys a few are told.
		if !strings.Contains(m, key) && !strings.Contains(m, " more: ") {
			t.Fatalf("%s: message is %q, want it to name %s", name, m, key)
		}
	})
}

// contradictions make a request that must be refused, and what must be said of
// it.
var contradictions = map[string]func(t *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string){
	"target missing": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		req = w.request()
		req.RequiredResources[requirementTarget].Items = nil

		return req, "", "there is no FailoverTarget dr/payments"
	},
	"Pending": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		return w.requestWith(func(target map[string]any) { put(target, "Pending", "status", "atProvider", "phase") }), "", "is Pending"
	},
	"no status": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		return w.requestWith(func(target map[string]any) { delete(target, "status") }), "", "FailoverTarget dr/payments status.atProvider.activeRegion"
	},
	"no epoch": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		return w.requestWith(func(target map[string]any) { put(target, 0.0, "status", "atProvider", "epoch") }), "", "no decision is known"
	},
	"unprotected namespace": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		return w.requestWith(func(target map[string]any) {
			put(target, []any{"team-b"}, "spec", "forProvider", "protects", "namespaces")
		}), "", "does not list team-a"
	},
	"higher epoch on a copy": func(t *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		key = w.anyLabelled(t)
		if key == "" {
			return nil, "", ""
		}

		put(w.observed[key], fmt.Sprint(w.target.epoch+1), "metadata", "labels", "crossdr.io/decided-epoch")

		return w.request(), key, ": rendered at epoch"
	},
	"epoch and no target": func(t *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		key = w.anyLabelled(t)
		if key == "" {
			return nil, "", ""
		}

		put(w.observed[key], "2", "metadata", "labels", "crossdr.io/decided-epoch")
		w.target = nil

		return w.request(), key, "but the XR names no FailoverTarget"
	},
	"another target": func(t *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		key = w.anyLabelled(t)
		if key == "" {
			return nil, "", ""
		}

		put(w.observed[key], "dr.orders", "metadata", "labels", "crossdr.io/failover-target")

		return w.request(), key, key + ": follows FailoverTarget dr/orders, but the XR names dr/payments"
	},
	"home changed": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		home := w.regions[0]
		slices.Reverse(w.regions)
		w.target.active, w.target.epoch, w.target.dark = w.regions[0], w.target.epoch+1, map[string]bool{}
		w.target.dataEpoch = w.target.epoch

		for _, key := range w.observedKeys() {
			if w.observed[key]["kind"] != "ConfigMap" && w.tierOf(key) != nil && w.tierOf(key) != "Global" && w.tierOf(key) != "Workload" && label(w.observed[key], "component") == key {
				return w.request(), key, ": is in " + home
			}
		}

		return nil, "", ""
	},
	"home is not active at epoch 1": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		w.target.active, w.target.epoch, w.target.dataEpoch = w.regions[1], 1, 1

		return w.request(), "", "home serves at epoch 1"
	},
	"unlisted active region": func(_ *rapid.T, w *world) (req *fnv1.RunFunctionRequest, key, want string) {
		return w.requestWith(func(target map[string]any) { put(target, "ap-south-1", "status", "atProvider", "activeRegion") }), "", "ap-south-1 is none of the regions"
	},
}

func (w *world) requestWith(edit func(target map[string]any)) *fnv1.RunFunctionRequest {
	req, target := w.request(), w.failoverTarget()
	edit(target)
	req.RequiredResources[requirementTarget].Items[0].Resource = message(target)

	return req
}

func (w *world) anyLabelled(t *rapid.T) string {
	keys := slices.DeleteFunc(w.observedKeys(), func(key string) bool { return label(w.observed[key], "component") == "" })
	if len(keys) == 0 {
		return ""
	}

	return rapid.SampledFrom(keys).Draw(t, "copy")
}

// A copy never moves: what would replace or rename it is what it was, and is
// there only if it was there.
func TestLaw3ACopyNeverMoves(t *testing.T) {
	inLifeAndMess(t, func(t *rapid.T, w *world, _ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		for key, d := range objects(rsp.GetDesired().GetResources()) {
			o := w.observed[key]
			if o == nil || !w.isOurs(key, o) {
				continue
			}

			paths := [][]string{strings.Fields("metadata name"), strings.Fields("metadata annotations crossplane.io/external-name"), strings.Fields("spec forProvider region")}
			for _, argument := range unmovable[fmt.Sprint(o["kind"])] {
				paths = append(paths, []string{"spec", "forProvider", argument}, []string{"spec", "initProvider", argument})
			}

			if o["kind"] == "Thing" {
				paths = append(paths, []string{"spec", "location"}, []string{"spec", "id"}, []string{"spec", "size"})
			}

			for _, path := range paths {
				was, is := at(o, path...), at(d, path...)
				if !reflect.DeepEqual(was, is) && !isPromotion(path, o, d) && !w.isPinnedAnew(path, o, is) && !w.isTakenOver(path, o, is) {
					t.Fatalf("%s: %s is %v, and was %v", key, strings.Join(path, "."), is, was)
				}
			}
		}
	})
}

// isPromotion says whether a change is that of a replica which begins to serve:
// its source is set to nothing, and taken away once AWS reports none.
func isPromotion(path []string, o, d map[string]any) bool {
	if path[len(path)-1] != "replicateSourceDb" || label(d, "role") != "Serving" || at(d, "metadata", "annotations", "crossdr.io/replica-of") == nil {
		return false
	}

	is, reported := at(d, path...), at(o, "status", "atProvider", "replicateSourceDb")

	return is == "" && (at(o, path...) != nil || reported != nil) || is == nil && (reported == nil || reported == "")
}

// isPinnedAnew says whether a change is that of the snapshot of a restore that
// failed before anything existed.
func (w *world) isPinnedAnew(path []string, o map[string]any, is any) bool {
	_, exists := w.onAWS(o)

	return !exists && isFailed(o) && is != nil && strings.HasPrefix(path[len(path)-1], "snapshotId") && at(o, "status", "atProvider", "id") == nil
}

// isTakenOver says whether a change is that of what exists on AWS, and nobody
// wrote down how it is called: a copy that stands for nothing is given its name.
// Of what is no instance, only its selection knows the truth.
func (w *world) isTakenOver(path []string, o map[string]any, is any) bool {
	if path[len(path)-1] != "crossplane.io/external-name" || at(o, path...) != nil || !isFailed(o) || w.target != nil && !w.target.holder {
		return false
	}

	if o["kind"] == "Instance" {
		db, exists := w.onAWS(o)

		return exists && is == db.name
	}

	for _, s := range w.observed {
		existing := at(s, "status", "atProvider", "existing")
		if s["kind"] == "SnapshotSelection" && label(s, "protects") == label(o, "component") &&
			at(existing, "state") == "Present" && at(existing, "externalName") == is {
			return true
		}
	}

	return false
}

// isFailed says whether a provider could not make something, as far as it knows.
func isFailed(o map[string]any) bool {
	conditions, _ := at(o, "status", "conditions").([]any)

	return slices.ContainsFunc(conditions, func(c any) bool { return at(c, "type") == "LastAsyncOperation" && at(c, "status") == "False" })
}

// One writer: a control plane that is not the holder only looks on, and data
// is born and served in the decided region only.
func TestLaw4OneWriter(t *testing.T) {
	inLifeAndMess(t, func(t *rapid.T, w *world, _ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		holder, active := true, w.regions[0]
		if w.target != nil {
			holder, active = w.target.holder, w.target.active
		}

		serving := map[string]string{}

		for key, d := range objects(rsp.GetDesired().GetResources()) {
			o, exists := w.observed[key]
			if label(d, "component") == "" || exists && !w.isOurs(key, o) {
				continue
			}

			if !holder && !exists {
				t.Fatalf("%s is created by a control plane that is not the holder", key)
			}

			if policies := at(d, "spec", "managementPolicies"); !holder && isManaged(d) && !reflect.DeepEqual(policies, []any{"Observe"}) {
				t.Fatalf("%s has policies %v at a control plane that is not the holder", key, policies)
			}

			if w.tierOf(label(d, "component")) != "Data" {
				continue
			}

			if region := at(d, "spec", "forProvider", "region"); !exists && region != active && at(d, "metadata", "annotations", "crossdr.io/replica-of") == nil {
				t.Fatalf("%s is born in %s, but %s is active", key, region, active)
			}

			if region := at(d, "spec", "forProvider", "region"); label(d, "role") == "Serving" && region != nil && region != active {
				t.Fatalf("%s serves in %s, but %s is active", key, region, active)
			}

			if slot := label(d, "component") + " in zone " + label(d, "zone"); label(d, "role") == "Serving" {
				if other := serving[slot]; other != "" {
					t.Fatalf("%s and %s both serve %s", key, other, slot)
				}

				serving[slot] = key
			}
		}
	})
}

// The same request gives the same bytes, whoever answers it: Crossplane caches
// and compares.
func TestLaw5Determinism(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyMess(t)

		var first []byte

		for _, fn := range []*Function{shared, shared, NewFunction(logging.NewNopLogger())} {
			b, err := proto.MarshalOptions{Deterministic: true}.Marshal(ask(t, fn, proto.CloneOf(w.request())))
			if err != nil {
				t.Fatal(err)
			}

			if first == nil {
				first = b
			}

			if !bytes.Equal(first, b) {
				t.Fatal("the same request got two responses")
			}
		}
	})
}

func clone(o map[string]any) map[string]any { return message(o).AsMap() }

func group(o map[string]any) string {
	g, _, _ := strings.Cut(fmt.Sprint(o["apiVersion"]), "/")

	return g
}

func isManaged(o map[string]any) bool { return strings.HasSuffix(group(o), ".upbound.io") }
