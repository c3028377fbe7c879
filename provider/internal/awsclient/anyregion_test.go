package awsclient

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

// TestRefresh checks when credentials are refreshed, and that they serve until
// they expire when STS does not answer.
func TestRefresh(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	errDark := errors.New("dark")

	type step struct {
		at      time.Duration
		expires time.Duration
		err     error
	}

	type want struct {
		// refresh is when the credentials are refreshed, after noon.
		refresh time.Duration
		err     error
	}

	cases := map[string]struct {
		reason string
		steps  []step
		want   want
	}{
		"Hour": {
			reason: "Credentials for an hour are refreshed 20 minutes before they expire.",
			steps:  []step{{expires: time.Hour}},
			want:   want{refresh: 40 * time.Minute},
		},
		"QuarterOfAnHour": {
			reason: "Short ones are refreshed after two thirds of their life, and not all the time.",
			steps:  []step{{expires: 15 * time.Minute}},
			want:   want{refresh: 10 * time.Minute},
		},
		"Dark": {
			reason: "When no STS answers, the credentials must serve on, and a refresh be tried each minute.",
			steps:  []step{{expires: time.Hour}, {at: 40 * time.Minute, err: errDark}},
			want:   want{refresh: 41 * time.Minute},
		},
		"DarkForLong": {
			reason: "They must do so each time.",
			steps:  []step{{expires: time.Hour}, {at: 40 * time.Minute, err: errDark}, {at: 41 * time.Minute, err: errDark}},
			want:   want{refresh: 42 * time.Minute},
		},
		"Expired": {
			reason: "Credentials that have expired are of no use.",
			steps:  []step{{expires: time.Hour}, {at: time.Hour, err: errDark}},
			want:   want{err: errDark},
		},
		"BackAgain": {
			reason: "New credentials start anew.",
			steps:  []step{{expires: time.Hour}, {at: 40 * time.Minute, err: errDark}, {at: 41 * time.Minute, expires: 101 * time.Minute}},
			want:   want{refresh: 81 * time.Minute},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			now := noon
			at := step{}
			p := &anyRegion{now: func() time.Time { return now }, regions: []regional{{name: "us-west-2", CredentialsProvider: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", CanExpire: true, Expires: noon.Add(at.expires)}, at.err
			})}}}

			var (
				creds aws.Credentials
				err   error
			)

			for _, at = range tc.steps {
				now = noon.Add(at.at)

				// As aws.CredentialsCache does.
				fresh, failed := p.Retrieve(t.Context())
				if failed != nil {
					fresh, failed = p.HandleFailToRefresh(t.Context(), creds, failed)
				}

				if err = failed; err == nil {
					creds, err = p.AdjustExpiresBy(fresh, -refreshBefore)
				}
			}

			if !errors.Is(err, tc.want.err) {
				t.Fatalf("\n%s\nwant error %v, got %v", tc.reason, tc.want.err, err)
			}

			if err != nil {
				return
			}

			if diff := cmp.Diff(noon.Add(tc.want.refresh), creds.Expires); diff != "" {
				t.Errorf("\n%s\nrefresh: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
