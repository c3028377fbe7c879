package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/crossdr/crossdr/provider/internal/failover"
	"github.com/crossdr/crossdr/provider/internal/inventory"
)

const (
	// describedFor is how long it is believed what a table is. Strong consistency
	// can't be taken from a table, and the writers of a table of one region all
	// go to that region, so what changes in the meantime lets no two of them win.
	describedFor = 10 * time.Minute

	// strongRegions is how many regions a global table with multi-region strong
	// consistency has, one of which may be a witness.
	//
	// See https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/multi-region-strong-consistency-gt.html
	strongRegions = 3
)

// A tableKey is one table as some credentials see it.
type tableKey struct {
	identity, region, name string
}

// A description is what matters of a table.
type description struct {
	at time.Time

	// keys of the table, such as "id (S)".
	keys []string

	// consistency between the replicas; empty for a table of one region.
	consistency types.MultiRegionConsistency

	// replicas are the regions that have one, and witnesses those that have none
	// but take part in each write. Both are sorted.
	replicas, witnesses []string
}

// describe returns what a table is. To describe a table asks more of DynamoDB
// than to read it: while it can't be described, what is known stands.
func (t *Tables) describe(ctx context.Context, api API, k tableKey) (description, error) {
	d, known := t.get(k)
	if known && t.now().Sub(d.at) < describedFor {
		return d, nil
	}

	out, err := api.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(k.name)})
	if err != nil {
		if known && passing(err) {
			return d, nil
		}

		return description{}, fmt.Errorf("cannot tell whether table %s is strongly consistent: %w", k.name, err)
	}

	d = describing(k.region, out.Table)
	d.at = t.now()

	t.mu.Lock()
	defer t.mu.Unlock()

	t.known[k] = d

	return d, nil
}

func (t *Tables) get(k tableKey) (description, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()

	d, ok := t.known[k]

	return d, ok
}

// passing reports whether an error says nothing about the table.
func passing(err error) bool {
	switch inventory.ProblemOf(err) { //nolint:exhaustive // The others say that the table is not ours to use.
	case inventory.Unreachable, inventory.Untrusted, inventory.ServerError, inventory.Throttled:
		return true
	}

	return false
}

// describing reads what DynamoDB says of a table. A replica lists the others.
func describing(region string, in *types.TableDescription) description {
	var d description

	kinds := map[string]string{}
	for _, a := range in.AttributeDefinitions {
		kinds[aws.ToString(a.AttributeName)] = string(a.AttributeType)
	}

	for _, k := range in.KeySchema {
		name := aws.ToString(k.AttributeName)
		d.keys = append(d.keys, fmt.Sprintf("%s (%s)", name, kinds[name]))
	}

	d.replicas = []string{region}

	for i := range in.Replicas {
		d.replicas = append(d.replicas, aws.ToString(in.Replicas[i].RegionName))
	}

	slices.Sort(d.replicas)
	d.replicas = slices.Compact(d.replicas)

	for _, w := range in.GlobalTableWitnesses {
		d.witnesses = append(d.witnesses, aws.ToString(w.RegionName))
	}

	slices.Sort(d.witnesses)

	d.consistency = in.MultiRegionConsistency
	if d.consistency == "" && len(d.replicas) > 1 {
		// Global tables were eventually consistent before there was another kind.
		d.consistency = types.MultiRegionConsistencyEventual
	}

	return d
}

// fault says why a table can't be the record. Zero if it can.
func (d description) fault(region string, p *Place) failover.RecordFault {
	table := fmt.Sprintf("table %s in %s", p.Table, region)

	if want := []string{attributeID + " (S)"}; !slices.Equal(d.keys, want) {
		return failover.RecordFault{
			Code:   failover.CodeRecordUnreadable,
			Detail: fmt.Sprintf("the key of %s is %s, and must be %s alone", table, strings.Join(d.keys, ", "), want[0]),
		}
	}

	because := d.weak(region, p)
	if because == "" {
		return failover.RecordFault{}
	}

	return failover.RecordFault{Code: failover.CodeRecordNotStrong, Detail: table + " " + because}
}

// weak says why two control planes could both win in a table. Empty if they
// can't.
func (d description) weak(region string, p *Place) string {
	if d.consistency == "" {
		return alone(region, p)
	}

	replicas := strings.Join(d.replicas, ", ")

	switch {
	case d.consistency != types.MultiRegionConsistencyStrong:
		return fmt.Sprintf("is a global table with eventual consistency (%s): it must be of one region, or have multi-region strong consistency", replicas)
	case len(d.replicas)+len(d.witnesses) != strongRegions:
		return fmt.Sprintf("has replicas in %s and %d witnesses: it must have three regions, or two and a witness", replicas, len(d.witnesses))
	}

	for _, listed := range p.Regions {
		switch {
		case slices.Contains(d.witnesses, listed):
			return fmt.Sprintf("has %s for a witness, which can't be called: take it out of spec.forProvider.record.dynamoDB.regions", listed)
		case !slices.Contains(d.replicas, listed):
			return fmt.Sprintf("has replicas in %s, and none in %s: what is there is another table. Take it out of spec.forProvider.record.dynamoDB.regions", replicas, listed)
		}
	}

	return ""
}

// alone says why a table of one region can't be the record.
func alone(region string, p *Place) string {
	switch {
	case len(p.Regions) > 1:
		return fmt.Sprintf("is of that region alone, so what is in the others of spec.forProvider.record.dynamoDB.regions (%s) is another table: list one region, or give the table multi-region strong consistency", strings.Join(p.Regions, ", "))
	case slices.Contains(p.About, region):
		return "is of that region alone, which is one of those that are decided about: it would be lost with it. Use a table of another region, or one with multi-region strong consistency"
	}

	return ""
}
