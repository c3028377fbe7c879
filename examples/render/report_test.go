package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/crossdr/crossdr/internal/scenario"
)

var update = flag.Bool("update", false, "rewrite testdata")

const composition = `
spec:
  pipeline:
  - step: recover
    input:
      apiVersion: fn.crossdr.io/v1alpha1
      kind: RecoveryPlan
      components:
      - {name: subnet, tier: Network, zones: {max: 1}}
      - {name: db, tier: Data, template: {apiVersion: rds.aws.m.upbound.io/v1beta1, kind: Instance}}
`

const target = `
kind: FailoverTarget
status:
  atProvider:
    decision: {reason: INC-4711}
    regions:
    - name: us-west-2
      zones:
      - {id: usw2-az1, state: available}
      - {id: usw2-az2, state: constrained}
      - {id: usw2-az3, state: available}
      - {id: usw2-lax1-az1, type: local-zone}
`

// copyOf returns a composed resource as YAML.
func copyOf(kind, component, key, region, role, spec string) string {
	return strings.NewReplacer("KIND", kind, "COMPONENT", component, "KEY", key, "REGION", region, "ROLE", role, "SPEC", spec).Replace(`---
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: KIND
metadata:
  name: payments-KEY
  annotations: {crossplane.io/composition-resource-name: KEY}
  labels: {crossdr.io/component: COMPONENT, crossdr.io/region: "REGION", crossdr.io/role: ROLE}
spec: SPEC
`)
}

const xr = `---
apiVersion: example.org/v1
kind: Database
metadata: {name: payments, namespace: team-a}
status:
  conditions:
  - {type: Serving, status: "False", reason: NotReady, message: "not ready in us-west-2: db-us-west-2-e2, subnet-usw2-az1 and others whose names are long"}
  - {type: Responsive, status: "True", reason: WatchCircuitClosed}
  recovery:
    activeRegion: us-west-2
    epoch: 2
    strategy: {name: BackupAndRestore, because: no objectives are set}
    copies:
    - {key: db-us-west-2-e2, component: db, region: us-west-2, role: Serving, ready: false}
    - {key: subnet-usw2-az1, component: subnet, region: us-west-2, zone: usw2-az1, role: Serving, ready: false}
    waitingFor: [db-us-west-2-e2 waits for subnet-usw2-az1]
    zones:
    - {region: us-west-2, source: Live, usable: [usw2-az1, usw2-az3]}
`

const warning = `---
apiVersion: render.crossplane.io/v1beta1
kind: Result
severity: Warning
message: cidrBlock can't change
`

func TestReport(t *testing.T) {
	before := []string{
		copyOf("VPC", "vpc", "vpc", "us-east-1", "Serving", "{forProvider: {region: us-east-1, late: 1}}"),
		copyOf("Key", "key", "key", "us-east-1", "Serving", "{forProvider: {region: us-east-1, description: old}}"),
		copyOf("Role", "role", "role", "", "Serving", "{forProvider: {late: 1}}"),
	}
	after := xr +
		copyOf("VPC", "vpc", "vpc", "us-east-1", "Fenced", "{forProvider: {region: us-east-1}, managementPolicies: [Observe]}") +
		copyOf("Key", "key", "key", "us-east-1", "Standby", "{forProvider: {region: us-east-1, description: new}}") +
		copyOf("Subnet", "subnet", "subnet-usw2-az1", "us-west-2", "Serving", "{forProvider: {region: us-west-2}}") +
		warning
	role := copyOf("Role", "role", "role", "", "Serving", "{forProvider: {}}")

	cases := map[string]struct {
		reason string
		out    string
		fatal  string
	}{
		"failover": {
			reason: "What a step creates, leaves, changes, fences and holds back is told apart.",
			out:    after + role,
		},
		"deleted": {
			reason: "A resource that exists and is not rendered would be deleted, and that is said.",
			out:    after,
		},
		"fatal": {
			reason: "A FATAL result applies nothing.",
			fatal:  "nothing was changed, there are 2 faults:\n- one\n- another",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := &scenario.Scenario{XR: parse(t, xr), Composition: parse(t, composition)}
			step := &scenario.Step{Name: "2-failover", Required: []unstructured.Unstructured{*parse(t, target)}}

			for _, b := range before {
				step.Observed = append(step.Observed, *parse(t, b))
			}

			r, err := newResult(s, step, tc.out, tc.fatal)
			if err != nil {
				t.Fatal(err)
			}

			got := r.report() + summary([]result{r})
			file := filepath.Join("testdata", name+".txt")

			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}

			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (make golden rewrites it): -want +got:\n%s", tc.reason, diff)
			}

			if deletes := len(r.deleted) > 0; deletes != (name == "deleted") {
				t.Errorf("%s: deletes %v", tc.reason, r.deleted)
			}
		})
	}
}

func parse(t *testing.T, s string) *unstructured.Unstructured {
	t.Helper()

	u := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(strings.TrimPrefix(s, "---")), &u.Object); err != nil {
		t.Fatal(err)
	}

	return u
}

func TestVerdict(t *testing.T) {
	some := func(n int) []unstructured.Unstructured { return make([]unstructured.Unstructured, n) }

	cases := map[string]struct {
		reason string
		last   result
		want   string
	}{
		"First":    {reason: "Where nothing existed, nothing is counted.", want: "Nothing is deleted: nothing existed before 1-home.\n"},
		"One":      {reason: "One is no plural.", last: result{observed: some(1)}, want: "Nothing is deleted: the one resource that existed before 1-home is still rendered.\n"},
		"Answered": {reason: "A SnapshotSelection that goes is told: not all is rendered.", last: result{observed: some(3), answered: []string{"db-snapshots"}}, want: "Nothing is deleted: all 3 resources that existed before 1-home are still rendered, but for what only observes:\n  db-snapshots.\n"},
		"Retired":  {reason: "What the XR retires is told.", last: result{observed: some(3), left: []string{"db"}}, want: "Leaves with 1-home, because the XR retires it: db\nNothing else is deleted.\n"},
		"Fatal":    {reason: "A FATAL result applies nothing.", last: result{observed: some(3), fatal: "no"}, want: "Nothing is deleted: a FATAL result applies nothing.\n"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.last.step = "1-home"

			if diff := cmp.Diff(tc.want, verdict([]result{tc.last})); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
