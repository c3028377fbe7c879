package crd

import (
	"io/fs"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/e2e/controlplane"
)

// TestExamplesAreAccepted creates every object of ours that an example shows:
// those that a user writes, and those that the function renders.
func TestExamplesAreAccepted(t *testing.T) {
	root, err := controlplane.Repository()
	if err != nil {
		t.Fatal(err)
	}

	seen := map[string]int{}

	err = filepath.WalkDir(filepath.Join(root, "examples"), func(file string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".yaml" {
			return err
		}

		objects, err := controlplane.Read(file)
		if err != nil {
			return err
		}

		for _, u := range objects {
			if u.GroupVersionKind().Group == v1alpha1.Group {
				seen[u.GetKind()]++

				t.Run(file[len(root)+1:]+"/"+u.GetName(), func(t *testing.T) { accept(t, u) })
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	for _, kind := range []string{"FailoverTarget", "SnapshotSelection"} {
		if seen[kind] == 0 {
			t.Errorf("no example shows a %s", kind)
		}
	}
}

// accept creates an object, and writes its status.
func accept(t *testing.T, example *unstructured.Unstructured) {
	t.Helper()

	u := example.DeepCopy()
	// What the API server sets, and refuses to be told.
	u.SetResourceVersion("")
	u.SetOwnerReferences(nil)
	u.SetFinalizers(nil)
	status, observed := u.Object["status"]

	inhabit(t, u.GetNamespace())
	create(t, u)

	if !observed {
		return
	}

	u.Object["status"] = status
	if err := api.Client().Status().Update(t.Context(), u, client.FieldValidation(metav1.FieldValidationStrict)); err != nil {
		t.Error(err)
	}
}

// inhabit makes sure that there is a namespace, unless it is none.
func inhabit(t *testing.T, name string) {
	t.Helper()

	if name == "" {
		return
	}

	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if err := client.IgnoreAlreadyExists(api.Client().Create(t.Context(), namespace)); err != nil {
		t.Fatal(err)
	}
}
