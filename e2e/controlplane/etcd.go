package controlplane

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
)

// etcdData is the pattern of the folders for etcd's data.
const etcdData = "etcd-data-*"

// startEtcd starts etcd, with data that is gone when the control plane is
// stopped.
func (c *ControlPlane) startEtcd(ctx context.Context) (url string, err error) {
	if c.data == "" {
		if c.data, err = os.MkdirTemp(c.dir, etcdData); err != nil {
			return "", fmt.Errorf("cannot make a folder for etcd: %w", err)
		}

		c.cleanup(func() { _ = os.RemoveAll(c.data) })
	}

	address, err := freeAddress(ctx)
	if err != nil {
		return "", err
	}

	url = "http://" + address

	p, err := c.start(ctx, "etcd", "etcd", nil,
		"--data-dir="+c.data,
		"--listen-client-urls="+url,
		"--advertise-client-urls="+url,
		"--listen-peer-urls=http://127.0.0.1:0",
		// The data need not outlive the process.
		"--unsafe-no-fsync")
	if err != nil {
		return "", err
	}

	return url, p.await(ctx, func(ctx context.Context) error { return healthy(ctx, http.DefaultClient, url+"/readyz") })
}

// healthy returns nil if the URL answers 200.
func healthy(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("cannot ask %s: %w", url, err)
	}

	rsp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("cannot ask %s: %w", url, err)
	}
	defer rsp.Body.Close() //nolint:errcheck // Nothing was written.

	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		return fmt.Errorf("cannot read the answer of %s: %w", url, err)
	}

	if rsp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s: %s", url, rsp.Status, body)
	}

	return nil
}
