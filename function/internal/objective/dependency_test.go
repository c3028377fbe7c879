package objective

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDependencies(t *testing.T) {
	record := Component{Name: "dns", Kind: "route53 Record", Once: true}
	role := Component{Name: "role", Kind: "iam Role", From: WarmStandby}
	balancer := Component{Name: "balancer", Kind: "elbv2 LB"}
	accelerator := Component{Name: "edge", Kind: "globalaccelerator EndpointGroup", Once: true}

	cases := map[string]struct {
		reason        string
		parts         []Component
		up            map[string]bool
		partition, to string
		want          []Dependency
	}{
		"FromVirginia": {
			reason:    "What is run from us-east-1 can't be changed when that is dark.",
			parts:     []Component{record, role, balancer},
			partition: "aws", to: "us-west-2",
			want: []Dependency{{Region: "us-east-1", Steps: []string{"dns: change (route53 Record)", "role: create (iam Role)", "balancer: create (elbv2 LB)"}}},
		},
		"ToVirginia": {
			reason:    "The region that takes over answers.",
			parts:     []Component{record, role, balancer},
			partition: "aws", to: "us-east-1",
		},
		"ReadyBefore": {
			reason:    "What is there before needs nobody.",
			parts:     []Component{role, balancer},
			up:        map[string]bool{"role": true, "balancer": true},
			partition: "aws", to: "us-west-2",
		},
		"ChangesWithNothing": {
			reason:    "What a failover does not change needs nobody.",
			parts:     []Component{{Name: "dns", Kind: "route53 Record", Once: true, Idle: true}},
			partition: "aws", to: "us-west-2",
		},
		"SeveralRegions": {
			reason:    "Each region is told by itself, in the order of their names.",
			parts:     []Component{accelerator, record},
			partition: "aws", to: "eu-west-1",
			want: []Dependency{
				{Region: "us-east-1", Steps: []string{"dns: change (route53 Record)"}},
				{Region: "us-west-2", Steps: []string{"edge: change (globalaccelerator EndpointGroup)"}},
			},
		},
		"Government": {
			reason:    "Another partition has its own.",
			parts:     []Component{record, balancer},
			partition: "aws-us-gov", to: "us-gov-east-1",
			want: []Dependency{{Region: "us-gov-west-1", Steps: []string{"dns: change (route53 Record)"}}},
		},
		"China": {
			reason:    "Another partition has its own.",
			parts:     []Component{record, role},
			partition: "aws-cn", to: "cn-northwest-1",
			want: []Dependency{{Region: "cn-north-1", Steps: []string{"role: create (iam Role)"}}},
		},
		"NotOfAWS": {
			reason:    "What is Kubernetes' own is here.",
			parts:     []Component{{Name: "settings", Kind: "ConfigMap", Once: true}},
			partition: "aws", to: "us-west-2",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Dependencies(tc.parts, tc.up, tc.partition, tc.to)); diff != "" {
				t.Errorf("%s\nDependencies(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
