package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signingTime is how X-Amz-Date writes a time.
const signingTime = "20060102T150405Z"

// A signature is what an Authorization header of Signature Version 4 says. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
type signature struct {
	keyID, region, service string
	headers                []string
	at                     time.Time
}

// readSignature reads the Authorization header; false if there is none.
func readSignature(r *http.Request) (signature, bool) {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return signature{}, false
	}

	var s signature

	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")

		switch name {
		case "Credential":
			scope := strings.Split(value, "/")
			if len(scope) != 5 {
				return signature{}, false
			}

			s.keyID, s.region, s.service = scope[0], scope[2], scope[3]
		case "SignedHeaders":
			s.headers = strings.Split(value, ";")
		}
	}

	s.at, _ = time.Parse(signingTime, r.Header.Get("X-Amz-Date"))

	return s, s.keyID != ""
}

// signs reports whether the request was signed with a secret: it signs the
// request once more and compares.
func (s signature) signs(r *http.Request, body []byte, p principal) bool {
	again := &http.Request{
		Method: r.Method,
		URL:    &url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery},
		Host:   r.Host,
		Header: http.Header{},
	}

	for _, name := range s.headers {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = int64(len(body))
		default:
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}

	credentials := aws.Credentials{AccessKeyID: s.keyID, SecretAccessKey: p.secret, SessionToken: p.token}

	if err := v4.NewSigner().SignHTTP(r.Context(), credentials, again, payloadHash(body), s.service, s.region, s.at); err != nil {
		return false
	}

	return again.Header.Get("Authorization") == r.Header.Get("Authorization") &&
		r.Header.Get("X-Amz-Security-Token") == p.token
}

// payloadHash is the hash of a body that a signature is over.
func payloadHash(body []byte) string {
	sum := sha256.Sum256(body)

	return hex.EncodeToString(sum[:])
}
