package emulator

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// ec2Service signs as it is named.
const ec2Service = "ec2"

func ec2Actions() map[string]action {
	out := map[string]action{}

	for _, group := range []map[string]action{ec2RegionActions(), ec2SnapshotActions(), ec2VolumeActions()} {
		maps.Copy(out, group)
	}

	return out
}

// ec2Filters are what a call asks for: for each filter the values, any of which
// may match.
type ec2Filters map[string][]string

// ec2Filters reads Filter, and refuses names that the action does not have. A
// name that ends in * stands for all that begin so, as tag:* for tag:Name.
func (c *call) ec2Filters(names ...string) (ec2Filters, error) {
	out := ec2Filters{}

	for _, f := range c.in.structs("Filter") {
		name := f.str("Name")
		if !slices.ContainsFunc(names, func(n string) bool { return matches(n, name) }) {
			return nil, refuse(codeInvalidValue, "The filter '%s' is invalid", name)
		}

		out[name] = append(out[name], f.strs("Value")...)
	}

	return out, nil
}

// cover reports whether a resource matches every filter, given the values that
// it has for their names, and its tags.
func (f ec2Filters) cover(values map[string]string, tags map[string]string) bool {
	for name, asked := range f {
		var ok bool

		switch key, isTag := strings.CutPrefix(name, "tag:"); {
		case isTag:
			value, has := tags[key]
			ok = has && matchesAny(asked, value)
		case name == "tag-key":
			ok = slices.ContainsFunc(slices.Collect(maps.Keys(tags)), func(k string) bool { return matchesAny(asked, k) })
		default:
			ok = matchesAny(asked, values[name])
		}

		if !ok {
			return false
		}
	}

	return true
}

func matchesAny(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, value) })
}

// matches compares as EC2 filters do: * stands for any characters and ? for one.
// See https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
func matches(pattern, value string) bool {
	// Slashes and brackets are special to path.Match, and not to EC2.
	escape := strings.NewReplacer("[", `\[`, "/", "\x00")
	ok, err := path.Match(escape.Replace(pattern), strings.ReplaceAll(value, "/", "\x00"))

	return err == nil && ok
}

// ec2Listing is how EC2 pages: everything, unless a size is asked for.
func ec2Listing() listing {
	return listing{sizeName: "MaxResults", tokenName: "NextToken", least: 5, most: 1000}
}

// tagSpecifications reads the tags of what a call creates.
func (c *call) tagSpecifications(resourceType string) (map[string]string, error) {
	tags := map[string]string{}

	for _, spec := range c.in.structs("TagSpecification") {
		if kind := spec.str("ResourceType"); kind != resourceType {
			return nil, refuse(codeInvalidValue, "'%s' is not a valid taggable resource type for this operation.", kind)
		}

		maps.Copy(tags, spec.tags("Tag"))
	}

	return tags, nil
}

// writeTagSet writes tagSet.
func (d *document) writeTagSet(tags map[string]string) {
	d.tags("tagSet", "item", "key", "value", tags)
}
