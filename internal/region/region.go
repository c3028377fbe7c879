package region

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// commercial is the partition of every region that no other partition claims.
const commercial = "aws"

// A Region is one region of AWS.
type Region struct {
	// Name of the region, such as us-east-1.
	Name string

	// Partition the region belongs to, such as aws.
	Partition string

	// Zones are the ids of its availability zones, such as use1-az1, sorted.
	Zones []string
}

// Lookup returns what the table says about a region. The table has the
// commercial regions of its date only: another region may well exist.
func Lookup(name string) (Region, bool) {
	zones, ok := table().Zones[name]
	if !ok {
		return Region{}, false
	}

	return Region{Name: name, Partition: Partition(name), Zones: slices.Clone(zones)}, true
}

// AsOf is the date of the table, as in 2006-01-02.
func AsOf() string {
	return table().Read
}

// WellFormed reports whether a name looks like a region's, be it in the table
// or not. The CRD of FailoverTarget has the same pattern.
func WellFormed(name string) bool {
	return regionName.MatchString(name)
}

// Partition of a region, from its name: aws for any that is of no other. The
// names of one partition share a prefix.
//
// See https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
func Partition(name string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"us-gov-", "aws-us-gov"},
		{"cn-", "aws-cn"},
		{"eusc-", "aws-eusc"},
		{"us-iso-", "aws-iso"},
		{"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"},
		{"us-isof-", "aws-iso-f"},
	} {
		if strings.HasPrefix(name, p.prefix) {
			return p.partition
		}
	}

	return commercial
}

// ZoneIndex is the number in a zone's id less one: 0 for use1-az1 and 3 for
// cac1-az4. It is no position in a list, so it never shifts when zones come
// and go (ca-central-1 has no az3). False for what is no zone id, such as the
// name us-east-1a.
func ZoneIndex(id string) (int, bool) {
	match := zoneID.FindStringSubmatch(id)
	if match == nil {
		return 0, false
	}

	number, err := strconv.Atoi(match[1])

	return number - 1, err == nil
}

// OfZone returns the name of the region that a zone id belongs to, going by
// what comes before its first dash: us-east-1 for use1-az9, though no such zone
// is listed. False when no region of the table has ids like it.
func OfZone(id string) (string, bool) {
	prefix, _, _ := strings.Cut(id, "-")

	name, ok := table().prefixes[prefix]

	return name, ok
}

// facts is the table, and an index of it.
type facts struct {
	Read  string              `json:"read"`
	Zones map[string][]string `json:"zones"`

	// prefixes leads from the start of a zone id, such as use1, to its region.
	prefixes map[string]string
}

//go:embed zones.json
var zonesJSON []byte

var (
	regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
	zoneID     = regexp.MustCompile(`^[a-z0-9-]+-az([1-9][0-9]?)$`)
)

//nolint:gochecknoglobals // The table is parsed once and never written.
var table = sync.OnceValue(func() facts {
	var f facts
	if err := json.Unmarshal(zonesJSON, &f); err != nil {
		// The file is compiled in: only a broken build gets here, and its tests
		// fail first.
		panic(fmt.Sprintf("cannot parse zones.json: %v", err))
	}

	f.prefixes = make(map[string]string, len(f.Zones))
	for name, ids := range f.Zones {
		slices.Sort(ids)

		for _, id := range ids {
			prefix, _, _ := strings.Cut(id, "-")
			f.prefixes[prefix] = name
		}
	}

	return f
})
