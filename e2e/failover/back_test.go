package failover

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/internal/emulator"
)

// regain: us-east-1 returns.
func (s *story) regain(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("us-east-1 returns")

	stop := s.follow(ctx, followed()...)
	defer stop()

	before := s.uids(ctx, t)

	s.world.Brighten(east)
	s.timeline.Sayf("%s answers again", east)

	s.wait(ctx, t, "failovertarget/payments", "-n", "dr", "--for=jsonpath={.status.atProvider.reachableRegions}=us-east-1, us-west-2")
	s.timeline.Sayf("the FailoverTarget says that both regions are reachable")

	shop, ledger := applications()[3], applications()[2]
	s.wait(ctx, t, shop.resource, `--for=jsonpath={.status.recovery.copies[?(@.key=="db")].fenceVerified}=true`)
	s.wait(ctx, t, "managed", "-n", "team-a", "-l", "crossdr.io/region="+east, "--for=condition=Synced")
	s.timeline.Sayf("what is left of each application in %s is only observed, and in step", east)

	s.wait(ctx, t, ledger.resource, "-n", ledger.namespace, `--for=jsonpath={.status.recovery.copies[?(@.key=="db-us-east-1-e2")].ready}=true`)
	s.timeline.Sayf("ledger has a new replica in %s", east)
	stop()

	for _, a := range applications() {
		if region := s.get(ctx, t, a, "{.status.recovery.activeRegion}"); region != west {
			t.Errorf("\nThe return of a region moves nothing.\n%s is served from %s.", a.name, region)
		}

		db := s.instance(ctx, t, east, s.databases[a.name])
		if *db.DBInstanceStatus != "available" {
			t.Errorf("\nThe old database of %s is what it was.\nIt is %s.", a.name, *db.DBInstanceStatus)
		}

		if a.name == "shop" && (len(db.VpcSecurityGroups) != 1 || *db.VpcSecurityGroups[0].VpcSecurityGroupId != s.denied) {
			t.Errorf("\nThe old database of shop is shut.\nwant the security group %s, got %v", s.denied, db.VpcSecurityGroups)
		}
	}

	after := s.uids(ctx, t)
	for name, uid := range before {
		if after[name] != uid {
			t.Errorf("\nWhat was there is there.\n%s is gone or another one.", name)
		}
	}

	// One database is shut, and one replica is made.
	if diff := cmp.Diff([]string{"CreateDBInstanceReadReplica", "ModifyDBInstance"}, s.changes()); diff != "" {
		t.Errorf("\nNothing else is changed in the region that returned.\n-want +got:\n%s", diff)
	}

	s.keeps(t)
	s.show(ctx, t)
}

// failBack: home again, with the data of us-west-2.
func (s *story) failBack(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("Failback")

	stop := s.follow(ctx, followed()...)
	defer stop()

	s.copySnapshots(ctx, t, west, east, "1200")
	s.deadData(ctx, t)
	s.selects(ctx, t)

	for _, a := range applications() {
		s.wait(ctx, t, a.resource, "-n", a.namespace, "--for=condition=Protected")
	}

	s.timeline.Sayf("all four applications are Protected by %s", east)
	s.activate(ctx, t, east, 3)
	s.serves(ctx, t, east, 3)
	stop()

	for _, a := range applications() {
		s.recovered(ctx, t, a, map[bool]string{false: "db-us-east-1-e3", true: "db-us-east-1-e2"}[a.pilotLight], east)

		if *s.instance(ctx, t, east, s.databases[a.name]).DBInstanceStatus != "available" {
			t.Errorf("\nThe first database of %s is still there, and fenced.", a.name)
		}
	}

	s.restored(ctx, t, 3, "db-us-east-1-e3")
	s.keeps(t)
	s.show(ctx, t)
}

// deadData adds a snapshot of the fenced database of payments, newer than all
// others: it still takes them, of data that nobody wants.
func (s *story) deadData(ctx context.Context, t *testing.T) {
	t.Helper()

	name := *s.instance(ctx, t, east, s.databases["payments"]).DBInstanceIdentifier
	at := time.Now().Add(time.Minute) //nolint:forbidigo // The programs under test live by it.

	s.world.AWS.Region(east).AddDBSnapshot(emulator.DBSnapshot{
		Identifier: "rds:" + name + "-2026-11-29-12-00", Type: "automated", InstanceIdentifier: name, ResourceID: s.databases["payments"],
		DatabaseTime: at, CreateTime: at,
	})
	s.timeline.Sayf("the fenced database of payments has taken an automated snapshot, newer than all others")
}

// uids returns the UIDs of all managed resources, by name.
func (s *story) uids(ctx context.Context, t *testing.T) map[string]string {
	t.Helper()

	out := map[string]string{}
	for line := range lines(s.kubectl(ctx, t, "get", "managed", "-n", "team-a", "-l", "crossdr.io/component",
		"-o", `jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid}{"\n"}{end}`)) {
		out[line[0]] = line[1]
	}

	return out
}

// keeps tests that nothing was ever deleted.
func (s *story) keeps(t *testing.T) {
	t.Helper()

	if diff := cmp.Diff([]string(nil), s.deletions()); diff != "" {
		t.Errorf("\nNothing is deleted, whatever happens.\n-want +got:\n%s", diff)
	}
}
