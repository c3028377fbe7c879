package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCopyName(t *testing.T) {
	other := func(change func(*Owner)) Owner {
		o := owner
		change(&o)

		return o
	}
	hash := owner.hash("")

	cases := map[string]struct {
		reason string
		owner  Owner
		key    string
		limit  int
		want   string
	}{
		"Whole": {reason: "A name says whose it is and which copy.", owner: owner, key: "db-us-west-2-e2", limit: 63, want: "payments-db-us-west-2-e2-" + hash},
		"Exact": {reason: "A name that just fits is not cut.", owner: owner, key: "db", limit: len("payments-db-") + 8, want: "payments-db-" + hash},
		"Cut": {
			reason: "A name that is cut has its key in the hash.", owner: owner, key: "db", limit: len("payments-db-") + 7,
			want: "payments-d-" + owner.hash("db"),
		},
		"CutAtDash": {
			reason: "A cut leaves no two dashes: RDS refuses them.", owner: owner, key: "db-us-west-2", limit: len("payments-db-") + 9,
			want: "payments-db-" + owner.hash("db-us-west-2"),
		},
		"CutAtDot": {
			reason: "A cut leaves no dot before a dash: Kubernetes refuses it.", owner: other(func(o *Owner) { o.Name = "payments.example" }), key: "db", limit: 18,
			want: "payments-" + other(func(o *Owner) { o.Name = "payments.example" }).hash("db"),
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.owner.CopyName(tc.key, tc.limit)); diff != "" {
				t.Errorf("%s\nCopyName(%q, %d): -want +got:\n%s", tc.reason, tc.key, tc.limit, diff)
			}
		})
	}

	for name, o := range map[string]Owner{
		"group": other(func(o *Owner) { o.Group = "example.com" }), "kind": other(func(o *Owner) { o.Kind = "MySQLInstance" }),
		"space": other(func(o *Owner) { o.Namespace = "team-b" }), "names": other(func(o *Owner) { o.Name = "payment" }),
	} {
		if o.hash("") == hash {
			t.Errorf("two owners that differ in their %s share a store", name)
		}
	}

	if hash != "a8ogcn5d" {
		t.Errorf("the hash of an owner changed to %s: a rebuild from Git would give every copy another name", hash)
	}
}

func TestNameProperties(t *testing.T) {
	word := rapid.StringMatching(`[a-z]([a-z0-9.-]{0,70}[a-z0-9])?`)

	rapid.Check(t, func(t *rapid.T) {
		o := Owner{Group: "g", Kind: "K", Namespace: word.Draw(t, "namespace"), Name: word.Draw(t, "owner")}
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		limit := rapid.IntRange(20, 63).Draw(t, "limit")

		for _, named := range []func(string) string{
			func(s string) string { return o.CopyName(s, limit) },
			func(s string) string { return o.Suffixed("main", "-"+s, limit) },
			func(s string) string { return o.Suffixed(s, "-us-west-2", limit) },
		} {
			x, y := named(a), named(b)

			switch {
			case len(x) > limit:
				t.Fatalf("%s is longer than %d", x, limit)
			case x != named(a):
				t.Fatalf("%s is called %s, too", a, named(a))
			case (a == b) != (x == y):
				t.Fatalf("%s and %s are called %s and %s", a, b, x, y)
			case strings.Trim(x, "-.") != x, strings.Contains(x, "."+"-"+o.hash(a)):
				t.Fatalf("%s can't be a name", x)
			}
		}
	})
}

func TestCopyNames(t *testing.T) {
	const template = `
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Instance
metadata: {name: main, generateName: main-, annotations: {crossplane.io/external-name: db-main}}
spec:
  writeConnectionSecretToRef: {name: conn, namespace: apps}
  forProvider:
    identifier: maindb
    autoGeneratePassword: true
    passwordSecretRef: {name: password, key: password}
`
	const bare = `
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Instance
spec: {forProvider: {engine: postgres}}
`
	const assigned = `
apiVersion: ec2.aws.m.upbound.io/v1beta1
kind: VPC
metadata: {name: main, annotations: {crossplane.io/external-name: vpc-0a1b2c3d4e5f60718}}
spec: {forProvider: {cidrBlock: 10.0.0.0/16}}
`

	const limited = `
apiVersion: dax.aws.m.upbound.io/v1beta1
kind: Cluster
spec: {forProvider: {replicationFactor: 3}}
`

	type want struct{ name, external, identity, connection, password any }

	adopting := func() *Copy {
		c := later()
		c.Adopt = "db-OTHER"

		return c
	}

	seen := func(c *Copy, document string) *Copy {
		c.Observed = observed(t, document)

		return c
	}

	cases := map[string]struct {
		reason   string
		template string
		copy     *Copy
		want     want
	}{
		"Home": {
			reason: "Law 6: the home copy has every name that its template chooses.", template: template, copy: home(),
			want: want{"main", "db-main", "maindb", "conn", "password"},
		},
		"Later": {
			reason: "Every other copy has names of its own: two copies can't control one Secret or one database.", template: template, copy: later(),
			want: want{"main-us-west-2-e2", "db-main-us-west-2-e2", "maindb-us-west-2-e2", "conn-us-west-2-e2", "password-us-west-2-e2"},
		},
		"Derived": {
			reason: "What the template does not name is named after the owner.", template: bare, copy: later(),
			want: want{"payments-db-us-west-2-e2-a8ogcn5d", nil, "payments-db-us-west-2-e2-a8ogcn5d", nil, nil},
		},
		"Limited": {
			reason: "Where metadata.name is the name on AWS, it is no longer than AWS takes.", template: limited, copy: later(),
			want: want{"payments-db-d0dgm4v9", nil, nil, nil, nil},
		},
		"Adopted": {
			reason: "What is adopted has its name: to write an identity would rename it.", template: template, copy: adopting(),
			want: want{"main-us-west-2-e2", "db-OTHER", nil, "conn-us-west-2-e2", "password-us-west-2-e2"},
		},
		"Forgotten": {
			reason: "A copy without a name in the outside world is given that of what it turned out to be, and no other name changes.", template: template,
			copy: seen(adopting(), `{metadata: {name: old}, spec: {forProvider: {identifier: olddb}}}`),
			want: want{"old", "db-OTHER", "olddb", "conn-us-west-2-e2", "password-us-west-2-e2"},
		},
		"NotRenamed": {
			reason: "Law 3: one that has a name keeps it.", template: template,
			copy: seen(adopting(), `{metadata: {name: old, annotations: {crossplane.io/external-name: db-OLD}}, spec: {forProvider: {identifier: olddb}}}`),
			want: want{"old", "db-OLD", "olddb", "conn-us-west-2-e2", "password-us-west-2-e2"},
		},
		"Existing": {
			reason: "Law 3: an existing copy keeps the names that it has, whatever the template says now.", template: template,
			copy: seen(later(), `{metadata: {name: old, annotations: {crossplane.io/external-name: db-OLD}}, spec: {forProvider: {identifier: olddb}}}`),
			want: want{"old", "db-OLD", "olddb", "conn-us-west-2-e2", "password-us-west-2-e2"},
		},
		"ExistingWithout": {
			reason: "Law 3: what an existing copy does not have is never introduced, though it is the home copy.", template: template,
			copy: seen(home(), `{metadata: {name: old}, spec: {forProvider: {}}}`),
			want: want{"old", nil, nil, "conn", "password"},
		},
		"AssignedHome": {
			reason: "An id that AWS assigned belongs to the home copy.", template: assigned, copy: home(),
			want: want{"main", "vpc-0a1b2c3d4e5f60718", nil, nil, nil},
		},
		"AssignedElsewhere": {
			reason: "An id that AWS assigned can't be anything else's, not even with a suffix.", template: assigned, copy: later(),
			want: want{"main-us-west-2-e2", nil, nil, nil, nil},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o := compileTemplate(t, tc.template, nil).Copy(scope(), tc.copy, variables(tc.copy)).Object
			got := want{
				at(o, "metadata.name"), external(o), at(o, "spec.forProvider.identifier"),
				at(o, "spec.writeConnectionSecretToRef.name"), at(o, "spec.forProvider.passwordSecretRef.name"),
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}

			if at(o, "metadata.generateName") != nil {
				t.Error("A copy with a name has no generateName, or another render would make another copy.")
			}
		})
	}
}

func TestPasswordOfPerson(t *testing.T) {
	o := compileTemplate(t, `
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Instance
metadata: {name: main}
spec: {forProvider: {passwordSecretRef: {name: main, key: password}}}
`, nil)
	s := scope()
	s.Neighbours = []Neighbour{{Component: "db", Group: "rds.aws.m.upbound.io", Kind: "Instance", Names: map[string]map[string]string{"main": {"us-west-2": "main-us-west-2-e2"}}}}

	got := o.Copy(s, later(), variables(later())).Object
	if diff := cmp.Diff(any("main"), at(got, "spec.forProvider.passwordSecretRef.name")); diff != "" {
		t.Errorf("A Secret that a person keeps is the same for all copies, even if it is called like the database: -want +got:\n%s", diff)
	}
}

func TestNamespace(t *testing.T) {
	const template = "apiVersion: ec2.aws.m.upbound.io/v1beta1\nkind: VPC\nspec: {forProvider: {}}\n"
	const stated = "apiVersion: ec2.aws.m.upbound.io/v1beta1\nkind: VPC\nmetadata: {namespace: mine}\nspec: {forProvider: {}}\n"
	const cluster = "apiVersion: ec2.aws.upbound.io/v1beta1\nkind: VPC\nspec: {forProvider: {}}\n"

	type args struct {
		template string
		scope    *Scope
		observed string
	}

	cases := map[string]struct {
		reason string
		args   args
		want   any
		fault  string
	}{
		"Namespaced":    {reason: "Under a namespaced XR Crossplane gives the namespace.", args: args{template, &Scope{Namespace: "team-a"}, ""}},
		"ClusterScoped": {reason: "Under a cluster-scoped XR a namespaced resource needs one.", args: args{template, &Scope{Namespace: "team-a", ClusterScoped: true}, ""}, want: "team-a"},
		"Stated":        {reason: "The template's own namespace wins.", args: args{stated, &Scope{Namespace: "team-a", ClusterScoped: true}, ""}, want: "mine"},
		"ClusterKind":   {reason: "A cluster-scoped kind has no namespace.", args: args{cluster, &Scope{Namespace: "team-a", ClusterScoped: true}, ""}},
		"None":          {reason: "Law 9: without any namespace the fault says where to put one.", args: args{template, &Scope{ClusterScoped: true}, ""}, want: "", fault: "template.metadata.namespace"},
		"Existing": {
			reason: "A copy that exists stays in its namespace: in another one it would be made again, and the old one deleted.",
			args:   args{stated, &Scope{Namespace: "team-b", ClusterScoped: true}, "{metadata: {name: x, namespace: team-a}}"}, want: "team-a",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := home()
			c.Observed = observed(t, tc.args.observed)

			r := compileTemplate(t, tc.args.template, nil).Copy(tc.args.scope, c, variables(c))
			if diff := cmp.Diff(tc.want, at(r.Object, "metadata.namespace")); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}

			if got := r.Faults.ToAggregate(); (got != nil) != (tc.fault != "") || got != nil && !strings.HasPrefix(got.Error(), tc.fault+": ") {
				t.Errorf("%s\nwant a fault at %q, got %v", tc.reason, tc.fault, r.Faults)
			}
		})
	}
}
