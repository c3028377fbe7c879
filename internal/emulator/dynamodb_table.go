package emulator

import (
	"slices"
	"time"
)

// States of a table and of a replica.
const (
	tableActive   = "ACTIVE"
	tableCreating = "CREATING"
)

// The consistency of a global table between its regions.
const (
	// Eventual replicates in the background; two regions can both accept a
	// conditional write, and one of them is lost.
	Eventual = "EVENTUAL"

	// Strong has one state for all its regions, which are three, or two and a
	// witness. See
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/multi-region-strong-consistency-gt.html
	Strong = "STRONG"
)

// A Table of DynamoDB. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
type Table struct {
	// Name of the table.
	Name string

	// ID of the table in this region; made up by default.
	ID string

	// HashKey is the name of the partition key, and RangeKey of the sort key, if
	// there is one. Both hold strings. HashKey is id by default.
	HashKey, RangeKey string

	// CreateTime is now by default.
	CreateTime time.Time

	// Status is ACTIVE by default. Until AvailableAt it is CREATING.
	Status      string
	AvailableAt time.Time
}

// A table is a Table and what is in it.
type table struct {
	Table

	// pending is the status until AvailableAt.
	pending string

	// global is what the replicas share; nil for a table of one region.
	global *globalTable
}

// A globalTable is what the replicas of a table share.
type globalTable struct {
	consistency string
	replicas    []Replica
	witness     string
}

// A Replica of a global table in one region.
type Replica struct {
	Region string

	// Status is ACTIVE by default.
	Status, StatusDescription string
}

// AddTable adds a table of one region, and returns its ARN.
func (r *Region) AddTable(t Table) string {
	r.locked(func(now time.Time) { r.putTable(&table{Table: t}, now) })

	return r.arn(dynamoDBService, "table/"+t.Name)
}

func (r *Region) putTable(t *table, now time.Time) {
	if t.ID == "" {
		t.ID = r.emulator.uuid("table")
	}

	t.HashKey = or(t.HashKey, "id")
	t.CreateTime = orNow(t.CreateTime, now)
	t.Status = or(t.Status, tableActive)
	t.pending = or(t.pending, tableCreating)

	r.tables.put(t.Name, t)
}

// AddGlobalTable adds a table with replicas in several regions, which are
// Eventual or Strong. A table with strong consistency may name a region as
// witness, which holds no replica that could be called.
func (a *Account) AddGlobalTable(t Table, consistency, witness string, regions ...string) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	g := &globalTable{consistency: consistency, witness: witness}

	for _, name := range regions {
		g.replicas = append(g.replicas, Replica{Region: name})

		replica := &table{Table: t, global: g}
		a.region(name).putTable(replica, a.emulator.now().UTC())
	}

	a.tables.put(t.Name, g)
}

// SetReplica sets the state of a replica, as every region reports it.
func (a *Account) SetReplica(tableName string, r Replica) {
	a.emulator.mu.Lock()
	defer a.emulator.mu.Unlock()

	g, ok := a.tables.get(tableName)
	if !ok {
		return
	}

	if i := slices.IndexFunc(g.replicas, func(old Replica) bool { return old.Region == r.Region }); i >= 0 {
		g.replicas[i] = r
	}
}

func (t *table) status(now time.Time) string {
	if now.Before(t.AvailableAt) {
		return t.pending
	}

	return t.Status
}

func tableActions() map[string]action {
	return map[string]action{
		"DescribeTable": jsonAction("TableName!", describeTable),
	}
}

func describeTable(c *call) (object, error) {
	t, err := c.existingTable()
	if err != nil {
		return nil, err
	}

	return object{"Table": c.region.describe(t, c.now)}, nil
}

// describe returns a table as the API does. A replica lists the others, and not
// itself.
func (r *Region) describe(t *table, now time.Time) object {
	keys := []object{{"AttributeName": t.HashKey, "KeyType": "HASH"}}
	attributes := []object{{"AttributeName": t.HashKey, "AttributeType": "S"}}

	if t.RangeKey != "" {
		keys = append(keys, object{"AttributeName": t.RangeKey, "KeyType": "RANGE"})
		attributes = append(attributes, object{"AttributeName": t.RangeKey, "AttributeType": "S"})
	}

	out := object{
		"TableName":            t.Name,
		"TableId":              t.ID,
		"TableArn":             r.arn(dynamoDBService, "table/"+t.Name),
		"TableStatus":          t.status(now),
		"CreationDateTime":     seconds(t.CreateTime),
		"KeySchema":            keys,
		"AttributeDefinitions": attributes,
		"BillingModeSummary":   object{"BillingMode": "PAY_PER_REQUEST"},
	}

	if t.global != nil {
		out["GlobalTableVersion"] = "2019.11.21"
		out["MultiRegionConsistency"] = t.global.consistency
		out["Replicas"] = t.global.describe(r.name)

		if t.global.witness != "" {
			out["GlobalTableWitnesses"] = []object{{"RegionName": t.global.witness, "WitnessStatus": tableActive}}
		}
	}

	return out
}

// describe returns the replicas but the one that is asked.
func (g *globalTable) describe(asked string) []object {
	out := []object{}

	for _, r := range g.replicas {
		if r.Region == asked {
			continue
		}

		o := object{"RegionName": r.Region, "ReplicaStatus": or(r.Status, tableActive)}
		if r.StatusDescription != "" {
			o["ReplicaStatusDescription"] = r.StatusDescription
		}

		out = append(out, o)
	}

	return out
}
