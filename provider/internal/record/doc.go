// Package record keeps the decision of a FailoverTarget in an item of a DynamoDB
// table that several control planes share.
//
// A decision is written on the condition that the epoch is the one that was
// read, so of two control planes that decide at once one has won. That needs a
// table of which there is one truth: one region's, or a global table with
// multi-region strong consistency. Any other one is refused.
//
// It carries out the steps of package failover, and decides nothing itself.
package record
