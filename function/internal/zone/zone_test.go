package zone

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIndex(t *testing.T) {
	cases := map[string]struct {
		reason string
		zone   Zone
		want   int
	}{
		"Gap":     {reason: "The index comes from the id, so the gap at cac1-az3 stays a gap.", zone: Zone{ID: "cac1-az4"}, want: 3},
		"Unknown": {reason: "An id without a number has no index, and 0 would be another zone's.", zone: Zone{ID: "us-east-1a"}, want: -1},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.zone.Index()); diff != "" {
				t.Errorf("%s\nIndex(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFromTable(t *testing.T) {
	type want struct {
		zones []Zone
		ok    bool
	}

	cases := map[string]struct {
		reason string
		region string
		want   want
	}{
		"Known": {
			reason: "The table knows ids. A name would be a guess: accounts differ.",
			region: "ca-central-1",
			want:   want{zones: []Zone{{ID: "cac1-az1"}, {ID: "cac1-az2"}, {ID: "cac1-az4"}}, ok: true},
		},
		"Unknown": {
			reason: "Zones of a region that is not in the table are not made up.",
			region: "us-gov-west-1",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			zones, ok := FromTable(tc.region)
			if diff := cmp.Diff(tc.want, want{zones: zones, ok: ok}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nFromTable(%q): -want, +got:\n%s", tc.reason, tc.region, diff)
			}
		})
	}
}

func TestUsable(t *testing.T) {
	live := Zone{ID: "usw2-az1", Name: "us-west-2b", Type: "availability-zone", State: "available", OptIn: "opt-in-not-required"}

	type want struct {
		usable   []Zone
		rejected []Rejection
	}

	cases := map[string]struct {
		reason string
		zones  []Zone
		want   want
	}{
		"None": {reason: "No zones are neither usable nor rejected."},
		"FromTable": {
			reason: "The table knows nothing that speaks against a zone.",
			zones:  []Zone{{ID: "usw2-az2"}, {ID: "usw2-az1"}},
			want:   want{usable: []Zone{{ID: "usw2-az1"}, {ID: "usw2-az2"}}},
		},
		"Live": {
			reason: "A zone that can be used is returned with all that is known of it.",
			zones:  []Zone{live},
			want:   want{usable: []Zone{live}},
		},
		"ByNumber": {
			reason: "Zones are sorted by their number, so az10 comes after az2.",
			zones:  []Zone{{ID: "use1-az10"}, {ID: "use1-az2"}},
			want:   want{usable: []Zone{{ID: "use1-az2"}, {ID: "use1-az10"}}},
		},
		"OptedIn": {
			reason: "A zone that the account opted in to can be used.",
			zones:  []Zone{{ID: "usw2-az1", OptIn: "opted-in"}},
			want:   want{usable: []Zone{{ID: "usw2-az1", OptIn: "opted-in"}}},
		},
		"EveryReason": {
			reason: "A zone that can't be used is rejected with the fact that lasts longest.",
			zones: []Zone{
				{ID: "usw2-lax1-az1", Type: "local-zone", State: "unavailable", OptIn: "not-opted-in"},
				{ID: "usw2-wl1-las-wlz1", Type: "wavelength-zone"},
				{ID: "usw2-az2", State: "unavailable", OptIn: "not-opted-in"},
				{ID: "usw2-az3", State: "constrained"},
				{ID: "usw2-az4", State: "impaired"},
				{ID: "us-west-2a", State: "available"},
			},
			want: want{rejected: []Rejection{
				{ID: "us-west-2a", Because: "its id has no number"},
				{ID: "usw2-wl1-las-wlz1", Because: "it is a wavelength-zone"},
				{ID: "usw2-lax1-az1", Because: "it is a local-zone"},
				{ID: "usw2-az2", Because: "it is not opted in"},
				{ID: "usw2-az3", Because: "its state is constrained"},
				{ID: "usw2-az4", Because: "its state is impaired"},
			}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			usable, rejected := Usable(tc.zones)
			if diff := cmp.Diff(tc.want, want{usable: usable, rejected: rejected}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nUsable(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
