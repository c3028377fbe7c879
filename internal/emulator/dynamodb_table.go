package emulator

import (
	"slices"
	"time"
)

// States of a table and of a replica.
const (
	tableActive   = "ACTIVE"
	tableCreating = "CREATING"
	tableUpdating = "UPDATING"
)

// A Table of DynamoDB, on demand. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
type Table struct {
	// Name of the table.
	Name string

	// ID of the table in this region; made up by default.
	ID string

	// HashKey is the name of the partition key, id by default, and RangeKey of
	// the sort key, if there is one. Both hold strings.
	HashKey, RangeKey string

	// CreateTime is now by default.
	CreateTime time.Time

	// Status is ACTIVE by default. Until AvailableAt it is CREATING.
	Status      string
	AvailableAt time.Time

	// PointInTimeRecovery since a time; off by default. RecoveryPeriod in days is
	// 35 by default.
	PointInTimeRecovery time.Time
	RecoveryPeriod      int

	DeletionProtection bool

	Tags map[string]string
}

// A table is a Table and what is in it.
type table struct {
	Table

	// pending is the status until AvailableAt.
	pending string

	// global is what the replicas share; nil for a table of one region.
	global *globalTable

	items map[string]version
}

// AddTable adds a table of one region, and returns its ARN.
func (r *Region) AddTable(t Table) string {
	r.locked(func(now time.Time) { r.putTable(&table{Table: t}, now) })

	return r.tableARN(t.Name)
}

func (r *Region) tableARN(name string) string {
	return r.arn(dynamoDBService, "table/"+name)
}

func (r *Region) putTable(t *table, now time.Time) {
	t.HashKey = or(t.HashKey, "id")
	t.CreateTime = orNow(t.CreateTime, now)
	t.Status = or(t.Status, tableActive)
	t.pending = or(t.pending, tableCreating)
	t.RecoveryPeriod = or(t.RecoveryPeriod, 35)

	if t.ID == "" {
		t.ID = r.emulator.uuid("table")
	}

	if t.items == nil {
		t.items = map[string]version{}
	}

	r.tables.put(t.Name, t)
}

func (t *table) status(now time.Time) string {
	return pending(now, t.AvailableAt, t.pending, t.Status)
}

func tableActions() map[string]action {
	return map[string]action{
		"CreateTable": jsonAction(
			"TableName! AttributeDefinitions!:list KeySchema!:list BillingMode! DeletionProtectionEnabled:bool Tags:list", createTable),
		"DescribeTable": jsonAction("TableName!", describeTable),
		"UpdateTable": jsonAction(
			"TableName! ReplicaUpdates:list GlobalTableWitnessUpdates:list MultiRegionConsistency DeletionProtectionEnabled:bool", updateTable),
		"ListTagsOfResource": jsonAction("ResourceArn! NextToken", listTagsOfResource),
	}
}

func describeTable(c *call) (object, error) {
	t, err := c.table()
	if err != nil {
		return nil, err
	}

	return object{"Table": c.region.describeTable(t, c.now)}, nil
}

// createTable creates a table of one region, with keys that hold strings. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
func createTable(c *call) (object, error) {
	name := c.in.str("TableName")
	if _, ok := c.region.tables.get(name); ok {
		return nil, refuse("ResourceInUseException", "Table already exists: %s", name)
	}

	if mode := c.in.str("BillingMode"); mode != "PAY_PER_REQUEST" {
		return nil, invalid("The emulator has only tables on demand: BillingMode %s", mode)
	}

	t := &table{Table: Table{
		Name: name, AvailableAt: c.availableAt(), DeletionProtection: c.in.boolean("DeletionProtectionEnabled"), Tags: c.in.tags("Tags"),
	}}
	if err := t.readKeys(c.in); err != nil {
		return nil, err
	}

	c.region.putTable(t, c.now)

	return object{"TableDescription": c.region.describeTable(t, c.now)}, nil
}

// readKeys reads the schema of the keys.
func (t *table) readKeys(in input) error {
	kinds := map[string]string{}
	for _, a := range in.structs("AttributeDefinitions") {
		kinds[a.str("AttributeName")] = a.str("AttributeType")
	}

	keys := in.structs("KeySchema")
	if len(keys) == 0 || len(keys) > 2 || len(keys) != len(kinds) {
		return invalid("One or more parameter values were invalid: Some AttributeDefinitions are not used, or too many keys")
	}

	for i, key := range keys {
		name := key.str("AttributeName")

		switch {
		case kinds[name] == "":
			return invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions: %s", name)
		case kinds[name] != "S":
			return invalid("The emulator has only keys of strings: %s", name)
		case key.str("KeyType") != []string{"HASH", "RANGE"}[i]:
			return invalid("Invalid KeySchema: the first element must be HASH and the second RANGE")
		case i == 0:
			t.HashKey = name
		default:
			t.RangeKey = name
		}
	}

	return nil
}

// describeTable returns a table as the API does.
func (r *Region) describeTable(t *table, now time.Time) object {
	keys := []object{{"AttributeName": t.HashKey, "KeyType": "HASH"}}
	attributes := []object{{"AttributeName": t.HashKey, "AttributeType": "S"}}

	if t.RangeKey != "" {
		keys = append(keys, object{"AttributeName": t.RangeKey, "KeyType": "RANGE"})
		attributes = append(attributes, object{"AttributeName": t.RangeKey, "AttributeType": "S"})
	}

	out := object{
		"TableName":                 t.Name,
		"TableId":                   t.ID,
		"TableArn":                  r.tableARN(t.Name),
		"TableStatus":               t.status(now),
		"CreationDateTime":          seconds(t.CreateTime),
		"KeySchema":                 keys,
		"AttributeDefinitions":      attributes,
		"BillingModeSummary":        object{"BillingMode": "PAY_PER_REQUEST"},
		"DeletionProtectionEnabled": t.DeletionProtection,
		"ItemCount":                 len(t.state()),
	}

	if t.global != nil {
		t.global.describe(out, r.name, now)
	}

	return out
}

// listTagsOfResource lists ten tags a page.
func listTagsOfResource(c *call) (object, error) {
	name := c.in.str("ResourceArn")

	there, local, ok := c.region.at(name, "table/")
	if !ok || there != c.region {
		return nil, refuse("ResourceNotFoundException", "Requested resource not found: ResourcArn: %s not found", name)
	}

	t, ok := c.region.tables.get(local)
	if !ok {
		return nil, refuse("ResourceNotFoundException", "Requested resource not found: ResourcArn: %s not found", name)
	}

	page, next, err := paginate(c, listing{tokenName: "NextToken", otherwise: 10}, sortedKeys(t.Tags), func(key string) string { return key })
	if err != nil {
		return nil, err
	}

	tags := make([]object, 0, len(page))
	for _, key := range page {
		tags = append(tags, object{"Key": key, "Value": t.Tags[key]})
	}

	return withToken(object{"Tags": tags}, "NextToken", next), nil
}

// withToken adds the token of the next page, if there is one.
func withToken(out object, name, token string) object {
	if token != "" {
		out[name] = token
	}

	return out
}

// regionSet is what the regions of a strongly consistent table are of: they
// can't be of several. See
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
func regionSet(name string) string {
	for set, regions := range map[string][]string{
		"US": {"us-east-1", "us-east-2", "us-west-2"},
		"EU": {"eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3"},
		"AP": {"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"},
	} {
		if slices.Contains(regions, name) {
			return set
		}
	}

	return ""
}
