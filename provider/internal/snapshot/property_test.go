package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// A world is what is in a region, and what AWS would know if it told
// everything.
type world struct {
	candidates []*Candidate

	// truth is the resource id of the store that a candidate really is of.
	truth map[*Candidate]string
}

// stores of every world. Two share a name in one region, as a store and its
// successor do, and one has that name in another region.
func stores() []Store {
	return []Store{
		{Identifier: "payments-db", ResourceID: "db-ABC", Region: "us-east-1", ARNs: []string{east}},
		{Identifier: "payments-db", ResourceID: "db-OLD", Region: "us-east-1", ARNs: []string{east + "-old"}},
		{Identifier: "payments-db", ResourceID: "db-XYZ", Region: "us-west-2", ARNs: []string{west}},
		{Identifier: "orders-db", ResourceID: "db-DEF", Region: "us-east-1", ARNs: []string{"arn:aws:rds:us-east-1:111122223333:db:orders-db"}},
	}
}

// sources that mean the first store, and no other.
func sources() *rapid.Generator[Source] {
	return rapid.SampledFrom([]Source{
		{Identifier: "payments-db", ResourceID: "db-ABC"},
		{ResourceID: "db-ABC"},
		{Identifier: "payments-db", ARN: east},
		{ARN: east, ResourceID: "db-ABC"},
	})
}

// worlds in which no tag lies, and AWS forgets some of what it knows, as it
// does on copies: the resource id, the name, the ARN. It does not forget both
// that a name is of another store and all that tells it.
func worlds() *rapid.Generator[*world] {
	return rapid.Custom(func(t *rapid.T) *world {
		w := &world{truth: map[*Candidate]string{}}

		for i := range rapid.IntRange(0, 30).Draw(t, "candidates") {
			store := rapid.SampledFrom(stores()).Draw(t, "store")
			c := &Candidate{
				ID: fmt.Sprintf("snap-%02d", i), ARN: fmt.Sprintf("arn:snap-%02d", i), Store: store, Tags: map[string]string{},
				DataTime:  ago(time.Duration(rapid.IntRange(0, 48).Draw(t, "hours")) * time.Hour),
				Encrypted: rapid.Bool().Draw(t, "encrypted"),
				Origin:    rapid.SampledFrom([]Origin{Automated, Manual, Backup}).Draw(t, "origin"),
			}
			c.CreatedAt = c.DataTime.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "later")) * time.Hour)

			if rapid.Bool().Draw(t, "tagged") {
				c.Tags[TagLineage] = rapid.SampledFrom([]string{store.ResourceID, store.ARNs[0]}).Draw(t, "lineage")
			}

			switch rapid.IntRange(0, 5).Draw(t, "forgotten") {
			case 0:
				c.Store = Store{}
			case 1:
				c.Store.ARNs, c.Store.Identifier = nil, ""
			case 2:
				c.Store.ResourceID, c.Store.Identifier = "", ""
			}

			if rapid.IntRange(0, 3).Draw(t, "undated") == 0 {
				undated(c)
			}

			c.Unusable = rapid.SampledFrom([]Code{"", "", "", NotAvailable, Archived}).Draw(t, "unusable")
			w.candidates = append(w.candidates, c)
			w.truth[c] = store.ResourceID
		}

		return w
	})
}

func requests() *rapid.Generator[*Request] {
	return rapid.Custom(func(t *rapid.T) *Request {
		r := &Request{Region: "us-west-2", Source: sources().Draw(t, "source")}
		r.Policy.Type = rapid.SampledFrom([]PolicyType{"", Latest, AtOrBefore, Exact}).Draw(t, "policy")
		r.Policy.Time = ago(time.Duration(rapid.IntRange(0, 48).Draw(t, "time")) * time.Hour)
		r.Policy.ID = fmt.Sprintf("snap-%02d", rapid.IntRange(0, 10).Draw(t, "id"))

		if rapid.Bool().Draw(t, "aged") {
			r.MaxAge = new(time.Duration(rapid.IntRange(0, 48).Draw(t, "maxAge")) * time.Hour)
		}

		if rapid.Bool().Draw(t, "matched") {
			r.Match = Match{Encrypted: new(rapid.Bool().Draw(t, "match")), Origins: []Origin{Automated, Manual}}
		}

		return r
	})
}

// find returns the candidate that was selected, among those it was selected
// from.
func (w *world) find(s *Selection) *Candidate {
	i := slices.IndexFunc(w.candidates, func(c *Candidate) bool { return s.Selected != nil && c.ID == s.Selected.ID })
	if i < 0 {
		return nil
	}

	return w.candidates[i]
}

func TestForeignDataIsNeverSelected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")

		s := Select(noon, r, w.candidates)
		if c := w.find(&s); c != nil && w.truth[c] != "db-ABC" {
			t.Fatalf("Law 8: %+v of %s was selected for %+v", c, w.truth[c], r.Source)
		}
	})
}

func TestNothingUsableIsPassedOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")
		r.Policy = Policy{}

		s := Select(noon, r, w.candidates)

		for _, c := range w.candidates {
			known := c.Store.ResourceID != "" && r.Source.ResourceID != ""
			if w.truth[c] != "db-ABC" || !known || c.Unusable != "" || r.Match.Encrypted != nil {
				continue
			}

			if s.Selected == nil || c.DataTime.After(s.Selected.DataTime) {
				t.Fatalf("%+v is of the source and can be used, and %+v was selected", c, s.Selected)
			}
		}
	})
}

func TestTheOrderOfTheListIsNeverSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")
		shuffled := rapid.Permutation(w.candidates).Draw(t, "shuffled")

		if diff := cmp.Diff(Select(noon, r, w.candidates), Select(noon, r, shuffled), cmpopts.IgnoreUnexported(Rejection{})); diff != "" {
			t.Fatalf("Select(...) in another order: -want, +got:\n%s", diff)
		}
	})
}

func TestUnknownIsNeverFresh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")

		s := Select(noon, r, w.candidates)
		if s.Selected == nil {
			if s.Verdict != NoCandidate {
				t.Fatalf("Nothing was selected, and the verdict is %s", s.Verdict)
			}

			return
		}

		fresh := !s.Selected.DataTime.IsZero() && (r.MaxAge == nil || noon.Sub(s.Selected.DataTime) <= *r.MaxAge)
		if r.MaxAge != nil && (s.Verdict == Available) != fresh {
			t.Fatalf("Law 8: %s with data from %s and maxAge %s", s.Verdict, s.Selected.DataTime, *r.MaxAge)
		}

		if r.Policy.Type == AtOrBefore && (s.Selected.DataTime.IsZero() || s.Selected.DataTime.After(r.Policy.Time)) {
			t.Fatalf("Data from %s was selected as at or before %s", s.Selected.DataTime, r.Policy.Time)
		}
	})
}

func TestTimeChangesTheVerdictOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")
		later := noon.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "later")) * time.Hour)

		a, b := Select(noon, r, w.candidates), Select(later, r, w.candidates)
		if diff := cmp.Diff(a, b, cmpopts.IgnoreFields(Selection{}, "Verdict", "Message", "Reason"), cmpopts.IgnoreUnexported(Rejection{})); diff != "" {
			t.Fatalf("Select(...) later: -want, +got:\n%s", diff)
		}

		if a.Verdict == TooOld && b.Verdict != TooOld {
			t.Fatalf("What was too old is %s later", b.Verdict)
		}
	})
}

func TestAnOlderCandidateChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")
		r.Policy = Policy{}

		before := Select(noon, r, w.candidates)
		if before.Selected == nil || before.Selected.DataTime.IsZero() {
			return
		}

		older := snap("older", before.Selected.DataTime.Add(-time.Nanosecond))
		if rapid.Bool().Draw(t, "unknown") {
			older.DataTime = time.Time{}
		}

		after := Select(noon, r, append(slices.Clone(w.candidates), older))
		if diff := cmp.Diff(before.Selected, after.Selected); diff != "" {
			t.Fatalf("A candidate with older data changed the selection: -before, +after:\n%s", diff)
		}
	})
}

func TestEveryCandidateIsAccountedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")
		r.Policy.Type = rapid.SampledFrom([]PolicyType{Latest, AtOrBefore}).Draw(t, "policy")

		s := Select(noon, r, w.candidates)
		good, rejected := split(r, w.candidates)

		if s.Candidates != len(w.candidates) || len(good)+len(rejected) != s.Candidates {
			t.Fatalf("%d are good and %d rejected, of %d listed and %d counted", len(good), len(rejected), len(w.candidates), s.Candidates)
		}

		if want := min(len(rejected), keptRejections); len(s.Rejected) != want {
			t.Fatalf("%d rejections are kept, of %d", len(s.Rejected), len(rejected))
		}

		seen := map[string]bool{}
		for _, x := range s.Rejected {
			if x.Code == "" || seen[x.ID] || s.Selected != nil && x.ID == s.Selected.ID {
				t.Fatalf("%s is rejected as %q, rejected before: %v, selected: %v", x.ID, x.Code, seen[x.ID], s.Selected)
			}

			seen[x.ID] = true
		}
	})
}

func TestSelectWritesToNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")

		before := make([]Candidate, 0, len(w.candidates))
		for _, c := range w.candidates {
			c := *c
			c.Tags, c.Store.ARNs = maps.Clone(c.Tags), slices.Clone(c.Store.ARNs)
			before = append(before, c)
		}

		order := slices.Clone(w.candidates)
		Select(noon, r, w.candidates)

		after := make([]Candidate, 0, len(w.candidates))
		for _, c := range w.candidates {
			after = append(after, *c)
		}

		if diff := cmp.Diff(before, after); diff != "" || !slices.Equal(order, w.candidates) {
			t.Fatalf("Many selections share one list: -before, +after:\n%s", diff)
		}
	})
}

func TestTheIndexLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := worlds().Draw(t, "world"), requests().Draw(t, "request")
		if rapid.Bool().Draw(t, "by tags") {
			r.Source = Source{Tags: map[string]string{"app": "payments", "env": "prod"}}
		}

		listed := make([]Candidate, 0, len(w.candidates))
		for _, c := range w.candidates {
			if rapid.Bool().Draw(t, "app") {
				c.Tags["app"] = "payments"
			}

			if rapid.Bool().Draw(t, "env") {
				c.Store.Tags = map[string]string{"app": "payments", "env": "prod"}
			}

			listed = append(listed, *c)
		}

		x := NewIndex(listed)
		if x.Len() != len(listed) {
			t.Fatalf("%d of %d are indexed", x.Len(), len(listed))
		}

		all, about := Select(noon, r, w.candidates), Select(noon, r, x.About(r))
		if diff := cmp.Diff(all.Selected, about.Selected); diff != "" {
			t.Fatalf("Select(...) by the index: -all, +index:\n%s", diff)
		}

		if all.Verdict != about.Verdict {
			t.Fatalf("Select(...) by the index is %s, and %s without", about.Verdict, all.Verdict)
		}
	})
}
