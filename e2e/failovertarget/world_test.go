package failovertarget

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/e2e/aws"
	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/internal/emulator"
)

const (
	east   = "us-east-1"
	west   = "us-west-2"
	ohio   = "us-east-2"
	canada = "ca-central-1"

	// table of the record, and the key of its item.
	table, key = "crossdr", "dr/payments"

	// namespace and name of the target.
	namespace, name = "dr", "payments"
)

// A world is an AWS, and the control planes that call it.
type world struct {
	*aws.AWS

	t *testing.T
}

// newWorld returns an AWS in which a copy of a database's snapshot is in
// us-west-2 and in us-east-2, with data of twelve minutes ago.
func newWorld(t *testing.T) *world {
	t.Helper()

	w := &world{t: t, AWS: aws.Start()}
	t.Cleanup(w.Stop)

	for _, region := range []string{west, ohio} {
		w.keep(region, "payments-db-1", 12*time.Minute)
	}

	w.Region(canada).AddTable(emulator.Table{Name: table})

	return w
}

// keep a snapshot of the database in a region, with data of a while ago.
func (w *world) keep(region, id string, age time.Duration) {
	at := time.Now().Add(-age) //nolint:forbidigo // The provider lives by it.

	w.Region(region).AddDBSnapshot(emulator.DBSnapshot{
		Identifier: id, InstanceIdentifier: "payments-db", ResourceID: "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		DatabaseTime: at, OriginalCreateTime: at, SourceRegion: east, SourceARN: "arn:aws:rds:us-east-1:" + aws.AccountID + ":snapshot:" + id,
	})
}

// epoch of the record, empty if there is none.
func (w *world) epoch() string { return fmt.Sprint(w.Region(canada).Item(table, key)["epoch"]["N"]) }

// A plane is a control plane, with a provider that may come and go.
type plane struct {
	*world
	*controlplane.ControlPlane

	kube    client.WithWatch
	program *controlplane.Program
}

// plane returns one of the control planes, with nothing in it. Its provider asks
// for no region twice, unless it is told to look.
func (w *world) plane(n int) *plane {
	w.t.Helper()

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			w.t.Fatal(err)
		}
	}

	kube, err := client.NewWithWatch(apis[n].Config(), client.Options{Scheme: scheme})
	if err != nil {
		w.t.Fatal(err)
	}

	p := &plane{world: w, ControlPlane: apis[n], kube: kube}

	dr := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if err := client.IgnoreAlreadyExists(kube.Create(w.t.Context(), dr)); err != nil {
		w.t.Fatal(err)
	}

	if err := p.Apply(w.t.Context(), w.Access(namespace)...); err != nil {
		w.t.Fatal(err)
	}

	p.run()
	w.t.Cleanup(p.clear)

	return p
}

// run the provider.
func (p *plane) run() {
	p.t.Helper()

	ctx, cancel := context.WithTimeout(p.t.Context(), limit)
	defer cancel()

	var err error
	if p.program, err = p.RunUninstalled(ctx, "provider", provider, "--poll=1h"); err != nil {
		p.t.Fatal(err)
	}
}

// clear the control plane for the next test.
func (p *plane) clear() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), limit)
	defer cancel()

	const all = "kubectl delete failovertargets,snapshotselections --all --all-namespaces --wait=false"
	if _, err := p.Shell(ctx, all); err != nil {
		p.t.Error(err)
	}

	err := p.Await(ctx, func(ctx context.Context) error {
		targets, selections := &v1alpha1.FailoverTargetList{}, &v1alpha1.SnapshotSelectionList{}
		if err := errors.Join(p.kube.List(ctx, targets), p.kube.List(ctx, selections)); err != nil {
			return err
		}

		if n := len(targets.Items) + len(selections.Items); n > 0 {
			return fmt.Errorf("%d objects are still there", n)
		}

		return nil
	})
	if err != nil {
		p.t.Error(err)
	}

	p.program.Stop()
}

// apply YAML as kubectl does.
func (p *plane) apply(text string) {
	p.t.Helper()

	if err := p.tryApply(text); err != nil {
		p.t.Fatal(err)
	}
}

func (p *plane) tryApply(text string) error {
	_, err := p.Shell(p.t.Context(), "kubectl apply -f - <<'END'\n"+text+"\nEND")

	return err
}

// target returns the YAML of the target that most tests have. What is given goes
// into forProvider.
func target(forProvider ...string) string {
	return manifest("FailoverTarget", name, append([]string{"regions: [{name: us-east-1}, {name: us-west-2}]"}, forProvider...)...)
}

// recorded keeps the decision in a table.
const recorded = "record: {dynamoDB: {tableName: crossdr, regions: [ca-central-1]}}"

// selection returns the YAML of a SnapshotSelection that measures what a region
// would lose.
func selection(region string) string {
	return manifest("SnapshotSelection", "db-"+region,
		"region: "+region,
		"source: {kind: DBInstance, identifier: payments-db, resourceId: db-ABCDEFGHIJKLMNOPQRSTUVWXYZ}",
		"failoverTargetRef: {name: payments}")
}

func manifest(kind, called string, forProvider ...string) string {
	head := "apiVersion: aws.m.crossdr.io/v1alpha1\nkind: " + kind + "\nmetadata: {namespace: dr, name: " + called + "}\nspec:\n  forProvider:\n    "

	return head + strings.Join(forProvider, "\n    ")
}

// patch the activation, as a person does.
func (p *plane) patch(activation string) {
	p.t.Helper()

	body, err := yaml.YAMLToJSON([]byte("spec: {forProvider: {activation: " + activation + "}}"))
	if err != nil {
		p.t.Fatal(err)
	}

	p.shell("kubectl -n dr patch failovertarget payments --type=merge -p '" + string(body) + "'")
}

// shell runs a command as it is printed somewhere.
func (p *plane) shell(command string) string {
	p.t.Helper()

	out, err := p.Shell(p.t.Context(), command)
	if err != nil {
		p.t.Fatal(err)
	}

	return out
}

// look has the provider look at the target again, which it else does once an hour.
func (p *plane) look() {
	p.t.Helper()
	p.shell("kubectl -n dr annotate failovertarget payments --overwrite look=" + fmt.Sprint(time.Now().UnixNano())) //nolint:forbidigo // A value that was not there before.
}

func (p *plane) get() *v1alpha1.FailoverTarget {
	p.t.Helper()

	out := &v1alpha1.FailoverTarget{}
	if err := p.kube.Get(p.t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, out); err != nil && !kerrors.IsNotFound(err) {
		p.t.Fatal(err)
	}

	return out
}

// A stand is where a control plane stands.
type stand struct {
	Active  string
	Epoch   int64
	Holder  bool
	Decided xpv2.ConditionReason
}

func standOf(mg *v1alpha1.FailoverTarget) stand {
	at := &mg.Status.AtProvider

	return stand{at.ActiveRegion, at.Epoch, at.Holder, mg.GetCondition(v1alpha1.TypeDecided).Reason}
}

// settles waits until the target stands so, and its status answers its spec.
func (p *plane) settles(reason string, want stand) *v1alpha1.FailoverTarget {
	p.t.Helper()

	var got *v1alpha1.FailoverTarget

	p.await(reason, func() error {
		got = p.get()
		if diff := cmp.Diff(want, standOf(got)); diff != "" {
			return fmt.Errorf("-want, +got:\n%s\n%s", diff, got.GetCondition(v1alpha1.TypeDecided).Message)
		}

		if !answers(got) {
			return errors.New("its status does not answer its spec")
		}

		return nil
	})

	return got
}

// measured waits until the SnapshotSelection of a region has selected.
func (p *plane) measured(region string) {
	p.t.Helper()

	p.await("A SnapshotSelection selects.", func() error {
		s := &v1alpha1.SnapshotSelection{}
		if err := p.kube.Get(p.t.Context(), client.ObjectKey{Namespace: namespace, Name: "db-" + region}, s); err != nil {
			return err
		}

		if s.Status.AtProvider.Selected == nil {
			return fmt.Errorf("nothing is selected: %v", s.Status.Conditions)
		}

		return nil
	})
}

func (p *plane) await(reason string, holds func() error) {
	p.t.Helper()

	ctx, cancel := context.WithTimeout(p.t.Context(), limit)
	defer cancel()

	if err := p.Await(ctx, func(context.Context) error { return holds() }); err != nil {
		p.t.Fatalf("%s\n%v", reason, err)
	}
}

// answers returns whether all that the status says is of the spec that is there.
func answers(mg *v1alpha1.FailoverTarget) bool {
	for _, c := range mg.Status.Conditions {
		if c.ObservedGeneration != mg.Generation {
			return false
		}
	}

	return len(mg.Status.Conditions) > 0
}

// versions of the target, from now on.
func (p *plane) versions() <-chan *v1alpha1.FailoverTarget {
	p.t.Helper()

	list := &v1alpha1.FailoverTargetList{}
	if err := p.kube.List(p.t.Context(), list, client.InNamespace(namespace)); err != nil {
		p.t.Fatal(err)
	}

	watch, err := p.kube.Watch(p.t.Context(), &v1alpha1.FailoverTargetList{}, client.InNamespace(namespace),
		&client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: list.ResourceVersion}})
	if err != nil {
		p.t.Fatal(err)
	}

	p.t.Cleanup(watch.Stop)

	out := make(chan *v1alpha1.FailoverTarget)

	go func() {
		defer close(out)

		for e := range watch.ResultChan() {
			mg, ok := e.Object.(*v1alpha1.FailoverTarget)
			if !ok {
				return
			}

			select {
			case out <- mg:
			case <-p.t.Context().Done():
				return
			}
		}
	}()

	return out
}

// firstAnswer returns the first version of the target whose status answers a
// generation of its spec: what one reconcile has made of it.
func (p *plane) firstAnswer(versions <-chan *v1alpha1.FailoverTarget, generation int64) *v1alpha1.FailoverTarget {
	p.t.Helper()

	timeout := time.After(limit)

	for {
		select {
		case mg, open := <-versions:
			switch {
			case !open:
				p.t.Fatal("the watch has ended")
			case mg.Generation == generation && answers(mg):
				return mg
			}
		case <-timeout:
			p.t.Fatalf("the status never answered generation %d", generation)
		}
	}
}

// A memory is what the annotation says.
type memory struct {
	Region string `json:"region"`
	Epoch  int64  `json:"epoch"`
	Nonce  string `json:"nonce"`
}

func remembered(mg *v1alpha1.FailoverTarget) memory {
	var m memory

	// One that can't be read says nothing.
	_ = json.Unmarshal([]byte(mg.Annotations[v1alpha1.AnnotationDecision]), &m)

	return m
}
