package failovertarget

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/smithy-go"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

const (
	// typesPage is the most that EC2 returns at once.
	typesPage = 1000

	// classesPage is the most that RDS returns at once.
	classesPage = 1000
)

// engines of RDS, in the order in which they are asked for a class until every
// zone offers it. There is no way to ask for all.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html
func engines() []string {
	return []string{
		"aurora-postgresql", "postgres", "aurora-mysql", "mysql", "mariadb",
		"oracle-ee", "oracle-se2", "sqlserver-ee", "sqlserver-se", "sqlserver-ex", "db2-se",
	}
}

// zones lists the zones of the region that the account can use. It is the probe,
// too: one call, that every region answers.
func zones(ctx context.Context, api *ec2.Client) ([]v1alpha1.ZoneObservation, error) {
	out, err := api.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{})
	if err != nil {
		return nil, err
	}

	seen := make([]v1alpha1.ZoneObservation, 0, len(out.AvailabilityZones))

	for i := range out.AvailabilityZones {
		z := &out.AvailabilityZones[i]
		seen = append(seen, v1alpha1.ZoneObservation{
			ID: aws.ToString(z.ZoneId), Name: aws.ToString(z.ZoneName), Type: aws.ToString(z.ZoneType),
			State: string(z.State), OptInStatus: string(z.OptInStatus),
		})
	}

	slices.SortFunc(seen, func(a, b v1alpha1.ZoneObservation) int { return cmp.Compare(a.ID, b.ID) })

	return seen, nil
}

// optIns lists the opt-in status of every region of the partition.
func optIns(ctx context.Context, api *ec2.Client) (map[string]string, error) {
	out, err := api.DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)})
	if err != nil {
		return nil, err
	}

	status := map[string]string{}
	for _, r := range out.Regions {
		status[aws.ToString(r.RegionName)] = aws.ToString(r.OptInStatus)
	}

	return status, nil
}

// instanceTypes returns the ids of the zones that offer each of some types. One
// that no zone offers has none.
func instanceTypes(ctx context.Context, api ec2.DescribeInstanceTypeOfferingsAPIClient, names []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, name := range names {
		out[name] = nil
	}

	pages := ec2.NewDescribeInstanceTypeOfferingsPaginator(api, &ec2.DescribeInstanceTypeOfferingsInput{
		LocationType: ec2types.LocationTypeAvailabilityZoneId,
		Filters:      []ec2types.Filter{{Name: aws.String("instance-type"), Values: names}},
		MaxResults:   aws.Int32(typesPage),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}

		for _, o := range page.InstanceTypeOfferings {
			out[string(o.InstanceType)] = append(out[string(o.InstanceType)], aws.ToString(o.Location))
		}
	}

	for _, ids := range out {
		slices.Sort(ids)
	}

	return out, nil
}

// dbInstanceClass returns the ids of the zones that offer a class for any of the
// engines. RDS knows zones by name only.
func dbInstanceClass(ctx context.Context, api rds.DescribeOrderableDBInstanceOptionsAPIClient, class string, zones []v1alpha1.ZoneObservation) ([]string, error) {
	var missing []v1alpha1.ZoneObservation

	for _, z := range zones {
		if z.Type == "" || z.Type == "availability-zone" {
			missing = append(missing, z)
		}
	}

	var ids []string

	for _, engine := range engines() {
		if len(missing) == 0 {
			break
		}

		names, err := orderable(ctx, api, engine, class)
		if err != nil {
			return nil, err
		}

		missing = slices.DeleteFunc(missing, func(z v1alpha1.ZoneObservation) bool {
			if names[z.Name] {
				ids = append(ids, z.ID)
			}

			return names[z.Name]
		})
	}

	slices.Sort(ids)

	return ids, nil
}

// orderable returns the names of the zones in which a class can be had for an
// engine, in any of its versions.
func orderable(ctx context.Context, api rds.DescribeOrderableDBInstanceOptionsAPIClient, engine, class string) (map[string]bool, error) {
	names := map[string]bool{}

	pages := rds.NewDescribeOrderableDBInstanceOptionsPaginator(api, &rds.DescribeOrderableDBInstanceOptionsInput{
		Engine: aws.String(engine), DBInstanceClass: aws.String(class), MaxRecords: aws.Int32(classesPage),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)

		// Not every region knows every engine.
		var api smithy.APIError
		if errors.As(err, &api) && api.ErrorCode() == "InvalidParameterValue" {
			return names, nil
		}

		if err != nil {
			return nil, err
		}

		for i := range page.OrderableDBInstanceOptions {
			for _, z := range page.OrderableDBInstanceOptions[i].AvailabilityZones {
				names[aws.ToString(z.Name)] = true
			}
		}
	}

	return names, nil
}
