package topology

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/crossdr/crossdr/function/internal/objective"
)

func TestPlacementOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		tier   Tier
		want   map[objective.Strategy]Placement
	}{
		"Global": {
			reason: "What AWS runs globally exists once, whatever the strategy.", tier: Global,
			want: map[objective.Strategy]Placement{objective.BackupAndRestore: Once, objective.PilotLight: Once, objective.WarmStandby: Once, objective.MultiSite: Once},
		},
		"Protection": {
			reason: "A vault or key that is only made in the failover protects nothing.", tier: Protection,
			want: map[objective.Strategy]Placement{objective.BackupAndRestore: ActiveAndStandby, objective.PilotLight: ActiveAndStandby, objective.WarmStandby: ActiveAndStandby, objective.MultiSite: All},
		},
		"Network": {
			reason: "A network is cheap, and a replica needs one.", tier: Network,
			want: map[objective.Strategy]Placement{objective.BackupAndRestore: Active, objective.PilotLight: ActiveAndStandby, objective.WarmStandby: ActiveAndStandby, objective.MultiSite: All},
		},
		"Data": {
			reason: "Data has a replica from PilotLight on.", tier: Data,
			want: map[objective.Strategy]Placement{objective.BackupAndRestore: Active, objective.PilotLight: ActiveAndStandby, objective.WarmStandby: ActiveAndStandby, objective.MultiSite: All},
		},
		"Compute": {
			reason: "Compute stands by from WarmStandby on.", tier: Compute,
			want: map[objective.Strategy]Placement{objective.BackupAndRestore: Active, objective.PilotLight: Active, objective.WarmStandby: ActiveAndStandby, objective.MultiSite: All},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := map[objective.Strategy]Placement{}
			for s := range tc.want {
				got[s] = PlacementOf(tc.tier, s)
			}

			if diff := gocmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nPlacementOf(%s, ...): -want +got:\n%s", tc.reason, tc.tier, diff)
			}
		})
	}
}

func TestKey(t *testing.T) {
	type args struct {
		region, zone string
		born         int64
	}

	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"Home":       {reason: "Law 6: a Composition that had the resource keeps its name.", args: args{east, "", 1}, want: "db"},
		"Once":       {reason: "What exists once has the bare name.", args: args{"", "", 1}, want: "db"},
		"Elsewhere":  {reason: "Another copy of the first epoch names its region.", args: args{west, "", 1}, want: "db-us-west-2"},
		"BornLater":  {reason: "Data that is born later names its epoch, too.", args: args{west, "", 2}, want: "db-us-west-2-e2"},
		"HomeLater":  {reason: "After a failback home has a new copy, and the old one keeps the bare name.", args: args{east, "", 3}, want: "db-us-east-1-e3"},
		"Zone":       {reason: "A zone's id names its region already, at home as elsewhere.", args: args{east, "use1-az4", 1}, want: "db-use1-az4"},
		"ZoneLater":  {reason: "Data in a zone names its epoch.", args: args{west, "usw2-az1", 12}, want: "db-usw2-az1-e12"},
		"EpochOfOld": {reason: "Epoch 1 is never written.", args: args{west, "usw2-az1", 1}, want: "db-usw2-az1"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := gocmp.Diff(tc.want, Key("db", east, tc.args.region, tc.args.zone, tc.args.born)); diff != "" {
				t.Errorf("%s\nKey(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestParse(t *testing.T) {
	type want struct {
		region, zone string
		epoch        int64
		ok           bool
	}

	cases := map[string]struct {
		reason string
		key    string
		want   want
	}{
		"Bare":         {reason: "The bare name is the home copy.", key: "db", want: want{east, "", 1, true}},
		"Region":       {reason: "A region ends in a number of its own, which is no epoch.", key: "db-us-east-1", want: want{east, "", 1, true}},
		"RegionEpoch":  {reason: "The epoch comes last.", key: "db-us-east-1-e3", want: want{east, "", 3, true}},
		"ZoneEpoch":    {reason: "A zone names its region.", key: "db-usw2-az1-e2", want: want{west, "usw2-az1", 2, true}},
		"Other":        {reason: "A name that only starts alike is another resource.", key: "dbproxy"},
		"OtherPart":    {reason: "A part that is no place makes it another resource.", key: "db-proxy"},
		"NotListed":    {reason: "A region that is not listed is none of ours by its key alone.", key: "db-ap-south-1"},
		"EpochOnly":    {reason: "An epoch needs a place.", key: "db-e2"},
		"EpochOne":     {reason: "Epoch 1 is never written, so such a key is somebody else's.", key: "db-us-west-2-e1"},
		"EpochZero":    {reason: "An epoch has no zeros in front: two keys would be one.", key: "db-us-west-2-e02"},
		"EpochSigned":  {reason: "An epoch has no sign.", key: "db-us-west-2-e+2"},
		"EpochTooLong": {reason: "A number that int64 can't hold is no epoch.", key: "db-us-west-2-e99999999999999999999"},
		"Dash":         {reason: "A dash at the end is no place.", key: "db-"},
		"Before":       {reason: "A key that ends in the name is another resource.", key: "main-db"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o, ok := Parse(tc.key, "db", []string{east, west}, zoneRegion)

			got := want{o.Region, o.Zone, o.Epoch, ok}
			if diff := gocmp.Diff(tc.want, got, gocmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nParse(%q): -want +got:\n%s", tc.reason, tc.key, diff)
			}

			if ok && (o.Key != tc.key || o.Component != "db") {
				t.Errorf("Parse(%q) is of %q, %q", tc.key, o.Key, o.Component)
			}
		})
	}
}

func TestIsPlace(t *testing.T) {
	isRegion := func(s string) bool { return s == east || s == west }
	isZone := func(s string) bool { _, ok := zoneRegion(s); return ok }

	cases := map[string]struct {
		reason string
		end    string
		want   bool
	}{
		"Region":     {reason: "component-region is a key.", end: "us-west-2", want: true},
		"Zone":       {reason: "component-zone is a key.", end: "usw2-az1", want: true},
		"BornLater":  {reason: "A component must not be called like a key of a later epoch either.", end: "us-west-2-e2", want: true},
		"NotAPlace":  {reason: "subnet and subnet-group are two components.", end: "group"},
		"EpochAlone": {reason: "An epoch is no place.", end: "e2"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := IsPlace(tc.end, isRegion, isZone); got != tc.want {
				t.Errorf("%s\nIsPlace(%q): want %v, got %v", tc.reason, tc.end, tc.want, got)
			}
		})
	}
}

func TestKeyProperties(t *testing.T) {
	regions := []string{east, west, third}

	place := rapid.Custom(func(t *rapid.T) Copy {
		c := Copy{
			Component: rapid.SampledFrom([]string{"db", "db-e2", "a-us", "e2", "x-az1"}).Draw(t, "component"),
			Region:    rapid.SampledFrom(regions).Draw(t, "region"),
			Epoch:     rapid.Int64Range(1, 12).Draw(t, "epoch"),
		}
		if rapid.Bool().Draw(t, "spread") {
			c.Zone = rapid.SampledFrom(zonesOf(6)[c.Region]).Draw(t, "zone")
		}

		return c
	})

	rapid.Check(t, func(t *rapid.T) {
		a, b := place.Draw(t, "a"), place.Draw(t, "b")
		b.Component = a.Component

		keyOf := func(c Copy) string { return Key(c.Component, east, c.Region, c.Zone, c.Epoch) }
		if same := a == b; same != (keyOf(a) == keyOf(b)) {
			t.Fatalf("%+v and %+v have the keys %s and %s", a, b, keyOf(a), keyOf(b))
		}

		o, ok := Parse(keyOf(a), a.Component, regions, zoneRegion)
		if back := (Copy{Component: o.Component, Region: o.Region, Zone: o.Zone, Epoch: o.Epoch}); !ok || back != a {
			t.Fatalf("%s is parsed as %+v, %v: want %+v", keyOf(a), back, ok, a)
		}
	})
}
