// Package snapshot decides which snapshot of a store to restore from, and says
// why each of the others is not it.
//
// A candidate passes, in this order, the questions whether it descends from the
// source (WrongLineage, Ambiguous), can be restored (NotAvailable, Archived,
// Expired, Shared), is one of those asked for (NotMatching) and one that the
// policy allows (TooNew, DataTimeUnknown). Of those that pass, the one with the
// newest data is selected. How old that may be does not decide what is
// selected: it is the verdict on the selection.
//
// # Lineage
//
// A fenced database that comes back goes on making snapshots, and these are the
// newest. So a candidate counts only if something proves that it descends from
// the source. The first of these rules that has an answer decides:
//
//  1. Resource id. AWS gives it to one store and never again. If both have one,
//     the same is proof, and another is proof of the contrary, whatever names
//     and tags say.
//  2. ARN of the store, through the chain of copies as far as it is listed. The
//     same for ARNs.
//  3. The tag crossdr.io/lineage, for copies on which AWS leaves no trace of the
//     store.
//  4. Identifier. A name may be used again, so that it is believed only where
//     one of the two has no resource id, and as long as not two stores of two
//     regions, accounts or kinds have that name (Ambiguous).
//  5. Tags, for a source that is told by tags alone, as long as all that carry
//     them are of one store (Ambiguous).
//
// What no rule knows is of another lineage. A source that states tags and
// something else must fit in both.
//
// # Data time
//
// The data time is when the data is from. A copy is made later than its data
// is from, so that its own creation time is none. Where AWS does not tell, the
// tag crossdr.io/data-time may; otherwise it is unknown. Unknown is not fresh: it
// ranks behind every known time and satisfies no age and no point in time.
package snapshot
