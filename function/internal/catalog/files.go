package catalog

import "time"

// files is S3, EFS and FSx. Times are estimates.
func files() []row {
	return []row{
		{
			service: "s3", kind: "Bucket", terraform: "aws_s3_bucket",
			immutable: []string{"object_lock_enabled"},
			readyIn:   time.Minute,
		},
		{
			service: "s3", kind: "BucketReplicationConfiguration", terraform: "aws_s3_bucket_replication_configuration",
			immutable: []string{"bucket"},
			readyIn:   time.Minute,
		},
		{
			service: "efs", kind: "FileSystem", terraform: "aws_efs_file_system",
			// The token is the nearest thing to a name: unique per account and region. 64: API_CreateFileSystem.
			identity: "creation_token",
			zone:     "availability_zone_name", observedZoneID: "availability_zone_id",
			immutable: []string{"encrypted", "kms_key_id", "performance_mode"},
			readyIn:   2 * time.Minute,
		},
		{
			service: "efs", kind: "ReplicationConfiguration", terraform: "aws_efs_replication_configuration",
			immutable: []string{"destination", "source_file_system_id"},
			readyIn:   30 * time.Minute,
		},
		{
			service: "fsx", kind: "LustreFileSystem", terraform: "aws_fsx_lustre_file_system",
			immutable: []string{
				"copy_tags_to_backups", "deployment_type", "drive_cache_type", "efa_enabled", "export_path",
				"file_system_type_version", "import_path", "imported_file_chunk_size", "kms_key_id",
				"security_group_ids", "storage_type", "subnet_ids",
			},
			restore: &restore{snapshot: "backup_id", readyIn: 30 * time.Minute},
			readyIn: 15 * time.Minute,
		},
		{
			service: "fsx", kind: "WindowsFileSystem", terraform: "aws_fsx_windows_file_system",
			immutable: []string{
				"active_directory_id", "copy_tags_to_backups", "deployment_type", "kms_key_id", "preferred_subnet_id",
				"security_group_ids", "storage_type", "subnet_ids",
			},
			restore: &restore{snapshot: "backup_id", readyIn: time.Hour},
			readyIn: 45 * time.Minute,
		},
	}
}
