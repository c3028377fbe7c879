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
  activation: {region: us-west-2, epoch: 2, accept: [TypeNotOffered], restore: false, adopt: false, maxDataLoss: 1h30m, reason: INC-4711}
  protects: {namespaces: [team-a]}
  require: {instanceTypes: [m7g.large], dbInstanceClasses: [db.r6g.large], zones: 2}
  record: {dynamoDB: {tableName: crossdr, key: production/payments, regions: [us-west-2, us-east-2]}}
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
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
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
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
				`spec.forProvider.activation.accept[0]: Unsupported value: "DataAge": supported values: "RegionUnreachable", "TooFewZones", "TypeNotOffered", "DataLossExceedsConsent", "DataAgeUnknown", "NothingMeasured", "RecordUnreadable", "RecordNotStrong", "RecordNotWritten"`,
			},
		},
		"Record": {
			reason: "A record is kept somewhere, in a table with a name, through some region.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], record: {dynamoDB: {tableName: db, regions: []}}}`,
			want: []string{
				"spec.forProvider.record.dynamoDB.regions: Invalid value: 0: spec.forProvider.record.dynamoDB.regions in body should have at least 1 items",
				`spec.forProvider.record.dynamoDB.tableName: Invalid value: "db": spec.forProvider.record.dynamoDB.tableName in body should be at least 3 chars long`,
				"spec.forProvider: Invalid value: record.dynamoDB.regions must list a region that can still be called when any one of the regions is left",
			},
		},
		"RecordInTheRegionThatIsLeft": {
			reason: "A record that is lost with the region that is left can't tell who has won.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], record: {dynamoDB: {tableName: crossdr, regions: [us-east-1]}}}`,
			want: []string{
				"spec.forProvider: Invalid value: record.dynamoDB.regions must list a region that can still be called when any one of the regions is left",
			},
		},
		"RecordElsewhere": {
			reason: "One region is enough if it is none of those that are decided about.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], record: {dynamoDB: {tableName: crossdr, regions: [us-east-2]}}}`,
		},
		"RecordTwice": {
			reason: "A region that is listed twice is a mistake.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], record: {dynamoDB: {tableName: crossdr, regions: [us-east-2, us-east-2]}}}`,
			want: []string{
				"spec.forProvider.record.dynamoDB.regions: Invalid value: a region is listed twice",
			},
		},
		"Zones": {
			reason: "To require less than one zone is a mistake.",
			spec:   `forProvider: {regions: [{name: us-east-1}], require: {zones: 0}}`,
			want: []string{
				"spec.forProvider.require.zones: Invalid value: 0: spec.forProvider.require.zones in body should be greater than or equal to 1",
			},
		},
		"UnlistedRegion": {
			reason: "Only a region of the list can be activated.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: eu-west-1, epoch: 2}}`,
			want: []string{
				"spec.forProvider: Invalid value: activation.region must be one of the regions",
			},
		},
		"AcceptRecord": {
			reason: "What keeps two control planes apart can't be waved through.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 2, accept: [RecordNotStrong]}}`,
			want: []string{
				"spec.forProvider.activation: Invalid value: a fault of the record can't be accepted: without the record two control planes could decide",
			},
		},
		"AdoptAndRestore": {
			reason: "To say how things are and to change them are two things.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 2, adopt: true, restore: true}}`,
			want: []string{
				"spec.forProvider.activation: Invalid value: adopt decides nothing, so nothing can be restored with it",
			},
		},
		"DataEpoch": {
			reason: "Which epoch moved the data is stated or follows, not both.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 2, dataEpoch: 3}}`,
			want: []string{
				"spec.forProvider.activation: Invalid value: dataEpoch is stated with adopt only: otherwise it follows from the decision",
				"spec.forProvider.activation: Invalid value: dataEpoch must not be higher than epoch",
			},
		},
		"DataLoss": {
			reason: "A duration that a client can't read would hide every FailoverTarget from it.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 2, maxDataLoss: 30}}`,
			want: []string{
				"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
				`spec.forProvider.activation.maxDataLoss: Invalid value: "integer": spec.forProvider.activation.maxDataLoss in body must be of type string: "integer"`,
			},
		},
		"NegativeDataLoss": {
			reason: "Nor can anybody consent to less than nothing.",
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 2, maxDataLoss: "-30m"}}`,
			want: []string{
				`spec.forProvider.activation.maxDataLoss: Invalid value: "-30m": spec.forProvider.activation.maxDataLoss in body should match '^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$'`,
			},
		},
		"LowerEpoch": {
			reason: "A commit that is reverted does not take a decision back.",
			old:    `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 3}}`,
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-east-1, epoch: 2}}`,
			want: []string{
				"spec.forProvider: Invalid value: activation.epoch must not be lowered: each decision has a number of its own. To withdraw an activation, remove it",
			},
		},
		"Withdrawn": {
			reason: "An activation that is refused may be withdrawn.",
			old:    `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}], activation: {region: us-west-2, epoch: 3}}`,
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}]}`,
		},
		"AnotherHome": {
			reason: "Home is where epoch 1 served, and stays that.",
			old:    `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}]}`,
			spec:   `forProvider: {regions: [{name: us-west-2}, {name: us-east-1}]}`,
			want: []string{
				"spec.forProvider: Invalid value: the first of the regions is home, and home does not change: another region is made active by an activation",
			},
		},
		"ServingRegionTakenOut": {
			reason: "Nothing could follow a region that is not listed.",
			old:    `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}, {name: us-east-2}]}`,
			status: `atProvider: {activeRegion: us-west-2, epoch: 2, regions: []}`,
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-east-2}]}`,
			want: []string{
				"<nil>: Invalid value: spec.forProvider.regions must contain the active region: put it back. It may go once another region is active",
			},
		},
		"IdleRegionTakenOut": {
			reason: "A region that does not serve may go.",
			old:    `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}, {name: us-east-2}]}`,
			status: `atProvider: {activeRegion: us-west-2, epoch: 2, regions: []}`,
			spec:   `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}]}`,
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

// TestFailoverTargetSaysWhatIsRecorded: the record may name a region that is
// not listed here, and the status must be able to say so.
func TestFailoverTargetSaysWhatIsRecorded(t *testing.T) {
	target := create(t, object(t, "FailoverTarget", `forProvider: {regions: [{name: us-east-1}, {name: us-west-2}]}`))
	observe(t, target, `atProvider: {activeRegion: eu-west-1, epoch: 2, regions: []}`)
}
