// Package failover plays the loss of a region on a real control plane: home, the
// failover, the return of the region and the failback.
package failover
