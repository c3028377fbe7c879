// Package inventory lists what is in a region of AWS that a store could be
// restored from.
//
// One listing of a kind serves all that ask for it with the same credentials,
// so that the number of calls grows with pages and regions, and not with
// objects. Four things have no listing, and are asked for one by one: a table,
// its point-in-time recovery, and the tags of a recovery point. The lag of
// replicas is asked for 500 at a time.
//
// A listing is all pages or an error. Nothing here creates, copies or deletes
// anything: Actions has every action that is called.
package inventory
