package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// restLimit is how many renders it takes at most until nothing changes any more.
const restLimit = 24

// Once nothing happens any more, and all goes well, the answer is the same again
// soon. Until then nothing comes and goes, and what is on AWS stays what it is,
// however many newer snapshots there are.
func TestEveryLifeComesToRest(t *testing.T) {
	none := func(*rapid.T, *world, *fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) {}

	for name, begin := range map[string]func(t *rapid.T) *world{
		"Life":  func(t *rapid.T) *world { return anyLife(t, none) },
		"Mess":  anyMess,
		"Birth": anyBirth,
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := begin(t)
				w.calm, w.snapshots = true, rapid.IntRange(0, 4).Draw(t, "newer snapshots")
				w.rest(t, name == "Mess")
			})
		})
	}
}

// anyBirth is a failover of a database while things happen to it.
func anyBirth(t *rapid.T) *world {
	w := newWorld("BackupAndRestore", "us-east-1", "us-west-2")
	w.parts, w.target, w.calm = partsOf("m.")[4:5], newDecided("us-east-1"), true
	w.rest(t, false)

	w.calm = false
	w.decide(t, "us-west-2")

	left := map[string]bool{}

	for range rapid.IntRange(2, 12).Draw(t, "renders") {
		if rapid.IntRange(0, 3).Draw(t, "something happens") == 0 {
			events[rapid.SampledFrom([]string{"adopt", "change hands", "consent to empty", "call the database otherwise", "lose a status"}).Draw(t, "event")](t, w)
		}

		rsp := ask(t, shared, w.request())
		if m := fatal(rsp); m != "" {
			t.Fatalf("ordinary life was refused: %s", m)
		}

		w.checkStep(t, rsp, left)
		w.obey(t, rsp)
	}

	return w
}

// rest renders until the answer is the same again and again. Who fails may go on
// trying. What an accident left may be refused.
func (w *world) rest(t *rapid.T, accident bool) {
	var last *fnv1.RunFunctionResponse

	left, same := map[string]bool{}, 0

	for range restLimit {
		rsp := ask(t, shared, w.request())
		if m := fatal(rsp); m != "" && accident {
			t.Skip("nothing changes: " + m)
		} else if m != "" {
			t.Fatalf("ordinary life was refused: %s", m)
		}

		if same++; !proto.Equal(last, rsp) {
			same = 0
		}

		if same > 1 && w.snapshots == 0 {
			w.checkRest(t, rsp)

			return
		}

		w.checkStep(t, rsp, left)
		w.obey(t, rsp)

		last, w.snapshots = rsp, max(0, w.snapshots-1)
	}

	diff := cmp.Diff(said(last), said(ask(t, shared, w.request())))
	t.Fatalf("nothing happens, and it does not come to rest: -before, +after:\n%s", diff)
}

// said is a response as plain values.
func said(rsp *fnv1.RunFunctionResponse) any {
	return []any{
		objects(rsp.GetDesired().GetResources()), rsp.GetDesired().GetComposite().GetResource().AsMap(), rsp.GetDesired().GetComposite().GetReady().String(),
		fmt.Sprint(rsp.GetConditions()), fmt.Sprint(rsp.GetResults()), rsp.GetMeta().GetTtl().AsDuration(),
	}
}

// checkStep checks one render on the way to rest. Left are the keys that went.
func (w *world) checkStep(t *rapid.T, rsp *fnv1.RunFunctionResponse, left map[string]bool) {
	desired := objects(rsp.GetDesired().GetResources())
	serving := map[string]string{}

	for _, key := range slices.Sorted(maps.Keys(desired)) {
		d := desired[key]

		slot := label(d, "component") + " in zone " + label(d, "zone")
		if w.tierOf(label(d, "component")) != "Data" || label(d, "role") != "Serving" {
			continue
		}

		if other := serving[slot]; other != "" {
			t.Fatalf("%s and %s both serve %s", key, other, slot)
		}

		serving[slot] = key
	}

	for _, key := range w.observedKeys() {
		o, d := w.observed[key], desired[key]

		if d != nil {
			w.checkStays(t, key, o, d)

			continue
		}

		// A selection may go once what it was for is there, and come again when
		// that is gone.
		if w.isOurs(key, o) && (o["kind"] != "SnapshotSelection" || left[key]) && !w.mayRetire(key, o) {
			t.Fatalf("%s would be deleted", key)
		}

		left[key] = true
	}
}

// checkStays checks that what is on AWS stays what it is.
func (w *world) checkStays(t *rapid.T, key string, o, d map[string]any) {
	_, exists := w.onAWS(o)
	if !exists && at(o, "status", "atProvider", "id") == nil || !w.isOurs(key, o) {
		return
	}

	paths := [][]string{{"metadata", "name"}, {"spec", "forProvider", "region"}}

	for _, name := range []string{"crossdr.io/restored-from", "crossdr.io/data-time", "crossdr.io/replica-of", "crossplane.io/external-name"} {
		paths = append(paths, []string{"metadata", "annotations", name})
	}

	for _, name := range unmovable[fmt.Sprint(o["kind"])] {
		if strings.HasPrefix(name, "snapshotId") {
			paths = append(paths, []string{"spec", "forProvider", name}, []string{"spec", "initProvider", name})
		}
	}

	for _, path := range paths {
		was, is := at(o, path...), at(d, path...)

		// What was forgotten may be found again.
		if was != is && (was != nil || path[len(path)-1] != "crossplane.io/external-name") {
			t.Fatalf("%s is on AWS: %s is %v, and was %v", key, strings.Join(path, "."), is, was)
		}
	}
}

// checkRest checks what must be true once nothing changes any more.
func (w *world) checkRest(t *rapid.T, rsp *fnv1.RunFunctionResponse) {
	for key, d := range objects(rsp.GetDesired().GetResources()) {
		db, exists := w.onAWS(d)
		if !exists || w.observed[key] == nil {
			continue
		}

		if from := at(d, "metadata", "annotations", "crossdr.io/restored-from"); db.snapshot != "" && from != nil && from != db.snapshot {
			t.Fatalf("%s says that it was restored from %v, and AWS has restored it from %s", key, from, db.snapshot)
		}

		holder, region := w.target == nil || w.target.holder, fmt.Sprint(at(d, "spec", "forProvider", "region"))
		asked := w.target != nil && label(d, "epoch") == fmt.Sprint(w.target.dataEpoch) && strings.HasSuffix(key, "-e"+label(d, "epoch"))

		if asked && holder && label(d, "role") == "Serving" && !w.target.dark[region] && w.adopt[key] == nil && at(d, "metadata", "annotations", "crossplane.io/external-name") == nil {
			t.Fatalf("%s stands for nothing, and %s is what AWS has made for it", key, db.name)
		}
	}
}
