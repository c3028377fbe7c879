package topology

import (
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// How a copy of data is born in us-west-2 at epoch 2, or what it waits for.
func TestPlanBirth(t *testing.T) {
	const selection = "db-snapshots-us-west-2-e1"

	adopting, consenting, plain, dependent := dbStore, dbStore, dbStore, dbStore
	adopting.Adopt = map[string]string{"db-us-west-2-e2": "db-ABC"}
	consenting.EmptyAt = []int64{2}
	plain.Restorable = false
	dependent.Restorable, dependent.Dependent = false, true

	plainConsenting := plain
	plainConsenting.EmptyAt = []int64{2}

	otherEpoch := dbStore
	otherEpoch.EmptyAt = []int64{1, 3}

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

	dark := decision
	dark.Dark = map[string]bool{west: true}

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
	}{
		"Restored":        {reason: "Absent, with a snapshot: it is restored.", component: dbStore, decision: decision, selection: good, want: fromSnap},
		"NewEnough":       {reason: "Newer data than the decision accepted is better.", component: dbStore, decision: decision, selection: fact(Absent, "snap-2", "2026-07-01T12:00:01Z"), want: want{birth: Birth{Kind: BornRestored, Snapshot: "snap-2", DataTime: "2026-07-01T12:00:01Z", Source: "db"}}},
		"DarkActive":      {reason: "The region that was decided for is asked, whatever a probe says.", component: dbStore, decision: dark, selection: good, want: fromSnap},
		"TakenOver":       {reason: "A birth that waited goes on after control was taken over.", component: dbStore, decision: takenOver, selection: good, want: fromSnap},
		"NoSelection":     {reason: "Law 10: nobody said that it does not exist.", component: dbStore, decision: decision, want: want{waits: "for db-snapshots-us-west-2-e1 to say whether it exists already"}},
		"NothingSaid":     {reason: "A selection without an answer is none.", component: dbStore, decision: decision, selection: fact("", "snap-1", "2026-07-01T12:00:00Z"), want: want{waits: "to say whether it exists already"}},
		"Unknown":         {reason: "Law 10: it could exist.", component: dbStore, decision: decision, selection: fact(Unknown, "snap-1", "2026-07-01T12:00:00Z"), want: want{waits: "it is not known whether it exists already"}},
		"Present":         {reason: "What exists is adopted, whatever snapshot there is.", component: dbStore, decision: decision, selection: fact(Present, "snap-1", "2026-07-01T12:00:00Z"), want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}}},
		"NoSnapshot":      {reason: "Without a snapshot it waits for one.", component: dbStore, decision: decision, selection: fact(Absent, "", ""), want: want{waits: "for a snapshot: db-snapshots-us-west-2-e1 has selected none"}},
		"TooOld":          {reason: "Nobody consented to older data.", component: dbStore, decision: decision, selection: fact(Absent, "snap-0", "2026-07-01T11:59:59Z"), want: want{waits: "for newer data: the decision accepted none older than 2026-07-01T12:00:00Z, and that of snap-0 is of 2026-07-01T11:59:59Z"}},
		"UnknownTime":     {reason: "Law 8: unknown is not fresh.", component: dbStore, decision: decision, selection: fact(Absent, "snap-0", ""), want: want{waits: "that of snap-0 is of an unknown time"}},
		"UnknownAccepted": {reason: "A decision that accepted any age restores what there is.", component: dbStore, decision: anyAge, selection: fact(Absent, "snap-0", ""), want: want{birth: Birth{Kind: BornRestored, Snapshot: "snap-0", Source: "db"}}},
		"Consent":         {reason: "Consent to an empty one at this epoch.", component: consenting, decision: decision, selection: fact(Absent, "", ""), want: want{birth: Birth{Kind: BornEmpty}}},
		"ConsentPlain":    {reason: "Of a kind that nothing restores, only consent makes one.", component: plainConsenting, decision: decision, want: want{birth: Birth{Kind: BornEmpty}}},
		"ConsentPresent":  {reason: "Law 10: consent to an empty one is none to one over what exists. After a rebuild from Git the consent is still there.", component: consenting, decision: decision, selection: fact(Present, "", ""), want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-XYZ"}}},
		"ConsentOther":    {reason: "Consent at another epoch is none.", component: otherEpoch, decision: decision, selection: fact(Absent, "", ""), want: want{waits: "for a snapshot"}},
		"Adopt":           {reason: "A person says what exists.", component: adopting, decision: decision, want: want{birth: Birth{Kind: BornAdopted, ExternalName: "db-ABC"}}},
		"Plain":           {reason: "A kind that can't be restored says what would help.", component: plain, decision: decision, want: want{waits: "spec.recovery.startEmpty"}},
		"Dependent":       {reason: "What has no data of its own waits for nothing.", component: dependent, decision: decision},
		"NotHolder":       {reason: "Law 4: only the holder gives birth, whatever the selection says.", component: dbStore, decision: notHolder, selection: good, want: want{waits: "not the holder"}},
		"NotHolderAdopts": {reason: "Nor does another one adopt.", component: adopting, decision: notHolder, want: want{waits: "not the holder"}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := Input{Regions: []string{east, west}, Components: []Component{tc.component}, Decision: tc.decision, Observed: []Observed{served}, Selections: map[string]SelectionFact{}}
			if tc.selection != nil {
				in.Selections[selection] = *tc.selection
			}

			copies := planned(in)
			got := copies[slices.IndexFunc(copies, func(c Copy) bool { return c.Key == "db-us-west-2-e2" })]

			if diff := gocmp.Diff(tc.want.birth, got.Birth); diff != "" || !strings.Contains(got.Waits, tc.want.waits) || (tc.want.waits == "") != (got.Waits == "") {
				t.Errorf("%s\n-want +got:\n%swant waits %q, got %q", tc.reason, diff, tc.want.waits, got.Waits)
			}
		})
	}
}

// A restore that failed before anything existed may be pinned to another
// snapshot. Nothing else is.
func TestPlanPinsAnew(t *testing.T) {
	facts := map[string]SelectionFact{"db-snapshots-us-west-2-e1": {Key: "db-snapshots-us-west-2-e1", Existing: Absent, Snapshot: "snap-2"}}

	cases := map[string]struct {
		reason   string
		copy     Observed
		decision Decision
		facts    map[string]SelectionFact
		want     Birth
	}{
		"Failed":    {reason: "It failed: the snapshot may have been the cause.", copy: unmade(restored), decision: steady(west, 2), facts: facts, want: Birth{Kind: BornRestored, Snapshot: "snap-2", Source: "db"}},
		"NotFailed": {reason: "Nobody knows yet: it may be on its way.", copy: but(unmade(restored), func(o *Observed) { o.Failed = false }), decision: steady(west, 2), facts: facts},
		"Created":   {reason: "It exists, and a later operation failed.", copy: but(restored, func(o *Observed) { o.Failed = true }), decision: steady(west, 2), facts: facts},
		"NoFacts":   {reason: "Nothing to pin it to.", copy: unmade(restored), decision: steady(west, 2)},
		"NotHolder": {reason: "Law 4.", copy: unmade(restored), decision: Decision{Target: "dr.payments", Active: west, Epoch: 2, DataEpoch: 2}, facts: facts},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			copies := planned(Input{
				Regions: []string{east, west}, Strategy: BackupAndRestore, Components: []Component{dbStore}, Decision: tc.decision, Selections: tc.facts,
				Observed: []Observed{as(served, Fenced), tc.copy},
			})
			if diff := gocmp.Diff(tc.want, copies[1].Birth); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPlanSelections(t *testing.T) {
	two := []string{east, west}
	rebuilt := steady(west, 2)
	rebuilt.From = east

	cases := map[string]struct {
		reason   string
		decision Decision
		observed []Observed
		want     []Selection
	}{
		"Steady": {
			reason: "One in each standby region, of what serves.", decision: steady(east, 1), observed: []Observed{served},
			want: []Selection{{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1, Measured: true}},
		},
		"Standby": {
			reason: "Where a replica stands by, that measures the loss.", decision: steady(east, 1), observed: []Observed{served, replica},
			want: []Selection{{Key: "db-snapshots-us-west-2-e1", Component: "db", Region: west, Source: "db", SourceRegion: east, Birth: "db-us-west-2-e2", Epoch: 1}},
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
			strategy := BackupAndRestore
			if name == "Standby" {
				strategy = PilotLight
			}

			_, got := Plan(Input{Regions: two, Strategy: strategy, Components: []Component{dbStore}, Decision: tc.decision, Observed: tc.observed})
			if diff := gocmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
