package awsclient

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

// secrets are what a ProviderConfig selects from Secrets.
type secrets struct {
	// credentials are an INI file, for the source Secret.
	credentials []byte

	// token is a web identity token, for a tokenConfig with source Secret.
	token []byte

	// versions of the Secrets.
	versions []string
}

// selectors returns what the config selects from Secrets: credentials or a
// token, of which it needs one at most.
func (c config) selectors() (credentials, token *v1alpha1.SecretKeySelector) {
	creds := c.spec.Credentials

	switch {
	case creds.Source == v1alpha1.CredentialsSecret:
		return creds.SecretRef, nil
	case creds.Source == v1alpha1.CredentialsWebIdentity && creds.WebIdentity != nil &&
		creds.WebIdentity.TokenConfig != nil && creds.WebIdentity.TokenConfig.Source == v1alpha1.TokenSecret:
		return nil, creds.WebIdentity.TokenConfig.SecretRef
	default:
		return nil, nil
	}
}

// secretKey returns the name of the Secret to read. A ProviderConfig may select
// Secrets of its own namespace only: who may write ProviderConfigs there need
// not be trusted with the Secrets of others.
func (c config) secretKey(sel *v1alpha1.SecretKeySelector) (client.ObjectKey, error) {
	switch {
	case c.key.namespace == "" && sel.Namespace == "":
		return client.ObjectKey{}, fmt.Errorf("cannot read Secret %q: a ClusterProviderConfig must say its namespace", sel.Name)
	case c.key.namespace == "":
		return client.ObjectKey{Namespace: sel.Namespace, Name: sel.Name}, nil
	case sel.Namespace != "" && sel.Namespace != c.key.namespace:
		return client.ObjectKey{}, fmt.Errorf("cannot read Secret %q of namespace %q: a ProviderConfig reads Secrets of its own namespace only; leave the namespace out, or use a ClusterProviderConfig", sel.Name, sel.Namespace)
	default:
		return client.ObjectKey{Namespace: c.key.namespace, Name: sel.Name}, nil
	}
}

// versions returns the versions of the Secrets that the config selects, as far
// as kube knows.
func (c *Connector) versions(ctx context.Context, cfg config) ([]string, error) {
	var out []string

	credentials, token := cfg.selectors()
	for _, sel := range []*v1alpha1.SecretKeySelector{credentials, token} {
		if sel == nil {
			continue
		}

		key, err := cfg.secretKey(sel)
		if err != nil {
			return nil, err
		}

		meta := &metav1.PartialObjectMetadata{}
		meta.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))

		if err := c.kube.Get(ctx, key, meta); err != nil {
			return nil, fmt.Errorf("cannot get Secret %q: %w", key, err)
		}

		out = append(out, version(meta))
	}

	return out, nil
}

// read returns the data that the config selects from Secrets.
func (c *Connector) read(ctx context.Context, cfg config) (secrets, error) {
	credentials, token := cfg.selectors()
	out := secrets{}

	for _, s := range []struct {
		sel  *v1alpha1.SecretKeySelector
		data *[]byte
	}{
		{credentials, &out.credentials},
		{token, &out.token},
	} {
		if s.sel == nil {
			continue
		}

		key, err := cfg.secretKey(s.sel)
		if err != nil {
			return secrets{}, err
		}

		secret := &corev1.Secret{}
		if err := c.secrets.Get(ctx, key, secret); err != nil {
			return secrets{}, fmt.Errorf("cannot get Secret %q: %w", key, err)
		}

		data := secret.Data[s.sel.Key]
		if len(data) == 0 {
			return secrets{}, fmt.Errorf("cannot read Secret %q: it has no key %q", key, s.sel.Key)
		}

		*s.data = data
		out.versions = append(out.versions, version(secret))
	}

	return out, nil
}

// version of an object: it changes with every write, and with every object of
// the same name.
func version(o metav1.Object) string {
	return string(o.GetUID()) + "@" + o.GetResourceVersion()
}
