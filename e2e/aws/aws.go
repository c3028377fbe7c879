// Package aws runs an emulated AWS on loopback, for the provider of a control
// plane to call.
package aws

import (
	"fmt"
	"net/http/httptest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossdr/crossdr/internal/emulator"
)

const (
	// AccountID is the account that the credentials of Access belong to.
	AccountID = "111122223333"

	// ConfigName is the name of the ClusterProviderConfig of Access.
	ConfigName = "default"

	accessKey, accessSecret = "AKIAE2E", "secret"
)

// An AWS is one emulated AWS. All that is called of the emulator itself, such as
// Calls and Forbid, is called of it.
type AWS struct {
	*emulator.Emulator

	server *httptest.Server
}

// Start starts an AWS that lives by the clock on the wall, as the programs do
// that call it. It has one account, and nothing in it.
func Start() *AWS {
	e := emulator.New(time.Now) //nolint:forbidigo // The programs under test live by it.
	e.Account(AccountID).AddAccessKey(accessKey, accessSecret)

	return &AWS{Emulator: e, server: httptest.NewServer(e)}
}

// Stop stops it, and cuts what still hangs there.
func (a *AWS) Stop() {
	a.server.CloseClientConnections()
	a.server.Close()
}

// URL is where it is called, for all services and regions.
func (a *AWS) URL() string { return a.server.URL }

// Region returns what the account has in a region.
func (a *AWS) Region(name string) *emulator.Region { return a.Account(AccountID).Region(name) }

// Darken lets all calls to a region hang until the injection is cleared.
func (a *AWS) Darken(region string) *emulator.Injection {
	return a.Inject(emulator.Scope{Region: region}, emulator.Hang())
}

// Access returns what a control plane needs in order to call it: a
// ClusterProviderConfig, and the Secret of that in a namespace which exists.
func (a *AWS) Access(namespace string) []*unstructured.Unstructured {
	name := "aws-" + ConfigName

	secret := map[string]any{
		"apiVersion": "v1",
		"kind":       "Secret",
		"metadata":   map[string]any{"namespace": namespace, "name": name},
		"stringData": map[string]any{
			"creds": fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", accessKey, accessSecret),
		},
	}

	config := map[string]any{
		"apiVersion": "aws.m.crossdr.io/v1alpha1",
		"kind":       "ClusterProviderConfig",
		"metadata":   map[string]any{"name": ConfigName},
		"spec": map[string]any{
			"credentials": map[string]any{
				"source":    "Secret",
				"secretRef": map[string]any{"namespace": namespace, "name": name, "key": "creds"},
			},
			"endpoint": map[string]any{"url": map[string]any{"type": "Static", "static": a.URL()}},
		},
	}

	return []*unstructured.Unstructured{{Object: secret}, {Object: config}}
}
