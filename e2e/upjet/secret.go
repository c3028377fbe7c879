package upjet

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/password"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// secrets are the passwords of databases, and what leads to them.
type secrets struct {
	client client.Client
}

// Initialize makes up the password of a database that wants one.
func (s secrets) Initialize(ctx context.Context, mg resource.Managed) error {
	m, _ := mg.(*managedResource)

	ref := &xpv2.LocalSecretKeySelector{}
	if generate := m.arguments().flag("autoGeneratePassword"); generate == nil || !*generate || !m.get("spec.forProvider.passwordSecretRef", ref) {
		return nil
	}

	secret := &corev1.Secret{}

	err := s.client.Get(ctx, types.NamespacedName{Namespace: m.GetNamespace(), Name: ref.Name}, secret)
	if err != nil && !kerrors.IsNotFound(err) {
		return fmt.Errorf("cannot get the password: %w", err)
	}

	if len(secret.Data[ref.Key]) > 0 {
		return nil
	}

	made, perr := password.Generate()
	if perr != nil {
		return fmt.Errorf("cannot make a password: %w", perr)
	}

	secret.Data = map[string][]byte{ref.Key: []byte(made)}

	if err == nil {
		err = s.client.Update(ctx, secret)
	} else {
		secret.Namespace, secret.Name = m.GetNamespace(), ref.Name
		secret.OwnerReferences = []metav1.OwnerReference{{
			APIVersion: m.GetAPIVersion(), Kind: m.GetKind(), Name: m.GetName(), UID: m.GetUID(),
		}}
		err = s.client.Create(ctx, secret)
	}

	if err != nil {
		return fmt.Errorf("cannot write the password: %w", err)
	}

	return nil
}

// details returns what leads to a database; none for other kinds.
func (s secrets) details(ctx context.Context, m *managedResource, state values) (managed.ConnectionDetails, error) {
	if state.text("endpoint") == "" || m.GetWriteConnectionSecretToReference() == nil {
		return managed.ConnectionDetails{}, nil
	}

	out := managed.ConnectionDetails{
		"endpoint": []byte(state.text("endpoint")), "address": []byte(state.text("address")), "host": []byte(state.text("address")),
		"username": []byte(state.text("username")), port: fmt.Append(nil, state[port]),
	}

	ref := &xpv2.LocalSecretKeySelector{}
	if !m.get("spec.forProvider.passwordSecretRef", ref) {
		return out, nil
	}

	secret := &corev1.Secret{}
	if err := s.client.Get(ctx, types.NamespacedName{Namespace: m.GetNamespace(), Name: ref.Name}, secret); err != nil {
		return nil, fmt.Errorf("cannot get the password: %w", err)
	}

	out["password"] = secret.Data[ref.Key]
	out["attribute.password"] = secret.Data[ref.Key]

	return out, nil
}
