package emulator

import (
	"maps"
	"strings"
	"time"
)

// settling is for how long an eventually consistent read may miss a write. The
// emulator lets it miss every write for so long, by the test's clock: who needs
// the last write must ask for a consistent read.
const settling = time.Second

// A version of an item is what one write made of it. Sequences order the writes
// of all regions.
type version struct {
	item     input
	sequence int
	at       time.Time

	// before is what the write replaced; nil if there was nothing.
	before input
}

// Item returns an item of a table by the values of its keys, as it is in this
// region; nil if there is none. Attributes are as on the wire: {"epoch": {"N": "2"}}.
func (r *Region) Item(tableName string, key ...string) map[string]map[string]any {
	r.emulator.mu.Lock()
	defer r.emulator.mu.Unlock()

	t, ok := r.tables.get(tableName)
	if !ok {
		return nil
	}

	v, ok := t.state()[joinKey(key...)]
	if !ok {
		return nil
	}

	out := map[string]map[string]any{}

	for name, value := range v.item {
		if attribute, ok := value.(input); ok {
			out[name] = attribute
		}
	}

	return out
}

// Conflict refuses writes as a table with strong consistency does while another
// region writes the same item.
//
// See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
func Conflict() Fault {
	return Fail(Error{
		Code: "ReplicatedWriteConflictException", Status: 400,
		Message: "One or more items in this request are being modified by a request in another Region.",
	})
}

func itemActions() map[string]action {
	return map[string]action{
		"PutItem": jsonAction("TableName! Item!:struct ConditionExpression ExpressionAttributeNames:struct "+
			"ExpressionAttributeValues:struct ReturnValues ReturnValuesOnConditionCheckFailure", putItem),
		"GetItem": jsonAction("TableName! Key!:struct ConsistentRead:bool", getItem),
	}
}

// putItem replaces an item if a condition holds. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
func putItem(c *call) (object, error) {
	t, err := c.usableTable()
	if err != nil {
		return nil, err
	}

	item, _ := c.in["Item"].(input)

	key, err := t.key(item)
	if err != nil {
		return nil, err
	}

	condition, err := c.condition()
	if err != nil {
		return nil, err
	}

	if err := c.quorum(t); err != nil {
		return nil, err
	}

	state := t.state()
	old, exists := state[key]

	if !condition(old.item) {
		refusal := &Error{Code: "ConditionalCheckFailedException", Status: 400, Message: "The conditional request failed"}
		if exists && c.in.str("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" {
			refusal.details = object{"Item": old.item}
		}

		return nil, refusal
	}

	c.emulator.sequence++
	state[key] = version{item: maps.Clone(item), sequence: c.emulator.sequence, at: c.now, before: old.item}

	if exists && c.in.str("ReturnValues") == "ALL_OLD" {
		return object{"Attributes": old.item}, nil
	}

	return object{}, nil
}

// getItem returns an item. A read that need not be consistent misses the last
// write while that settles. See
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
func getItem(c *call) (object, error) {
	t, err := c.usableTable()
	if err != nil {
		return nil, err
	}

	given, _ := c.in["Key"].(input)

	key, err := t.key(given)
	if err != nil {
		return nil, err
	}

	if want := len(t.keyNames()); len(given) != want {
		return nil, invalid("The provided key element does not match the schema")
	}

	v, ok := t.state()[key]
	item := v.item

	switch {
	case c.in.boolean("ConsistentRead"):
		if err := c.quorum(t); err != nil {
			return nil, err
		}
	case c.now.Sub(v.at) < settling:
		item = v.before
	}

	if !ok || item == nil {
		return object{}, nil
	}

	return object{"Item": item}, nil
}

// usableTable finds a table that can be read and written.
func (c *call) usableTable() (*table, error) {
	t, err := c.table()
	if err != nil {
		return nil, err
	}

	if t.status(c.now) == tableCreating {
		return nil, refuse("ResourceNotFoundException", "Requested resource not found")
	}

	return t, nil
}

func (t *table) keyNames() []string {
	if t.RangeKey == "" {
		return []string{t.HashKey}
	}

	return []string{t.HashKey, t.RangeKey}
}

// key reads the key of an item.
func (t *table) key(item input) (string, error) {
	names := t.keyNames()
	values := make([]string, 0, len(names))

	for _, name := range names {
		attribute, ok := item[name].(input)
		if !ok {
			return "", invalid("One or more parameter values were invalid: Missing the key %s in the item", name)
		}

		value := attribute.str("S")
		if value == "" {
			return "", invalid("One or more parameter values were invalid: Type mismatch for key %s expected: S", name)
		}

		values = append(values, value)
	}

	return joinKey(values...), nil
}

func joinKey(values ...string) string {
	return strings.Join(values, "\x00")
}
