package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const dbTemplate = `
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Instance
spec: {forProvider: {engine: postgres, username: admin, dbName: main, instanceClass: db.m6g.large, finalSnapshotIdentifier: last}}
`

// What a database is born with, keeps, and gives up when it is promoted.
func TestBirth(t *testing.T) {
	born := func(b Birth) *Copy {
		c := later()
		c.Data, c.Durable, c.Birth = true, true, b

		return c
	}
	seen := func(c *Copy, document string) *Copy {
		c.Observed = observed(t, document)

		return c
	}
	promoted := func(document string) *Copy {
		c := seen(born(Birth{}), document)
		c.Promoted, c.ServesSince = true, 3

		return c
	}
	adopted := born(Birth{})
	adopted.Adopt = "db-ABC"

	const (
		source   = "spec.initProvider.replicateSourceDb"
		snapshot = "spec.initProvider.snapshotIdentifier"
		name     = "spec.forProvider.username"
		final    = "spec.forProvider.finalSnapshotIdentifier"
		policies = "spec.managementPolicies"
		since    = "metadata.labels.crossdr.io/serves-since"
	)

	cases := map[string]struct {
		reason string
		copy   *Copy
		want   map[string]any
		notes  map[string]string
	}{
		"Restored": {
			reason: "The snapshot goes where a later difference can't wedge, what it decides goes, and it is written down.",
			copy:   born(Birth{Snapshot: "snap-1", DataTime: "2026-07-01T12:00:00Z"}),
			want:   map[string]any{snapshot: "snap-1", name: nil, final: "last-us-west-2-e2", policies: list("Observe Create Update LateInitialize")},
			notes:  map[string]string{AnnotationRestoredFrom: "snap-1", AnnotationDataTime: "2026-07-01T12:00:00Z"},
		},
		"Replica": {
			reason: "A replica names its source, and takes user and name from it.",
			copy:   born(Birth{ReplicaOf: "db", ReplicaSource: "arn:aws:rds:us-east-1:1:db:x"}),
			want:   map[string]any{"spec.forProvider.replicateSourceDb": "arn:aws:rds:us-east-1:1:db:x", snapshot: nil, name: nil, policies: list("Observe Create Update LateInitialize")},
			notes:  map[string]string{AnnotationReplicaOf: "db"},
		},
		"Empty": {
			reason: "An empty one is as the template says.", copy: born(Birth{}),
			want: map[string]any{snapshot: nil, name: "admin", source: nil},
		},
		"Adopted": {
			reason: "What is adopted is never created nor renamed.", copy: adopted,
			want: map[string]any{snapshot: nil, policies: list("Observe Update LateInitialize"), "spec.forProvider.identifier": nil},
		},
		"Created": {
			reason: "What was restored keeps its snapshot, whatever is selected later, and is not created twice.",
			copy:   seen(born(Birth{}), "{metadata: {annotations: {crossdr.io/restored-from: snap-1, crossdr.io/data-time: T}}, spec: {initProvider: {snapshotIdentifier: snap-1}}, status: {atProvider: {id: db-1}}}"),
			want:   map[string]any{snapshot: "snap-1", name: nil, policies: list("Observe Update LateInitialize")},
			notes:  map[string]string{AnnotationRestoredFrom: "snap-1", AnnotationDataTime: "T"},
		},
		"PinnedAnew": {
			reason: "A restore that failed is pinned to another snapshot, with its time.",
			copy:   seen(born(Birth{Snapshot: "snap-2", DataTime: "U"}), "{metadata: {annotations: {crossdr.io/restored-from: snap-1, crossdr.io/data-time: T}}, spec: {initProvider: {snapshotIdentifier: snap-1}}}"),
			want:   map[string]any{snapshot: "snap-2", name: nil, policies: list("Observe Create Update LateInitialize")},
			notes:  map[string]string{AnnotationRestoredFrom: "snap-2", AnnotationDataTime: "U"},
		},
		"Promoted": {
			reason: "While it follows its source, the source is the empty string: leaving it out promotes nothing.",
			copy:   promoted("{metadata: {annotations: {crossdr.io/replica-of: db}}, spec: {forProvider: {replicateSourceDb: arn}}, status: {atProvider: {id: x, replicateSourceDb: arn}}}"),
			want:   map[string]any{"spec.forProvider.replicateSourceDb": "", name: nil, since: "3"},
			notes:  map[string]string{AnnotationReplicaOf: "db"},
		},
		"PromotedReported": {
			reason: "Cleared in the spec, and AWS still reports it.",
			copy:   promoted("{metadata: {annotations: {crossdr.io/replica-of: db}}, spec: {forProvider: {replicateSourceDb: ''}}, status: {atProvider: {id: x, replicateSourceDb: arn}}}"),
			want:   map[string]any{"spec.forProvider.replicateSourceDb": ""},
			notes:  map[string]string{AnnotationReplicaOf: "db"},
		},
		"PromotedDone": {
			reason: "Once AWS reports none it goes.",
			copy:   promoted("{metadata: {annotations: {crossdr.io/replica-of: db}}, spec: {forProvider: {replicateSourceDb: ''}}, status: {atProvider: {id: x}}}"),
			want:   map[string]any{"spec.forProvider.replicateSourceDb": nil, source: nil, name: nil},
			notes:  map[string]string{AnnotationReplicaOf: "db"},
		},
	}

	tpl := compileTemplate(t, dbTemplate, nil)
	if !tpl.Restorable() || !tpl.Replicable() || tpl.Dependent() || tpl.Source() != "DBInstance" {
		t.Fatal("a database instance is restored and replicated")
	}

	for n, tc := range cases {
		t.Run(n, func(t *testing.T) {
			r := tpl.Copy(scope(), tc.copy, variables(tc.copy))

			got := map[string]any{}
			for dotted := range tc.want {
				got[dotted] = at(r.Object, dotted)
			}

			if _, ok := tc.want[since]; ok {
				got[since], _ = path{metadata, "labels", LabelServesSince}.get(r.Object)
			}

			notes := map[string]string{}

			for _, a := range []string{AnnotationRestoredFrom, AnnotationDataTime, AnnotationReplicaOf} {
				if v, ok := (path{metadata, "annotations", a}).get(r.Object); ok {
					notes[a], _ = v.(string)
				}
			}

			if tc.notes == nil {
				tc.notes = map[string]string{}
			}

			if diff := cmp.Diff(tc.want, got) + cmp.Diff(tc.notes, notes); diff != "" || len(r.Faults) > 0 {
				t.Errorf("%s\n-want +got:\n%s%v", tc.reason, diff, r.Faults)
			}
		})
	}
}

// A template that states what its replicas follow, as that of a global cluster
// has to, never attaches one again.
func TestStatedSource(t *testing.T) {
	const source = "globalClusterIdentifier"

	cases := map[string]struct {
		reason   string
		observed string
		promoted bool
		want     any
	}{
		"Standby": {
			reason: "It follows what it was born to follow.", want: "old",
			observed: "{metadata: {annotations: {crossdr.io/replica-of: db}}, spec: {forProvider: {engine: aurora-postgresql, globalClusterIdentifier: old}}}",
		},
		"Promoted": {
			reason: "The template does not keep it from being promoted.", promoted: true, want: "",
			observed: "{metadata: {annotations: {crossdr.io/replica-of: db}}, spec: {forProvider: {engine: aurora-postgresql, globalClusterIdentifier: old}}}",
		},
		"Done": {
			reason: "Nor does it lead it back.", promoted: true, want: nil,
			observed: "{metadata: {annotations: {crossdr.io/replica-of: db}}, spec: {forProvider: {engine: aurora-postgresql}}}",
		},
		"Adopted": {
			reason: "Nor one that a person made.", promoted: true, want: nil,
			observed: "{spec: {forProvider: {engine: aurora-postgresql}}}",
		},
		"Selector": {
			reason: "A reference to the source goes with it.", promoted: true, want: "",
			observed: "{spec: {forProvider: {engine: aurora-postgresql, globalClusterIdentifier: old, globalClusterIdentifierSelector: {matchControllerRef: true}}}}",
		},
	}

	tpl := compileTemplate(t, `
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Cluster
spec: {forProvider: {engine: aurora-postgresql, globalClusterIdentifier: new}}
`, nil)

	for n, tc := range cases {
		t.Run(n, func(t *testing.T) {
			c := later()
			c.Data, c.Durable, c.Promoted, c.Observed = true, true, tc.promoted, observed(t, tc.observed)

			r := tpl.Copy(scope(), c, variables(c))
			if diff := cmp.Diff(tc.want, at(r.Object, "spec.forProvider."+source)); diff != "" || len(r.Warnings) > 0 {
				t.Errorf("%s\n-want +got:\n%s%v", tc.reason, diff, r.Warnings)
			}

			if got := at(r.Object, "spec.forProvider."+source+"Selector"); got != nil {
				t.Errorf("%s\ngot the selector %v", tc.reason, got)
			}
		})
	}
}

func TestCreated(t *testing.T) {
	cases := map[string]struct {
		reason   string
		observed string
		want     bool
	}{
		"New":        {reason: "Nothing says that it exists.", observed: "{spec: {managementPolicies: [Observe, Create, Update, LateInitialize]}}"},
		"Known":      {reason: "AWS gave it an id.", observed: "{status: {atProvider: {id: x}}}", want: true},
		"KnownByARN": {reason: "Or an ARN.", observed: "{status: {atProvider: {arn: x}}}", want: true},
		"StatusLost": {reason: "What may not be created any more was, though the status is lost.", observed: "{spec: {managementPolicies: [Observe, Update, LateInitialize]}}", want: true},
		"All":        {reason: "All policies say nothing.", observed: "{spec: {managementPolicies: ['*']}}"},
		"Kept":       {reason: "A kept copy is only observed, also when it was never made.", observed: "{metadata: {labels: {crossdr.io/role: Kept}}, spec: {managementPolicies: [Observe]}}"},
		"KeptKnown":  {reason: "Unless AWS knows it.", observed: "{metadata: {labels: {crossdr.io/role: Kept}}, spec: {managementPolicies: [Observe]}, status: {atProvider: {id: x}}}", want: true},
		"Fenced":     {reason: "A fenced copy served.", observed: "{metadata: {labels: {crossdr.io/role: Fenced}}, spec: {managementPolicies: [Observe]}}", want: true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Created(observed(t, tc.observed)); got != tc.want {
				t.Errorf("%s\nCreated(...): want %v, got %v", tc.reason, tc.want, got)
			}
		})
	}
}

// A key outlives its XR as data does.
func TestDurablePolicies(t *testing.T) {
	tpl := compileTemplate(t, "apiVersion: kms.aws.m.upbound.io/v1beta1\nkind: Key\nspec: {forProvider: {}}\n", nil)
	c := later()
	c.Durable = true

	if diff := cmp.Diff(any(list("Observe Create Update LateInitialize")), at(tpl.Copy(scope(), c, variables(c)).Object, "spec.managementPolicies")); diff != "" {
		t.Errorf("Without its key, data can't be read: -want +got:\n%s", diff)
	}
}

// By which name what was made and forgotten is looked for.
func TestBornAs(t *testing.T) {
	const (
		instance = "{apiVersion: rds.aws.m.upbound.io/v1beta1, kind: Instance, spec: {forProvider: {identifier: orders}}}"
		volume   = "{apiVersion: ec2.aws.m.upbound.io/v1beta1, kind: EBSVolume, metadata: {name: orders}, spec: {forProvider: {size: 10}}}"
	)

	cases := map[string]struct{ reason, template, observed, want string }{
		"New":           {reason: "What is not there yet will be called so.", template: instance, want: "orders-us-west-2-e2"},
		"Unmade":        {reason: "What could not be made is called as it was told to be, whatever the template says now.", template: instance, observed: "{spec: {forProvider: {identifier: old}}}", want: "old"},
		"Volume":        {reason: "A volume has no name, and that of its object for a tag.", template: volume, want: "orders-us-west-2-e2"},
		"VolumeFound":   {reason: "It still has once it is known which it is.", template: volume, observed: "{metadata: {name: old, annotations: {crossplane.io/external-name: vol-0a1b2c3d4e5f60718}}}", want: "old"},
		"VolumeUnknown": {reason: "And before.", template: volume, observed: "{metadata: {name: old}}", want: "old"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := later()
			c.Observed = observed(t, tc.observed)

			if got := compileTemplate(t, tc.template, nil).BornAs(scope(), c, variables(c)); got != tc.want {
				t.Errorf("%s\nBornAs(...): want %q, got %q", tc.reason, tc.want, got)
			}
		})
	}
}

// What a SnapshotSelection looks for, and asks about.
func TestIdentityOf(t *testing.T) {
	const named = "{apiVersion: rds.aws.m.upbound.io/v1beta1, kind: Instance, spec: {forProvider: {identifier: orders}}}"

	const plain = "{apiVersion: rds.aws.m.upbound.io/v1beta1, kind: Instance, spec: {forProvider: {engine: postgres}}}"

	const table = "{apiVersion: dynamodb.aws.m.upbound.io/v1beta1, kind: Table, metadata: {name: orders}, spec: {forProvider: {}}}"

	const (
		computed      = "{apiVersion: rds.aws.m.upbound.io/v1beta1, kind: Instance, spec: {forProvider: {identifier: 'orders-${xr.spec.size}'}}}"
		late          = "{apiVersion: rds.aws.m.upbound.io/v1beta1, kind: Instance, spec: {forProvider: {identifier: '${serving.vpc.metadata.name}'}}}"
		computedTable = "{apiVersion: dynamodb.aws.m.upbound.io/v1beta1, kind: Table, metadata: {name: 'orders-${xr.spec.size}'}, spec: {forProvider: {}}}"
		stated        = "{apiVersion: dynamodb.aws.m.upbound.io/v1beta1, kind: Table, metadata: {name: orders, annotations: {crossplane.io/external-name: outside}}, spec: {forProvider: {}}}"
	)

	cases := map[string]struct {
		reason, template string
		copy             *Copy
		observed         string
		want             string
	}{
		"Home":          {reason: "The template's name is the home copy's.", template: named, copy: home(), want: "orders"},
		"Later":         {reason: "Any other is told apart by its key.", template: named, copy: later(), want: "orders-us-west-2-e2"},
		"Derived":       {reason: "Without one it follows from the owner and the key, so that another control plane finds the same.", template: plain, copy: later(), want: "payments-db-us-west-2-e2-a8ogcn5d"},
		"Observed":      {reason: "What exists has the name that it has.", template: named, copy: home(), observed: "{spec: {forProvider: {identifier: old}}}", want: "old"},
		"Computed":      {reason: "What an expression computes is what it is called.", template: computed, copy: later(), want: "orders-7-us-west-2-e2"},
		"ComputedHome":  {reason: "At home, too.", template: computed, copy: home(), want: "orders-7"},
		"ComputedLate":  {reason: "What can't be computed yet is not known.", template: late, copy: later(), want: ""},
		"TableComputed": {reason: "Of a table, too.", template: computedTable, copy: later(), want: "orders-7-us-west-2-e2"},
		"TableStated":   {reason: "A table is called what the template says that it is called outside.", template: stated, copy: later(), want: "outside-us-west-2-e2"},
		"TableNew":      {reason: "One that was made without such a name is not.", template: stated, copy: later(), observed: "{metadata: {name: x}}", want: "x"},
		"Table":         {reason: "A table is called what its object is.", template: table, copy: later(), want: "orders-us-west-2-e2"},
		"TableObserved": {reason: "Or what it is called outside.", template: table, copy: later(), observed: "{metadata: {name: x, annotations: {crossplane.io/external-name: called}}}", want: "called"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tpl := compileTemplate(t, tc.template, nil)
			tc.copy.Observed = observed(t, tc.observed)

			if got := tpl.IdentityOf(scope(), tc.copy, variables(tc.copy)); got != tc.want {
				t.Errorf("%s\nIdentityOf(...): want %q, got %q", tc.reason, tc.want, got)
			}

			if tc.observed == "" && tc.want != "" {
				made := tpl.Copy(scope(), tc.copy, variables(tc.copy)).Object

				is := at(made, "spec.forProvider.identifier")
				for _, name := range []any{external(made), at(made, "metadata.name")} {
					if is == nil {
						is = name
					}
				}

				if is != tc.want {
					t.Errorf("The copy is called %q, but it is asked for as %q.", is, tc.want)
				}
			}
		})
	}
}
