package failovertarget

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// noStatus keeps a status from being written, with an admission policy: so a
// provider crashes between a write that counts and the report of it.
const noStatus = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-status}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [aws.m.crossdr.io], apiVersions: ["*"], operations: [UPDATE], resources: [failovertargets/status]}
  validations:
  - {expression: "false", message: the status is not to be written}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-status}
spec: {policyName: no-status, validationActions: [Deny]}
`

const (
	// touchStatus writes the status with nothing new in it.
	touchStatus = `kubectl -n dr patch failovertarget payments --subresource=status --dry-run=server --type=merge -p '{"status":{}}'`

	allowStatus = "kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy no-status --ignore-not-found"
)

// TestCrashBeforeTheReport kills the provider when the decision is remembered in
// the annotation, which is its record, and not reported.
func TestCrashBeforeTheReport(t *testing.T) {
	w := newWorld(t)
	p := w.plane(0)
	p.apply(selection(west))
	p.measured(west)
	p.apply(target())
	p.settles("Home serves.", stand{east, 1, true, "Steady"})

	t.Cleanup(func() {
		if _, err := p.Shell(context.WithoutCancel(t.Context()), allowStatus); err != nil {
			t.Error(err)
		}
	})
	p.apply(noStatus)
	p.await("The status can't be written any more.", func() error {
		if _, err := p.Shell(t.Context(), touchStatus); err == nil {
			return errors.New("it can")
		}

		return nil
	})

	w.Darken(east)
	w.Forbid(emulator.Scope{Region: east})
	p.patch(toWest)
	p.await("The decision is remembered.", func() error {
		if got := remembered(p.get()); got.Epoch != 2 || got.Region != west {
			return fmt.Errorf("%+v is", got)
		}

		return nil
	})
	p.program.Kill()

	if v := w.Violations(); len(v) > 0 {
		t.Errorf("The region being left was called: %v", v)
	}

	if got := p.get().Status.AtProvider.Epoch; got != 1 {
		t.Fatalf("It is not reported yet: epoch %d", got)
	}

	before := remembered(p.get())

	p.shell(allowStatus)
	p.await("The status can be written again.", func() error {
		_, err := p.Shell(t.Context(), touchStatus)

		return err
	})
	p.run()
	p.settles("Who starts again reports what it decided.", stand{west, 2, true, "Steady"})

	if diff := cmp.Diff(before, remembered(p.get())); diff != "" {
		t.Errorf("and decides nothing again: -before, +after:\n%s", diff)
	}
}

// TestCrashBeforeTheReply kills the provider when the record says the decision,
// and nobody knows on whose word: the reply is still under way.
func TestCrashBeforeTheReply(t *testing.T) {
	w := newWorld(t)
	p := w.sharing(0, stand{east, 1, true, "Steady"})

	w.Darken(east)
	w.Forbid(emulator.Scope{Region: east})

	reply := w.Inject(emulator.Scope{Action: "PutItem"}, emulator.HoldReply(nil).Times(1))

	p.patch(toWest)
	p.await("The decision is recorded.", func() error {
		if reply.Hits() == 0 {
			return fmt.Errorf("epoch %s is", w.epoch())
		}

		return nil
	})
	p.program.Kill()

	if v := w.Violations(); len(v) > 0 {
		t.Errorf("The region being left was called: %v", v)
	}

	if got := w.epoch(); got != "2" {
		t.Fatalf("The record is at epoch %s", got)
	}

	if got := remembered(p.get()); got.Epoch != 1 || p.get().Status.AtProvider.Epoch != 1 {
		t.Fatalf("Neither the annotation nor the status tells yet: %+v", got)
	}

	before := fmt.Sprint(w.Region(canada).Item(table, key))

	p.run()
	p.settles("Who starts again knows its own decision.", stand{west, 2, true, "Steady"})

	if diff := cmp.Diff(before, fmt.Sprint(w.Region(canada).Item(table, key))); diff != "" {
		t.Errorf("and decides nothing again: -before, +after:\n%s", diff)
	}

	p.told("us-west-2 is active at epoch 2, and us-east-1 is left")
}

// lost is what a FailoverTarget may lose, and how.
const (
	loseStatus     = `kubectl -n dr patch failovertarget payments --subresource=status --type=json -p '[{"op":"remove","path":"/status"}]'`
	loseAnnotation = `kubectl -n dr annotate failovertarget payments crossdr.io/decision-`

	// fromBackup puts the target back as Velero does: with its annotations, and
	// without its status.
	fromBackup = `set -e
kubectl -n dr get failovertarget payments -o json > "$HOME/backup.json"
kubectl -n dr delete failovertarget payments
kubectl create -f "$HOME/backup.json"`

	// fromGit puts it back as it was applied.
	fromGit = `set -e
kubectl -n dr get failovertarget payments -o jsonpath='{.metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration}' > "$HOME/git.json"
kubectl -n dr delete failovertarget payments
kubectl apply -f "$HOME/git.json"`
)

func TestWhatIsLost(t *testing.T) {
	cases := map[string]struct {
		reason  string
		record  []string
		lose    []string
		want    stand
		message bool
		then    stand
	}{
		"Status": {
			reason: "A status that is lost is restored from the annotation.",
			lose:   []string{loseStatus},
			want:   stand{west, 2, true, "Steady"},
		},
		"Annotation": {
			reason: "An annotation that is lost is restored from the status.",
			lose:   []string{loseAnnotation},
			want:   stand{west, 2, true, "Steady"},
		},
		"Both": {
			reason: "If both are, nobody knows, and nobody guesses.",
			lose:   []string{loseAnnotation, loseStatus},
			want:   stand{"", 0, false, "Undecided"}, message: true, then: stand{west, 2, true, "Steady"},
		},
		"BothWithRecord": {
			reason: "But a record does know.",
			record: []string{recorded},
			lose:   []string{loseAnnotation, loseStatus},
			want:   stand{west, 2, false, "Following"}, message: true, then: stand{west, 3, true, "Steady"},
		},
		"FromBackup": {
			reason: "What comes out of a backup does not act: the original may still be there.",
			lose:   []string{fromBackup},
			want:   stand{west, 2, false, "Following"}, message: true, then: stand{west, 3, true, "Steady"},
		},
		"FromGit": {
			reason: "What comes out of Git waits for somebody to say how things are.",
			lose:   []string{fromGit},
			want:   stand{"", 0, false, "Undecided"}, message: true, then: stand{west, 2, true, "Steady"},
		},
		"FromGitWithRecord": {
			reason: "Unless a record does.",
			record: []string{recorded},
			lose:   []string{fromGit},
			want:   stand{west, 2, false, "Following"}, message: true, then: stand{west, 3, true, "Steady"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.plane(0)
			p.apply(selection(west))
			p.measured(west)
			p.apply(target(tc.record...))
			p.settles("Home serves.", stand{east, 1, true, "Steady"})
			p.apply(target(append(tc.record, "activation: "+toWest)...))
			p.settles("It has failed over.", stand{west, 2, true, "Steady"})

			decided := p.get().Status.AtProvider.Decision

			// What is lost, is lost while nobody looks.
			p.program.Stop()

			for _, lose := range tc.lose {
				p.lose(lose)
			}

			p.run()

			got := p.settles(tc.reason, tc.want)
			if diff := cmp.Diff(decided, got.Status.AtProvider.Decision); tc.want.Epoch > 0 && diff != "" {
				t.Errorf("What is restored is the decision: -want, +got:\n%s", diff)
			}

			if tc.message {
				p.shell(command(t, got.GetCondition(v1alpha1.TypeDecided).Message))
				p.settles("What it says to run takes it on.", tc.then)
			}
		})
	}
}

// lose something, where no provider is there to let an object go.
func (p *plane) lose(command string) {
	p.t.Helper()
	p.shell(`kubectl -n dr patch failovertarget payments --type=merge -p '{"metadata":{"finalizers":null}}'`)
	p.shell(command)
}
