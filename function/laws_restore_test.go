package main

import (
	"fmt"
	"testing"

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
