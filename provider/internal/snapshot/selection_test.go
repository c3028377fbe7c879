package snapshot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// noon is now in every table.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// ago is a time before noon.
func ago(d time.Duration) time.Time { return noon.Add(-d) }

// payments is the source of most tables.
func payments() Source {
	return Source{Kind: DBInstance, Identifier: "payments-db", ResourceID: "db-ABC"}
}

// snap is a snapshot of payments, made when its data is from.
func snap(id string, data time.Time, with ...func(*Candidate)) *Candidate {
	c := &Candidate{
		ID: id, ARN: "arn:aws:rds:us-west-2:111122223333:snapshot:" + id, Origin: Automated,
		Store:    Store{Identifier: "payments-db", ResourceID: "db-ABC", Region: "us-east-1"},
		DataTime: data, DataTimeSource: "SnapshotDatabaseTime", CreatedAt: data,
	}
	for _, f := range with {
		f(c)
	}

	return c
}

func unusable(code Code, why string) func(*Candidate) {
	return func(c *Candidate) { c.Unusable, c.Why = code, why }
}

func of(resourceID string) func(*Candidate) {
	return func(c *Candidate) { c.Store.ResourceID = resourceID }
}

func undated(c *Candidate) { c.DataTime, c.DataTimeSource = time.Time{}, "" }

func TestSelect(t *testing.T) {
	type want struct {
		Selected, Reason string
		Rejected         []Rejection
		Candidates       int
		Verdict          Verdict
		Message          string
	}

	day := new(24 * time.Hour)

	cases := map[string]struct {
		reason     string
		request    Request
		candidates []*Candidate
		want       want
	}{
		"Newest": {
			reason:     "The newest data is selected, in whatever order it is listed.",
			request:    Request{MaxAge: day},
			candidates: []*Candidate{snap("b", ago(2*time.Hour)), snap("c", ago(time.Hour)), snap("a", ago(3*time.Hour))},
			want: want{
				Selected: "c", Reason: "newest of 3 candidates within 24h", Candidates: 3, Verdict: Available,
				Message: "the data of c is from 2026-11-20T11:00:00Z and within the maxAge of 24h until 2026-11-21T11:00:00Z",
			},
		},
		"ACopyIsAsOldAsItsData": {
			reason:  "A copy that is made later than a newer snapshot has no newer data.",
			request: Request{MaxAge: day},
			candidates: []*Candidate{
				snap("original", ago(2*time.Hour)),
				snap("copy", ago(9*time.Hour), func(c *Candidate) { c.CreatedAt = ago(time.Minute) }),
			},
			want: want{
				Selected: "original", Reason: "newest of 2 candidates within 24h", Candidates: 2, Verdict: Available,
				Message: "the data of original is from 2026-11-20T10:00:00Z and within the maxAge of 24h until 2026-11-21T10:00:00Z",
			},
		},
		"NewerCopyOfTheSameData": {
			reason:  "Of two with the same data the one that was made last is selected, and of those the first by id.",
			request: Request{},
			candidates: []*Candidate{
				snap("z", ago(time.Hour)), snap("y", ago(time.Hour), func(c *Candidate) { c.CreatedAt = noon }),
				snap("x", ago(time.Hour), func(c *Candidate) { c.CreatedAt = noon }),
			},
			want: want{
				Selected: "x", Reason: "newest of 3 candidates", Candidates: 3, Verdict: Available,
				Message: "the data of x is from 2026-11-20T11:00:00Z",
			},
		},
		"TooOld": {
			reason:     "A dark region will never make a newer one: the best one is selected all the same, and the verdict says that it is too old.",
			request:    Request{MaxAge: new(90 * time.Minute)},
			candidates: []*Candidate{snap("a", ago(2*time.Hour))},
			want: want{
				Selected: "a", Reason: "the only candidate, older than 1h30m", Candidates: 1, Verdict: TooOld,
				Message: "the data of a is from 2026-11-20T10:00:00Z and too old since 2026-11-20T11:30:00Z, by the maxAge of 1h30m",
			},
		},
		"AsOldAsAllowed": {
			reason:     "The limit itself is kept.",
			request:    Request{MaxAge: new(2 * time.Hour)},
			candidates: []*Candidate{snap("a", ago(2*time.Hour))},
			want: want{
				Selected: "a", Reason: "the only candidate within 2h", Candidates: 1, Verdict: Available,
				Message: "the data of a is from 2026-11-20T10:00:00Z and within the maxAge of 2h until 2026-11-20T12:00:00Z",
			},
		},
		"FromTheFuture": {
			reason:     "A clock that is a little off makes nothing too old.",
			request:    Request{MaxAge: new(time.Minute)},
			candidates: []*Candidate{snap("a", noon.Add(time.Second))},
			want: want{
				Selected: "a", Reason: "the only candidate within 1m", Candidates: 1, Verdict: Available,
				Message: "the data of a is from 2026-11-20T12:00:01Z and within the maxAge of 1m until 2026-11-20T12:01:01Z",
			},
		},
		"UnknownAge": {
			reason:     "Law 8: unknown is not fresh, however new the copy is.",
			request:    Request{MaxAge: day},
			candidates: []*Candidate{snap("a", ago(time.Minute), undated)},
			want: want{
				Selected: "a", Reason: "the only candidate, of unknown age", Candidates: 1, Verdict: AgeUnknown,
				Message: "nothing tells when the data of a is from, so that it may be older than the maxAge of 24h; the tag crossdr.io/data-time can tell",
			},
		},
		"UnknownRanksLast": {
			reason:     "What is known to be old is better than what nobody knows.",
			request:    Request{MaxAge: day},
			candidates: []*Candidate{snap("new", ago(time.Minute), undated), snap("old", ago(48*time.Hour))},
			want: want{
				Selected: "old", Reason: "newest of 2 candidates, older than 24h", Candidates: 2, Verdict: TooOld,
				Message: "the data of old is from 2026-11-18T12:00:00Z and too old since 2026-11-19T12:00:00Z, by the maxAge of 24h",
			},
		},
		"UnknownAgeWithoutMaxAge": {
			reason:     "Where no age is too old, an unknown one isn't either. The message says what is not known.",
			candidates: []*Candidate{snap("a", ago(time.Minute), undated)},
			want: want{
				Selected: "a", Reason: "the only candidate, of unknown age", Candidates: 1, Verdict: Available,
				Message: "nothing tells when the data of a is from, and no maxAge is asked for",
			},
		},
		"Rejections": {
			reason:  "Each no has its reason, the newest first; what is still being made is the newest of all.",
			request: Request{MaxAge: day, Match: Match{Tags: map[string]string{"tier": "gold"}, Encrypted: new(true), Origins: []Origin{Manual, Backup}}},
			candidates: []*Candidate{
				snap("fenced", ago(time.Minute), of("db-XYZ")),
				snap("creating", time.Time{}, unusable(NotAvailable, "it is creating, 40% done")),
				snap("untagged", ago(2*time.Hour)),
				snap("plain", ago(3*time.Hour), func(c *Candidate) { c.Tags = map[string]string{"tier": "gold"} }),
				snap("automated", ago(4*time.Hour), func(c *Candidate) { c.Tags, c.Encrypted = map[string]string{"tier": "gold"}, true }),
				snap("good", ago(5*time.Hour), func(c *Candidate) {
					c.Tags, c.Encrypted, c.Origin = map[string]string{"tier": "gold", "more": ""}, true, Manual
				}),
			},
			want: want{
				Selected: "good", Reason: "the only usable one of 6 candidates within 24h", Candidates: 6, Verdict: Available,
				Message: "the data of good is from 2026-11-20T07:00:00Z and within the maxAge of 24h until 2026-11-21T07:00:00Z",
				Rejected: []Rejection{
					{ID: "creating", Code: NotAvailable, Message: "it is creating, 40% done"},
					{ID: "fenced", Code: WrongLineage, Message: "it is of db-XYZ, not of db-ABC"},
					{ID: "untagged", Code: NotMatching, Message: "it is not tagged tier=gold"},
					{ID: "plain", Code: NotMatching, Message: "encrypted is false"},
					{ID: "automated", Code: NotMatching, Message: "its origin is Automated, not Manual or Backup"},
				},
			},
		},
		"Fenced": {
			reason:  "A fenced database that came back makes fresh snapshots of dead data. Not even the only ones count.",
			request: Request{Region: "us-west-2", MaxAge: day},
			candidates: []*Candidate{
				snap("a", ago(time.Minute), of("db-XYZ")), snap("b", ago(time.Hour), of("db-XYZ")),
				snap("c", time.Time{}, unusable(NotAvailable, "it failed")),
			},
			want: want{
				Reason: "none of 3 candidates can be used: 1 NotAvailable, 2 WrongLineage", Candidates: 3, Verdict: NoCandidate,
				Message: "none of 3 candidates can be used: 1 NotAvailable, 2 WrongLineage",
				Rejected: []Rejection{
					{ID: "c", Code: NotAvailable, Message: "it failed"},
					{ID: "a", Code: WrongLineage, Message: "it is of db-XYZ, not of db-ABC"},
					{ID: "b", Code: WrongLineage, Message: "it is of db-XYZ, not of db-ABC"},
				},
			},
		},
		"OneAndUnusable": {
			reason:     "Where there is only one, what is wrong with it is the reason.",
			request:    Request{MaxAge: day},
			candidates: []*Candidate{snap("a", ago(time.Hour), unusable(NotAvailable, "it is creating"))},
			want: want{
				Reason: "a can't be used: it is creating", Candidates: 1, Verdict: NoCandidate, Message: "a can't be used: it is creating",
				Rejected: []Rejection{{ID: "a", Code: NotAvailable, Message: "it is creating"}},
			},
		},
		"NotWell": {
			reason:     "A replica whose link is broken can be used, and somebody should know that it is broken.",
			request:    Request{MaxAge: day},
			candidates: []*Candidate{snap("a", ago(time.Hour), func(c *Candidate) { c.Note = "its replication is error" })},
			want: want{
				Selected: "a", Reason: "the only candidate within 24h; its replication is error", Candidates: 1, Verdict: Available,
				Message: "the data of a is from 2026-11-20T11:00:00Z and within the maxAge of 24h until 2026-11-21T11:00:00Z",
			},
		},
		"AtOrBefore": {
			reason:  "Newer data may be what corrupted it; what may be newer is not taken for older.",
			request: Request{Policy: Policy{Type: AtOrBefore, Time: ago(2 * time.Hour)}},
			candidates: []*Candidate{
				snap("new", ago(time.Hour)), snap("at", ago(2*time.Hour)), snap("before", ago(3*time.Hour)), snap("unknown", ago(4*time.Hour), undated),
			},
			want: want{
				Selected: "at", Reason: "newest of 2 usable ones of 4 candidates at or before 2026-11-20T10:00:00Z", Candidates: 4, Verdict: Available,
				Message: "the data of at is from 2026-11-20T10:00:00Z",
				Rejected: []Rejection{
					{ID: "new", Code: TooNew, Message: "its data is from 2026-11-20T11:00:00Z, after 2026-11-20T10:00:00Z"},
					{ID: "unknown", Code: DataTimeUnknown, Message: "nothing tells when its data is from, so that it may be newer than 2026-11-20T10:00:00Z"},
				},
			},
		},
		"Exact": {
			reason:     "One that is named is selected, and the others are not asked about.",
			request:    Request{Policy: Policy{Type: Exact, ID: "a"}, MaxAge: day},
			candidates: []*Candidate{snap("a", ago(3*time.Hour)), snap("b", ago(time.Hour)), snap("c", ago(time.Minute), of("db-XYZ"))},
			want: want{
				Selected: "a", Reason: "the one that was asked for within 24h", Candidates: 3, Verdict: Available,
				Message: "the data of a is from 2026-11-20T09:00:00Z and within the maxAge of 24h until 2026-11-21T09:00:00Z",
			},
		},
		"ExactByARN": {
			reason:     "An ARN names a snapshot as well as its id does.",
			request:    Request{Policy: Policy{Type: Exact, ID: "arn:aws:rds:us-west-2:111122223333:snapshot:a"}},
			candidates: []*Candidate{snap("a", ago(3*time.Hour)), snap("b", ago(time.Hour))},
			want: want{
				Selected: "a", Reason: "the one that was asked for", Candidates: 2, Verdict: Available,
				Message: "the data of a is from 2026-11-20T09:00:00Z",
			},
		},
		"ExactIsForeign": {
			reason:     "To name a snapshot does not make it one of the source.",
			request:    Request{Policy: Policy{Type: Exact, ID: "a"}},
			candidates: []*Candidate{snap("a", ago(3*time.Hour), of("db-XYZ")), snap("b", ago(time.Hour))},
			want: want{
				Reason: "a can't be used: it is of db-XYZ, not of db-ABC", Candidates: 2, Verdict: NoCandidate,
				Message:  "a can't be used: it is of db-XYZ, not of db-ABC",
				Rejected: []Rejection{{ID: "a", Code: WrongLineage, Message: "it is of db-XYZ, not of db-ABC"}},
			},
		},
		"ExactIsNotThere": {
			reason:     "Nothing else stands in for it.",
			request:    Request{Region: "us-west-2", Policy: Policy{Type: Exact, ID: "a"}},
			candidates: []*Candidate{snap("b", ago(time.Hour))},
			want: want{
				Reason: "there is no a in us-west-2", Candidates: 1, Verdict: NoCandidate,
				Message: "there is no a in us-west-2",
			},
		},
		"NoSnapshots": {
			reason:  "Where a snapshot can come from another region, that there is none does not mean that there is no source.",
			request: Request{Region: "us-west-2", MaxAge: day},
			want: want{
				Reason:  "nothing in us-west-2 is a snapshot of payments-db",
				Verdict: NoCandidate, Message: "nothing in us-west-2 is a snapshot of payments-db",
			},
		},
		"NoReplica": {
			reason:  "A replica is in the region or it is not at all.",
			request: Request{Region: "us-west-2", Source: Source{Kind: Replica, Identifier: "payments-db-us-west-2"}},
			want: want{
				Reason:  "there is no payments-db-us-west-2 in us-west-2",
				Verdict: SourceNotFound, Message: "there is no payments-db-us-west-2 in us-west-2",
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.request.Source.Kind == "" {
				tc.request.Source = payments()
			}

			s := Select(noon, &tc.request, tc.candidates)

			got := want{Reason: s.Reason, Rejected: s.Rejected, Candidates: s.Candidates, Verdict: s.Verdict, Message: s.Message}
			if s.Selected != nil {
				got.Selected = s.Selected.ID
			}

			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreUnexported(Rejection{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nSelect(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestTaggedDataTime(t *testing.T) {
	cases := map[string]struct {
		reason    string
		tag       string
		createdAt time.Time
		want      time.Time
	}{
		"Told":      {reason: "A tag tells what AWS does not.", tag: "2026-11-20T08:02:00Z", createdAt: noon, want: time.Date(2026, 11, 20, 8, 2, 0, 0, time.UTC)},
		"OtherZone": {reason: "A time is a time in whatever zone.", tag: "2026-11-20T09:02:00+01:00", createdAt: noon, want: time.Date(2026, 11, 20, 8, 2, 0, 0, time.UTC)},
		"Absent":    {reason: "Without a tag the time is unknown.", createdAt: noon},
		"NotATime":  {reason: "What is no time is not guessed.", tag: "yesterday", createdAt: noon},
		"Later":     {reason: "No data is newer than the copy that it is in.", tag: "2026-11-20T12:00:01Z", createdAt: noon},
		"NotMade":   {reason: "While it is being made nothing bounds what a tag says.", tag: "2026-11-20T08:02:00Z"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tags := map[string]string{"other": "tag"}
			if tc.tag != "" {
				tags[TagDataTime] = tc.tag
			}

			if diff := cmp.Diff(tc.want, TaggedDataTime(tags, tc.createdAt)); diff != "" {
				t.Errorf("%s\nTaggedDataTime(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
