package failovertarget

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// blocked waits until exactly these stand against the activation, and returns
// what each says.
func (p *plane) blocked(reason string, want ...v1alpha1.BlockerCode) map[v1alpha1.BlockerCode]string {
	p.t.Helper()

	said := map[v1alpha1.BlockerCode]string{}

	p.await(reason, func() error {
		mg := p.get()
		got := make([]v1alpha1.BlockerCode, 0, len(want))

		clear(said)

		for _, b := range mg.Status.AtProvider.BlockedBy {
			got = append(got, b.Code)
			said[b.Code] = b.Message
		}

		if diff := cmp.Diff(want, got); diff != "" || !answers(mg) {
			return fmt.Errorf("-want, +got:\n%s\n%s", diff, mg.GetCondition(v1alpha1.TypeDecided).Message)
		}

		return nil
	})

	return said
}

// TestEveryBlockerSaysWhatToDo has everything against an activation that may be
// accepted, and runs what is said about each.
func TestEveryBlockerSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	p := w.plane(0)
	p.apply(selection(west))
	p.measured(west)
	p.apply(target("require: {zones: 6, instanceTypes: [m7g.large], dbInstanceClasses: [db.r6g.large]}"))
	p.settles("Home serves.", stand{east, 1, true, "Steady"})

	// Whoever starts now hears nothing of us-west-2, and the second selection
	// never will. What the first one has selected stays.
	p.program.Stop()
	w.Inject(emulator.Scope{Region: west}, emulator.Reset())
	p.apply(strings.Replace(selection(west), "db-us-west-2", "another", 1))
	p.patch("{region: us-west-2, epoch: 2}")
	p.run()

	all := []v1alpha1.BlockerCode{"RegionUnreachable", "TooFewZones", "TypeNotOffered", "DataAgeUnknown", "DataLossExceedsConsent"}
	facts := []string{
		"us-west-2 has not answered yet",
		"us-west-2 has 4 usable zones (usw2-az1, usw2-az2, usw2-az3, usw2-az4), and spec.forProvider.require.zones is 6",
		"no usable zone offers m7g.large (require.instanceTypes); no usable zone offers db.r6g.large (require.dbInstanceClasses)",
		"dr/another (nothing is selected yet)",
		"(dr/db-us-west-2), which is more than 10m ago, and activation.maxDataLoss consents to no loss, as it is not set",
	}

	for i, code := range all {
		said := p.blocked("Every reason is told at once.", all[i:]...)
		if !strings.Contains(said[code], facts[i]) {
			t.Errorf("%s tells the facts: want %q in %q", code, facts[i], said[code])
		}

		p.shell(command(t, said[code]))
	}

	p.settles("What it says to run, and nothing else, lets it pass.", stand{west, 2, true, "Steady"})
}

// TestNothingMeasuredSaysWhatToDo: nobody knows what would be lost.
func TestNothingMeasuredSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	p := w.plane(0)
	p.apply(target())
	p.settles("Home serves.", stand{east, 1, true, "Steady"})
	p.patch(toWest)

	said := p.blocked("Nothing is measured.", "NothingMeasured")
	p.shell(command(t, said["NothingMeasured"]))
	p.settles("What it says to run lets it pass.", stand{west, 2, true, "Steady"})
}

// TestRecordFaultsSayWhatToDo: they can't be accepted.
func TestRecordFaultsSayWhatToDo(t *testing.T) {
	dynamoDB := func(w *world, action string, f emulator.Fault) *emulator.Injection {
		return w.Inject(emulator.Scope{Region: canada, Service: "dynamodb", Action: action}, f)
	}

	cases := map[string]struct {
		reason string
		fault  func(*world) *emulator.Injection
		code   v1alpha1.BlockerCode
		says   string

		// mended is true if the fault is mended, and else the record is given up.
		mended bool
	}{
		"Unreadable": {
			reason: "A record that does not answer changes nothing until it does.",
			fault:  func(w *world) *emulator.Injection { return dynamoDB(w, "", emulator.Reset()) },
			code:   "RecordUnreadable", says: "ca-central-1 does not answer. Nothing changes until it can", mended: true,
		},
		"Lost": {
			reason: "Or until it is given up.",
			fault:  func(w *world) *emulator.Injection { return dynamoDB(w, "", emulator.Reset()) },
			code:   "RecordUnreadable", says: "If no other control plane that uses it can come back",
		},
		"NotStrong": {
			reason: "A table that can't decide between two control planes is none.",
			fault: func(w *world) *emulator.Injection {
				w.Account("111122223333").AddGlobalTable(emulator.Table{Name: table}, emulator.Eventual, "", canada, ohio)

				return nil
			},
			code: "RecordNotStrong", says: "is a global table with eventual consistency",
		},
		"NotWritten": {
			reason: "A permission that is missing is named, and once it is there the decision is written.",
			fault:  func(w *world) *emulator.Injection { return dynamoDB(w, "PutItem", emulator.Deny()) },
			code:   "RecordNotWritten", says: "is not authorized to perform: dynamodb:PutItem", mended: true,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.sharing(0, stand{east, 1, true, "Steady"})

			// What the provider knows of the table, it forgets.
			p.program.Stop()

			fault := tc.fault(w)

			p.run()
			p.patch(toWest)

			said := p.blocked(tc.reason, tc.code)
			if !strings.Contains(said[tc.code], tc.says) {
				t.Errorf("It says what is wrong: want %q in %q", tc.says, said[tc.code])
			}

			if tc.mended {
				fault.Clear()
			} else {
				p.shell(command(t, said[tc.code]))
			}

			p.settles(tc.reason, stand{west, 2, true, "Steady"})
		})
	}
}

// TestWithheldSaysWhatToDo: management policies may keep a control plane from
// deciding.
func TestWithheldSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	p := w.plane(0)
	p.apply(selection(west))
	p.measured(west)
	p.apply(target())
	p.settles("Home serves.", stand{east, 1, true, "Steady"})
	p.shell(`kubectl -n dr patch failovertarget payments --type=merge -p '{"spec":{"managementPolicies":["Observe"]}}'`)
	p.patch(toWest)

	said := p.blocked("Who only observes decides nothing.", "RecordNotWritten")
	p.shell(command(t, said["RecordNotWritten"]))
	p.settles("What it says to run lets it decide.", stand{west, 2, true, "Steady"})
}

// TestTenantsDontSpeakForATarget: what another namespace measures neither blocks
// nor allows anything, unless the target protects it.
func TestTenantsDontSpeakForATarget(t *testing.T) {
	w := newWorld(t)
	w.Region(west).RemoveDBSnapshot("payments-db-1")
	w.keep(west, "payments-db-1", 3*time.Hour)

	p := w.plane(0)
	p.shell("kubectl create namespace team-a --dry-run=client -o yaml | kubectl apply -f -")

	tenant := strings.NewReplacer("namespace: dr", "namespace: team-a", "{name: payments}", "{name: payments, namespace: dr}")
	p.apply(tenant.Replace(selection(west)))
	p.apply(target())
	p.settles("Home serves.", stand{east, 1, true, "Steady"})
	p.patch(toWest)
	p.blocked("A namespace that is not protected counts for nothing.", "NothingMeasured")
	p.shell(`kubectl -n dr patch failovertarget payments --type=merge -p '{"spec":{"forProvider":{"protects":{"namespaces":["team-a"]}}}}'`)

	said := p.blocked("One that is protected does.", "DataLossExceedsConsent")
	p.shell(command(t, said["DataLossExceedsConsent"]))
	p.settles("What it says to run consents.", stand{west, 2, true, "Steady"})
}
