// Package failover decides which region serves, and in which order a control
// plane records that, so that no two regions are ever active at one epoch.
//
// It is pure: facts in, a decision or the next step out. The controller of the
// FailoverTarget reads and writes what it is told to, and a checker in the tests
// runs the same code over all interleavings of several control planes.
//
// # The decision
//
// Decide takes what is recorded, what is asked for and what is known. The first
// rule that applies says what comes of it:
//
//	recorded   asked for                                  becomes
//	anything   what has faults                            as it was, each fault is told (Invalid)
//	nothing,   anything                                   Pending until the record answers
//	  unread
//	nothing    adopt: epoch N in R                        Steady: R at epoch N, as stated
//	nothing    another activation                         Pending: a decision is missing (Undecided)
//	nothing    (no activation)                            Steady: home at epoch 1
//	R at N     (no activation)                            Steady
//	R at N     R at N, as it was decided                  Steady: repeated
//	R at N     anything else at N                         Steady: the record stands (Conflict)
//	R at N     an epoch that is not N+1                   Steady: ignored (Stale)
//	R at N     adopt at N+1                               Steady: it is not so (Conflict)
//	R at N     R at N+1, the record is at fault           Blocked
//	R at N     R at N+1, well                             Steady: R at N+1, taken over; the data epoch stays
//	R at N     R at N+1 with restore, or S at N+1,
//	           and something is against it                Blocked, by everything at once
//	R at N     R at N+1 with restore                      Steady: R at N+1, restored in place; data epoch N+1
//	R at N     S at N+1                                   Steady: S at N+1; data epoch N+1
//
// Whoever decides holds the decision, and only the holder acts on it. For any
// other control plane Steady means that it follows (Following).
//
//	nothing recorded ── nothing asked: home at epoch 1 ───────┐
//	  │                                                       │
//	  │ an activation asked,                                  │   ┌──┐ repeated, stale,
//	  │ or the record is silent                               ▼   ▼  │ conflicting
//	  │                                                      Steady ─┘
//	  ▼          the record answers, or adopt: epoch N        ▲ ▲ │
//	Pending ──────────────────────────────────────────────────┘ │ │ N+1 asked, something
//	                                                            │ │ against it
//	             nothing against it that is not accepted,       │ ▼
//	             or it is asked for no more                    Blocked
//
// From Steady, an activation of N+1 that nothing stands against leads to Steady
// at N+1 at once.
//
// # The turn
//
// NextStep says what to do next, and Learn what is known then. Authority comes
// first, so that a crash between any two steps loses nothing that anybody has
// acted on:
//
//	without a shared record          with one
//	                                 Read      consistently, at Endpoints only
//	                                 Remember  the attempt: its epoch and nonce
//	                                 Record    on the condition that the epoch is the one read
//	Remember  the decision           Remember  what is recorded
//	Report    it in the status       Report    it in the status
//
// A write of the record that is not acknowledged, whatever the reply, is followed
// by a Read: if the record has our uid and nonce, we have won; if its epoch has
// not moved, the write is tried again, up to MaxTries; else another control plane
// has won, and we follow. Every write of the object carries the resourceVersion
// that was observed; if it is refused, another turn begins.
//
// What is known is the newest of status, annotation and record. A record that is
// older than what the object remembers is not believed, nor are two sources that
// name different regions for one epoch: then nothing changes until a person has
// found out which is right.
package failover
