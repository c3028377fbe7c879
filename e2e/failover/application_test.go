package failover

import (
	"bytes"
	"context"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/world"
)

// claimable returns the XRD and Composition of PostgreSQLInstances as they would
// be for claims.
func claimable(t *testing.T) []*unstructured.Unstructured {
	t.Helper()

	const group, kind, plural = "database.example.org", "XPostgreSQLInstance", "xpostgresqlinstances"

	definition := read(t, "apis/postgresqlinstances/definition.yaml")[0]
	definition.SetAPIVersion("apiextensions.crossplane.io/v1")
	definition.SetName(plural + "." + group)
	set(t, definition, group, "spec", "group")
	set(t, definition, map[string]any{"kind": kind, "plural": plural}, "spec", "names")
	set(t, definition, map[string]any{"kind": "PostgreSQLClaim", "plural": "postgresqlclaims"}, "spec", "claimNames")
	unstructured.RemoveNestedField(definition.Object, "spec", "scope")

	composition := read(t, "apis/postgresqlinstances/composition.yaml")[0]
	composition.SetName(plural)
	// An XR's name ends in letters that differ after a rebuild; a claim's is the
	// user's.
	set(t, composition, controlplane.Namespace, "spec", "writeConnectionSecretsToNamespace")
	rewrite(t, composition, "xr.metadata.name", "xr.spec.claimRef.name")
	set(t, composition, map[string]any{"apiVersion": group + "/v1alpha1", "kind": kind}, "spec", "compositeTypeRef")

	return []*unstructured.Unstructured{definition, composition}
}

// orders is a claim.
func orders(t *testing.T) *unstructured.Unstructured {
	t.Helper()

	claim := read(t, "examples/postgresql/xr.yaml")[0]
	claim.SetAPIVersion("database.example.org/v1alpha1")
	claim.SetKind("PostgreSQLClaim")
	claim.SetName("orders")
	set(t, claim, "orders-connection", "spec", "writeConnectionSecretToRef", "name")

	return claim
}

// ledger has a replica in the other region.
func ledger(t *testing.T) *unstructured.Unstructured {
	t.Helper()

	xr := read(t, "examples/pilot-light/xr.yaml")[0]
	xr.SetName("ledger")

	return xr
}

// shop returns the XRD and Composition of shops. Its old database is shut when
// its region is back.
func shop(t *testing.T) []*unstructured.Unstructured {
	t.Helper()

	composition := read(t, "examples/workloads/composition.yaml")[0]

	pipeline, _, _ := unstructured.NestedSlice(composition.Object, "spec", "pipeline")
	components, _ := pipeline[0].(map[string]any)["input"].(map[string]any)["components"].([]any)

	for _, c := range components {
		if component, _ := c.(map[string]any); component["name"] == "db" {
			component["fence"] = map[string]any{"overlay": map[string]any{"spec": map[string]any{"forProvider": map[string]any{
				"vpcSecurityGroupIds": []any{"${region.parameters.denyAll}"},
			}}}}
		}
	}

	set(t, composition, pipeline, "spec", "pipeline")

	return append(read(t, "examples/workloads/definition.yaml"), composition)
}

// shop returns the XR of a shop, with the security groups that shut databases.
func (s *story) shop(ctx context.Context, t *testing.T) *unstructured.Unstructured {
	t.Helper()

	parameters := map[string]any{}

	for _, region := range []string{east, west} {
		name := "deny-all-" + region
		s.wait(ctx, t, "securitygroups.ec2.aws.m.upbound.io/"+name, "-n", "team-a", "--for=condition=Ready")
		parameters[region] = map[string]any{"denyAll": s.kubectl(ctx, t, "get", "securitygroups.ec2.aws.m.upbound.io", name, "-n", "team-a",
			"-o", `jsonpath={.metadata.annotations.crossplane\.io/external-name}`)}
	}

	s.denied, _ = parameters[east].(map[string]any)["denyAll"].(string)

	xr := read(t, "examples/workloads/xr.yaml")[0]
	set(t, xr, parameters, "spec", "recovery", "parameters")

	return xr
}

// fences applies security groups that let nothing pass.
func (s *story) fences(ctx context.Context, t *testing.T) {
	t.Helper()

	for _, region := range []string{east, west} {
		group := world.Object("ec2.aws.m.upbound.io/v1beta1", "SecurityGroup", "team-a", "deny-all-"+region)
		group.Object["spec"] = map[string]any{"forProvider": map[string]any{"region": region, "name": "deny-all", "description": "Lets nothing pass"}}
		s.apply(ctx, t, group)
	}
}

// rewrite replaces text wherever it stands in an object.
func rewrite(t *testing.T, u *unstructured.Unstructured, old, replacement string) {
	t.Helper()

	b, err := u.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}

	if err := u.UnmarshalJSON(bytes.ReplaceAll(b, []byte(old), []byte(replacement))); err != nil {
		t.Fatal(err)
	}
}

func set(t *testing.T, u *unstructured.Unstructured, value any, path ...string) {
	t.Helper()

	if err := unstructured.SetNestedField(u.Object, value, path...); err != nil {
		t.Fatal(err)
	}
}
