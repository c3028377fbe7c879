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
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
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
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
				`spec.forProvider.source.kind: Unsupported value: "Bucket": supported values: "DBInstance", "DBCluster", "Volume", "Table", "RecoveryPoint", "Replica"`,
			},
		},
		"PolicyType": {
			reason: "A policy that does not exist is refused, not taken for Latest.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, policy: {type: Newest}}`,
			want: []string{
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
				`spec.forProvider.policy.type: Unsupported value: "Newest": supported values: "Latest", "AtOrBefore", "Exact"`,
			},
		},
		"NoSource": {
			reason: "A source that nothing tells would be any store.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: "", tags: {}}}`,
			want: []string{
				"spec.forProvider.source: Invalid value: state at least one of identifier, resourceId, arn and tags",
			},
		},
		"Tagged": {
			reason: "Tags are enough for a store that AWS lists with its tags.",
			spec:   `forProvider: {region: us-west-2, source: {kind: Volume, tags: {app: payments}}}`,
		},
		"TaggedTable": {
			reason: "AWS lists neither tables nor recovery points by tags.",
			spec:   `forProvider: {region: us-west-2, source: {kind: Table, tags: {app: payments}}}`,
			want: []string{
				"spec.forProvider.source: Invalid value: a Table or a RecoveryPoint needs an identifier or an arn: AWS can't be asked for it by anything else",
			},
		},
		"ARN": {
			reason: "The name of a store is not its ARN.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, arn: payments-db}}`,
			want: []string{
				`spec.forProvider.source.arn: Invalid value: "payments-db": must be an ARN, such as arn:aws:rds:us-east-1:111122223333:db:payments-db`,
			},
		},
		"BucketARN": {
			reason: "The ARN of a bucket has neither a region nor an account.",
			spec:   `forProvider: {region: us-west-2, source: {kind: RecoveryPoint, arn: "arn:aws:s3:::payments"}}`,
		},
		"AtOrBeforeWithoutTime": {
			reason: "Without a time nothing could be before it.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, policy: {type: AtOrBefore}}`,
			want: []string{
				"spec.forProvider.policy: Invalid value: the policy AtOrBefore needs a time",
			},
		},
		"TimeWithoutAtOrBefore": {
			reason: "Who states a time and forgets the type would get data from after it.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, policy: {time: "2026-11-20T09:00:00Z"}}`,
			want: []string{
				"spec.forProvider.policy: Invalid value: time goes with the policy AtOrBefore only",
			},
		},
		"ExactWithoutID": {
			reason: "Exactly nothing is no snapshot.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, policy: {type: Exact}}`,
			want: []string{
				"spec.forProvider.policy: Invalid value: the policy Exact needs the id of a snapshot",
			},
		},
		"IDWithoutExact": {
			reason: "Who states an id and forgets the type would get another snapshot.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, policy: {id: "rds:payments-db-2026-11-20-09-00"}}`,
			want: []string{
				"spec.forProvider.policy: Invalid value: id goes with the policy Exact only",
			},
		},
		"NegativeMaxAge": {
			reason: "No data is younger than now.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, maxAge: "-24h"}`,
			want: []string{
				`spec.forProvider.maxAge: Invalid value: "-24h": must be a duration that is not negative, such as 24h or 1h30m`,
			},
		},
		"MaxAgeInDays": {
			reason: "A duration that a client can't read would hide every SnapshotSelection from it.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, maxAge: 7d}`,
			want: []string{
				`spec.forProvider.maxAge: Invalid value: "7d": must be a duration that is not negative, such as 24h or 1h30m`,
			},
		},
		"MaxAgeTooLong": {
			reason: "Nor can it read one of more than 292 years.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, maxAge: 9999999h}`,
			want: []string{
				`spec.forProvider.maxAge: Invalid value: "9999999h": must be a duration that is not negative, such as 24h or 1h30m`,
			},
		},
		"MaxAgeOfNothing": {
			reason: "An objective of nothing is written as Go writes it.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, maxAge: 0s}`,
		},
		"MaxAgeWithFraction": {
			reason: "So is one of less than a second: an XR may state it.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, maxAge: 1m1.5s}`,
		},
		"AnotherRegion": {
			reason: "An answer for one region must not be taken for that of another.",
			old:    `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}}`,
			spec:   `forProvider: {region: us-east-2, source: {kind: DBInstance, identifier: payments-db}}`,
			want: []string{
				"spec.forProvider: Invalid value: region can't be changed: another region is another SnapshotSelection",
			},
		},
		"AnotherSource": {
			reason: "Nor one about a store for that about another.",
			old:    `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}}`,
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: orders-db}}`,
			want: []string{
				"spec.forProvider.source: Invalid value: kind, identifier and tags can't be changed: another source is another SnapshotSelection",
			},
		},
		"OtherTags": {
			reason: "Tags tell the store, too.",
			old:    `forProvider: {region: us-west-2, source: {kind: Volume, tags: {app: payments}}}`,
			spec:   `forProvider: {region: us-west-2, source: {kind: Volume, tags: {app: orders}}}`,
			want: []string{
				"spec.forProvider.source: Invalid value: kind, identifier and tags can't be changed: another source is another SnapshotSelection",
			},
		},
		"ResourceIDBecomesKnown": {
			reason: "What proves that it is this store may become known later.",
			old:    `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}}`,
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db, resourceId: db-ABC, arn: "arn:aws:rds:us-east-1:111122223333:db:payments-db"}}`,
		},
		"AnotherResourceID": {
			reason: "Another resource id is another store of the same name.",
			old:    `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db, resourceId: db-ABC}}`,
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db, resourceId: db-XYZ}}`,
			want: []string{
				"spec.forProvider.source: Invalid value: resourceId and arn may be added, and then not be changed or removed: another source is another SnapshotSelection",
			},
		},
		"ResourceIDRemoved": {
			reason: "Without it another store of the same name would do.",
			old:    `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db, resourceId: db-ABC}}`,
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}}`,
			want: []string{
				"spec.forProvider.source: Invalid value: resourceId and arn may be added, and then not be changed or removed: another source is another SnapshotSelection",
			},
		},
		"AnotherQuestion": {
			reason: "What is asked about the same data may change.",
			old:    `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, restoreAs: payments-db-e2, maxAge: 24h, failoverTargetRef: {name: payments}}`,
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, restoreAs: payments-db-e3, maxAge: 1h, policy: {type: Exact, id: a}, match: {encrypted: true}}`,
		},
		"Origins": {
			reason: "An origin that does not exist would match nothing.",
			spec:   `forProvider: {region: us-west-2, source: {kind: DBInstance, identifier: payments-db}, match: {origins: [Manual, Manual, Robot]}}`,
			want: []string{
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
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
