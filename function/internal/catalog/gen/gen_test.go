package main

import (
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/crossdr/crossdr/function/internal/catalog/crds"
)

// kinds parses the thousand CRDs once for all tests.
var kinds = sync.OnceValues(func() ([]kind, error) {
	dir, err := crds.Dir()
	if err != nil {
		return nil, err
	}
	return read(dir)
})

func TestGeneratedFileIsCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("parses every CRD")
	}
	ks, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	want, err := render(ks)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../zz_generated.kinds.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("The generated file is what the generator writes; run go generate ./function/internal/catalog: -want, +got:\n%s", diff)
	}
}

func TestSelectorsHaveReferences(t *testing.T) {
	if testing.Short() {
		t.Skip("parses every CRD")
	}
	ks, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	selectors := 0
	for i := range ks {
		k := &ks[i]
		selectors += len(k.references)
		if diff := cmp.Diff([]string(nil), k.faults); diff != "" {
			t.Errorf("%s %s: each field with matchControllerRef ends in Selector and has a Ref or Refs beside it: -want, +got:\n%s", k.service, k.kind, diff)
		}
	}
	if selectors < 1000 {
		t.Errorf("found %d selectors: the CRDs have more than a thousand, the test looked in the wrong place", selectors)
	}
}

func TestRefer(t *testing.T) {
	selector := func(description string) apiextensionsv1.JSONSchemaProps {
		return apiextensionsv1.JSONSchemaProps{
			Description: description,
			Properties:  properties{"matchControllerRef": {}},
		}
	}
	type want struct {
		references []reference
		faults     []string
		err        bool
	}
	cases := map[string]struct {
		reason string
		fields properties
		want   want
	}{
		"List": {
			reason: "A selector of many has Refs, and the list is not part of what it selects.",
			fields: properties{
				"subnetIdRefs":     {},
				"subnetIdSelector": selector("Selector for a list of Subnet in ec2 to populate subnetIds."),
			},
			want: want{references: []reference{{"subnetIdSelector", "ec2", "Subnet"}}},
		},
		"Nested": {
			reason: "A list marker is no part of the path.",
			fields: properties{"rule": {Items: &apiextensionsv1.JSONSchemaPropsOrArray{
				Schema: &apiextensionsv1.JSONSchemaProps{Properties: properties{
					"bucketRef":      {},
					"bucketSelector": selector("Selector for a Bucket\nin s3 to populate bucket."),
				}},
			}}},
			want: want{references: []reference{{"rule.bucketSelector", "s3", "Bucket"}}},
		},
		"OwnService": {
			reason: "Without a service the selector stays in its own.",
			fields: properties{
				"clusterNameRef":      {},
				"clusterNameSelector": selector("Selector for a Cluster to populate clusterName."),
			},
			want: want{references: []reference{{"clusterNameSelector", "eks", "Cluster"}}},
		},
		"NoRef": {
			reason: "A selector without a Ref breaks what the function rests on.",
			fields: properties{"keySelector": selector("Selector for a Key in kms to populate key.")},
			want:   want{references: []reference{{"keySelector", "kms", "Key"}}, faults: []string{"keySelector"}},
		},
		"Unreadable": {
			reason: "A description that tells nothing must not become an empty reference.",
			fields: properties{"keySelector": selector("Selects.")},
			want:   want{err: true},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			k := kind{service: "eks"}
			err := k.refer(tc.fields, "")
			got := want{references: k.references, faults: k.faults, err: err != nil}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}, reference{})); diff != "" {
				t.Errorf("%s\nrefer(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPasswords(t *testing.T) {
	cases := map[string]struct {
		reason string
		fields properties
		want   []password
	}{
		"None": {
			reason: "A Secret that the provider only reads is not generated.",
			fields: properties{"passwordSecretRef": {}},
		},
		"OfMaster": {
			reason: "The write-only twin of a password is not generated.",
			fields: properties{"autoGeneratePassword": {}, "masterPasswordSecretRef": {}, "masterPasswordWoSecretRef": {}},
			want:   []password{{secretRef: "masterPasswordSecretRef", autoGenerate: "autoGeneratePassword"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, passwords(tc.fields), cmp.AllowUnexported(password{})); diff != "" {
				t.Errorf("%s\npasswords(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
