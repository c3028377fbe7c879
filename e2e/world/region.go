package world

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	e2eaws "github.com/crossdr/crossdr/e2e/aws"
	"github.com/crossdr/crossdr/internal/emulator"
)

const (
	accountID = e2eaws.AccountID

	// operatorKey is the access key of everything on AWS that is neither our
	// provider nor provider-upjet-aws, such as AWS Backup.
	operatorKey = "OPERATOR"
)

// now is the time that the programs under test live by.
func now() time.Time { return time.Now() } //nolint:forbidigo // The programs under test live by it.

// A darkness is a region that does not answer.
type darkness struct {
	since     time.Time
	injection *emulator.Injection
}

// Darken lets a region answer no more.
func (w *World) Darken(region string) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.dark[region] = &darkness{since: now(), injection: w.AWS.Darken(region)}
}

// Brighten lets a region answer again.
func (w *World) Brighten(region string) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.dark[region].injection.Clear()
	delete(w.dark, region)
}

// rds is access to databases, for what neither provider does.
func (w *World) rds(region string) *rds.Client {
	const secret = "secret"

	w.AWS.Account(accountID).AddAccessKey(operatorKey, secret)

	return rds.NewFromConfig(aws.Config{
		Region: region, BaseEndpoint: aws.String(w.AWS.URL()), HTTPClient: emulator.Client(), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(operatorKey, secret, ""),
	})
}

// Databases returns the databases of a region.
func (w *World) Databases(ctx context.Context, region string) ([]types.DBInstance, error) {
	out, err := w.rds(region).DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{})
	if err != nil {
		return nil, fmt.Errorf("cannot list databases: %w", err)
	}

	return out.DBInstances, nil
}

// ByOperator says whether a call was made by a person or by AWS itself, such as
// by AWS Backup, and by neither provider.
func ByOperator(c emulator.Call) bool { return strings.HasSuffix(c.Principal, "/"+operatorKey) }

// Backup takes a snapshot of every database of a region that takes writes, and
// copies it to another one, as a plan of AWS Backup does. It returns when the
// copies are available, with their names by the names of the databases.
func (w *World) Backup(ctx context.Context, from, to, job string) (map[string]string, error) {
	databases, err := w.Databases(ctx, from)
	if err != nil {
		return nil, err
	}

	source, target := w.rds(from), w.rds(to)
	copies := map[string]string{}

	for i := range databases {
		name := aws.ToString(databases[i].DBInstanceIdentifier)
		if databases[i].ReadReplicaSourceDBInstanceIdentifier != nil {
			continue
		}

		taken, err := source.CreateDBSnapshot(ctx, &rds.CreateDBSnapshotInput{
			DBInstanceIdentifier: aws.String(name), DBSnapshotIdentifier: aws.String(name + "-" + job),
		})
		if err != nil {
			return nil, fmt.Errorf("cannot take a snapshot of %s: %w", name, err)
		}

		id := aws.ToString(taken.DBSnapshot.DBSnapshotIdentifier)
		if err := rds.NewDBSnapshotAvailableWaiter(source, quick).Wait(ctx, &rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: &id}, time.Minute); err != nil {
			return nil, fmt.Errorf("cannot wait for a snapshot of %s: %w", name, err)
		}

		copies[name] = id
		in := &rds.CopyDBSnapshotInput{
			SourceDBSnapshotIdentifier: taken.DBSnapshot.DBSnapshotArn, TargetDBSnapshotIdentifier: &id, SourceRegion: &from,
		}

		if aws.ToBool(taken.DBSnapshot.Encrypted) {
			in.KmsKeyId = aws.String("alias/aws/rds")
		}

		if _, err := target.CopyDBSnapshot(ctx, in); err != nil {
			return nil, fmt.Errorf("cannot copy a snapshot of %s: %w", name, err)
		}
	}

	for _, id := range copies {
		if err := rds.NewDBSnapshotAvailableWaiter(target, quick).Wait(ctx, &rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: &id}, time.Minute); err != nil {
			return nil, fmt.Errorf("cannot wait for copy %s: %w", id, err)
		}
	}

	return copies, nil
}

// quick looks often.
func quick(o *rds.DBSnapshotAvailableWaiterOptions) {
	o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
}

// beat publishes the lag of every replica until the context is done, as RDS
// does. A replica lags behind a region that is dark by as long as it is.
func (w *World) beat(ctx context.Context) {
	const normal = 2 * time.Second

	for t := time.NewTicker(poll); ; {
		select {
		case <-ctx.Done():
			t.Stop()

			return
		case <-t.C:
		}

		for _, region := range []string{"us-east-1", "us-west-2"} {
			if w.darkSince(region).IsZero() {
				w.publishLag(ctx, region, normal)
			}
		}
	}
}

func (w *World) publishLag(ctx context.Context, region string, normal time.Duration) {
	// It may go dark just now, and must not hold up the other one.
	ctx, cancel := context.WithTimeout(ctx, poll)
	defer cancel()

	databases, err := w.Databases(ctx, region)
	if err != nil {
		return
	}

	for i := range databases {
		source := aws.ToString(databases[i].ReadReplicaSourceDBInstanceIdentifier)
		if source == "" {
			continue
		}

		lag := normal
		if parts := strings.Split(source, ":"); len(parts) > 3 {
			if since := w.darkSince(parts[3]); !since.IsZero() {
				lag += now().Sub(since)
			}
		}

		w.AWS.Region(region).PutMetric(emulator.Metric{
			Namespace: "AWS/RDS", Name: "ReplicaLag",
			Dimensions: map[string]string{"DBInstanceIdentifier": aws.ToString(databases[i].DBInstanceIdentifier)},
		}, now(), lag.Seconds())
	}
}

// darkSince is when a region went dark, zero if it did not.
func (w *World) darkSince(region string) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()

	if d := w.dark[region]; d != nil {
		return d.since
	}

	return time.Time{}
}
