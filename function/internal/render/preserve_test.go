package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPreserve(t *testing.T) {
	const document = `
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Instance
metadata:
  name: payments-db
  namespace: team-a
  uid: 0000
  resourceVersion: "7"
  generation: 3
  creationTimestamp: "2026-01-01T00:00:00Z"
  deletionTimestamp: "2026-01-02T00:00:00Z"
  finalizers: [finalizer.managedresource.crossplane.io]
  ownerReferences: [{name: x}]
  managedFields: [{manager: x}]
  labels: {team: a, crossplane.io/composite: payments, crossdr.io/role: Serving}
  annotations:
    crossplane.io/external-name: db-ABC
    crossplane.io/external-create-pending: "2026-01-01T00:00:00Z"
    crossplane.io/external-create-succeeded: "2026-01-01T00:00:00Z"
    crossplane.io/reconcile-requested-at: "2026-01-01T00:00:00Z"
    kubectl.kubernetes.io/last-applied-configuration: "{}"
    team.example.org/note: keep
spec:
  managementPolicies: ["*"]
  providerConfigRef: {name: default}
  forProvider: {region: us-east-1, list: [{a: 1}], nothing: null}
  initProvider: {snapshotIdentifier: snap-1}
status: {atProvider: {id: x}}
`

	s := scope()
	s.Labels = map[string]string{LabelFailoverTarget: "dr.payments", LabelDecidedEpoch: "2"}

	c := home()
	c.Role, c.Zone, c.Observed = "Fenced", "use1-az1", observed(t, document)

	want := parse(t, `
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Instance
metadata:
  name: payments-db
  namespace: team-a
  labels:
    team: a
    crossplane.io/composite: payments
    crossdr.io/component: db
    crossdr.io/role: Fenced
    crossdr.io/epoch: "1"
    crossdr.io/region: us-east-1
    crossdr.io/zone: use1-az1
    crossdr.io/failover-target: dr.payments
    crossdr.io/decided-epoch: "2"
  annotations: {crossplane.io/external-name: db-ABC, team.example.org/note: keep}
spec:
  managementPolicies: [Observe]
  providerConfigRef: {name: default}
  forProvider: {region: us-east-1, list: [{a: 1}], nothing: null}
  initProvider: {snapshotIdentifier: snap-1}
`)

	if diff := cmp.Diff(want, Preserve(s, c, true)); diff != "" {
		t.Errorf("Law 1: the whole spec is kept, and nothing of what others write: -want +got:\n%s", diff)
	}

	if diff := cmp.Diff(parse(t, document), c.Observed.Map()); diff != "" {
		t.Errorf("What is observed is not written to: -want +got:\n%s", diff)
	}
}

// Kinds in a provider's group that are no managed resources have no management
// policies: the API server would refuse the field, and the XR with it.
func TestManaged(t *testing.T) {
	cases := map[string]struct {
		reason     string
		apiVersion string
		kind       string
		spec       string
		want       bool
	}{
		"AWS":            {reason: "A kind of provider-upjet-aws is managed.", apiVersion: "rds.aws.upbound.io/v1beta1", kind: "Instance", spec: "{forProvider: {}}", want: true},
		"Empty":          {reason: "So is one whose spec is empty.", apiVersion: "ec2.aws.m.upbound.io/v1beta1", kind: "VPC", spec: "{}", want: true},
		"OtherProvider":  {reason: "So is one of another provider.", apiVersion: "kubernetes.m.crossplane.io/v1alpha1", kind: "Object", spec: "{forProvider: {}}", want: true},
		"Own":            {reason: "So is one of crossdr's own.", apiVersion: "aws.m.crossdr.io/v1alpha1", kind: "SnapshotSelection", spec: "{forProvider: {}}", want: true},
		"ProviderConfig": {reason: "A ProviderConfig is not, though its group is a provider's.", apiVersion: "aws.m.upbound.io/v1beta1", kind: "ProviderConfig", spec: "{credentials: {source: Secret}}"},
		"Usage":          {reason: "A Usage is not, though its group is Crossplane's.", apiVersion: "protection.crossplane.io/v1beta1", kind: "Usage", spec: "{of: {kind: X}}"},
		"XR":             {reason: "Somebody's XR is not, though its group ends like a provider's.", apiVersion: "aws.platform.upbound.io/v1alpha1", kind: "Network", spec: "{parameters: {}}"},
		"Kubernetes":     {reason: "A ConfigMap is not.", apiVersion: "v1", kind: "ConfigMap", spec: "{}"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			document := "apiVersion: " + tc.apiVersion + "\nkind: " + tc.kind + "\nmetadata: {name: x}\nspec: " + tc.spec + "\n"
			tpl := compileTemplate(t, document, nil)

			c := home()
			c.Role, c.Fenced, c.Observed = "Fenced", true, observed(t, document)
			o := tpl.Copy(scope(), c, variables(c)).Object
			_, written := path{"spec", "managementPolicies"}.get(o)

			c.Fenced, c.Observed, c.Data, c.Durable = false, nil, true, true
			_, born := path{"spec", "managementPolicies"}.get(tpl.Copy(scope(), c, variables(c)).Object)

			group, _ := groupVersion(tc.apiVersion)
			placed := PlacementOf(observed(t, document), group, tc.kind, nil).Managed

			if diff := cmp.Diff([]bool{tc.want, tc.want, tc.want}, []bool{written, born, placed}); diff != "" {
				t.Errorf("%s\nfenced, born, as observed: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPlacementOf(t *testing.T) {
	type want = Placement

	cases := map[string]struct {
		reason      string
		group, kind string
		paths       *Paths
		observed    string
		want        want
	}{
		"Subnet": {
			reason: "A subnet shows its zone's id and name.", group: "ec2.aws.m.upbound.io", kind: "Subnet",
			observed: "{spec: {forProvider: {region: us-west-2}}, status: {atProvider: {region: us-west-2, availabilityZone: us-west-2b, availabilityZoneId: usw2-az2}}}",
			want:     want{Managed: true, Region: "us-west-2", ObservedRegion: "us-west-2", ZoneID: "usw2-az2", ZoneName: "us-west-2b"},
		},
		"Moved": {
			reason: "Where it is and where its spec says it is can differ, and the difference is to be seen.", group: "rds.aws.upbound.io", kind: "Instance",
			observed: "{spec: {forProvider: {region: us-west-2}}, status: {atProvider: {region: us-east-1}}}",
			want:     want{Managed: true, Region: "us-west-2", ObservedRegion: "us-east-1"},
		},
		"Paths": {
			reason: "The plan's paths say where another kind is.", group: "example.org", kind: "Bucket", paths: &Paths{Region: "spec.location", ObservedRegion: "status.location"},
			observed: "{spec: {location: us-west-2}, status: {location: us-east-1}}", want: want{Region: "us-west-2", ObservedRegion: "us-east-1"},
		},
		"Global":  {reason: "A role is in no region.", group: "iam.aws.m.upbound.io", kind: "Role", observed: "{spec: {forProvider: {region: us-west-2}}}", want: want{Managed: true}},
		"NotText": {reason: "What is no text is nothing, and no panic.", group: "rds.aws.m.upbound.io", kind: "Instance", observed: "{spec: {forProvider: {region: [1]}}}", want: want{Managed: true}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, PlacementOf(observed(t, tc.observed), tc.group, tc.kind, tc.paths)); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
