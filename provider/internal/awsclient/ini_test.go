package awsclient

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestParseCredentials(t *testing.T) {
	type want struct {
		creds aws.Credentials
		err   string
	}

	key := aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "s/e+c=r#t", Source: "Secret"}
	session := key
	session.SessionToken = "token=="

	cases := map[string]struct {
		reason string
		data   string
		want   want
	}{
		"Default": {
			reason: "The profile is named default.",
			data:   "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s/e+c=r#t\n",
			want:   want{creds: key},
		},
		"Session": {
			reason: "Temporary credentials have a token.",
			data:   "[default]\naws_access_key_id=AKIA\naws_secret_access_key=s/e+c=r#t\naws_session_token=token==",
			want:   want{creds: session},
		},
		"AsPeopleWriteIt": {
			reason: "Case, spaces, quotes, comments, Windows and byte order marks must not matter.",
			data:   "\ufeff# mine\r\n[ Default ]\r\n; key\r\nAWS_ACCESS_KEY_ID = \"AKIA\"\r\n\r\n aws_secret_access_key='s/e+c=r#t'\r\nregion = us-east-1\r\n",
			want:   want{creds: key},
		},
		"NoSection": {
			reason: "Keys before any section are those of the default profile.",
			data:   "aws_access_key_id = AKIA\naws_secret_access_key = s/e+c=r#t",
			want:   want{creds: key},
		},
		"OtherProfiles": {
			reason: "Other profiles must not count.",
			data:   "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s/e+c=r#t\n[other]\naws_access_key_id = OTHER\naws_session_token = t",
			want:   want{creds: key},
		},
		"Half": {
			reason: "Half a key is none.",
			data:   "[default]\naws_access_key_id = AKIA\n[other]\naws_secret_access_key = x",
			want:   want{err: "needs aws_access_key_id and aws_secret_access_key"},
		},
		"JSON": {
			reason: "Another format must be refused, without showing what may be secret.",
			data:   "{\"AccessKeyId\": \"AKIA\",\n \"SecretAccessKey\": \"s/e+c\"}",
			want:   want{err: "line 1 is neither"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creds, err := parseCredentials([]byte(tc.data))
			if diff := cmp.Diff(tc.want.creds, creds); diff != "" {
				t.Errorf("\n%s\nparseCredentials(...): -want, +got:\n%s", tc.reason, diff)
			}

			if (err == nil) != (tc.want.err == "") || (err != nil && !strings.Contains(err.Error(), tc.want.err)) {
				t.Errorf("\n%s\nparseCredentials(...): want error %q, got %v", tc.reason, tc.want.err, err)
			}

			if err != nil && strings.Contains(err.Error(), "s/e+c") {
				t.Errorf("\n%s\nparseCredentials(...): the error shows a secret: %v", tc.reason, err)
			}
		})
	}
}
