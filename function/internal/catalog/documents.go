package catalog

import "time"

// documents is DocumentDB and Neptune, which have the shape of Aurora. Times are estimates.
func documents() []row {
	return []row{
		docdbCluster(),
		{
			service: "docdb", kind: "ClusterInstance", terraform: "aws_docdb_cluster_instance",
			zone: "availability_zone", class: "instance_class",
			immutable: []string{"cluster_identifier", "engine"},
			readyIn:   15 * time.Minute,
		},
		{
			service: "docdb", kind: "GlobalCluster", terraform: "aws_docdb_global_cluster",
			identity:  "global_cluster_identifier",
			immutable: []string{"database_name", "storage_encrypted"},
			readyIn:   15 * time.Minute,
		},
		neptuneCluster(),
		{
			service: "neptune", kind: "ClusterInstance", terraform: "aws_neptune_cluster_instance",
			zone: "availability_zone", class: "instance_class",
			immutable: []string{"cluster_identifier", "engine", "neptune_subnet_group_name", "port", "publicly_accessible"},
			readyIn:   15 * time.Minute,
		},
		{
			service: "neptune", kind: "GlobalCluster", terraform: "aws_neptune_global_cluster",
			immutable: []string{"engine", "source_db_cluster_identifier", "storage_encrypted"},
			readyIn:   15 * time.Minute,
		},
	}
}

func docdbCluster() row {
	return row{
		service: "docdb", kind: "Cluster", terraform: "aws_docdb_cluster",
		zones: "availability_zones",
		immutable: []string{
			"db_subnet_group_name", "engine", "kms_key_id", "master_username", "port", "restore_to_point_in_time",
			"storage_encrypted",
		},
		restore: &restore{
			snapshot: "snapshot_identifier",
			omit:     []string{"global_cluster_identifier", "master_username", "restore_to_point_in_time"},
			readyIn:  30 * time.Minute,
		},
		replicate: &replicate{
			source:    "global_cluster_identifier",
			promotion: PromoteByClearing,
			omit: []string{
				"auto_generate_password", "manage_master_user_password", "master_password_secret_ref",
				"master_password_wo", "master_password_wo_version", "master_username", "restore_to_point_in_time",
				"snapshot_identifier",
			},
		},
		source:  SourceDBCluster,
		readyIn: 10 * time.Minute,
	}
}

func neptuneCluster() row {
	return row{
		service: "neptune", kind: "Cluster", terraform: "aws_neptune_cluster",
		zones: "availability_zones",
		immutable: []string{
			"engine", "kms_key_arn", "neptune_subnet_group_name", "port", "replication_source_identifier",
			"storage_encrypted",
		},
		restore: &restore{
			snapshot: "snapshot_identifier",
			omit:     []string{"global_cluster_identifier", "replication_source_identifier"},
			readyIn:  30 * time.Minute,
		},
		replicate: &replicate{
			source:    "global_cluster_identifier",
			promotion: PromoteByClearing,
			omit:      []string{"replication_source_identifier", "snapshot_identifier"},
		},
		source:  SourceDBCluster,
		readyIn: 10 * time.Minute,
	}
}
