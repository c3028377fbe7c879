package crd

import "testing"

func TestFailoverTargetRefusals(t *testing.T) {
	refuse(t, "FailoverTarget", map[string]refusal{
		"Smallest": {
			reason: "A home region is all that must be said.",
			spec:   `forProvider: {regions: [{name: us-east-1}]}`,
		},
		"Full": {
			reason: "Every field that the design names is there.",
			spec: `
forProvider:
  regions: [{name: us-east-1}, {name: us-west-2}]
  activation: {region: us-west-2, epoch: 2, accept: [TypeNotOffered], restore: false, adopt: false, maxDataLoss: 30m, reason: INC-4711}
  protects: {namespaces: [team-a]}
  require: {instanceTypes: [m7g.large], dbInstanceClasses: [db.r6g.large], zones: 2}
  record: {dynamoDB: {tableName: crossdr, regions: [us-west-2, us-east-2]}}
providerConfigRef: {kind: ClusterProviderConfig, name: default}
`,
		},
		"NoRegion": {
			reason: "Without a region nothing could serve.",
			spec:   `forProvider: {regions: []}`,
			want: []string{
				"spec.forProvider.regions: Invalid value: 0: spec.forProvider.regions in body should have at least 1 items",
			},
		},
		"RegionTwice": {
			reason: "A region that is listed twice would have two places in the order.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-east-1}]}`,
			want: []string{
				`spec.forProvider.regions[1]: Duplicate value: {"name":"us-east-1"}`,
			},
		},
		"RegionName": {
			reason: "A zone is not a region.",
			spec:   `forProvider: {regions: [{name: us-east-1a}]}`,
			want: []string{
				`spec.forProvider.regions[0].name: Invalid value: "us-east-1a": spec.forProvider.regions[0].name in body should match '^[a-z]{2,4}(-[a-z]+)+-[0-9]+$'`,
			},
		},
		"NoEpoch": {
			reason: "An activation without an epoch could be replayed.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2}}`,
			want: []string{
				"spec.forProvider.activation.epoch: Required value",
			},
		},
		"EpochOfHome": {
			reason: "Home at epoch 1 is recorded by itself; nobody activates it.",
			spec:   `forProvider: {regions: [{name: us-east-1}], activation: {region: us-east-1, epoch: 1}}`,
			want: []string{
				"spec.forProvider.activation.epoch: Invalid value: 1: spec.forProvider.activation.epoch in body should be greater than or equal to 2",
			},
		},
		"Accept": {
			reason: "What is accepted is a blocker that exists, so that a misspelt one does not look accepted.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 2, accept: [DataAge]}}`,
			want: []string{
				`spec.forProvider.activation.accept[0]: Unsupported value: "DataAge": supported values: "RegionUnreachable", "TooFewZones", "TypeNotOffered", "DataLossExceedsConsent", "DataAgeUnknown", "NothingMeasured", "RecordUnreadable", "RecordNotStrong", "RecordNotWritten"`,
			},
		},
		"Record": {
			reason: "A record is kept somewhere, in a table with a name, through some region.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], record: {dynamoDB: {tableName: db, regions: []}}}`,
			want: []string{
				"spec.forProvider.record.dynamoDB.regions: Invalid value: 0: spec.forProvider.record.dynamoDB.regions in body should have at least 1 items",
				`spec.forProvider.record.dynamoDB.tableName: Invalid value: "db": spec.forProvider.record.dynamoDB.tableName in body should be at least 3 chars long`,
			},
		},
		"Zones": {
			reason: "To require less than one zone is a mistake.",
			spec:   `forProvider: {regions: [{name: us-east-1}], require: {zones: 0}}`,
			want: []string{
				"spec.forProvider.require.zones: Invalid value: 0: spec.forProvider.require.zones in body should be greater than or equal to 1",
			},
		},
		"Typo": {
			reason: "A misspelt consent must not be dropped in silence.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 2, maxDataloss: 30m}}`,
			want: []string{
				`FailoverTarget in version "v1alpha1" cannot be handled as a FailoverTarget: strict decoding error: unknown field "spec.forProvider.activation.maxDataloss"`,
			},
		},
	})
}
