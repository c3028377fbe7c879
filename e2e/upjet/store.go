package upjet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/crossdr/crossdr/internal/emulator"
)

// A Store is what of AWS the emulator does not know: the networks, keys and
// records of one account. All control planes of that account share it.
type Store struct {
	account *emulator.Account
	id      string

	mu      sync.Mutex
	serial  int
	objects []*object
	calls   []Call
}

// An object is one resource of AWS.
type object struct {
	kind       *kind
	region, id string
	attributes values
}

// A Call is one that changed something in a Store, or would have: the emulator
// keeps a journal of its own.
type Call struct {
	// Principal whose access key it was made with.
	Principal string

	// Region is empty for a global service.
	Region string

	// Kind such as ec2/VPC, and its ID.
	Kind, ID string

	// Action is Create, Update or Delete.
	Action string
}

// NewStore returns an empty store of an account.
func NewStore(account *emulator.Account, id string) *Store {
	return &Store{account: account, id: id}
}

// Calls returns the calls that changed something, in their order.
func (s *Store) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()

	return slices.Clone(s.calls)
}

// Lookup returns the attributes of a resource, by a kind such as route53/Record.
func (s *Store) Lookup(kind, region, id string) (map[string]any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()

	o := s.find(kind, region, id)
	if o == nil {
		return nil, false
	}

	return maps.Clone(o.attributes), true
}

// Count returns how many resources of a kind there are in a region.
func (s *Store) Count(kind, region string) int {
	s.mu.Lock()
	defer s.mu.Unlock()

	n := 0

	for _, o := range s.objects {
		if o.kind.String() == kind && o.region == region {
			n++
		}
	}

	return n
}

func (s *Store) find(kind, region, id string) *object {
	for _, o := range s.objects {
		if o.kind.String() == kind && o.region == region && id != "" && (o.id == id || o.attributes.text(attributeARN) == id) {
			return o
		}
	}

	return nil
}

// create creates a resource, and returns its id.
func (s *Store) create(c Call, k *kind, name string, desired values) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if err := s.check(k, c.Region, desired); err != nil {
		return "", err
	}

	s.serial++
	o := &object{kind: k, region: c.Region, id: name, attributes: values{}}

	if k.assign != nil {
		o.id = k.assign(s.serial, desired)
	}

	if s.find(k.String(), c.Region, o.id) != nil || s.taken(k, c.Region, desired) {
		return "", fmt.Errorf("%sAlreadyExists: there is one like %s in %s", k.name, o.id, or(c.Region, "all regions"))
	}

	s.write(o, desired)
	s.objects = append(s.objects, o)

	c.Kind, c.ID, c.Action = k.String(), o.id, "Create"
	s.calls = append(s.calls, c)

	return o.id, nil
}

// update changes a resource.
func (s *Store) update(c Call, k *kind, id string, arguments values) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	o := s.find(k.String(), c.Region, id)
	if o == nil {
		return fmt.Errorf("%sNotFound: there is no %s in %s", k.name, id, c.Region)
	}

	if err := s.check(k, c.Region, arguments); err != nil {
		return err
	}

	s.write(o, arguments)

	c.Kind, c.ID, c.Action = k.String(), id, "Update"
	s.calls = append(s.calls, c)

	return nil
}

// remove deletes a resource.
func (s *Store) remove(c Call, k *kind, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()

	o := s.find(k.String(), c.Region, id)
	s.objects = slices.DeleteFunc(s.objects, func(p *object) bool { return p == o })

	c.Kind, c.ID, c.Action = k.String(), id, "Delete"
	s.calls = append(s.calls, c)
}

// write gives a resource its arguments, and what follows from them.
func (s *Store) write(o *object, arguments values) {
	for name, value := range arguments {
		if isArgument(name) {
			o.attributes[name] = value
		}
	}

	o.attributes["id"] = o.id

	if o.kind.resource != "" {
		o.attributes[attributeARN] = "arn:aws:" + o.kind.service + ":" + o.region + ":" + s.id + ":" + o.kind.resource + o.id
	}

	if o.kind.String() == "rds/SubnetGroup" {
		s.account.Region(o.region).AddDBSubnetGroup(emulator.DBSubnetGroup{Name: o.id, ZoneIDs: s.zones(o)})
	}
}

// zones returns the ids of the zones of the subnets of a group.
func (s *Store) zones(group *object) []string {
	var out []string

	for _, id := range group.attributes.texts("subnetIds") {
		if subnet := s.find("ec2/Subnet", group.region, id); subnet != nil {
			out = append(out, subnet.attributes.text("availabilityZoneId"))
		}
	}

	return out
}

// check refuses arguments that refer to what is not in the region.
func (s *Store) check(k *kind, region string, arguments values) error {
	for i := range k.references {
		r := &k.references[i]

		named := arguments.texts(r.argument)
		if !r.many && arguments.text(r.argument) != "" {
			named = []string{arguments.text(r.argument)}
		}

		for _, id := range named {
			if s.find(r.to, region, id) == nil {
				return fmt.Errorf("Invalid%s.NotFound: there is no %s %s in %s", strings.TrimSuffix(r.argument, "s"), r.to, id, region)
			}
		}
	}

	return nil
}

// taken says whether there is a resource that is alike in what must differ.
func (s *Store) taken(k *kind, region string, arguments values) bool {
	return len(k.unique) > 0 && slices.ContainsFunc(s.objects, func(o *object) bool {
		return o.kind.String() == k.String() && o.region == region && !slices.ContainsFunc(k.unique, func(name string) bool {
			return !same(o.attributes[name], arguments[name])
		})
	})
}

// or returns text, or another if it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}

	return text
}
