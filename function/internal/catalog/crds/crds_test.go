package crds

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoad(t *testing.T) {
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	type want struct {
		name string
		err  bool
	}
	cases := map[string]struct {
		reason      string
		group, kind string
		want        want
	}{
		"Plural": {
			reason: "The plural need not be known.",
			group:  "rds.aws.m.upbound.io", kind: "DBSnapshotCopy",
			want: want{name: "dbsnapshotcopies.rds.aws.m.upbound.io"},
		},
		"ClusterScoped": {
			reason: "The other family of groups is there, too.",
			group:  "ec2.aws.upbound.io", kind: "VPC",
			want: want{name: "vpcs.ec2.aws.upbound.io"},
		},
		"UnknownKind": {
			reason: "A kind without a CRD is an error and not an empty schema.",
			group:  "ec2.aws.upbound.io", kind: "VP",
			want: want{err: true},
		},
		"UnknownGroup": {
			reason: "So is a group without one.",
			group:  "ec2.example.org", kind: "VPC",
			want: want{err: true},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			crd, err := Load(dir, tc.group, tc.kind)
			got := want{err: err != nil}
			if crd != nil {
				got.name = crd.Name
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nLoad(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestList(t *testing.T) {
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	files, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(files, func(f File) bool { return f.Group == "route53.aws.m.upbound.io" && f.Kind == "Record" }) {
		t.Errorf("found no Route 53 record among %d CRDs", len(files))
	}
}
