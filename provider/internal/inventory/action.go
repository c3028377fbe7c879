package inventory

// Actions are all that is called, as IAM policies name them. None of them
// changes anything.
//
//nolint:gochecknoglobals // A table.
var Actions = []string{
	"backup:ListBackupVaults",
	"backup:ListRecoveryPointsByBackupVault",
	"backup:ListTags",
	"cloudwatch:GetMetricData",
	"dynamodb:DescribeContinuousBackups",
	"dynamodb:DescribeTable",
	"dynamodb:ListTagsOfResource",
	"ec2:DescribeSnapshots",
	"ec2:DescribeVolumes",
	"rds:DescribeDBClusterAutomatedBackups",
	"rds:DescribeDBClusterSnapshots",
	"rds:DescribeDBClusters",
	"rds:DescribeDBInstanceAutomatedBackups",
	"rds:DescribeDBInstances",
	"rds:DescribeDBSnapshots",
	"rds:DescribeGlobalClusters",
}
