package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What of a live copy changes when its template does: law 3.
func TestImmutables(t *testing.T) {
	const instance = "apiVersion: rds.aws.m.upbound.io/v1beta1\nkind: Instance\n"

	const subnet = "apiVersion: ec2.aws.m.upbound.io/v1beta1\nkind: Subnet\n"

	const vm = "apiVersion: ec2.aws.m.upbound.io/v1beta1\nkind: Instance\n"

	type args struct{ template, observed string }

	type want struct {
		spec     string
		warnings []string
	}

	warning := func(at string) string {
		return "db-us-west-2-e2: " + at + " can't change on a resource that exists, so it stays as it is"
	}

	cases := map[string]struct {
		reason string
		args   args
		want   want
	}{
		"Mutable": {
			reason: "What can change follows the template, and nobody is warned.",
			args:   args{instance + "spec: {forProvider: {instanceClass: large}}", "{forProvider: {region: us-west-2, instanceClass: small}}"},
			want:   want{spec: "{forProvider: {region: us-west-2, instanceClass: large}}"},
		},
		"Changed": {
			reason: "What can't change stays, and the person who asked is told where.",
			args:   args{instance + "spec: {forProvider: {engine: mysql, username: root}}", "{forProvider: {region: us-west-2, engine: postgres, username: admin}}"},
			want: want{
				spec:     "{forProvider: {region: us-west-2, engine: postgres, username: admin}}",
				warnings: []string{warning("spec.forProvider.engine"), warning("spec.forProvider.username")},
			},
		},
		"Same": {
			reason: "A template that asks for what there is warns nobody.",
			args:   args{instance + "spec: {forProvider: {engine: postgres}}", "{forProvider: {region: us-west-2, engine: postgres}}"},
			want:   want{spec: "{forProvider: {region: us-west-2, engine: postgres}}"},
		},
		"NotIntroduced": {
			reason: "An argument that the copy does not have is not given to it: on a live database dbName means a new one.",
			args:   args{instance + "spec: {forProvider: {dbName: orders}}", "{forProvider: {region: us-west-2}}"},
			want:   want{spec: "{forProvider: {region: us-west-2}}", warnings: []string{warning("spec.forProvider.dbName")}},
		},
		"NoRegion": {
			reason: "Not even a region is introduced.",
			args:   args{instance + "spec: {forProvider: {}}", "{forProvider: {identifier: x}}"},
			want:   want{spec: "{forProvider: {identifier: x}}"},
		},
		"Moved": {
			reason: "A copy that is elsewhere stays there: its region is patched in place and wedges it.",
			args:   args{instance + "spec: {forProvider: {region: us-east-1}}", "{forProvider: {region: eu-west-1}}"},
			want:   want{spec: "{forProvider: {region: eu-west-1}}"},
		},
		"Sources": {
			reason: "The snapshot and the source that a copy was born from are repeated, though no template names them.",
			args: args{
				instance + "spec: {forProvider: {engine: postgres}}",
				"{forProvider: {engine: postgres, replicateSourceDb: 'arn:x'}, initProvider: {snapshotIdentifier: snap-1}}",
			},
			want: want{spec: "{forProvider: {engine: postgres, replicateSourceDb: 'arn:x'}, initProvider: {snapshotIdentifier: snap-1}}"},
		},
		"SourceNotIntroduced": {
			reason: "A snapshot that the template names now would replace the database.",
			args:   args{instance + "spec: {forProvider: {}, initProvider: {snapshotIdentifier: snap-2}}", "{forProvider: {region: us-west-2}}"},
			want:   want{spec: "{forProvider: {region: us-west-2}, initProvider: {}}", warnings: []string{warning("spec.initProvider.snapshotIdentifier")}},
		},
		"LateInitialized": {
			reason: "A value that the provider filled in stays where it is.",
			args:   args{instance + "spec: {forProvider: {}}", "{forProvider: {kmsKeyId: key, storageEncrypted: true, instanceClass: small}}"},
			want:   want{spec: "{forProvider: {kmsKeyId: key, storageEncrypted: true}}"},
		},
		"Selector": {
			reason: "A selector of an immutable argument is one, too, and so is what it found.",
			args: args{
				subnet + "spec: {forProvider: {vpcIdSelector: {matchLabels: {a: new}}}}",
				"{forProvider: {vpcId: vpc-1, vpcIdRef: {name: main}, vpcIdSelector: {matchLabels: {a: old}}}}",
			},
			want: want{spec: "{forProvider: {vpcId: vpc-1, vpcIdRef: {name: main}, vpcIdSelector: {matchLabels: {a: old}}}}"},
		},
		"SelectorNotIntroduced": {
			reason: "A selector is not introduced on a subnet that has an id: it could find another VPC.",
			args:   args{subnet + "spec: {forProvider: {vpcIdSelector: {matchControllerRef: true}, vpcIdRef: {name: x}}}", "{forProvider: {vpcId: vpc-1}}"},
			want:   want{spec: "{forProvider: {vpcId: vpc-1}}"},
		},
		"Nested": {
			reason: "An argument within a block stays, and the rest of the block follows the template.",
			args: args{
				vm + "spec: {forProvider: {rootBlockDevice: {encrypted: false, volumeSize: 20}}}",
				"{forProvider: {rootBlockDevice: {encrypted: true, volumeSize: 10}}}",
			},
			want: want{spec: "{forProvider: {rootBlockDevice: {encrypted: true, volumeSize: 20}}}", warnings: []string{warning("spec.forProvider.rootBlockDevice.encrypted")}},
		},
		"NestedSelector": {
			reason: "A selector within a block is not introduced either.",
			args: args{
				vm + "spec: {forProvider: {rootBlockDevice: {kmsKeyIdSelector: {matchLabels: {a: b}}, kmsKeyIdRef: {name: x}, volumeSize: 20}}}",
				"{forProvider: {rootBlockDevice: {volumeSize: 10}}}",
			},
			want: want{spec: "{forProvider: {rootBlockDevice: {volumeSize: 20}}}"},
		},
		"NestedLost": {
			reason: "A block that the template lost keeps what can't change.",
			args:   args{vm + "spec: {forProvider: {}}", "{forProvider: {rootBlockDevice: {encrypted: true, volumeSize: 10}}}"},
			want:   want{spec: "{forProvider: {rootBlockDevice: {encrypted: true}}}"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := later()
			c.Observed = observed(t, "{metadata: {name: x}, spec: "+tc.args.observed+"}")

			for range 5 {
				r := compileTemplate(t, tc.args.template, nil).Copy(scope(), c, variables(c))

				if diff := cmp.Diff(parse(t, tc.want.spec), r.Object["spec"]); diff != "" {
					t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
				}

				if diff := cmp.Diff(tc.want.warnings, r.Warnings); diff != "" {
					t.Errorf("%s\nWarnings: -want +got:\n%s", tc.reason, diff)
				}
			}
		})
	}
}

func TestPolicies(t *testing.T) {
	var (
		born    = list("Observe Create Update LateInitialize")
		living  = list("Observe Update LateInitialize")
		observe = list("Observe")
	)

	type args struct {
		stated, observed, adopt string
		network                 bool
		scope                   *Scope
		fenced                  bool
	}

	cases := map[string]struct {
		reason string
		args   args
		want   any
	}{
		"Born":          {reason: "Data is created once, and never deleted with its XR.", want: born},
		"BornStated":    {reason: "A template may choose to delete its data with the XR.", args: args{stated: "['*']"}, want: []any{"*"}},
		"Creating":      {reason: "Until it exists on AWS, creation may be tried again.", args: args{observed: "spec: {managementPolicies: [Observe, Create, Update, LateInitialize]}"}, want: born},
		"NullID":        {reason: "An id that is null is no id.", args: args{observed: "{spec: {managementPolicies: ['*']}, status: {atProvider: {id: null, arn: ''}}}"}, want: born},
		"Created":       {reason: "A database that somebody deleted by hand must be reported and not made again, empty.", args: args{observed: "{spec: {managementPolicies: ['*']}, status: {atProvider: {id: x}}}"}, want: living},
		"CreatedByARN":  {reason: "An ARN proves it, too.", args: args{observed: "{spec: {}, status: {atProvider: {arn: 'arn:x'}}}"}, want: living},
		"CreatedStated": {reason: "A template that would create it again is overruled.", args: args{stated: "['*']", observed: "{status: {atProvider: {id: x}}}"}, want: living},
		"CreatedObserved": {
			reason: "A template that only observes is left so.",
			args:   args{stated: "[Observe]", observed: "{status: {atProvider: {id: x}}}"}, want: observe,
		},
		"StatusLost":    {reason: "A lost status does not allow creation again.", args: args{observed: "spec: {managementPolicies: [Observe, Update, LateInitialize]}"}, want: living},
		"HolderAgain":   {reason: "Who observed only and is the holder again updates, and never creates.", args: args{observed: "spec: {managementPolicies: [Observe]}"}, want: living},
		"Adopted":       {reason: "What exists already is never created.", args: args{adopt: "db-X"}, want: living},
		"AdoptedStated": {reason: "A template that only observes does so from the start.", args: args{adopt: "db-X", stated: "[Observe]"}, want: observe},
		"AdoptedCreate": {reason: "A template that would create it is overruled.", args: args{adopt: "db-X", stated: "['*']"}, want: living},
		"AdoptedLate": {
			reason: "An adoption that is listed after the birth changes nothing: the external name is not introduced either.",
			args:   args{adopt: "db-X", observed: "spec: {managementPolicies: ['*']}"}, want: born,
		},
		"Network":      {reason: "What holds no data is Crossplane's to delete.", args: args{network: true}},
		"Fenced":       {reason: "A fenced copy is only observed.", args: args{fenced: true, observed: "{spec: {managementPolicies: ['*'], forProvider: {}}, status: {atProvider: {id: x}}}"}, want: observe},
		"NotHolder":    {reason: "Law 4: who is not the holder only observes.", args: args{scope: &Scope{ObserveOnly: true}, network: true, observed: "{spec: {managementPolicies: ['*'], forProvider: {}}}"}, want: observe},
		"PoliciesLost": {reason: "A lost list of policies is written anew.", args: args{observed: "{spec: {}, status: {atProvider: {id: x}}}"}, want: living},
		"StatedEmpty":  {reason: "A template that pauses its data is left so.", args: args{stated: "[]"}, want: []any{}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			template := "apiVersion: rds.aws.m.upbound.io/v1beta1\nkind: Instance\nspec: {forProvider: {}"
			if tc.args.stated != "" {
				template += ", managementPolicies: " + tc.args.stated
			}

			s := tc.args.scope
			if s == nil {
				s = scope()
			}

			c := later()
			c.Data, c.Durable, c.Fenced, c.Adopt, c.Observed = !tc.args.network, !tc.args.network, tc.args.fenced, tc.args.adopt, observed(t, tc.args.observed)

			got := at(compileTemplate(t, template+"}", nil).Copy(s, c, variables(c)).Object, "spec.managementPolicies")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
