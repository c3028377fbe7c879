package failover

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/world"
	"github.com/crossdr/crossdr/internal/emulator"
)

const (
	east = "us-east-1"
	west = "us-west-2"
)

// A story is what is played on a control plane, and what has happened so far.
type story struct {
	*world.Plane

	world *world.World
	// lost is the control plane that was there before.
	lost *world.Plane

	timeline  *world.Timeline
	workloads *world.Workloads

	// shared is the record of the decision; none if it is kept in the FailoverTarget.
	shared map[string]any

	// git has the applications as they are in Git.
	git map[string]*unstructured.Unstructured

	// databases are the external names of the databases at home, by application.
	databases map[string]string

	// snapshots are those that must be restored from, by application.
	snapshots map[string]string

	// denied is the security group that shuts databases in us-east-1.
	denied string

	// since is when a control plane was lost, or came back.
	since moment

	// calls and stored are how many calls there were to us-east-1, and to the
	// store, before it was lost.
	calls, stored int
}

// An application is an XR or a claim.
type application struct {
	name, namespace string

	// resource as kubectl takes it.
	resource string

	// secret with the connection; none if the Composition makes none.
	secret string

	// pilotLight says that a replica stands by.
	pilotLight bool
}

// applications that the story is about.
func applications() []application {
	return []application{
		{name: "payments", namespace: "team-a", resource: "postgresqlinstances.database.crossdr.io/payments", secret: "payments-connection"},
		{name: "orders", namespace: "team-a", resource: "postgresqlclaims.database.example.org/orders", secret: "orders-connection"},
		{name: "ledger", namespace: "team-a", resource: "postgresqlinstances.database.crossdr.io/ledger", secret: "ledger-connection", pilotLight: true},
		{name: "shop", namespace: "team-a", resource: "shops.example.org/shop"},
	}
}

// kubectl runs kubectl, and returns what it printed.
func (s *story) kubectl(ctx context.Context, t *testing.T, args ...string) string {
	t.Helper()

	out, err := s.Kubectl(ctx, args...)
	if err != nil {
		s.explain(ctx)
		t.Fatal(err)
	}

	return strings.TrimSpace(out)
}

// wait waits until something is as kubectl is told to wait for.
func (s *story) wait(ctx context.Context, t *testing.T, args ...string) {
	t.Helper()
	s.kubectl(ctx, t, append([]string{"wait", "--timeout=" + patience.String()}, args...)...)
}

// explain prints what a person would look at when something did not happen.
func (s *story) explain(ctx context.Context) {
	const conditions = `{range .items[*]}{.kind} {.metadata.name}: epoch {.status.recovery.epoch}, waiting {.status.recovery.waitingFor}{"\n"}` +
		`{range .status.conditions[*]}  {.type} {.status} {.reason}: {.message}{"\n"}{end}{end}`

	for _, args := range [][]string{
		{"get", "postgresqlinstances.database.crossdr.io,xpostgresqlinstances,shops,instances.rds.aws.m.upbound.io", "-A", "-o", "jsonpath=" + conditions},
		{"get", "managed", "-A"},
	} {
		out, err := s.Kubectl(ctx, args...)
		s.timeline.Sayf("kubectl %s\n%s%v", strings.Join(args[:3], " "), out, err)
	}
}

// get returns what kubectl gets of an application.
func (s *story) get(ctx context.Context, t *testing.T, a application, path string) string {
	t.Helper()

	return s.kubectl(ctx, t, "get", a.resource, "-n", a.namespace, "-o", "jsonpath="+path)
}

// apply applies objects.
func (s *story) apply(ctx context.Context, t *testing.T, objects ...*unstructured.Unstructured) {
	t.Helper()

	if err := s.Apply(ctx, objects...); err != nil {
		t.Fatal(err)
	}
}

// read reads the objects of a file of the repository, as a user writes them.
func read(t *testing.T, file string) []*unstructured.Unstructured {
	t.Helper()

	root, err := controlplane.Repository()
	if err != nil {
		t.Fatal(err)
	}

	objects, err := controlplane.Read(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}

	for _, o := range objects {
		delete(o.Object, "status")
	}

	return objects
}

// managed returns the managed resource of a copy.
func (s *story) managed(ctx context.Context, t *testing.T, a application, kind, key string) *unstructured.Unstructured {
	t.Helper()

	list := &unstructured.UnstructuredList{}
	raw := s.kubectl(ctx, t, "get", kind, "-n", a.namespace, "-o", "json")

	if err := json.Unmarshal([]byte(raw), list); err != nil {
		t.Fatal(err)
	}

	for i := range list.Items {
		u := &list.Items[i]
		if u.GetAnnotations()["crossplane.io/composition-resource-name"] == key && strings.HasPrefix(u.GetName(), a.name+"-") {
			return u
		}
	}

	t.Fatalf("%s has no %s %s", a.name, kind, key)

	return nil
}

// instance of RDS that a copy stands for.
func (s *story) instance(ctx context.Context, t *testing.T, region, resourceID string) *types.DBInstance {
	t.Helper()

	all, err := s.world.Databases(ctx, region)
	if err != nil {
		t.Fatal(err)
	}

	for i := range all {
		if *all[i].DbiResourceId == resourceID {
			return &all[i]
		}
	}

	t.Fatalf("There is no database %s in %s.", resourceID, region)

	return nil
}

// leads tests that what an application connects with leads to a copy of its
// database: the Secret whose name never changes, and the name in DNS.
func (s *story) leads(ctx context.Context, t *testing.T, a application, key, region string) {
	t.Helper()

	name := s.get(ctx, t, a, fmt.Sprintf(`{.status.recovery.copies[?(@.key==%q)].externalName}`, key))
	address := *s.instance(ctx, t, region, name).Endpoint.Address

	if a.secret == "" {
		return
	}

	if got := s.kubectl(ctx, t, "get", "secret", a.secret, "-n", a.namespace, "-o", `go-template={{.data.endpoint | base64decode}}`); got != address+":5432" {
		t.Errorf("\nThe connection of %s leads to its database in %s.\nwant %s:5432, got %s", a.name, region, address, got)
	}

	record := s.managed(ctx, t, a, "records.route53.aws.m.upbound.io", "dns").GetAnnotations()["crossplane.io/external-name"]

	// It is changed by the render that says that all serves, and on AWS after that.
	err := s.soon(ctx, func(context.Context) error {
		at, ok := s.world.Store.Lookup("route53/Record", "", record)
		if got := fmt.Sprint(at["records"]); !ok || got != "["+address+"]" {
			return fmt.Errorf("want [%s], got %s", address, got)
		}

		return nil
	})
	if err != nil {
		t.Errorf("\nThe name of %s leads to its database in %s.\n%v", a.name, region, err)
	}
}

// copySnapshots has AWS Backup copy snapshots of all databases, which are then
// those that must be restored from.
func (s *story) copySnapshots(ctx context.Context, t *testing.T, from, to, job string) {
	t.Helper()

	copies, err := s.world.Backup(ctx, from, to, job)
	if err != nil {
		t.Fatal(err)
	}

	s.snapshots = map[string]string{}

	for _, a := range applications() {
		for name, snapshot := range copies {
			if strings.HasPrefix(name, a.name+"-") {
				s.snapshots[a.name] = snapshot
			}
		}
	}

	s.timeline.Sayf("AWS Backup copied a snapshot of each database from %s to %s", from, to)
}

// selects waits until the provider has found the snapshots that must be restored
// from: it looks at AWS now and then.
func (s *story) selects(ctx context.Context, t *testing.T) {
	t.Helper()

	err := s.soon(ctx, func(ctx context.Context) error {
		out, err := s.Kubectl(ctx, "get", "snapshotselections", "-n", "team-a", "-o", "jsonpath={.items[*].status.atProvider.selected.id}")
		selected := strings.Fields(out)

		for _, a := range applications() {
			if !a.pilotLight && !slices.Contains(selected, s.snapshots[a.name]) {
				return errors.Join(err, fmt.Errorf("%s of %s is not selected, but %v are", s.snapshots[a.name], a.name, selected))
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	s.timeline.Sayf("the provider has found the newest snapshots")
}

// decoy adds a snapshot of a database that once had the name of payments', newer
// than all others.
func (s *story) decoy(ctx context.Context, t *testing.T) {
	t.Helper()

	name := *s.instance(ctx, t, east, s.databases["payments"]).DBInstanceIdentifier

	s.world.AWS.Region(west).AddDBSnapshot(emulator.DBSnapshot{
		Identifier: name + "-decoy", InstanceIdentifier: name, ResourceID: "db-ANOTHERDATABASEOFTHATNAME0",
		DatabaseTime: time.Now().Add(time.Minute), CreateTime: time.Now().Add(time.Minute), //nolint:forbidigo // The programs under test live by it.
	})
	s.timeline.Sayf("somebody's old copy of another database called %s lies there, too", name)
}

// deletions returns the calls that deleted anything, ever.
func (s *story) deletions() []string {
	var out []string

	for _, c := range s.world.AWS.Calls(emulator.Scope{}) {
		if strings.HasPrefix(c.Action, "Delete") {
			out = append(out, c.Region+" "+c.Action)
		}
	}

	for _, c := range s.world.Store.Calls() {
		if c.Action == "Delete" {
			out = append(out, c.Region+" Delete "+c.Kind+" "+c.ID)
		}
	}

	slices.Sort(out)

	return out
}

// lines returns the words of each line.
func lines(text string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(text) {
			if words := strings.Fields(line); len(words) > 0 && !yield(words) {
				return
			}
		}
	}
}

// text returns a field of an object.
func text(u *unstructured.Unstructured, path ...string) string {
	s, _, _ := unstructured.NestedString(u.Object, path...)

	return s
}

// followed are the XRs that the story tells of.
func followed() []*unstructured.Unstructured {
	return []*unstructured.Unstructured{
		world.Object("database.crossdr.io/v1alpha1", "PostgreSQLInstance", "team-a", "payments"),
		world.Object("database.crossdr.io/v1alpha1", "PostgreSQLInstance", "team-a", "ledger"),
		world.Object("example.org/v1alpha1", "Shop", "", "shop"),
	}
}
