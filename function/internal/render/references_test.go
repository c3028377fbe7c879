package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// neighbours are a network in two regions, a role that exists once, and a
// network that is only in the second region.
func neighbours() []Neighbour {
	both := map[string]bool{"us-east-1": true, "us-west-2": true}

	return []Neighbour{
		{
			Component: "vpc", Group: "ec2.aws.m.upbound.io", Kind: "VPC", Regions: both, Labels: map[string]string{"net": "main"},
			Names: map[string]map[string]string{"main": {"us-east-1": "main", "us-west-2": "main-us-west-2"}},
		},
		{
			Component: "subnet", Group: "ec2.aws.m.upbound.io", Kind: "Subnet", Regions: both, Labels: map[string]string{"tier": "private"},
			Names: map[string]map[string]string{"subnet-a": {"use1-az1": "subnet-a", "usw2-az1": "subnet-usw2-az1", "usw2-az2": "subnet-usw2-az2"}},
		},
		{
			Component: "edge", Group: "ec2.aws.m.upbound.io", Kind: "Subnet", Regions: map[string]bool{"us-east-1": true}, Labels: map[string]string{"tier": "edge"},
		},
		{Component: "role", Group: "iam.aws.m.upbound.io", Kind: "Role", Regions: map[string]bool{}},
		{
			Component: "key", Group: "kms.aws.m.upbound.io", Kind: "Key", Regions: both,
			Names: map[string]map[string]string{"main": {"us-west-2": "main-us-west-2-of-key"}},
		},
	}
}

func TestSelectors(t *testing.T) {
	const subnet = "apiVersion: ec2.aws.m.upbound.io/v1beta1\nkind: Subnet\n"

	const cluster = "apiVersion: eks.aws.m.upbound.io/v1beta1\nkind: Cluster\n"

	const domain = "apiVersion: rds.aws.m.upbound.io/v1beta1\nkind: Instance\n"

	type args struct{ kind, block, observed string }

	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"Controller": {
			reason: "A selector by controller would find the VPC of any region.",
			args:   args{kind: subnet, block: "{vpcIdSelector: {matchControllerRef: true}}"},
			want:   "{vpcIdSelector: {matchControllerRef: true, matchLabels: {crossdr.io/region: us-west-2}}}",
		},
		"ComponentsLabels": {
			reason: "So would one by labels that all copies of a component have.",
			args:   args{kind: subnet, block: "{vpcIdSelector: {matchLabels: {net: main}}}"},
			want:   "{vpcIdSelector: {matchLabels: {net: main, crossdr.io/region: us-west-2}}}",
		},
		"OurLabel": {
			reason: "And one by our own label.",
			args:   args{kind: subnet, block: "{vpcIdSelector: {matchLabels: {crossdr.io/component: vpc}}}"},
			want:   "{vpcIdSelector: {matchLabels: {crossdr.io/component: vpc, crossdr.io/region: us-west-2}}}",
		},
		"Nested": {
			reason: "Selectors within blocks are narrowed, too.",
			args:   args{kind: cluster, block: "{vpcConfig: {subnetIdSelector: {matchLabels: {tier: private}}}}"},
			want:   "{vpcConfig: {subnetIdSelector: {matchLabels: {tier: private, crossdr.io/region: us-west-2}}}}",
		},
		"OneOfTwo": {
			reason: "If one of the components that match is here and another is not, only the one here may be found.",
			args:   args{kind: cluster, block: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true}}}"},
			want:   "{vpcConfig: {subnetIdSelector: {matchControllerRef: true, matchLabels: {crossdr.io/region: us-west-2}}}}",
		},
		"NotHere": {
			reason: "If no component that matches is here, narrowing would find nothing for ever.",
			args:   args{kind: cluster, block: "{vpcConfig: {subnetIdSelector: {matchLabels: {tier: edge}}}}"},
			want:   "{vpcConfig: {subnetIdSelector: {matchLabels: {tier: edge}}}}",
		},
		"Foreign": {
			reason: "A VPC that somebody else shares has none of our labels: it is left alone.",
			args:   args{kind: subnet, block: "{vpcIdSelector: {matchLabels: {net: shared}}}"},
			want:   "{vpcIdSelector: {matchLabels: {net: shared}}}",
		},
		"ForeignToo": {
			reason: "A selector that asks for more labels than a component has is somebody else's.",
			args:   args{kind: subnet, block: "{vpcIdSelector: {matchLabels: {net: main, owner: x}}}"},
			want:   "{vpcIdSelector: {matchLabels: {net: main, owner: x}}}",
		},
		"Empty": {
			reason: "A selector of nothing is left alone.",
			args:   args{kind: subnet, block: "{vpcIdSelector: {matchControllerRef: false}}"},
			want:   "{vpcIdSelector: {matchControllerRef: false}}",
		},
		"Global": {
			reason: "A role exists once and has no region.",
			args:   args{kind: cluster, block: "{roleArnSelector: {matchControllerRef: true}}"},
			want:   "{roleArnSelector: {matchControllerRef: true}}",
		},
		"Unknown": {
			reason: "A selector that the catalog does not know is no reference: a Velero labelSelector, for one.",
			args:   args{kind: subnet, block: "{podSelector: {matchLabels: {net: main}}}"},
			want:   "{podSelector: {matchLabels: {net: main}}}",
		},
		"Existing": {
			reason: "A live copy whose selector was resolved without a region is not touched.",
			args: args{
				kind: domain, block: "{kmsKeyIdSelector: {matchControllerRef: true}, monitoringRoleArnSelector: {matchControllerRef: true}}",
				observed: "{kmsKeyIdSelector: {matchControllerRef: true}, monitoringRoleArnSelector: {matchControllerRef: true}}",
			},
			want: "{kmsKeyIdSelector: {matchControllerRef: true}, monitoringRoleArnSelector: {matchControllerRef: true}}",
		},
		"ExistingMutable": {
			reason: "Nor is one that could be changed: it would change the spec and nothing else.",
			args:   args{kind: cluster, block: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true}}}", observed: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true}}}"},
			want:   "{vpcConfig: {subnetIdSelector: {matchControllerRef: true}}}",
		},
		"ExistingNarrowed": {
			reason: "One that was narrowed stays so.",
			args: args{
				kind: cluster, block: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true}}}",
				observed: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true, matchLabels: {crossdr.io/region: us-west-2}}}}",
			},
			want: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true, matchLabels: {crossdr.io/region: us-west-2}}}}",
		},
		"ExistingAlways": {
			reason: "One that is resolved again and again would find another region's tomorrow.",
			args: args{
				kind: cluster, block: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true, policy: {resolve: Always}}}}",
				observed: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true, policy: {resolve: Always}}}}",
			},
			want: "{vpcConfig: {subnetIdSelector: {matchControllerRef: true, policy: {resolve: Always}, matchLabels: {crossdr.io/region: us-west-2}}}}",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := later()
			if tc.args.observed != "" {
				c.Observed = observed(t, "{spec: {forProvider: "+tc.args.observed+"}}")
			}

			s := scope()
			s.Neighbours = neighbours()

			got, _ := at(compileTemplate(t, tc.args.kind+"spec: {forProvider: "+tc.args.block+"}\n", nil).Copy(s, c, variables(c)).Object, "spec.forProvider").(map[string]any)
			for _, name := range []string{"region", "identifier", "tags"} {
				delete(got, name)
			}

			if diff := cmp.Diff(parse(t, tc.want), got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	const template = `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: Instance
spec:
  forProvider:
    subnetIdRef: {name: subnet-a, policy: {resolve: Always}}
    vpcSecurityGroupIdRefs: [{name: shared}, {name: main}]
    rootBlockDevice: {kmsKeyIdRef: {name: main}}
    otherRef: {name: main}
    imageRef: {kind: AMI}
  initProvider:
    subnetIdRef: {name: subnet-a}
`

	cases := map[string]struct {
		reason string
		region string
		zone   string
		want   string
	}{
		"Home": {
			reason: "At home the names are those of the template.", region: "us-east-1", zone: "use1-az1",
			want: `
subnetIdRef: {name: subnet-a, policy: {resolve: Always}}
vpcSecurityGroupIdRefs: [{name: shared}, {name: main}]
rootBlockDevice: {kmsKeyIdRef: {name: main}}
otherRef: {name: main}
imageRef: {kind: AMI}
`,
		},
		"Zone": {
			reason: "Elsewhere they are those of the copies in the zone or region. Of several things of one name, the catalog knows which kind is meant; what it doesn't know may be any, and no component's stays.",
			region: "us-west-2", zone: "usw2-az2",
			want: `
subnetIdRef: {name: subnet-usw2-az2, policy: {resolve: Always}}
vpcSecurityGroupIdRefs: [{name: shared}, {name: main}]
rootBlockDevice: {kmsKeyIdRef: {name: main-us-west-2-of-key}}
otherRef: {name: main-us-west-2}
imageRef: {kind: AMI}
`,
		},
		"NoCopy": {
			reason: "Where there is no copy to refer to, the reference stays as it is.", region: "eu-west-1",
			want: `
subnetIdRef: {name: subnet-a, policy: {resolve: Always}}
vpcSecurityGroupIdRefs: [{name: shared}, {name: main}]
rootBlockDevice: {kmsKeyIdRef: {name: main}}
otherRef: {name: main}
imageRef: {kind: AMI}
`,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tpl := compileTemplate(t, template, nil)
			if !tpl.NamesOthers() {
				t.Fatal("the template names other resources")
			}

			c := later()
			c.Region, c.Zone, c.ZoneName = tc.region, tc.zone, "any"

			s := scope()
			s.Neighbours = neighbours()

			o := tpl.Copy(s, c, variables(c)).Object
			got, _ := at(o, "spec.forProvider").(map[string]any)

			for _, name := range []string{"region", "availabilityZone", "tags"} {
				delete(got, name)
			}

			if diff := cmp.Diff(parse(t, tc.want), got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(at(got, "subnetIdRef.name"), at(o, "spec.initProvider.subnetIdRef.name")); diff != "" {
				t.Errorf("Both blocks refer to one copy: -forProvider +initProvider:\n%s", diff)
			}
		})
	}
}

func TestRefsInLists(t *testing.T) {
	tpl := compileTemplate(t, "apiVersion: eks.aws.m.upbound.io/v1beta1\nkind: Cluster\nspec: {forProvider: {vpcConfig: {subnetIdRefs: [{name: subnet-a}, {name: shared}]}}}\n", nil)
	s := scope()
	s.Neighbours = neighbours()

	c := later()
	c.Zone = "usw2-az1"

	want := parse(t, "refs: [{name: subnet-usw2-az1}, {name: shared}]")
	if diff := cmp.Diff(want["refs"], at(tpl.Copy(s, c, variables(c)).Object, "spec.forProvider.vpcConfig.subnetIdRefs")); diff != "" {
		t.Errorf("Each reference of a list is rewritten: -want +got:\n%s", diff)
	}
}
