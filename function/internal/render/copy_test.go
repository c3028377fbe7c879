package render

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a copy becomes, of each kind of kind.
func TestCopy(t *testing.T) {
	subnet := func(observed Object) *Copy {
		return &Copy{
			Key: "subnet-usw2-az2", Component: "subnet", Region: "us-west-2", Zone: "usw2-az2", Role: "Serving", Epoch: 2,
			Suffix: "-usw2-az2", Observed: observed,
		}
	}
	withRole := func(c *Copy, component, key, role string, data bool) *Copy {
		c.Component, c.Key, c.Role, c.Data, c.Durable = component, key, role, data, data
		c.Fenced = role == "Fenced" || role == "Kept"

		return c
	}
	seen := func(c *Copy, document string) *Copy {
		c.Observed = observed(t, document)

		return c
	}

	cases := map[string]struct {
		reason   string
		template string
		paths    *Paths
		copy     *Copy
		want     string
	}{
		"OursFromElsewhere": {
			reason: "A template that repeats what was observed decides nothing by it.",
			template: `
apiVersion: example.org/v1
kind: Thing
metadata:
  labels: {team: a, crossdr.io/serves-since: "9", crossdr.io/role: Fenced, crossdr.io/zone: use1-az1, crossdr.io/failover-target: x.y}
  annotations: {note: b, crossdr.io/replica-of: db, crossdr.io/restored-from: snap}
`,
			copy: &Copy{Key: "thing", Component: "thing", Role: "Serving", Epoch: 1, KeepNames: true},
			want: `
apiVersion: example.org/v1
kind: Thing
metadata:
  name: payments-thing-a8ogcn5d
  labels: {team: a, crossdr.io/component: thing, crossdr.io/role: Serving, crossdr.io/epoch: "1"}
  annotations: {note: b}
`,
		},
		"SubnetBorn": {
			reason: "A zonal copy gets region, zone id and tags; the zone's name differs from account to account and goes.",
			template: `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: Subnet
metadata: {labels: {team: a}}
spec: {forProvider: {availabilityZone: us-east-1a, cidrBlock: "10.0.${zone.index}.0/24", tags: {Name: "${component}"}}}
status: {atProvider: {id: x}}
`,
			copy: subnet(nil),
			want: `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: Subnet
metadata:
  name: payments-subnet-usw2-az2-a8ogcn5d
  labels: {team: a, crossdr.io/component: subnet, crossdr.io/role: Serving, crossdr.io/epoch: "2", crossdr.io/region: us-west-2, crossdr.io/zone: usw2-az2}
spec:
  forProvider:
    region: us-west-2
    availabilityZoneId: usw2-az2
    cidrBlock: 10.0.1.0/24
    tags: {Name: subnet, crossdr.io/component: subnet, crossdr.io/epoch: "2", crossdr.io/region: us-west-2, crossdr.io/zone: usw2-az2}
`,
		},
		"SubnetExisting": {
			reason: "Law 3: zone, CIDR and region of a subnet that exists are as observed, and a zone id is not introduced.",
			template: `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: Subnet
spec: {forProvider: {cidrBlock: "10.0.${zone.index}.0/24", mapPublicIpOnLaunch: true}}
`,
			copy: subnet(observed(t, `
metadata: {name: subnet-b}
spec: {forProvider: {region: us-west-2, availabilityZone: us-west-2b, cidrBlock: 10.9.0.0/24, mapPublicIpOnLaunch: false}}`)),
			want: `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: Subnet
metadata:
  name: subnet-b
  labels: {crossdr.io/component: subnet, crossdr.io/role: Serving, crossdr.io/epoch: "2", crossdr.io/region: us-west-2, crossdr.io/zone: usw2-az2}
spec:
  forProvider: {region: us-west-2, availabilityZone: us-west-2b, cidrBlock: 10.9.0.0/24, mapPublicIpOnLaunch: true}
`,
		},
		"Role": {
			reason:   "What AWS runs globally has no region to write, and no region label if its copy has none.",
			template: "apiVersion: iam.aws.m.upbound.io/v1beta1\nkind: Role\nspec: {forProvider: {assumeRolePolicy: \"{}\"}}\n",
			copy:     &Copy{Key: "role", Component: "role", Role: "Serving", Epoch: 1, KeepNames: true},
			want: `
apiVersion: iam.aws.m.upbound.io/v1beta1
kind: Role
metadata: {name: payments-role-a8ogcn5d, labels: {crossdr.io/component: role, crossdr.io/role: Serving, crossdr.io/epoch: "1"}}
spec: {forProvider: {assumeRolePolicy: "{}", tags: {crossdr.io/component: role, crossdr.io/epoch: "1"}}}
`,
		},
		"TableBorn": {
			reason:   "Data is born with policies that never delete it, and a table with none to update it: what it has and does not state would be deleted.",
			template: "apiVersion: dynamodb.aws.m.upbound.io/v1beta1\nkind: Table\nmetadata: {name: orders}\nspec: {forProvider: {hashKey: id}}\n",
			copy:     withRole(later(), "table", "table-us-west-2-e2", "Serving", true),
			want: `
apiVersion: dynamodb.aws.m.upbound.io/v1beta1
kind: Table
metadata: {name: orders-us-west-2-e2, labels: {crossdr.io/component: table, crossdr.io/role: Serving, crossdr.io/epoch: "2", crossdr.io/region: us-west-2}}
spec:
  managementPolicies: [Observe, Create]
  forProvider: {region: us-west-2, hashKey: id, tags: {crossdr.io/component: table, crossdr.io/epoch: "2", crossdr.io/region: us-west-2}}
`,
		},
		"ConfigMap": {
			reason:   "Kubernetes' own kinds get a name and labels, and nothing that a managed resource has.",
			template: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {region: \"${region.name}\"}\n",
			copy:     withRole(later(), "settings", "settings-us-west-2", "Serving", true),
			want: `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings-us-west-2-e2, labels: {crossdr.io/component: settings, crossdr.io/role: Serving, crossdr.io/epoch: "2", crossdr.io/region: us-west-2}}
data: {region: us-west-2}
`,
		},
		"ConfigMapFenced": {
			reason:   "A fenced copy of Kubernetes' own has no management policies.",
			template: "apiVersion: v1\nkind: ConfigMap\ndata: {a: new}\n",
			copy:     seen(withRole(home(), "settings", "settings", "Fenced", false), "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, uid: x}, data: {a: old}}"),
			want: `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {crossdr.io/component: settings, crossdr.io/role: Fenced, crossdr.io/epoch: "1", crossdr.io/region: us-east-1}}
data: {a: old}
`,
		},
		"UnknownBorn": {
			reason:   "A kind that the catalog does not know works with paths of the plan.",
			template: "apiVersion: example.org/v1\nkind: Bucket\nspec: {location: home, size: 1}\n",
			paths:    &Paths{Region: "spec.location", Identity: "spec.bucket.name", Immutable: []string{"spec.size"}},
			copy:     later(),
			want: `
apiVersion: example.org/v1
kind: Bucket
metadata: {name: payments-db-us-west-2-e2-a8ogcn5d, labels: {crossdr.io/component: db, crossdr.io/role: Serving, crossdr.io/epoch: "2", crossdr.io/region: us-west-2}}
spec: {location: us-west-2, size: 1, bucket: {name: payments-db-us-west-2-e2-a8ogcn5d}}
`,
		},
		"UnknownExisting": {
			reason:   "Law 3 holds for such a kind, too: region and identity stay, and so does what the plan calls immutable.",
			template: "apiVersion: example.org/v1\nkind: Bucket\nspec: {location: home, size: 1, colour: blue}\n",
			paths:    &Paths{Region: "spec.location", Identity: "spec.bucket.name", Immutable: []string{"spec.size", "spec.shape"}},
			copy:     seen(later(), "{metadata: {name: old}, spec: {location: elsewhere, size: 2, shape: round, colour: red}}"),
			want: `
apiVersion: example.org/v1
kind: Bucket
metadata: {name: old, labels: {crossdr.io/component: db, crossdr.io/role: Serving, crossdr.io/epoch: "2", crossdr.io/region: us-west-2}}
spec: {location: elsewhere, size: 2, shape: round, colour: blue}
`,
		},
		"Kept": {
			reason:   "A kept copy is as observed, whatever the template has become.",
			template: "apiVersion: ec2.aws.m.upbound.io/v1beta1\nkind: VPC\nspec: {forProvider: {cidrBlock: 10.0.0.0/16}}\n",
			copy: seen(withRole(later(), "vpc", "vpc-us-west-2", "Kept", false), `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: VPC
metadata: {name: vpc-old}
spec: {managementPolicies: ["*"], forProvider: {region: us-west-2, cidrBlock: 10.9.0.0/16, tags: {a: b}}, initProvider: {x: y}}`),
			want: `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: VPC
metadata: {name: vpc-old, labels: {crossdr.io/component: vpc, crossdr.io/role: Kept, crossdr.io/epoch: "2", crossdr.io/region: us-west-2}}
spec: {managementPolicies: [Observe], forProvider: {region: us-west-2, cidrBlock: 10.9.0.0/16, tags: {a: b}}, initProvider: {x: y}}
`,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := compileTemplate(t, tc.template, tc.paths).Copy(scope(), tc.copy, variables(tc.copy))
			if diff := cmp.Diff(parse(t, tc.want), r.Object); diff != "" || len(r.Faults)+len(r.Missing) > 0 {
				t.Errorf("%s\n-want +got:\n%s%v %v", tc.reason, diff, r.Faults, r.Missing)
			}
		})
	}
}

func TestScale(t *testing.T) {
	tpl := compileTemplate(t, `
apiVersion: autoscaling.aws.m.upbound.io/v1beta1
kind: AutoscalingGroup
spec: {forProvider: {desiredCapacity: 6, maxSize: 9}}
`, nil)
	c := later()
	c.Role, c.Scale = "Standby", map[string]any{"spec.forProvider.desiredCapacity": 1, "spec.forProvider.warmPool.minSize": 2}

	got := tpl.Copy(scope(), c, variables(c)).Object
	want := []any{1, float64(9), 2}

	if diff := cmp.Diff(want, []any{at(got, "spec.forProvider.desiredCapacity"), at(got, "spec.forProvider.maxSize"), at(got, "spec.forProvider.warmPool.minSize")}); diff != "" {
		t.Errorf("A standby copy differs in what its scale says, and in nothing else: -want +got:\n%s", diff)
	}
}

func TestZoneByName(t *testing.T) {
	tpl := compileTemplate(t, "apiVersion: rds.aws.m.upbound.io/v1beta1\nkind: Instance\nspec: {forProvider: {engine: postgres}}\n", nil)
	if !tpl.ZoneByName() {
		t.Fatal("a database instance takes its zone by name only")
	}

	type want struct {
		zone    any
		missing []string
	}

	cases := map[string]struct {
		reason   string
		name     string
		observed string
		want     want
	}{
		"Known":    {reason: "The account's name of the zone is written.", name: "us-west-2b", want: want{zone: "us-west-2b"}},
		"Unknown":  {reason: "A new copy waits for the name rather than land in any zone.", want: want{missing: []string{"the name of zone usw2-az2"}}},
		"Existing": {reason: "A copy that exists waits for nothing, and keeps its zone.", observed: "{metadata: {name: x}, spec: {forProvider: {availabilityZone: us-west-2c}}}", want: want{zone: "us-west-2c"}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := later()
			c.Zone, c.ZoneName, c.Observed = "usw2-az2", tc.name, observed(t, tc.observed)
			r := tpl.Copy(scope(), c, variables(c))

			if diff := cmp.Diff(tc.want, want{at(r.Object, "spec.forProvider.availabilityZone"), r.Missing}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestTags(t *testing.T) {
	tpl := compileTemplate(t, "apiVersion: ec2.aws.m.upbound.io/v1beta1\nkind: VPC\nspec: {forProvider: {tags: {Name: main}}}\n", nil)
	ours := []string{"Name", LabelComponent, LabelEpoch, LabelRegion}

	cases := map[string]struct {
		reason          string
		adopt, observed string
		want            []string
	}{
		"Born":      {reason: "What we create says on AWS what it is.", want: ours},
		"Adopted":   {reason: "What was there before is not changed on AWS.", adopt: "vpc-1", want: []string{"Name"}},
		"TakenOver": {reason: "Law 6: adding the step to a live Composition changes nothing on AWS.", observed: "{spec: {forProvider: {tags: {Name: main}}}}", want: []string{"Name"}},
		"NoTags":    {reason: "A live copy that lost its tags is not tagged either.", observed: "{spec: {forProvider: {}}}", want: []string{"Name"}},
		"Ours": {
			reason:   "The tags of what we created stay as they are.",
			observed: "{spec: {forProvider: {tags: {crossdr.io/component: db, crossdr.io/epoch: '1', crossdr.io/region: us-west-2}}}}", want: ours,
		},
		"OursAdopted": {
			reason: "They stay even if somebody lists the copy as adopted later.", adopt: "vpc-1",
			observed: "{spec: {forProvider: {tags: {crossdr.io/component: db, crossdr.io/epoch: '1', crossdr.io/region: us-west-2}}}}", want: ours,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := later()
			c.Adopt, c.Observed = tc.adopt, observed(t, tc.observed)

			tags, _ := at(tpl.Copy(scope(), c, variables(c)).Object, "spec.forProvider.tags").(map[string]any)

			got := slices.Sorted(maps.Keys(tags))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}

			if tc.observed != "" && tags[LabelEpoch] == "2" {
				t.Error("A tag of an existing copy is as observed.")
			}
		})
	}
}
