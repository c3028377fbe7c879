package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/crossdr/crossdr/function/internal/catalog/crds"
)

var dir = sync.OnceValues(crds.Dir)

// TestPaths proves the curated table against the CRDs: each path exists, in both API groups and every served version.
func TestPaths(t *testing.T) {
	folder, err := dir()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows() {
		k := table()[name{r.service, r.kind}]
		for _, family := range []string{namespacedGroups, clusterGroups} {
			group := r.service + family
			t.Run(group+"/"+r.kind, func(t *testing.T) {
				crd, err := crds.Load(folder, group, r.kind)
				if err != nil {
					t.Fatal(err)
				}
				absent(t, crd, paths(&k))
				omittable(t, crd, &k)
				if k.Replicate == nil {
					return
				}
				if k.Replicate.Kind != "" {
					if crd, err = crds.Load(folder, group, k.Replicate.Kind); err != nil {
						t.Fatal(err)
					}
				}
				absent(t, crd, []string{k.Replicate.Source})
			})
		}
	}
}

// paths returns every path of a kind but the source of its replicas, which may be another kind's.
func paths(k *Kind) []string {
	all := []string{
		k.Region, k.ObservedRegion, k.ZoneName, k.ZoneID, k.ObservedZoneName, k.ObservedZoneID, k.ZoneNames, k.Identity,
		k.Tags, k.Class,
	}
	for _, p := range k.Passwords {
		all = append(all, p.SecretRef, p.AutoGenerate)
	}
	for selector := range k.References {
		all = append(all, forProvider+selector)
	}
	arguments := k.Immutable
	if k.Restore != nil {
		all = append(all, k.Restore.Snapshot, k.Restore.Origin, k.Restore.Time)
		arguments = slices.Concat(arguments, k.Restore.Omit)
	}
	if k.Replicate != nil && k.Replicate.Kind == "" {
		arguments = slices.Concat(arguments, k.Replicate.Omit)
	}
	for _, a := range arguments {
		all = append(all, forProvider+a)
	}
	return slices.DeleteFunc(all, func(p string) bool { return p == "" })
}

// absent reports the paths that a served version doesn't have.
func absent(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition, paths []string) {
	t.Helper()
	for i := range crd.Spec.Versions {
		v := &crd.Spec.Versions[i]
		for _, p := range paths {
			if v.Served && !has(v.Schema.OpenAPIV3Schema, p) {
				t.Errorf("%s has no %s", v.Name, p)
			}
		}
	}
}

// has walks a path through objects, and through lists as if they were not there.
func has(schema *apiextensionsv1.JSONSchemaProps, path string) bool {
	for field := range strings.SplitSeq(path, ".") {
		for schema.Items != nil && schema.Items.Schema != nil {
			schema = schema.Items.Schema
		}
		next, ok := schema.Properties[field]
		if !ok {
			return false
		}
		schema = &next
	}
	return true
}

// omittable reports arguments that a restore or replication would leave out but that the CRD's rules ask for.
func omittable(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition, k *Kind) {
	t.Helper()
	var omit []string
	if k.Restore != nil {
		omit = append(omit, k.Restore.Omit...)
	}
	if k.Replicate != nil {
		omit = append(omit, k.Replicate.Omit...)
	}
	for i := range crd.Spec.Versions {
		v := &crd.Spec.Versions[i]
		for _, rule := range v.Schema.OpenAPIV3Schema.Properties["spec"].XValidations {
			for _, o := range omit {
				if strings.Contains(rule.Rule, "self.forProvider."+o+")") {
					t.Errorf("%s can't be left out of %s: %s", o, v.Name, rule.Message)
				}
			}
		}
	}
}

// TestTerraform proves that each row is read from the schema that the provider uses for its kind.
func TestTerraform(t *testing.T) {
	folder, err := dir()
	if err != nil {
		t.Fatal(err)
	}
	returns := regexp.MustCompile(`return "(aws_\w+)"`)
	for _, r := range rows() {
		if r.terraform == "" {
			continue // Not made with Terraform.
		}
		file := fmt.Sprintf("zz_%s_terraformed.go", strings.ToLower(r.kind))
		src, err := os.ReadFile(filepath.Join(folder, "..", "..", "apis", "namespaced", r.service, "v1beta1", file))
		if err != nil {
			t.Error(err)
			continue
		}
		got := returns.FindSubmatch(src)
		if got == nil || string(got[1]) != r.terraform {
			t.Errorf("%s %s: want %s, the provider uses %s", r.service, r.kind, r.terraform, got)
		}
	}
}

// TestRows proves what the documentation of Kind promises.
func TestRows(t *testing.T) {
	seen := map[name]bool{}
	for _, r := range rows() {
		n := name{r.service, r.kind}
		k := table()[n]
		switch {
		case seen[n]:
			t.Errorf("%v: curated twice", n)
		case k.NameLimit < 1 || k.NameLimit > DefaultNameLimit:
			t.Errorf("%v: name limit %d is above %d", n, k.NameLimit, DefaultNameLimit)
		case k.ReadyIn < time.Minute:
			t.Errorf("%v: nothing on AWS is ready in %v", n, k.ReadyIn)
		case k.Restore != nil && k.Restore.ReadyIn < k.ReadyIn:
			t.Errorf("%v: restored in %v, born empty in %v", n, k.Restore.ReadyIn, k.ReadyIn)
		case k.Restore != nil && (k.Restore.Snapshot == "") != (k.Restore.Origin != "" && k.Restore.Time != ""):
			t.Errorf("%v: a restore takes a snapshot, or an origin and a time", n)
		case slices.Contains(k.Immutable, "region"), slices.Contains(k.Immutable, strings.TrimPrefix(k.Identity, forProvider)):
			t.Errorf("%v: region and identity are immutable without saying", n)
		}
		seen[n] = true
	}
}

func TestResolve(t *testing.T) {
	cases := map[string]struct {
		reason string
		row    row
		want   Kind
	}{
		"Nothing": {
			reason: "A row that says nothing adds nothing.",
			want:   Kind{NameLimit: DefaultNameLimit},
		},
		"Births": {
			reason: "Zones, restore and replication sources are immutable without being listed; each path comes once.",
			row: row{
				zone: "availability_zone", zoneID: "availability_zone_id", zones: "availability_zones",
				immutable: []string{"vpc_id", "availability_zone"},
				restore:   &restore{snapshot: "snapshot_identifier", omit: []string{"s3_import"}},
				replicate: &replicate{source: "replicate_source_db", promotion: PromoteByClearing},
			},
			want: Kind{
				NameLimit: DefaultNameLimit,
				ZoneName:  "spec.forProvider.availabilityZone", ObservedZoneName: "status.atProvider.availabilityZone",
				ZoneID: "spec.forProvider.availabilityZoneId", ObservedZoneID: "status.atProvider.availabilityZoneId",
				ZoneNames: "spec.forProvider.availabilityZones",
				Immutable: []string{
					"availabilityZone", "availabilityZoneId", "availabilityZones", "replicateSourceDb", "snapshotIdentifier",
					"vpcId",
				},
				Restore:   &Restore{Snapshot: "spec.initProvider.snapshotIdentifier", Omit: []string{"s3Import"}},
				Replicate: &Replicate{Source: "spec.forProvider.replicateSourceDb", Promotion: PromoteByClearing},
			},
		},
		"OtherKind": {
			reason: "The source of a replica of another kind is no argument of this one.",
			row: row{replicate: &replicate{
				kind: "ReplicaKey", source: "primary_key_arn", promotion: PromoteNotNeeded,
			}},
			want: Kind{NameLimit: DefaultNameLimit, Replicate: &Replicate{
				Kind: "ReplicaKey", Source: "spec.forProvider.primaryKeyArn", Promotion: PromoteNotNeeded,
			}},
		},
		"Nested": {
			reason: "Each step of a path is a name of its own.",
			row:    row{class: "cluster_config.instance_type", nameLimit: 28},
			want:   Kind{NameLimit: 28, Class: "spec.forProvider.clusterConfig.instanceType"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := Kind{NameLimit: DefaultNameLimit}
			tc.row.resolve(&got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nresolve(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
