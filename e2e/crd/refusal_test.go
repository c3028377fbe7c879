package crd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// A refusal is a spec, in YAML, and what the API server says about it.
type refusal struct {
	reason string
	old    string
	status string
	spec   string
	want   []string
}

// refuse creates an object of the kind for each case, or updates one that has
// the old spec and status, as kubectl does it: unknown fields are refused.
func refuse(t *testing.T, kind string, cases map[string]refusal) {
	t.Helper()

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			u := object(t, kind, tc.spec)
			strict := client.FieldValidation(metav1.FieldValidationStrict)

			var err error

			if tc.old == "" {
				err = api.Client().Create(t.Context(), u, client.DryRunAll, strict)
			} else {
				old := create(t, object(t, kind, tc.old))
				if tc.status != "" {
					observe(t, old, tc.status)
				}

				u.SetResourceVersion(old.GetResourceVersion())
				err = api.Client().Update(t.Context(), u, client.DryRunAll, strict)
			}

			if diff := cmp.Diff(tc.want, faults(t, err)); diff != "" {
				t.Errorf("\n%s\n%s: what the API server says: -want +got:\n%s", tc.reason, kind, diff)
			}
		})
	}
}

// faults returns what the API server finds wrong with an object, as kubectl
// shows it.
func faults(t *testing.T, err error) []string {
	t.Helper()

	if err == nil {
		return nil
	}

	var status *apierrors.StatusError
	if !errors.As(err, &status) {
		t.Fatalf("cannot read the API server's answer: %v", err)
	}

	if status.ErrStatus.Details == nil || len(status.ErrStatus.Details.Causes) == 0 {
		return []string{status.ErrStatus.Message}
	}

	out := make([]string, 0, len(status.ErrStatus.Details.Causes))
	for _, cause := range status.ErrStatus.Details.Causes {
		out = append(out, fmt.Sprintf("%s: %s", cause.Field, cause.Message))
	}

	slices.Sort(out)

	return out
}

// object returns an object of a kind with a spec in YAML.
func object(t *testing.T, kind, spec string) *unstructured.Unstructured {
	t.Helper()

	u := &unstructured.Unstructured{Object: map[string]any{}}
	u.SetAPIVersion("aws.m.crossdr.io/v1alpha1")
	u.SetKind(kind)
	u.SetName("payments")

	if kind != "ClusterProviderConfig" {
		u.SetNamespace("default")
	}

	var s map[string]any
	if err := yaml.UnmarshalStrict([]byte(spec), &s); err != nil {
		t.Fatal(err)
	}

	u.Object["spec"] = s

	return u
}

// create creates an object that is gone after the test.
func create(t *testing.T, u *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()

	if err := api.Client().Create(t.Context(), u, client.FieldValidation(metav1.FieldValidationStrict)); err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		// The test's own context is done by now.
		if err := api.Client().Delete(context.WithoutCancel(t.Context()), u); err != nil {
			t.Error(err)
		}
	})

	return u
}
