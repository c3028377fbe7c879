package emulator

import (
	"maps"
	"slices"
	"time"
)

// The consistency of a global table between its regions.
const (
	// Eventual replicates in the background: two regions can both accept a
	// conditional write, and one of them is lost. The emulator replicates when it
	// is told to, by [Account.ReplicateTable].
	Eventual = "EVENTUAL"

	// Strong has one state for all its regions, which are three, or two and a
	// witness. See
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/multi-region-strong-consistency-gt.html
	Strong = "STRONG"
)

// A globalTable is what the replicas of a table share.
type globalTable struct {
	consistency string
	replicas    []Replica
	witness     string

	// items of a table with strong consistency.
	items map[string]version
}

// A Replica of a global table in one region.
type Replica struct {
	// Region of the replica.
	Region string

	// Status is ACTIVE by default. Until AvailableAt it is CREATING.
	Status, StatusDescription string
	AvailableAt               time.Time
}

// AddGlobalTable adds a table with replicas in several regions, which are
// Eventual or Strong. A table with strong consistency may have a region as a
// witness, which has no table that could be called.
func (a *Account) AddGlobalTable(t Table, consistency, witness string, regions ...string) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	g := &globalTable{consistency: consistency, witness: witness, items: map[string]version{}}

	for _, name := range regions {
		g.replicas = append(g.replicas, Replica{Region: name})
		a.region(name).putTable(&table{Table: t, global: g}, a.emulator.now().UTC())
	}
}

// SetReplica sets the state of a replica, as every region reports it.
func (a *Account) SetReplica(tableName string, r Replica) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	t, ok := a.region(r.Region).tables.get(tableName)
	if !ok || t.global == nil {
		return
	}

	i := slices.IndexFunc(t.global.replicas, func(old Replica) bool { return old.Region == r.Region })
	t.global.replicas[i] = r
}

// ReplicateTable brings the replicas of a table with eventual consistency
// together: of each item the last write wins, wherever it was.
func (a *Account) ReplicateTable(tableName string) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	latest := map[string]version{}

	for _, t := range a.replicas(tableName) {
		for key, v := range t.items {
			if v.sequence > latest[key].sequence {
				latest[key] = v
			}
		}
	}

	for _, t := range a.replicas(tableName) {
		maps.Copy(t.items, latest)
	}
}

// replicas of a table with eventual consistency.
func (a *Account) replicas(tableName string) []*table {
	var out []*table

	for _, r := range a.regions {
		if t, ok := r.tables.get(tableName); ok && t.global != nil && t.global.consistency == Eventual {
			out = append(out, t)
		}
	}

	return out
}

// state returns the items that the table has: those of all regions if it is
// strongly consistent, else its own.
func (t *table) state() map[string]version {
	if t.global != nil && t.global.consistency == Strong {
		return t.global.items
	}

	return t.items
}

// describe adds what a global table says of itself. A replica lists the others,
// and not itself.
func (g *globalTable) describe(out object, asked string, now time.Time) {
	replicas := []object{}

	for _, r := range g.replicas {
		if r.Region == asked {
			continue
		}

		o := object{
			"RegionName":    r.Region,
			"ReplicaStatus": pending(now, r.AvailableAt, tableCreating, or(r.Status, tableActive)),
		}
		if r.StatusDescription != "" {
			o["ReplicaStatusDescription"] = r.StatusDescription
		}

		replicas = append(replicas, o)
	}

	out["GlobalTableVersion"] = "2019.11.21"
	out["MultiRegionConsistency"] = g.consistency
	out["Replicas"] = replicas

	if g.witness != "" {
		out["GlobalTableWitnesses"] = []object{{"RegionName": g.witness, "WitnessStatus": tableActive}}
	}
}

// updateTable adds and removes replicas. Replicas with eventual consistency come
// and go one at a time; strong consistency begins with an empty table, and all
// its regions at once. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
func updateTable(c *call) (object, error) {
	t, err := c.table()
	if err != nil {
		return nil, err
	}

	if status := t.status(c.now); status != tableActive {
		return nil, refuse("ResourceInUseException", "Attempt to change a resource which is still in use: Table is %s: %s", status, t.Name)
	}

	u, err := readReplicaUpdate(c.in)
	if err != nil {
		return nil, err
	}

	switch {
	case c.in.str("MultiRegionConsistency") == Strong:
		err = c.makeStrong(t, u)
	case u.empty():
	default:
		err = c.changeReplica(t, u)
	}

	if err != nil {
		return nil, err
	}

	if c.in.has("DeletionProtectionEnabled") {
		t.DeletionProtection = c.in.boolean("DeletionProtectionEnabled")
	}

	t.pending, t.AvailableAt = tableUpdating, c.availableAt()

	return object{"TableDescription": c.region.describeTable(t, c.now)}, nil
}

// A replicaUpdate is what UpdateTable asks of the replicas, by region.
type replicaUpdate struct {
	create, remove, witness []string
}

func (u replicaUpdate) empty() bool {
	return len(u.create)+len(u.remove)+len(u.witness) == 0
}

func readReplicaUpdate(in input) (replicaUpdate, error) {
	var u replicaUpdate

	for _, list := range []struct {
		name, kind string
		to         *[]string
	}{
		{"ReplicaUpdates", "Create", &u.create},
		{"ReplicaUpdates", "Delete", &u.remove},
		{"GlobalTableWitnessUpdates", "Create", &u.witness},
	} {
		for _, update := range in.structs(list.name) {
			change, ok := update[list.kind].(input)
			if !ok {
				continue
			}

			if err := params("RegionName!").check(change, dynamoDBErrors()); err != nil {
				return u, err
			}

			*list.to = append(*list.to, change.str("RegionName"))
		}
	}

	if n := len(in.structs("ReplicaUpdates")) + len(in.structs("GlobalTableWitnessUpdates")); n != len(u.create)+len(u.remove)+len(u.witness) {
		return u, invalid("The emulator can only create and delete replicas, and create witnesses")
	}

	return u, nil
}

// makeStrong makes a table of one region a global one with strong consistency.
func (c *call) makeStrong(t *table, u replicaUpdate) error {
	regions := slices.Concat([]string{c.Region}, u.create, u.witness)
	slices.Sort(regions)

	switch {
	case t.global != nil:
		return invalid("The consistency mode of a global table cannot be changed")
	case len(t.items) > 0:
		return invalid("A table must be empty to become a global table with multi-Region strong consistency")
	case len(u.remove) > 0, len(u.witness) > 1, len(slices.Compact(slices.Clone(regions))) != 3 || len(regions) != 3:
		return invalid("Multi-Region strong consistency needs exactly three replicas, or two replicas and one witness")
	case slices.ContainsFunc(regions, func(name string) bool { return regionSet(name) == "" || regionSet(name) != regionSet(c.Region) }):
		return invalid("The regions of a table with multi-Region strong consistency must be of one region set")
	}

	for _, name := range u.create {
		if err := c.canReplicate(t, name); err != nil {
			return err
		}
	}

	t.global = &globalTable{consistency: Strong, items: map[string]version{}, replicas: []Replica{{Region: c.Region}}}
	if len(u.witness) > 0 {
		t.global.witness = u.witness[0]
	}

	for _, name := range u.create {
		c.addReplica(t, name)
	}

	return nil
}

// changeReplica adds or removes a replica with eventual consistency.
func (c *call) changeReplica(t *table, u replicaUpdate) error {
	switch {
	case len(u.create)+len(u.remove) != 1 || len(u.witness) > 0:
		return invalid("Replicas with eventual consistency are created or deleted one at a time, and have no witness")
	case t.global != nil && t.global.consistency == Strong:
		return invalid("The emulator cannot change the replicas of a table with strong consistency")
	case len(u.remove) == 1:
		return c.removeReplica(t, u.remove[0])
	}

	if err := c.canReplicate(t, u.create[0]); err != nil {
		return err
	}

	if t.global == nil {
		t.global = &globalTable{consistency: Eventual, replicas: []Replica{{Region: c.Region}}}
	}

	c.addReplica(t, u.create[0])

	return nil
}

// quorum refuses reads and writes of a table with strong consistency while most
// of its regions are dark.
func (c *call) quorum(t *table) error {
	if t.global == nil || t.global.consistency != Strong {
		return nil
	}

	dark := 0

	for _, r := range append(slices.Clone(t.global.replicas), Replica{Region: t.global.witness}) {
		if r.Region != "" && c.reach(c.region.account.region(r.Region)) != nil {
			dark++
		}
	}

	if dark < 2 {
		return nil
	}

	err := c.service.errors.internal

	return &err
}

// canReplicate refuses a region that can have no replica of a table.
func (c *call) canReplicate(t *table, name string) error {
	there := c.region.account.region(name)

	if _, ok := there.tables.get(t.Name); ok || c.region.account.optInStatus(name) == notOptedIn {
		return invalid("Failed to create a replica in %s: a table of that name exists, or the region is not enabled", name)
	}

	return c.reach(there)
}

// addReplica creates a replica, which has the items of the table.
func (c *call) addReplica(t *table, name string) {
	there := c.region.account.region(name)
	replica := &table{Table: t.Table, global: t.global, items: maps.Clone(t.items)}
	replica.ID, replica.CreateTime, replica.PointInTimeRecovery = "", c.now, time.Time{}
	replica.AvailableAt = c.availableAt()
	there.putTable(replica, c.now)
	t.global.replicas = append(t.global.replicas, Replica{Region: name, AvailableAt: c.availableAt()})
}

// removeReplica deletes the table of another region. What is left of one region
// is no global table any more.
func (c *call) removeReplica(t *table, name string) error {
	if t.global == nil || name == c.Region || !slices.ContainsFunc(t.global.replicas, func(r Replica) bool { return r.Region == name }) {
		return refuse("ReplicaNotFoundException", "There is no replica of %s in %s", t.Name, name)
	}

	c.region.account.region(name).tables.remove(t.Name)

	t.global.replicas = slices.DeleteFunc(t.global.replicas, func(r Replica) bool { return r.Region == name })
	if len(t.global.replicas) == 1 {
		t.global = nil
	}

	return nil
}
