package failover

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/e2e/world"
	"github.com/crossdr/crossdr/internal/emulator"
)

// lose: us-east-1 goes dark, and somebody decides.
func (s *story) lose(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("us-east-1 is lost")

	stop := s.follow(ctx, followed()...)
	defer stop()

	s.darken()
	s.activate(ctx, t, west, 2)
	s.serves(ctx, t, west, 2)
	stop()

	for _, a := range applications() {
		s.recovered(ctx, t, a, map[bool]string{false: "db-us-west-2-e2", true: "db-us-west-2"}[a.pilotLight], west)
	}

	s.restored(ctx, t, 2, "db-us-west-2-e2")
	s.show(ctx, t)

	if diff := cmp.Diff([]string(nil), s.changes()); diff != "" {
		t.Errorf("\nNothing is changed in the region that is lost.\n-want +got:\n%s", diff)
	}
}

// darken loses us-east-1.
func (s *story) darken() {
	s.world.Darken(east)
	s.calls = len(s.world.AWS.Calls(emulator.Scope{Region: east}))
	s.stored = len(s.world.Store.Calls())
	s.timeline.Sayf("%s does not answer any more", east)
}

// activate has a region made active, as a person does it.
func (s *story) activate(ctx context.Context, t *testing.T, region string, epoch int) {
	t.Helper()

	patch := fmt.Sprintf(`{"spec":{"forProvider":{"activation":{"region":%q,"epoch":%d,"accept":["TypeNotOffered"],"maxDataLoss":"30m","reason":"INC-4711"}}}}`,
		region, epoch)
	s.kubectl(ctx, t, "patch", "failovertarget", "payments", "-n", "dr", "--type=merge", "-p", patch)
	s.timeline.Sayf("$ kubectl patch failovertarget payments … activation: {region: %s, epoch: %d, maxDataLoss: 30m}", region, epoch)

	s.wait(ctx, t, "failovertarget/payments", "-n", "dr", fmt.Sprintf("--for=jsonpath={.status.atProvider.epoch}=%d", epoch))
	s.timeline.Sayf("recorded: %s", s.kubectl(ctx, t, "get", "failovertarget", "payments", "-n", "dr",
		"-o", "jsonpath={.status.atProvider.activeRegion} is active at epoch {.status.atProvider.epoch}, at most {.status.atProvider.decision.dataLoss} of data is lost"))
}

// serves waits until all applications are ready in a region.
func (s *story) serves(ctx context.Context, t *testing.T, region string, epoch int) {
	t.Helper()

	for _, a := range applications() {
		s.wait(ctx, t, a.resource, "-n", a.namespace, fmt.Sprintf("--for=jsonpath={.status.recovery.epoch}=%d", epoch))
	}

	s.timeline.Sayf("all four applications are rendered for %s", region)

	for _, a := range applications() {
		// For a moment Crossplane shows the old conditions with the new status.
		s.wait(ctx, t, a.resource, "-n", a.namespace,
			`--for=jsonpath={.status.conditions[?(@.type=="Serving")].message}=every copy is ready in `+region)
		s.wait(ctx, t, a.resource, "-n", a.namespace, "--for=condition=Ready")
		s.timeline.Sayf("%s is Ready in %s", a.name, s.get(ctx, t, a, "{.status.recovery.activeRegion}"))
	}

	for _, a := range applications() {
		s.wait(ctx, t, a.resource, "-n", a.namespace, "--for=jsonpath={.status.recovery.lastFailover.achievedRTO}")
		cost := s.get(ctx, t, a, "RTO {.status.recovery.lastFailover.achievedRTO}, RPO {.status.recovery.lastFailover.achievedRPO}")
		s.timeline.Sayf("%s: achieved %s", a.name, cost)

		if strings.HasPrefix(cost, "RTO 0s") {
			t.Errorf("\nNo failover takes no time.\n%s achieved %s", a.name, cost)
		}
	}
}

// recovered tests that an application serves with the right data, and leads
// there.
func (s *story) recovered(ctx context.Context, t *testing.T, a application, key, region string) {
	t.Helper()

	s.leads(ctx, t, a, key, region)

	db := s.managed(ctx, t, a, "instances.rds.aws.m.upbound.io", key)
	identifier := text(db, "spec", "forProvider", "identifier")

	if !a.pilotLight {
		if diff := cmp.Diff(s.snapshots[a.name], s.world.AWS.Region(region).RestoredFrom(identifier)); diff != "" {
			t.Errorf("\n%s has the newest data of its own database.\nrestored from: -want +got:\n%s", a.name, diff)
		}

		return
	}

	if diff := cmp.Diff("", s.world.AWS.Region(region).RestoredFrom(identifier)); diff != "" {
		t.Errorf("\nA replica is promoted, nothing is restored.\nrestored from: -want +got:\n%s", diff)
	}

	if source := s.instance(ctx, t, region, text(db, "status", "atProvider", "id")).ReadReplicaSourceDBInstanceIdentifier; source != nil {
		t.Errorf("\n%s is Ready when its replica is promoted.\nIt still replicates %s.", a.name, *source)
	}

	// The argument that promotes is taken away again: the provider can't be in
	// step with it.
	err := s.Await(ctx, func(ctx context.Context) error {
		u, err := s.Read(ctx, db.GetAPIVersion(), db.GetKind(), db.GetNamespace(), db.GetName())
		if err != nil {
			return err
		}

		arguments, _ := u.Object["spec"].(map[string]any)["forProvider"].(map[string]any)
		if source, ok := arguments["replicateSourceDb"]; ok {
			return fmt.Errorf("replicateSourceDb is still %q", source)
		}

		return nil
	})
	if err != nil {
		t.Errorf("\n%s: %v", a.name, err)
	}

	s.wait(ctx, t, "instances.rds.aws.m.upbound.io/"+db.GetName(), "-n", a.namespace, "--for=condition=Synced")
	s.timeline.Sayf("%s: %s was promoted, not restored, and is Synced", a.name, key)
}

// restored tests that the workloads of a shop came back once, after its
// database.
func (s *story) restored(ctx context.Context, t *testing.T, epoch int, key string) {
	t.Helper()

	shop := applications()[3]
	ready := conditionTime(s.managed(ctx, t, shop, "instances.rds.aws.m.upbound.io", key), "Ready")

	restores := &unstructured.UnstructuredList{}
	if err := json.Unmarshal([]byte(s.kubectl(ctx, t, "get", "restores.velero.io", "-n", "velero", "-o", "json")), restores); err != nil {
		t.Fatal(err)
	}

	var at []string

	for i := range restores.Items {
		if restores.Items[i].GetAnnotations()["crossplane.io/composition-resource-name"] == fmt.Sprintf("restore-e%d", epoch) {
			at = append(at, restores.Items[i].GetCreationTimestamp().UTC().Format(time.RFC3339))
		}
	}

	if len(at) != 1 || at[0] < ready {
		t.Errorf("\nWorkloads are restored once, after their database is ready, at %s.\nRestores were made at %v.", ready, at)
	}

	apps := s.kubectl(ctx, t, "get", "kustomizations", "-n", "flux-system", "-o",
		"jsonpath={.items[0].spec.suspend} {.items[0].spec.postBuild.substitute.region}")
	if want := " " + s.get(ctx, t, shop, "{.status.recovery.activeRegion}"); strings.TrimPrefix(apps, "false") != strings.TrimSpace(want) && apps != want {
		t.Errorf("\nFlux goes on, in the region that serves.\nwant %q, got %q", want, apps)
	}
}

// conditionTime returns when a condition changed last.
func conditionTime(u *unstructured.Unstructured, kind string) string {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")

	for _, each := range conditions {
		if c, _ := each.(map[string]any); c["type"] == kind {
			return fmt.Sprint(c["lastTransitionTime"])
		}
	}

	return ""
}

// show prints what a person sees.
func (s *story) show(ctx context.Context, t *testing.T) {
	t.Helper()

	for _, args := range [][]string{
		{"get", "failovertarget", "-n", "dr"},
		{"get", "postgresqlinstances.database.crossdr.io", "-n", "team-a"},
	} {
		s.timeline.Show(args, s.kubectl(ctx, t, args...))
	}
}

// changes returns the calls that changed anything in us-east-1 since it was lost,
// each once.
func (s *story) changes() []string {
	var out []string

	for _, c := range s.world.AWS.Calls(emulator.Scope{Region: east})[s.calls:] {
		if !reads(c.Action) && !world.ByOperator(c) {
			out = append(out, c.Action)
		}
	}

	for _, c := range s.world.Store.Calls()[s.stored:] {
		if c.Region == east {
			out = append(out, c.Action+" "+c.Kind)
		}
	}

	slices.Sort(out)

	return slices.Compact(out)
}

// reads says whether an action changes nothing.
func reads(action string) bool {
	return slices.ContainsFunc([]string{"Describe", "List", "Get"}, func(prefix string) bool { return strings.HasPrefix(action, prefix) })
}
