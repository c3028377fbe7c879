package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Ready means what a kind means by it.
func TestIsReady(t *testing.T) {
	const (
		flux = "kustomize.toolkit.fluxcd.io/v1"
		rds  = "rds.aws.m.upbound.io/v1beta1"
	)

	ready := []any{fields("type", "Ready", "status", "True")}
	named := fields("annotations", fields("crossplane.io/external-name", "db-1"))
	lost := []any{ready[0], fields("type", "Synced", "status", "False", "message", "observe failed: external resource does not exist")}

	cases := map[string]struct {
		reason string
		object map[string]any
		want   bool
	}{
		"Flux":         {reason: "It says that it is.", object: fields("apiVersion", flux, "kind", "Kustomization", "metadata", fields("generation", 3), "status", fields("observedGeneration", 3, "conditions", ready)), want: true},
		"FluxBefore":   {reason: "It was, before it was let go.", object: fields("apiVersion", flux, "kind", "Kustomization", "metadata", fields("generation", 3), "status", fields("observedGeneration", 2, "conditions", ready))},
		"NoGeneration": {reason: "Not every kind says what it has seen.", object: fields("apiVersion", "example.org/v1", "kind", "Thing", "metadata", fields("generation", 3), "status", fields("conditions", ready)), want: true},
		"ConfigMap":    {reason: "It is ready when it exists.", object: fields("apiVersion", "v1", "kind", "ConfigMap"), want: true},
		"Unknown":      {reason: "Of what has no condition nobody knows.", object: fields("apiVersion", "example.org/v1", "kind", "Thing")},
		"Backup":       {reason: "Its phase counts.", object: fields("apiVersion", "velero.io/v1", "kind", "Backup", "status", fields("phase", "Completed")), want: true},
		"BackupPartly": {reason: "In part is not done.", object: fields("apiVersion", "velero.io/v1", "kind", "Backup", "status", fields("phase", "PartiallyFailed"))},
		"Managed":      {reason: "It says that it is.", object: fields("apiVersion", rds, "kind", "Instance", "metadata", named, "status", fields("conditions", ready)), want: true},
		"ManagedGone":  {reason: "It was, and is gone on AWS.", object: fields("apiVersion", rds, "kind", "Instance", "metadata", named, "status", fields("conditions", lost))},
		"Deleted":      {reason: "It is about to be gone.", object: fields("apiVersion", rds, "kind", "Instance", "metadata", fields("deletionTimestamp", moment(0)), "status", fields("conditions", ready))},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, _ := ours("db", &object{message: message(tc.object)}, &plan{byName: map[string]*component{"db": {}}}, []string{"us-east-1"})
			if got := isReady(&c, "us-east-1", nil); got != tc.want {
				t.Errorf("%s: isReady is %v, want %v", tc.reason, got, tc.want)
			}
		})
	}
}

// What could not be made may exist for all that.
func TestFailedToCreate(t *testing.T) {
	failed := func(message string, minutes int) map[string]any {
		return fields("conditions", []any{fields("type", "LastAsyncOperation", "status", "False", "message", message, "lastTransitionTime", moment(minutes))})
	}
	begun := func(minutes int) map[string]any {
		return fields("annotations", fields("crossplane.io/external-create-pending", moment(minutes)))
	}

	type want struct{ Failed, Refused bool }

	cases := map[string]struct {
		reason           string
		metadata, status map[string]any
		want             want
	}{
		"New":       {reason: "Nobody has tried."},
		"Failed":    {reason: "It was tried, and failed.", metadata: begun(1), status: failed("no such snapshot", 2), want: want{Failed: true}},
		"AtOnce":    {reason: "Times are to the second.", metadata: begun(1), status: failed("no such snapshot", 1), want: want{Failed: true}},
		"Again":     {reason: "What failed is the attempt before this one.", metadata: begun(3), status: failed("no such snapshot", 2)},
		"Unmarked":  {reason: "Without a mark of its own the last one counts.", status: failed("no such snapshot", 2), want: want{Failed: true}},
		"Exists":    {reason: "AWS has it.", metadata: begun(1), status: failed("api error DBInstanceAlreadyExists: DB instance already exists", 2), want: want{Failed: true, Refused: true}},
		"ExistsYet": {reason: "It still has while it is asked again.", metadata: begun(3), status: failed("Table already exists: orders", 2), want: want{Refused: true}},
		"Succeeded": {reason: "It was made.", metadata: begun(1), status: fields("conditions", []any{fields("type", "LastAsyncOperation", "status", "True", "lastTransitionTime", moment(2))})},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, _ := ours("db", &object{message: message(fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance", "metadata", tc.metadata, "status", tc.status))}, &plan{byName: map[string]*component{"db": {}}}, []string{"us-east-1"})
			if diff := cmp.Diff(tc.want, want{Failed: c.Failed, Refused: c.Refused}); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
