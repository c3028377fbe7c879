// Package failovertarget reconciles FailoverTargets: it gathers what is known,
// carries out the steps that package failover asks for, and reports what came of
// them. It decides nothing itself.
//
// # How the protocol fits a managed reconciler
//
// There is no resource on AWS that could be created or deleted, so Observe always
// says that it exists. Observe begins a turn: it gathers facts, reads the record
// and brings the annotation up to date. If the next step decides, it says that
// the resource is not up to date, and Update goes on with the turn. So a
// FailoverTarget whose managementPolicies have no Update follows what others
// decide, and decides nothing, as anybody would expect. Delete does nothing: the
// record stays.
//
//	Observe   gather, Read, Remember what others decided ─┬─ Report
//	Update                Remember the attempt, Record, ──┘
//	                      Remember the decision
//
// Report fills in the status, which the reconciler writes in the end. Every write
// of the object carries the resourceVersion of the turn: if it is refused, another
// turn begins.
//
// # Regions that are dark
//
// Regions are asked beside the reconciles, one call at a time for each region and
// ProviderConfig. A reconcile waits for them for two seconds at most, and not at
// all for one that made it wait in vain before. The region that an activation
// leaves is not called, by anything: a call that is under way is given up.
package failovertarget
