package emulator

import (
	"maps"
	"strings"
)

// copyDBSnapshot copies a snapshot, also from another region or account. A copy
// keeps OriginalSnapshotCreateTime and SnapshotDatabaseTime, and has a
// SnapshotCreateTime of its own. See
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
func copyDBSnapshot(c *call, d *document) error {
	target := c.in.lower("TargetDBSnapshotIdentifier")
	if _, ok := c.region.dbSnapshots.get(target); ok {
		return refuse("DBSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier %s already exists.", target)
	}

	source, from, err := c.sourceSnapshot(c.in.str("SourceDBSnapshotIdentifier"))
	if err != nil {
		return err
	}

	if status := source.status(c.now); status != statusAvailable {
		return refuse("InvalidDBSnapshotState", "The source snapshot %s is not available: it is %s", source.Identifier, status)
	}

	key, err := c.copyKey(from, source.Encrypted, source.KMSKeyID)
	if err != nil {
		return err
	}

	s := *source
	s.Identifier, s.Type = target, snapshotManual
	s.CreateTime, s.AvailableAt = c.now, c.availableAt()
	s.Encrypted, s.KMSKeyID = key != "", key
	s.SharedWith = nil
	s.Tags = c.copiedTags(source.Tags)

	if from != c.region {
		s.SourceARN, s.SourceRegion = from.dbSnapshotARN(source), from.name
	}

	if from.name != c.Region {
		s.AvailabilityZone = ""
	}

	c.region.putDBSnapshot(&s, c.now)
	c.region.writeDBSnapshotElement(d, &s, c.now)

	return nil
}

// sourceSnapshot finds the snapshot to copy: by its identifier within account
// and region, and by its ARN elsewhere.
func (c *call) sourceSnapshot(id string) (*DBSnapshot, *Region, error) {
	from, name := c.region, strings.ToLower(id)

	if there, local, ok := c.region.at(id, "snapshot:"); ok {
		from, name = there, local
	}

	s, ok := from.dbSnapshots.get(name)
	if !ok {
		return nil, nil, noDBSnapshot(id)
	}

	if from.account != c.region.account && sharing(s.SharedWith, c.Account) == "" {
		return nil, nil, noDBSnapshot(id)
	}

	return s, from, nil
}

// copyKey returns the key of a copy, and "" if the copy is not encrypted. A key
// serves one region: an encrypted snapshot of another needs one to be named.
func (c *call) copyKey(from *Region, encrypted bool, sourceKey string) (string, error) {
	id := c.in.str("KmsKeyId")

	switch {
	case id != "":
		key, err := c.region.rdsKey(id)
		if err != nil {
			return "", err
		}

		if encrypted && from.name != c.Region {
			return key, c.presigned(from)
		}

		return key, nil
	case encrypted && from != c.region:
		return "", refuse(codeInvalidCombination,
			"Specify a KMS key of %s in KmsKeyId to copy an encrypted snapshot from another region or account", c.Region)
	case encrypted:
		return sourceKey, nil
	default:
		return "", nil
	}
}

// copiedTags returns the tags of a copy: those that the call gives, and those of
// the source if it asks for them.
func (c *call) copiedTags(source map[string]string) map[string]string {
	tags := map[string]string{}
	if c.in.boolean("CopyTags") {
		maps.Copy(tags, source)
	}

	maps.Copy(tags, c.in.tags("Tags"))

	return tags
}
