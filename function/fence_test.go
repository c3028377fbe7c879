package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was left is shut, and what only looks the same is no reason not to.
func TestShutInTheRegionLeft(t *testing.T) {
	const group = "autoscaling.aws.m.upbound.io/v1beta1"

	cases := map[string]struct {
		reason string

		// region of a copy of the same external name.
		region   string
		strategy string
		scale    any
		role     string
		want     any
	}{
		"MultiSite":         {reason: "Where all serve it stands by, and is stopped.", strategy: "MultiSite", role: "Standby", want: 0.0},
		"MultiSiteScaled":   {reason: "A scale of its own is what it gets.", strategy: "MultiSite", scale: 1.0, role: "Standby", want: 1.0},
		"WarmStandby":       {reason: "A standby without a scale is as large as what serves.", strategy: "WarmStandby", role: "Standby", want: 4.0},
		"SameNameElsewhere": {reason: "A scaling group of the same name in another region is another one.", region: "us-west-2", strategy: "PilotLight", role: "Fenced", want: 0.0},
		"SameOne":           {reason: "What is the same resource under two keys serves under the other.", region: "us-east-1", strategy: "PilotLight", role: "Fenced", want: nil},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(tc.strategy, "us-east-1", "us-west-2")
			w.target = newDecided("us-east-1")
			w.target.active, w.target.from, w.target.epoch, w.target.dataEpoch, w.target.decidedAt = "us-west-2", "us-east-1", 2, 2, moment(0)
			w.parts = []map[string]any{fields("name", "app", "tier", "Compute", "template",
				fields("apiVersion", group, "kind", "AutoscalingGroup", "spec", fields("forProvider", fields("desiredCapacity", 4.0, "maxSize", 8.0))))}

			if tc.scale != nil {
				w.parts[0]["standby"] = fields("scale", fields("spec.forProvider.desiredCapacity", tc.scale))
			}

			for key, region := range map[string]string{"app": "us-east-1", "app-of-old": tc.region} {
				if region == "" {
					continue
				}

				w.observed[key] = fields("apiVersion", group, "kind", "AutoscalingGroup",
					"metadata", fields("name", key, "labels", fields("crossdr.io/component", "app"), "annotations", fields("crossplane.io/external-name", "web")),
					"spec", fields("forProvider", fields("region", region)))
			}

			rsp := ask(t, shared, w.request())
			app := objects(rsp.GetDesired().GetResources())["app"]

			if diff := cmp.Diff([]any{tc.role, tc.want}, []any{label(app, "role"), at(app, "spec", "forProvider", "desiredCapacity")}); diff != "" {
				t.Errorf("%s: -want +got:\n%s%s", tc.reason, diff, fatal(rsp))
			}
		})
	}
}

// A replica that was told to serve, and is fenced before AWS promoted it, is not
// let go on: to shut it is to let the provider update it.
func TestAFencedReplicaIsNotPromoted(t *testing.T) {
	cases := map[string]struct {
		reason   string
		follows  any
		policies []any
	}{
		"Follows":  {reason: "It takes no writes.", follows: "arn-of-db", policies: []any{"Observe"}},
		"Promoted": {reason: "It takes writes, and is shut.", policies: []any{"Observe", "Update"}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := failedOver(fields())
			w.target = newDecided("us-east-1")
			w.target.from, w.target.epoch, w.target.dataEpoch, w.target.decidedAt = "us-west-2", 3, 3, moment(0)
			w.observed["db-us-west-2"] = fields("apiVersion", "rds.aws.m.upbound.io/v1beta1", "kind", "Instance",
				"metadata", fields("name", "db-2", "labels", fields("crossdr.io/component", "db", "crossdr.io/role", "Serving", "crossdr.io/serves-since", "2"), "annotations", fields("crossdr.io/replica-of", "db")),
				"spec", fields("forProvider", fields("region", "us-west-2", "replicateSourceDb", "")),
				"status", fields("atProvider", fields("arn", "arn-of-db-us-west-2", "replicateSourceDb", tc.follows)))

			rsp := ask(t, shared, w.request())
			db := objects(rsp.GetDesired().GetResources())["db-us-west-2"]

			if diff := cmp.Diff([]any{"Fenced", any(tc.policies)}, []any{label(db, "role"), at(db, "spec", "managementPolicies")}); diff != "" {
				t.Errorf("%s: -want +got:\n%s%s", tc.reason, diff, fatal(rsp))
			}
		})
	}
}
