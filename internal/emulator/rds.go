package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// rdsNamespace is the XML namespace of RDS.
const rdsNamespace = "http://rds.amazonaws.com/doc/2014-10-31/"

// Names of RDS that appear in many places.
const (
	dbInstanceID        = "DBInstanceIdentifier"
	dbSnapshotID        = "DBSnapshotIdentifier"
	dbClusterID         = "DBClusterIdentifier"
	dbClusterSnapshotID = "DBClusterSnapshotIdentifier"
	globalClusterID     = "GlobalClusterIdentifier"
	dbiResourceID       = "DbiResourceId"
	statusAvailable     = "available"
	statusCreating      = "creating"
)

func rdsActions() map[string]action {
	out := map[string]action{}

	for _, group := range []map[string]action{
		rdsInstanceActions(), rdsSnapshotActions(), rdsClusterSnapshotActions(),
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

// noZone is what RDS answers about a zone that the account has not.
func noZone(name string) error {
	return refuse(codeInvalidValue, "Provided AvailabilityZone %s is not valid", name)
}

// noCapacity is what RDS answers about a zone that takes nothing new.
func noCapacity(name string) error {
	return refuse("InsufficientDBInstanceCapacity", "Insufficient capacity is available in the requested Availability Zone %s", name)
}

// rdsZone returns the zone in which an instance is to be: the one asked for,
// else the first in which something can be created.
func (r *Region) rdsZone(asked string) (string, error) {
	if asked != "" {
		z, ok := r.zone(asked)

		switch {
		case !ok || z.name != asked:
			return "", noZone(asked)
		case z.state != ZoneAvailable:
			return "", noCapacity(asked)
		default:
			return asked, nil
		}
	}

	zones := r.zones()

	i := slices.IndexFunc(zones, func(z accountZone) bool { return z.state == ZoneAvailable && z.kind == "availability-zone" })
	if i < 0 {
		return "", noCapacity(r.name)
	}

	return zones[i].name, nil
}

// noKey is what RDS answers about a key that it cannot use, such as one of
// another region.
func noKey(id string) error {
	return refuse("KMSKeyNotAccessibleFault",
		"The specified KMS key [%s] does not exist, is not enabled or you do not have permissions to access it.", id)
}

// rdsKey resolves the key of something that is to be encrypted.
func (r *Region) rdsKey(id string) (string, error) {
	if id == "" {
		return r.defaultKey("rds"), nil
	}

	key, ok := r.key("rds", id)
	if !ok {
		return "", noKey(id)
	}

	return key, nil
}

// presigned refuses a request across regions that lacks the URL by which the
// source region is asked. It is needed where the source is encrypted, and SDKs
// make it when they are told the source region. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
func (c *call) presigned(source *Region) error {
	url := c.in.str("PreSignedUrl")
	if !strings.Contains(url, "%2F"+source.name+"%2Frds%2F") {
		return &Error{
			Code: codeInvalidCombination, Status: http.StatusBadRequest,
			Message: "PreSignedUrl must be specified, for the source region " + source.name,
		}
	}

	return nil
}

// writeTags writes TagList.
func (d *document) writeTags(tags map[string]string) {
	d.tags("TagList", "Tag", "Key", "Value", tags)
}
