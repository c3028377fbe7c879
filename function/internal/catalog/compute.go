package catalog

import "time"

// compute is EC2 instances and their volumes. Times are estimates.
func compute() []row {
	return []row{
		{
			service: "ec2", kind: "Instance", terraform: "aws_instance",
			zone: "availability_zone", class: "instance_type",
			// Of root_block_device only encryption is ForceNew; of ebs_block_device and network_interface all is.
			immutable: []string{
				"ami", "associate_public_ip_address", "ebs_block_device", "ebs_optimized", "enclave_options.enabled",
				"ephemeral_block_device", "hibernation", "host_id", "instance_market_options", "key_name",
				"launch_template.id", "launch_template.name", "network_interface", "placement_group",
				"placement_group_id", "placement_partition_number", "primary_network_interface",
				"private_dns_name_options", "private_ip", "root_block_device.encrypted", "root_block_device.kms_key_id",
				"secondary_network_interface", "subnet_id", "tenancy",
			},
			readyIn: 5 * time.Minute,
		},
		{
			service: "ec2", kind: "LaunchTemplate", terraform: "aws_launch_template",
			identity: "name", class: "instance_type",
			readyIn: time.Minute,
		},
		{
			service: "ec2", kind: "EBSVolume", terraform: "aws_ebs_volume",
			zone: "availability_zone",
			immutable: []string{
				"encrypted", "kms_key_id", "multi_attach_enabled", "outpost_arn", "snapshot_id",
			},
			// A volume is usable at once and fetches its blocks as they are read.
			restore: &restore{snapshot: "snapshot_id", readyIn: 5 * time.Minute},
			source:  SourceVolume,
			readyIn: 2 * time.Minute,
		},
		{
			service: "ec2", kind: "EBSSnapshotCopy", terraform: "aws_ebs_snapshot_copy",
			immutable: []string{
				"completion_duration_minutes", "description", "encrypted", "kms_key_id", "source_region",
				"source_snapshot_id",
			},
			readyIn: 30 * time.Minute,
		},
		{
			service: "autoscaling", kind: "AutoscalingGroup", terraform: "aws_autoscaling_group",
			zones:     "availability_zones",
			immutable: []string{"initial_lifecycle_hook"},
			// Tags are blocks here (tag), not a map: a copy goes untagged.
			readyIn: 10 * time.Minute,
		},
	}
}

// containers is EKS and Lambda. Times are estimates.
func containers() []row {
	return []row{
		{
			service: "eks", kind: "Cluster", terraform: "aws_eks_cluster",
			immutable: []string{
				"access_config.bootstrap_cluster_creator_admin_permissions", "bootstrap_self_managed_addons",
				"kubernetes_network_config.ip_family", "kubernetes_network_config.service_ipv4_cidr",
				"outpost_config.control_plane_instance_type", "role_arn",
			},
			readyIn: 15 * time.Minute,
		},
		{
			service: "eks", kind: "NodeGroup", terraform: "aws_eks_node_group",
			class: "instance_types",
			immutable: []string{
				"ami_type", "capacity_type", "cluster_name", "disk_size", "instance_types", "launch_template.id",
				"launch_template.name", "node_role_arn", "remote_access", "subnet_ids",
			},
			readyIn: 10 * time.Minute,
		},
		{
			// The provider makes a Secret of a kubeconfig; there is nothing on AWS.
			service: "eks", kind: "ClusterAuth",
			immutable: []string{"cluster_name"},
			readyIn:   time.Minute,
		},
		{
			service: "lambda", kind: "Function", terraform: "aws_lambda_function",
			immutable: []string{"package_type", "tenancy_config"},
			readyIn:   2 * time.Minute,
		},
	}
}
