package main

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// failedOver is a database after a failover, with what a selection says.
func failedOver(selection map[string]any) *world {
	const identity = "payments-db-us-west-2-e2-cuq1lm5h"

	w := newWorld("BackupAndRestore", "us-east-1", "us-west-2")
	w.target = &decided{active: "us-west-2", from: "us-east-1", epoch: 2, dataEpoch: 2, holder: true, dark: map[string]bool{"us-east-1": true}, decidedAt: moment(100)}
	w.parts = partsOf("m.")[4:5]
	w.observed["db"] = fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance",
		"metadata", fields("name", "db", "labels", fields("crossdr.io/component", "db", "crossdr.io/role", "Serving", "crossdr.io/epoch", "1", "crossdr.io/decided-epoch", "1", "crossdr.io/failover-target", "dr.payments")),
		"spec", fields("forProvider", fields("region", "us-east-1", "identifier", "db-1")))
	w.observed["db-snapshots-us-west-2-e1"] = fields("apiVersion", "aws.m.crossdr.io/v1alpha1", "kind", "SnapshotSelection",
		"metadata", fields("name", "s", "labels", fields("crossdr.io/protects", "db")),
		"spec", fields("forProvider", fields("region", "us-west-2", "restoreAs", identity, "source", fields("kind", "DBInstance", "identifier", "db-1"))),
		"status", fields("atProvider", selection))

	if existing, ok := selection["existing"].(map[string]any); ok {
		existing["restoreAs"] = identity
	}

	return w
}

// A template that is itself born from a snapshot must not lead a restore, an
// adoption or a replica to that one.
func TestATemplatesSnapshotIsNoCopysOrigin(t *testing.T) {
	cases := map[string]struct {
		reason    string
		selection map[string]any
		want      string
	}{
		"Restored": {
			reason:    "The selected snapshot is the only one.",
			selection: fields("existing", fields("state", "Absent"), "selected", fields("id", "snap-1", "dataTime", moment(1))),
			want:      "snap-1",
		},
		"Adopted": {
			reason:    "What exists already is not restored.",
			selection: fields("existing", fields("state", "Present", "externalName", "db-X"), "selected", fields("id", "snap-1", "dataTime", moment(1))),
		},
	}

	for name, tc := range cases {
		for _, block := range []string{"forProvider", "initProvider"} {
			t.Run(fmt.Sprint(name, "/", block), func(t *testing.T) {
				w := failedOver(tc.selection)
				put(w.parts[0]["template"].(map[string]any), "golden", "spec", block, "snapshotIdentifier")

				rsp := ask(t, shared, w.request())

				d := objects(rsp.GetDesired().GetResources())["db-us-west-2-e2"]
				if got := pinnedSnapshot(d); d == nil || got != tc.want {
					t.Errorf("\n%s\nthe copy is born from %q, want %q (%s): %v", tc.reason, got, tc.want, fatal(rsp), d)
				}
			})
		}
	}
}

// What only an overlay reads is there to be read.
func TestOverlaysReadWhatServes(t *testing.T) {
	w := failedOver(fields("existing", fields("state", "Absent"), "selected", fields("id", "snap-1", "dataTime", moment(1))))
	w.target.dark = map[string]bool{}
	delete(w.parts[0], "after")

	for _, p := range partsOf("m.") {
		if p["name"] == "sg" {
			w.parts = append(w.parts, p)
		}
	}

	w.observed["sg-us-west-2"] = fields("apiVersion", "ec2.aws.m.upbound.io/v1beta1", "kind", "SecurityGroup", "metadata", fields("name", "sg"),
		"spec", fields("forProvider", fields("region", "us-west-2")), "status", fields("atProvider", fields("id", "sg-1")))

	for _, overlay := range []string{"restore", "fence"} {
		put(w.parts[0], "${serving.sg.status.atProvider.id}", overlay, "overlay", "spec", "forProvider", "description")
	}

	rsp := ask(t, shared, w.request())
	rendered := objects(rsp.GetDesired().GetResources())

	for _, key := range []string{"db-us-west-2-e2", "db"} {
		if got := at(rendered[key], "spec", "forProvider", "description"); got != "sg-1" {
			t.Errorf("%s: the overlay gives %v, want sg-1 (%s): %v", key, got, fatal(rsp), rendered[key])
		}
	}
}

// A replica that is told to serve is not ready before AWS lets it go, whatever
// the plan takes for ready: nobody can write to it.
func TestReadyWhenDoesNotOutrunAPromotion(t *testing.T) {
	for source, want := range map[string]bool{"arn-of-db": false, "": true} {
		w := failedOver(map[string]any{})
		put(w.parts[0], "has(object.status)", "readyWhen")
		w.details["db-us-west-2"] = map[string][]byte{"endpoint": []byte("new")}
		w.observed["db-us-west-2"] = fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance",
			"metadata", fields("name", "replica", "annotations", fields("crossdr.io/replica-of", "db"), "labels", fields("crossdr.io/component", "db", "crossdr.io/role", "Serving",
				"crossdr.io/epoch", "1", "crossdr.io/decided-epoch", "2", "crossdr.io/serves-since", "2", "crossdr.io/failover-target", "dr.payments")),
			"spec", fields("forProvider", fields("region", "us-west-2", "replicateSourceDb", "")),
			"status", fields("atProvider", fields("id", "i", "replicateSourceDb", source), "conditions", []any{fields("type", "Ready", "status", "True")}))

		rsp := ask(t, shared, w.request())
		if got := rsp.GetDesired().GetComposite().GetReady() == fnv1.Ready_READY_TRUE; got != want {
			t.Errorf("with the source %q the XR is ready: %v, want %v (%s)", source, got, want, fatal(rsp))
		}

		if _, got := rsp.GetDesired().GetResources()["connection"]; got != want {
			t.Errorf("with the source %q the details are handed out: %v, want %v", source, got, want)
		}
	}
}

// A copy that could not be made takes over what AWS has made for it, and nothing
// else: to attach it to another database would change, and rename, that one.
func TestWhatFailedTakesOverItsOwn(t *testing.T) {
	const (
		key       = "db-us-west-2-e2"
		selection = "db-snapshots-us-west-2-e1"
		identity  = "payments-db-us-west-2-e2-cuq1lm5h"
		exists    = "api error DBInstanceAlreadyExists: DB instance already exists"
	)

	present := func(as string) map[string]any {
		return fields("existing", fields("state", "Present", "externalName", "db-X", "restoreAs", as), "selected", fields("id", "snap-2", "dataTime", moment(2)))
	}
	absent := fields("existing", fields("state", "Absent", "restoreAs", identity), "selected", fields("id", "snap-2", "dataTime", moment(2)))

	// What it is called, and was made from, what it is asked for as, and what it
	// waits for.
	type want struct{ name, identifier, snapshot, from, asked, waits any }

	kept := want{identifier: identity, snapshot: "snap-1", from: "snap-1", asked: identity}
	but := func(change func(*want)) want {
		w := kept
		change(&w)

		return w
	}

	cases := map[string]struct {
		reason  string
		says    map[string]any
		message string
		edit    func(w *world)
		want    want
	}{
		"Forgotten": {
			reason: "Its provider restarted before it wrote down the name.", says: present(identity), message: exists,
			want: but(func(w *want) { w.name = "db-X" }),
		},
		"NotSeenYet": {
			reason: "It exists, and was made from the snapshot that it has: the selection is older than that.", says: absent, message: exists,
			want: but(func(w *want) {
				w.waits = key + " waits for " + selection + " to say by which name to adopt what exists already"
			}),
		},
		"Failed": {
			reason: "Nothing exists: it is made from what is selected now.", says: absent, message: "api error DBSnapshotNotFound",
			want: but(func(w *want) { w.snapshot, w.from = "snap-2", "snap-2" }),
		},
		"TriedAgain": {
			reason: "It may exist by now, from the snapshot that it has.", says: absent, message: "api error DBSnapshotNotFound",
			edit: func(w *world) {
				put(w.observed[key], moment(5), "metadata", "annotations", "crossplane.io/external-create-pending")
			},
			want: kept,
		},
		"OfAnotherName": {
			reason: "What the template would be called now is not what this one was to be called.", says: present("main-us-west-2-e2"), message: exists,
			edit: func(w *world) { put(w.parts[0], "main", "template", "spec", "forProvider", "identifier") },
			want: but(func(w *want) { w.waits = key + " waits for " + selection + " to say whether it exists already" }),
		},
		"Adopted": {
			reason: "What a person means has another name, and would be renamed.", says: absent, message: exists,
			edit: func(w *world) { w.adopt[key] = "db-Y" },
			want: but(func(w *want) {
				w.waits = key + " waits for a person: it could not be made, and spec.recovery.adopt is for what is not there yet; delete its managed resource, which deletes nothing on AWS, and db-Y is adopted"
			}),
		},
		"NotHolder": {
			reason: "Who only observes attaches nothing.", says: present(identity), message: exists,
			edit: func(w *world) { w.target.holder = false },
			want: but(func(w *want) {
				w.waits = key + " is not created: this control plane is not the holder of dr/payments and only observes"
			}),
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			as := at(tc.says, "existing", "restoreAs")
			w := failedOver(tc.says)
			put(w.observed[selection], as, "spec", "forProvider", "restoreAs")
			put(w.observed[selection], as, "status", "atProvider", "existing", "restoreAs")
			w.observed[key] = fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance",
				"metadata", fields("name", "db-2", "annotations", fields("crossdr.io/restored-from", "snap-1", "crossdr.io/data-time", moment(1)),
					"labels", fields("crossdr.io/component", "db", "crossdr.io/role", "Serving", "crossdr.io/epoch", "2", "crossdr.io/decided-epoch", "2", "crossdr.io/failover-target", "dr.payments")),
				"spec", fields("forProvider", fields("region", "us-west-2", "identifier", identity), "initProvider", fields("snapshotIdentifier", "snap-1"),
					"managementPolicies", []any{"Observe", "Create", "Update", "LateInitialize"}),
				"status", fields("conditions", []any{fields("type", "LastAsyncOperation", "status", "False", "message", tc.message, "lastTransitionTime", moment(4))}))

			if tc.edit != nil {
				tc.edit(w)
			}

			rsp := ask(t, shared, w.request())
			d := objects(rsp.GetDesired().GetResources())

			got := want{
				name: at(d[key], "metadata", "annotations", "crossplane.io/external-name"), identifier: at(d[key], "spec", "forProvider", "identifier"),
				snapshot: pinnedSnapshot(d[key]), from: at(d[key], "metadata", "annotations", "crossdr.io/restored-from"),
				asked: at(d[selection], "spec", "forProvider", "restoreAs"),
			}

			if list, _ := at(rsp.GetDesired().GetComposite().GetResource().AsMap(), "status", "recovery", "waitingFor").([]any); len(list) > 0 {
				got.waits = list[0]
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s: -want +got:\n%s%s", tc.reason, diff, fatal(rsp))
			}
		})
	}
}

// A name that an expression computes is what a birth asks about.
func TestLaw10ABirthAsksAboutItsOwnName(t *testing.T) {
	const selection = "db-snapshots-us-west-2-e1"

	cases := map[string]struct {
		reason, as string
		want       any
	}{
		"Own":     {reason: "What is called so exists: it is adopted.", as: "payments-db-us-west-2-e2", want: "db-X"},
		"Another": {reason: "What is called otherwise is another.", as: "payments-db-us-west-2-e2-cuq1lm5h"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := failedOver(fields("existing", fields("state", "Present", "externalName", "db-X")))
			put(w.parts[0], "${xr.metadata.name}-db", "template", "spec", "forProvider", "identifier")
			put(w.observed[selection], tc.as, "status", "atProvider", "existing", "restoreAs")

			rsp := ask(t, shared, w.request())
			d := objects(rsp.GetDesired().GetResources())

			if got := at(d[selection], "spec", "forProvider", "restoreAs"); got != "payments-db-us-west-2-e2" {
				t.Errorf("%s: it asks about %v, want payments-db-us-west-2-e2: %s", tc.reason, got, fatal(rsp))
			}

			if got := at(d["db-us-west-2-e2"], "metadata", "annotations", "crossplane.io/external-name"); got != tc.want {
				t.Errorf("%s: it adopts %v, want %v", tc.reason, got, tc.want)
			}
		})
	}
}
