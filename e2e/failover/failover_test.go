package failover

import (
	"context"
	"os"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/world"
)

// TestFailover plays one story. Each part begins where the one before ended.
func TestFailover(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	s := begin(ctx, t, "failover")

	for _, part := range []struct {
		name string
		play func(context.Context, *testing.T)
	}{
		{"Home", s.home},
		{"Backup", s.backup},
		{"RegionLost", s.lose},
		{"RegionReturns", s.regain},
		{"Failback", s.failBack},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.play(ctx, t) }) {
			return
		}
	}
}

// begin starts a world with one control plane. Those of two tests have different
// names, so that the logs of both stay.
func begin(ctx context.Context, t *testing.T, name string) *story {
	t.Helper()

	w := worlds.New(ctx)
	t.Cleanup(w.Stop)

	p, err := w.Plane(ctx, name)
	if err != nil {
		t.Fatal(err)
	}

	s := &story{Plane: p, world: w, timeline: world.NewTimeline(os.Stdout), databases: map[string]string{}}
	s.furnish(ctx, t)

	return s
}

// furnish gives the control plane what a platform team has there before any
// application.
func (s *story) furnish(ctx context.Context, t *testing.T) {
	t.Helper()

	var err error
	if s.workloads, err = s.StartWorkloads(ctx); err != nil {
		t.Fatal(err)
	}

	t.Cleanup(s.workloads.Stop)

	s.apply(ctx, t, world.Object("v1", "Namespace", "", "team-a"), world.Object("v1", "Namespace", "", "dr"))
	s.apply(ctx, t, claimable(t)...)
	s.apply(ctx, t, shop(t)...)

	for _, is := range []struct{ name, condition string }{
		{"xpostgresqlinstances.database.example.org", "Established"},
		// Claims have a CRD of their own.
		{"xpostgresqlinstances.database.example.org", "Offered"},
		{"shops.example.org", "Established"},
	} {
		if err := s.AwaitCondition(ctx, world.Object("apiextensions.crossplane.io/v2", "CompositeResourceDefinition", "", is.name), is.condition); err != nil {
			t.Fatal(err)
		}
	}
}

// home: four applications run in us-east-1.
func (s *story) home(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("Home")
	s.apply(ctx, t, s.target(t))
	s.fences(ctx, t)

	s.git = map[string]*unstructured.Unstructured{
		"payments": read(t, "examples/postgresql/xr.yaml")[0], "orders": orders(t), "ledger": ledger(t), "shop": s.shop(ctx, t),
	}

	for _, a := range applications() {
		s.apply(ctx, t, s.git[a.name].DeepCopy())
	}

	s.timeline.Sayf("payments (an XR), orders (a claim), ledger (pilot light) and shop (with workloads) are applied")

	for _, a := range applications() {
		s.wait(ctx, t, a.resource, "-n", a.namespace, "--for=condition=Ready")
		s.timeline.Sayf("%s is Ready in %s", a.name, s.get(ctx, t, a, "{.status.recovery.activeRegion}"))
		s.databases[a.name] = s.get(ctx, t, a, `{.status.recovery.copies[?(@.key=="db")].externalName}`)
	}

	for _, a := range applications() {
		s.leads(ctx, t, a, "db", "us-east-1")
	}

	if restores := s.kubectl(ctx, t, "get", "restores.velero.io", "-n", "velero", "-o", "name"); restores != "" {
		t.Errorf("\nNothing is restored at home.\ngot %s", restores)
	}

	s.show(ctx, t)
}

// backup: AWS Backup copies a snapshot to us-west-2, and the replica follows.
func (s *story) backup(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("Backup")
	s.copySnapshots(ctx, t, "us-east-1", "us-west-2", "0900")
	s.decoy(ctx, t)
	s.copySnapshots(ctx, t, "us-east-1", "us-west-2", "1000")
	s.selects(ctx, t)

	for _, a := range applications() {
		s.wait(ctx, t, a.resource, "-n", a.namespace, "--for=condition=Protected")
		s.timeline.Sayf("%s is Protected", a.name)
	}
}
