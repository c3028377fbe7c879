package inventory

import (
	"time"

	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// Times of the tables: data is from data, and is copied at copied.
var (
	data   = time.Date(2026, 11, 20, 8, 2, 0, 0, time.UTC)
	copied = data.Add(3 * time.Hour)
)

const (
	account  = "111122223333"
	eastDB   = "arn:aws:rds:us-east-1:111122223333:db:payments"
	eastSnap = "arn:aws:rds:us-east-1:111122223333:snapshot:rds:payments-2026-11-20"
	westSnap = "arn:aws:rds:us-west-2:111122223333:snapshot:copy"
)

const (
	promoted   = "it replicates nothing: it was promoted, or never was a replica"
	replicaLag = "ReplicaLag"
)

// facts are what the tests of single candidates look at.
type facts struct {
	ID, Region     string
	DataTime       time.Time
	DataTimeSource string
	Unusable       snapshot.Code
	Why, Note      string
}

func factsOf(a *Answer) []facts {
	out := make([]facts, 0, len(a.Candidates))
	for _, c := range a.Candidates {
		out = append(out, facts{
			ID: c.ID, Region: c.Store.Region, DataTime: c.DataTime, DataTimeSource: c.DataTimeSource,
			Unusable: c.Unusable, Why: c.Why, Note: c.Note,
		})
	}

	return out
}
