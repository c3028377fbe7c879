package emulator

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// post sends a body that no SDK would, signed for a service.
func (w *world) post(service, body string, header map[string]string) int {
	w.t.Helper()

	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}

	for name, value := range header {
		r.Header.Set(name, value)
	}

	if service != "" {
		credentials := aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: "secret"}

		err := v4.NewSigner().SignHTTP(w.t.Context(), credentials, r, payloadHash([]byte(body)), service, west, w.wall())
		if err != nil {
			w.t.Fatal(err)
		}
	}

	response, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}

	if err := response.Body.Close(); err != nil {
		w.t.Fatal(err)
	}

	return response.StatusCode
}

func TestMalformedRequests(t *testing.T) {
	cases := map[string]struct {
		reason        string
		service, body string
		header        map[string]string
		want          Call
	}{
		"NoService": {
			reason: "A service that is not emulated is refused.", service: "s3",
			want: Call{Region: west, Status: 403, Code: codeBadSignature},
		},
		"NotSigned": {
			reason: "What is not signed is refused.", body: "Action=GetCallerIdentity",
			want: Call{Service: stsService, Action: "GetCallerIdentity", Status: 403, Code: "MissingAuthenticationToken"},
		},
		"Query": {
			reason: "A query string that is none is refused.", service: rdsService, body: "Action=%zz",
			want: Call{Account: testAccount, Region: west, Service: rdsService, Status: 400, Code: "MalformedQueryString"},
		},
		"NoTarget": {
			reason: "A JSON call names its target.", service: dynamoDBService, body: "{}",
			want: Call{Account: testAccount, Region: west, Service: dynamoDBService, Status: 400, Code: codeUnknownOperation},
		},
		"NoJSON": {
			reason: "Its body is JSON.", service: dynamoDBService, body: "[",
			header: map[string]string{"X-Amz-Target": "DynamoDB_20120810.DescribeTable"},
			want: Call{
				Account: testAccount, Region: west, Service: dynamoDBService, Action: "DescribeTable", Status: 400, Code: "SerializationException",
			},
		},
		"NoRoute": {
			reason: "A path that leads nowhere is not found.", service: backupService,
			want: Call{Account: testAccount, Region: west, Service: backupService, Status: 404, Code: codeUnknownOperation},
		},
		"NoCBOR": {
			reason: "So is an old protocol.", service: "monitoring", body: "Action=GetMetricData",
			want: Call{Account: testAccount, Region: west, Service: cloudWatchService, Status: 404, Code: codeUnknownOperation},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			equal(t, tc.reason, tc.want.Status, w.post(tc.service, tc.body, tc.header))

			if tc.want.Account != "" {
				tc.want.Principal = "arn:aws:iam::111122223333:user/AKIATEST"
			}

			equal(t, "The journal has it all the same.", []Call{tc.want}, w.Calls(Scope{}))
		})
	}
}

// TestRegionOfHost calls by the names of AWS, which lead to the emulator.
func TestRegionOfHost(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).AddRole(Role{Name: "irsa", WebIdentityTokens: []string{"jwt"}})

	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, w.server.Listener.Addr().String())
	}}
	t.Cleanup(transport.CloseIdleConnections)

	cfg := w.config(west)
	cfg.Credentials = aws.AnonymousCredentials{}
	cfg.BaseEndpoint = aws.String("http://sts.us-east-2.amazonaws.com")
	cfg.HTTPClient = &http.Client{Transport: plainBodies{next: transport}}

	must[*sts.AssumeRoleWithWebIdentityOutput](w)(sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: aws.String("arn:aws:iam::111122223333:role/irsa"), RoleSessionName: aws.String("s"), WebIdentityToken: aws.String("jwt"),
	}))
	equal(t, "The region of a call that is not signed is in its host.",
		[]Call{{Region: ohio, Service: stsService, Action: "AssumeRoleWithWebIdentity", Status: 200}}, w.Calls(Scope{}))
}

func TestSetDuration(t *testing.T) {
	call := Call{Account: testAccount, Region: west, Service: rdsService, Action: listSnapshots}

	cases := map[string]struct {
		reason string
		set    map[Scope]time.Duration
		want   time.Duration
	}{
		"None":     {reason: "By default nothing takes time."},
		"All":      {reason: "All can take some.", set: map[Scope]time.Duration{{}: time.Minute}, want: time.Minute},
		"Other":    {reason: "What is of another region does not count.", set: map[Scope]time.Duration{{Region: east}: time.Minute}},
		"Narrower": {reason: "The narrower scope counts.", set: map[Scope]time.Duration{{}: 1, {Region: west}: 2, {Region: west, Service: rdsService}: 3}, want: 3},
		"Action":   {reason: "An action is narrower than all else.", set: map[Scope]time.Duration{{Account: testAccount, Region: west, Service: rdsService}: 1, {Action: listSnapshots}: 2}, want: 2},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := New(NewClock(noon).Now)
			for s, d := range tc.set {
				e.SetDuration(s, d)
			}

			equal(t, tc.reason, tc.want, e.duration(call))
		})
	}
}
