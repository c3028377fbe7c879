package catalog

import "time"

// rds is RDS and Aurora. Times are estimates.
func rds() []row {
	return []row{
		dbInstance(),
		dbCluster(),
		{
			service: "rds", kind: "ClusterInstance", terraform: "aws_rds_cluster_instance",
			zone: "availability_zone", class: "instance_class",
			immutable: []string{"cluster_identifier", "custom_iam_instance_profile", "db_subnet_group_name", "engine"},
			readyIn:   15 * time.Minute,
		},
		{
			service: "rds", kind: "GlobalCluster", terraform: "aws_rds_global_cluster",
			immutable: []string{"database_name", "engine", "source_db_cluster_identifier", "storage_encrypted"},
			readyIn:   15 * time.Minute,
		},
		{
			service: "rds", kind: "SubnetGroup", terraform: "aws_db_subnet_group",
			readyIn: time.Minute,
		},
		{
			service: "rds", kind: "Snapshot", terraform: "aws_db_snapshot",
			immutable: []string{"db_instance_identifier"},
			readyIn:   30 * time.Minute,
		},
		{
			service: "rds", kind: "ClusterSnapshot", terraform: "aws_db_cluster_snapshot",
			identity:  "db_cluster_snapshot_identifier",
			immutable: []string{"db_cluster_identifier"},
			readyIn:   20 * time.Minute,
		},
		{
			service: "rds", kind: "DBSnapshotCopy", terraform: "aws_db_snapshot_copy",
			identity: "target_db_snapshot_identifier",
			immutable: []string{
				"copy_tags", "destination_region", "kms_key_id", "option_group_name", "presigned_url",
				"source_db_snapshot_identifier", "target_custom_availability_zone",
			},
			readyIn: time.Hour,
		},
		{
			// It lives in the region that receives the backups.
			service: "rds", kind: "DBInstanceAutomatedBackupsReplication",
			terraform: "aws_db_instance_automated_backups_replication",
			immutable: []string{"kms_key_id", "pre_signed_url", "retention_period", "source_db_instance_arn"},
			readyIn:   time.Hour,
		},
	}
}

func dbInstance() row {
	return row{
		service: "rds", kind: "Instance", terraform: "aws_db_instance",
		// Not ForceNew: writing another identifier renames the live instance and moves its endpoint. The external name
		// is the resource id, which AWS assigns. 63: API_CreateDBInstance, DBInstanceIdentifier.
		identity: "identifier", nameLimit: 63,
		zone: "availability_zone", class: "instance_class",
		immutable: []string{
			"backup_target", "character_set_name", "custom_iam_instance_profile", "db_name", "engine", "kms_key_id",
			"nchar_character_set_name", "restore_to_point_in_time", "s3_import", "storage_encrypted", "timezone",
			"username",
		},
		restore: &restore{
			snapshot: "snapshot_identifier",
			// restore_to_point_in_time, s3_import, character_set_name and replicate_source_db conflict. The snapshot
			// decides name, user, sets, zone of time and key: RestoreDBInstanceFromDBSnapshot takes none of them, and
			// one that differs is a change that needs a replacement. storage_encrypted stays: it has no computed value,
			// so that leaving it out would ask for an unencrypted instance.
			omit: []string{
				"character_set_name", "db_name", "kms_key_id", "nchar_character_set_name", "replicate_source_db",
				"restore_to_point_in_time", "s3_import", "timezone", "username",
			},
			readyIn: 30 * time.Minute,
		},
		replicate: &replicate{
			source: "replicate_source_db",
			// A replica has its source's users and data. kms_key_id stays: a replica of an encrypted instance in
			// another region needs a key of that region.
			promotion: PromoteByClearing,
			omit: []string{
				"auto_generate_password", "character_set_name", "db_name", "manage_master_user_password",
				"master_user_secret_kms_key_id", "nchar_character_set_name", "password_secret_ref",
				"password_wo_secret_ref", "password_wo_version", "restore_to_point_in_time", "s3_import",
				"snapshot_identifier", "timezone", "username",
			},
		},
		source:  SourceDBInstance,
		readyIn: 20 * time.Minute,
	}
}

func dbCluster() row {
	return row{
		service: "rds", kind: "Cluster", terraform: "aws_rds_cluster",
		// 63: API_CreateDBCluster, DBClusterIdentifier.
		nameLimit: 63,
		zones:     "availability_zones", class: "db_cluster_instance_class",
		immutable: []string{
			"cluster_scalability_type", "database_name", "db_subnet_group_name", "db_system_id", "engine", "engine_mode",
			"kms_key_id", "master_username", "replication_source_identifier", "restore_to_point_in_time", "s3_import",
			"source_region", "storage_encrypted",
		},
		restore: &restore{
			snapshot: "snapshot_identifier",
			// global_cluster_identifier, restore_to_point_in_time and s3_import conflict.
			// kms_key_id stays: RestoreDBClusterFromSnapshot takes one.
			omit: []string{
				"database_name", "global_cluster_identifier", "master_username", "replication_source_identifier",
				"restore_to_point_in_time", "s3_import", "source_region",
			},
			readyIn: 30 * time.Minute,
		},
		replicate: &replicate{
			source:    "global_cluster_identifier",
			promotion: PromoteByClearing,
			// A secondary cluster has its primary's users and data; snapshot_identifier conflicts.
			omit: []string{
				"auto_generate_password", "database_name", "manage_master_user_password", "master_password_secret_ref",
				"master_password_wo_secret_ref", "master_password_wo_version", "master_user_secret_kms_key_id",
				"master_username", "replication_source_identifier", "restore_to_point_in_time", "s3_import",
				"snapshot_identifier",
			},
		},
		source:  SourceDBCluster,
		readyIn: 10 * time.Minute,
	}
}
