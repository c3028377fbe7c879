package objective

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Dependency is a region that a failover needs, although it is not the one
// that takes over.
type Dependency struct {
	Region string

	// Steps that would not work while it is dark.
	Steps []string
}

// A ControlPlane says from which region AWS runs what changes the resources of a
// service. What serves them (names, roles, edges) goes on without it.
type ControlPlane struct {
	Partition, Service string

	// Kinds of the service. None: all of them.
	Kinds []string

	// Born is true when only the creation of a resource needs it.
	Born bool

	Region string
	Source string
}

// Sources of the regions.
const (
	sourceGlobal    = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html"
	sourceIAM       = "https://docs.aws.amazon.com/IAM/latest/UserGuide/disaster-recovery-resiliency.html"
	sourceEndpoints = "https://github.com/boto/botocore/blob/develop/botocore/data/endpoints.json"
)

// ControlPlanes is what is known of them. docs/objectives.md shows it, and a test
// compares the two.
func ControlPlanes() []ControlPlane {
	const (
		virginia, oregon = "us-east-1", "us-west-2"
		aws, gov, china  = "aws", "aws-us-gov", "aws-cn"
	)

	return []ControlPlane{
		{Partition: aws, Service: "route53", Region: virginia, Source: sourceGlobal},
		{Partition: aws, Service: "iam", Region: virginia, Source: sourceIAM},
		{Partition: aws, Service: "cloudfront", Region: virginia, Source: sourceGlobal},
		{Partition: aws, Service: "organizations", Region: virginia, Source: sourceGlobal},
		{Partition: aws, Service: "waf", Region: virginia, Source: sourceGlobal},
		{Partition: aws, Service: "shield", Region: virginia, Source: sourceGlobal},
		{Partition: aws, Service: "globalaccelerator", Region: oregon, Source: sourceGlobal},
		{Partition: aws, Service: "networkmanager", Region: oregon, Source: sourceGlobal},
		{Partition: aws, Service: "route53recoverycontrolconfig", Region: oregon, Source: sourceGlobal},
		{Partition: aws, Service: "s3", Region: virginia, Source: sourceGlobal, Born: true},
		{Partition: aws, Service: "elbv2", Kinds: []string{"LB"}, Region: virginia, Source: sourceGlobal, Born: true},
		{Partition: aws, Service: "elb", Kinds: []string{"ELB"}, Region: virginia, Source: sourceGlobal, Born: true},
		{Partition: aws, Service: "apigateway", Region: virginia, Source: sourceGlobal, Born: true},
		{Partition: aws, Service: "apigatewayv2", Region: virginia, Source: sourceGlobal, Born: true},
		{Partition: gov, Service: "route53", Region: "us-gov-west-1", Source: sourceEndpoints},
		{Partition: gov, Service: "iam", Region: "us-gov-west-1", Source: sourceEndpoints},
		{Partition: gov, Service: "organizations", Region: "us-gov-west-1", Source: sourceEndpoints},
		{Partition: china, Service: "route53", Region: "cn-northwest-1", Source: sourceEndpoints},
		{Partition: china, Service: "iam", Region: "cn-north-1", Source: sourceEndpoints},
		{Partition: china, Service: "cloudfront", Region: "cn-northwest-1", Source: sourceEndpoints},
		{Partition: china, Service: "organizations", Region: "cn-northwest-1", Source: sourceEndpoints},
	}
}

// Dependencies returns what a failover to a region needs of other regions, by
// region. Up are the components that have a copy there.
func Dependencies(components []Component, up map[string]bool, partition, to string) []Dependency {
	var out []Dependency

	planes := ControlPlanes()

	for i := range components {
		c := &components[i]

		does := c.step(up[c.Name], true).Does
		if does != "create" && does != "change" && does != "restore" {
			continue
		}

		from := c.runFrom(planes, partition, does == "change")
		if from == "" || from == to {
			continue
		}

		at := slices.IndexFunc(out, func(d Dependency) bool { return d.Region == from })
		if at < 0 {
			out, at = append(out, Dependency{Region: from}), len(out)
		}

		out[at].Steps = append(out[at].Steps, fmt.Sprintf("%s: %s (%s)", c.Name, does, c.Kind))
	}

	slices.SortFunc(out, func(a, b Dependency) int { return cmp.Compare(a.Region, b.Region) })

	return out
}

// runFrom returns the region whose control plane makes or changes the component,
// or "" where that is the component's own.
func (c *Component) runFrom(planes []ControlPlane, partition string, change bool) string {
	service, kind, _ := strings.Cut(c.Kind, " ")

	for i := range planes {
		p := &planes[i]
		if p.Partition == partition && p.Service == service && (len(p.Kinds) == 0 || slices.Contains(p.Kinds, kind)) && (!change || !p.Born) {
			return p.Region
		}
	}

	return ""
}
