package awsclient

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	configurationv1alpha1 "github.com/crossplane/upjet/v2/apis/configuration/v1alpha1"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// A configKey names a ProviderConfig or, without a namespace, a
// ClusterProviderConfig.
type configKey struct {
	namespace, name string
}

// String names it for people.
func (k configKey) String() string {
	if k.namespace == "" {
		return v1alpha1.ClusterProviderConfigKind + " " + strconv.Quote(k.name)
	}

	return v1alpha1.ProviderConfigKind + " " + strconv.Quote(k.namespace+"/"+k.name)
}

// A config is a ProviderConfig or a ClusterProviderConfig.
type config struct {
	key        configKey
	uid        types.UID
	generation int64
	spec       v1alpha1.ProviderConfigSpec
}

// identity of the credentials. The uid and the generation stand for the spec,
// the versions for the Secrets that it selects.
func (c config) identity(versions []string) string {
	return strings.Join(append([]string{fmt.Sprintf("%s@%d", c.uid, c.generation)}, versions...), "+")
}

// config returns the ProviderConfig, or ClusterProviderConfig, that the managed
// resource refers to. A ProviderConfig is looked for in its own namespace.
func (c *Connector) config(ctx context.Context, mg resource.ModernManaged) (config, error) {
	key, err := keyOf(mg)
	if err != nil {
		return config{}, err
	}

	cfg, err := getConfig(ctx, c.kube, key)
	if kerrors.IsNotFound(err) {
		c.forget(key)
	}

	return cfg, err
}

// keyOf returns the name of the ProviderConfig that the managed resource refers
// to.
func keyOf(mg resource.ModernManaged) (configKey, error) {
	ref := mg.GetProviderConfigReference()
	if ref == nil {
		return configKey{}, fmt.Errorf("cannot connect to AWS: spec.providerConfigRef is not set")
	}

	switch ref.Kind {
	case v1alpha1.ClusterProviderConfigKind:
		return configKey{name: ref.Name}, nil
	case v1alpha1.ProviderConfigKind:
		return configKey{namespace: mg.GetNamespace(), name: ref.Name}, nil
	default:
		return configKey{}, fmt.Errorf("cannot connect to AWS: spec.providerConfigRef.kind must be %s or %s, not %q", v1alpha1.ProviderConfigKind, v1alpha1.ClusterProviderConfigKind, ref.Kind)
	}
}

func getConfig(ctx context.Context, kube client.Reader, key configKey) (config, error) {
	if key.namespace == "" {
		pc := &v1alpha1.ClusterProviderConfig{}
		if err := kube.Get(ctx, client.ObjectKey{Name: key.name}, pc); err != nil {
			return config{}, fmt.Errorf("cannot get %s: %w", key, err)
		}

		return config{key: key, uid: pc.GetUID(), generation: pc.GetGeneration(), spec: pc.Spec}, nil
	}

	pc := &v1alpha1.ProviderConfig{}
	if err := kube.Get(ctx, client.ObjectKey{Namespace: key.namespace, Name: key.name}, pc); err != nil {
		return config{}, fmt.Errorf("cannot get %s: %w", key, err)
	}

	return config{key: key, uid: pc.GetUID(), generation: pc.GetGeneration(), spec: pc.Spec}, nil
}

// ReconciliationPolicy returns the reconciliation policy of the managed
// resource's ProviderConfig, or nil when there is none.
//
// A ProviderConfig that can't be found is none, and no error: the reconcile
// itself is the one that can report it on the managed resource.
func ReconciliationPolicy(ctx context.Context, kube client.Client, mg resource.Managed) (*configurationv1alpha1.ReconciliationPolicy, error) {
	modern, ok := mg.(resource.ModernManaged)
	if !ok {
		return nil, nil //nolint:nilnil // No policy is a valid answer to upjet.
	}

	key, err := keyOf(modern)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // As above.
	}

	cfg, err := getConfig(ctx, kube, key)
	if err != nil {
		return nil, client.IgnoreNotFound(err)
	}

	return cfg.spec.ReconciliationPolicy, nil
}
