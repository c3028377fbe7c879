package emulator

import (
	"maps"
	"time"
)

// dynamoDBService signs as it is named.
const dynamoDBService = "dynamodb"

func dynamoDBActions() map[string]action {
	out := map[string]action{}

	for _, group := range []map[string]action{tableActions(), itemActions(), tableBackupActions()} {
		maps.Copy(out, group)
	}

	return out
}

// seconds writes a time as the JSON protocols do.
func seconds(t time.Time) float64 {
	return float64(t.UnixMilli()) / 1000
}

// tableName reads a parameter that is the name of a table, or its ARN.
func (c *call) tableName(parameter string) string {
	name := c.in.str(parameter)

	if there, local, ok := c.region.at(name, "table/"); ok && there == c.region {
		return local
	}

	return name
}

// table finds the table that the call is about.
func (c *call) table() (*table, error) {
	name := c.tableName("TableName")

	t, ok := c.region.tables.get(name)
	if !ok {
		return nil, refuse("ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
	}

	return t, nil
}

// invalid refuses what DynamoDB does not accept.
func invalid(format string, args ...any) error {
	return refuse(codeValidation, format, args...)
}
