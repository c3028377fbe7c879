package emulator

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

func (w *world) whoAmI(c types.Credentials) (string, error) {
	w.t.Helper()

	cfg := w.config(west)
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, aws.ToString(c.SessionToken))

	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(w.t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}

	return *out.Arn, nil
}

func TestCredentials(t *testing.T) {
	w := newWorld(t)

	static := func(id, secret, token string) types.Credentials {
		return types.Credentials{AccessKeyId: &id, SecretAccessKey: &secret, SessionToken: &token}
	}

	cases := map[string]struct {
		reason string
		with   types.Credentials
		want   string
	}{
		"Known":       {reason: "A registered key is let in.", with: static("AKIATEST", "secret", "")},
		"UnknownKey":  {reason: "Any other key is not.", with: static("AKIANONE", "secret", ""), want: "InvalidClientTokenId"},
		"WrongSecret": {reason: "A wrong secret makes a wrong signature.", with: static("AKIATEST", "guess", ""), want: codeBadSignature},
		"StrayToken":  {reason: "A user has no session token.", with: static("AKIATEST", "secret", "token"), want: codeBadSignature},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := w.whoAmI(tc.with)
			w.mustRefuse(tc.reason, tc.want, err)

			if err == nil {
				equal(t, tc.reason, "arn:aws:iam::111122223333:user/AKIATEST", got)
			}
		})
	}
}

func TestUnsigned(t *testing.T) {
	w := newWorld(t)
	cfg := w.config(west)
	cfg.Credentials = aws.AnonymousCredentials{}

	_, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	w.mustRefuse("What is not signed is refused.", "MissingAuthenticationToken", err)
}

func TestAssumeRole(t *testing.T) {
	w := newWorld(t)
	w.Account(otherAccount).AddRole(Role{Name: "recovery", TrustedAccounts: []string{testAccount}, ExternalID: "x"})
	w.Account(otherAccount).AddRole(Role{Name: "private"})

	const prefix = "arn:aws:iam::" + otherAccount + ":role/"

	cases := map[string]struct {
		reason string
		in     sts.AssumeRoleInput
		want   string
	}{
		"Trusted": {
			reason: "A trusted account that knows the external id becomes the role.",
			in: sts.AssumeRoleInput{
				RoleArn: aws.String(prefix + "recovery"), ExternalId: aws.String("x"),
				Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}, TransitiveTagKeys: []string{"a"},
			},
		},
		"NoExternalID": {
			reason: "The external id is part of the trust.",
			in:     sts.AssumeRoleInput{RoleArn: aws.String(prefix + "recovery")}, want: codeAccessDenied,
		},
		"NotTrusted": {
			reason: "A role trusts nobody by default.",
			in:     sts.AssumeRoleInput{RoleArn: aws.String(prefix + "private")}, want: codeAccessDenied,
		},
		"NoRole": {
			reason: "A role that does not exist looks like one that does not trust.",
			in:     sts.AssumeRoleInput{RoleArn: aws.String(prefix + "none")}, want: codeAccessDenied,
		},
		"TooLong": {
			reason: "A session ends within twelve hours.",
			in: sts.AssumeRoleInput{
				RoleArn: aws.String(prefix + "recovery"), ExternalId: aws.String("x"), DurationSeconds: aws.Int32(90000),
			},
			want: "ValidationError",
		},
		"TooShort": {
			reason: "Nor before a quarter of an hour.",
			in: sts.AssumeRoleInput{
				RoleArn: aws.String(prefix + "recovery"), ExternalId: aws.String("x"), DurationSeconds: aws.Int32(60),
			},
			want: "ValidationError",
		},
		"Unsupported": {
			reason: "What the emulator would ignore it refuses.",
			in: sts.AssumeRoleInput{
				RoleArn: aws.String(prefix + "recovery"), ExternalId: aws.String("x"), Policy: aws.String("{}"),
			},
			want: codeInvalidValue,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.in.RoleSessionName = aws.String("crossdr")
			out, err := w.sts(west).AssumeRole(t.Context(), &tc.in)
			w.mustRefuse(tc.reason, tc.want, err)

			if err != nil {
				return
			}

			arn, err := w.whoAmI(*out.Credentials)
			w.mustRefuse(tc.reason, "", err)
			equal(t, tc.reason, "arn:aws:sts::"+otherAccount+":assumed-role/recovery/crossdr", arn)

			calls := w.Calls(Scope{Account: otherAccount})
			equal(t, "The session's calls are its account's, in the journal too.", arn, calls[len(calls)-1].Principal)
		})
	}
}

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).AddRole(Role{Name: "irsa", WebIdentityTokens: []string{"jwt"}})

	cfg := w.config(west)
	cfg.Credentials = aws.AnonymousCredentials{}

	assume := func(role, token string) (*sts.AssumeRoleWithWebIdentityOutput, error) {
		return sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
			RoleArn: aws.String("arn:aws:iam::111122223333:role/" + role), RoleSessionName: aws.String("s"), WebIdentityToken: aws.String(token),
		})
	}

	out := must[*sts.AssumeRoleWithWebIdentityOutput](w)(assume("irsa", "jwt"))
	arn := must[string](w)(w.whoAmI(*out.Credentials))
	equal(t, "A token that the role accepts makes a session without any key.", "arn:aws:sts::111122223333:assumed-role/irsa/s", arn)

	_, err := assume("irsa", "forged")
	w.mustRefuse("Another token is refused.", "InvalidIdentityToken", err)

	_, err = assume("none", "jwt")
	w.mustRefuse("So is another role.", codeAccessDenied, err)
}

func TestSessionsEnd(t *testing.T) {
	w := newWorld(t)
	w.Account(testAccount).AddRole(Role{Name: "r", TrustedAccounts: []string{testAccount}})

	out := must[*sts.AssumeRoleOutput](w)(w.sts(west).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::111122223333:role/r"), RoleSessionName: aws.String("s"), DurationSeconds: aws.Int32(900),
	}))

	now := w.wall
	w.wall = func() time.Time { return now().Add(16 * time.Minute) }
	// What is signed is signed at the true time; the server of the fault agrees.
	w.Inject(Scope{}, SkewClock(-16*time.Minute))

	_, err := w.whoAmI(*out.Credentials)
	w.mustRefuse("A session ends when it said it would.", "ExpiredToken", err)
}

func TestDisabledRegion(t *testing.T) {
	w := newWorld(t)
	describe := func(region string) error {
		_, err := w.ec2(region).DescribeAvailabilityZones(t.Context(), &ec2.DescribeAvailabilityZonesInput{})

		return err
	}

	w.mustRefuse("A region that is off by default does not know the account.", "AuthFailure", describe("ap-east-1"))
	w.Account(testAccount).EnableRegion("ap-east-1")
	w.mustRefuse("It does once the account has opted in.", "", describe("ap-east-1"))
	w.mustRefuse("There are no other regions than those of AWS.", "AuthFailure", describe("us-east-9"))
}
