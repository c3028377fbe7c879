package v1alpha1

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// TestRules checks what the CRDs refuse by their rules and enumerations: the
// fields of provider-upjet-aws that can't be honoured are among it.
func TestRules(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/crossdr"

	type args struct {
		plural string
		spec   string
	}

	cases := map[string]struct {
		reason string
		args   args
		want   []string
	}{
		"EverythingThatIsHonoured": {
			reason: "What provider-upjet-aws has and we honour, or need not care about, must be accepted as it is.",
			args: args{plural: "clusterproviderconfigs", spec: `
credentials:
  source: WebIdentity
  webIdentity:
    roleARN: ` + role + `
    roleSessionName: dr
    tokenConfig: {source: Filesystem, fs: {path: /var/run/token}}
assumeRoleChain:
- {roleARN: ` + role + `, externalID: x, tags: [{key: a, value: b}], transitiveTagKeys: [a]}
endpoint:
  url: {type: Dynamic, dynamic: {protocol: https, host: amazonaws.com}}
  services: [rds, iam]
  hostnameImmutable: true
  partitionId: aws
  signingName: rds
  signingRegion: us-west-2
  signingMethod: v4
  source: Custom
skip_credentials_validation: true
skip_region_validation: true
s3_use_path_style: true
skip_metadata_api_check: true
skip_requesting_account_id: true
stsRegions: [us-west-2]
reconciliationPolicy: {exponentialFailureRateLimiter: {baseDelay: 1s, maxDelay: 10m}}`},
		},
		"Secret": {
			reason: "A ProviderConfig may leave the namespace of its Secret out.",
			args:   args{plural: "providerconfigs", spec: `credentials: {source: Secret, secretRef: {name: aws, key: credentials}}`},
		},
		"Upbound": {
			reason: "An identity that we can't use must be refused, and not dropped.",
			args:   args{plural: "clusterproviderconfigs", spec: `credentials: {source: Upbound, upbound: {webIdentity: {roleARN: x}}}`},
			want: []string{
				"spec.credentials.source: not one of IRSA, PodIdentity, Secret, WebIdentity",
				"spec.credentials.upbound: provider-aws-dr can't use an identity of Upbound: use the source IRSA, PodIdentity, WebIdentity or Secret",
			},
		},
		"None": {
			reason: "Without credentials there is nothing to ask AWS.",
			args:   args{plural: "clusterproviderconfigs", spec: `credentials: {source: None}`},
			want:   []string{"spec.credentials.source: not one of IRSA, PodIdentity, Secret, WebIdentity"},
		},
		"EnvAndFs": {
			reason: "Selectors that no source reads must be refused, and not ignored.",
			args:   args{plural: "clusterproviderconfigs", spec: `credentials: {source: IRSA, env: {name: X}, fs: {path: /x}}`},
			want: []string{
				"spec.credentials.env: no source reads credentials from an environment variable: use the source Secret",
				"spec.credentials.fs: no source reads credentials from a file: use the source Secret, or a webIdentity.tokenConfig with source Filesystem",
			},
		},
		"SelectorsMissing": {
			reason: "A source must come with what it reads.",
			args:   args{plural: "clusterproviderconfigs", spec: `credentials: {source: Secret}`},
			want:   []string{"spec.credentials: secretRef is needed when source is Secret"},
		},
		"TokenMissing": {
			reason: "A source of tokens must come with what it reads.",
			args:   args{plural: "clusterproviderconfigs", spec: `credentials: {source: WebIdentity, webIdentity: {roleARN: ` + role + `, tokenConfig: {source: Secret}}}`},
			want:   []string{"spec.credentials.webIdentity.tokenConfig: secretRef is needed when source is Secret"},
		},
		"ClusterWithoutNamespace": {
			reason: "A ClusterProviderConfig has no namespace of its own to look in.",
			args:   args{plural: "clusterproviderconfigs", spec: `credentials: {source: Secret, secretRef: {name: aws, key: credentials}}`},
			want:   []string{"spec: credentials.secretRef of a ClusterProviderConfig needs a namespace"},
		},
		"ClusterTokenWithoutNamespace": {
			reason: "Nor has it one for a token.",
			args:   args{plural: "clusterproviderconfigs", spec: `credentials: {source: WebIdentity, webIdentity: {roleARN: ` + role + `, tokenConfig: {source: Secret, secretRef: {name: aws, key: token}}}}`},
			want:   []string{"spec: credentials.webIdentity.tokenConfig.secretRef of a ClusterProviderConfig needs a namespace"},
		},
		"NamespacedFile": {
			reason: "Who may write ProviderConfigs in a namespace must not get at the files of the provider.",
			args:   args{plural: "providerconfigs", spec: `credentials: {source: WebIdentity, webIdentity: {roleARN: ` + role + `, tokenConfig: {source: Filesystem, fs: {path: /x}}}}`},
			want:   []string{"spec: a ProviderConfig may not read the provider's files: use a tokenConfig with source Secret, or a ClusterProviderConfig"},
		},
		"NamespacedEndpoint": {
			reason: "The provider's own token would go to whoever is behind the endpoint.",
			args:   args{plural: "providerconfigs", spec: "credentials: {source: IRSA}\nendpoint: {url: {type: Static, static: \"https://example.org\"}}"},
			want:   []string{"spec: a ProviderConfig may not send the provider's own identity to another endpoint: take the credentials from a Secret, or use a ClusterProviderConfig"},
		},
		"NamespacedEndpointWithFileOfTheEnvironment": {
			reason: "Without a tokenConfig the token is the provider's own, too.",
			args:   args{plural: "providerconfigs", spec: "credentials: {source: WebIdentity, webIdentity: {roleARN: " + role + "}}\nendpoint: {url: {type: Static, static: \"https://example.org\"}}"},
			want:   []string{"spec: a ProviderConfig may not send the provider's own identity to another endpoint: take the credentials from a Secret, or use a ClusterProviderConfig"},
		},
		"NamespacedEndpointWithSecret": {
			reason: "Credentials from a Secret of the namespace may go where its owner says.",
			args:   args{plural: "providerconfigs", spec: "credentials: {source: Secret, secretRef: {name: aws, key: credentials}}\nendpoint: {url: {type: Static, static: \"http://localhost:4566\"}}"},
		},
		"Endpoint": {
			reason: "An endpoint that would lead nowhere, or be signed for in a way that we don't know, must be refused.",
			args:   args{plural: "clusterproviderconfigs", spec: "credentials: {source: IRSA}\nendpoint: {url: {type: Static}, signingMethod: v2}"},
			want: []string{
				"spec.endpoint.signingMethod: signingMethod must be v4: provider-aws-dr signs by no other method",
				"spec.endpoint.url: static is needed when type is Static",
			},
		},
		"EndpointURL": {
			reason: "A URL must be one.",
			args:   args{plural: "clusterproviderconfigs", spec: "credentials: {source: IRSA}\nendpoint: {url: {type: Static, static: localhost}}"},
			want:   []string{"spec.endpoint.url.static: must be a URL, such as http://localhost:4566"},
		},
		"EndpointDynamic": {
			reason: "A Dynamic URL must have its parts.",
			args:   args{plural: "clusterproviderconfigs", spec: "credentials: {source: IRSA}\nendpoint: {url: {type: Dynamic}}"},
			want:   []string{"spec.endpoint.url: dynamic is needed when type is Dynamic"},
		},
		"EndpointAuto": {
			reason: "As in provider-upjet-aws.",
			args:   args{plural: "clusterproviderconfigs", spec: "credentials: {source: IRSA}\nendpoint: {url: {type: Auto}}"},
			want:   []string{"spec: endpoint.partitionId is needed when endpoint.url.type is Auto"},
		},
		"Names": {
			reason: "What is no role and no region must be refused, in words.",
			args:   args{plural: "clusterproviderconfigs", spec: "credentials: {source: IRSA}\nassumeRoleChain: [{roleARN: admin}]\nstsRegions: [us-east-1, Oregon]"},
			want: []string{
				"spec.assumeRoleChain[].roleARN: must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/crossdr",
				"spec.stsRegions[]: must be the name of a region, such as us-west-2",
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var spec any
			if err := yaml.Unmarshal([]byte(tc.args.spec), &spec); err != nil {
				t.Fatal(err)
			}

			got := faults(t, schemaOf(t, tc.args.plural).Properties["spec"], spec, "spec")
			slices.Sort(got)

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nfaults: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// schemaOf returns the schema of a generated CRD.
func schemaOf(t *testing.T, plural string) apiextensionsv1.JSONSchemaProps {
	t.Helper()

	b, err := os.ReadFile("../../../package/provider/crds/" + Group + "_" + plural + ".yaml")
	if err != nil {
		t.Fatal(err)
	}

	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict(b, crd); err != nil {
		t.Fatal(err)
	}

	return *crd.Spec.Versions[0].Schema.OpenAPIV3Schema
}

// faults returns what the rules and enumerations of a schema have against a
// value. Fields that the schema does not know are faults.
func faults(t *testing.T, s apiextensionsv1.JSONSchemaProps, v any, at string) []string {
	t.Helper()

	var out []string

	if len(s.Enum) > 0 && !slices.ContainsFunc(s.Enum, func(e apiextensionsv1.JSON) bool { return string(e.Raw) == `"`+v.(string)+`"` }) {
		allowed := make([]string, 0, len(s.Enum))
		for _, e := range s.Enum {
			allowed = append(allowed, strings.Trim(string(e.Raw), `"`))
		}

		slices.Sort(allowed)
		out = append(out, at+": not one of "+strings.Join(allowed, ", "))
	}

	for _, r := range s.XValidations {
		if !holds(t, r.Rule, v) {
			out = append(out, at+": "+r.Message)
		}
	}

	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			p, ok := s.Properties[name]

			switch {
			case ok:
				out = append(out, faults(t, p, v[name], at+"."+name)...)
			case s.XPreserveUnknownFields == nil:
				out = append(out, at+"."+name+": unknown")
			}
		}
	case []any:
		for i := range v {
			out = append(out, faults(t, *s.Items.Schema, v[i], at+"[]")...)
		}
	}

	return out
}

func holds(t *testing.T, rule string, self any) bool {
	t.Helper()

	env, err := cel.NewEnv(cel.Variable("self", cel.DynType))
	if err != nil {
		t.Fatal(err)
	}

	ast, issues := env.Compile(rule)
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}

	program, err := env.Program(ast)
	if err != nil {
		t.Fatal(err)
	}

	out, _, err := program.Eval(map[string]any{"self": self})
	if err != nil {
		t.Fatalf("cannot evaluate %s: %v", rule, err)
	}

	return out.Value() == true
}
