package region

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLookup(t *testing.T) {
	type want struct {
		region Region
		ok     bool
	}

	cases := map[string]struct {
		reason string
		name   string
		want   want
	}{
		"SixZones": {
			reason: "us-east-1 is the only region with six zones.",
			name:   "us-east-1",
			want: want{ok: true, region: Region{
				Name: "us-east-1", Partition: commercial,
				Zones: []string{"use1-az1", "use1-az2", "use1-az3", "use1-az4", "use1-az5", "use1-az6"},
			}},
		},
		"Gap": {
			reason: "The numbers of zone ids need not be contiguous.",
			name:   "ca-central-1",
			want: want{ok: true, region: Region{
				Name: "ca-central-1", Partition: commercial,
				Zones: []string{"cac1-az1", "cac1-az2", "cac1-az4"},
			}},
		},
		"NotInTable": {
			reason: "A region that is not in the table is not made up, even if its name is well formed.",
			name:   "us-gov-west-1",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := Lookup(tc.name)
			if diff := cmp.Diff(tc.want, want{region: got, ok: ok}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nLookup(%q): -want, +got:\n%s", tc.reason, tc.name, diff)
			}
		})
	}
}

func TestLookupReturnsACopy(t *testing.T) {
	first, _ := Lookup("us-west-1")
	first.Zones[0] = "changed"

	second, _ := Lookup("us-west-1")
	if diff := cmp.Diff([]string{"usw1-az1", "usw1-az2", "usw1-az3"}, second.Zones); diff != "" {
		t.Errorf("A caller that writes to its zones must not change the table: -want, +got:\n%s", diff)
	}
}

func TestTable(t *testing.T) {
	if diff := cmp.Diff("2026-11-20", AsOf()); diff != "" {
		t.Errorf("AsOf(): -want, +got:\n%s", diff)
	}

	if _, err := time.Parse(time.DateOnly, AsOf()); err != nil {
		t.Errorf("AsOf() must be a date: %v", err)
	}

	if diff := cmp.Diff(34, len(table().Zones)); diff != "" {
		t.Errorf("AWS had 34 commercial regions at that date: -want, +got:\n%s", diff)
	}

	for name, ids := range table().Zones {
		if !WellFormed(name) {
			t.Errorf("WellFormed(%q): a region of the table must be well formed", name)
		}

		if got := Partition(name); got != commercial {
			t.Errorf("Partition(%q): want aws, the only partition of the table, got %s", name, got)
		}

		if len(ids) < 3 {
			t.Errorf("%s has %d zones: every region has three or more", name, len(ids))
		}

		seen := map[int]string{}

		for _, id := range ids {
			i, ok := ZoneIndex(id)
			if !ok {
				t.Errorf("ZoneIndex(%q): no index", id)
			}

			if other, dup := seen[i]; dup {
				t.Errorf("%s and %s have the same index", other, id)
			}

			seen[i] = id

			if of, _ := OfZone(id); of != name {
				t.Errorf("OfZone(%q): want %s, got %q; two regions must not share a prefix", id, name, of)
			}
		}
	}
}

func TestZoneIndex(t *testing.T) {
	type want struct {
		index int
		ok    bool
	}

	cases := map[string]struct {
		reason string
		id     string
		want   want
	}{
		"First":      {reason: "The first zone has index 0.", id: "use1-az1", want: want{0, true}},
		"Gap":        {reason: "The index is the number less one, not the position in a list.", id: "cac1-az4", want: want{3, true}},
		"TwoDigits":  {reason: "A region may grow.", id: "use1-az10", want: want{9, true}},
		"OtherForm":  {reason: "What comes before the number is not ours to judge.", id: "xx-yy1-az2", want: want{1, true}},
		"ZoneName":   {reason: "A name is no id: it may mean another place in another account.", id: "us-east-1a"},
		"Wavelength": {reason: "A wavelength zone is no availability zone.", id: "use1-wl1-bos-wlz1"},
		"Zero":       {reason: "Zones are numbered from one, so no index is negative.", id: "use1-az0"},
		"Padded":     {reason: "Two spellings of one zone must not both be ids.", id: "use1-az01"},
		"Huge":       {reason: "A number that no region has is no zone.", id: "use1-az99999999999999999999"},
		"NoPrefix":   {reason: "An id names its region.", id: "-az1"},
		"Empty":      {reason: "Nothing is no id.", id: ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			index, ok := ZoneIndex(tc.id)
			if diff := cmp.Diff(tc.want, want{index, ok}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nZoneIndex(%q): -want, +got:\n%s", tc.reason, tc.id, diff)
			}
		})
	}
}

func TestOfZone(t *testing.T) {
	cases := map[string]struct {
		reason string
		id     string
		want   string
	}{
		"Listed":    {reason: "A listed zone belongs to its region.", id: "usw2-az4", want: "us-west-2"},
		"New":       {reason: "A zone newer than the table still belongs to its region.", id: "use1-az7", want: "us-east-1"},
		"LocalZone": {reason: "A local zone belongs to its parent region.", id: "usw2-lax1-az1", want: "us-west-2"},
		"Unknown":   {reason: "A partition that is not in the table stays unknown.", id: "usgw1-az1"},
		"ZoneName":  {reason: "A name is no id.", id: "us-east-1a"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := OfZone(tc.id)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nOfZone(%q): -want, +got:\n%s", tc.reason, tc.id, diff)
			}

			if diff := cmp.Diff(tc.want != "", ok); diff != "" {
				t.Errorf("%s\nOfZone(%q) known: -want, +got:\n%s", tc.reason, tc.id, diff)
			}
		})
	}
}

func TestWellFormedAndPartition(t *testing.T) {
	type want struct {
		wellFormed bool
		partition  string
	}

	cases := map[string]struct {
		reason string
		want   want
	}{
		"us-east-1":      {reason: "A region of the table.", want: want{true, commercial}},
		"xx-nowhere-9":   {reason: "A region newer than the table may exist.", want: want{true, commercial}},
		"us-gov-west-1":  {reason: "GovCloud.", want: want{true, "aws-us-gov"}},
		"cn-northwest-1": {reason: "China.", want: want{true, "aws-cn"}},
		"eusc-de-east-1": {reason: "The European Sovereign Cloud.", want: want{true, "aws-eusc"}},
		"us-iso-west-1":  {reason: "The first of the isolated partitions.", want: want{true, "aws-iso"}},
		"us-isob-east-1": {reason: "iso is a prefix of isob: they must not be mixed.", want: want{true, "aws-iso-b"}},
		"eu-isoe-west-1": {reason: "The European isolated partition.", want: want{true, "aws-iso-e"}},
		"us-isof-east-1": {reason: "The newest isolated partition.", want: want{true, "aws-iso-f"}},
		"us-east-1a":     {reason: "The name of a zone is no region.", want: want{false, commercial}},
		"US-EAST-1":      {reason: "Names are lower case.", want: want{false, commercial}},
		"us-east":        {reason: "Names end in a number.", want: want{false, commercial}},
		"useast-1":       {reason: "Names start with two to four letters and a dash.", want: want{false, commercial}},
		"us-east-1\n":    {reason: "A stray newline is no part of a name.", want: want{false, commercial}},
		"":               {reason: "Nothing is no region.", want: want{false, commercial}},
	}
	for name, tc := range cases {
		t.Run(strings.TrimSpace(name), func(t *testing.T) {
			got := want{WellFormed(name), Partition(name)}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nWellFormed(%q), Partition(%q): -want, +got:\n%s", tc.reason, name, name, diff)
			}
		})
	}
}
