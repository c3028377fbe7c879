package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// tables is a world with one DynamoDB table, after us-west-2 took over.
func tables() *world {
	w := newWorld("PilotLight", "us-east-1", "us-west-2")
	w.target = newDecided("us-east-1")
	w.target.active, w.target.from, w.target.epoch, w.target.dataEpoch, w.target.decidedAt = "us-west-2", "us-east-1", 2, 2, moment(0)

	for _, p := range partsOf("m.") {
		if p["name"] == "table" {
			delete(p, "after")
			w.parts = append(w.parts, p)
		}
	}

	observed := func(key, kind, region, role string) map[string]any {
		o := fields("apiVersion", "dynamodb.aws.m.upbound.io/v1beta1", "kind", kind, "metadata", fields(
			"name", "payments-"+key, "labels", fields(
				"crossdr.io/component", "table", "crossdr.io/region", region, "crossdr.io/role", role, "crossdr.io/epoch", "1",
				"crossdr.io/decided-epoch", "1", "crossdr.io/failover-target", "dr.payments",
			), "annotations", fields("crossplane.io/external-name", key),
		), "spec", fields("forProvider", fields("region", region)))
		put(o, fields("arn", "arn:aws:dynamodb:"+region+":123456789012:table/orders", "region", region), "status", "atProvider")
		put(o, []any{fields("type", "Ready", "status", "True")}, "status", "conditions")
		w.observed[key] = o

		return o
	}

	table := observed("table", "Table", "us-east-1", "Serving")
	put(table, "id", "spec", "forProvider", "hashKey")
	put(table, []any{fields("regionName", "us-west-2")}, "status", "atProvider", "replica")

	replica := observed("table-us-west-2", "TableReplica", "us-west-2", "Standby")
	put(replica, "table", "metadata", "annotations", "crossdr.io/replica-of")
	put(replica, "arn:aws:dynamodb:us-east-1:123456789012:table/orders", "spec", "forProvider", "globalTableArn")

	return w
}

// lose makes the provider report that a copy does not exist on AWS any more. It
// leaves all else as it last was.
func lose(o map[string]any) {
	put(o, []any{"Observe"}, "spec", "managementPolicies")
	put(o, []any{
		fields("type", "Ready", "status", "True"),
		fields("type", "Synced", "status", "False", "reason", "ReconcileError", "message", "observe failed: external resource does not exist"),
	}, "status", "conditions")
}

func TestSharedStore(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(w *world)
		want   map[string]string

		// refused is what a warning says.
		refused string
	}{
		"FailsOver": {
			reason: "The replica serves, and the table it was made from stands by.",
			want:   map[string]string{"table": "Table Standby", "table-us-west-2": "TableReplica Serving", "table-snapshots-us-east-1-e2": "SnapshotSelection ", "table-replica-us-east-1-e2": "SnapshotSelection "},
		},
		"RetireInUse": {
			reason: "What stands by is in use.",
			edit: func(w *world) {
				w.retire = []any{fields("key", "table", "externalName", "table", "external", "Delete")}
			},
			want:    map[string]string{"table": "Table Standby", "table-us-west-2": "TableReplica Serving", "table-snapshots-us-east-1-e2": "SnapshotSelection ", "table-replica-us-east-1-e2": "SnapshotSelection "},
			refused: "table is not retired: it is Standby",
		},
		"RetireShared": {
			reason: "What is only kept is still the store that serves: nothing is deleted on AWS with it.",
			edit: func(w *world) {
				w.strategy = "BackupAndRestore"
				w.retire = []any{fields("key", "table", "externalName", "table", "external", "Delete")}
			},
			want:    map[string]string{"table": "Table Kept", "table-us-west-2": "TableReplica Serving", "table-snapshots-us-east-1-e2": "SnapshotSelection "},
			refused: "table is not retired: it is the same store as table-us-west-2",
		},
		"RetireOther": {
			reason: "What is retired is named by its external name, too, and a wrong one is told.",
			edit: func(w *world) {
				w.strategy = "BackupAndRestore"
				w.retire = []any{fields("key", "table", "externalName", "tables", "external", "Keep")}
			},
			want:    map[string]string{"table": "Table Kept", "table-us-west-2": "TableReplica Serving", "table-snapshots-us-east-1-e2": "SnapshotSelection "},
			refused: `table is not retired: its external name is "table", and spec.recovery.retire says "tables"`,
		},
		"RetireUnseen": {
			reason: "To delete a table deletes the replicas that Crossplane knows nothing of, too.",
			edit: func(w *world) {
				delete(w.observed, "table-us-west-2")
				w.retire = []any{fields("key", "table", "externalName", "table", "external", "Delete")}
			},
			want:    map[string]string{"table": "Table Fenced", "table-snapshots-us-west-2-e1": "SnapshotSelection "},
			refused: "table is not retired: it is in us-west-2, too, and would be deleted there",
		},
		"Dropped": {
			reason: "AWS took the table out of the store: it is another one, of the same name.",
			edit:   func(w *world) { put(w.observed["table"], []any{}, "status", "atProvider", "replica") },
			want:   map[string]string{"table": "Table Fenced", "table-us-west-2": "TableReplica Serving", "table-snapshots-us-east-1-e2": "SnapshotSelection "},
		},
		"Gone": {
			reason: "What is gone on AWS is no standby, whatever it last reported.",
			edit:   func(w *world) { lose(w.observed["table"]) },
			want:   map[string]string{"table": "Table Fenced", "table-us-west-2": "TableReplica Serving", "table-snapshots-us-east-1-e2": "SnapshotSelection "},
		},
		"RetireGone": {
			reason: "What is gone on AWS may leave Crossplane, too, and the standby is made anew.",
			edit: func(w *world) {
				lose(w.observed["table"])
				put(w.observed["table-us-west-2"], "Serving", "metadata", "labels", "crossdr.io/role")
				put(w.observed["table-us-west-2"], "2", "metadata", "labels", "crossdr.io/serves-since")
				w.retire = []any{fields("key", "table", "externalName", "table", "external", "Keep")}
			},
			want: map[string]string{"table-us-west-2": "TableReplica Serving", "table-us-east-1-e2": "TableReplica Standby", "table-snapshots-us-east-1-e2": "SnapshotSelection "},
		},
		"FailsBackToGone": {
			reason: "What is gone on AWS can't serve, although it was Ready when it was last seen.",
			edit: func(w *world) {
				lose(w.observed["table"])
				put(w.observed["table"], "Standby", "metadata", "labels", "crossdr.io/role")
				put(w.observed["table-us-west-2"], "Serving", "metadata", "labels", "crossdr.io/role")
				put(w.observed["table-us-west-2"], "2", "metadata", "labels", "crossdr.io/serves-since")
				w.target.active, w.target.from, w.target.epoch, w.target.dataEpoch = "us-east-1", "us-west-2", 3, 3
			},
			want: map[string]string{"table": "Table Kept", "table-us-west-2": "TableReplica Fenced", "table-snapshots-us-east-1-e2": "SnapshotSelection "},
		},
		"ThirdRegion": {
			reason: "A new replica is made through the replica that serves.",
			edit: func(w *world) {
				w.regions = append(w.regions, "eu-west-1")
				put(w.observed["table-us-west-2"], "Serving", "metadata", "labels", "crossdr.io/role")
				put(w.observed["table-us-west-2"], "2", "metadata", "labels", "crossdr.io/serves-since")
				put(w.observed["table-us-west-2"], []any{"Observe", "Update", "LateInitialize"}, "spec", "managementPolicies")
			},
			want: map[string]string{
				"table": "Table Standby", "table-us-west-2": "TableReplica Serving", "table-eu-west-1-e2": "TableReplica Standby",
				"table-snapshots-us-east-1-e2": "SnapshotSelection ", "table-replica-us-east-1-e2": "SnapshotSelection ", "table-snapshots-eu-west-1-e2": "SnapshotSelection ",
			},
		},
		"RetireKeep": {
			reason: "It may leave Crossplane.",
			edit: func(w *world) {
				w.strategy = "BackupAndRestore"
				w.retire = []any{fields("key", "table", "externalName", "table", "external", "Keep")}
				put(w.observed["table"], []any{"Observe"}, "spec", "managementPolicies")
			},
			want: map[string]string{"table-us-west-2": "TableReplica Serving", "table-snapshots-us-east-1-e2": "SnapshotSelection "},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := tables()
			if tc.edit != nil {
				tc.edit(w)
			}

			rsp := ask(t, shared, w.request())

			got := map[string]string{}

			for key, d := range objects(rsp.GetDesired().GetResources()) {
				if key != "other" {
					got[key] = d["kind"].(string) + " " + label(d, "role")
				}
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s%s", tc.reason, diff, fatal(rsp))
			}

			said := slices.ContainsFunc(rsp.GetResults(), func(r *fnv1.Result) bool { return strings.HasPrefix(r.GetMessage(), tc.refused) })
			if said != (tc.refused != "") || len(rsp.GetResults()) > 1 {
				t.Errorf("%s: want a warning with %q, got %v", tc.reason, tc.refused, rsp.GetResults())
			}
		})
	}
}

// To a table the replicas that it has and does not state are a difference, and
// an update would delete them.
func TestNothingTakesReplicasAway(t *testing.T) {
	guarded := []any{fields("regionName", "us-east-1")}

	cases := map[string]struct {
		reason   string
		edit     func(w *world)
		policies []any
		init     any
	}{
		"Serving": {reason: "What serves may be updated, and what it has is no difference.", policies: []any{"Observe", "Update"}, init: guarded},
		"NotMade": {reason: "A table is made without replicas.", edit: func(w *world) { delete(w.observed, "table") }, policies: []any{"Observe", "Create"}},
		"StandsBy": {reason: "What stands by must not take what serves away.", edit: func(w *world) {
			w.target.active, w.target.from, w.target.epoch, w.target.dataEpoch = "us-west-2", "us-east-1", 2, 2
		}, policies: []any{"Observe"}, init: guarded},
		"StatesSome": {reason: "What is stated beside it takes the guard away.", edit: func(w *world) {
			put(w.observed["table"], []any{fields("regionName", "eu-west-1")}, "spec", "forProvider", "replica")
		}, policies: []any{"Observe"}, init: guarded},
		"PoliciesGiven": {reason: "The template may allow less, and no more.", edit: func(w *world) {
			put(w.parts[0], []any{"Observe", "Update", "LateInitialize"}, "template", "spec", "managementPolicies")
		}, policies: []any{"Observe", "Update"}, init: guarded},
		"Everything": {reason: "A star is no more than the rest.", edit: func(w *world) { put(w.parts[0], []any{"*"}, "template", "spec", "managementPolicies") }, policies: []any{"Observe", "Update"}, init: guarded},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := tables()
			w.target = newDecided("us-east-1")

			if tc.edit != nil {
				tc.edit(w)
			}

			table := objects(ask(t, shared, w.request()).GetDesired().GetResources())["table"]
			if diff := cmp.Diff(any(tc.policies), at(table, "spec", "managementPolicies")) + cmp.Diff(tc.init, at(table, "spec", "initProvider", "replica")); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// A replica is not made while an update of its table would take it away.
func TestReplicaWaitsForItsGuard(t *testing.T) {
	w := tables()
	w.target = newDecided("us-east-1")
	delete(w.observed, "table-us-west-2")
	put(w.observed["table"], []any{"Observe", "Update", "LateInitialize"}, "spec", "managementPolicies")

	made := func() bool {
		rendered := objects(ask(t, shared, w.request()).GetDesired().GetResources())
		put(w.observed["table"], at(rendered["table"], "spec"), "spec")

		return rendered["table-us-west-2"] != nil
	}

	if first, then := made(), made(); first || !then {
		t.Errorf("The replica is made with the guard: %v, after it: %v, want false and true", first, then)
	}
}

// A copy that serves and is gone from Crossplane is not made again from older
// data.
func TestServingCopyGone(t *testing.T) {
	w := tables()
	w.status = fields("recovery", fields("epoch", 2.0, "copies", []any{
		fields("key", "table-us-west-2", "component", "table", "region", "us-west-2", "role", "Serving", "externalName", "orders:us-east-1"),
	}))
	delete(w.observed, "table-us-west-2")

	rsp := ask(t, shared, w.request())
	if d := objects(rsp.GetDesired().GetResources()); d["table-us-west-2-e2"] != nil || d["table-us-west-2"] != nil {
		t.Errorf("A table is made in the place of the one that serves: %v", d)
	}

	waits := at(rsp.GetDesired().GetComposite().GetResource().AsMap(), "status", "recovery", "waitingFor")
	if !strings.Contains(fmt.Sprint(waits), "table-us-west-2 served, and its resource is gone") {
		t.Errorf("waitingFor is %v, want it to say what is gone", waits)
	}
}

// A standby that is not made yet will have the name of its table, and no other:
// a selection is never pointed elsewhere later.
func TestSelectionOfASharedStore(t *testing.T) {
	w := tables()
	w.target = newDecided("us-east-1")
	delete(w.observed["table-us-west-2"], "status")

	got := at(objects(ask(t, shared, w.request()).GetDesired().GetResources())["table-replica-us-west-2-e1"], "spec", "forProvider", "source")
	if diff := cmp.Diff(any(fields("kind", "Replica", "identifier", "orders")), got); diff != "" {
		t.Errorf("source of the selection: -want +got:\n%s", diff)
	}
}

func TestProviderConfigOfSelections(t *testing.T) {
	cases := map[string]struct {
		reason string
		stated map[string]any
		want   any
	}{
		"Default":    {reason: "Where the component states none, the default of the kind holds."},
		"Namespaced": {reason: "That of the same kind and name is of the same account.", stated: fields("kind", "ProviderConfig", "name", "team-a"), want: fields("kind", "ProviderConfig", "name", "team-a")},
		"Cluster":    {reason: "Cluster-scoped managed resources name no kind.", stated: fields("name", "prod"), want: fields("kind", "ClusterProviderConfig", "name", "prod")},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := tables()
			if tc.stated != nil {
				put(w.parts[0], tc.stated, "template", "spec", "providerConfigRef")
			}

			rendered := objects(ask(t, shared, w.request()).GetDesired().GetResources())
			if diff := cmp.Diff(tc.want, at(rendered["table-replica-us-east-1-e2"], "spec", "providerConfigRef")); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
