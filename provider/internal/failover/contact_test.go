package failover

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContact(t *testing.T) {
	// contacts with east, west and ohio.
	type contacts [3]Contact

	three := []string{east, west, ohio}

	cases := map[string]struct {
		reason     string
		known      Decision
		activation *Activation
		dark       string
		want       contacts
	}{
		"Steady": {
			reason: "While nothing is asked for, every region is looked at.",
			known:  home(),
			want:   contacts{ContactAll, ContactAll, ContactAll},
		},
		"Dark": {
			reason: "A dark region is only probed.",
			known:  home(), dark: east,
			want: contacts{ContactProbe, ContactAll, ContactAll},
		},
		"Leaving": {
			reason: "The region being left is not called, be it dark or well.",
			known:  home(), activation: to(west, 2), dark: east,
			want: contacts{ContactNone, ContactAll, ContactAll},
		},
		"Left": {
			reason: "Once it is left, it is looked at again, to see whether it comes back.",
			known:  failedOver(), activation: to(west, 2), dark: east,
			want: contacts{ContactProbe, ContactAll, ContactAll},
		},
		"TakingOver": {
			reason: "To take over leaves no region.",
			known:  failedOver(), activation: to(west, 3),
			want: contacts{ContactAll, ContactAll, ContactAll},
		},
		"Stale": {
			reason: "What is past is not in progress.",
			known:  failedOver(), activation: to(east, 1),
			want: contacts{ContactAll, ContactAll, ContactAll},
		},
		"Ahead": {
			reason: "An activation that is further ahead follows a decision that we don't know of: any other region may be the one that serves.",
			known:  home(), activation: to(east, 3),
			want: contacts{ContactAll, ContactNone, ContactNone},
		},
		"Unknown": {
			reason:     "So does the first one that we see.",
			activation: to(west, 2, stated),
			want:       contacts{ContactNone, ContactAll, ContactNone},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o := Observation{Reported: Reported{State: state(tc.known)}, Request: Request{Regions: three, Activation: tc.activation}}

			var got contacts

			for i, name := range three {
				reach := answering
				if name == tc.dark {
					reach = dark
				}

				got[i] = o.Contact(name, reach)
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
