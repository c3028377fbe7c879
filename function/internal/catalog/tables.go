package catalog

import "time"

// tables is DynamoDB.
func tables() []row {
	return []row{
		{
			service: "dynamodb", kind: "Table", terraform: "aws_dynamodb_table",
			immutable: []string{
				"hash_key", "import_table", "local_secondary_index", "range_key", "restore_source_name",
				"restore_to_latest_time",
			},
			restore: &restore{
				// The schema has no argument for a backup: a table comes back from the continuous backups of another
				// that still answers. From a lost region only a replica or AWS Backup helps.
				origin: "restore_source_table_arn", time: "restore_date_time",
				omit: []string{"import_table", "restore_source_name", "restore_to_latest_time"},
				// "95 percent of customers' table restores complete in less than one hour": DynamoDB Developer Guide,
				// point-in-time recovery.
				readyIn: time.Hour,
			},
			replicate: &replicate{
				// Never a replica block: deleting a Table deletes every replica it has in state.
				kind: "TableReplica", source: "global_table_arn", promotion: PromoteNotNeeded,
			},
			shared:  true,
			source:  SourceTable,
			readyIn: 2 * time.Minute,
		},
		{
			service: "dynamodb", kind: "TableReplica", terraform: "aws_dynamodb_table_replica",
			immutable: []string{"global_table_arn", "kms_key_arn", "table_class_override"},
			shared:    true,
			// Estimate: it is filled from the table before it is ready.
			readyIn: 30 * time.Minute,
		},
	}
}
