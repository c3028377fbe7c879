package emulator

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/google/go-cmp/cmp"
)

func TestDescribeOrderableDBInstanceOptions(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).OrderZones(west, "usw2-az3", "usw2-az1")
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass, ZoneIDs: []string{"usw2-az1", "usw2-az2"}})
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: "db.t4g.micro"})
	w.here(west).OfferDBInstance(OrderableDBInstanceOption{Class: largeClass, Engine: "mysql"})
	w.SetPageSize(1)

	got := map[string][]string{}

	for pages := rds.NewDescribeOrderableDBInstanceOptionsPaginator(w.rds(west), &rds.DescribeOrderableDBInstanceOptionsInput{
		Engine: aws.String("postgres"),
	}); pages.HasMorePages(); {
		for _, o := range must[*rds.DescribeOrderableDBInstanceOptionsOutput](w)(pages.NextPage(t.Context())).OrderableDBInstanceOptions {
			for _, z := range o.AvailabilityZones {
				got[*o.DBInstanceClass] = append(got[*o.DBInstanceClass], *z.Name)
			}
		}
	}

	want := map[string][]string{largeClass: {"us-west-2b"}, "db.t4g.micro": {"us-west-2a", "us-west-2b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("A class is offered in zones that the account sees, by its names for them: -want, +got:\n%s", diff)
	}
}
