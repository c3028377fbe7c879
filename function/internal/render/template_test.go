package render

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func TestCompile(t *testing.T) {
	type want struct {
		group, version, kind, name, region string
		labels                             map[string]string
		global                             bool
		faults                             []string
	}

	cases := map[string]struct {
		reason   string
		template string
		want     want
	}{
		"Regional": {
			reason:   "What others ask of a template is read from it; what an expression computes is not known.",
			template: "{apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: VPC, metadata: {name: main, labels: {a: b, c: '${active}'}}, spec: {forProvider: {region: us-east-1}}}",
			want:     want{group: "ec2.aws.m.upbound.io", version: "v1beta1", kind: "VPC", name: "main", region: "us-east-1", labels: map[string]string{"a": "b"}},
		},
		"Global": {
			reason: "AWS runs roles globally.", template: "{apiVersion: iam.aws.upbound.io/v1beta1, kind: Role, spec: {forProvider: {region: us-east-1}}}",
			want: want{group: "iam.aws.upbound.io", version: "v1beta1", kind: "Role", labels: map[string]string{}, global: true},
		},
		"Core": {
			reason: "Kubernetes' core kinds have no group, and are not AWS's.", template: "{apiVersion: v1, kind: ConfigMap, metadata: {name: '${active}'}}",
			want: want{version: "v1", kind: "ConfigMap", labels: map[string]string{}},
		},
		"Faults": {
			reason: "All faults are told at once: what is missing and what does not compile.", template: "{kind: '${active}', spec: {a: '${region.nme}', b: ['${zone}']}}",
			want: want{labels: map[string]string{}, faults: []string{"t.spec.a", "t.spec.b[0]", "t.apiVersion", "t.kind"}},
		},
		"NoMaps": {
			reason: "Parts of another shape are no panic.", template: "{apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: VPC, metadata: {labels: [a]}, spec: []}",
			want: want{group: "ec2.aws.m.upbound.io", version: "v1beta1", kind: "VPC", labels: map[string]string{}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for range 10 {
				tpl, faults := Compile(parse(t, tc.template), nil, field.NewPath("t"))
				got := want{tpl.Group, tpl.Version, tpl.Kind, tpl.Name, tpl.Region, tpl.Labels, tpl.Global(), nil}

				for _, f := range faults {
					got.faults = append(got.faults, f.Field)
				}

				if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
					t.Fatalf("%s\n-want +got:\n%s", tc.reason, diff)
				}
			}
		})
	}
}

// A template whose every part is written to somewhere: by the catalog, by a
// scale, and by what is observed.
const shared = `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: Instance
metadata: {name: main, labels: {a: b}, annotations: {crossplane.io/external-name: x, note: y}}
spec:
  writeConnectionSecretToRef: {name: conn, namespace: apps}
  managementPolicies: ["*"]
  forProvider:
    instanceType: m7
    rootBlockDevice: {encrypted: false, volumeSize: 1, kmsKeyIdSelector: {matchControllerRef: true}}
    subnetIdSelector: {matchLabels: {tier: private}}
    vpcSecurityGroupIdRefs: [{name: main}]
    launchTemplate: {id: lt-1, version: "1"}
    tags: {Name: main}
    deep: {deeper: {deepest: {x: 1}}}
  initProvider: {tags: {b: c}, subnetIdRef: {name: subnet-a}}
`

func TestCopyMutatesNothing(t *testing.T) {
	seen := `
metadata: {name: old, annotations: {crossplane.io/external-name: i-1}}
spec:
  managementPolicies: [Observe]
  forProvider: {region: us-west-2, rootBlockDevice: {encrypted: true}, launchTemplate: {id: lt-0}, subnetId: s-1, tags: {crossdr.io/epoch: "9"}}
  initProvider: {hostId: h}
status: {atProvider: {id: i-1}}
`

	for name, document := range map[string]string{"Static": shared, "Mixed": shared + "  other: ${xr.spec.size}\n"} {
		t.Run(name, func(t *testing.T) {
			body := parse(t, document)

			tpl, faults := Compile(body, nil, nil)
			if len(faults) > 0 {
				t.Fatal(faults)
			}

			copies := make([]*Copy, 0, 6)

			for _, o := range []Object{nil, observed(t, seen)} {
				for _, role := range []string{"Serving", "Standby", "Fenced"} {
					c := later()
					c.Role, c.Fenced, c.Observed, c.Data = role, role == "Fenced", o, true

					if role == "Standby" {
						c.Scale = map[string]any{"spec.forProvider.deep.deeper.deepest.x": 2, "spec.forProvider.instanceType": "t4g"}
					}

					copies = append(copies, c)
				}
			}

			s := scope()
			s.Neighbours = neighbours()

			// As bytes, so that no result is written to by a later render.
			rendered := func(c *Copy) string {
				b, err := json.Marshal(tpl.Copy(s, c, variables(c)).Object)
				if err != nil {
					t.Error(err)
				}

				return string(b)
			}

			want := make([]string, len(copies))
			for i, c := range copies {
				want[i] = rendered(c)
			}

			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range 10 {
						for i, c := range copies {
							if diff := cmp.Diff(want[i], rendered(c)); diff != "" {
								t.Errorf("copy %d differs when it is rendered again: -first +now:\n%s", i, diff)
							}
						}
					}
				})
			}

			wg.Wait()

			if diff := cmp.Diff(parse(t, document), body); diff != "" {
				t.Errorf("The template is everybody's: -before +after:\n%s", diff)
			}

			if diff := cmp.Diff(parse(t, seen), copies[3].Observed.Map()); diff != "" {
				t.Errorf("What is observed is not written to: -before +after:\n%s", diff)
			}
		})
	}
}
