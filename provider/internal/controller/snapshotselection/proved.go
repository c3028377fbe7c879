package snapshotselection

import (
	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/snapshot"
)

// proved returns the candidates with the data time that the status already tells
// of a replica, where less is known now. What a replica has received it has; but
// while its primary is dark, its metrics say less and less about when that was.
func proved(candidates []*snapshot.Candidate, was *v1alpha1.SelectedSnapshot) []*snapshot.Candidate {
	if was == nil || was.DataTime == nil {
		return candidates
	}

	out := make([]*snapshot.Candidate, 0, len(candidates))

	for _, c := range candidates {
		if isSame(c, was) && c.DataTime.Before(was.DataTime.Time) {
			// Others read this one.
			known := *c
			known.DataTime, known.DataTimeSource = was.DataTime.UTC(), was.DataTimeSource
			c = &known
		}

		out = append(out, c)
	}

	return out
}

// isSame returns whether a replica is the one that was selected, and not another
// one that has its name now.
func isSame(c *snapshot.Candidate, was *v1alpha1.SelectedSnapshot) bool {
	return c.ARN == was.ARN && stamp(c.CreatedAt).Equal(was.CreatedAt)
}
