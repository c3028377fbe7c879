package upjet

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// A kind of managed resource, and what Terraform knows of it.
type kind struct {
	// service and name, as in ec2 and VPC.
	service, name string

	// global kinds have no region.
	global bool

	// assign returns the id that AWS assigns. The id of a kind without it is the
	// external name, which is the name of the managed resource.
	assign func(serial int, arguments values) string

	// resource is what an ARN has before the id; a kind without has no ARN.
	resource string

	// background kinds are created and updated while their managed resource is
	// reconciled on.
	background bool

	// forceNew are the arguments whose change needs a replacement.
	forceNew []string

	// unique are the arguments of which AWS takes no two alike in a region.
	unique []string

	// notLate are the arguments that are not late initialized.
	notLate []string

	references []reference
}

// A reference is an argument that is resolved from another managed resource.
type reference struct {
	// argument, and the kind that it refers to, as in ec2/VPC.
	argument, to string

	// many arguments take all that a selector selects.
	many bool

	// arn says that the argument takes an ARN and not an external name.
	arn bool
}

// kinds are all kinds that are simulated.
func kinds() []kind {
	return []kind{
		{
			service: "ec2", name: "VPC", assign: hexID("vpc-"), resource: "vpc/",
			forceNew: []string{"cidrBlock", "ipv4IpamPoolId"},
		},
		{
			service: "ec2", name: "Subnet", assign: hexID("subnet-"), resource: "subnet/",
			forceNew:   []string{zoneName, "availabilityZoneId", "cidrBlock", vpcID},
			unique:     []string{vpcID, "cidrBlock"},
			references: []reference{{argument: vpcID, to: "ec2/VPC"}},
		},
		{
			service: "ec2", name: "SecurityGroup", assign: hexID("sg-"), resource: "security-group/",
			forceNew:   []string{"description", "name", vpcID},
			unique:     []string{vpcID, "name"},
			references: []reference{{argument: vpcID, to: "ec2/VPC"}},
		},
		{
			service: "ec2", name: "SecurityGroupRule", assign: hexID("sgrule-"),
			forceNew:   []string{"cidrBlocks", "fromPort", "protocol", "securityGroupId", "toPort", "type"},
			unique:     []string{"securityGroupId", "type", "protocol", "fromPort", "toPort", "cidrBlocks"},
			references: []reference{{argument: "securityGroupId", to: "ec2/SecurityGroup"}},
		},
		{service: "kms", name: "Key", assign: uuid, resource: "key/"},
		{
			service: "rds", name: "SubnetGroup", resource: "subgrp:",
			references: []reference{{argument: "subnetIds", to: "ec2/Subnet", many: true}},
		},
		{
			service: "rds", name: "Instance", assign: assignedByRDS, resource: "db:", background: true,
			forceNew: []string{
				zoneName, "characterSetName", "dbName", "engine", "kmsKeyId", "restoreToPointInTime", "s3Import",
				"snapshotIdentifier", "storageEncrypted", "timezone", "username",
			},
			notLate: []string{zoneName, "dbName"},
			references: []reference{
				{argument: "dbSubnetGroupName", to: "rds/SubnetGroup"},
				{argument: "kmsKeyId", to: "kms/Key", arn: true},
				{argument: "vpcSecurityGroupIds", to: "ec2/SecurityGroup", many: true},
			},
		},
		{
			service: "route53", name: "Record", global: true, assign: recordID,
			forceNew: []string{"zoneId"},
			unique:   []string{"zoneId", "name", "type"},
		},
	}
}

// Arguments that many kinds have.
const (
	vpcID            = "vpcId"
	argumentRegion   = "region"
	replicateSource  = "replicateSourceDb"
	argumentSnapshot = "snapshotIdentifier"
	zoneName         = "availabilityZone"
	instanceClass    = "instanceClass"
	port             = "port"
	attributeARN     = "arn"
)

// String such as ec2/VPC.
func (k *kind) String() string { return k.service + "/" + k.name }

// gvk of the kind, namespaced.
func (k *kind) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: k.service + ".aws.m.upbound.io", Version: "v1beta1", Kind: k.name}
}

// ref and selector are the fields beside an argument that refer to where its
// value comes from: vpcIdRef, and subnetIdRefs for all of subnetIds.
func (r *reference) ref() string {
	if r.many {
		return r.singular() + "Refs"
	}

	return r.argument + "Ref"
}

func (r *reference) selector() string {
	if r.many {
		return r.singular() + "Selector"
	}

	return r.argument + "Selector"
}

func (r *reference) singular() string { return strings.TrimSuffix(r.argument, "s") }

// hexID assigns ids as EC2 does, such as vpc-0123456789abcdef0.
func hexID(prefix string) func(int, values) string {
	return func(serial int, _ values) string { return prefix + digest(prefix, serial)[:17] }
}

// uuid assigns ids as KMS does.
func uuid(serial int, _ values) string {
	h := digest("uuid", serial)

	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:32]}, "-")
}

// recordID is how Terraform names a record.
func recordID(_ int, arguments values) string {
	return strings.Join([]string{arguments.text("zoneId"), arguments.text("name"), arguments.text("type")}, "_")
}

// assignedByRDS says that RDS assigns an id, which it answers.
func assignedByRDS(int, values) string { return "" }

// digest makes ids that are alike in every run.
func digest(salt string, serial int) string {
	sum := sha256.Sum256([]byte(salt + strconv.Itoa(serial)))

	return hex.EncodeToString(sum[:])
}
