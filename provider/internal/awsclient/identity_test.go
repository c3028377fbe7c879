package awsclient

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

// TestIdentity checks that clients share an identity when they have the same
// credentials, and only then: what one finds is shown to the others.
func TestIdentity(t *testing.T) {
	w := newWorld(t)
	w.aws.Account(otherAccount).AddAccessKey("AKIAOTHER", "other")

	cfg := cluster(from(bySecret("dr")))
	w.apply(cfg)
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))
	w.apply(namespaced("team-a", from(bySecret(""))))
	w.apply(secret("team-a", map[string]string{"credentials": homeINI}))

	first := w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)

	for name, tc := range map[string]struct {
		reason string
		other  *Client
		want   bool
	}{
		"OtherNamespace": {
			reason: "Managed resources of several namespaces that use one ClusterProviderConfig have the same credentials.",
			other:  w.connect(selection("team-b", v1alpha1.ClusterProviderConfigKind), west),
			want:   true,
		},
		"OtherRegion": {
			reason: "The same credentials serve in every region.",
			other:  w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), east, west),
			want:   true,
		},
		"OtherProviderConfig": {
			reason: "A ProviderConfig of the same name is another one.",
			other:  w.connect(selection("team-a", v1alpha1.ProviderConfigKind), west),
			want:   false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tc.other.Identity == first.Identity; got != tc.want {
				t.Errorf("\n%s\nwant same identity %t, got %q and %q", tc.reason, tc.want, first.Identity, tc.other.Identity)
			}
		})
	}

	t.Run("SameClient", func(t *testing.T) {
		again := w.connect(selection("team-b", v1alpha1.ClusterProviderConfigKind), west)
		if again != first || again.RDS() != first.RDS() {
			t.Error("What a client learned about throttling must be shared: want the same client")
		}
	})

	seen := map[string]bool{first.Identity: true}
	fresh := func(t *testing.T) *Client {
		t.Helper()

		cl := w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)
		if seen[cl.Identity] {
			t.Errorf("want an identity that was never seen before, got %q", cl.Identity)
		}

		seen[cl.Identity] = true

		return cl
	}

	t.Run("SecretChanged", func(t *testing.T) {
		w.apply(secret("dr", map[string]string{"credentials": "aws_access_key_id = AKIAOTHER\naws_secret_access_key = other"}))

		if err := w.describe(fresh(t)); err != nil {
			t.Fatal(err)
		}

		want := []string{west + " rds:DescribeDBSnapshots arn:aws:iam::" + otherAccount + ":user/AKIAOTHER"}
		if diff := cmp.Diff(want, w.calls()); diff != "" {
			t.Errorf("The new credentials must be used: -want, +got:\n%s", diff)
		}
	})

	t.Run("SpecChanged", func(t *testing.T) {
		cfg.Generation = 2
		cfg.Spec.AssumeRoleChain = []v1alpha1.AssumeRoleOptions{{RoleARN: readerRole}}
		w.apply(cfg)
		w.apply(secret("dr", map[string]string{"credentials": homeINI}))
		fresh(t)

		if n := len(w.aws.Calls(emulator.Scope{Action: "AssumeRole"})); n != 1 {
			t.Errorf("The new role must be assumed, once: got %d calls", n)
		}
	})

	t.Run("ProviderConfigMadeAnew", func(t *testing.T) {
		if err := w.kube.Delete(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}

		anew := cluster(from(bySecret("dr")))
		anew.UID = "config-of-all-2"
		w.apply(anew)
		fresh(t)
	})
}
