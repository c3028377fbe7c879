package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLookup(t *testing.T) {
	type want struct {
		region, observed, zone, identity, tags string
		limit                                  int
		ok                                     bool
	}
	const region, observed, tags = "spec.forProvider.region", "status.atProvider.region", "spec.forProvider.tags"
	cases := map[string]struct {
		reason      string
		group, kind string
		want        want
	}{
		"Curated": {
			reason: "A curated kind has all that the tables know.",
			group:  "rds.aws.m.upbound.io", kind: "Instance",
			want: want{
				region: region, observed: observed, zone: "spec.forProvider.availabilityZone",
				identity: "spec.forProvider.identifier", tags: tags, limit: 63, ok: true,
			},
		},
		"ClusterScoped": {
			reason: "The cluster-scoped group has the same paths.",
			group:  "elasticache.aws.upbound.io", kind: "ReplicationGroup",
			want: want{region: region, observed: observed, tags: tags, limit: 40, ok: true},
		},
		"Generated": {
			reason: "A kind that nobody curated has what its CRD says.",
			group:  "kinesis.aws.m.upbound.io", kind: "Stream",
			want: want{region: region, observed: observed, tags: tags, limit: 63, ok: true},
		},
		"GlobalRole": {
			reason: "IAM has no region.",
			group:  "iam.aws.upbound.io", kind: "Role",
			want: want{tags: tags, limit: 63, ok: true},
		},
		"GlobalRecord": {
			reason: "Route 53 has no region.",
			group:  "route53.aws.m.upbound.io", kind: "Record",
			want: want{limit: 63, ok: true},
		},
		"NothingOnAWS": {
			reason: "A kind may take a region and never report one.",
			group:  "eks.aws.m.upbound.io", kind: "ClusterAuth",
			want: want{region: region, limit: 63, ok: true},
		},
		"NewerProvider": {
			reason: "A kind of a newer provider is taken to be regional.",
			group:  "ec2.aws.m.upbound.io", kind: "QuantumGateway",
			want: want{region: region, observed: observed, limit: 63, ok: true},
		},
		"NewerService": {
			reason: "So is a service of a newer provider.",
			group:  "quantum.aws.upbound.io", kind: "Gateway",
			want: want{region: region, observed: observed, limit: 63, ok: true},
		},
		"ProviderConfig": {
			reason: "The provider's own configuration is no resource of AWS.",
			group:  "aws.m.upbound.io", kind: "ProviderConfig",
		},
		"OtherProvider": {
			reason: "Another provider's group is not ours.",
			group:  "rds.gcp.upbound.io", kind: "Instance",
		},
		"Ours": {
			reason: "Our own group only looks like one of theirs.",
			group:  "aws.m.crossdr.io", kind: "FailoverTarget",
		},
		"Deeper": {
			reason: "A service is one label.",
			group:  "rds.example.aws.upbound.io", kind: "Instance",
		},
		"Core": {
			reason: "The core group is empty.",
			group:  "", kind: "Secret",
		},
		"NoService": {
			reason: "A group of the suffix alone names no service.",
			group:  ".aws.upbound.io", kind: "Instance",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			k, ok := Lookup(tc.group, tc.kind)
			got := want{
				region: k.Region, observed: k.ObservedRegion, zone: k.ZoneName, identity: k.Identity, tags: k.Tags,
				limit: k.NameLimit, ok: ok,
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nLookup(%q, %q): -want, +got:\n%s", tc.reason, tc.group, tc.kind, diff)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	k, _ := Lookup("s3.aws.m.upbound.io", "BucketReplicationConfiguration")
	want := Reference{Service: "s3", Kind: "Bucket"}
	if diff := cmp.Diff(want, k.References["rule.destination.bucketSelector"]); diff != "" {
		t.Errorf("A nested selector is found without list markers: -want, +got:\n%s", diff)
	}
	for from, k := range table() {
		for selector, to := range k.References {
			if _, ok := table()[name{to.Service, to.Kind}]; !ok {
				t.Errorf("%v: %s selects %v, which is no kind", from, selector, to)
			}
		}
	}
}

func TestPasswords(t *testing.T) {
	want := map[name][]Password{
		{"docdb", "Cluster"}: {{
			SecretRef: "spec.forProvider.masterPasswordSecretRef", AutoGenerate: "spec.forProvider.autoGeneratePassword",
		}},
		{"elasticache", "ReplicationGroup"}: {{
			SecretRef: "spec.forProvider.authTokenSecretRef", AutoGenerate: "spec.forProvider.autoGenerateAuthToken",
		}},
		{"rds", "Cluster"}: {{
			SecretRef: "spec.forProvider.masterPasswordSecretRef", AutoGenerate: "spec.forProvider.autoGeneratePassword",
		}},
		{"rds", "Instance"}: {{
			SecretRef: "spec.forProvider.passwordSecretRef", AutoGenerate: "spec.forProvider.autoGeneratePassword",
		}},
	}
	got := map[name][]Password{}
	for n, k := range table() {
		if len(k.Passwords) > 0 {
			got[n] = k.Passwords
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("These four kinds generate passwords in v2.5.0: -want, +got:\n%s", diff)
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	Lookup("rds.aws.m.upbound.io", "Instance") // Builds the table.
	for _, kind := range []string{"Instance", "OptionGroup", "Unknown"} {
		if n := testing.AllocsPerRun(100, func() { Lookup("rds.aws.m.upbound.io", kind) }); n != 0 {
			t.Errorf("Lookup of %s is on the hot path of every render: it allocates %v times", kind, n)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Lookup("rds.aws.m.upbound.io", "Instance")
	}
}
