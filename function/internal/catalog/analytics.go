package catalog

import "time"

// analytics is Redshift and OpenSearch. Times are estimates unless a source is given.
func analytics() []row {
	return []row{
		{
			service: "redshift", kind: "Cluster", terraform: "aws_redshift_cluster",
			// Not ForceNew: a cluster can be relocated to another zone. Here it stays where it was born.
			zone:  "availability_zone",
			class: "node_type",
			immutable: []string{
				"cluster_subnet_group_name", "master_username", "snapshot_arn", "snapshot_cluster_identifier",
			},
			restore: &restore{
				snapshot: "snapshot_identifier",
				omit:     []string{"snapshot_arn", "snapshot_cluster_identifier"},
				readyIn:  30 * time.Minute,
			},
			readyIn: 15 * time.Minute,
		},
		{
			service: "opensearch", kind: "Domain", terraform: "aws_opensearch_domain",
			// 28: API_CreateDomain, DomainName.
			identity: "domain_name", nameLimit: 28,
			class:     "cluster_config.instance_type",
			immutable: []string{"encrypt_at_rest.kms_key_id", "vpc_options"},
			// "Domains typically take 15-30 minutes to initialize": OpenSearch Service Developer Guide.
			readyIn: 30 * time.Minute,
		},
		{
			service: "opensearchserverless", kind: "Collection", terraform: "aws_opensearchserverless_collection",
			// 32: API_CreateCollection, name.
			identity: "name", nameLimit: 32,
			immutable: []string{"standby_replicas", "type"},
			readyIn:   10 * time.Minute,
		},
	}
}
