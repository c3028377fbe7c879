package emulator

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func TestSmoke(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()

	id := must[*sts.GetCallerIdentityOutput](w)(w.sts(west).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}))
	equal(t, "account", testAccount, aws.ToString(id.Account))

	w.here(west).AddDBSnapshot(DBSnapshot{Identifier: "s1", InstanceIdentifier: "db"})
	s := must[*rds.DescribeDBSnapshotsOutput](w)(w.rds(west).DescribeDBSnapshots(ctx, &rds.DescribeDBSnapshotsInput{}))
	equal(t, "snapshots", 1, len(s.DBSnapshots))
	equal(t, "create", noon, *s.DBSnapshots[0].SnapshotCreateTime)

	z := must[*ec2.DescribeAvailabilityZonesOutput](w)(w.ec2(west).DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{}))
	equal(t, "zones", 4, len(z.AvailabilityZones))

	r := must[*ec2.DescribeRegionsOutput](w)(w.ec2(west).DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)}))
	equal(t, "regions", 34, len(r.Regions))

	w.here(west).AddTable(Table{Name: "t"})
	tb := must[*dynamodb.DescribeTableOutput](w)(w.dynamodb(west).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("t")}))
	equal(t, "table", "t", aws.ToString(tb.Table.TableName))
}
