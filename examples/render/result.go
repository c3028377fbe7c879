package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kyaml "k8s.io/apimachinery/pkg/util/yaml"

	awsv1alpha1 "github.com/crossdr/crossdr/apis/aws/v1alpha1"
	fnv1alpha1 "github.com/crossdr/crossdr/apis/function/v1alpha1"
	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
)

// A result is what one step starts from and renders.
type result struct {
	step   string
	plan   fnv1alpha1.RecoveryPlan
	target awsv1alpha1.FailoverTarget

	// observed existed before the step.
	observed []unstructured.Unstructured

	xr       unstructured.Unstructured
	status   recoveryv1alpha1.Status
	composed []unstructured.Unstructured
	warnings []string

	// out is what the command line printed.
	out string

	// fatal is why the function refuses, or "".
	fatal string

	rows []row

	// deleted are the keys of what Crossplane would delete.
	deleted []string

	// retired are the keys that the XR retires, and left those of them that
	// leave with this step.
	retired, left []string

	// answered are the keys of the SnapshotSelections that nobody asks any more:
	// they go, and nothing on AWS with them.
	answered []string
}

// parse reads what the command line prints: the XR, the composed resources and
// the results of functions.
func (r *result) parse(out string, isXR func(*unstructured.Unstructured) bool) error {
	for d := kyaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(out)), len(out)); ; {
		u := unstructured.Unstructured{}

		err := d.Decode(&u)
		if errors.Is(err, io.EOF) {
			break
		}

		if err != nil {
			return fmt.Errorf("cannot parse what is rendered: %w", err)
		}

		switch {
		case len(u.Object) == 0:
		case strings.HasPrefix(u.GetAPIVersion(), "render.crossplane.io/"):
			if u.GetKind() == "Result" && text(u.Object, "severity") == "Warning" {
				r.warnings = append(r.warnings, text(u.Object, "message"))
			}
		case isXR(&u) && len(r.xr.Object) == 0:
			r.xr = u
		default:
			r.composed = append(r.composed, u)
		}
	}

	if v, ok, _ := unstructured.NestedMap(r.xr.Object, "status", "recovery"); ok {
		if err := decode(v, &r.status); err != nil {
			return err
		}
	}

	r.compare()

	return nil
}

// planOf returns the RecoveryPlan within a Composition.
func planOf(composition *unstructured.Unstructured) fnv1alpha1.RecoveryPlan {
	plan := fnv1alpha1.RecoveryPlan{}

	steps, _, _ := unstructured.NestedSlice(composition.Object, "spec", "pipeline")
	for _, s := range steps {
		m, _ := s.(map[string]any)
		if input, _ := m["input"].(map[string]any); input["kind"] == "RecoveryPlan" {
			// A plan that can't be read is the function's to report.
			_ = decode(input, &plan)
		}
	}

	return plan
}

func decode(from map[string]any, into any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("cannot encode: %w", err)
	}

	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("cannot decode: %w", err)
	}

	return nil
}

func text(object map[string]any, path ...string) string {
	s, _, _ := unstructured.NestedString(object, path...)

	return s
}
