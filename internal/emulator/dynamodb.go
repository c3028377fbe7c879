package emulator

import "time"

// dynamoDBService signs as it is named.
const dynamoDBService = "dynamodb"

func dynamoDBActions() map[string]action {
	return tableActions()
}

// seconds writes a time as the JSON protocols do.
func seconds(t time.Time) float64 {
	return float64(t.UnixMilli()) / 1000
}

// tableName reads TableName, which may be an ARN of the region.
func (c *call) tableName() string {
	name := c.in.str("TableName")

	if there, local, ok := c.region.at(name, "table/"); ok && there == c.region {
		return local
	}

	return name
}

// existingTable finds the table that the call is about.
func (c *call) existingTable() (*table, error) {
	name := c.tableName()

	t, ok := c.region.tables.get(name)
	if !ok {
		return nil, noTable(name)
	}

	return t, nil
}

func noTable(name string) error {
	return refuse("ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
}
