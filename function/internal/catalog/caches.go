package catalog

import "time"

// caches is ElastiCache. Times are estimates.
func caches() []row {
	return []row{
		replicationGroup(),
		{
			service: "elasticache", kind: "Cluster", terraform: "aws_elasticache_cluster",
			// 50: API_CreateCacheCluster, CacheClusterId.
			nameLimit: 50,
			zone:      "availability_zone", zones: "preferred_availability_zones", class: "node_type",
			immutable: []string{
				"engine", "network_type", "outpost_mode", "port", "preferred_outpost_arn", "replication_group_id",
				"snapshot_arns", "subnet_group_name", "transit_encryption_enabled",
			},
			restore: &restore{
				snapshot: "snapshot_name",
				omit:     []string{"replication_group_id", "snapshot_arns"},
				readyIn:  20 * time.Minute,
			},
			readyIn: 10 * time.Minute,
		},
		{
			service: "elasticache", kind: "GlobalReplicationGroup", terraform: "aws_elasticache_global_replication_group",
			// Estimate: AWS puts a prefix before the suffix and documents no limit of the whole.
			identity: "global_replication_group_id_suffix", nameLimit: 40,
			class:     "cache_node_type",
			immutable: []string{"primary_replication_group_id"},
			readyIn:   20 * time.Minute,
		},
		{
			service: "elasticache", kind: "User", terraform: "aws_elasticache_user",
			// 40: the console and "User ID" of the user guide; the API reference documents none.
			nameLimit: 40,
			immutable: []string{"user_name"},
			readyIn:   2 * time.Minute,
		},
		{
			service: "elasticache", kind: "UserGroup", terraform: "aws_elasticache_user_group",
			nameLimit: 40,
			readyIn:   2 * time.Minute,
		},
	}
}

// memory is MemoryDB and DAX. Times are estimates.
func memory() []row {
	return []row{
		{
			service: "memorydb", kind: "Cluster", terraform: "aws_memorydb_cluster",
			// 40: MemoryDB User Guide, "Creating a cluster".
			nameLimit: 40,
			class:     "node_type",
			immutable: []string{
				"auto_minor_version_upgrade", "data_tiering", "kms_key_arn", "network_type", "port", "snapshot_arns",
				"subnet_group_name", "tls_enabled",
			},
			restore: &restore{
				snapshot: "snapshot_name",
				omit:     []string{"multi_region_cluster_name", "snapshot_arns"},
				readyIn:  30 * time.Minute,
			},
			replicate: &replicate{
				// Every member of a multi-Region cluster accepts writes.
				source: "multi_region_cluster_name", promotion: PromoteNotNeeded,
				omit: []string{"snapshot_arns", "snapshot_name"},
			},
			readyIn: 20 * time.Minute,
		},
		{
			service: "dax", kind: "Cluster", terraform: "aws_dax_cluster",
			// 20: API_dax_CreateCluster, ClusterName.
			nameLimit: 20,
			zones:     "availability_zones", class: "node_type",
			immutable: []string{
				"cluster_endpoint_encryption_type", "iam_role_arn", "node_type", "server_side_encryption",
				"subnet_group_name",
			},
			readyIn: 15 * time.Minute,
		},
	}
}

func replicationGroup() row {
	return row{
		service: "elasticache", kind: "ReplicationGroup", terraform: "aws_elasticache_replication_group",
		// 40: API_CreateReplicationGroup, ReplicationGroupId.
		nameLimit: 40,
		zones:     "preferred_cache_cluster_azs", class: "node_type",
		immutable: []string{
			"at_rest_encryption_enabled", "data_tiering_enabled", "kms_key_id", "network_type", "port",
			"security_group_names", "snapshot_arns", "subnet_group_name",
		},
		restore: &restore{
			snapshot: "snapshot_name",
			omit:     []string{"global_replication_group_id", "snapshot_arns"},
			readyIn:  30 * time.Minute,
		},
		replicate: &replicate{
			source: "global_replication_group_id",
			// FailoverGlobalReplicationGroup has no argument, and the source is ForceNew.
			promotion: PromoteByHand,
			// All of them conflict: the global group decides.
			omit: []string{
				"at_rest_encryption_enabled", "node_type", "num_node_groups", "security_group_names", "snapshot_arns",
				"snapshot_name", "transit_encryption_enabled", "transit_encryption_mode",
			},
		},
		readyIn: 20 * time.Minute,
	}
}
