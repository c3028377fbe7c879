package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	record  = "crossdr"
	ohio    = "us-east-2"
	ireland = "eu-west-1"
)

func (w *world) table(region, name string) *types.TableDescription {
	w.t.Helper()

	return must[*dynamodb.DescribeTableOutput](w)(w.dynamodb(region).DescribeTable(w.t.Context(), &dynamodb.DescribeTableInput{
		TableName: aws.String(name),
	})).Table
}

func createTableInput(name string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName: aws.String(name), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("target"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("target"), AttributeType: types.ScalarAttributeTypeS}},
	}
}

func TestCreateTable(t *testing.T) {
	w := newWorld(t)
	w.SetDuration(Scope{Action: "CreateTable"}, time.Minute)

	ctx := t.Context()
	must[*dynamodb.CreateTableOutput](w)(w.dynamodb(west).CreateTable(ctx, createTableInput(record)))
	equal(t, "A table takes its time.", types.TableStatusCreating, w.table(west, record).TableStatus)

	_, err := w.dynamodb(west).GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(record), Key: recordKey("a")})
	w.mustRefuse("Until then it can't be used.", "ResourceNotFoundException", err)

	_, err = w.dynamodb(west).CreateTable(ctx, createTableInput(record))
	w.mustRefuse("A name is one table.", "ResourceInUseException", err)

	w.clock.Advance(time.Minute)

	done := w.table(west, record)
	equal(t, "Then it is there, in this region only.",
		[]any{types.TableStatusActive, "arn:aws:dynamodb:us-west-2:111122223333:table/crossdr", "target", noon, 0},
		[]any{done.TableStatus, *done.TableArn, *done.KeySchema[0].AttributeName, *done.CreationDateTime, len(done.Replicas)})

	_, err = w.dynamodb(east).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(record)})
	w.mustRefuse("Another region does not know it.", "ResourceNotFoundException", err)
}

func TestCreateTableRefuses(t *testing.T) {
	w := newWorld(t)

	cases := map[string]struct {
		reason string
		change func(*dynamodb.CreateTableInput)
	}{
		"Provisioned":  {reason: "Throughput is not emulated.", change: func(in *dynamodb.CreateTableInput) { in.BillingMode = types.BillingModeProvisioned }},
		"Number":       {reason: "Keys of numbers are not emulated.", change: func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions[0].AttributeType = "N" }},
		"Undefined":    {reason: "A key has a type.", change: func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions[0].AttributeName = aws.String("x") }},
		"RangeFirst":   {reason: "The partition key comes first.", change: func(in *dynamodb.CreateTableInput) { in.KeySchema[0].KeyType = "RANGE" }},
		"NotSupported": {reason: "What would be ignored is refused.", change: func(in *dynamodb.CreateTableInput) { in.ResourcePolicy = aws.String("{}") }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := createTableInput(name)
			tc.change(in)
			_, err := w.dynamodb(west).CreateTable(t.Context(), in)
			w.mustRefuse(tc.reason, codeValidation, err)
		})
	}
}

func replicaIn(regions ...string) []types.ReplicationGroupUpdate {
	out := make([]types.ReplicationGroupUpdate, 0, len(regions))
	for _, name := range regions {
		out = append(out, types.ReplicationGroupUpdate{Create: &types.CreateReplicationGroupMemberAction{RegionName: aws.String(name)}})
	}

	return out
}

func TestEventualReplicas(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTable(Table{Name: record, HashKey: "target"})
	w.putRecord(west, "payments", 1)

	ctx := t.Context()
	update := func(in dynamodb.UpdateTableInput) error {
		in.TableName = aws.String(record)
		_, err := w.dynamodb(west).UpdateTable(ctx, &in)

		return err
	}

	w.mustRefuse("Replicas come one at a time.", codeValidation, update(dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(east, ireland)}))
	w.SetDuration(Scope{Action: "UpdateTable"}, time.Minute)
	w.mustRefuse("One at a time they come.", "", update(dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(east)}))
	w.mustRefuse("While one comes, another can't.", "ResourceInUseException", update(dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(ireland)}))

	replica := w.table(west, record).Replicas[0]
	equal(t, "A replica takes its time.", []any{east, types.ReplicaStatusCreating}, []any{*replica.RegionName, replica.ReplicaStatus})
	w.clock.Advance(time.Minute)

	here, there := w.table(west, record), w.table(east, record)
	equal(t, "Each replica lists the other; it is the same table with an id of its own.",
		[]any{types.ReplicaStatusActive, west, types.MultiRegionConsistencyEventual, int64(1), true},
		[]any{here.Replicas[0].ReplicaStatus, *there.Replicas[0].RegionName, there.MultiRegionConsistency, *there.ItemCount, *here.TableId != *there.TableId})

	w.mustRefuse("Consistency can't change later.", codeValidation, update(dynamodb.UpdateTableInput{
		ReplicaUpdates: replicaIn(ohio), MultiRegionConsistency: types.MultiRegionConsistencyStrong,
	}))
	w.mustRefuse("There is one replica a region.", codeValidation, update(dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(east)}))

	remove := []types.ReplicationGroupUpdate{{Delete: &types.DeleteReplicationGroupMemberAction{RegionName: aws.String(east)}}}
	w.mustRefuse("A replica can be removed.", "", update(dynamodb.UpdateTableInput{ReplicaUpdates: remove}))
	w.clock.Advance(time.Minute)
	equal(t, "What is left is a table of one region.", "", string(w.table(west, record).MultiRegionConsistency))

	_, err := w.dynamodb(east).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(record)})
	w.mustRefuse("The replica is gone, and what was in it.", "ResourceNotFoundException", err)
	w.mustRefuse("It can't be removed twice.", "ReplicaNotFoundException", update(dynamodb.UpdateTableInput{ReplicaUpdates: remove}))
}

func TestStrongReplicas(t *testing.T) {
	witness := []types.GlobalTableWitnessGroupUpdate{{Create: &types.CreateGlobalTableWitnessGroupMemberAction{RegionName: aws.String(east)}}}

	cases := map[string]struct {
		reason string
		in     dynamodb.UpdateTableInput
		filled bool
		taken  bool
		want   string
	}{
		"Three":     {reason: "Three regions agree.", in: dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(east, ohio)}},
		"Witness":   {reason: "So do two and a witness.", in: dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(ohio), GlobalTableWitnessUpdates: witness}},
		"Two":       {reason: "Two do not.", in: dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(ohio)}, want: codeValidation},
		"Same":      {reason: "They are three different ones.", in: dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(ohio, ohio)}, want: codeValidation},
		"RegionSet": {reason: "They are of one region set.", in: dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(ohio, ireland)}, want: codeValidation},
		"Filled":    {reason: "They begin empty.", in: dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(east, ohio)}, filled: true, want: codeValidation},
		"Taken":     {reason: "A name that is taken anywhere is.", in: dynamodb.UpdateTableInput{ReplicaUpdates: replicaIn(east, ohio)}, taken: true, want: codeValidation},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.here(west).AddTable(Table{Name: record, HashKey: "target"})

			if tc.filled {
				w.putRecord(west, "payments", 1)
			}

			if tc.taken {
				w.here(ohio).AddTable(Table{Name: record})
			}

			tc.in.TableName = aws.String(record)
			tc.in.MultiRegionConsistency = types.MultiRegionConsistencyStrong
			_, err := w.dynamodb(west).UpdateTable(t.Context(), &tc.in)
			w.mustRefuse(tc.reason, tc.want, err)

			if err != nil {
				equal(t, "What is refused changes nothing.", 0, len(w.table(west, record).Replicas))

				_, err := w.dynamodb(east).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(record)})
				w.mustRefuse("Nor anything elsewhere.", "ResourceNotFoundException", err)

				return
			}

			out := w.table(ohio, record)
			equal(t, tc.reason, []any{types.MultiRegionConsistencyStrong, 2}, []any{out.MultiRegionConsistency, len(out.Replicas) + len(out.GlobalTableWitnesses)})
		})
	}
}

func TestSetReplica(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).AddGlobalTable(Table{Name: record}, Eventual, "", west, east)
	w.Account(testAccount).SetReplica(record, Replica{Region: east, Status: "INACCESSIBLE_ENCRYPTION_CREDENTIALS", StatusDescription: "key"})

	r := w.table(west, record).Replicas[0]
	equal(t, "A replica's trouble is seen from the others.",
		[]any{types.ReplicaStatusInaccessibleEncryptionCredentials, "key"}, []any{r.ReplicaStatus, *r.ReplicaStatusDescription})
}

func TestContinuousBackups(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTable(Table{Name: "off"})
	w.here(west).AddTable(Table{Name: "old", PointInTimeRecovery: noon.AddDate(0, 0, -60), RecoveryPeriod: 7})

	describe := func(name string) *types.PointInTimeRecoveryDescription {
		return must[*dynamodb.DescribeContinuousBackupsOutput](w)(w.dynamodb(west).DescribeContinuousBackups(t.Context(),
			&dynamodb.DescribeContinuousBackupsInput{TableName: aws.String(name)})).ContinuousBackupsDescription.PointInTimeRecoveryDescription
	}

	equal(t, "Point-in-time recovery is off unless it is turned on.", types.PointInTimeRecoveryStatusDisabled, describe("off").PointInTimeRecoveryStatus)

	old := describe("old")
	equal(t, "The window ends five minutes ago, and is as long as is kept.",
		[]any{noon.AddDate(0, 0, -7), noon.Add(-5 * time.Minute), int32(7)},
		[]any{*old.EarliestRestorableDateTime, *old.LatestRestorableDateTime, *old.RecoveryPeriodInDays})

	must[*dynamodb.UpdateContinuousBackupsOutput](w)(w.dynamodb(west).UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{
		TableName:                        aws.String("off"),
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
	}))
	w.clock.Advance(time.Hour)

	on := describe("off")
	equal(t, "The window begins when it is turned on.", []any{noon, noon.Add(55 * time.Minute)},
		[]any{*on.EarliestRestorableDateTime, *on.LatestRestorableDateTime})

	_, err := w.dynamodb(west).DescribeContinuousBackups(t.Context(), &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("none")})
	w.mustRefuse("This action has another code for a table that does not exist.", "TableNotFoundException", err)
}

func TestListBackups(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTableBackup(TableBackup{Name: "b1", TableName: "orders", CreateTime: noon.Add(-2 * time.Hour)})
	w.here(west).AddTableBackup(TableBackup{Name: "b2", TableName: "orders", CreateTime: noon.Add(-time.Hour), AvailableAt: noon.Add(time.Minute)})
	w.here(west).AddTableBackup(TableBackup{Name: "b3", TableName: "users"})
	w.here(west).AddTableBackup(TableBackup{Name: "b4", TableName: "orders", Type: "AWS_BACKUP"})
	w.SetPageSize(1)

	cases := map[string]struct {
		reason string
		in     dynamodb.ListBackupsInput
		want   map[string]types.BackupStatus
	}{
		"Default": {
			reason: "The user's backups are listed.",
			want:   map[string]types.BackupStatus{"b1": stateAvailable, "b2": "CREATING", "b3": stateAvailable},
		},
		"All": {
			reason: "Those of AWS Backup when asked for.", in: dynamodb.ListBackupsInput{BackupType: types.BackupTypeFilterAll, TableName: aws.String("orders")},
			want: map[string]types.BackupStatus{"b1": stateAvailable, "b2": "CREATING", "b4": stateAvailable},
		},
		"Range": {
			reason: "A time may be given: from, and before.",
			in:     dynamodb.ListBackupsInput{TimeRangeLowerBound: aws.Time(noon.Add(-2 * time.Hour)), TimeRangeUpperBound: aws.Time(noon.Add(-time.Hour))},
			want:   map[string]types.BackupStatus{"b1": stateAvailable},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := map[string]types.BackupStatus{}

			for {
				out := must[*dynamodb.ListBackupsOutput](w)(w.dynamodb(west).ListBackups(t.Context(), &tc.in))
				for _, b := range out.BackupSummaries {
					got[*b.BackupName] = b.BackupStatus
				}

				if out.LastEvaluatedBackupArn == nil {
					break
				}

				tc.in.ExclusiveStartBackupArn = out.LastEvaluatedBackupArn
			}

			equal(t, tc.reason, tc.want, got)
		})
	}
}

func TestListTagsOfResource(t *testing.T) {
	w := newWorld(t)
	tags := map[string]string{}

	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
		tags[key] = "v"
	}

	in := &dynamodb.ListTagsOfResourceInput{ResourceArn: aws.String(w.here(west).AddTable(Table{Name: "orders", Tags: tags}))}
	got := map[string]string{}

	var sizes []int

	for {
		out := must[*dynamodb.ListTagsOfResourceOutput](w)(w.dynamodb(west).ListTagsOfResource(t.Context(), in))
		sizes = append(sizes, len(out.Tags))

		for _, tag := range out.Tags {
			got[*tag.Key] = *tag.Value
		}

		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}

	equal(t, "Tags come by tens.", []any{tags, []int{10, 1}}, []any{got, sizes})
}
