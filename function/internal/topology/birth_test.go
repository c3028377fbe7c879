package topology

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/function/internal/objective"
)

// How a copy of data is born in us-west-2 at epoch 2, or what it waits for.
func TestPlanBirth(t *testing.T) {
	const selection = "db-snapshots-us-west-2-e1"

	adopting, consenting, plain, unreplicable, spread := dbStore, dbStore, dbStore, dbStore, dbStore
	adopting.Adopt = map[string]string{"db": "db-ABC", "db-us-west-2-e2": "db-ABC", "db-us-west-2-e3": "db-ABC"}
	consenting.EmptyAt = []int64{2}
	plain.Restorable = false
	unreplicable.Replicable = false
	spread.Zones = zonesOf(1)

	plainConsenting := plain
	plainConsenting.EmptyAt = []int64{2}

	spreadConsenting := spread
	spreadConsenting.EmptyAt = []int64{2}

	otherEpoch := dbStore
	otherEpoch.EmptyAt = []int64{1, 3}

	kinded := dbStore
	kinded.Kind = "Instance.rds.aws.m.upbound.io"

	kindedConsenting := kinded
	kindedConsenting.EmptyAt = []int64{1}

	decision := steady(west, 2)
	decision.From, decision.OldestData = east, "2026-07-01T12:00:00Z"

	fact := func(existing, snapshot, dataTime string) *SelectionFact {
		return &SelectionFact{Key: selection, Existing: existing, Snapshot: snapshot, DataTime: dataTime, ExternalName: map[string]string{Present: "db-XYZ"}[existing]}
	}
	good := fact(Absent, "snap-1", "2026-07-01T12:00:00Z")

	notHolder := decision
	notHolder.Holder = false

	anyAge := decision
	anyAge.OldestData = ""

	takenOver := decision
	takenOver.Epoch, takenOver.From = 3, west

	first := steady(east, 1)

	away := steady(west, 3)
	away.From = east

	awayTakenOver := away
	awayTakenOver.Epoch, awayTakenOver.From = 4, west

	inPlace := steady(west, 3)
	inPlace.From = west

	dark := decision
	dark.Dark = map[string]bool{west: true}

	about := func(identity string, f *SelectionFact) *SelectionFact {
		f.About = identity

		return f
	}
	at := func(key string) *SelectionFact {
		f := *good
		f.Key = key

		return &f
	}
	remembered := map[string]string{"db": "db-OLD", "db-us-west-2-e2": "db-OLD"}
	unnamed := fact(Present, "snap-1", "2026-07-01T12:00:00Z")
	unnamed.ExternalName = ""

	orphan := but(served, func(o *Observed) { o.Key, o.Component, o.Kind = "old", "old", "Instance.rds.aws.m.upbound.io" })
	homeZone := but(served, func(o *Observed) { o.Key, o.Zone = "db-use1-az1", "use1-az1" })
	here := []Observed{as(served, Fenced), restored}
	stale := &SelectionFact{Key: "db-replica-us-west-2-e1", DataTime: "2026-07-01T11:59:59Z"}

	type want struct {
		birth Birth
		waits string
	}

	fromSnap := want{birth: Birth{Kind: BornRestored, Snapshot: "snap-1", DataTime: "2026-07-01T12:00:00Z", Source: "db"}}

	cases := map[string]struct {
		reason    string
		component Component
		decision  Decision
		selection *SelectionFact
		want      want

		// Key of the birth, if it is not that of us-west-2 at epoch 2.
		key string

		// Observed, if it is not the copy that served at home.
		observed []Observed

		strategy   objective.Strategy
		identity   string
		remembered map[string]string
		others     []Component
		replica    *SelectionFact
	}{
		"Restored":            {reason: "Absent, with a snapshot: it is restored.", component: dbStore, decision: decision, selection: good, want: fromSnap},
		"NewEnough":           {reason: "Newer data than the decision accepted is better.", component: dbStore, decision: decision, selection: fact(Absent, "snap-2", "2026-07-01T12:00:01Z"), want: want{birth: Birth{Kind: BornRestored, Snapshot: "snap-2", DataTime: "2026-07-01T12:00:01Z", Source: "db"}}},
		"DarkActive":          {reason: "The region that was decided for is asked, whatever a probe says.", component: dbStore, decision: dark, selection: good, want: fromSnap},
		"TakenOver":           {reason: "A birth that waited goes on after control was taken over.", component: dbStore, decision: takenOver, selection: good, want: fromSnap},
		"NoSelection":         {reason: "Law 10: nobody said that it does not exist.", component: dbStore, decision: decision, want: want{waits: "for db-snapshots-us-west-2-e1 to say whether it exists already"}},
		"NothingSaid":         {reason: "A selection without an answer is none.", component: dbStore, decision: decision, selection: fact("", "snap-1", "2026-07-01T12:00:00Z"), want: want{waits: "to say whether it exists already"}},
		"Unknown":             {reason: "Law 10: it could exist.", component: dbStore, decision: decision, selection: fact(Unknown, "snap-1", "2026-07-01T12:00:00Z"), want: want{waits: "it is not known whether it exists already"}},
		"Present":             {reason: "What exists is adopted, whatever snapshot there is.", component: dbStore, decision: decision, selection: fact(Present, "snap-1", "2026-07-01T12:00:00Z"), want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}}},
		"NoSnapshot":          {reason: "Without a snapshot it waits for one.", component: dbStore, decision: decision, selection: fact(Absent, "", ""), want: want{waits: "for a snapshot: db-snapshots-us-west-2-e1 has selected none"}},
		"TooOld":              {reason: "Nobody consented to older data.", component: dbStore, decision: decision, selection: fact(Absent, "snap-0", "2026-07-01T11:59:59Z"), want: want{waits: "for newer data: the decision accepted none older than 2026-07-01T12:00:00Z, and that of snap-0 is of 2026-07-01T11:59:59Z"}},
		"UnknownTime":         {reason: "Law 8: unknown is not fresh.", component: dbStore, decision: decision, selection: fact(Absent, "snap-0", ""), want: want{waits: "that of snap-0 is of an unknown time"}},
		"UnknownAccepted":     {reason: "A decision that accepted any age restores what there is.", component: dbStore, decision: anyAge, selection: fact(Absent, "snap-0", ""), want: want{birth: Birth{Kind: BornRestored, Snapshot: "snap-0", Source: "db"}}},
		"Consent":             {reason: "Consent to an empty one at this epoch.", component: consenting, decision: decision, selection: fact(Absent, "", ""), want: want{birth: Birth{Kind: BornEmpty}}},
		"ConsentUnasked":      {reason: "Law 10: consent to an empty one is none while nobody said that none exists.", component: consenting, decision: decision, want: want{waits: "to say whether it exists already"}},
		"ConsentUnknown":      {reason: "Law 10: nor while it is not known.", component: consenting, decision: decision, selection: fact(Unknown, "", ""), want: want{waits: "it is not known whether it exists already"}},
		"ConsentTakenOver":    {reason: "Consent is to the epoch of the data: a takeover in between does not undo it.", component: consenting, decision: takenOver, selection: fact(Absent, "", ""), want: want{birth: Birth{Kind: BornEmpty}}},
		"ConsentTakeover":     {reason: "Consent at the epoch of a takeover is none: no data moved then.", component: otherEpoch, decision: takenOver, selection: fact(Absent, "", ""), want: want{waits: "for a snapshot"}},
		"ConsentPlain":        {reason: "Of a kind that nothing restores, only consent makes one.", component: plainConsenting, decision: decision, want: want{birth: Birth{Kind: BornEmpty}}},
		"ConsentPresent":      {reason: "Law 10: consent to an empty one is none to one over what exists. After a rebuild from Git the consent is still there.", component: consenting, decision: decision, selection: fact(Present, "", ""), want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}}},
		"ConsentOther":        {reason: "Consent at another epoch is none.", component: otherEpoch, decision: decision, selection: fact(Absent, "", ""), want: want{waits: "for a snapshot"}},
		"Adopt":               {reason: "A person says what exists.", component: adopting, decision: decision, want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-ABC"}}},
		"AdoptFirst":          {reason: "Also at epoch 1, where nothing is asked.", component: adopting, decision: first, observed: []Observed{}, key: "db", want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-ABC"}}},
		"Remembered":          {reason: "Law 10: what the status remembers is taken back by its name, and not restored anew.", component: dbStore, decision: decision, selection: good, remembered: remembered, want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-OLD"}}},
		"RememberedFirst":     {reason: "Law 10: also at epoch 1: if it was deleted on AWS, no empty one takes its place.", component: dbStore, decision: first, observed: []Observed{}, remembered: remembered, key: "db", want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-OLD"}}},
		"RememberedConsent":   {reason: "Law 10: nor with consent, which is of the time before.", component: consenting, decision: decision, selection: fact(Absent, "", ""), remembered: remembered, want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-OLD"}}},
		"RememberedOther":     {reason: "What another copy was called says nothing.", component: dbStore, decision: decision, selection: good, remembered: map[string]string{"db": "db-OLD"}, want: fromSnap},
		"AdoptRemembered":     {reason: "A person overrules what is remembered.", component: adopting, decision: decision, remembered: remembered, want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-ABC"}}},
		"Orphaned":            {reason: "Law 10: a store of its kind is without a component: it may be this one, renamed in the plan.", component: kinded, decision: first, observed: []Observed{orphan}, key: "db", want: want{waits: "old exists, and its component old is not in the plan; if this one is new, spec.recovery.startEmpty {component: db, epoch: 1}"}},
		"OrphanedConsent":     {reason: "A person says that it is new.", component: kindedConsenting, decision: first, observed: []Observed{orphan}, key: "db"},
		"OrphanedAdopt":       {reason: "Or that it exists.", component: adopting, decision: first, observed: []Observed{orphan}, key: "db", want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-ABC"}}},
		"OrphanedOther":       {reason: "A store of another kind is another store.", component: kinded, decision: first, observed: []Observed{but(orphan, func(o *Observed) { o.Kind = "Table.dynamodb.aws.m.upbound.io" })}, key: "db"},
		"OrphanedKnown":       {reason: "A store whose component is in the plan is its own.", component: kinded, decision: first, observed: []Observed{orphan}, key: "db", others: []Component{{Name: "old", Tier: Data, Kind: kinded.Kind}}},
		"AboutThis":           {reason: "The selection was asked about the identity to be born.", component: dbStore, decision: decision, identity: "db-west", selection: about("db-west", at(selection)), want: fromSnap},
		"AboutOther":          {reason: "Law 10: that another identity is absent says nothing of this one.", component: dbStore, decision: decision, identity: "db-west", selection: about("db-older", at(selection)), want: want{waits: "to say whether it exists already"}},
		"AboutNothing":        {reason: "Nor does an answer that does not say about what.", component: dbStore, decision: decision, identity: "db-west", selection: at(selection), want: want{waits: "to say whether it exists already"}},
		"PresentOther":        {reason: "What exists under another identity is foreign: it is not adopted.", component: dbStore, decision: decision, identity: "db-west", selection: about("db-older", fact(Present, "snap-1", "2026-07-01T12:00:00Z")), want: want{waits: "to say whether it exists already"}},
		"PresentUnnamed":      {reason: "What exists can't be adopted without its name, and nothing is born over it.", component: dbStore, decision: decision, selection: unnamed, want: want{waits: "by which name to adopt what exists already"}},
		"Spread":              {reason: "A snapshot of one zone is not the data: spread data waits for a person.", component: spread, decision: decision, observed: []Observed{homeZone}, selection: at("db-snapshots-usw2-az1-e1"), key: "db-usw2-az1-e2", want: want{waits: "data that is spread over zones is not restored"}},
		"SpreadUnasked":       {reason: "Nothing is asked about it, so it says what would help, not that it waits for an answer.", component: spread, decision: decision, observed: []Observed{homeZone}, key: "db-usw2-az1-e2", want: want{waits: "spec.recovery.adopt takes over what somebody restored"}},
		"SpreadConsent":       {reason: "Consent is enough where nothing can be asked.", component: spreadConsenting, decision: decision, observed: []Observed{homeZone}, key: "db-usw2-az1-e2", want: want{birth: Birth{Kind: BornEmpty}}},
		"Rebuilt":             {reason: "Made again from Git: without standbys nothing but a restore can have served.", component: dbStore, decision: decision, observed: []Observed{}, selection: good, want: want{birth: Birth{Kind: BornRestored, Snapshot: "snap-1", DataTime: "2026-07-01T12:00:00Z"}}},
		"RebuiltReplica":      {reason: "Law 10: a replica may have been promoted, under its own name: a restore beside it would be a second writer.", component: dbStore, strategy: objective.PilotLight, decision: decision, observed: []Observed{}, selection: good, want: want{waits: "a promoted replica may serve under another name; spec.recovery.adopt says which"}},
		"RebuiltNoReplicas":   {reason: "A kind without replicas has none to promote.", component: unreplicable, strategy: objective.PilotLight, decision: decision, observed: []Observed{}, selection: good, want: want{birth: Birth{Kind: BornRestored, Snapshot: "snap-1", DataTime: "2026-07-01T12:00:00Z"}}},
		"ServedHere":          {reason: "The decision moved from elsewhere, but what served last is here, and has more than any snapshot of it.", component: dbStore, decision: away, observed: here, selection: at("db-snapshots-us-west-2-e2"), key: "db-us-west-2-e3", want: want{waits: "db-us-west-2-e2 served last, in this region, and nothing is known to have served after it; spec.recovery.adopt"}},
		"ServedHereAdopt":     {reason: "A person takes it over.", component: adopting, decision: away, observed: here, key: "db-us-west-2-e3", want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-ABC"}}},
		"ServedHereTakenOver": {reason: "A takeover says nothing of where the data was decided to come from: it still waits for a person.", component: dbStore, decision: awayTakenOver, observed: here, selection: at("db-snapshots-us-west-2-e2"), key: "db-us-west-2-e3", want: want{waits: "db-us-west-2-e2 served last, in this region"}},
		"ServedHereInPlace":   {reason: "A restore in place is what was decided.", component: dbStore, decision: inPlace, observed: here, selection: at("db-snapshots-us-west-2-e2"), key: "db-us-west-2-e3", want: want{birth: Birth{Kind: BornRestored, Snapshot: "snap-1", DataTime: "2026-07-01T12:00:00Z", Source: "db-us-west-2-e2"}}},
		"ReplicaSick":         {reason: "Its replica is there, and has newer data than any snapshot: it is waited for.", component: dbStore, decision: decision, observed: []Observed{served, sick(replica)}, selection: good, want: want{waits: "for its replica db-us-west-2 to be ready, with data that the decision accepted; if it is lost, spec.recovery.retire"}},
		"ReplicaStale":        {reason: "Also while its data is older than the decision accepted: it may catch up.", component: dbStore, decision: decision, observed: []Observed{served, replica}, replica: stale, selection: good, want: want{waits: "for its replica db-us-west-2 to be ready"}},
		"ReplicaKept":         {reason: "Also if the strategy stopped asking for it.", component: dbStore, decision: decision, observed: []Observed{served, sick(as(replica, Kept))}, selection: good, want: want{waits: "for its replica db-us-west-2 to be ready"}},
		"ReplicaConsent":      {reason: "Consent to an empty one overrules that wait: a person gave up the data.", component: consenting, decision: decision, observed: []Observed{served, sick(replica)}, selection: good, want: want{birth: Birth{Kind: BornEmpty}}},
		"ReplicaUnmade":       {reason: "One that was never made has no data to wait for.", component: dbStore, decision: decision, observed: []Observed{served, unmade(replica)}, selection: good, want: fromSnap},
		"ReplicaOther":        {reason: "Law 8: a replica of something else is not waited for.", component: dbStore, decision: decision, observed: []Observed{served, but(replica, func(o *Observed) { o.ReplicaOf = "db-eu-west-1" })}, selection: good, want: fromSnap},
		"Plain":               {reason: "A kind that can't be restored says what would help.", component: plain, decision: decision, want: want{waits: "spec.recovery.startEmpty"}},
		"NotHolder":           {reason: "Law 4: only the holder gives birth, whatever the selection says.", component: dbStore, decision: notHolder, selection: good, want: want{waits: "not the holder"}},
		"NotHolderAdopts":     {reason: "Nor does another one adopt.", component: adopting, decision: notHolder, want: want{waits: "not the holder"}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := Input{
				Regions: []string{east, west}, Strategy: cmp.Or(tc.strategy, objective.BackupAndRestore), Components: append([]Component{tc.component}, tc.others...),
				Decision: tc.decision, Observed: tc.observed, Memory: Memory{ExternalNames: tc.remembered}, Selections: map[string]SelectionFact{},
			}
			if tc.observed == nil {
				in.Observed = []Observed{served}
			}

			if tc.identity != "" {
				in.Identity = func(*Copy) string { return tc.identity }
			}

			for _, f := range []*SelectionFact{tc.selection, tc.replica} {
				if f != nil {
					in.Selections[f.Key] = *f
				}
			}

			copies := planned(in)

			i := slices.IndexFunc(copies, func(c Copy) bool { return c.Key == cmp.Or(tc.key, "db-us-west-2-e2") })
			if i < 0 {
				t.Fatalf("%s\nno birth is planned: %q", tc.reason, show(copies))
			}

			got := copies[i]

			if diff := gocmp.Diff(tc.want.birth, got.Birth); diff != "" || !strings.Contains(got.Waits, tc.want.waits) || (tc.want.waits == "") != (got.Waits == "") {
				t.Errorf("%s\n-want +got:\n%swant waits %q, got %q", tc.reason, diff, tc.want.waits, got.Waits)
			}
		})
	}
}

// A restore that failed before anything existed may be pinned to another
// snapshot, or turn out to exist. Nothing else is.
func TestPlanPinsAnew(t *testing.T) {
	facts := func(existing, snapshot string) map[string]SelectionFact {
		return map[string]SelectionFact{"db-snapshots-us-west-2-e1": {
			Key: "db-snapshots-us-west-2-e1", Existing: existing, Snapshot: snapshot, ExternalName: map[string]string{Present: "db-XYZ"}[existing],
		}}
	}
	good := facts(Absent, "snap-2")
	consenting, adopting, adoptingThis := dbStore, dbStore, dbStore
	consenting.EmptyAt = []int64{2}
	adopting.Adopt = map[string]string{"db-us-west-2-e2": "db-OTHER"}
	adoptingThis.Adopt = map[string]string{"db-us-west-2-e2": "db-XYZ"}
	refused := but(unmade(restored), func(o *Observed) { o.Refused = true })

	cases := map[string]struct {
		reason    string
		component Component
		copy      Observed
		decision  Decision
		facts     map[string]SelectionFact
		want      Birth
		waits     string
	}{
		"Failed":     {reason: "It failed: the snapshot may have been the cause.", copy: unmade(restored), decision: steady(west, 2), facts: good, want: Birth{Kind: BornRestored, Snapshot: "snap-2", Source: "db"}},
		"Forgotten":  {reason: "It failed because it exists after all: its provider restarted before it wrote down the name. Nobody has to be woken for that.", copy: but(unmade(restored), func(o *Observed) { o.ExternalName = "" }), decision: steady(west, 2), facts: facts(Present, "snap-2"), want: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}},
		"Running":    {reason: "While it is still being made, it is not taken over.", copy: but(unmade(restored), func(o *Observed) { o.Failed = false }), decision: steady(west, 2), facts: facts(Present, "snap-2")},
		"TakenOver":  {reason: "Until the provider has looked at it, it goes on being taken over.", copy: but(unmade(restored), func(o *Observed) { o.ExternalName = "db-XYZ" }), decision: steady(west, 2), facts: facts(Present, "snap-2"), want: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}},
		"Refused":    {reason: "AWS refused it because it exists: what the selection knows is older. It was made from the snapshot that it has.", copy: refused, decision: steady(west, 2), facts: good, waits: "for db-snapshots-us-west-2-e1 to say by which name to adopt what exists already"},
		"RefusedNow": {reason: "It is taken over as soon as it is known by which name, also while the provider tries again.", copy: but(refused, func(o *Observed) { o.Failed = false }), decision: steady(west, 2), facts: facts(Present, "snap-2"), want: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}},
		"Adopt":      {reason: "Law 3: what a person adopts has another name on AWS, and would be renamed to that of this copy.", component: adopting, copy: unmade(restored), decision: steady(west, 2), facts: good, waits: "delete its managed resource, which deletes nothing on AWS, and db-OTHER is adopted"},
		"AdoptThis":  {reason: "What a person says is so.", component: adoptingThis, copy: refused, decision: steady(west, 2), facts: facts(Present, "snap-2"), want: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}},
		"WasEmpty":   {reason: "What was made of nothing, with a consent that is gone, is not made of a snapshot.", copy: but(unmade(restored), func(o *Observed) { o.RestoredFrom = "" }), decision: steady(west, 2), facts: good},
		"Exists":     {reason: "Law 3: a copy that has another name is not given that one. A person may.", copy: but(unmade(restored), func(o *Observed) { o.ExternalName = "db-ABC" }), decision: steady(west, 2), facts: facts(Present, "snap-2"), waits: "crossplane.io/external-name: db-XYZ"},
		"Unknown":    {reason: "Law 10: while that is not known, it waits and says so.", copy: unmade(restored), decision: steady(west, 2), facts: facts(Unknown, "snap-2"), waits: "it is not known whether it exists already"},
		"NoSnapshot": {reason: "Without another snapshot it waits for one.", copy: unmade(restored), decision: steady(west, 2), facts: facts(Absent, ""), waits: "for a snapshot"},
		"NotFailed":  {reason: "Nobody knows yet: it may be on its way.", copy: but(unmade(restored), func(o *Observed) { o.Failed = false }), decision: steady(west, 2), facts: good},
		"Created":    {reason: "It exists, and a later operation failed.", copy: but(restored, func(o *Observed) { o.Failed = true }), decision: steady(west, 2), facts: good},
		"Consent":    {reason: "What is made of nothing is not made of anything else.", component: consenting, copy: unmade(restored), decision: steady(west, 2), facts: facts(Absent, "")},
		"NoFacts":    {reason: "Nothing to pin it to.", copy: unmade(restored), decision: steady(west, 2), waits: "to say whether it exists already"},
		"NotHolder":  {reason: "Law 4.", copy: unmade(restored), decision: Decision{Target: "dr.payments", Active: west, Epoch: 2, DataEpoch: 2}, facts: good, waits: "not the holder"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.component.Name == "" {
				tc.component = dbStore
			}

			got := planned(Input{
				Regions: []string{east, west}, Strategy: objective.BackupAndRestore, Components: []Component{tc.component}, Decision: tc.decision, Selections: tc.facts,
				Observed: []Observed{as(served, Fenced), tc.copy},
			})[1]
			if diff := gocmp.Diff(tc.want, got.Birth); diff != "" || !strings.Contains(got.Waits, tc.waits) || (tc.waits == "") != (got.Waits == "") {
				t.Errorf("%s\n-want +got:\n%swant waits %q, got %q", tc.reason, diff, tc.waits, got.Waits)
			}
		})
	}
}

func TestPlanSelections(t *testing.T) {
	two := []string{east, west}
	rebuilt := steady(west, 2)
	rebuilt.From = east

	unrestorable, spread := dbStore, dbStore
	unrestorable.Restorable, spread.Zones = false, zonesOf(1)

	cases := map[string]struct {
		reason   string
		decision Decision
		observed []Observed
		want     []Selection

		// Component, if it is not db, and strategy, if it is not
		// BackupAndRestore.
		component *Component
		strategy  objective.Strategy
	}{
		"Steady": {
			reason: "One in each standby region, of what serves.", decision: steady(east, 1), observed: []Observed{served},
			want: []Selection{{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1, Measured: true}},
		},
		"Standby": {
			reason: "Where a replica stands by, that measures the loss, and the snapshots do not.", strategy: objective.PilotLight, decision: steady(east, 1), observed: []Observed{served, replica},
			want: []Selection{
				{Key: "db-replica-us-west-2-e1", Component: "db", Region: west, Source: "db-us-west-2", SourceRegion: west, Epoch: 1, Replica: true, Measured: true},
				{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1},
			},
		},
		"StandbyNew": {
			reason: "A replica that is not there yet measures nothing.", strategy: objective.PilotLight, decision: steady(east, 1), observed: []Observed{served},
			want: []Selection{{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1, Measured: true}},
		},
		"ReplicaOnly": {
			reason: "The lag of a replica is watched where nothing can be restored, too.", strategy: objective.PilotLight, component: &unrestorable, decision: steady(east, 1), observed: []Observed{served, replica},
			want: []Selection{
				{Key: "db-replica-us-west-2-e1", Component: "db", Region: west, Source: "db-us-west-2", SourceRegion: west, Epoch: 1, Replica: true, Measured: true},
				{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1},
			},
		},
		"ReplicaAwaited": {
			reason: "A replica that a birth waits for is watched on: how old its data is decides.", strategy: objective.PilotLight, decision: steady(west, 2), observed: []Observed{served, sick(replica)},
			want: []Selection{
				{Key: "db-replica-us-west-2-e1", Component: "db", Region: west, Source: "db-us-west-2", SourceRegion: west, Epoch: 1, Replica: true, Measured: true},
				{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1, Measured: true},
			},
		},
		"Spread": {
			reason: "Spread data is not restored, so nothing is looked for.", component: &spread, decision: steady(east, 1),
			observed: []Observed{but(served, func(o *Observed) { o.Key, o.Zone = "db-use1-az1", "use1-az1" })},
		},
		"Birth": {
			reason: "The one that was there serves the birth.", decision: steady(west, 2), observed: []Observed{served},
			want: []Selection{{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1, Measured: true}},
		},
		"Rebuilt": {
			reason: "It follows from the decision alone.", decision: rebuilt,
			want: []Selection{{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1, Measured: true}},
		},
		"RebuiltTakenOver": {
			reason: "A takeover forgets where the data came from, but at epoch 1 it was at home: the selection is not pointed elsewhere.", decision: taken(west, 3, 2),
			want: []Selection{{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1, Measured: true}},
		},
		"Served": {
			reason: "What exists on AWS needs its own no more, and is watched in turn.", decision: steady(west, 2), observed: []Observed{as(served, Fenced), restored},
			want: []Selection{{Key: "db-snapshots-us-east-1-e2", Component: "db", Region: east, Source: "db-us-west-2-e2", SourceRegion: west, Birth: "db-us-east-1-e3", Epoch: 2, Measured: true}},
		},
		"KeptServed": {
			reason: "Law 8: what served while its component was in the plan has the newest data, though it is only kept.", decision: steady(east, 3),
			observed: []Observed{followed(as(served, Fenced), 3), followed(as(restored, Kept), 3)},
			want:     []Selection{{Key: "db-snapshots-us-east-1-e2", Component: "db", Region: east, Source: "db-us-west-2-e2", SourceRegion: west, Birth: "db-us-east-1-e3", Epoch: 2, Measured: true}},
		},
		"KeptNeverMade": {
			reason: "What was never made has none.", decision: steady(east, 3),
			observed: []Observed{followed(as(served, Fenced), 3), followed(as(unmade(restored), Kept), 3)},
			want:     []Selection{{Key: "db-snapshots-us-east-1-e1", Component: "db", Region: east, Source: "db", SourceRegion: east, Birth: "db-us-east-1-e3", Epoch: 1, Measured: true}},
		},
		"NoTarget":  {reason: "Without a target nothing fails over.", decision: Decision{Active: east, Epoch: 1, DataEpoch: 1, Holder: true}, observed: []Observed{served}},
		"NotHolder": {reason: "Who only observes plans none.", decision: Decision{Target: "t", Active: east, Epoch: 1, DataEpoch: 1}, observed: []Observed{served}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			component := dbStore
			if tc.component != nil {
				component = *tc.component
			}

			_, got := Plan(Input{Regions: two, Strategy: cmp.Or(tc.strategy, objective.BackupAndRestore), Components: []Component{component}, Decision: tc.decision, Observed: tc.observed})
			if diff := gocmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// A copy of epoch 1 is made, or fails, as in any Composition: nobody asked
// whether what it is called exists. Only after a rebuild somebody did.
func TestPlanPinsAnewAtHome(t *testing.T) {
	const selection = "db-snapshots-us-east-1-e1"

	plain := unmade(served)
	rebuilt := but(plain, func(o *Observed) { o.RestoredFrom = "snap-1" })

	cases := map[string]struct {
		reason   string
		copy     Observed
		existing string
		want     Birth
	}{
		"Exists":        {reason: "What is called so was there before, and is somebody else's.", copy: plain, existing: Present},
		"Absent":        {reason: "It is not made of a snapshot.", copy: plain, existing: Absent},
		"RebuiltExists": {reason: "What was restored at home is its own.", copy: rebuilt, existing: Present, want: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}},
		"RebuiltAbsent": {reason: "It may be restored from another snapshot.", copy: rebuilt, existing: Absent, want: Birth{Kind: BornRestored, Snapshot: "snap-2"}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := planned(Input{
				Regions: []string{east, west}, Strategy: objective.BackupAndRestore, Components: []Component{dbStore}, Decision: taken(east, 2, 1), Observed: []Observed{tc.copy},
				Selections: map[string]SelectionFact{selection: {Key: selection, Existing: tc.existing, Snapshot: "snap-2", ExternalName: map[string]string{Present: "db-XYZ"}[tc.existing]}},
			})[0]
			if diff := gocmp.Diff(tc.want, got.Birth); diff != "" || got.Waits != "" {
				t.Errorf("%s\n-want +got:\n%swaits %q", tc.reason, diff, got.Waits)
			}
		})
	}
}
