package awsclient

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/rds"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

const (
	east = "us-east-1"
	ohio = "us-east-2"
	west = "us-west-2"

	homeAccount  = "111122223333"
	otherAccount = "444455556666"

	homeUser   = "arn:aws:iam::" + homeAccount + ":user/AKIAHOME"
	readerRole = "arn:aws:iam::" + homeAccount + ":role/reader"
	farRole    = "arn:aws:iam::" + otherAccount + ":role/far"

	homeINI = "[default]\naws_access_key_id = AKIAHOME\naws_secret_access_key = secret\n"
)

// A world is AWS, over HTTP and under the names of its real hosts, and an API
// server.
type world struct {
	t         *testing.T
	aws       *emulator.Emulator
	kube      client.Client
	connector *Connector

	mu     sync.Mutex
	agents []string
}

// newWorld returns a world with two accounts. In the first there are the user
// AKIAHOME and the role reader, which accepts the web identity token "token"; in
// the second one the role far, which trusts the first account.
func newWorld(t *testing.T, opts ...Option) *world {
	t.Helper()

	// What the machine knows of AWS must not matter.
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")

	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL", envRoleARN, envTokenFile} {
		t.Setenv(name, "")
	}

	w := &world{t: t, aws: emulator.New(time.Now)}

	home := w.aws.Account(homeAccount)
	home.AddAccessKey("AKIAHOME", "secret")
	home.AddRole(emulator.Role{Name: "reader", TrustedAccounts: []string{homeAccount}, WebIdentityTokens: []string{"token"}})
	w.aws.Account(otherAccount).AddRole(emulator.Role{Name: "far", TrustedAccounts: []string{homeAccount}, ExternalID: "id"})

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}

	w.kube = fake.NewClientBuilder().WithScheme(scheme).Build()
	w.connector = NewConnector(w.kube, w.kube, opts...)
	w.connector.http = w.connector.http.WithTransportOptions(w.route(w.listen()))

	return w
}

// listen serves the emulator and returns its address.
func (w *world) listen() string {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.agents = append(w.agents, r.UserAgent())
		w.mu.Unlock()

		w.aws.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(server.Close)

	return server.Listener.Addr().String()
}

// route returns an option that leads the hosts of AWS to an address.
func (w *world) route(address string) func(*http.Transport) {
	return func(tr *http.Transport) {
		dial := tr.DialContext
		tr.DialContext = func(ctx context.Context, network, host string) (net.Conn, error) {
			if strings.HasSuffix(host, ".amazonaws.com:80") {
				host = address
			}

			return dial(ctx, network, host)
		}
	}
}

// apply creates or updates an object.
func (w *world) apply(o client.Object) {
	w.t.Helper()

	err := w.kube.Create(w.t.Context(), o)
	if err != nil {
		err = w.kube.Update(w.t.Context(), o)
	}

	if err != nil {
		w.t.Fatal(err)
	}
}

// secret returns the Secret "aws" with the given data.
func secret(namespace string, data map[string]string) *corev1.Secret {
	s := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "aws", UID: types.UID("secret-of-" + namespace)},
		Data:       map[string][]byte{},
	}
	for k, v := range data {
		s.Data[k] = []byte(v)
	}

	return s
}

// namespaced returns the ProviderConfig "default" of a namespace.
func namespaced(namespace string, spec v1alpha1.ProviderConfigSpec) *v1alpha1.ProviderConfig {
	return &v1alpha1.ProviderConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "default", UID: types.UID("config-of-" + namespace), Generation: 1},
		Spec:       spec,
	}
}

// cluster returns the ClusterProviderConfig "default".
func cluster(spec v1alpha1.ProviderConfigSpec) *v1alpha1.ClusterProviderConfig {
	return &v1alpha1.ClusterProviderConfig{
		ObjectMeta: metav1.ObjectMeta{Name: "default", UID: "config-of-all", Generation: 1},
		Spec:       spec,
	}
}

// from returns a spec with credentials that calls AWS by HTTP.
func from(creds v1alpha1.ProviderCredentials, chain ...v1alpha1.AssumeRoleOptions) v1alpha1.ProviderConfigSpec {
	return v1alpha1.ProviderConfigSpec{
		Credentials:     creds,
		AssumeRoleChain: chain,
		Endpoint: &v1alpha1.EndpointConfig{URL: v1alpha1.URLConfig{
			Type:    v1alpha1.URLDynamic,
			Dynamic: &v1alpha1.DynamicURLConfig{Protocol: "http", Host: "amazonaws.com"},
		}},
	}
}

// bySecret are credentials from the Secret "aws".
func bySecret(namespace string) v1alpha1.ProviderCredentials {
	return v1alpha1.ProviderCredentials{
		Source:    v1alpha1.CredentialsSecret,
		SecretRef: &v1alpha1.SecretKeySelector{Namespace: namespace, Name: "aws", Key: "credentials"},
	}
}

// selection returns a managed resource of a namespace that uses the ProviderConfig
// or ClusterProviderConfig "default".
func selection(namespace, kind string) *v1alpha1.SnapshotSelection {
	return &v1alpha1.SnapshotSelection{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: v1alpha1.SnapshotSelectionKind},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "snapshots", UID: types.UID("snapshots-of-" + namespace)},
		Spec: v1alpha1.SnapshotSelectionSpec{ManagedResourceSpec: xpv2.ManagedResourceSpec{
			ProviderConfigReference: &xpv2.ProviderConfigReference{Kind: kind, Name: "default"},
		}},
	}
}

// calls returns what was called, by whom, in order.
func (w *world) calls() []string {
	calls := w.aws.Calls(emulator.Scope{})
	out := make([]string, 0, len(calls))

	for _, c := range calls {
		out = append(out, strings.TrimSpace(c.Region+" "+c.Service+":"+c.Action+" "+c.Principal))
	}

	return out
}

// connect returns a Client that must be had.
func (w *world) connect(mg *v1alpha1.SnapshotSelection, region string, avoid ...string) *Client {
	w.t.Helper()

	cl, err := w.connector.Connect(w.t.Context(), mg, region, avoid...)
	if err != nil {
		w.t.Fatalf("Connect(...): %v", err)
	}

	return cl
}

// describe calls RDS.
func (w *world) describe(cl *Client) error {
	_, err := cl.RDS().DescribeDBSnapshots(w.t.Context(), &rds.DescribeDBSnapshotsInput{})

	return err
}
