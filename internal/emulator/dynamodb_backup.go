package emulator

import (
	"slices"
	"time"
)

// stateAvailable is how DynamoDB and AWS Backup write it.
const stateAvailable = "AVAILABLE"

// A TableBackup of a DynamoDB table. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BackupSummary.html
type TableBackup struct {
	// Name of the backup.
	Name string

	// TableName and TableID of the table that it is of.
	TableName, TableID string

	// Type is USER, SYSTEM or AWS_BACKUP; USER by default.
	Type string

	// Status is AVAILABLE by default. Until AvailableAt it is CREATING.
	Status      string
	AvailableAt time.Time

	// CreateTime is now by default. ExpiryTime is none by default.
	CreateTime, ExpiryTime time.Time

	SizeBytes int

	arn string
}

// AddTableBackup adds a backup, and returns its ARN.
func (r *Region) AddTableBackup(b TableBackup) string {
	r.locked(func(now time.Time) {
		b.Type = or(b.Type, "USER")
		b.Status = or(b.Status, stateAvailable)
		b.CreateTime = orNow(b.CreateTime, now)
		b.arn = r.tableARN(b.TableName) + "/backup/" + r.emulator.hexID("0")
		r.tableBackups.put(b.arn, &b)
	})

	return b.arn
}

func tableBackupActions() map[string]action {
	return map[string]action{
		"DescribeContinuousBackups": jsonAction("TableName!", describeContinuousBackups),
		"UpdateContinuousBackups":   jsonAction("TableName! PointInTimeRecoverySpecification!:struct", updateContinuousBackups),
		"ListBackups": jsonAction("TableName BackupType TimeRangeLowerBound:number TimeRangeUpperBound:number Limit:int "+
			"ExclusiveStartBackupArn", listBackups),
	}
}

// backedUpTable finds a table; what is not there has another code than elsewhere.
func (c *call) backedUpTable() (*table, error) {
	t, err := c.table()
	if err != nil {
		return nil, refuse("TableNotFoundException", "Table not found: %s", c.in.str("TableName"))
	}

	return t, nil
}

func describeContinuousBackups(c *call) (object, error) {
	t, err := c.backedUpTable()
	if err != nil {
		return nil, err
	}

	return t.continuousBackups(c.now), nil
}

// updateContinuousBackups turns point-in-time recovery on or off. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
func updateContinuousBackups(c *call) (object, error) {
	t, err := c.backedUpTable()
	if err != nil {
		return nil, err
	}

	spec, _ := c.in["PointInTimeRecoverySpecification"].(input)
	if err := params("PointInTimeRecoveryEnabled!:bool RecoveryPeriodInDays:int").check(spec, dynamoDBErrors()); err != nil {
		return nil, err
	}

	days := spec.integer("RecoveryPeriodInDays", 35)
	if days < 1 || days > 35 {
		return nil, invalid("RecoveryPeriodInDays must be between 1 and 35")
	}

	switch enabled := spec.boolean("PointInTimeRecoveryEnabled"); {
	case !enabled:
		t.PointInTimeRecovery = time.Time{}
	case t.PointInTimeRecovery.IsZero():
		t.PointInTimeRecovery = c.now
	}

	t.RecoveryPeriod = days

	return t.continuousBackups(c.now), nil
}

// continuousBackups says from when to when a table can be restored. See
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
func (t *table) continuousBackups(now time.Time) object {
	recovery := object{"PointInTimeRecoveryStatus": "DISABLED"}

	if since := t.PointInTimeRecovery; !since.IsZero() {
		recovery = object{
			"PointInTimeRecoveryStatus":  "ENABLED",
			"RecoveryPeriodInDays":       t.RecoveryPeriod,
			"EarliestRestorableDateTime": seconds(earliestRestorable(since, now, t.RecoveryPeriod)),
			"LatestRestorableDateTime":   seconds(latestRestorable(since, now)),
		}
	}

	return object{"ContinuousBackupsDescription": object{
		"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery,
	}}
}

// listBackups lists the backups of the user, unless another type is asked for.
// See https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html
func listBackups(c *call) (object, error) {
	kind := or(c.in.str("BackupType"), "USER")
	if !slices.Contains([]string{"USER", "SYSTEM", "AWS_BACKUP", "ALL"}, kind) {
		return nil, invalid("BackupType must be one of USER, SYSTEM, AWS_BACKUP and ALL: %s", kind)
	}

	found := c.region.tableBackups.matching(func(b *TableBackup) bool {
		return (kind == "ALL" || b.Type == kind) && (!c.in.has("TableName") || b.TableName == c.tableName("TableName")) &&
			(!c.in.has("TimeRangeLowerBound") || !b.CreateTime.Before(c.in.epoch("TimeRangeLowerBound"))) &&
			(!c.in.has("TimeRangeUpperBound") || b.CreateTime.Before(c.in.epoch("TimeRangeUpperBound")))
	})

	page, next, err := paginate(c, listing{
		sizeName: "Limit", tokenName: "ExclusiveStartBackupArn", least: 1, most: 100, otherwise: 100, plainToken: true,
	}, found, func(b *TableBackup) string { return b.arn })
	if err != nil {
		return nil, err
	}

	summaries := make([]object, 0, len(page))
	for _, b := range page {
		summaries = append(summaries, c.region.summarize(b, c.now))
	}

	return withToken(object{"BackupSummaries": summaries}, "LastEvaluatedBackupArn", next), nil
}

func (r *Region) summarize(b *TableBackup, now time.Time) object {
	out := object{
		"BackupArn":              b.arn,
		"BackupName":             b.Name,
		"BackupType":             b.Type,
		"BackupStatus":           pending(now, b.AvailableAt, tableCreating, b.Status),
		"BackupCreationDateTime": seconds(b.CreateTime),
		"BackupSizeBytes":        b.SizeBytes,
		"TableName":              b.TableName,
		"TableArn":               r.tableARN(b.TableName),
	}

	if b.TableID != "" {
		out["TableId"] = b.TableID
	}

	if !b.ExpiryTime.IsZero() {
		out["BackupExpiryDateTime"] = seconds(b.ExpiryTime)
	}

	return out
}
