package emulator

import (
	"maps"
	"slices"
)

// rdsService signs as it is named; DocumentDB and Neptune sign so too.
const rdsService = "rds"

// rdsNamespace is the XML namespace of RDS.
const rdsNamespace = "http://rds.amazonaws.com/doc/2014-10-31/"

// Names of RDS that appear in many places.
const (
	dbInstanceID             = "DBInstanceIdentifier"
	dbSnapshotID             = "DBSnapshotIdentifier"
	dbClusterID              = "DBClusterIdentifier"
	dbClusterSnapshotID      = "DBClusterSnapshotIdentifier"
	dbClusterResourceID      = "DbClusterResourceId"
	globalClusterID          = "GlobalClusterIdentifier"
	dbiResourceID            = "DbiResourceId"
	dbiResourceFilter        = "dbi-resource-id"
	codeInvalidInstanceState = "InvalidDBInstanceState"
)

// States of what RDS has.
const (
	statusAvailable = "available"
	statusCreating  = "creating"
	statusModifying = "modifying"
	statusDeleting  = "deleting"
	statusDeleted   = "deleted"
	replicating     = "replicating"
)

func rdsActions() map[string]action {
	out := map[string]action{}

	for _, group := range []map[string]action{
		rdsInstanceActions(), rdsSnapshotActions(), rdsBackupActions(), rdsClusterActions(), rdsClusterSnapshotActions(),
		rdsGlobalActions(), rdsPlacementActions(), rdsTagActions(),
	} {
		maps.Copy(out, group)
	}

	return out
}

func rdsAction(p params, run func(*call, *document) error) action {
	return queryAction(p, rdsNamespace, run)
}

// rdsListing is how RDS pages: 20 to 100 records, 100 by default.
func rdsListing() listing {
	return listing{sizeName: "MaxRecords", tokenName: "Marker", least: 20, most: 100, otherwise: 100}
}

// filters reads Filters, and refuses names that the action does not have. RDS
// has no filter for tags.
func (c *call) filters(names ...string) (map[string][]string, error) {
	out := map[string][]string{}

	for _, f := range c.in.structs("Filters") {
		name := f.str("Name")
		if !slices.Contains(names, name) {
			return nil, refuse(codeInvalidValue, "Unrecognized filter name: %s", name)
		}

		out[name] = append(out[name], f.strs("Values")...)
	}

	return out, nil
}

// rdsKey resolves the key of something that is to be encrypted.
func (r *Region) rdsKey(id string) (string, error) {
	if id == "" {
		return r.defaultKey(rdsService), nil
	}

	key, ok := r.key(rdsService, id)
	if !ok {
		return "", refuse("KMSKeyNotAccessibleFault",
			"The specified KMS key [%s] does not exist, is not enabled or you do not have permissions to access it.", id)
	}

	return key, nil
}

// writeTags writes TagList.
func (d *document) writeTags(tags map[string]string) {
	d.tags("TagList", "Tag", "Key", "Value", tags)
}
