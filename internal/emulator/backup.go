package emulator

import (
	"maps"
	"strings"
	"time"
)

// backupService signs as it is named.
const backupService = "backup"

// A BackupVault of AWS Backup. See
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupVaultListMember.html
type BackupVault struct {
	// Name of the vault.
	Name string

	// CreateTime is now by default.
	CreateTime time.Time

	// KMSKeyID is the key that AWS manages by default.
	KMSKeyID string

	Tags map[string]string
}

// A RecoveryPoint of AWS Backup. See
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByBackupVault.html
type RecoveryPoint struct {
	// ARN of the recovery point; made up by default, as those that AWS Backup
	// manages fully have it.
	ARN string

	// Vault that it is in; Default by default.
	Vault string

	// ResourceARN and ResourceType, such as RDS, of what it is a backup of.
	ResourceARN, ResourceType, ResourceName string

	// Status is COMPLETED by default. Until CompletionTime it is CREATING.
	Status, StatusMessage string

	// CreationTime is now by default, InitiationTime CreationTime, and
	// CompletionTime CreationTime.
	CreationTime, InitiationTime, CompletionTime time.Time

	// DeleteAt is when its lifecycle deletes it; never by default.
	DeleteAt time.Time

	SizeBytes int

	// Encrypted with a key of the region; by default the key that AWS manages.
	Encrypted bool
	KMSKeyID  string

	// SourceVaultARN of the vault that this is copied from, if it is a copy.
	SourceVaultARN string

	// ParentARN of the composite recovery point that it is part of, if any.
	ParentARN string

	Tags map[string]string
}

// AddBackupVault adds a vault, and returns its ARN.
func (r *Region) AddBackupVault(v BackupVault) string {
	r.locked(func(now time.Time) { r.putBackupVault(&v, now) })

	return r.vaultARN(v.Name)
}

func (r *Region) putBackupVault(v *BackupVault, now time.Time) {
	v.CreateTime = orNow(v.CreateTime, now)
	v.KMSKeyID = or(v.KMSKeyID, r.defaultKey(backupService))
	r.backupVaults.put(v.Name, v)
}

func (r *Region) vaultARN(name string) string {
	return r.arn(backupService, "backup-vault:"+name)
}

// AddRecoveryPoint adds a recovery point, and its vault if that is not there,
// and returns its ARN.
func (r *Region) AddRecoveryPoint(p RecoveryPoint) string {
	r.locked(func(now time.Time) {
		p.Vault = or(p.Vault, "Default")
		p.Status = or(p.Status, "COMPLETED")
		p.CreationTime = orNow(p.CreationTime, now)
		p.InitiationTime = orNow(p.InitiationTime, p.CreationTime)
		p.CompletionTime = orNow(p.CompletionTime, p.CreationTime)

		if p.ARN == "" {
			p.ARN = r.arn(backupService, "recovery-point:"+r.emulator.uuid("recovery-point"))
		}

		if p.Encrypted {
			p.KMSKeyID = or(p.KMSKeyID, r.defaultKey(backupService))
		}

		if _, ok := r.backupVaults.get(p.Vault); !ok {
			r.putBackupVault(&BackupVault{Name: p.Vault}, now)
		}

		r.recoveryPoints.put(p.ARN, &p)
	})

	return p.ARN
}

// RemoveRecoveryPoint removes a recovery point, such as one that expires.
func (r *Region) RemoveRecoveryPoint(arn string) {
	r.locked(func(time.Time) { r.recoveryPoints.remove(arn) })
}

func (p *RecoveryPoint) status(now time.Time) string {
	return pending(now, p.CompletionTime, "CREATING", p.Status)
}

// backupRoutes are the paths of the actions.
func backupRoutes() map[string]string {
	return map[string]string{
		"backup-vaults": "ListBackupVaults",
		"backup-vaults/{BackupVaultName}/recovery-points":                    "ListRecoveryPointsByBackupVault",
		"backup-vaults/{BackupVaultName}/recovery-points/{RecoveryPointArn}": "DescribeRecoveryPoint",
		"resources/{ResourceArn}/recovery-points":                            "ListRecoveryPointsByResource",
		"tags/{ResourceArn}": "ListTags",
	}
}

func backupActions() map[string]action {
	return map[string]action{
		"ListBackupVaults": jsonAction("maxResults:int nextToken", listBackupVaults),
		"ListRecoveryPointsByBackupVault": jsonAction("BackupVaultName! resourceArn resourceType createdAfter createdBefore "+
			"parentRecoveryPointArn maxResults:int nextToken", listRecoveryPointsByBackupVault),
		"ListRecoveryPointsByResource": jsonAction("ResourceArn! maxResults:int nextToken", listRecoveryPointsByResource),
		"DescribeRecoveryPoint":        jsonAction("BackupVaultName! RecoveryPointArn!", describeRecoveryPoint),
		"ListTags":                     jsonAction("ResourceArn! maxResults:int nextToken", listBackupTags),
	}
}

// backupListing is how AWS Backup pages.
func backupListing() listing {
	return listing{sizeName: "maxResults", tokenName: "nextToken", least: 1, most: 1000, otherwise: 1000}
}

// noBackupResource is a 400 in AWS Backup.
func noBackupResource(what string) error {
	return refuse("ResourceNotFoundException", "Cannot find %s", what)
}

func listBackupVaults(c *call) (object, error) {
	page, next, err := paginate(c, backupListing(), c.region.backupVaults.all(), func(v *BackupVault) string { return v.Name })
	if err != nil {
		return nil, err
	}

	vaults := make([]object, 0, len(page))

	for _, v := range page {
		points := c.region.recoveryPoints.matching(func(p *RecoveryPoint) bool { return p.Vault == v.Name })
		vaults = append(vaults, object{
			"BackupVaultName": v.Name, "BackupVaultArn": c.region.vaultARN(v.Name), "CreationDate": seconds(v.CreateTime),
			"EncryptionKeyArn": v.KMSKeyID, "VaultType": "BACKUP_VAULT", "VaultState": stateAvailable, "NumberOfRecoveryPoints": len(points),
		})
	}

	return withToken(object{"BackupVaultList": vaults}, "NextToken", next), nil
}

// listRecoveryPointsByBackupVault lists what is in a vault. See
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html
func listRecoveryPointsByBackupVault(c *call) (object, error) {
	vault := c.in.str("BackupVaultName")
	if _, ok := c.region.backupVaults.get(vault); !ok {
		return nil, noBackupResource("backup vault " + vault)
	}

	after, err := c.in.dateTime("createdAfter")
	if err != nil {
		return nil, err
	}

	until, err := c.in.dateTime("createdBefore")
	if err != nil {
		return nil, err
	}

	found := c.region.recoveryPoints.matching(func(p *RecoveryPoint) bool {
		return p.Vault == vault &&
			anyOf(c.asked("resourceArn"), p.ResourceARN) && anyOf(c.asked("resourceType"), p.ResourceType) &&
			anyOf(c.asked("parentRecoveryPointArn"), p.ParentARN) &&
			(after.IsZero() || p.CreationTime.After(after)) && (until.IsZero() || p.CreationTime.Before(until))
	})

	return c.recoveryPointPage(found, c.region.describeRecoveryPoint)
}

// dateTime reads a time as the query of a REST protocol has it.
func (in input) dateTime(name string) (time.Time, error) {
	if !in.has(name) {
		return time.Time{}, nil
	}

	t, err := time.Parse(time.RFC3339, in.str(name))
	if err != nil {
		return time.Time{}, refuse("InvalidParameterValueException", "cannot parse %s: %v", name, err)
	}

	return t, nil
}

// listRecoveryPointsByResource lists the recovery points of a resource in all
// vaults of the region. Of lifecycle and source vault it says nothing. See
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByResource.html
func listRecoveryPointsByResource(c *call) (object, error) {
	found := c.region.recoveryPoints.matching(func(p *RecoveryPoint) bool { return p.ResourceARN == c.in.str("ResourceArn") })

	return c.recoveryPointPage(found, func(p *RecoveryPoint, now time.Time) object {
		out := object{"BackupSizeBytes": p.SizeBytes}

		full := c.region.describeRecoveryPoint(p, now)
		for _, name := range []string{
			"RecoveryPointArn", "BackupVaultName", "CreationDate", "EncryptionKeyArn", "ResourceName", "Status", "StatusMessage",
			"VaultType", "ParentRecoveryPointArn",
		} {
			if value, ok := full[name]; ok {
				out[name] = value
			}
		}

		return out
	})
}

func (c *call) recoveryPointPage(found []*RecoveryPoint, describe func(*RecoveryPoint, time.Time) object) (object, error) {
	page, next, err := paginate(c, backupListing(), found, func(p *RecoveryPoint) string { return p.ARN })
	if err != nil {
		return nil, err
	}

	points := make([]object, 0, len(page))
	for _, p := range page {
		points = append(points, describe(p, c.now))
	}

	return withToken(object{"RecoveryPoints": points}, "NextToken", next), nil
}

func describeRecoveryPoint(c *call) (object, error) {
	p, ok := c.region.recoveryPoints.get(c.in.str("RecoveryPointArn"))
	if !ok || p.Vault != c.in.str("BackupVaultName") {
		return nil, noBackupResource("recovery point " + c.in.str("RecoveryPointArn"))
	}

	return c.region.describeRecoveryPoint(p, c.now), nil
}

// describeRecoveryPoint returns a recovery point as the API does.
func (r *Region) describeRecoveryPoint(p *RecoveryPoint, now time.Time) object {
	status := p.status(now)
	out := object{
		"RecoveryPointArn": p.ARN, "BackupVaultName": p.Vault, "BackupVaultArn": r.vaultARN(p.Vault), "VaultType": "BACKUP_VAULT",
		"ResourceArn": p.ResourceARN, "ResourceType": p.ResourceType, "Status": status,
		"CreationDate": seconds(p.CreationTime), "InitiationDate": seconds(p.InitiationTime),
		"BackupSizeInBytes": p.SizeBytes, "IsEncrypted": p.Encrypted,
	}

	if !now.Before(p.CompletionTime) {
		out["CompletionDate"] = seconds(p.CompletionTime)
	}

	if !p.DeleteAt.IsZero() {
		out["CalculatedLifecycle"] = object{"DeleteAt": seconds(p.DeleteAt)}
	}

	maps.Copy(out, set(object{
		"ResourceName": p.ResourceName, "StatusMessage": p.StatusMessage, "EncryptionKeyArn": p.KMSKeyID,
		"SourceBackupVaultArn": p.SourceVaultARN, "ParentRecoveryPointArn": p.ParentARN,
	}))

	return out
}

// set returns the members of an object that are not empty.
func set(in object) object {
	maps.DeleteFunc(in, func(_ string, value any) bool { return value == "" })

	return in
}

// listBackupTags lists the tags of a vault or a recovery point.
func listBackupTags(c *call) (object, error) {
	name := c.in.str("ResourceArn")

	tags, ok := c.region.backupTags(name)
	if !ok {
		return nil, noBackupResource("resource " + name)
	}

	page, next, err := paginate(c, backupListing(), sortedKeys(tags), strings.Clone)
	if err != nil {
		return nil, err
	}

	shown := map[string]string{}
	for _, key := range page {
		shown[key] = tags[key]
	}

	return withToken(object{"Tags": shown}, "NextToken", next), nil
}

func (r *Region) backupTags(arn string) (map[string]string, bool) {
	if p, ok := r.recoveryPoints.get(arn); ok {
		return p.Tags, true
	}

	name, _ := strings.CutPrefix(arn, r.vaultARN(""))
	v, ok := r.backupVaults.get(name)

	if !ok {
		return nil, false
	}

	return v.Tags, true
}
