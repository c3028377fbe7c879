// Package protection says what makes the snapshots of a store exist in another
// region: the vaults, plans and selections of AWS Backup.
package protection
