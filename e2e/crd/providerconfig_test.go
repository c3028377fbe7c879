package crd

import "testing"

func TestProviderConfigRefusals(t *testing.T) {
	refuse(t, "ProviderConfig", map[string]refusal{
		"IRSA": {
			reason: "What is copied from provider-upjet-aws works.",
			spec:   `{credentials: {source: IRSA}, assumeRoleChain: [{roleARN: "arn:aws:iam::111122223333:role/crossdr"}]}`,
		},
		"LocalSecret": {
			reason: "A ProviderConfig reads Secrets of its own namespace, and need not name it.",
			spec:   `credentials: {source: Secret, secretRef: {name: aws, key: credentials}}`,
		},
		"NoSecret": {
			reason: "Credentials in a Secret need to say which.",
			spec:   `credentials: {source: Secret}`,
			want: []string{
				"spec.credentials: Invalid value: secretRef is needed when source is Secret",
			},
		},
		"Upbound": {
			reason: "An identity that the provider can't use is refused.",
			spec:   `credentials: {source: Upbound}`,
			want: []string{
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
				`spec.credentials.source: Unsupported value: "Upbound": supported values: "Secret", "IRSA", "PodIdentity", "WebIdentity"`,
			},
		},
		"Files": {
			reason: "A tenant must not have the provider's own token sent anywhere.",
			spec:   `credentials: {source: WebIdentity, webIdentity: {roleARN: "arn:aws:iam::111122223333:role/crossdr", tokenConfig: {source: Filesystem, fs: {path: /token}}}}`,
			want: []string{
				"spec: Invalid value: a ProviderConfig may not read the provider's files: use a tokenConfig with source Secret, or a ClusterProviderConfig",
			},
		},
		"Endpoint": {
			reason: "A tenant must not send the provider's identity to a server of its own.",
			spec:   `{credentials: {source: IRSA}, endpoint: {url: {type: Static, static: "https://example.com"}}}`,
			want: []string{
				"spec: Invalid value: a ProviderConfig may not send the provider's own identity to another endpoint: take the credentials from a Secret, or use a ClusterProviderConfig",
			},
		},
		"Unhonoured": {
			reason: "A field of provider-upjet-aws that can't be honoured is refused with what to do instead, not dropped.",
			spec:   `credentials: {source: Secret, secretRef: {name: aws, key: credentials}, env: {name: AWS_CREDENTIALS}}`,
			want: []string{
				"spec.credentials.env: Invalid value: no source reads credentials from an environment variable: use the source Secret",
			},
		},
		"Role": {
			reason: "The name of a role is not its ARN.",
			spec:   `{credentials: {source: IRSA}, assumeRoleChain: [{roleARN: crossdr}]}`,
			want: []string{
				`spec.assumeRoleChain[0].roleARN: Invalid value: "crossdr": must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/crossdr`,
			},
		},
	})
}

func TestClusterProviderConfigRefusals(t *testing.T) {
	refuse(t, "ClusterProviderConfig", map[string]refusal{
		"Secret": {
			reason: "What is copied from provider-upjet-aws works.",
			spec:   `credentials: {source: Secret, secretRef: {namespace: crossplane-system, name: aws, key: credentials}}`,
		},
		"SecretWithoutNamespace": {
			reason: "A ClusterProviderConfig has no namespace to take Secrets from.",
			spec:   `credentials: {source: Secret, secretRef: {name: aws, key: credentials}}`,
			want: []string{
				"spec: Invalid value: credentials.secretRef of a ClusterProviderConfig needs a namespace",
			},
		},
	})
}
