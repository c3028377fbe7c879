package awsclient

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
	"github.com/crossdr/crossdr/internal/region"
)

func TestSTSRegions(t *testing.T) {
	type args struct {
		configured []string
		about      string
		avoid      []string
	}

	cases := map[string]struct {
		reason string
		args   args
		want   []string
	}{
		"Default": {
			reason: "Near regions come first, and the region itself last.",
			args:   args{about: east},
			want:   []string{ohio, west, "us-west-1", east},
		},
		"Europe": {
			reason: "Credentials for Europe should come from Europe.",
			args:   args{about: "eu-west-1"},
			want:   []string{"eu-central-1", "eu-west-2", "eu-north-1", "eu-west-1"},
		},
		"Lonely": {
			reason: "A region with no others of its part of the world, and one that accounts must opt in to, gets its credentials from elsewhere.",
			args:   args{about: "me-south-1"},
			want:   []string{ohio, west, east, "me-south-1"},
		},
		"Avoid": {
			reason: "The region being left must not be called, and no other one for it either.",
			args:   args{about: west, avoid: []string{ohio, east}},
			want:   []string{"us-west-1", "ca-central-1", "eu-west-1", west},
		},
		"China": {
			reason: "Credentials are of one partition.",
			args:   args{about: "cn-north-1"},
			want:   []string{"cn-northwest-1", "cn-north-1"},
		},
		"GovCloudBeingLeft": {
			reason: "In a partition of two regions the one that is activated must do, when the other one is left.",
			args:   args{about: "us-gov-west-1", avoid: []string{"us-gov-east-1"}},
			want:   []string{"us-gov-west-1"},
		},
		"OneRegion": {
			reason: "In a partition of one region there is no choice.",
			args:   args{about: "eusc-de-east-1"},
			want:   []string{"eusc-de-east-1"},
		},
		"Configured": {
			reason: "The configured regions count in their order, but for the one that may be dark.",
			args:   args{configured: []string{west, east, west, ohio}, about: east},
			want:   []string{west, ohio, east},
		},
		"ConfiguredAvoided": {
			reason: "A configured region that is being left must not be called.",
			args:   args{configured: []string{east}, about: west, avoid: []string{east}},
			want:   []string{west},
		},
		"Nothing": {
			reason: "Who avoids the very region that is called has nothing left in a partition of one.",
			args:   args{about: "eusc-de-east-1", avoid: []string{"eusc-de-east-1"}},
			want:   nil,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := gocmp.Diff(tc.want, stsRegions(tc.args.configured, tc.args.about, tc.args.avoid)); diff != "" {
				t.Errorf("\n%s\nstsRegions(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestSTSRegionsAvoid checks that no choice of regions brings back one to avoid,
// names one twice, or leads to another partition.
func TestSTSRegionsAvoid(t *testing.T) {
	var all []string
	for _, regions := range everywhere {
		all = append(all, regions...)
	}

	slices.Sort(all)

	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.SampledFrom(all), 0, 4)
		configured, avoid := some.Draw(t, "configured"), some.Draw(t, "avoid")
		about := rapid.SampledFrom(all).Draw(t, "about")

		got := stsRegions(configured, about, avoid)

		for i, r := range got {
			if slices.Contains(avoid, r) {
				t.Errorf("%s is to be avoided", r)
			}

			if slices.Contains(got[:i], r) {
				t.Errorf("%s is there twice", r)
			}

			if len(configured) == 0 && region.Partition(r) != region.Partition(about) {
				t.Errorf("%s is of another partition than %s", r, about)
			}

			if r == about && i != len(got)-1 {
				t.Errorf("%s is the region in question, and not the last resort", r)
			}
		}
	})
}

// TestDarkSTS checks that credentials are got while regions are dark, without
// a call in a region to avoid.
func TestDarkSTS(t *testing.T) {
	reader := v1alpha1.AssumeRoleOptions{RoleARN: readerRole}

	type args struct {
		faults map[string]emulator.Fault
		sts    []string
		avoid  []string

		// limit of a call to STS, short where none is answered.
		limit time.Duration
	}

	cases := map[string]struct {
		reason string
		args   args
		want   []string
		err    string
	}{
		"Hangs": {
			reason: "A region that never answers must give way to the next one.",
			args:   args{faults: map[string]emulator.Fault{ohio: emulator.Hang()}},
			want:   []string{ohio, east},
		},
		"Resets": {
			reason: "So must one that cuts connections.",
			args:   args{faults: map[string]emulator.Fault{ohio: emulator.Reset()}},
			want:   []string{ohio, east},
		},
		"Disabled": {
			reason: "So must one that is not active for the account.",
			args: args{faults: map[string]emulator.Fault{
				ohio: emulator.Fail(emulator.Error{Code: "RegionDisabledException", Message: "STS is not activated in this region", Status: 403}),
			}},
			want: []string{ohio, east},
		},
		"Configured": {
			reason: "The configured regions are tried in their order.",
			args:   args{sts: []string{"eu-west-1", "eu-central-1"}, faults: map[string]emulator.Fault{"eu-west-1": emulator.Reset()}},
			want:   []string{"eu-west-1", "eu-central-1"},
		},
		"LastResort": {
			reason: "The region itself is better than none.",
			args:   args{sts: []string{east}, faults: map[string]emulator.Fault{east: emulator.Reset()}},
			want:   []string{east, west},
		},
		"Avoided": {
			reason: "The region being left must not be called, however healthy it is.",
			args:   args{sts: []string{east, ohio}, avoid: []string{east}},
			want:   []string{ohio},
		},
		"Denied": {
			reason: "Who is refused in one region is refused in all: the others must not be asked.",
			args:   args{faults: map[string]emulator.Fault{ohio: emulator.Deny()}},
			want:   []string{ohio},
			err:    "in us-east-2: operation error STS: AssumeRole, AccessDenied",
		},
		"AllDark": {
			reason: "When nothing answers, the error must name each region that was tried.",
			args:   args{sts: []string{east}, faults: map[string]emulator.Fault{east: emulator.Hang(), west: emulator.Hang()}, limit: 200 * time.Millisecond},
			want:   []string{east, west},
			err:    "in us-east-1: operation error STS: AssumeRole, no answer within 200ms; in us-west-2: operation error STS: AssumeRole, no answer within 200ms",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			timeouts := DefaultTimeouts()
			timeouts.STS = cmp.Or(tc.args.limit, 2*time.Second)

			w := newWorld(t, WithTimeouts(timeouts))
			for r, f := range tc.args.faults {
				w.aws.Inject(emulator.Scope{Region: r, Service: "sts"}, f)
			}

			for _, r := range tc.args.avoid {
				w.aws.Forbid(emulator.Scope{Region: r})
			}

			spec := from(bySecret("dr"), reader)
			spec.STSRegions = tc.args.sts
			w.apply(cluster(spec))
			w.apply(secret("dr", map[string]string{"credentials": homeINI}))

			_, err := w.connector.Connect(t.Context(), selection("team-a", v1alpha1.ClusterProviderConfigKind), west, tc.args.avoid...)
			if (err == nil) != (tc.err == "") || (err != nil && !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("\n%s\nConnect(...): want error %q, got %v", tc.reason, tc.err, err)
			}

			calls := w.aws.Calls(emulator.Scope{Service: "sts"})
			got := make([]string, 0, len(calls))

			for _, c := range calls {
				got = append(got, c.Region)
			}

			if diff := gocmp.Diff(tc.want, slices.Compact(got)); diff != "" {
				t.Errorf("\n%s\nSTS regions: -want, +got:\n%s", tc.reason, diff)
			}

			if v := w.aws.Violations(); len(v) > 0 {
				t.Errorf("\n%s\nforbidden calls: %+v", tc.reason, v)
			}
		})
	}
}

// TestNoSTSRegion checks that a region to avoid is not called as the last
// resort.
func TestNoSTSRegion(t *testing.T) {
	w := newWorld(t)
	spec := from(bySecret("dr"), v1alpha1.AssumeRoleOptions{RoleARN: readerRole})
	spec.STSRegions = []string{west}
	w.apply(cluster(spec))
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))

	if _, err := w.connector.Connect(t.Context(), selection("team-a", v1alpha1.ClusterProviderConfigKind), west, west); err == nil {
		t.Error("Connect(...): want an error: the only region is to be avoided")
	}

	if calls := w.calls(); len(calls) != 0 {
		t.Errorf("want no calls, got %v", calls)
	}
}
