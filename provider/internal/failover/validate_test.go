package failover

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestValidate(t *testing.T) {
	negative := -time.Minute

	cases := map[string]struct {
		reason  string
		state   State
		request Request
		want    []string
	}{
		"Valid": {
			reason:  "A failover of a target that serves at home.",
			state:   state(home()),
			request: asks(to(west, 2, accept(CodeTooFewZones))),
		},
		"ValidEmpty": {
			reason:  "A target with one region is valid: there may be another one day.",
			request: Request{Regions: []string{east}},
		},
		"EverythingAtOnce": {
			reason: "All faults are told at once, in the order of the fields, each with its path.",
			state:  state(failedOver()),
			request: Request{
				Regions: []string{east, "Frankfurt", east},
				Activation: &Activation{
					Region: ohio, Epoch: 1, Accept: []Code{"Everything", CodeRecordUnreadable, CodeTooFewZones}, Restore: true, Adopt: true,
					DataEpoch: 2, MaxDataLoss: &negative,
				},
				Require:       Requirements{Zones: -1},
				RecordRegions: []string{west, west, ""},
			},
			want: []string{
				`spec.forProvider.regions[1].name: Invalid value: "Frankfurt" is not the name of a region`,
				`spec.forProvider.regions[2].name: Duplicate value: us-east-1 is listed before`,
				`spec.forProvider.regions: Invalid value: [us-east-1, Frankfurt, us-east-1] must contain us-west-2, which serves at epoch 2: put it back. It may go once another region is active`,
				`spec.forProvider.activation.region: Invalid value: us-east-2 is none of the regions [us-east-1, Frankfurt, us-east-1]`,
				`spec.forProvider.activation.maxDataLoss: Invalid value: -1m is negative`,
				`spec.forProvider.activation.epoch: Invalid value: 1: home serves at epoch 1, so an activation is for 2 or more`,
				`spec.forProvider.activation.dataEpoch: Invalid value: 2 must be from 1 to the epoch 1`,
				`spec.forProvider.activation.accept[0]: Unsupported value: "Everything" is no blocker`,
				`spec.forProvider.activation.accept[1]: Invalid value: RecordUnreadable can't be accepted: without the record two control planes could decide`,
				`spec.forProvider.activation.restore: Invalid value: adopt decides nothing, so nothing can be restored with it`,
				`spec.forProvider.require.zones: Invalid value: -1 is negative`,
				`spec.forProvider.record.dynamoDB.regions[1]: Duplicate value: us-west-2 is listed before`,
				`spec.forProvider.record.dynamoDB.regions[2]: Invalid value: "" is not the name of a region`,
			},
		},
		"NoRegions": {
			reason:  "Without regions nothing can be decided, and nothing can be activated.",
			request: Request{Activation: &Activation{Epoch: 2}},
			want: []string{
				"spec.forProvider.regions: Required value: list the regions, the home region first",
				"spec.forProvider.activation.region: Required value: say which region to activate",
			},
		},
		"HomeMoved": {
			reason:  "At epoch 1 home serves. Another first region would be another home, and every epoch-1 copy would be misplaced.",
			state:   state(home()),
			request: Request{Regions: []string{west, east}},
			want:    []string{"spec.forProvider.regions[0].name: Invalid value: us-west-2 is listed first, but us-east-1 is home, because it serves at epoch 1: put it first"},
		},
		"RestoreElsewhere": {
			reason:  "A failover restores or promotes by itself: to ask for a restore could mean anything.",
			state:   state(home()),
			request: asks(to(west, 2, inPlace)),
			want:    []string{"spec.forProvider.activation.restore: Invalid value: only for the active region, which is us-east-1: leave it out to activate us-west-2"},
		},
		"RestoreDone": {
			reason:  "A restore in place that is past stays in Git after the next failover.",
			state:   state(Decision{Region: east, Epoch: 4, DataEpoch: 4, From: west}),
			request: asks(to(west, 3, inPlace)),
		},
		"DataEpochDecided": {
			reason:  "Only a person who states how things are has to say when the data moved.",
			state:   state(home()),
			request: asks(to(west, 2, func(a *Activation) { a.DataEpoch = 1 })),
			want:    []string{"spec.forProvider.activation.dataEpoch: Invalid value: 1: only adopt states it; otherwise it follows from the decision"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			faults := Validate(tc.state, tc.request)
			got := make([]string, 0, len(faults))

			for _, f := range faults {
				got = append(got, f.String())
			}

			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
