package crd

import "testing"

func TestSnapshotSelectionRefusals(t *testing.T) {
	refuse(t, "SnapshotSelection", map[string]refusal{
		"Smallest": {
			reason: "A region and a source are all that must be said.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}}`,
		},
		"Full": {
			reason: "Every field that the design names is there.",
			spec: `
forProvider:
  region: us-west-2
  source: {kind: DBInstance, identifier: payments-db, resourceId: db-ABC}
  restoreAs: payments-db-us-west-2-e2
  policy: {type: AtOrBefore, time: "2026-11-20T09:00:00Z"}
  maxAge: 24h
  match: {tags: {team: payments}, encrypted: true, origins: [Automated, Manual, Backup]}
  failoverTargetRef: {name: payments, namespace: dr}
providerConfigRef: {kind: ProviderConfig, name: team-a}
managementPolicies: [Observe]
`,
		},
		"Empty": {
			reason: "What must be said is told, all of it at once.",
			spec:   `forProvider: {}`,
			want: []string{
				"spec.forProvider.region: Required value",
				"spec.forProvider.source: Required value",
			},
		},
		"Region": {
			reason: "The name of a zone, or of a place, is not that of a region.",
			spec:   `forProvider: {region: us-west-2a, source: {kind: DBInstance, identifier: payments-db}}`,
			want: []string{
				`spec.forProvider.region: Invalid value: "us-west-2a": spec.forProvider.region in body should match '^[a-z]{2,4}(-[a-z]+)+-[0-9]+$'`,
			},
		},
		"SourceKind": {
			reason: "Only these stores have snapshots that the provider can judge.",
			spec:   `forProvider: {region: us-west-2, source: {kind: Bucket, identifier: payments}}`,
			want: []string{
				`spec.forProvider.source.kind: Unsupported value: "Bucket": supported values: "DBInstance", "DBCluster", "Volume", "Table", "RecoveryPoint", "Replica"`,
			},
		},
		"PolicyType": {
			reason: "A policy that does not exist is refused, not taken for Latest.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, policy: {type: Newest}}`,
			want: []string{
				`spec.forProvider.policy.type: Unsupported value: "Newest": supported values: "Latest", "AtOrBefore", "Exact"`,
			},
		},
		"Origins": {
			reason: "An origin that does not exist would match nothing.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, match: {origins: [Manual, Manual, Robot]}}`,
			want: []string{
				`spec.forProvider.match.origins[1]: Duplicate value: "Manual"`,
				`spec.forProvider.match.origins[2]: Unsupported value: "Robot": supported values: "Automated", "Manual", "Backup"`,
			},
		},
		"FailoverTargetName": {
			reason: "A reference without a name would count for no target.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, failoverTargetRef: {name: ""}}`,
			want: []string{
				`spec.forProvider.failoverTargetRef.name: Invalid value: "": spec.forProvider.failoverTargetRef.name in body should be at least 1 chars long`,
			},
		},
		"Typo": {
			reason: "A field that is misspelt must not be dropped in silence: maxAge is an objective.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, maxage: 24h}`,
			want: []string{
				`SnapshotSelection in version "v1alpha1" cannot be handled as a SnapshotSelection: strict decoding error: unknown field "spec.forProvider.maxage"`,
			},
		},
	})
}
