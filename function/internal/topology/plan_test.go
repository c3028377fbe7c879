package topology

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/function/internal/objective"
)

func TestPlan(t *testing.T) {
	db := Component{Name: "db", Tier: Data}
	vpc := Component{Name: "vpc", Tier: Network}
	app := Component{Name: "app", Tier: Compute}
	dns := Component{Name: "dns", Tier: Global}
	subnet := Component{Name: "subnet", Tier: Network, Zones: zonesOf(2)}
	stack := []Component{db, vpc, app, dns}
	two := []string{east, west}

	// home is observed at epoch 1 under PilotLight, with a replica that another
	// step of the pipeline made.
	home := []Observed{
		{Key: "app", Component: "app", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1},
		{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1},
		{Key: "db-us-west-2", Component: "db", Region: west, Role: Standby, Epoch: 1, DecidedEpoch: 1, ReplicaOf: "db", Created: true, Healthy: true},
		{Key: "dns", Component: "dns", Role: Serving, Epoch: 1, DecidedEpoch: 1},
		{Key: "vpc", Component: "vpc", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1},
		{Key: "vpc-us-west-2", Component: "vpc", Region: west, Role: Standby, Epoch: 1, DecidedEpoch: 1},
	}
	left := []Observed{
		{Key: "db", Component: "db", Region: east, Role: Fenced, Epoch: 1, DecidedEpoch: 2},
		{Key: "db-us-west-2-e2", Component: "db", Region: west, Role: Serving, Epoch: 2, DecidedEpoch: 2, Created: true},
	}

	failedOver := steady(west, 2)
	failedOver.From = east

	// Both replicas are of the data of the second zone.
	ebs := Component{Name: "ebs", Tier: Data, Zones: zonesOf(2)}
	spread := []Observed{
		{Key: "ebs-use1-az1", Component: "ebs", Region: east, Zone: "use1-az1", Role: Serving, Epoch: 1, DecidedEpoch: 1, Created: true},
		{Key: "ebs-use1-az2", Component: "ebs", Region: east, Zone: "use1-az2", Role: Serving, Epoch: 1, DecidedEpoch: 1, Created: true},
		{Key: "ebs-usw2-az1", Component: "ebs", Region: west, Zone: "usw2-az1", Role: Standby, Epoch: 1, DecidedEpoch: 1, ReplicaOf: "ebs-use1-az2", Created: true, Healthy: true},
		{Key: "ebs-usw2-az2", Component: "ebs", Region: west, Zone: "usw2-az2", Role: Standby, Epoch: 1, DecidedEpoch: 1, ReplicaOf: "ebs-use1-az2", Created: true, Healthy: true},
	}
	replicable := ebs
	replicable.Replicable = true
	instance := Component{Name: "i", Tier: Data, Parent: "db"}
	zonal := Component{Name: "i", Tier: Data, Parent: "db", Zones: zonesOf(2)}
	ofSpread := Component{Name: "i", Tier: Data, Parent: "ebs"}

	bornEmpty := db
	bornEmpty.EmptyAt = []int64{3}

	wrongEpoch := db
	wrongEpoch.EmptyAt = []int64{2, 4}

	adopting := subnet
	adopting.AdoptedZones = map[string]string{"use1-az1": "subnet-a", "use1-az2": "subnet-b"}

	cases := map[string]struct {
		reason string
		in     Input
		want   []string
	}{
		"Home": {
			reason: "At home and epoch 1 everything has its bare name, and nothing is elsewhere.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: stack, Decision: steady(east, 1)},
			want: []string{
				"app Serving us-east-1 e1 new", "db Serving us-east-1 e1 new", "dns Serving once e1 new", "vpc Serving us-east-1 e1 new",
			},
		},
		"PilotLight": {
			reason: "The network stands by; a replica waits for what replicates it.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: stack, Decision: steady(east, 1)},
			want: []string{
				"app Serving us-east-1 e1 new", "db Serving us-east-1 e1 new", "db-us-west-2 Standby us-west-2 e1 waits",
				"dns Serving once e1 new", "vpc Serving us-east-1 e1 new", "vpc-us-west-2 Standby us-west-2 e1 new",
			},
		},
		"MultiSite": {
			reason: "Everything serves everywhere, but data has one writer.",
			in:     Input{Regions: two, Strategy: objective.MultiSite, Components: stack, Decision: steady(east, 1)},
			want: []string{
				"app Serving us-east-1 e1 new", "app-us-west-2 Serving us-west-2 e1 new", "db Serving us-east-1 e1 new",
				"db-us-west-2 Standby us-west-2 e1 waits", "dns Serving once e1 new", "vpc Serving us-east-1 e1 new",
				"vpc-us-west-2 Serving us-west-2 e1 new",
			},
		},
		"MultiSiteFailover": {
			reason: "Servers in the region that was left must not write to its database: they stand by. A network serves everywhere still.",
			in:     Input{Regions: []string{east, west, third}, Strategy: objective.MultiSite, Components: []Component{vpc, app}, Decision: failedOver, Observed: without(home, "db", "db-us-west-2", "dns", "vpc-us-west-2")},
			want: []string{
				"app Standby us-east-1 e1 exists", "app-eu-west-1 Serving eu-west-1 e2 new", "app-us-west-2 Serving us-west-2 e2 new",
				"vpc Serving us-east-1 e1 exists", "vpc-eu-west-1 Serving eu-west-1 e2 new", "vpc-us-west-2 Serving us-west-2 e2 new",
			},
		},
		"ZonesPromoted": {
			reason: "Law 8: the data of each zone goes to the zone of its rank; a replica of another zone's is not promoted.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{ebs}, Decision: steady(west, 2), Observed: spread},
			want: []string{
				"ebs-use1-az1 Fenced us-east-1/use1-az1 e1 exists", "ebs-use1-az2 Fenced us-east-1/use1-az2 e1 exists",
				"ebs-usw2-az1 Kept us-west-2/usw2-az1 e1 exists", "ebs-usw2-az1-e2 Serving us-west-2/usw2-az1 e2 waits",
				"ebs-usw2-az2 Serving us-west-2/usw2-az2 e1 exists",
			},
		},
		"Dependent": {
			reason: "What belongs to a cluster waits for each copy of that which is not there, and has its epoch and role.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{instance, db}, Decision: steady(west, 2), Observed: without(home, "app", "dns", "vpc", "vpc-us-west-2")},
			want: []string{
				"db Fenced us-east-1 e1 exists", "db-us-east-1-e2 Standby us-east-1 e2 waits", "db-us-west-2 Serving us-west-2 e1 exists",
				"i-us-east-1-e2 Standby us-east-1 e2 waits", "i-us-west-2 Serving us-west-2 e1 new",
			},
		},
		"DependentOfFenced": {
			reason: "Law 4: beside what is fenced nothing serves, and nothing is born.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{instance, db}, Decision: steady(west, 2), Observed: append(
				without(home, "app", "dns", "vpc", "vpc-us-west-2", "db-us-west-2"), Observed{Key: "i", Component: "i", Region: east, Role: Serving, Epoch: 1, DecidedEpoch: 1},
			)},
			want: []string{
				"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 waits", "i Fenced us-east-1 e1 exists", "i-us-west-2-e2 Serving us-west-2 e2 waits",
			},
		},
		"DependentNotThere": {
			reason: "Beside what is fenced nothing is made.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{instance, db}, Decision: taken(west, 3, 2), Observed: left},
			want: []string{
				"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 exists", "i-us-west-2-e2 Serving us-west-2 e2 new",
			},
		},
		"DependentFenced": {
			reason: "Law 4: what was fenced once stays so, whatever serves beside it.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{instance, db}, Decision: steady(east, 1), Observed: append(
				without(home, "app", "dns", "vpc", "vpc-us-west-2", "db-us-west-2"), Observed{Key: "i", Component: "i", Region: east, Role: Fenced, Epoch: 1, DecidedEpoch: 1},
			)},
			want: []string{"db Serving us-east-1 e1 exists", "i Fenced us-east-1 e1 exists"},
		},
		"ZonesStandBy": {
			reason: "What is spread over zones has no replicas that are made for it, whatever its kind.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{replicable}, Decision: steady(east, 1), Observed: without(spread, "ebs-usw2-az1", "ebs-usw2-az2")},
			want: []string{
				"ebs-use1-az1 Serving us-east-1/use1-az1 e1 exists", "ebs-use1-az2 Serving us-east-1/use1-az2 e1 exists",
				"ebs-usw2-az1 Standby us-west-2/usw2-az1 e1 waits", "ebs-usw2-az2 Standby us-west-2/usw2-az2 e1 waits",
			},
		},
		"DependentZones": {
			reason: "There is one in each zone of its own beside the cluster.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{zonal, db}, Decision: steady(east, 1)},
			want: []string{
				"db Serving us-east-1 e1 new", "i-use1-az1 Serving us-east-1/use1-az1 e1 waits", "i-use1-az2 Serving us-east-1/use1-az2 e1 waits",
			},
		},
		"DependentOfSpread": {
			reason: "Beside several copies in one region there is still one: a key is planned once.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{ofSpread, ebs}, Decision: steady(east, 1), Observed: without(spread, "ebs-usw2-az1", "ebs-usw2-az2")},
			want: []string{
				"ebs-use1-az1 Serving us-east-1/use1-az1 e1 exists", "ebs-use1-az2 Serving us-east-1/use1-az2 e1 exists", "i Serving us-east-1 e1 new",
			},
		},
		"Zones": {
			reason: "There is one copy for each zone, and a zone's id is its place at home, too.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{subnet}, Decision: steady(east, 1)},
			want: []string{
				"subnet-use1-az1 Serving us-east-1/use1-az1 e1 new", "subnet-use1-az2 Serving us-east-1/use1-az2 e1 new",
				"subnet-usw2-az1 Standby us-west-2/usw2-az1 e1 new", "subnet-usw2-az2 Standby us-west-2/usw2-az2 e1 new",
			},
		},
		"Overruled": {
			reason: "A component may overrule its tier, but what is global exists once.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Decision: steady(west, 2), Components: []Component{
				{Name: "a", Tier: Network, Placement: Home},
				{Name: "b", Tier: Compute, Placement: ActiveAndStandby},
				{Name: "c", Tier: Protection, Placement: Active},
				{Name: "d", Tier: Global, Placement: ActiveAndStandby},
			}},
			want: []string{
				"a Standby us-east-1 e2 new", "b Standby us-east-1 e2 new", "b-us-west-2 Serving us-west-2 e2 new",
				"c-us-west-2 Serving us-west-2 e2 new", "d Serving once e2 new",
			},
		},
		"Failover": {
			reason: "Law 1 and 4: what served is fenced, and a new copy of the data waits for its selection.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: stack, Decision: steady(west, 2), Observed: without(home, "db-us-west-2", "vpc-us-west-2")},
			want: []string{
				"app Fenced us-east-1 e1 exists", "app-us-west-2 Serving us-west-2 e2 new", "db Fenced us-east-1 e1 exists",
				"db-us-west-2-e2 Serving us-west-2 e2 waits", "dns Serving once e1 exists", "vpc Fenced us-east-1 e1 exists",
				"vpc-us-west-2 Serving us-west-2 e2 new",
			},
		},
		"Promotion": {
			reason: "A standby is promoted under its own key, and a replica of it is planned where it came from.",
			in:     Input{Regions: two, Strategy: objective.PilotLight, Components: []Component{db, vpc}, Decision: steady(west, 2), Observed: without(home, "app", "dns")},
			want: []string{
				"db Fenced us-east-1 e1 exists", "db-us-east-1-e2 Standby us-east-1 e2 waits", "db-us-west-2 Serving us-west-2 e1 exists",
				"vpc Standby us-east-1 e1 exists", "vpc-us-west-2 Serving us-west-2 e1 exists",
			},
		},
		"PromotionThoughLowered": {
			reason: "A healthy standby is promoted even if the strategy stopped asking for one.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{db}, Decision: steady(west, 2), Observed: without(home, "app", "dns", "vpc", "vpc-us-west-2")},
			want:   []string{"db Fenced us-east-1 e1 exists", "db-us-west-2 Serving us-west-2 e1 exists"},
		},
		"Failback": {
			reason: "A->B->A: the old home copy stays fenced, and home gets a copy of epoch 3 under a key never used before.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{db}, Decision: steady(east, 3), Observed: left},
			want: []string{
				"db Fenced us-east-1 e1 exists", "db-us-east-1-e3 Serving us-east-1 e3 waits", "db-us-west-2-e2 Fenced us-west-2 e2 exists",
			},
		},
		"FailbackStateless": {
			reason: "What holds no data is used again where it was left.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{vpc}, Decision: steady(east, 3), Observed: []Observed{
				{Key: "vpc", Component: "vpc", Region: east, Role: Fenced, Epoch: 1}, {Key: "vpc-us-west-2", Component: "vpc", Region: west, Role: Serving, Epoch: 2},
			}},
			want: []string{"vpc Serving us-east-1 e1 exists", "vpc-us-west-2 Fenced us-west-2 e2 exists"},
		},
		"StaysServing": {
			reason: "Activating the active region again takes over control and touches no copy.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{db}, Decision: taken(west, 3, 2), Observed: left},
			want:   []string{"db Fenced us-east-1 e1 exists", "db-us-west-2-e2 Serving us-west-2 e2 exists"},
		},
		"StartEmpty": {
			reason: "Consent to an empty birth at this epoch is the only way around a restore.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{bornEmpty}, Decision: steady(west, 3)},
			want:   []string{"db-us-west-2-e3 Serving us-west-2 e3 new"},
		},
		"StartEmptyOtherEpoch": {
			reason: "Consent to another epoch is no consent to this one.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{wrongEpoch}, Decision: steady(west, 3)},
			want:   []string{"db-us-west-2-e3 Serving us-west-2 e3 waits"},
		},
		"ThreeRegions": {
			reason: "Every region that does not serve stands by.",
			in:     Input{Regions: []string{east, west, third}, Strategy: objective.PilotLight, Components: []Component{vpc}, Decision: steady(third, 2), Observed: []Observed{{Key: "vpc", Component: "vpc", Region: east, Role: Serving, Epoch: 1}}},
			want: []string{
				"vpc Standby us-east-1 e1 exists", "vpc-eu-west-1 Serving eu-west-1 e2 new", "vpc-us-west-2 Standby us-west-2 e2 new",
			},
		},
		"Dark": {
			reason: "Law 7: nothing new is asked of a standby region that does not answer, and what is there stays.",
			in: Input{Regions: two, Strategy: objective.WarmStandby, Components: []Component{app, vpc}, Observed: []Observed{
				{Key: "vpc-us-west-2", Component: "vpc", Region: west, Role: Standby, Epoch: 1},
			}, Decision: Decision{Target: "t", Active: east, Epoch: 1, DataEpoch: 1, Holder: true, Dark: map[string]bool{west: true}}},
			want: []string{
				"app Serving us-east-1 e1 new", "app-us-west-2 Standby us-west-2 e1 waits",
				"vpc Serving us-east-1 e1 new", "vpc-us-west-2 Standby us-west-2 e1 exists",
			},
		},
		"DarkActive": {
			reason: "The region that serves is asked though it seems dark: it was decided, and a probe can be wrong.",
			in:     Input{Regions: two, Strategy: objective.BackupAndRestore, Components: []Component{vpc}, Decision: Decision{Active: east, Epoch: 1, DataEpoch: 1, Holder: true, Dark: map[string]bool{east: true}}},
			want:   []string{"vpc Serving us-east-1 e1 new"},
		},
		"NotHolder": {
			reason: "Law 4: who is not the holder creates nothing, not even with consent, and keeps all that exists.",
			in: Input{
				Regions: two, Strategy: objective.PilotLight, Components: []Component{bornEmpty, vpc}, Decision: Decision{Target: "t", Active: west, Epoch: 3, DataEpoch: 3},
				Observed: []Observed{{Key: "db", Component: "db", Region: east, Role: Serving, Epoch: 1}, {Key: "vpc", Component: "vpc", Region: east, Role: Serving, Epoch: 1}},
			},
			want: []string{
				"db Fenced us-east-1 e1 exists", "db-us-east-1-e3 Standby us-east-1 e3 waits", "db-us-west-2-e3 Serving us-west-2 e3 waits",
				"vpc Standby us-east-1 e1 exists", "vpc-us-west-2 Serving us-west-2 e3 waits",
			},
		},
		"AdoptedZones": {
			reason: "A zone that an earlier key occupies keeps that key, and another zone gets one of its own.",
			in: Input{Regions: two, Strategy: objective.BackupAndRestore, Decision: steady(east, 1), Components: []Component{adopting}, Observed: []Observed{
				{Key: "subnet-a", Component: "subnet", Region: east, Zone: "use1-az1", Epoch: 1},
			}},
			want: []string{"subnet-a Serving us-east-1/use1-az1 e1 exists", "subnet-b Serving us-east-1/use1-az2 e1 new"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := gocmp.Diff(tc.want, show(planned(tc.in))); diff != "" {
				t.Errorf("%s\nPlan(...): -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// A copy that is held back says why, in words that help at 3 a.m.
func TestPlanWaits(t *testing.T) {
	db := []Component{{Name: "db", Tier: Data}}
	two := []string{east, west}

	cases := map[string]struct {
		reason string
		in     Input
		key    string
		want   string
	}{
		"NotHolder": {
			reason: "Another control plane acts.", key: "db", want: "not the holder of dr/payments",
			in: Input{Regions: two, Components: db, Decision: Decision{Target: "dr.payments", Active: east, Epoch: 1, DataEpoch: 1}},
		},
		"Dark": {
			reason: "The region is the reason, and not what else is missing there.", key: "db-us-west-2", want: "us-west-2 does not answer",
			in: Input{Regions: two, Strategy: objective.PilotLight, Components: db, Decision: Decision{Active: east, Epoch: 1, DataEpoch: 1, Holder: true, Dark: map[string]bool{west: true}}},
		},
		"NothingToRestore": {
			reason: "Law 10: an empty database must not look recovered, and the way out is named.", key: "db-us-west-2-e2", want: "spec.recovery.startEmpty",
			in: Input{Regions: two, Components: db, Decision: steady(west, 2)},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for _, c := range planned(tc.in) {
				if c.Key == tc.key && strings.Contains(c.Waits, tc.want) {
					return
				}
			}

			t.Errorf("%s\nwant %s to wait because of %q, got %+v", tc.reason, tc.key, tc.want, planned(tc.in))
		})
	}
}
