package failover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/e2e/controlplane"
	"github.com/crossdr/crossdr/e2e/world"
	"github.com/crossdr/crossdr/internal/emulator"
)

// rebuild: the control plane is lost, too, and another one is made from Git.
func (s *story) rebuild(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("The control plane is lost, and another one is built from Git")

	listed := s.commit(ctx, t)
	s.workloads.Stop()
	s.Crash()
	s.timeline.Sayf("the control plane is gone, with all that it knew")

	s.lost, s.since = s.Plane, s.now()

	var err error
	if s.Plane, err = s.world.Plane(ctx, "second"); err != nil {
		t.Fatal(err)
	}

	s.furnish(ctx, t)
	s.timeline.Sayf("another one is there, with the same packages")

	stop := s.follow(ctx, followed()...)
	defer stop()

	s.join(ctx, t)
	s.takeOver(ctx, t)
	s.found(ctx, t, fmt.Sprint(listed["shop"]["db-us-west-2-e2"]))
	s.identify(ctx, t, listed)

	for _, a := range applications() {
		s.wait(ctx, t, a.resource, "-n", a.namespace,
			`--for=jsonpath={.status.conditions[?(@.type=="Serving")].message}=every copy is ready in us-west-2`)
		s.wait(ctx, t, a.resource, "-n", a.namespace, "--for=condition=Ready")
		s.timeline.Sayf("%s is Ready in %s", a.name, s.get(ctx, t, a, "{.status.recovery.activeRegion}"))
	}

	stop()

	for _, a := range applications() {
		s.leads(ctx, t, a, "db-us-west-2-e2", west)

		want := fmt.Sprint(listed[a.name][map[bool]string{false: "db-us-west-2-e2", true: "db-us-west-2"}[a.pilotLight]])
		if got := s.get(ctx, t, a, `{.status.recovery.copies[?(@.key=="db-us-west-2-e2")].externalName}`); got != want {
			t.Errorf("\nThe database of %s that took writes is taken over.\nwant %s, got %s", a.name, want, got)
		}
	}

	if diff := cmp.Diff([]string(nil), s.changesBy(s.Plane)); diff != "" {
		t.Errorf("\nAll that is there is taken over, and nothing is made or changed.\n-want +got:\n%s", diff)
	}

	s.keeps(t)
	s.show(ctx, t)
}

// commit writes what exists into Git, as docs/failing-over.md says. It returns
// all of it; not everybody commits all.
func (s *story) commit(ctx context.Context, t *testing.T) map[string]map[string]any {
	t.Helper()

	commands, err := controlplane.Commands("failing-over.md", "Afterwards")
	if err != nil {
		t.Fatal(err)
	}

	const one = "-n team-a get postgresqlinstance payments "
	if !strings.Contains(commands[0], one) {
		t.Fatalf("The page lists what exists of payments, with %q.", commands[0])
	}

	listed := map[string]map[string]any{}

	for _, a := range applications() {
		out, err := s.Shell(ctx, strings.Replace(commands[0], one, "-n "+a.namespace+" get "+a.resource+" ", 1))
		if err != nil {
			t.Fatal(err)
		}

		listed[a.name] = map[string]any{}

		for words := range lines(out) {
			listed[a.name][strings.TrimSuffix(words[0], ":")] = words[1]
		}
	}

	all := maps.Clone(listed["orders"])
	maps.DeleteFunc(all, func(key string, _ any) bool { return strings.HasPrefix(key, "db") })

	for name, adopt := range map[string]map[string]any{"payments": listed["payments"], "ledger": listed["ledger"], "orders": all} {
		set(t, s.git[name], adopt, "spec", "recovery", "adopt")
	}

	s.timeline.Sayf("what exists of payments and ledger is committed, of orders all but the databases, of shop nothing")

	return listed
}

// join applies what is in Git. Nobody acts on it but the control plane that
// decided.
func (s *story) join(ctx context.Context, t *testing.T) {
	t.Helper()

	target := s.target(t)
	set(t, target, map[string]any{
		"region": west, "epoch": int64(2), "accept": []any{"TypeNotOffered"}, "maxDataLoss": "30m", "reason": "INC-4711",
	}, "spec", "forProvider", "activation")
	s.apply(ctx, t, target)
	s.decided(ctx, t, "Following")

	for _, a := range applications() {
		s.apply(ctx, t, s.git[a.name].DeepCopy())
	}

	for _, a := range applications() {
		s.wait(ctx, t, a.resource, "-n", a.namespace, `--for=jsonpath={.status.conditions[?(@.type=="Serving")].reason}=NotHolder`)
	}

	s.timeline.Sayf("all of Git is applied. The FailoverTarget follows the record, and no application acts")
	s.timeline.Show([]string{"get", "failovertarget", "-n", "dr"}, s.kubectl(ctx, t, "get", "failovertarget", "-n", "dr"))

	if made := s.kubectl(ctx, t, "get", "managed", "-n", "team-a", "-l", "crossdr.io/component", "-o", "name"); made != "" {
		t.Errorf("\nWho does not hold the decision makes nothing.\ngot %s", made)
	}
}

// decided waits until the FailoverTarget says how it stands to the decision.
func (s *story) decided(ctx context.Context, t *testing.T, reason string) {
	t.Helper()
	s.wait(ctx, t, "failovertarget/payments", "-n", "dr",
		`--for=jsonpath={.status.conditions[?(@.type=="Decided")].reason}=`+reason)
}

// takeOver runs the command that the FailoverTarget tells.
func (s *story) takeOver(ctx context.Context, t *testing.T) {
	t.Helper()

	command, err := controlplane.Command(s.kubectl(ctx, t, "get", "failovertarget", "payments", "-n", "dr", "-o",
		`jsonpath={.status.conditions[?(@.type=="Decided")].message}`))
	if err != nil {
		t.Fatal(err)
	}

	if _, err := s.Shell(ctx, command); err != nil {
		t.Fatal(err)
	}

	s.wait(ctx, t, "failovertarget/payments", "-n", "dr", "--for=jsonpath={.status.atProvider.epoch}=3")
	s.decided(ctx, t, "Steady")
	s.timeline.Sayf("$ %s", command)
	s.timeline.Sayf("control is taken over at epoch 3")
}

// found waits until the database of shop, which nobody listed, is found.
func (s *story) found(ctx context.Context, t *testing.T, database string) {
	t.Helper()

	err := s.soon(ctx, func(ctx context.Context) error {
		out, err := s.Kubectl(ctx, "get", "snapshotselections", "-n", "team-a", "-o",
			`jsonpath={range .items[?(@.status.atProvider.existing.state=="Present")]}{.metadata.name} {.status.atProvider.existing.externalName}{"\n"}{end}`)

		for words := range lines(out) {
			if strings.HasPrefix(words[0], "shop-db-") && slices.Contains(words, database) {
				s.timeline.Sayf("%s has found %s, which is there already", words[0], database)

				return nil
			}
		}

		return errors.Join(err, errors.New("the database of shop is not found"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// identify does what only a person can: it says what of AWS is what, where
// nothing else tells.
func (s *story) identify(ctx context.Context, t *testing.T, listed map[string]map[string]any) {
	t.Helper()

	ledger, shop := applications()[2], applications()[3]

	for _, help := range []struct {
		application application
		waits       string
		patch       string
	}{
		{
			shop, "vpc-us-west-2 waits for a person: db-us-west-2-e2 exists already",
			fmt.Sprintf(`{"adopt":{"vpc-us-west-2":%q}}`, listed["shop"]["vpc-us-west-2"]),
		},
		{
			ledger, "so a promoted replica may serve under another name; spec.recovery.adopt says which",
			fmt.Sprintf(`{"adopt":{"db-us-west-2-e2":%q}}`, listed["ledger"]["db-us-west-2"]),
		},
		{shop, "restore-e2 is not created: nobody knows whether it ran at this epoch", `{"restoreWorkloads":{"epoch":2}}`},
	} {
		err := s.soon(ctx, func(ctx context.Context) error {
			waits, err := s.Kubectl(ctx, "get", help.application.resource, "-n", help.application.namespace, "-o", "jsonpath={.status.recovery.waitingFor}")
			if err != nil || !strings.Contains(waits, help.waits) {
				return errors.Join(err, fmt.Errorf("%s does not wait for a person: %s", help.application.name, waits))
			}

			return nil
		})
		if err != nil {
			t.Fatal(err)
		}

		s.timeline.Sayf("%s: … %s", help.application.name, help.waits)

		patch := fmt.Sprintf(`{"spec":{"recovery":%s}}`, help.patch)
		s.kubectl(ctx, t, "patch", help.application.resource, "-n", help.application.namespace, "--type=merge", "-p", patch)
		s.timeline.Sayf("$ kubectl patch %s --type=merge -p %s", help.application.resource, patch)
	}
}

// soon waits until a condition holds, as wait does.
func (s *story) soon(ctx context.Context, condition func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	return s.Await(ctx, condition)
}

// observe: the first control plane comes back, and believes that it may act.
func (s *story) observe(ctx context.Context, t *testing.T) {
	t.Helper()
	s.timeline.Chapter("The first control plane comes back")

	item := func() string { return fmt.Sprint(s.world.AWS.Region("ca-central-1").Item("crossdr", "dr/payments")) }
	record := item()

	s.lost.Distrust()
	s.timeline.Sayf("the access key of its provider-upjet-aws is taken away")
	s.world.Brighten(east)
	s.since = s.now()

	if err := s.lost.Return(ctx); err != nil {
		t.Fatal(err)
	}

	first := *s
	first.Plane = s.lost

	s.timeline.Sayf("it runs again, and us-east-1 answers")
	first.decided(ctx, t, "Stale")

	quiet, err := controlplane.Commands("failing-over.md", "On a quiet day")
	if err != nil {
		t.Fatal(err)
	}

	withdraw, _, _ := strings.Cut(quiet[1], "\n")
	if _, err := first.Shell(ctx, withdraw); err != nil {
		t.Fatal(err)
	}

	first.decided(ctx, t, "Following")
	first.onlyObserves(ctx, t)

	s.lost.Trust()
	s.timeline.Sayf("its provider-upjet-aws has its access key again")
	first.wait(ctx, t, "managed", "-n", "team-a", "-l", "crossdr.io/component", "--for=condition=Synced")
	s.timeline.Sayf("it sees all that it ever made")

	if diff := cmp.Diff([]string(nil), first.changesBy(s.lost)); diff != "" {
		t.Errorf("\nWho came back only observes.\n-want +got:\n%s", diff)
	}

	if diff := cmp.Diff(record, item()); diff != "" {
		t.Errorf("\nIt decides nothing.\nrecord: -want +got:\n%s", diff)
	}

	for _, a := range applications() {
		// Crossplane writes what an XR says after it has written its copies.
		first.wait(ctx, t, a.resource, "-n", a.namespace, `--for=jsonpath={.status.conditions[?(@.type=="Serving")].reason}=NotHolder`)
		s.wait(ctx, t, a.resource, "-n", a.namespace, "--for=condition=Ready")
	}

	s.timeline.Show([]string{"get", "failovertarget", "-n", "dr"}, first.kubectl(ctx, t, "get", "failovertarget", "-n", "dr"))
	s.keeps(t)
}

// onlyObserves waits until every copy may only be observed, as docs/record.md
// finds out.
func (s *story) onlyObserves(ctx context.Context, t *testing.T) {
	t.Helper()

	commands, err := controlplane.Commands("record.md", "An old control plane comes back")
	if err != nil {
		t.Fatal(err)
	}

	err = s.soon(ctx, func(ctx context.Context) error {
		out, err := s.Shell(ctx, commands[1])
		if err != nil || strings.TrimSpace(out) != `["Observe"]` {
			return errors.Join(err, fmt.Errorf("not every copy is only observed:\n%s", out))
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	s.timeline.Sayf(`every copy there has the policies ["Observe"]`)
}

// A moment is how many calls there were.
type moment struct{ calls, stored int }

func (s *story) now() moment {
	return moment{calls: len(s.world.AWS.Calls(emulator.Scope{})), stored: len(s.world.Store.Calls())}
}

// changesBy returns the calls by which provider-upjet-aws of a control plane
// changed anything on AWS since a moment.
func (s *story) changesBy(p *world.Plane) []string {
	var out []string

	for _, c := range s.world.AWS.Calls(emulator.Scope{})[s.since.calls:] {
		if strings.HasSuffix(c.Principal, "/"+p.UpjetKey()) && !reads(c.Action) {
			out = append(out, c.Region+" "+c.Action)
		}
	}

	for _, c := range s.world.Store.Calls()[s.since.stored:] {
		if c.Principal == p.UpjetKey() {
			out = append(out, c.Region+" "+c.Action+" "+c.Kind+" "+c.ID)
		}
	}

	slices.Sort(out)

	return out
}
