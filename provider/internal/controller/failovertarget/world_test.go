package failovertarget

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	xpfake "github.com/crossplane/crossplane-runtime/v2/pkg/resource/fake"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/provider/internal/awsclient"
	"github.com/crossdr/crossdr/provider/internal/record"
)

const (
	account = "111122223333"

	east = "us-east-1"
	west = "us-west-2"
	ohio = "us-east-2"

	poll = time.Minute

	// tableName and itemKey of the shared record.
	tableName, itemKey = "crossdr", "dr/payments"
)

// noon is when every test begins.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// A world is an emulated AWS, and the control planes that call it.
type world struct {
	t      *testing.T
	aws    *emulator.Emulator
	clock  *emulator.Clock
	server *httptest.Server
}

func newWorld(t *testing.T) *world {
	t.Helper()

	clock := emulator.NewClock(noon)
	w := &world{t: t, clock: clock, aws: emulator.New(clock.Now)}
	w.aws.Account(account).AddAccessKey("AKIATEST", "secret")
	w.aws.Account(account).AddRole(emulator.Role{Name: "crossdr", TrustedAccounts: []string{account}})
	w.server = httptest.NewServer(w.aws)
	t.Cleanup(w.server.Close)

	return w
}

func (w *world) in(region string) *emulator.Region { return w.aws.Account(account).Region(region) }

// dark is a region whose connections are cut.
func (w *world) dark(region string) *emulator.Injection {
	return w.aws.Inject(emulator.Scope{Region: region}, emulator.Reset())
}

// A plane is a control plane: an API server, and the real reconciler.
type plane struct {
	*world

	uid    types.UID
	kube   client.Client
	events *recorder

	// limit of a call with all its attempts.
	limit time.Duration

	// meanwhile is done just before the annotation is written.
	meanwhile func(client.Client)

	connector  *connector
	reconciler reconcile.Reconciler
	http       *http.Client

	// spent is how many effects there were, and budget how many there may be
	// until the provider crashes. No budget is no limit.
	mu     sync.Mutex
	spent  int
	budget int
	crash  crash
}

// plane returns a control plane without a FailoverTarget.
func (w *world) plane(uid types.UID) *plane {
	w.t.Helper()

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			w.t.Fatal(err)
		}
	}

	p := &plane{world: w, uid: uid, events: &recorder{}, limit: 30 * time.Second}
	p.http = p.countingClient()
	p.kube = fake.NewClientBuilder().WithScheme(scheme).
		WithStatusSubresource(&v1alpha1.FailoverTarget{}, &v1alpha1.SnapshotSelection{}).
		WithIndex(&v1alpha1.SnapshotSelection{}, indexTarget, index).
		WithObjects(w.providerConfig(), secret()).WithInterceptorFuncs(p.crashes()).Build()
	p.restart()
	w.t.Cleanup(p.wait)

	return p
}

// restart the provider: all that it does not keep elsewhere is gone.
func (p *plane) restart() {
	p.wait()

	mgr := &xpfake.Manager{Client: p.kube, Scheme: p.kube.Scheme()}
	o := controller.Options{Logger: logging.NewNopLogger(), PollInterval: poll, Features: &feature.Flags{}}
	o.Features.Enable(feature.EnableBetaManagementPolicies)

	nonces := 0
	timeouts := awsclient.Timeouts{Connect: time.Second, Call: p.limit, STS: time.Second}
	p.connector = &connector{
		kube: p.kube, tables: record.NewTables(p.clock.Now), events: p.events,
		gatherer: gatherer{
			kube:    p.kube,
			connect: p.connect(awsclient.NewConnector(p.kube, p.kube, awsclient.WithTimeouts(timeouts))),
			prober:  newProber(poll, p.clock.Now),
			now:     p.clock.Now,
			nonce: func() string {
				nonces++

				return fmt.Sprintf("%s-%s-%d", p.uid, p.clock.Now().Format("1504"), nonces)
			},
		},
	}
	// However busy the machine is, what answers is waited for.
	p.connector.prober.patience = time.Minute
	p.reconciler = newReconciler(mgr, o, "test", awsclient.NewBackoff(mgr, v1alpha1.FailoverTargetGroupVersionKind), p.connector)
}

// wait for the probes under way.
func (p *plane) wait() {
	if p.connector != nil {
		p.connector.prober.running.Wait()
	}
}

// connect as the provider does, with clients that also stand a server that is as
// near as a test's.
func (p *plane) connect(c *awsclient.Connector) connect {
	connect := by(c)

	return func(ctx context.Context, mg *v1alpha1.FailoverTarget, region string, avoid ...string) (clients, string, error) {
		cl, identity, err := connect(ctx, mg, region, avoid...)
		if err != nil {
			return nil, "", err
		}

		cfg := cl.(*awsclient.Client).Config.Copy()
		cfg.BaseEndpoint, cfg.HTTPClient = aws.String(p.server.URL), p.http
		// What fails is to fail at once: the SDK waits for a second and more before
		// it tries again.
		cfg.RetryMaxAttempts = 1

		return awsClients{cfg}, identity, nil
	}
}

type awsClients struct{ aws.Config }

func (c awsClients) DynamoDB() *dynamodb.Client { return dynamodb.NewFromConfig(c.Config) }
func (c awsClients) EC2() *ec2.Client           { return ec2.NewFromConfig(c.Config) }
func (c awsClients) RDS() *rds.Client           { return rds.NewFromConfig(c.Config) }

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

// target returns the FailoverTarget of most tests.
func (p *plane) target(with ...func(*v1alpha1.FailoverTarget)) *v1alpha1.FailoverTarget {
	out := &v1alpha1.FailoverTarget{
		ObjectMeta: metav1.ObjectMeta{Namespace: "dr", Name: "payments", UID: p.uid, Generation: 1},
		Spec: v1alpha1.FailoverTargetSpec{
			ManagedResourceSpec: xpv2.ManagedResourceSpec{
				ProviderConfigReference: &xpv2.ProviderConfigReference{Kind: v1alpha1.ClusterProviderConfigKind, Name: "default"},
				ManagementPolicies:      xpv2.ManagementPolicies{xpv2.ManagementActionAll},
			},
			ForProvider: v1alpha1.FailoverTargetParameters{Regions: []v1alpha1.TargetRegion{{Name: east}, {Name: west}}},
		},
	}
	for _, f := range with {
		f(out)
	}

	return out
}

// shared keeps the decision in a table.
func shared(regions ...string) func(*v1alpha1.FailoverTarget) {
	return func(t *v1alpha1.FailoverTarget) {
		t.Spec.ForProvider.Record = &v1alpha1.Record{DynamoDB: v1alpha1.DynamoDBRecord{TableName: tableName, Regions: regions}}
	}
}

// activating asks for a region, with consent to an hour's loss.
func activating(region string, epoch int64, with ...func(*v1alpha1.Activation)) func(*v1alpha1.FailoverTarget) {
	return func(t *v1alpha1.FailoverTarget) {
		a := &v1alpha1.Activation{Region: region, Epoch: epoch, MaxDataLoss: &metav1.Duration{Duration: time.Hour}, Reason: "INC-4711"}
		for _, f := range with {
			f(a)
		}

		t.Spec.ForProvider.Activation = a
	}
}

// selection says how old the data is that a region could restore.
func (p *plane) selection(name, region string, age time.Duration, with ...func(*v1alpha1.SnapshotSelection)) {
	p.t.Helper()

	s := &v1alpha1.SnapshotSelection{
		ObjectMeta: metav1.ObjectMeta{Namespace: "dr", Name: name, UID: types.UID(name), Generation: 1},
		Spec: v1alpha1.SnapshotSelectionSpec{ForProvider: v1alpha1.SnapshotSelectionParameters{
			Region: region, FailoverTargetRef: &v1alpha1.FailoverTargetReference{Name: "payments"},
		}},
		Status: v1alpha1.SnapshotSelectionStatus{AtProvider: v1alpha1.SnapshotSelectionObservation{
			Selected: &v1alpha1.SelectedSnapshot{ID: "s", DataTime: new(metav1.NewTime(p.clock.Now().Add(-age)))},
			Reason:   "the only candidate",
		}},
	}
	for _, f := range with {
		f(s)
	}

	p.apply(s)
}

// apply creates an object, with its status.
func (p *plane) apply(o client.Object) {
	p.t.Helper()

	if err := p.kube.Create(p.t.Context(), o); err != nil {
		p.t.Fatal(err)
	}
}

// edit the target as a person does. Each edit of a spec is a generation.
func (p *plane) edit(edits ...func(*v1alpha1.FailoverTarget)) {
	p.t.Helper()

	mg := p.get()
	for _, f := range edits {
		f(mg)
	}

	mg.Generation++

	if err := p.kube.Update(p.t.Context(), mg); err != nil {
		p.t.Fatal(err)
	}
}

// reconcile the target once, and return what has become of it.
func (p *plane) reconcile() *v1alpha1.FailoverTarget {
	p.t.Helper()
	p.try()

	return p.get()
}

// try to reconcile. What is wrong is in the status; what is returned is for the
// queue.
func (p *plane) try() {
	_, _ = p.reconciler.Reconcile(p.t.Context(), reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "dr", Name: "payments"}})
	p.wait()
}

// poll again, after a minute.
func (p *plane) poll() *v1alpha1.FailoverTarget {
	p.t.Helper()
	p.clock.Advance(poll)

	return p.reconcile()
}

// polls a few times.
func (p *plane) polls(n int) *v1alpha1.FailoverTarget {
	p.t.Helper()

	out := p.get()
	for range n {
		out = p.poll()
	}

	return out
}

func (p *plane) get() *v1alpha1.FailoverTarget {
	p.t.Helper()

	out := &v1alpha1.FailoverTarget{}
	if err := p.kube.Get(p.t.Context(), types.NamespacedName{Namespace: "dr", Name: "payments"}, out); err != nil && !kerrors.IsNotFound(err) && !errors.Is(err, errCrashed) {
		p.t.Fatal(err)
	}

	return out
}

// available is the condition Ready of a generation.
func available(generation int64) []xpv2.Condition {
	c := xpv2.Available()
	c.ObservedGeneration = generation

	return []xpv2.Condition{c}
}

func keyOf(o client.Object) types.NamespacedName { return client.ObjectKeyFromObject(o) }

// pass reconciles the target once, and returns when that is done: probes may be
// under way still.
func (p *plane) pass() {
	p.t.Helper()

	if _, err := p.reconciler.Reconcile(p.t.Context(), reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "dr", Name: "payments"}}); err != nil {
		p.t.Fatal(err)
	}
}

// probing returns whether a region is being asked, and whether that was waited
// for in vain.
func (p *plane) probing(region string) (underWay, inVain bool) {
	p.connector.prober.mu.Lock()
	defer p.connector.prober.mu.Unlock()

	e := p.connector.prober.entries[place{"default", region}]

	return e.flight != nil, e.slow
}

// until waits for a condition, for a minute at most.
func (w *world) until(what string, holds func() bool) {
	w.t.Helper()

	for limit := time.After(time.Minute); !holds(); {
		select {
		case <-limit:
			w.t.Fatal("want " + what)
		case <-time.After(time.Millisecond):
		}
	}
}
