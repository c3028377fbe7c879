package emulator

import (
	"strings"
	"time"

	"github.com/crossdr/crossdr/internal/region"
)

// A Region holds what one account has in one region.
type Region struct {
	emulator *Emulator
	account  *Account
	name     string

	extraZones []Zone
	zoneStates map[string]zoneState
	offerings  map[string][]string
	orderable  []OrderableDBInstanceOption

	dbInstances        shelf[DBInstance]
	dbSnapshots        shelf[DBSnapshot]
	dbInstanceBackups  shelf[DBInstanceAutomatedBackup]
	dbClusters         shelf[DBCluster]
	dbClusterSnapshots shelf[DBClusterSnapshot]
	dbClusterBackups   shelf[DBClusterAutomatedBackup]
	dbSubnetGroups     shelf[DBSubnetGroup]
	volumes            shelf[Volume]
	volumeTokens       map[string]string
	snapshots          shelf[Snapshot]
	tables             shelf[table]
	tableBackups       shelf[TableBackup]
	backupVaults       shelf[BackupVault]
	recoveryPoints     shelf[RecoveryPoint]
	metrics            map[string][]datapoint
}

// arn of a resource in the region.
func (r *Region) arn(service, resource string) string {
	return "arn:" + region.Partition(r.name) + ":" + service + ":" + r.name + ":" + r.account.id + ":" + resource
}

// locked runs f with the emulator locked, and passes what time it is.
func (r *Region) locked(f func(now time.Time)) {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	f(r.emulator.now().UTC())
}

// An arn is an Amazon Resource Name, taken apart.
type arn struct {
	service, region, account, resource string
}

// parseARN takes an ARN apart; false if it is none.
func parseARN(s string) (arn, bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return arn{}, false
	}

	return arn{service: parts[2], region: parts[3], account: parts[4], resource: parts[5]}, true
}

// at returns the region that an ARN names, and its resource with a prefix such
// as "snapshot:" cut off. It is false if the ARN is of another kind, or names an
// account or region in which there is nothing.
func (r *Region) at(s, prefix string) (*Region, string, bool) {
	parsed, ok := parseARN(s)
	if !ok {
		return nil, "", false
	}

	name, ok := strings.CutPrefix(parsed.resource, prefix)
	if !ok {
		return nil, "", false
	}

	account, ok := r.emulator.accounts[parsed.account]
	if !ok {
		return nil, "", false
	}

	there, ok := account.regions[parsed.region]

	return there, name, ok
}

// defaultKey is the key that AWS manages for a service in each region.
func (r *Region) defaultKey(service string) string {
	return r.arn("kms", "key/aws-"+service)
}

// key resolves a KMS key identifier to an ARN of this region. The emulator has
// no aliases but alias/aws/<service>, which is the default key.
func (r *Region) key(service, id string) (string, bool) {
	if id == "alias/aws/"+service {
		return r.defaultKey(service), true
	}

	parsed, ok := parseARN(id)

	switch {
	case !ok:
		return r.arn("kms", "key/"+id), !strings.Contains(id, "/") && id != ""
	case parsed.service != "kms", parsed.region != r.name, !strings.HasPrefix(parsed.resource, "key/"):
		return "", false
	default:
		return id, true
	}
}

// progress is how far something is that was begun at a time and is finished at
// another: 0 to 100 percent, by the clock.
func progress(now, begun, finished time.Time) int {
	if !now.Before(finished) {
		return 100
	}

	if total := finished.Sub(begun); total > 0 && now.After(begun) {
		return int(100 * now.Sub(begun) / total)
	}

	return 0
}

// orNow returns a time, or now if it is zero.
func orNow(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}

	return t.UTC()
}

// or returns a value, or another if it is the zero value.
func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}

	return value
}
