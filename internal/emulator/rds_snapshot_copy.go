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
	if err := c.region.newSnapshotID(target); err != nil {
		return err
	}

	source, from, err := c.sourceDBSnapshot(c.in.str("SourceDBSnapshotIdentifier"))
	if err != nil {
		return err
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
		s.SourceARN, s.SourceRegion = from.view(source.facts()).arn, from.name
	}

	if from.name != c.Region {
		s.AvailabilityZone = ""
	}

	c.region.putDBSnapshot(&s, c.now)
	d.element("DBSnapshot", func() { s.write(d, c.region.view(s.facts()), c.now) })

	return nil
}

// sourceDBSnapshot finds an available snapshot to copy or restore.
func (c *call) sourceDBSnapshot(id string) (*DBSnapshot, *Region, error) {
	s, from, err := sourceSnapshot(c, id, "snapshot:", func(r *Region, name string) (*DBSnapshot, bool) {
		return r.dbSnapshots.get(strings.ToLower(name))
	}, noDBSnapshot)
	if err != nil {
		return nil, nil, err
	}

	if status := s.status(c.now); status != statusAvailable {
		return nil, nil, refuse("InvalidDBSnapshotState", "The snapshot %s is not available: it is %s", id, status)
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
		if err == nil && encrypted && from.name != c.Region {
			err = c.presigned(from)
		}

		return key, err
	case encrypted && from != c.region:
		return "", refuse(codeInvalidCombination,
			"Specify a KMS key of %s in KmsKeyId to copy what is encrypted in another region or account", c.Region)
	case encrypted:
		return sourceKey, nil
	default:
		return "", nil
	}
}

// presigned refuses a request across regions that lacks the URL by which the
// source region is asked. It is needed where the source is encrypted, and SDKs
// make it when they are told the source region.
func (c *call) presigned(source *Region) error {
	if !strings.Contains(c.in.str("PreSignedUrl"), "%2F"+source.name+"%2Frds%2F") {
		return refuse(codeInvalidCombination, "PreSignedUrl must be specified for the source region %s", source.name)
	}

	return nil
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
