package snapshotselection

import (
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	xpfake "github.com/crossplane/crossplane-runtime/v2/pkg/resource/fake"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/awsclient"
	"github.com/crossdr/crossdr/provider/internal/inventory"
)

const (
	account = "111122223333"
	east    = "us-east-1"
	west    = "us-west-2"

	poll = time.Minute
)

// noon is when every test begins.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// ago is a time before noon.
func ago(d time.Duration) time.Time { return noon.Add(-d) }

// A world is an emulated AWS, an API server, and the real reconciler between
// them.
type world struct {
	t      *testing.T
	aws    *emulator.Emulator
	clock  *emulator.Clock
	server *httptest.Server
	kube   client.Client
	events *recorder

	// limit of an attempt.
	limit time.Duration

	inventory  *inventory.Inventory
	reconciler reconcile.Reconciler
}

// newWorld returns a world that gives dark regions up soon.
func newWorld(t *testing.T) *world {
	t.Helper()

	return newWorldWith(t, 500*time.Millisecond)
}

func newWorldWith(t *testing.T, limit time.Duration) *world {
	t.Helper()

	clock := emulator.NewClock(noon)
	w := &world{t: t, clock: clock, aws: emulator.New(clock.Now), events: &recorder{}, limit: limit}
	w.aws.Account(account).AddAccessKey("AKIATEST", "secret")
	w.server = httptest.NewServer(w.aws)

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}

	w.kube = fake.NewClientBuilder().WithScheme(scheme).
		WithStatusSubresource(&v1alpha1.SnapshotSelection{}).WithObjects(w.providerConfig(), secret()).Build()
	w.restart()

	t.Cleanup(func() {
		w.inventory.Wait()
		w.server.Close()
	})

	return w
}

// restart the provider: all that it does not keep in the API server is gone.
func (w *world) restart() {
	mgr := &xpfake.Manager{Client: w.kube, Scheme: w.kube.Scheme()}
	o := controller.Options{Logger: logging.NewNopLogger(), PollInterval: poll, Features: &feature.Flags{}}
	o.Features.Enable(feature.EnableBetaManagementPolicies)

	timeouts := awsclient.Timeouts{Connect: time.Second, Attempt: w.limit, Call: time.Minute, STS: time.Second}
	w.inventory = inventory.New(poll, w.clock.Now)
	w.reconciler = newReconciler(mgr, o, "test", awsclient.NewBackoff(mgr, v1alpha1.SnapshotSelectionGroupVersionKind), &connector{
		connect:   by(awsclient.NewConnector(w.kube, w.kube, awsclient.WithTimeouts(timeouts))),
		inventory: w.inventory,
		record:    w.events,
		now:       w.clock.Now,
	})
}

func (w *world) providerConfig() *v1alpha1.ClusterProviderConfig {
	return &v1alpha1.ClusterProviderConfig{
		ObjectMeta: metav1.ObjectMeta{Name: "default", UID: "config", Generation: 1},
		Spec: v1alpha1.ProviderConfigSpec{
			Credentials: v1alpha1.ProviderCredentials{
				Source:    v1alpha1.CredentialsSecret,
				SecretRef: &v1alpha1.SecretKeySelector{Namespace: "crossplane-system", Name: "aws", Key: "creds"},
			},
			Endpoint: &v1alpha1.EndpointConfig{URL: v1alpha1.URLConfig{Type: v1alpha1.URLStatic, Static: aws.String(w.server.URL)}},
		},
	}
}

func secret() *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "crossplane-system", Name: "aws", UID: "secret"},
		Data:       map[string][]byte{"creds": []byte("[default]\naws_access_key_id = AKIATEST\naws_secret_access_key = secret\n")},
	}
}

func (w *world) in(region string) *emulator.Region { return w.aws.Account(account).Region(region) }

// rds of a region, for what people and their tools do there.
func (w *world) rds(region string) *rds.Client {
	return rds.NewFromConfig(aws.Config{
		Region: region, BaseEndpoint: aws.String(w.server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("AKIATEST", "secret", ""), RetryMaxAttempts: 1,
		HTTPClient: emulator.Client(),
	})
}

// selection returns the SnapshotSelection of most tests.
func selection(with ...func(*v1alpha1.SnapshotSelection)) *v1alpha1.SnapshotSelection {
	s := &v1alpha1.SnapshotSelection{
		ObjectMeta: metav1.ObjectMeta{Namespace: "team-a", Name: "payments", UID: "selection", Generation: 1},
		Spec: v1alpha1.SnapshotSelectionSpec{
			ManagedResourceSpec: xpv2.ManagedResourceSpec{
				ProviderConfigReference: &xpv2.ProviderConfigReference{Kind: v1alpha1.ClusterProviderConfigKind, Name: "default"},
				ManagementPolicies:      xpv2.ManagementPolicies{xpv2.ManagementActionAll},
			},
			ForProvider: v1alpha1.SnapshotSelectionParameters{
				Region: west,
				Source: v1alpha1.SnapshotSource{Kind: v1alpha1.SourceDBInstance, Identifier: "payments-db", ResourceID: "db-ABC"},
				MaxAge: &metav1.Duration{Duration: 24 * time.Hour},
			},
		},
	}
	for _, f := range with {
		f(s)
	}

	return s
}

// apply an object, and its spec only if it is there.
func (w *world) apply(o client.Object) {
	w.t.Helper()

	if err := w.kube.Create(w.t.Context(), o); err != nil {
		w.t.Fatal(err)
	}
}

// reconcile the selection once, and return what has become of it.
func (w *world) reconcile() *v1alpha1.SnapshotSelection {
	w.t.Helper()

	// That something failed is in the status; what is returned is for the queue.
	_, _ = w.reconciler.Reconcile(w.t.Context(), reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "team-a", Name: "payments"}})

	return w.get()
}

// poll again, when nothing that the provider keeps is fresh.
func (w *world) poll() *v1alpha1.SnapshotSelection {
	w.t.Helper()
	w.clock.Advance(poll)

	return w.reconcile()
}

// settle polls until AWS has answered: attempts take longer than a worker waits.
func (w *world) settle() *v1alpha1.SnapshotSelection {
	w.t.Helper()
	w.poll()
	w.inventory.Wait()

	return w.reconcile()
}

func (w *world) get() *v1alpha1.SnapshotSelection {
	w.t.Helper()

	out := &v1alpha1.SnapshotSelection{}
	if err := w.kube.Get(w.t.Context(), types.NamespacedName{Namespace: "team-a", Name: "payments"}, out); client.IgnoreNotFound(err) != nil {
		w.t.Fatal(err)
	}

	return out
}

// A recorder keeps events.
type recorder struct {
	mu     sync.Mutex
	events []event.Event
}

func (r *recorder) Event(_ runtime.Object, e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.events = append(r.events, e)
}

func (r *recorder) WithAnnotations(...string) event.Recorder { return r }

// take the messages of a reason, and forget all.
func (r *recorder) take(reason event.Reason) []string {
	r.mu.Lock()
	defer r.mu.Unlock()

	var out []string

	for _, e := range r.events {
		if e.Reason == reason {
			out = append(out, string(e.Type)+" "+e.Message)
		}
	}

	r.events = nil

	return out
}
