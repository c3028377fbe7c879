package catalog

import "time"

// keys is KMS and Secrets Manager. Times are estimates.
func keys() []row {
	return []row{
		{
			service: "kms", kind: "Key", terraform: "aws_kms_key",
			immutable: []string{
				"custom_key_store_id", "customer_master_key_spec", "key_usage", "multi_region", "xks_key_id",
			},
			replicate: &replicate{
				// Only of a key with multi_region. A replica key encrypts and decrypts by itself.
				kind: "ReplicaKey", source: "primary_key_arn", promotion: PromoteNotNeeded,
			},
			readyIn: time.Minute,
		},
		{
			service: "kms", kind: "ReplicaKey", terraform: "aws_kms_replica_key",
			immutable: []string{"primary_key_arn"},
			readyIn:   2 * time.Minute,
		},
		{
			// It can point at another key at any time.
			service: "kms", kind: "Alias", terraform: "aws_kms_alias",
			readyIn: time.Minute,
		},
		{
			service: "secretsmanager", kind: "Secret", terraform: "aws_secretsmanager_secret",
			identity: "name",
			readyIn:  time.Minute,
		},
	}
}
