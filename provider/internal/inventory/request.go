package inventory

import (
	"cmp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// Normalized returns the request with what AWS makes of it: whoever selects of
// what was found selects by that.
func (r *Request) Normalized() *Request {
	out := *r
	s := &out.Source

	switch kindOf(s) {
	case snapshot.DBInstance, snapshot.DBCluster:
		// RDS keeps identifiers in lower case.
		s.Identifier, out.RestoreAs = strings.ToLower(s.Identifier), strings.ToLower(out.RestoreAs)
	case snapshot.Volume, snapshot.Table, snapshot.RecoveryPoint, snapshot.Replica:
	}

	switch s.Kind {
	case snapshot.Volume:
		// The id of a volume is its name, and never given again.
		if id := cmp.Or(s.Identifier, nameOf(s.ARN)); s.ResourceID == "" && strings.HasPrefix(id, "vol-") {
			s.ResourceID = id
		}
	case snapshot.Table, snapshot.Replica:
		if s.Identifier == "" {
			s.Identifier = nameOf(s.ARN)
		}
	case snapshot.DBInstance, snapshot.DBCluster, snapshot.RecoveryPoint:
	}

	return &out
}

// nameOf returns the name at the end of an ARN: payments of
// arn:aws:rds:us-east-1:111122223333:db:payments.
func nameOf(s string) string { return s[strings.LastIndexAny(s, ":/")+1:] }

// regionOf returns the region of an ARN, or "".
func regionOf(s string) string {
	a, err := arn.Parse(s)
	if err != nil {
		return ""
	}

	return a.Region
}

// sibling returns the ARN of another resource of the account and service of an
// ARN, in a region. Empty if it is none.
func sibling(of, region, resource string) string {
	a, err := arn.Parse(of)
	if err != nil {
		return ""
	}

	a.Region, a.Resource = region, resource

	return a.String()
}

// list of a string, or none.
func list(s string) []string {
	if s == "" {
		return nil
	}

	return []string{s}
}
