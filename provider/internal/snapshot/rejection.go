package snapshot

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Code says why a candidate was not selected.
type Code string

// Why a candidate was not selected.
const (
	// WrongLineage is of another store, or nothing proves that it is of this one.
	WrongLineage Code = "WrongLineage"

	// Ambiguous descends from one of several stores, and the source does not tell
	// which.
	Ambiguous Code = "Ambiguous"

	// NotAvailable is not finished, failed, or goes away.
	NotAvailable Code = "NotAvailable"

	// Archived is in a storage tier that it must be brought back from first.
	Archived Code = "Archived"

	// Expired is kept no longer.
	Expired Code = "Expired"

	// Shared belongs to another account, which can take it away.
	Shared Code = "Shared"

	// NotMatching is not one of those asked for.
	NotMatching Code = "NotMatching"

	// TooNew has data that is newer than asked for.
	TooNew Code = "TooNew"

	// DataTimeUnknown may or may not have data as old as asked for. It is also
	// the verdict on a selection whose age nobody knows.
	DataTimeUnknown Code = "DataTimeUnknown"
)

// A Rejection is why a candidate was not selected.
type Rejection struct {
	ID   string
	Code Code

	// Message for people.
	Message string

	createdAt time.Time
}

// why it was not selected, for people.
func (r *Rejection) why() string { return cmp.Or(r.Message, string(r.Code)) }

// keptRejections is how many are told, so that a store with years of snapshots
// does not fill its status.
const keptRejections = 20

// newest returns the newest rejections, the newest first. What has no creation
// time is being made, and so the newest of all.
func newest(all []Rejection) []Rejection {
	slices.SortFunc(all, func(a, b Rejection) int {
		switch {
		case a.createdAt.IsZero() != b.createdAt.IsZero():
			if a.createdAt.IsZero() {
				return -1
			}

			return 1
		case !a.createdAt.Equal(b.createdAt):
			return b.createdAt.Compare(a.createdAt)
		default:
			return strings.Compare(a.ID+"\x00"+string(a.Code)+a.Message, b.ID+"\x00"+string(b.Code)+b.Message)
		}
	})

	return slices.Clip(all[:min(len(all), keptRejections)])
}
