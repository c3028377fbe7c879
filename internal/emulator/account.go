package emulator

import (
	"slices"
	"time"

	"github.com/crossdr/crossdr/internal/region"
)

// An Account of AWS.
type Account struct {
	emulator *Emulator
	id       string
	regions  map[string]*Region
	zones    map[string][]string
	enabled  map[string]bool
	roles    shelf[Role]
	globals  shelf[GlobalCluster]
}

// A principal is who signs calls with an access key.
type principal struct {
	account *Account
	arn     string
	userID  string

	secret string
	token  string

	// expires is when the token ceases to be valid, by the wall clock; zero for
	// keys of users.
	expires time.Time
}

// AddAccessKey registers the access key of a user, whose name is the key's id. A
// key that is not registered is refused as AWS refuses it.
func (a *Account) AddAccessKey(id, secret string) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	a.emulator.keys[id] = principal{account: a, arn: "arn:aws:iam::" + a.id + ":user/" + id, userID: "AIDA" + id, secret: secret}
}

// RemoveAccessKey takes an access key away. It may be added again.
func (a *Account) RemoveAccessKey(id string) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	delete(a.emulator.keys, id)
}

// Region returns what the account has in a region.
func (a *Account) Region(name string) *Region {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	return a.region(name)
}

// EnableRegion opts the account in to a region that is off by default, such as
// ap-east-1.
func (a *Account) EnableRegion(name string) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	a.enabled[name] = true
}

// OrderZones says which zones of a region the account sees, and under which
// names: the first id is called a, the second b, and so on. By default it sees
// all zones, named in the order of their ids. Accounts of a certain age have
// another order, and young ones see fewer. See
// https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
func (a *Account) OrderZones(regionName string, ids ...string) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	a.zones[regionName] = ids
}

// region is Region for those who hold the lock.
func (a *Account) region(name string) *Region {
	r, ok := a.regions[name]
	if !ok {
		r = &Region{emulator: a.emulator, account: a, name: name}
		a.regions[name] = r
	}

	return r
}

// The opt-in status of a region, as EC2 reports it.
const (
	optInNotRequired = "opt-in-not-required"
	optedIn          = "opted-in"
	notOptedIn       = "not-opted-in"
)

// optInStatus of a region.
func (a *Account) optInStatus(name string) string {
	switch {
	case !slices.Contains(optInRegions(), name):
		return optInNotRequired
	case a.enabled[name]:
		return optedIn
	default:
		return notOptedIn
	}
}

// defaultRegions are those that every account can use.
func defaultRegions() []string {
	return []string{
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
		"eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
		"us-west-2",
	}
}

// optInRegions are those that AWS opened after 2019-03-20: they are off until
// the account opts in. See
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
func optInRegions() []string {
	return []string{
		"af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
		"ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1",
		"mx-central-1",
	}
}

// zoneIDs that the account sees in a region, in the order of their names.
func (a *Account) zoneIDs(regionName string) []string {
	if ids, ok := a.zones[regionName]; ok {
		return ids
	}

	r, _ := region.Lookup(regionName)

	return r.Zones
}
