package awsclient

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// TestNobodyWaitsForADarkSTS is what workers meet that need credentials while no
// region of STS answers, and when they do again.
func TestNobodyWaitsForADarkSTS(t *testing.T) {
	errDark := errors.New("dark")

	synctest.Test(t, func(t *testing.T) {
		// All regions together take 16 seconds.
		takes, failing := 16*time.Second, true
		p := &anyRegion{now: time.Now, regions: []regional{{name: "us-west-2", CredentialsProvider: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			time.Sleep(takes)

			if failing {
				return aws.Credentials{}, errDark
			}

			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
		})}}}
		s := &session{sts: p, CredentialsProvider: aws.NewCredentialsCache(p, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = refreshBefore })}

		steps := []struct {
			reason string
			after  time.Duration
			do     func()
			waits  time.Duration
			want   error
		}{
			{reason: "The first worker waits for one dark region and the next.", waits: patience, want: errWaiting},
			{reason: "The others know that it takes long.", waits: impatience, want: errWaiting},
			{reason: "When it is known that no region answers, it is said.", after: 11 * time.Second, waits: impatience, want: errDark},
			{reason: "STS is asked in the background, and what is said stays the same.", after: time.Second, waits: impatience, want: errDark},
			{reason: "STS answers again, and is fast.", after: 20 * time.Second, do: func() { takes, failing = 100*time.Millisecond, false }, waits: 100 * time.Millisecond},
			{reason: "What is there is not waited for.", after: time.Minute},
			{reason: "What is to be refreshed while STS is dark serves on.", after: 40 * time.Minute, do: func() { takes, failing = 16*time.Second, true }, waits: patience},
			{reason: "And nobody else waits for that.", waits: impatience},
			{reason: "Nor when it is tried again.", after: 75 * time.Second, waits: impatience},
			{reason: "What has expired is of no use.", after: 20 * time.Minute, waits: impatience, want: errDark},
		}
		for i, step := range steps {
			time.Sleep(step.after)
			synctest.Wait()

			if step.do != nil {
				step.do()
			}

			began := time.Now()

			if err := s.ready(t.Context()); !errors.Is(err, step.want) {
				t.Errorf("step %d: %s\nready(...): want %v, got %v", i, step.reason, step.want, err)
			}

			if got := time.Since(began); got != step.waits {
				t.Errorf("step %d: %s\nwant to wait %s, waited %s", i, step.reason, step.waits, got)
			}
		}

		// What is asked in the background ends before the test does.
		time.Sleep(time.Minute)
	})
}
