package emulator

import (
	"maps"
	"strings"
)

func rdsTagActions() map[string]action {
	return map[string]action{
		"ListTagsForResource": rdsAction("ResourceName!", listRDSTags),
		"AddTagsToResource":   rdsAction("ResourceName! Tags!:list", addRDSTags),
	}
}

func listRDSTags(c *call, d *document) error {
	tags, err := c.rdsTags()
	if err != nil {
		return err
	}

	d.writeTags(*tags)

	return nil
}

func addRDSTags(c *call, _ *document) error {
	tags, err := c.rdsTags()
	if err != nil {
		return err
	}

	all := maps.Clone(*tags)
	if all == nil {
		all = map[string]string{}
	}

	maps.Copy(all, c.in.tags("Tags"))
	*tags = all

	return nil
}

// rdsTags finds the tags of what a call names by its ARN.
func (c *call) rdsTags() (*map[string]string, error) {
	name := c.in.str("ResourceName")

	parsed, ok := parseARN(name)
	if !ok || parsed.service != rdsService || parsed.region != c.Region || parsed.account != c.Account {
		return nil, refuse(codeInvalidValue, "Invalid resource name: %s", name)
	}

	kind, id, _ := strings.Cut(parsed.resource, ":")

	switch kind {
	case "db":
		if i, ok := c.instance(id); ok {
			return &i.Tags, nil
		}

		return nil, noDBInstance(id)
	case "snapshot":
		if s, ok := c.region.dbSnapshots.get(id); ok {
			return &s.Tags, nil
		}

		return nil, noDBSnapshot(id)
	case "cluster":
		if k, ok := c.cluster(id); ok {
			return &k.Tags, nil
		}

		return nil, noDBCluster(id)
	case "cluster-snapshot":
		if s, ok := c.region.dbClusterSnapshots.get(id); ok {
			return &s.Tags, nil
		}

		return nil, noDBClusterSnapshot(id)
	default:
		return nil, refuse(codeInvalidValue, "Invalid resource name: %s", name)
	}
}
