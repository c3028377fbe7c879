package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A fenced copy is shut on AWS, and left alone once it is.
func TestShut(t *testing.T) {
	const object = "{spec: {managementPolicies: [Observe], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-open], tags: {a: b}}}}"

	cases := map[string]struct {
		reason   string
		overlay  string
		status   string
		want     string
		verified bool
	}{
		"NotYet": {
			reason: "Until AWS reports it, the provider may update the copy.", overlay: "{spec: {forProvider: {vpcSecurityGroupIds: [sg-deny]}}}",
			status: "{status: {atProvider: {vpcSecurityGroupIds: [sg-open]}}}",
			want:   "{spec: {managementPolicies: [Observe, Update], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-deny], tags: {a: b}}}}",
		},
		"Taken": {
			reason: "Then it is only observed.", overlay: "{spec: {forProvider: {vpcSecurityGroupIds: [sg-deny]}}}",
			status: "{status: {atProvider: {vpcSecurityGroupIds: [sg-deny]}}}", verified: true,
			want: "{spec: {managementPolicies: [Observe], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-deny], tags: {a: b}}}}",
		},
		"MoreThanAsked": {
			reason: "A list that has more is not what was asked for: the open group would still be there.", overlay: "{spec: {forProvider: {vpcSecurityGroupIds: [sg-deny]}}}",
			status: "{status: {atProvider: {vpcSecurityGroupIds: [sg-deny, sg-open]}}}",
			want:   "{spec: {managementPolicies: [Observe, Update], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-deny], tags: {a: b}}}}",
		},
		"AnyOrder": {
			reason: "AWS has an order of its own.", overlay: "{spec: {forProvider: {vpcSecurityGroupIds: [sg-1, sg-2]}}}",
			status: "{status: {atProvider: {vpcSecurityGroupIds: [sg-2, sg-1]}}}", verified: true,
			want: "{spec: {managementPolicies: [Observe], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-1, sg-2], tags: {a: b}}}}",
		},
		"Twice": {
			reason: "One that is asked for twice does not stand for another one.", overlay: "{spec: {forProvider: {vpcSecurityGroupIds: [sg-deny, sg-deny]}}}",
			status: "{status: {atProvider: {vpcSecurityGroupIds: [sg-deny, sg-open]}}}",
			want:   "{spec: {managementPolicies: [Observe, Update], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-deny, sg-deny], tags: {a: b}}}}",
		},
		"Nested": {
			reason: "Maps are merged, and may have more than was asked for.", overlay: "{spec: {forProvider: {tags: {fenced: 'true'}}}}",
			status: "{status: {atProvider: {tags: {a: b, fenced: 'true'}}}}", verified: true,
			want: "{spec: {managementPolicies: [Observe], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-open], tags: {a: b, fenced: 'true'}}}}",
		},
		"Dark": {
			reason: "What nobody observed is not verified.", overlay: "{spec: {forProvider: {tags: {fenced: 'true'}}}}", status: "{}",
			want: "{spec: {managementPolicies: [Observe, Update], forProvider: {region: us-east-1, vpcSecurityGroupIds: [sg-open], tags: {a: b, fenced: 'true'}}}}",
		},
		"Nothing": {reason: "Nothing to do is done.", overlay: "{}", status: "{}", want: object, verified: true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			given := parse(t, object)
			shared := given[spec]

			got := Shut(given, observed(t, tc.status), parse(t, tc.overlay))
			if diff := cmp.Diff(parse(t, tc.want), given); diff != "" || got != tc.verified {
				t.Errorf("%s\nverified: want %v, got %v; -want +got:\n%s", tc.reason, tc.verified, got, diff)
			}

			if diff := cmp.Diff(parse(t, object)[spec], shared); diff != "" {
				t.Errorf("The observed spec is shared and must not be written to: -want +got:\n%s", diff)
			}
		})
	}
}

func TestStopped(t *testing.T) {
	cases := map[string]struct {
		reason, apiVersion, kind string
		want                     map[string]any
	}{
		"Group":   {reason: "A group of servers is emptied.", apiVersion: "autoscaling.aws.m.upbound.io/v1beta1", kind: "AutoscalingGroup", want: map[string]any{"spec.forProvider.minSize": int64(0), "spec.forProvider.desiredCapacity": int64(0)}},
		"Service": {reason: "A service has no tasks.", apiVersion: "ecs.aws.upbound.io/v1beta1", kind: "Service", want: map[string]any{"spec.forProvider.desiredCount": int64(0)}},
		"Other":   {reason: "What nobody knows how to stop is left alone.", apiVersion: "ec2.aws.m.upbound.io/v1beta1", kind: "VPC"},
		"NotAWS":  {reason: "Another provider's kind of that name is another thing.", apiVersion: "ecs.example.org/v1", kind: "Service"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := compileTemplate(t, "{apiVersion: "+tc.apiVersion+", kind: "+tc.kind+", spec: {forProvider: {minSize: 2, desiredCapacity: 3, desiredCount: 4}}}", nil).Stopped()

			if compileTemplate(t, "{apiVersion: "+tc.apiVersion+", kind: "+tc.kind+", spec: {forProvider: {maxSize: 1}}}", nil).Stopped() != nil {
				t.Error("What the template does not state would not come back.")
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nStopped(): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHold(t *testing.T) {
	const app = "{apiVersion: argoproj.io/v1alpha1, kind: Application, spec: {syncPolicy: {automated: {prune: true}, syncOptions: [a]}}}"

	cases := map[string]struct {
		reason, template string
		continuous       bool
		want             string
	}{
		"Flux":    {reason: "Flux is suspended.", template: "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, spec: {path: x}}", continuous: true, want: "{path: x, suspend: true}"},
		"Helm":    {reason: "So is its Helm.", template: "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, spec: {suspend: false}}", continuous: true, want: "{suspend: true}"},
		"ArgoCD":  {reason: "Argo CD loses its automation, and nothing else.", template: app, continuous: true, want: "{syncPolicy: {syncOptions: [a]}}"},
		"Project": {reason: "Not all of Argo CD's kinds do something.", template: "{apiVersion: argoproj.io/v1alpha1, kind: AppProject, spec: {}}"},
		"Velero":  {reason: "A restore runs once.", template: "{apiVersion: velero.io/v1, kind: Restore, spec: {backupName: b}}"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tpl := compileTemplate(t, tc.template, nil)
			if tpl.Continuous() != tc.continuous {
				t.Fatalf("%s\nContinuous(): want %v", tc.reason, tc.continuous)
			}

			if !tc.continuous {
				return
			}

			object := parse(t, tc.template)
			tpl.Hold(object)

			if diff := cmp.Diff(any(parse(t, tc.want)), object[spec]); diff != "" {
				t.Errorf("%s\nHold(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSetLabel(t *testing.T) {
	shared := parse(t, "{a: b}")
	object := map[string]any{metadata: map[string]any{"labels": shared}}
	SetLabel(object, "c", "d")

	if diff := cmp.Diff(parse(t, "{metadata: {labels: {a: b, c: d}}}"), object) + cmp.Diff(parse(t, "{a: b}"), shared); diff != "" {
		t.Errorf("A label is added, and the labels that may be shared stay: -want +got:\n%s", diff)
	}
}

// A selector of data finds the copy that may be written to, and not the fenced
// one beside it.
func TestNarrowToEpoch(t *testing.T) {
	const selector = "spec.forProvider.clusterIdentifierSelector.matchLabels"

	cluster := Neighbour{Component: "db", Group: "rds.aws.m.upbound.io", Kind: "Cluster", Regions: map[string]bool{"us-west-2": true}, Epochs: map[string]int64{"us-west-2": 2}}
	other := cluster
	other.Component = "other"

	cases := map[string]struct {
		reason     string
		neighbours []Neighbour
		observed   string
		want       any
	}{
		"Born":      {reason: "It belongs to the cluster of its epoch.", neighbours: []Neighbour{cluster}, want: "2"},
		"Ambiguous": {reason: "Of two clusters nobody knows which is meant.", neighbours: []Neighbour{cluster, other}},
		"Resolved":  {reason: "Law 3: an existing copy keeps its cluster.", neighbours: []Neighbour{cluster}, observed: "{spec: {forProvider: {clusterIdentifierSelector: {matchLabels: {crossdr.io/region: us-west-2, crossdr.io/epoch: '1'}}}}}", want: "1"},
		"NotThere":  {reason: "An epoch is not introduced on what exists.", neighbours: []Neighbour{cluster}, observed: "{spec: {forProvider: {clusterIdentifierSelector: {matchLabels: {crossdr.io/region: us-west-2}}}}}"},
	}

	tpl := compileTemplate(t, "{apiVersion: rds.aws.m.upbound.io/v1beta1, kind: ClusterInstance, spec: {forProvider: {clusterIdentifierSelector: {matchControllerRef: true}}}}", nil)
	if !tpl.Dependent() {
		t.Fatal("an instance of a cluster has no data of its own")
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s, c := scope(), later()
			s.Neighbours, c.Observed = tc.neighbours, observed(t, tc.observed)

			labels, _ := at(tpl.Copy(s, c, variables(c)).Object, selector).(map[string]any)
			if diff := cmp.Diff(tc.want, labels[LabelEpoch]); diff != "" || labels[LabelRegion] != "us-west-2" {
				t.Errorf("%s\n%v -want +got:\n%s", tc.reason, labels, diff)
			}
		})
	}
}
