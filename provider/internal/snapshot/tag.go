package snapshot

import "time"

// Tags that tell about a snapshot what AWS does not. Whoever copies a snapshot
// writes them on the copy, or lets them be copied.
const (
	// TagLineage is the resource id of the store that a snapshot descends from,
	// or its ARN: vol-0123456789abcdef0. It can be put on the store itself where
	// its tags are copied to its snapshots and their copies, as AWS Backup and
	// Amazon Data Lifecycle Manager do.
	TagLineage = "crossdr.io/lineage"

	// TagDataTime is when the data of a snapshot is from, in RFC 3339:
	// 2026-11-20T08:02:00Z.
	TagDataTime = "crossdr.io/data-time"
)

// TaggedDataTime returns the data time that the tags of a snapshot tell, or
// zero. Nothing is from after it was copied, so that a later time than the
// snapshot was created at is not believed.
func TaggedDataTime(tags map[string]string, createdAt time.Time) time.Time {
	t, err := time.Parse(time.RFC3339, tags[TagDataTime])
	if err != nil || createdAt.IsZero() || t.After(createdAt) {
		return time.Time{}
	}

	return t.UTC()
}
