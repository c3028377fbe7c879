package awsclient

import (
	"slices"
	"strings"

	"github.com/crossdr/crossdr/internal/region"
)

// stsDefaults is how many regions are tried for STS when a ProviderConfig names
// none. Each may cost Timeouts.STS when it is dark.
const stsDefaults = 3

// everywhere lists, by partition, the regions that every account has without
// opting in, as of 2026-07. STS is active in all of them.
//
// See https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
//
//nolint:gochecknoglobals,goconst // A table.
var everywhere = map[string][]string{
	"aws": {
		"us-east-2", "us-west-2", "us-east-1", "us-west-1", "ca-central-1",
		"eu-west-1", "eu-central-1", "eu-west-2", "eu-north-1", "eu-west-3",
		"ap-southeast-1", "ap-northeast-1", "ap-southeast-2", "ap-south-1", "ap-northeast-2", "ap-northeast-3",
		"sa-east-1",
	},
	"aws-cn":     {"cn-northwest-1", "cn-north-1"},
	"aws-us-gov": {"us-gov-west-1", "us-gov-east-1"},
	"aws-eusc":   {"eusc-de-east-1"},
	"aws-iso":    {"us-iso-east-1", "us-iso-west-1"},
	"aws-iso-b":  {"us-isob-east-1"},
	"aws-iso-e":  {"eu-isoe-west-1"},
	"aws-iso-f":  {"us-isof-south-1", "us-isof-east-1"},
}

// stsRegions returns the regions to call STS in for a managed resource that is
// about one region, best first: the configured ones, else some of the same
// partition; then, as the last resort, the region itself. Those to avoid are
// never among them.
func stsRegions(configured []string, about string, avoid []string) []string {
	candidates := configured
	if len(candidates) == 0 {
		candidates = near(about)
	}

	var out []string

	for _, r := range candidates {
		if r != about && !slices.Contains(avoid, r) && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}

	if len(configured) == 0 && len(out) > stsDefaults {
		out = out[:stsDefaults]
	}

	if !slices.Contains(avoid, about) {
		out = append(out, about)
	}

	return out
}

// near returns the regions of the same partition that every account has, those
// of the same part of the world first.
func near(about string) []string {
	world, _, _ := strings.Cut(about, "-")

	out := slices.Clone(everywhere[region.Partition(about)])
	slices.SortStableFunc(out, func(a, b string) int {
		return distance(world, a) - distance(world, b)
	})

	return out
}

// distance is 0 for a region of that part of the world, else 1.
func distance(world, r string) int {
	if strings.HasPrefix(r, world+"-") {
		return 0
	}

	return 1
}
