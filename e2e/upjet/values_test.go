package upjet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestDifferences(t *testing.T) {
	cases := map[string]struct {
		reason                string
		arguments, attributes values
		want                  []string
		refused               string
	}{
		"Same": {
			reason:     "Numbers are numbers, and lists are sets.",
			arguments:  values{"port": int64(5432), "subnetIds": []any{"a", "b"}},
			attributes: values{"port": float64(5432), "subnetIds": []any{"b", "a"}, "arn": "x"},
		},
		"NoArgument": {
			reason:    "Where a value comes from is no argument.",
			arguments: values{"vpcIdSelector": map[string]any{}, "vpcIdRef": map[string]any{}, "subnetIdRefs": []any{}, "autoGeneratePassword": true},
		},
		"Changed": {
			reason:     "What differs is changed.",
			arguments:  values{"instanceClass": "db.r6g.large"},
			attributes: values{"instanceClass": "db.r7g.large"},
			want:       []string{"instanceClass"},
		},
		"Region": {
			reason:     "Nothing moves to another region.",
			arguments:  values{"region": "us-west-2"},
			attributes: values{"region": "us-east-1"},
			want:       []string{"region"},
			refused: `refuse to update the external resource because the following update requires replacing it: ` +
				`cannot change the value of the argument "region" from "us-east-1" to "us-west-2"`,
		},
		"Snapshot": {
			reason:     "What exists is not restored.",
			arguments:  values{"snapshotIdentifier": "s"},
			attributes: values{},
			want:       []string{"snapshotIdentifier"},
			refused: `refuse to update the external resource because the following update requires replacing it: ` +
				`cannot change the value of the argument "snapshot_identifier" from "" to "s"`,
		},
		"Promoted": {
			reason:     "Empty is no source.",
			arguments:  values{"replicateSourceDb": ""},
			attributes: values{"replicateSourceDb": "arn"},
			want:       []string{"replicateSourceDb"},
		},
		"NoSource": {
			reason:     "And neither is none.",
			arguments:  values{},
			attributes: values{"replicateSourceDb": "arn"},
			want:       []string{"replicateSourceDb"},
		},
	}

	k := &kind{}

	for _, each := range kinds() {
		if each.String() == "rds/Instance" {
			k = &each
		}
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			changes := differences(tc.arguments, tc.attributes)

			got := make([]string, 0, len(changes))
			for _, c := range changes {
				got = append(got, c.argument)
			}

			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\ndifferences(...): -want +got:\n%s", tc.reason, diff)
			}

			refused := ""
			if err := k.refuse(changes); err != nil {
				refused = err.Error()
			}

			if diff := cmp.Diff(tc.refused, refused); diff != "" {
				t.Errorf("%s\nrefuse(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLateInitialize(t *testing.T) {
	k := &kind{notLate: []string{"availabilityZone"}}
	schema := map[string]bool{"availabilityZone": true, "replicateSourceDb": true, "port": true, "timezone": true}
	arguments := values{"port": int64(1)}
	attributes := values{"availabilityZone": "us-east-1a", "replicateSourceDb": "arn", "port": int64(2), "arn": "x", "timezone": ""}

	if !k.lateInitialize(arguments, attributes, schema) {
		t.Error("Something is late initialized.")
	}

	if diff := cmp.Diff(values{"port": int64(1), "replicateSourceDb": "arn"}, arguments); diff != "" {
		t.Errorf("An argument that is not set gets what exists: -want +got:\n%s", diff)
	}

	if k.lateInitialize(arguments, attributes, schema) {
		t.Error("Nothing is late initialized twice.")
	}
}

// TestDefinitions tests that the real CRDs have every argument that the
// simulator knows of.
func TestDefinitions(t *testing.T) {
	crds, err := definitions(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	for i, k := range kinds() {
		fields, err := parameters(crds[i])
		if err != nil {
			t.Fatal(err)
		}

		arguments := append(append(append([]string{}, k.forceNew...), k.unique...), k.notLate...)
		for _, r := range k.references {
			arguments = append(arguments, r.argument, r.ref(), r.selector())
		}

		for _, name := range arguments {
			if !fields[name] {
				t.Errorf("The CRD of %s has no %s.", &k, name)
			}
		}
	}
}
