package upjet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// A database is an instance of RDS, on the emulator.
type database struct {
	kind    *kind
	store   *Store
	session *session
}

// read reads an instance by its resource id, and has nil for an attribute that
// the instance does not have.
func (d *database) read(ctx context.Context, id string) (values, error) {
	if id == "" {
		return nil, errNotFound
	}

	instance, err := d.find(ctx, patience, &rds.DescribeDBInstancesInput{
		Filters: []types.Filter{{Name: aws.String("dbi-resource-id"), Values: []string{id}}},
	})
	if err != nil {
		return nil, err
	}

	return d.attributes(instance), nil
}

func (d *database) find(ctx context.Context, limit time.Duration, in *rds.DescribeDBInstancesInput) (*types.DBInstance, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	out, err := d.session.rds().DescribeDBInstances(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("cannot read the database: %w", err)
	}

	if len(out.DBInstances) == 0 {
		return nil, errNotFound
	}

	return &out.DBInstances[0], nil
}

// attributes of an instance, as Terraform reads them.
func (d *database) attributes(i *types.DBInstance) values {
	v := values{
		"id": text(i.DbiResourceId), "resourceId": text(i.DbiResourceId), attributeARN: text(i.DBInstanceArn),
		"identifier": text(i.DBInstanceIdentifier), argumentRegion: d.session.region, "status": text(i.DBInstanceStatus),
		"engine": text(i.Engine), "engineVersion": text(i.EngineVersion), "engineVersionActual": text(i.EngineVersion),
		instanceClass: text(i.DBInstanceClass), "allocatedStorage": int64(aws.ToInt32(i.AllocatedStorage)),
		"storageEncrypted": aws.ToBool(i.StorageEncrypted), "kmsKeyId": text(i.KmsKeyId),
		"backupRetentionPeriod": int64(aws.ToInt32(i.BackupRetentionPeriod)), "username": text(i.MasterUsername), "dbName": text(i.DBName),
		zoneName: text(i.AvailabilityZone), "deletionProtection": aws.ToBool(i.DeletionProtection),
		replicateSource: text(i.ReadReplicaSourceDBInstanceIdentifier), "replicas": list(i.ReadReplicaDBInstanceIdentifiers),
		"address": nil, "endpoint": nil, port: nil, "dbSubnetGroupName": nil,
	}

	if e := i.Endpoint; e != nil {
		number := int64(aws.ToInt32(e.Port))
		v["address"], v[port], v["endpoint"] = text(e.Address), number, fmt.Sprintf("%s:%d", aws.ToString(e.Address), number)
	}

	if g := i.DBSubnetGroup; g != nil {
		v["dbSubnetGroupName"] = text(g.DBSubnetGroupName)
	}

	groups := make([]string, 0, len(i.VpcSecurityGroups))
	for _, g := range i.VpcSecurityGroups {
		groups = append(groups, aws.ToString(g.VpcSecurityGroupId))
	}

	v["vpcSecurityGroupIds"] = list(groups)
	v["tags"] = untag(i.TagList)

	return v
}

// create creates an instance: empty, from a snapshot or as a replica. It returns
// when the instance is available, as Terraform does.
func (d *database) create(ctx context.Context, name string, desired values) (string, error) {
	if desired.text("identifier") == "" {
		desired["identifier"] = "terraform-" + digest(name, 0)[:26]
	}

	d.store.mu.Lock()
	err := d.store.check(d.kind, d.session.region, desired)
	d.store.mu.Unlock()

	if err != nil {
		return "", err
	}

	starting, cancel := context.WithTimeout(ctx, endurance)
	defer cancel()

	switch {
	case desired.text(replicateSource) != "":
		err = d.replicate(starting, desired)
	case desired.text(argumentSnapshot) != "":
		err = d.restore(starting, desired)
	default:
		err = d.begin(starting, desired)
	}

	if err != nil {
		return "", err
	}

	i, err := d.available(ctx, desired.text("identifier"))
	if err != nil {
		return "", err
	}

	// What a replica can't be created with, Terraform gives it afterwards.
	if days := desired.number("backupRetentionPeriod"); days != nil && *days != aws.ToInt32(i.BackupRetentionPeriod) {
		if err := d.modify(ctx, &rds.ModifyDBInstanceInput{
			DBInstanceIdentifier: i.DBInstanceIdentifier, BackupRetentionPeriod: days, ApplyImmediately: aws.Bool(true),
		}); err != nil {
			return "", err
		}
	}

	return aws.ToString(i.DbiResourceId), nil
}

func (d *database) begin(ctx context.Context, v values) error {
	_, err := d.session.rds().CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String(v.text("identifier")), DBInstanceClass: aws.String(v.text(instanceClass)),
		Engine: aws.String(v.text("engine")), EngineVersion: optional(v, "engineVersion"), AllocatedStorage: v.number("allocatedStorage"),
		MasterUsername: optional(v, "username"), DBName: optional(v, "dbName"), AvailabilityZone: optional(v, zoneName),
		DBSubnetGroupName: optional(v, "dbSubnetGroupName"), VpcSecurityGroupIds: v.texts("vpcSecurityGroupIds"),
		StorageEncrypted: v.flag("storageEncrypted"), KmsKeyId: optional(v, "kmsKeyId"), DeletionProtection: v.flag("deletionProtection"),
		BackupRetentionPeriod: v.number("backupRetentionPeriod"), Port: v.number(port), Tags: tag(v),
	})
	if err != nil {
		return fmt.Errorf("cannot create the database: %w", err)
	}

	return nil
}

func (d *database) restore(ctx context.Context, v values) error {
	_, err := d.session.rds().RestoreDBInstanceFromDBSnapshot(ctx, &rds.RestoreDBInstanceFromDBSnapshotInput{
		DBInstanceIdentifier: aws.String(v.text("identifier")), DBSnapshotIdentifier: aws.String(v.text(argumentSnapshot)),
		DBInstanceClass: optional(v, instanceClass), AvailabilityZone: optional(v, zoneName),
		DBSubnetGroupName: optional(v, "dbSubnetGroupName"), VpcSecurityGroupIds: v.texts("vpcSecurityGroupIds"),
		DeletionProtection: v.flag("deletionProtection"), BackupRetentionPeriod: v.number("backupRetentionPeriod"),
		Port: v.number(port), Tags: tag(v),
	})
	if err != nil {
		return fmt.Errorf("cannot restore the database: %w", err)
	}

	return nil
}

func (d *database) replicate(ctx context.Context, v values) error {
	in := &rds.CreateDBInstanceReadReplicaInput{
		DBInstanceIdentifier: aws.String(v.text("identifier")), SourceDBInstanceIdentifier: aws.String(v.text(replicateSource)),
		DBInstanceClass: optional(v, instanceClass), AvailabilityZone: optional(v, zoneName),
		DBSubnetGroupName: optional(v, "dbSubnetGroupName"), VpcSecurityGroupIds: v.texts("vpcSecurityGroupIds"),
		DeletionProtection: v.flag("deletionProtection"), KmsKeyId: optional(v, "kmsKeyId"), Port: v.number(port), Tags: tag(v),
	}

	// The ARN of a source in another region says which.
	if parts := strings.Split(v.text(replicateSource), ":"); len(parts) > 3 && parts[3] != d.session.region {
		in.SourceRegion = aws.String(parts[3])
	}

	if _, err := d.session.rds().CreateDBInstanceReadReplica(ctx, in); err != nil {
		return fmt.Errorf("cannot create the replica: %w", err)
	}

	return nil
}

// update changes an instance, and promotes it first if it is no longer to be a
// replica.
func (d *database) update(ctx context.Context, id string, arguments values, changes []change) error {
	identifier := arguments.text("identifier")

	if changed(changes, replicateSource) {
		if arguments.text(replicateSource) != "" {
			return errors.New("cannot elect new source database for replication")
		}

		if err := d.promote(ctx, identifier, arguments); err != nil {
			return err
		}
	}

	if changed(changes, "tags") {
		in := &rds.AddTagsToResourceInput{ResourceName: aws.String(d.arn(identifier)), Tags: tag(arguments)}
		if _, err := d.session.rds().AddTagsToResource(ctx, in); err != nil {
			return fmt.Errorf("cannot tag the database: %w", err)
		}
	}

	modified := []string{instanceClass, "vpcSecurityGroupIds", "backupRetentionPeriod", "deletionProtection"}
	for _, c := range changes {
		if !slices.Contains(append(modified, "tags", replicateSource), c.argument) {
			return fmt.Errorf("cannot change %s of the database %s to %v: the simulator does not know how", c.argument, id, c.new)
		}
	}

	if !changed(changes, modified...) {
		return nil
	}

	return d.modify(ctx, &rds.ModifyDBInstanceInput{
		DBInstanceIdentifier: aws.String(identifier), DBInstanceClass: optional(arguments, instanceClass),
		VpcSecurityGroupIds: arguments.texts("vpcSecurityGroupIds"), BackupRetentionPeriod: arguments.number("backupRetentionPeriod"),
		DeletionProtection: arguments.flag("deletionProtection"), ApplyImmediately: arguments.flag("applyImmediately"),
	})
}

// modify changes an instance, and returns when it is available again.
func (d *database) modify(ctx context.Context, in *rds.ModifyDBInstanceInput) error {
	calling, cancel := context.WithTimeout(ctx, endurance)
	defer cancel()

	if _, err := d.session.rds().ModifyDBInstance(calling, in); err != nil {
		return fmt.Errorf("cannot change the database: %w", err)
	}

	_, err := d.available(ctx, *in.DBInstanceIdentifier)

	return err
}

func (d *database) promote(ctx context.Context, identifier string, arguments values) error {
	in := &rds.PromoteReadReplicaInput{
		DBInstanceIdentifier: aws.String(identifier), BackupRetentionPeriod: arguments.number("backupRetentionPeriod"),
	}
	if _, err := d.session.rds().PromoteReadReplica(ctx, in); err != nil {
		return fmt.Errorf("cannot promote the database: %w", err)
	}

	_, err := d.available(ctx, identifier)

	return err
}

// remove deletes an instance.
func (d *database) remove(ctx context.Context, _ string, attributes values) error {
	in := &rds.DeleteDBInstanceInput{
		DBInstanceIdentifier: aws.String(attributes.text("identifier")), SkipFinalSnapshot: attributes.flag("skipFinalSnapshot"),
		FinalDBSnapshotIdentifier: optional(attributes, "finalSnapshotIdentifier"),
	}
	if _, err := d.session.rds().DeleteDBInstance(ctx, in); err != nil {
		return fmt.Errorf("cannot delete the database: %w", err)
	}

	return nil
}

// available waits until an instance is.
func (d *database) available(ctx context.Context, identifier string) (*types.DBInstance, error) {
	const pause = 200 * time.Millisecond

	for {
		i, err := d.find(ctx, endurance, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(identifier)})
		if err != nil {
			return nil, err
		}

		if aws.ToString(i.DBInstanceStatus) == "available" {
			return i, nil
		}

		if err := wait(ctx, pause); err != nil {
			return nil, err
		}
	}
}

func (d *database) arn(identifier string) string {
	return "arn:aws:rds:" + d.session.region + ":" + d.store.id + ":" + d.kind.resource + identifier
}

// changed says whether one of the arguments has.
func changed(changes []change, arguments ...string) bool {
	return slices.ContainsFunc(changes, func(c change) bool { return slices.Contains(arguments, c.argument) })
}

// text is the value of an attribute, nil if there is none.
func text(s *string) any {
	if aws.ToString(s) == "" {
		return nil
	}

	return *s
}

// list is the value of an attribute, nil if there is none.
func list(texts []string) any {
	if len(texts) == 0 {
		return nil
	}

	out := make([]any, 0, len(texts))
	for _, s := range texts {
		out = append(out, s)
	}

	return out
}

// optional is an argument that may not be set.
func optional(v values, name string) *string {
	if s := v.text(name); s != "" {
		return &s
	}

	return nil
}

// tag returns the tags of arguments, and untag the arguments of tags.
func tag(v values) []types.Tag {
	tags, _ := v["tags"].(map[string]any)
	out := make([]types.Tag, 0, len(tags))

	for key, value := range tags {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(fmt.Sprint(value))})
	}

	return out
}

func untag(tags []types.Tag) any {
	if len(tags) == 0 {
		return nil
	}

	out := map[string]any{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}

	return out
}
