package awsclient

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

func TestConnect(t *testing.T) {
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("token"), 0o600); err != nil {
		t.Fatal(err)
	}

	pod := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = rw.Write([]byte(`{"AccessKeyId":"AKIAHOME","SecretAccessKey":"secret","Token":"","Expiration":"` + time.Now().Add(6*time.Hour).UTC().Format(time.RFC3339) + `"}`))
	}))
	t.Cleanup(pod.Close)

	type args struct {
		spec v1alpha1.ProviderConfigSpec
		env  map[string]string
	}

	const (
		reader      = "arn:aws:sts::" + homeAccount + ":assumed-role/reader/crossdr"
		far         = "arn:aws:sts::" + otherAccount + ":assumed-role/far/crossdr"
		webIdentity = ohio + " sts:AssumeRoleWithWebIdentity"
	)

	farHop := v1alpha1.AssumeRoleOptions{
		RoleARN: farRole, ExternalID: aws.String("id"),
		Tags: []v1alpha1.Tag{{Key: "team", Value: "a"}}, TransitiveTagKeys: []string{"team"},
	}
	byToken := func(session string, cfg *v1alpha1.WebIdentityTokenConfig) v1alpha1.ProviderCredentials {
		return v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsWebIdentity, WebIdentity: &v1alpha1.AssumeRoleWithWebIdentityOptions{
			RoleARN: readerRole, RoleSessionName: session, TokenConfig: cfg,
		}}
	}

	cases := map[string]struct {
		reason string
		args   args
		want   []string
	}{
		"Secret": {
			reason: "An access key needs no STS.",
			args:   args{spec: from(bySecret("dr"))},
			want:   []string{west + " rds:DescribeDBSnapshots " + homeUser},
		},
		"AssumeRole": {
			reason: "STS must be called outside the region that the managed resource is about.",
			args:   args{spec: from(bySecret("dr"), v1alpha1.AssumeRoleOptions{RoleARN: readerRole})},
			want:   []string{ohio + " sts:AssumeRole " + homeUser, west + " rds:DescribeDBSnapshots " + reader},
		},
		"AssumeRoleChain": {
			reason: "Each role must be assumed with the credentials of the one before it.",
			args:   args{spec: from(bySecret("dr"), v1alpha1.AssumeRoleOptions{RoleARN: readerRole}, farHop)},
			want:   []string{ohio + " sts:AssumeRole " + homeUser, ohio + " sts:AssumeRole " + reader, west + " rds:DescribeDBSnapshots " + far},
		},
		"WebIdentityFromSecret": {
			reason: "A token may come from a Secret.",
			args: args{spec: from(byToken("", &v1alpha1.WebIdentityTokenConfig{
				Source: v1alpha1.TokenSecret, SecretRef: &v1alpha1.SecretKeySelector{Namespace: "dr", Name: "aws", Key: "token"},
			}))},
			want: []string{webIdentity, west + " rds:DescribeDBSnapshots " + reader},
		},
		"WebIdentityFromFile": {
			reason: "A token may come from a file, and the session may have a name.",
			args:   args{spec: from(byToken("mine", &v1alpha1.WebIdentityTokenConfig{Source: v1alpha1.TokenFilesystem, Fs: &v1alpha1.FsSelector{Path: tokenFile}}))},
			want:   []string{webIdentity, west + " rds:DescribeDBSnapshots arn:aws:sts::" + homeAccount + ":assumed-role/reader/mine"},
		},
		"WebIdentityFromEnvironment": {
			reason: "Without a tokenConfig the token is in the file that the environment names.",
			args:   args{spec: from(byToken("", nil)), env: map[string]string{envTokenFile: tokenFile, envRoleARN: "arn:aws:iam::" + homeAccount + ":role/unused"}},
			want:   []string{webIdentity, west + " rds:DescribeDBSnapshots " + reader},
		},
		"IRSA": {
			reason: "The role of the service account is in the environment; STS is chosen as for any other source.",
			args:   args{spec: from(v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsIRSA}), env: map[string]string{envTokenFile: tokenFile, envRoleARN: readerRole}},
			want:   []string{webIdentity, west + " rds:DescribeDBSnapshots " + reader},
		},
		"IRSAFromElsewhere": {
			reason: "As with provider-upjet-aws, other credentials of the environment serve where there is no role.",
			args:   args{spec: from(v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsIRSA}), env: map[string]string{"AWS_ACCESS_KEY_ID": "AKIAHOME", "AWS_SECRET_ACCESS_KEY": "secret"}},
			want:   []string{west + " rds:DescribeDBSnapshots " + homeUser},
		},
		"PodIdentity": {
			reason: "Credentials of the EKS Pod Identity agent must serve, and start a chain of roles.",
			args: args{
				spec: from(v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsPodIdentity}, v1alpha1.AssumeRoleOptions{RoleARN: readerRole}),
				env:  map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": pod.URL},
			},
			want: []string{ohio + " sts:AssumeRole " + homeUser, west + " rds:DescribeDBSnapshots " + reader},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, WithVersion("v1.2.3"))
			for k, v := range tc.args.env {
				t.Setenv(k, v)
			}

			w.apply(cluster(tc.args.spec))
			w.apply(secret("dr", map[string]string{"credentials": homeINI, "token": "token"}))

			for range 2 {
				cl := w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)
				if cl.Region != west || cl.Config.Region != west {
					t.Errorf("\n%s\nConnect(...): want region %s, got %s and %s", tc.reason, west, cl.Region, cl.Config.Region)
				}
			}

			if err := w.describe(w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)); err != nil {
				t.Errorf("\n%s\nDescribeDBSnapshots(...): %v", tc.reason, err)
			}

			if diff := cmp.Diff(tc.want, w.calls()); diff != "" {
				t.Errorf("\n%s\ncalls: -want, +got:\n%s", tc.reason, diff)
			}

			for _, agent := range w.agents {
				if !strings.Contains(agent, "crossdr/v1.2.3") {
					t.Errorf("\n%s\nuser agent: want crossdr/v1.2.3 in %q", tc.reason, agent)
				}
			}
		})
	}
}

func TestConnectErrors(t *testing.T) {
	type args struct {
		objects []client.Object
		kind    string
	}

	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"KindUnknown": {
			reason: "Only kinds of our own can be ProviderConfigs.",
			args:   args{kind: "ProviderConfigUsage"},
			want:   "must be ProviderConfig or ClusterProviderConfig",
		},
		"NoProviderConfig": {
			reason: "The error must name what is missing.",
			args:   args{kind: v1alpha1.ProviderConfigKind},
			want:   `cannot get ProviderConfig "team-a/default"`,
		},
		"OfAnotherNamespace": {
			reason: "A ProviderConfig of another namespace must not be found.",
			args:   args{kind: v1alpha1.ProviderConfigKind, objects: []client.Object{namespaced("team-b", from(bySecret("")))}},
			want:   `cannot get ProviderConfig "team-a/default"`,
		},
		"SecretOfAnotherNamespace": {
			reason: "A ProviderConfig must not read Secrets of other namespaces, even if it says so.",
			args: args{kind: v1alpha1.ProviderConfigKind, objects: []client.Object{
				namespaced("team-a", from(bySecret("team-b"))), secret("team-b", map[string]string{"credentials": homeINI}),
			}},
			want: "a ProviderConfig reads Secrets of its own namespace only",
		},
		"TokenOfAnotherNamespace": {
			reason: "Nor a token of other namespaces.",
			args: args{kind: v1alpha1.ProviderConfigKind, objects: []client.Object{
				namespaced("team-a", from(v1alpha1.ProviderCredentials{Source: v1alpha1.CredentialsWebIdentity, WebIdentity: &v1alpha1.AssumeRoleWithWebIdentityOptions{
					RoleARN:     readerRole,
					TokenConfig: &v1alpha1.WebIdentityTokenConfig{Source: v1alpha1.TokenSecret, SecretRef: &v1alpha1.SecretKeySelector{Namespace: "team-b", Name: "aws", Key: "token"}},
				}})), secret("team-b", map[string]string{"token": "token"}),
			}},
			want: "a ProviderConfig reads Secrets of its own namespace only",
		},
		"SecretOfNoNamespace": {
			reason: "A ProviderConfig without a namespace for its Secret means its own, not that of another.",
			args: args{kind: v1alpha1.ProviderConfigKind, objects: []client.Object{
				namespaced("team-a", from(bySecret(""))), secret("team-b", map[string]string{"credentials": homeINI}),
			}},
			want: `cannot get Secret "team-a/aws"`,
		},
		"KeyMissing": {
			reason: "An empty Secret must not become empty credentials.",
			args:   args{kind: v1alpha1.ClusterProviderConfigKind, objects: []client.Object{cluster(from(bySecret("dr"))), secret("dr", nil)}},
			want:   `it has no key "credentials"`,
		},
		"NoCredentials": {
			reason: "A profile without a key must not become empty credentials.",
			args:   args{kind: v1alpha1.ClusterProviderConfigKind, objects: []client.Object{cluster(from(bySecret("dr"))), secret("dr", map[string]string{"credentials": "[other]\n"})}},
			want:   "needs aws_access_key_id and aws_secret_access_key",
		},
		"TokenFileUnknown": {
			reason: "Without a token there is nothing to ask STS for.",
			args: args{kind: v1alpha1.ClusterProviderConfigKind, objects: []client.Object{cluster(from(v1alpha1.ProviderCredentials{
				Source: v1alpha1.CredentialsWebIdentity, WebIdentity: &v1alpha1.AssumeRoleWithWebIdentityOptions{RoleARN: readerRole},
			}))}},
			want: "AWS_WEB_IDENTITY_TOKEN_FILE",
		},
		"RoleRefused": {
			reason: "The error must say what STS said, and where.",
			args: args{kind: v1alpha1.ClusterProviderConfigKind, objects: []client.Object{
				cluster(from(bySecret("dr"), v1alpha1.AssumeRoleOptions{RoleARN: farRole})), secret("dr", map[string]string{"credentials": homeINI}),
			}},
			want: "in us-east-2: operation error STS: AssumeRole, AccessDenied: User: " + homeUser + " is not authorized",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, o := range tc.args.objects {
				w.apply(o)
			}

			_, err := w.connector.Connect(t.Context(), selection("team-a", tc.args.kind), west)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("\n%s\nConnect(...): want an error with %q, got %v", tc.reason, tc.want, err)
			}

			for _, call := range w.aws.Calls(emulator.Scope{Service: "rds"}) {
				t.Errorf("\n%s\nunexpected call: %+v", tc.reason, call)
			}
		})
	}
}

// TestConnectTracksUsage checks that both kinds of ProviderConfigs are used by
// the same kind of usage, which tells them apart.
func TestConnectTracksUsage(t *testing.T) {
	for _, kind := range []string{v1alpha1.ProviderConfigKind, v1alpha1.ClusterProviderConfigKind} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.apply(cluster(from(bySecret("team-a"))))
			w.apply(namespaced("team-a", from(bySecret(""))))
			w.apply(secret("team-a", map[string]string{"credentials": homeINI}))

			w.connect(selection("team-a", kind), west)

			usages := &v1alpha1.ProviderConfigUsageList{}
			if err := w.kube.List(t.Context(), usages, client.InNamespace("team-a")); err != nil {
				t.Fatal(err)
			}

			if len(usages.Items) != 1 || usages.Items[0].GetProviderConfigReference().Kind != kind {
				t.Errorf("want one usage of a %s, got %+v", kind, usages.Items)
			}
		})
	}
}

// TestConnectForgets checks that nothing is kept of a ProviderConfig that is
// gone.
func TestConnectForgets(t *testing.T) {
	w := newWorld(t)
	cfg := cluster(from(bySecret("dr")))
	w.apply(cfg)
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))

	mg := selection("team-a", v1alpha1.ClusterProviderConfigKind)
	w.connect(mg, west)

	if err := w.kube.Delete(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}

	if _, err := w.connector.Connect(t.Context(), mg, west); err == nil {
		t.Error("Connect(...): want an error without a ProviderConfig")
	}

	if n := len(w.connector.accounts); n != 0 {
		t.Errorf("want no account to be kept, got %d", n)
	}
}
