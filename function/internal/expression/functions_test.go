package expression

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCIDRSubnet(t *testing.T) {
	type args struct {
		prefix      string
		bits, index int64
	}

	type want struct {
		cidr string
		err  string // what the error must name
	}

	cases := map[string]struct {
		reason string
		args   args
		want   want
	}{
		"Documented": {
			reason: "The example of the documentation holds.",
			args:   args{"10.0.0.0/16", 4, 2},
			want:   want{cidr: "10.0.32.0/20"},
		},
		"Terraform": {
			reason: "Terraform's own example, cidrsubnet(\"172.16.0.0/12\", 4, 2), gives the same.",
			args:   args{"172.16.0.0/12", 4, 2},
			want:   want{cidr: "172.18.0.0/16"},
		},
		"TerraformOddBits": {
			reason: "Terraform's cidrsubnet(\"10.1.2.0/24\", 4, 15) gives the same.",
			args:   args{"10.1.2.0/24", 4, 15},
			want:   want{cidr: "10.1.2.240/28"},
		},
		"TerraformIPv6": {
			reason: "Terraform's cidrsubnet(\"fd00:fd12:3456:7890::/56\", 16, 162) gives the same.",
			args:   args{"fd00:fd12:3456:7890::/56", 16, 162},
			want:   want{cidr: "fd00:fd12:3456:7800:a200::/72"},
		},
		"HostBitsSet": {
			reason: "Bits beyond the prefix don't leak into the subnet.",
			args:   args{"10.0.255.7/16", 8, 1},
			want:   want{cidr: "10.0.1.0/24"},
		},
		"NoBits": {
			reason: "No more bits have one subnet: the block itself.",
			args:   args{"10.0.0.0/16", 0, 0},
			want:   want{cidr: "10.0.0.0/16"},
		},
		"WholeSpace": {
			reason: "A prefix of no bits can be cut into single addresses.",
			args:   args{"0.0.0.0/0", 32, math.MaxUint32},
			want:   want{cidr: "255.255.255.255/32"},
		},
		"WideIPv6": {
			reason: "An index that fits 63 bits is not cut.",
			args:   args{"::/0", 128, math.MaxInt64},
			want:   want{cidr: "::7fff:ffff:ffff:ffff/128"},
		},
		"IndexTooLarge": {
			reason: "Zone 17 has no subnet in 4 bits: to wrap around would give two zones one CIDR.",
			args:   args{"10.0.0.0/16", 4, 16},
			want:   want{err: "16"},
		},
		"IndexNegative": {
			reason: "There is no subnet before the first.",
			args:   args{"10.0.0.0/16", 4, -1},
			want:   want{err: "-1"},
		},
		"BitsTooMany": {
			reason: "A /28 can't be extended by 5 bits.",
			args:   args{"10.0.0.0/28", 5, 0},
			want:   want{err: "10.0.0.0/28"},
		},
		"BitsNegative": {
			reason: "A subnet is not larger than its block.",
			args:   args{"10.0.0.0/16", -1, 0},
			want:   want{err: "-1"},
		},
		"BitsOverflow": {
			reason: "A huge number must not overflow into one that fits.",
			args:   args{"10.0.0.0/16", math.MaxInt64, 0},
			want:   want{err: "10.0.0.0/16"},
		},
		"NoCIDR": {
			reason: "An address without a length is no block, and the message names it.",
			args:   args{"10.0.0.0", 4, 0},
			want:   want{err: "10.0.0.0"},
		},
		"Zoned": {
			reason: "An IPv6 zone has no place in a block.",
			args:   args{"fe80::1%eth0/64", 4, 0},
			want:   want{err: "fe80::1%eth0/64"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cidr, err := CIDRSubnet(tc.args.prefix, tc.args.bits, tc.args.index)

			got := want{cidr: cidr}
			if err != nil {
				got.err = err.Error()
				if tc.want.err != "" && strings.Contains(got.err, tc.want.err) {
					got.err = tc.want.err
				}
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nCIDRSubnet(%v): -want +got:\n%s", tc.reason, tc.args, diff)
			}
		})
	}
}

func TestFirstOffered(t *testing.T) {
	type args struct {
		source  string
		offered map[string]bool
		current map[string]any
	}

	cases := map[string]struct {
		reason string
		args   args
		want   result
	}{
		"InOrder": {
			reason: "The first of the list is what the author prefers.",
			args:   args{source: "${firstOffered(['m8', 'm7'])}", offered: map[string]bool{"m7": true, "m8": true}},
			want:   result{Value: map[string]any{"class": "m8"}},
		},
		"NotOffered": {
			reason: "A type that the region does not offer is passed over.",
			args:   args{source: "${firstOffered(['m8', 'm7'])}", offered: map[string]bool{"m8": false, "m7": true}},
			want:   result{Value: map[string]any{"class": "m7"}},
		},
		"Unmeasured": {
			reason: "A type that nobody asked about is not known to be missing: without a FailoverTarget nothing is measured.",
			args:   args{source: "${firstOffered(['m8', 'm7'])}", offered: map[string]bool{"m7": true}},
			want:   result{Value: map[string]any{"class": "m8"}},
		},
		"Sticky": {
			reason: "A copy that exists keeps its type though a better one is offered again: facts that come and go must not resize a database.",
			args: args{
				source: "${firstOffered(['m8', 'm7'])}", offered: map[string]bool{"m8": true, "m7": true},
				current: map[string]any{"class": "m7"},
			},
			want: result{Value: map[string]any{"class": "m7"}},
		},
		"StickyThoughGone": {
			reason: "A copy that runs proves that its type exists, whatever the offerings say now.",
			args: args{
				source: "${firstOffered(['m8', 'm7'])}", offered: map[string]bool{"m8": true, "m7": false},
				current: map[string]any{"class": "m7"},
			},
			want: result{Value: map[string]any{"class": "m7"}},
		},
		"NotOfTheList": {
			reason: "A type that the author took off the list is left: the list is the wish.",
			args: args{
				source: "${firstOffered(['m8', 'm7'])}", offered: map[string]bool{"m8": true},
				current: map[string]any{"class": "m5"},
			},
			want: result{Value: map[string]any{"class": "m8"}},
		},
		"NoneOffered": {
			reason: "If nothing on the list is offered, a guess would fail on AWS in an hour: the fault names what was tried.",
			args:   args{source: "${firstOffered(['m8', 'm7'])}", offered: map[string]bool{"m8": false, "m7": false}},
			want: result{Value: map[string]any{}, Faults: []string{
				`root.class: Invalid value: "firstOffered(['m8', 'm7'])" fails: firstOffered: none of [m8, m7] is offered here`,
			}},
		},
		"ListOfXR": {
			reason: "The list may come from the XR.",
			args:   args{source: "${firstOffered(xr.spec.classes)}", offered: map[string]bool{"m8": false}},
			want:   result{Value: map[string]any{"class": "m7"}},
		},
		"NotTypes": {
			reason: "A list of numbers is a fault in the template, not a panic.",
			args:   args{source: "${firstOffered([1, 2])}"},
			want: result{Value: map[string]any(nil), Faults: []string{
				`root.class: Invalid value: "${firstOffered([1, 2])}": "firstOffered([1, 2])" does not compile: found no matching overload for '@firstOffered' applied to '(list(int), map(string, bool), dyn)'`,
			}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			vars := variables()
			vars.Offered = tc.args.offered

			got := evaluate(map[string]any{"class": tc.args.source}, vars, tc.args.current)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
