package main

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	recoveryv1alpha1 "github.com/crossdr/crossdr/apis/recovery/v1alpha1"
)

// previewPage shows what make preview prints.
const previewPage = "docs/preview.md"

// TestPreview runs what make preview runs, and compares its output with the page
// that shows it.
func TestPreview(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))

	if err := checkTools("preview"); err != nil {
		if testing.Short() {
			t.Skip(err)
		}

		t.Fatal(err)
	}

	var out, progress bytes.Buffer

	con := console{out: &out, progress: &progress}
	p := preview{}

	err := p.parse([]string{
		"-xr", "examples/postgresql/xr.yaml", "-composition", "apis/postgresqlinstances/composition.yaml", "-xrd", "apis/postgresqlinstances/definition.yaml",
		"-o", "examples/postgresql/2-failover/observed.yaml", "-e", "examples/postgresql/1-home/failovertarget.yaml", "-e", "examples/postgresql/1-home/secrets.yaml",
		"-at", "2026-11-20T09:14:00Z", "-address", freeAddress(t),
	}, time.Time{}, con)
	if err != nil {
		t.Fatal(err)
	}

	if err := p.run(t.Context(), con); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}

	_, got, _ := strings.Cut(out.String(), "\n\n\n")
	page := readPage(t)
	before, rest, _ := strings.Cut(page, "```\n")
	want, after, ok := strings.Cut(rest, "```\n")

	if !ok {
		t.Fatalf("%s has no code block", previewPage)
	}

	if *update {
		if err := os.WriteFile(previewPage, []byte(before+"```\n"+got+"```\n"+after), 0o600); err != nil {
			t.Fatal(err)
		}

		want = got
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s shows something else (make golden rewrites it): -want +got:\n%s", previewPage, diff)
	}
}

func readPage(t *testing.T) string {
	t.Helper()

	b, err := os.ReadFile(previewPage)
	if err != nil {
		t.Fatal(err)
	}

	return string(b)
}

// freeAddress returns an address on loopback that nothing listens at. Its port is
// below those that systems give to connections and to listeners at port 0: one of
// these would take it while the function is built.
func freeAddress(t *testing.T) string {
	t.Helper()

	var err error

	for range 20 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(12000)))

		var lis net.Listener
		if lis, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", address); err != nil {
			continue
		}

		if err := lis.Close(); err != nil {
			t.Fatal(err)
		}

		return address
	}

	t.Fatal(err)

	return ""
}

const plannedComposition = `
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata: {name: databases}
spec:
  compositeTypeRef: {apiVersion: example.org/v1, kind: Database}
  pipeline:
  - step: recover
    functionRef: {name: dr}
    input:
      apiVersion: fn.crossdr.io/v1alpha1
      kind: RecoveryPlan
      components: [{name: db, tier: Data}]
`

const databaseXR = `
apiVersion: example.org/v1
kind: Database
metadata: {name: payments, namespace: team-a}
spec:
  recovery: {regions: [us-east-1, us-west-2], failoverTarget: {name: payments, namespace: dr}}
`

const steadyTarget = `
apiVersion: aws.m.crossdr.io/v1alpha1
kind: FailoverTarget
metadata: {name: payments, namespace: dr}
spec:
  forProvider:
    regions: [{name: us-east-1}, {name: us-west-2}]
    require: {zones: 2, dbInstanceClasses: [db.r7g.large]}
status:
  atProvider:
    activeRegion: us-east-1
    epoch: 1
    blockedBy: [{code: TooFewZones, message: old}]
    regions:
    - name: us-west-2
      reachable: false
      zones: [{id: usw2-az1, state: available}, {id: usw2-az2, state: constrained}]
      offered: {dbInstanceClasses: {db.r7g.large: [usw2-az2]}}
`

const threeRegions = `
apiVersion: aws.m.crossdr.io/v1alpha1
kind: FailoverTarget
metadata: {name: payments, namespace: dr}
spec: {forProvider: {regions: [{name: us-east-1}, {name: us-west-2}, {name: eu-west-1}]}}
status: {atProvider: {activeRegion: us-west-2, epoch: 2}}
`

// selection returns a SnapshotSelection as kubectl prints several: in a List.
func selection(dataTime string) string {
	return `
apiVersion: v1
kind: List
items:
- apiVersion: aws.m.crossdr.io/v1alpha1
  kind: SnapshotSelection
  metadata:
    name: payments-db-snapshots
    namespace: team-a
    annotations: {crossplane.io/composition-resource-name: db-snapshots-us-west-2-e1}
    ownerReferences: [{kind: Database, name: payments, controller: true, uid: "1-2-3"}]
  spec: {forProvider: {region: us-west-2, failoverTargetRef: {name: payments, namespace: dr}}}
  status: {atProvider: {reason: none was copied, selected: {id: s, dataTime: "` + dataTime + `"}}}
- apiVersion: aws.m.crossdr.io/v1alpha1
  kind: SnapshotSelection
  metadata:
    name: orders-db-snapshots
    annotations: {crossplane.io/composition-resource-name: db-snapshots-us-west-2-e1}
    ownerReferences: [{kind: Database, name: orders, controller: true, uid: "4-5-6"}]
`
}

func TestPreviewInputs(t *testing.T) {
	type want struct {
		Said     []string
		From, To string
		Epoch    int64
		UID      string
		Foreign  int
		Target   string
		Decision map[string]any
		Refusals map[string]string
		Err      string
	}

	cases := map[string]struct {
		reason       string
		xr, composed string
		required     string
		to           string
		want         want
	}{
		"Steady": {
			reason: "Only the decision is made up: what is known of the regions stays, and is in the way. The XR is the one that owns what exists.",
			xr:     databaseXR, composed: selection("2026-11-20T09:02:00Z"), required: steadyTarget,
			want: want{
				Said: []string{"that FailoverTarget dr/payments made us-west-2 active at epoch 2, at 2026-11-20T09:14:00Z"},
				From: "us-east-1", To: "us-west-2", Epoch: 2, UID: "1-2-3", Foreign: 1, Target: "dr/payments",
				Decision: decisionFrom("us-east-1", map[string]any{"dataLoss": "12m0s", "oldestData": "2026-11-20T09:02:00Z"}),
				Refusals: map[string]string{
					"RegionUnreachable": "us-west-2 does not answer",
					"TooFewZones":       "us-west-2 has 1 usable zone, and require.zones is 2",
					"TypeNotOffered":    "no usable zone of us-west-2 is known to offer db.r7g.large",
				},
			},
		},
		"AgeUnknown": {
			reason: "Data of unknown age has no loss that could be consented to.",
			xr:     databaseXR, composed: selection(""), required: strings.NewReplacer("reachable: false", "reachable: true", "constrained", "available").Replace(steadyTarget),
			want: want{
				Said: []string{"that FailoverTarget dr/payments made us-west-2 active at epoch 2, at 2026-11-20T09:14:00Z"},
				From: "us-east-1", To: "us-west-2", Epoch: 2, UID: "1-2-3", Foreign: 1, Target: "dr/payments",
				Decision: decisionFrom("us-east-1", nil),
				Refusals: map[string]string{"DataAgeUnknown": "payments-db-snapshots: none was copied"},
			},
		},
		"NoTarget": {
			reason: "An XR without a FailoverTarget, and no file of one: all of it is made up, and that is said.",
			xr:     strings.Replace(databaseXR, ", failoverTarget: {name: payments, namespace: dr}", "", 1),
			want: want{
				Said: []string{
					"that the XR names a FailoverTarget",
					"FailoverTarget team-a/preview itself, as no file holds it: nothing is known of the zones and types of this account",
					"that us-east-1 serves now, at epoch 1",
					"that FailoverTarget team-a/preview made us-west-2 active at epoch 2, at 2026-11-20T09:14:00Z",
				},
				From: "us-east-1", To: "us-west-2", Epoch: 2, Target: "team-a/preview",
				Decision: decisionFrom("us-east-1", nil),
				Refusals: map[string]string{"NothingMeasured": "no SnapshotSelection in the files looks in us-west-2 for it"},
			},
		},
		"FromGit": {
			reason: "A FailoverTarget from Git has no status: the XR's own says which region serves.",
			xr:     databaseXR + "status: {recovery: {activeRegion: us-west-2, epoch: 4}}", required: strings.Split(steadyTarget, "status:")[0],
			want: want{
				Said: []string{
					"that us-west-2 serves now, at epoch 4",
					"that FailoverTarget dr/payments made us-east-1 active at epoch 5, at 2026-11-20T09:14:00Z",
				},
				From: "us-west-2", To: "us-east-1", Epoch: 5, Target: "dr/payments",
				Decision: decisionFrom("us-west-2", nil),
				Refusals: map[string]string{"NothingMeasured": "no SnapshotSelection in the files looks in us-east-1 for it"},
			},
		},
		"Asked": {
			reason: "Of three regions, the one that an activation asks for already is meant.",
			xr:     databaseXR, required: strings.Replace(threeRegions, "{forProvider: {", "{forProvider: {activation: {region: eu-west-1, epoch: 3}, ", 1),
			want: want{
				Said: []string{"that FailoverTarget dr/payments made eu-west-1 active at epoch 3, at 2026-11-20T09:14:00Z"},
				From: "us-west-2", To: "eu-west-1", Epoch: 3, Target: "dr/payments",
				Decision: decisionFrom("us-west-2", nil),
				Refusals: map[string]string{"NothingMeasured": "no SnapshotSelection in the files looks in eu-west-1 for it"},
			},
		},
		"WhichRegion": {
			reason: "Of three regions none is the other one.",
			xr:     databaseXR, required: threeRegions,
			want: want{Err: `say with -to (TO=) which region is to serve instead of us-west-2: one of us-east-1, eu-west-1; got ""`},
		},
		"ServesAlready": {
			reason: "The region that serves can't be failed over to.",
			xr:     databaseXR, required: steadyTarget, to: "us-east-1",
			want: want{Err: "us-east-1 serves already: choose one of us-west-2"},
		},
		"Claim": {
			reason: "A claim is no XR, and knows which one is its.",
			xr:     strings.NewReplacer("kind: Database", "kind: DatabaseClaim", "spec:\n", "spec:\n  resourceRef: {name: payments-x7k2p}\n").Replace(databaseXR),
			want:   want{Err: "cannot preview DatabaseClaim payments of example.org/v1: Composition databases is for Database of example.org/v1; this is a claim: give the file of its XR, payments-x7k2p"},
		},
		"OtherKind": {
			reason: "A Composition renders XRs of one kind.",
			xr:     strings.Replace(databaseXR, "kind: Database", "kind: Cache", 1),
			want:   want{Err: "cannot preview Cache payments of example.org/v1: Composition databases is for Database of example.org/v1; give the file of an XR that the Composition is for"},
		},
		"NoRegions": {
			reason: "Without a list of regions there is nothing to choose from.",
			xr:     strings.Replace(databaseXR, "regions: [us-east-1, us-west-2], ", "", 1),
			want:   want{Err: "nothing says which regions there are: give the file of FailoverTarget dr/payments with -e (REQUIRED=), or list them in spec.recovery.regions of the XR"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p := preview{to: tc.to, at: time.Date(2026, 11, 20, 9, 14, 0, 0, time.UTC)}

			for _, f := range []struct {
				text string
				into *string
			}{{tc.xr, &p.xr}, {plannedComposition, &p.composition}} {
				*f.into = filepath.Join(dir, fileOf(t, dir, f.text))
			}

			if tc.composed != "" {
				p.observed = []string{filepath.Join(dir, fileOf(t, dir, tc.composed))}
			}

			if tc.required != "" {
				p.required = []string{filepath.Join(dir, fileOf(t, dir, tc.required))}
			}

			in, err := p.load()
			if err != nil {
				if diff := cmp.Diff(tc.want, want{Err: err.Error()}); diff != "" {
					t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
				}

				return
			}

			decision, _, _ := unstructured.NestedMap(in.then.Object, "status", "atProvider", "decision")
			got := want{
				Said: in.said, From: in.from, To: in.to, Epoch: in.epoch, UID: string(in.xr.GetUID()), Foreign: in.foreign,
				Target: in.targetName(), Decision: decision, Refusals: in.refusals(),
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}

			if blocked, ok, _ := unstructured.NestedSlice(in.then.Object, "status", "atProvider", "blockedBy"); ok {
				t.Errorf("%s: what blocked the last activation still does: %v", tc.reason, blocked)
			}
		})
	}
}

// decisionFrom returns a decision that is made up.
func decisionFrom(region string, data map[string]any) map[string]any {
	d := map[string]any{"from": region, "decidedAt": "2026-11-20T09:14:00Z", "reason": madeUp}
	maps.Copy(d, data)

	return d
}

// fileOf writes a file and returns its name.
func fileOf(t *testing.T, dir, text string) string {
	t.Helper()

	f, err := os.CreateTemp(dir, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}

	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}

	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	return filepath.Base(f.Name())
}

func TestPreviewOtherFunctions(t *testing.T) {
	composition := strings.Replace(plannedComposition, "  pipeline:\n", "  pipeline:\n  - {step: patch, functionRef: {name: patches}}\n", 1)

	in := &inputs{}
	if err := yaml.Unmarshal([]byte(composition), &in.composition.Object); err != nil {
		t.Fatal(err)
	}

	err := in.call("")
	if err == nil || !strings.Contains(err.Error(), "calls patches, too") {
		t.Errorf("A function that nobody can start must be asked for; got %v", err)
	}
}

func TestObjective(t *testing.T) {
	cases := map[string]struct {
		reason string
		status string
		want   string
	}{
		"Nothing": {reason: "What the XR does not say is not made up.", want: "objective 1h; the XR says no more"},
		"Region":  {reason: "The number comes with its reason.", status: "{objective: 1h, region: us-west-2, estimated: 24m, met: true, verdict: Met, because: db takes 20m}", want: "objective 1h, estimated 24m, Met: db takes 20m"},
		"Others": {
			reason: "What is said of another region is not said of this one.", want: "objective 1h, estimated 40m, as measured before: db takes 35m",
			status: "{objective: 1h, region: eu-west-1, estimated: 24m, met: true, because: other, others: [{region: us-west-2, estimated: 40m, measured: true, because: db takes 35m}]}",
		},
		"OthersUnknown": {
			reason: "Nor is what was measured of another region, or the verdict on it.", want: "objective 1h: nobody knows how long db takes",
			status: "{objective: 1h, region: eu-west-1, estimated: 24m, measured: true, met: true, verdict: Met, because: other, others: [{region: us-west-2, because: nobody knows how long db takes}]}",
		},
		"OnlyOther": {reason: "A number of another region is told as such.", status: "{objective: 1h, region: eu-west-1, estimated: 2h, met: false, because: slow}", want: "objective 1h, estimated 2h, of eu-west-1, not met: slow"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in, now := &inputs{to: "us-west-2"}, &result{}
			if err := yaml.Unmarshal([]byte("spec: {recovery: {objectives: {rto: 1h}}}"), &in.xr.Object); err != nil {
				t.Fatal(err)
			}

			if err := yaml.Unmarshal([]byte("status: {recovery: {rto: "+tc.status+"}}"), &now.xr.Object); err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(tc.want, in.objective(now, "rto")); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestStuck(t *testing.T) {
	r := &result{}
	r.status.Copies = append(r.status.Copies, copyStatus("vpc"), copyStatus("db"))

	cases := map[string]struct {
		reason   string
		sentence string
		want     bool
	}{
		"Copies": {reason: "Copies are made by themselves.", sentence: "app waits for vpc, db", want: false},
		"Ready":  {reason: "They become ready by themselves, too.", sentence: "db-us-east-1-e2 waits for db to be ready", want: false},
		"Person": {reason: "A snapshot that nothing makes does not come.", sentence: "db waits for a snapshot: there is none", want: true},
		"Both":   {reason: "One thing that does not come is enough.", sentence: "db waits for vpc, a snapshot", want: true},
		"Other":  {reason: "A sentence of another form is not explained away.", sentence: "db can't be restored", want: true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := r.stuck(tc.sentence); got != tc.want {
				t.Errorf("%s: %q is stuck: %v", tc.reason, tc.sentence, got)
			}
		})
	}
}

func copyStatus(key string) recoveryv1alpha1.CopyStatus { return recoveryv1alpha1.CopyStatus{Key: key} }
