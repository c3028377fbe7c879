package objective

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shop is a service with a database, servers and a name.
func shop(change ...func(*Component)) []Component {
	parts := []Component{
		{Name: "vpc", Kind: "ec2 VPC", From: PilotLight, Facts: Facts{Ready: time.Minute}},
		{Name: "db", Kind: "rds Instance", Data: true, Restorable: true, Replicable: true, After: []string{"vpc"}, Facts: Facts{
			Restore: 30 * time.Minute, Promote: 10 * time.Minute, SnapshotEvery: time.Hour, SnapshotCopy: 30 * time.Minute, ReplicaLag: time.Minute,
		}},
		{Name: "app", Kind: "autoscaling AutoscalingGroup", From: WarmStandby, Scales: true, After: []string{"db"}, Facts: Facts{Ready: 10 * time.Minute, Scale: 5 * time.Minute}},
		{Name: "dns", Kind: "route53 Record", Once: true, After: []string{"app"}, Facts: Facts{Ready: time.Minute}},
	}

	for _, f := range change {
		for i := range parts {
			f(&parts[i])
		}
	}

	return parts
}

func TestPath(t *testing.T) {
	type want struct {
		takes   time.Duration
		told    string
		longest string
		unknown []string
	}

	cases := map[string]struct {
		reason   string
		parts    []Component
		strategy Strategy
		want     want
	}{
		"NothingIsThere": {
			reason:   "Each waits for the one before it, and all of it counts.",
			parts:    shop(),
			strategy: BackupAndRestore,
			want:     want{42 * time.Minute, "vpc: create 1m, then db: restore 30m, then app: create 10m, then dns: change 1m", "db", nil},
		},
		"PilotLight": {
			reason:   "What is there takes no time, a replica is promoted, and what is not there waits for it.",
			parts:    shop(),
			strategy: PilotLight,
			want:     want{21 * time.Minute, "db: promote 10m, then app: create 10m, then dns: change 1m", "db", nil},
		},
		"WarmStandby": {
			reason:   "A copy that exists grows at once, whatever is promoted beside it. The name waits for the servers only.",
			parts:    shop(),
			strategy: WarmStandby,
			want:     want{10 * time.Minute, "db: promote 10m", "db", nil},
		},
		"MultiSite": {
			reason:   "What has its full size does not grow.",
			parts:    shop(func(c *Component) { c.Facts.Promote = 0 }),
			strategy: MultiSite,
			want:     want{time.Minute, "dns: change 1m", "dns", nil},
		},
		"ByHand": {
			reason: "What nobody knows is named, and not taken for nothing.",
			parts: shop(func(c *Component) {
				if c.Name == "db" {
					c.Replicable, c.Restorable, c.Facts = false, false, Facts{}
				}
			}),
			strategy: WarmStandby,
			want:     want{6 * time.Minute, "app: scale 5m, then dns: change 1m", "app", []string{"db"}},
		},
		"Circle": {
			reason:   "A circle is a fault that is told elsewhere. It must end.",
			parts:    []Component{{Name: "a", After: []string{"b"}, Facts: Facts{Ready: time.Minute}}, {Name: "b", After: []string{"a", "gone"}, Facts: Facts{Ready: time.Minute}}},
			strategy: BackupAndRestore,
			want:     want{2 * time.Minute, "b: create 1m, then a: create 1m", "b", nil},
		},
		"Long": {
			reason: "Of a long path the longest steps are told, in their order.",
			parts: []Component{
				{Name: "a", Facts: Facts{Ready: time.Minute}},
				{Name: "b", After: []string{"a"}, Facts: Facts{Ready: 5 * time.Minute}},
				{Name: "c", After: []string{"b"}, Facts: Facts{Ready: time.Minute}},
				{Name: "d", After: []string{"c"}, Facts: Facts{Ready: 4 * time.Minute}},
				{Name: "e", After: []string{"d"}, Facts: Facts{Ready: 3 * time.Minute}},
				{Name: "f", After: []string{"e"}, Facts: Facts{Ready: 2 * time.Minute}},
			},
			strategy: BackupAndRestore,
			want:     want{16 * time.Minute, "b: create 5m, then d: create 4m, then e: create 3m, then f: create 2m, and 2m for 2 shorter steps", "b", nil},
		},
		"Nothing": {
			reason: "A failover of nothing takes no time.",
			want:   want{told: "everything is there already"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := estimate(tc.parts, tc.strategy, true)
			longest, _ := e.Dominating()
			got := want{e.Takes, e.String(), longest.Component, e.Unknown}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nPath(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
