package awsclient

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
)

func TestEndpoint(t *testing.T) {
	static := v1alpha1.URLConfig{Type: v1alpha1.URLStatic, Static: aws.String("http://localhost:4566")}

	cases := map[string]struct {
		reason string
		cfg    *v1alpha1.EndpointConfig
		// want is where RDS is called. STS is called at its own place, if wantSTS
		// is empty.
		want, wantSTS string
	}{
		"None": {
			reason: "Without an endpoint the SDK knows best.",
		},
		"Static": {
			reason:  "A static URL is that of every service.",
			cfg:     &v1alpha1.EndpointConfig{URL: static},
			want:    "http://localhost:4566",
			wantSTS: "http://localhost:4566",
		},
		"Services": {
			reason: "An endpoint is only for the services that it lists, in whatever case.",
			cfg:    &v1alpha1.EndpointConfig{URL: static, Services: []string{"iam", "RDS"}},
			want:   "http://localhost:4566",
		},
		"Dynamic": {
			reason: "A dynamic URL is made of service, region and host.",
			cfg: &v1alpha1.EndpointConfig{URL: v1alpha1.URLConfig{
				Type: v1alpha1.URLDynamic, Dynamic: &v1alpha1.DynamicURLConfig{Protocol: "https", Host: "example.org"},
			}},
			want:    "https://rds.us-west-2.example.org",
			wantSTS: "https://sts.us-east-2.example.org",
		},
		"Auto": {
			reason: "Auto is what the SDK knows.",
			cfg:    &v1alpha1.EndpointConfig{URL: v1alpha1.URLConfig{Type: v1alpha1.URLAuto}, PartitionID: aws.String("aws")},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cl := newClient(aws.Config{Region: west}, "", tc.cfg)
			a := &account{spec: v1alpha1.ProviderConfigSpec{Endpoint: tc.cfg}}

			got := []string{
				aws.ToString(cl.RDS().Options().BaseEndpoint),
				aws.ToString(a.sts(aws.Config{Region: ohio}).Options().BaseEndpoint),
			}
			if diff := cmp.Diff([]string{tc.want, tc.wantSTS}, got); diff != "" {
				t.Errorf("\n%s\nendpoints: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEndpointOfEachService checks that the client of each service is led to
// the endpoint.
func TestEndpointOfEachService(t *testing.T) {
	for s, url := range map[string]func(*Client) *string{
		"backup":     func(c *Client) *string { return c.Backup().Options().BaseEndpoint },
		"cloudwatch": func(c *Client) *string { return c.CloudWatch().Options().BaseEndpoint },
		"dynamodb":   func(c *Client) *string { return c.DynamoDB().Options().BaseEndpoint },
		"ec2":        func(c *Client) *string { return c.EC2().Options().BaseEndpoint },
		"rds":        func(c *Client) *string { return c.RDS().Options().BaseEndpoint },
	} {
		cfg := &v1alpha1.EndpointConfig{
			URL:      v1alpha1.URLConfig{Type: v1alpha1.URLDynamic, Dynamic: &v1alpha1.DynamicURLConfig{Protocol: "http", Host: "example.org"}},
			Services: []string{s},
		}

		if got, want := aws.ToString(url(newClient(aws.Config{Region: west}, "", cfg))), "http://"+s+".us-west-2.example.org"; got != want {
			t.Errorf("%s: want %q, got %q", s, want, got)
		}
	}
}

// TestEndpointOfTheEnvironment checks that the SDK's own variables count where
// the ProviderConfig has no endpoint.
func TestEndpointOfTheEnvironment(t *testing.T) {
	w := newWorld(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://"+w.listen())

	spec := from(bySecret("dr"), v1alpha1.AssumeRoleOptions{RoleARN: readerRole})
	spec.Endpoint = nil
	w.apply(cluster(spec))
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))

	if err := w.describe(w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)); err != nil {
		t.Error(err)
	}
}

// TestSigning checks that requests to an endpoint are signed as it wants it, and
// requests elsewhere as they are.
func TestSigning(t *testing.T) {
	w := newWorld(t)
	spec := from(bySecret("dr"), v1alpha1.AssumeRoleOptions{RoleARN: readerRole})
	spec.Endpoint.SigningRegion = aws.String("eu-west-1")
	w.apply(cluster(spec))
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))

	if err := w.describe(w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)); err != nil {
		t.Error(err)
	}

	// The emulator reads the region, as AWS does, from what is signed.
	want := []string{
		"eu-west-1 sts:AssumeRole " + homeUser,
		"eu-west-1 rds:DescribeDBSnapshots arn:aws:sts::" + homeAccount + ":assumed-role/reader/crossdr",
	}
	if diff := cmp.Diff(want, w.calls()); diff != "" {
		t.Errorf("calls: -want, +got:\n%s", diff)
	}
}

// TestSigningName checks that requests are signed for another service, if the
// endpoint wants it.
func TestSigningName(t *testing.T) {
	w := newWorld(t)
	spec := from(bySecret("dr"))
	spec.Endpoint.SigningName = aws.String("docdb")
	w.apply(cluster(spec))
	w.apply(secret("dr", map[string]string{"credentials": homeINI}))

	cl := w.connect(selection("team-a", v1alpha1.ClusterProviderConfigKind), west)
	err := w.describe(cl)

	if err == nil || statusOf(err) != http.StatusForbidden {
		t.Errorf("want the emulator to refuse what is signed for a service that it does not have, got %v", err)
	}
}
