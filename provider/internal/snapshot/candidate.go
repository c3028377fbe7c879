package snapshot

import (
	"cmp"
	"strings"
	"time"
)

// A Kind of source.
type Kind string

// The kinds of sources.
const (
	DBInstance    Kind = "DBInstance"
	DBCluster     Kind = "DBCluster"
	Volume        Kind = "Volume"
	Table         Kind = "Table"
	RecoveryPoint Kind = "RecoveryPoint"
	Replica       Kind = "Replica"
)

// resident returns whether a source of the kind is itself what is restored
// from, and so has to be in the region.
func (k Kind) resident() bool { return k == Table || k == Replica }

// An Origin is who made a snapshot.
type Origin string

// The origins of a snapshot.
const (
	Automated Origin = "Automated"
	Manual    Origin = "Manual"
	Backup    Origin = "Backup"
)

// A Candidate is something that a store might be restored from: a snapshot, a
// recovery point, a table with point-in-time recovery, a replica.
type Candidate struct {
	// ID that a restore takes.
	ID string

	// ARN of the candidate itself.
	ARN string

	// Store that it descends from, as far as AWS tells.
	Store Store

	// Parent is the ARN of the snapshot that it is a copy of, and Whole of what it
	// is a part of, such as the backup of a whole application. Empty if there is
	// none, or AWS does not tell.
	Parent, Whole string

	// DataTime is when the data is from. Zero means that it is unknown.
	DataTime time.Time

	// DataTimeSource is the field or the tag that tells the data time.
	DataTimeSource string

	// CreatedAt is when it was made, by copying or otherwise. Zero means that
	// AWS has not finished making it, or does not tell.
	CreatedAt time.Time

	// Unusable is why it can't be restored from, and Why says it to people. Empty
	// means that it can.
	Unusable Code
	Why      string

	// Note of what is not well with it, though it can be restored from.
	Note string

	// Origin is who made it. Empty if that is not a question, as for a replica.
	Origin Origin

	Encrypted     bool
	KMSKeyID      string
	Engine        string
	EngineVersion string
	SizeGiB       int64

	Tags map[string]string
}

// A Store is what AWS tells of the store that a candidate descends from. Empty
// means that it is not known.
type Store struct {
	Identifier string
	ResourceID string

	// ARNs that the store is known by. A replicated table has one in each region.
	ARNs []string

	// Region that the store is in.
	Region string

	// Tags of the store, where it is in the region that was looked in.
	Tags map[string]string
}

// name of the store, for people.
func (s *Store) name() string {
	arn := ""
	if len(s.ARNs) > 0 {
		arn = s.ARNs[0]
	}

	return cmp.Or(s.ResourceID, arn, s.Identifier, "a store that AWS does not tell")
}

// better orders candidates by how much they are to be preferred: by data time,
// by creation time, the newest first, and by id and ARN, so that the order that
// they come in is never seen.
func better(a, b *Candidate) int {
	return cmp.Or(
		b.DataTime.Compare(a.DataTime), // Unknown is zero, and so the last.
		b.CreatedAt.Compare(a.CreatedAt),
		strings.Compare(a.ID, b.ID),
		strings.Compare(a.ARN, b.ARN),
	)
}
