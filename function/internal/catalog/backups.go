package catalog

import "time"

// backups is AWS Backup. Times are estimates.
func backups() []row {
	return []row{
		{
			service: "backup", kind: "Vault", terraform: "aws_backup_vault",
			// 50: API_CreateBackupVault, backupVaultName.
			nameLimit: 50,
			immutable: []string{"kms_key_arn"},
			readyIn:   time.Minute,
		},
		{
			service: "backup", kind: "Plan", terraform: "aws_backup_plan",
			// 50: API_BackupPlanInput, BackupPlanName ("1 to 50 alphanumeric or '-_.' characters").
			identity: "name", nameLimit: 50,
			readyIn: time.Minute,
		},
		{
			service: "backup", kind: "Selection", terraform: "aws_backup_selection",
			// 50: API_BackupSelection, SelectionName.
			identity: "name", nameLimit: 50,
			immutable: []string{"condition", "iam_role_arn", "not_resources", "plan_id", "resources", "selection_tag"},
			readyIn:   time.Minute,
		},
	}
}
