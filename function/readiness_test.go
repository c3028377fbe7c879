package main

import "testing"

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
