package emulator

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	awshttp "github.com/aws/smithy-go/transport/http"
)

// listSnapshots is the action that tests call where any would do.
const listSnapshots = "DescribeDBSnapshots"

// callService calls one action of each service.
func (w *world) callService(ctx context.Context, name, region string) error {
	w.t.Helper()

	var err error

	switch name {
	case stsService:
		_, err = w.sts(region).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	case rdsService:
		_, err = w.rds(region).DescribeDBSnapshots(ctx, &rds.DescribeDBSnapshotsInput{})
	case ec2Service:
		_, err = w.ec2(region).DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{})
	case dynamoDBService:
		_, err = w.dynamodb(region).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("t")})
	case backupService:
		_, err = w.backup(region).ListBackupVaults(ctx, &backup.ListBackupVaultsInput{})
	case cloudWatchService:
		_, err = w.cloudwatch(region).GetMetricData(ctx, lagQuery("ReplicaLag", "payments"))
	default:
		w.t.Fatalf("no such service: %s", name)
	}

	return err
}

// A refusal is what a client sees of an error.
type refusal struct {
	Code   string
	Status int
}

func refusalOf(err error) refusal {
	var response *awshttp.ResponseError

	out := refusal{Code: code(err)}
	if errors.As(err, &response) {
		out.Status = response.HTTPStatusCode()
	}

	return out
}

// mustNotAnswer fails the test if a call was answered, be it with an error.
func (w *world) mustNotAnswer(reason string, err error) {
	w.t.Helper()

	if got := refusalOf(err); err == nil || got.Status != 0 {
		w.t.Errorf("%s\ngot an answer: %v", reason, err)
	}
}

func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  Fault
		want   map[string]refusal
	}{
		"Throttle": {
			reason: "Each service has its own word for too many calls.",
			fault:  Throttle(),
			want: map[string]refusal{
				stsService: {codeThrottling, 400}, rdsService: {codeThrottling, 400}, ec2Service: {"RequestLimitExceeded", 503},
				dynamoDBService: {"ThrottlingException", 400}, backupService: {"ThrottlingException", 400}, cloudWatchService: {codeThrottling, 400},
			},
		},
		"Deny": {
			reason: "Each service has its own word for a missing permission.",
			fault:  Deny(),
			want: map[string]refusal{
				stsService: {codeAccessDenied, 403}, rdsService: {codeAccessDenied, 403}, ec2Service: {"UnauthorizedOperation", 403},
				dynamoDBService: {"AccessDeniedException", 400}, backupService: {"AccessDeniedException", 403},
				cloudWatchService: {codeAccessDenied, 403},
			},
		},
		"Expire": {
			reason: "Each service has its own word for an expired session.",
			fault:  Expire(),
			want: map[string]refusal{
				stsService: {"ExpiredToken", 403}, rdsService: {"ExpiredToken", 403}, ec2Service: {"RequestExpired", 400},
				dynamoDBService: {"ExpiredTokenException", 400}, backupService: {"ExpiredTokenException", 403},
				cloudWatchService: {"ExpiredToken", 403},
			},
		},
		"RequireOptIn": {
			reason: "A service that the account has not subscribed to says so.",
			fault:  RequireOptIn(),
			want: map[string]refusal{
				stsService: {codeOptInRequired, 403}, rdsService: {codeOptInRequired, 403}, ec2Service: {codeOptInRequired, 401},
				dynamoDBService: {codeOptInRequired, 400}, backupService: {codeOptInRequired, 403}, cloudWatchService: {codeOptInRequired, 403},
			},
		},
		"Fail": {
			reason: "A test can make up an error.",
			fault:  Fail(Error{Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable, Message: "down"}),
			want: map[string]refusal{
				stsService: {"ServiceUnavailable", 503}, rdsService: {"ServiceUnavailable", 503}, ec2Service: {"ServiceUnavailable", 503},
				dynamoDBService: {"ServiceUnavailable", 503}, backupService: {"ServiceUnavailable", 503},
				cloudWatchService: {"ServiceUnavailable", 503},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.here(west).AddTable(Table{Name: "t"})
			i := w.Inject(Scope{Region: west}, tc.fault)

			for service, want := range tc.want {
				equal(t, tc.reason, want, refusalOf(w.callService(t.Context(), service, west)))
			}

			equal(t, "The fault counts the calls that it happened to.", len(tc.want), i.Hits())
			i.Clear()

			for service := range tc.want {
				w.mustRefuse("A fault that is cleared happens no more.", "", w.callService(t.Context(), service, west))
			}
		})
	}
}

func TestFaultScope(t *testing.T) {
	w := newWorld(t)
	w.Inject(Scope{Account: testAccount, Region: west, Service: rdsService, Action: listSnapshots}, Throttle().Times(2))

	w.mustRefuse("Another region is well.", "", w.callService(t.Context(), rdsService, east))
	w.mustRefuse("Another service is well.", "", w.callService(t.Context(), ec2Service, west))

	_, err := rds.NewFromConfig(w.other(west)).DescribeDBSnapshots(t.Context(), &rds.DescribeDBSnapshotsInput{})
	w.mustRefuse("Another account is well.", "", err)

	_, err = w.rds(west).DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{})
	w.mustRefuse("Another action is well.", "", err)

	for _, want := range []string{codeThrottling, codeThrottling, ""} {
		w.mustRefuse("A fault happens as often as it was told to.", want, w.callService(t.Context(), rdsService, west))
	}
}

func TestHang(t *testing.T) {
	w := newWorld(t)
	dark := w.Inject(Scope{Region: east}, Hang())

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() { done <- w.callService(ctx, rdsService, east) }()

	w.waitFor("the call to arrive", func() bool { return dark.Hits() == 1 })
	w.mustRefuse("Another region answers meanwhile.", "", w.callService(t.Context(), rdsService, west))
	cancel()

	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("A dark region never answers: got %v", err)
	}

	equal(t, "A call without an answer is in the journal all the same.",
		[]Call{{
			Account: testAccount, Region: east, Service: rdsService, Action: listSnapshots,
			Principal: "arn:aws:iam::111122223333:user/AKIATEST",
		}}, w.Calls(Scope{Region: east}))

	go func() { done <- w.callService(t.Context(), rdsService, east) }()

	w.waitFor("the call to arrive", func() bool { return dark.Hits() == 2 })
	dark.Clear()

	w.mustNotAnswer("A call that was held while the region was dark is cut when it comes back.", <-done)
	equal(t, "It has not been performed.", 0, w.Calls(Scope{Region: east})[1].Status)
	w.mustRefuse("A new one is answered.", "", w.callService(t.Context(), rdsService, east))
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	w.Inject(Scope{Region: east}, Reset())

	w.mustNotAnswer("A connection that is cut has no answer.", w.callService(t.Context(), rdsService, east))
}

func TestSlow(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddVolume(Volume{ID: "vol-1"})

	release := make(chan struct{})
	slow := w.Inject(Scope{Action: "CreateSnapshot"}, Slow(release))
	done := make(chan error, 1)

	go func() {
		_, err := w.ec2(west).CreateSnapshot(t.Context(), &ec2.CreateSnapshotInput{VolumeId: aws.String("vol-1")})
		done <- err
	}()

	w.waitFor("the call to arrive", func() bool { return slow.Hits() == 1 })

	count := func() int {
		return len(must[*ec2.DescribeSnapshotsOutput](w)(w.ec2(west).DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{})).Snapshots)
	}

	equal(t, "A call that is held has done nothing yet, and holds nobody up.", 0, count())
	close(release)
	w.mustRefuse("Once released it is answered.", "", <-done)
	equal(t, "And has done what it does.", 1, count())
}

func TestBreakPage(t *testing.T) {
	w := newWorld(t)
	w.SetPageSize(1)

	for _, id := range []string{"a", "b", "c"} {
		w.here(west).AddDBSnapshot(DBSnapshot{Identifier: id})
	}

	w.Inject(Scope{}, BreakPage(2).Times(1))

	pages := rds.NewDescribeDBSnapshotsPaginator(w.rds(west), &rds.DescribeDBSnapshotsInput{})
	_, first := pages.NextPage(t.Context())
	_, second := pages.NextPage(t.Context())
	_, again := pages.NextPage(t.Context())

	equal(t, "A listing fails in its middle, and its page can be asked for again.",
		[]refusal{{}, {"InternalFailure", 500}, {}}, []refusal{refusalOf(first), refusalOf(second), refusalOf(again)})
}

func TestSkewClock(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddTable(Table{Name: "t"})
	skewed := w.Inject(Scope{Region: west}, SkewClock(time.Hour))

	for service, want := range map[string]string{
		stsService: codeBadSignature, rdsService: codeBadSignature, ec2Service: "RequestExpired",
		dynamoDBService: codeBadJSONSignature, backupService: codeBadJSONSignature, cloudWatchService: codeBadSignature,
	} {
		w.mustRefuse("Who signs at another time than the server's is refused: "+service, want, w.callService(t.Context(), service, west))
	}

	cfg := w.config(west)
	cfg.RetryMaxAttempts = 0
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}

	before := skewed.Hits()
	_, err := rds.NewFromConfig(cfg).DescribeDBSnapshots(t.Context(), &rds.DescribeDBSnapshotsInput{})
	w.mustRefuse("A client that learns the time from the Date header is let in.", "", err)
	equal(t, "It takes one try to learn.", 2, skewed.Hits()-before)
}

func TestLoseReply(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddDBInstance(DBInstance{Identifier: "payments"})
	w.Inject(Scope{Action: "CreateDBSnapshot"}, LoseReply().Times(1))

	create := func() error {
		_, err := w.rds(west).CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{
			DBInstanceIdentifier: aws.String("payments"), DBSnapshotIdentifier: aws.String("s"),
		})

		return err
	}

	w.mustNotAnswer("A reply that is lost does not arrive.", create())
	w.mustRefuse("What was asked for has happened all the same.", "DBSnapshotAlreadyExists", create())
}

func TestHoldReply(t *testing.T) {
	w := newWorld(t)
	w.here(west).AddVolume(Volume{ID: "vol-1"})

	release := make(chan struct{})
	held := w.Inject(Scope{Action: "CreateSnapshot"}, HoldReply(release))
	done := make(chan error, 1)

	create := func() {
		_, err := w.ec2(west).CreateSnapshot(t.Context(), &ec2.CreateSnapshotInput{VolumeId: aws.String("vol-1")})
		done <- err
	}

	count := func() int {
		return len(must[*ec2.DescribeSnapshotsOutput](w)(w.ec2(west).DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{})).Snapshots)
	}

	go create()

	w.waitFor("the first reply to be held", func() bool { return held.Hits() == 1 })
	equal(t, "What was asked for has happened by then.", 1, count())
	close(release)
	w.mustRefuse("Once released it is answered.", "", <-done)

	again := w.Inject(Scope{Action: "DescribeVolumes"}, HoldReply(make(chan struct{})))

	go func() {
		_, err := w.ec2(west).DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{})
		done <- err
	}()

	w.waitFor("the second reply to be held", func() bool { return again.Hits() == 1 })
	again.Clear()
	w.mustNotAnswer("Cleared before that, it does not arrive.", <-done)
}

func TestForbid(t *testing.T) {
	w := newWorld(t)
	w.Forbid(Scope{Region: east})

	w.mustRefuse("A call that is not forbidden is none.", "", w.callService(t.Context(), rdsService, west))
	equal(t, "No violation yet.", 0, len(w.Violations()))

	w.mustRefuse("A forbidden call is answered all the same.", "", w.callService(t.Context(), rdsService, east))

	equal(t, "A violation is written down.", []Call{{
		Account: testAccount, Region: east, Service: rdsService, Action: listSnapshots,
		Principal: "arn:aws:iam::111122223333:user/AKIATEST",
	}}, w.Violations())
}

func TestJournal(t *testing.T) {
	w := newWorld(t)
	_ = w.callService(t.Context(), dynamoDBService, west)
	_ = w.callService(t.Context(), rdsService, west)

	me := "arn:aws:iam::111122223333:user/AKIATEST"
	equal(t, "The journal says who called what, and what was answered.", []Call{
		{Account: testAccount, Region: west, Service: dynamoDBService, Action: "DescribeTable", Principal: me, Status: 400, Code: "ResourceNotFoundException"},
		{Account: testAccount, Region: west, Service: rdsService, Action: listSnapshots, Principal: me, Status: 200},
	}, w.Calls(Scope{}))
	equal(t, "It can be asked for a part.", 1, len(w.Calls(Scope{Service: rdsService})))
}

func TestUnknownActions(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()

	_, err := w.rds(west).DescribeEvents(ctx, &rds.DescribeEventsInput{})
	equal(t, "An action that is not emulated is refused, never answered with nothing.", refusal{"InvalidAction", 400}, refusalOf(err))

	_, err = w.ec2(west).DescribeVpcs(ctx, &ec2.DescribeVpcsInput{})
	equal(t, "So it is in EC2.", refusal{"InvalidAction", 400}, refusalOf(err))

	_, err = w.dynamodb(west).Query(ctx, &dynamodb.QueryInput{TableName: aws.String("t")})
	equal(t, "So it is in DynamoDB.", refusal{codeUnknownOperation, 400}, refusalOf(err))

	_, err = w.backup(west).DescribeBackupVault(ctx, &backup.DescribeBackupVaultInput{BackupVaultName: aws.String("v")})
	equal(t, "So it is in AWS Backup.", refusal{codeUnknownOperation, 404}, refusalOf(err))

	_, err = w.cloudwatch(west).ListMetrics(ctx, &cloudwatch.ListMetricsInput{})
	equal(t, "So it is in CloudWatch.", refusal{codeUnknownOperation, 404}, refusalOf(err))

	_, err = w.ec2(west).DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{DryRun: aws.Bool(true)})
	equal(t, "A parameter that would be ignored is refused.", refusal{"UnknownParameter", 400}, refusalOf(err))
}
