package zone

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// table returns the zones of a region that the test knows to be in the table.
func table(t *testing.T, region string) []Zone {
	t.Helper()

	zones, ok := FromTable(region)
	if !ok {
		t.Fatalf("%s is not in the table", region)
	}

	return zones
}

// ids of the zones, in their order.
func ids(zones []Zone) []ID {
	out := make([]ID, 0, len(zones))
	for _, z := range zones {
		out = append(out, z.ID)
	}

	return out
}

func TestSpread(t *testing.T) {
	// What a newer account sees of us-west-1, which lists three zones.
	usw1Live := []Zone{
		{ID: "usw1-az3", Name: "us-west-1a", Type: "availability-zone", State: "available", OptIn: "opt-in-not-required"},
		{ID: "usw1-az1", Name: "us-west-1b", Type: "availability-zone", State: "available", OptIn: "opt-in-not-required"},
	}

	type want struct {
		chosen   []ID
		rejected []Rejection
		err      string
	}

	cases := map[string]struct {
		reason string
		params Params
		want   want
	}{
		"SixZones": {
			reason: "Without a maximum a component is in every zone of us-east-1.",
			params: Params{Zones: table(t, "us-east-1"), Min: 2},
			want:   want{chosen: []ID{"use1-az1", "use1-az2", "use1-az3", "use1-az4", "use1-az5", "use1-az6"}},
		},
		"FourZones": {
			reason: "The same plan in us-west-2 is in its four zones.",
			params: Params{Zones: table(t, "us-west-2"), Min: 2},
			want:   want{chosen: []ID{"usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4"}},
		},
		"ThreeZones": {
			reason: "The same plan in us-west-1 is in the three zones that the table lists.",
			params: Params{Zones: table(t, "us-west-1"), Min: 2},
			want:   want{chosen: []ID{"usw1-az1", "usw1-az2", "usw1-az3"}},
		},
		"TwoZonesLive": {
			reason: "The same plan in us-west-1 is in the two zones that a newer account sees.",
			params: Params{Zones: usw1Live, Min: 2},
			want:   want{chosen: []ID{"usw1-az1", "usw1-az3"}},
		},
		"TooFewZones": {
			reason: "A plan made for us-east-1 that does not fit us-west-1 is told what there is.",
			params: Params{Zones: usw1Live, Min: 3},
			want: want{
				chosen: []ID{"usw1-az1", "usw1-az3"},
				err:    "at least 3 zones are needed and 2 can be had [usw1-az1, usw1-az3]",
			},
		},
		"NoZones": {
			reason: "No facts are no zones, and no guess.",
			params: Params{Min: 1},
			want:   want{err: "at least 1 zones are needed and 0 can be had []"},
		},
		"Max": {
			reason: "The zones with the lowest numbers are taken, and the others are told why not.",
			params: Params{Zones: table(t, "us-east-1"), Min: 2, Max: 3},
			want: want{
				chosen: []ID{"use1-az1", "use1-az2", "use1-az3"},
				rejected: []Rejection{
					{ID: "use1-az4", Because: "max is 3"},
					{ID: "use1-az5", Because: "max is 3"},
					{ID: "use1-az6", Because: "max is 3"},
				},
			},
		},
		"ExcludeBeforeMax": {
			reason: "An excluded zone gives way to the next one. Amazon EKS can't use use1-az3.",
			params: Params{Zones: table(t, "us-east-1"), Max: 3, Exclude: []ID{"use1-az3", "usw1-az2"}},
			want: want{
				chosen: []ID{"use1-az1", "use1-az2", "use1-az4"},
				rejected: []Rejection{
					{ID: "use1-az3", Because: "the plan excludes it"},
					{ID: "use1-az5", Because: "max is 3"},
					{ID: "use1-az6", Because: "max is 3"},
				},
			},
		},
		"EveryReason": {
			reason: "When the minimum is not met, every zone that is left out is listed with its reason.",
			params: Params{
				Zones: []Zone{
					{ID: "usw2-lax1-az1", Type: "local-zone", OptIn: "not-opted-in"},
					{ID: "usw2-az4", State: "constrained"},
					{ID: "usw2-az3", OptIn: "not-opted-in"},
					{ID: "usw2-az2"},
					{ID: "usw2-az1"},
				},
				Min:     2,
				Exclude: []ID{"usw2-az2", "usw2-az4"},
			},
			want: want{
				chosen: []ID{"usw2-az1"},
				rejected: []Rejection{
					{ID: "usw2-lax1-az1", Because: "it is a local-zone"},
					{ID: "usw2-az2", Because: "the plan excludes it"},
					{ID: "usw2-az3", Because: "it is not opted in"},
					{ID: "usw2-az4", Because: "its state is constrained"},
				},
				err: "at least 2 zones are needed and 1 can be had [usw2-az1]" +
					"; usw2-lax1-az1 is left out because it is a local-zone" +
					"; usw2-az2 is left out because the plan excludes it" +
					"; usw2-az3 is left out because it is not opted in" +
					"; usw2-az4 is left out because its state is constrained",
			},
		},
		"OccupiedCountsFirst": {
			reason: "A copy that exists stays where it is and takes one place of the maximum.",
			params: Params{Zones: table(t, "us-east-1"), Max: 3, Occupied: []ID{"use1-az6"}},
			want: want{
				chosen: []ID{"use1-az1", "use1-az2", "use1-az6"},
				rejected: []Rejection{
					{ID: "use1-az3", Because: "max is 3"},
					{ID: "use1-az4", Because: "max is 3"},
					{ID: "use1-az5", Because: "max is 3"},
				},
			},
		},
		"OccupiedStays": {
			reason: "A copy that exists is never dropped: not for its zone's state, an exclusion, the maximum, or because the zone is gone.",
			params: Params{
				Zones:    []Zone{{ID: "use1-az1"}, {ID: "use1-az2", State: "constrained"}, {ID: "use1-az3"}, {ID: "use1-az4"}},
				Max:      2,
				Exclude:  []ID{"use1-az3"},
				Occupied: []ID{"use1-az9", "use1-az2", "use1-az3", "use1-az2"},
			},
			want: want{
				chosen: []ID{"use1-az2", "use1-az3", "use1-az9"},
				rejected: []Rejection{
					{ID: "use1-az1", Because: "max is 2"},
					{ID: "use1-az4", Because: "max is 2"},
				},
			},
		},
		"OccupiedMeetsMin": {
			reason: "A zone that is impaired must not stop a plan whose copies are all there.",
			params: Params{
				Zones:    []Zone{{ID: "usw1-az1"}, {ID: "usw1-az3", State: "impaired"}},
				Min:      2,
				Occupied: []ID{"usw1-az1", "usw1-az3"},
			},
			want: want{chosen: []ID{"usw1-az1", "usw1-az3"}},
		},
		"OccupiedStaysWhenUnmet": {
			reason: "Copies that exist are chosen even if the minimum is not met.",
			params: Params{Min: 2, Occupied: []ID{"usw1-az1"}},
			want: want{
				chosen: []ID{"usw1-az1"},
				err:    "at least 2 zones are needed and 1 can be had [usw1-az1]",
			},
		},
		"MinAboveMax": {
			reason: "A maximum below the minimum can't be met and is told as any other reason.",
			params: Params{Zones: table(t, "us-west-1"), Min: 3, Max: 2},
			want: want{
				chosen:   []ID{"usw1-az1", "usw1-az2"},
				rejected: []Rejection{{ID: "usw1-az3", Because: "max is 2"}},
				err:      "at least 3 zones are needed and 2 can be had [usw1-az1, usw1-az2]; usw1-az3 is left out because max is 2",
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			chosen, rejected, err := Spread(tc.params)

			got := want{chosen: ids(chosen), rejected: rejected}
			if err != nil {
				got.err = err.Error()
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nSpread(...): -want, +got:\n%s", tc.reason, diff)
			}

			var unmet *UnmetError
			if err != nil && !errors.As(err, &unmet) {
				t.Errorf("%s\nSpread(...): want an *UnmetError, got %T", tc.reason, err)
			}

			if unmet != nil {
				w := &UnmetError{Min: tc.params.Min, Chosen: tc.want.chosen, Rejected: tc.want.rejected}
				if diff := cmp.Diff(w, unmet); diff != "" {
					t.Errorf("%s\nUnmetError: -want, +got:\n%s", tc.reason, diff)
				}
			}
		})
	}
}

func TestSpreadKeepsWhatIsKnown(t *testing.T) {
	known := Zone{ID: "usw2-az1", Name: "us-west-2b", State: "unavailable"}

	chosen, _, err := Spread(Params{Zones: []Zone{known}, Occupied: []ID{"usw2-az3", "usw2-az1"}})
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff([]Zone{known, {ID: "usw2-az3"}}, chosen); diff != "" {
		t.Errorf("An occupied zone comes with its facts, or with its id where there are none: -want, +got:\n%s", diff)
	}
}
