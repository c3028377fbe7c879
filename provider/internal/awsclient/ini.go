package awsclient

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// profile is the section of a credentials file that counts.
const profile = "default"

// parseCredentials reads an access key from the profile "default" of a shared
// credentials file. Keys that stand before any section count as that profile's,
// as they do for provider-upjet-aws.
//
// See https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
func parseCredentials(data []byte) (aws.Credentials, error) {
	values := map[string]string{}
	section := profile

	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())

		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			section = strings.ToLower(strings.TrimSpace(strings.Trim(line, "[]")))
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				// Never show the line: it may be the secret itself.
				return aws.Credentials{}, fmt.Errorf("cannot parse the credentials: line %d is neither a [section] nor key = value", n)
			}

			if section == profile {
				values[strings.ToLower(strings.TrimSpace(key))] = unquote(strings.TrimSpace(value))
			}
		}
	}

	if err := lines.Err(); err != nil {
		return aws.Credentials{}, fmt.Errorf("cannot parse the credentials: %w", err)
	}

	creds := aws.Credentials{
		AccessKeyID:     values["aws_access_key_id"],
		SecretAccessKey: values["aws_secret_access_key"],
		SessionToken:    values["aws_session_token"],
		Source:          "Secret",
	}
	if !creds.HasKeys() {
		return aws.Credentials{}, errors.New("cannot parse the credentials: the profile [default] needs aws_access_key_id and aws_secret_access_key")
	}

	return creds, nil
}

// unquote takes the quotes off a value.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[0] == s[len(s)-1] {
		return s[1 : len(s)-1]
	}

	return s
}
