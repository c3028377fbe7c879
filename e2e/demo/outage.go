package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/crossdr/crossdr/e2e/world"
)

// addressFile holds where a demo that runs can be asked for outages.
const addressFile = "address"

// outages begin and end outages of regions when they are asked to, over HTTP on
// loopback: PUT and DELETE of /REGION.
type outages struct {
	world    *world.World
	timeline *world.Timeline
	file     string
	server   *http.Server

	mu   sync.Mutex
	dark map[string]bool
}

// listen begins to be asked.
func listen(ctx context.Context, dir string, w *world.World, t *world.Timeline) (*outages, error) {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot listen for outages: %w", err)
	}

	o := &outages{world: w, timeline: t, file: filepath.Join(dir, addressFile), dark: map[string]bool{}}
	o.server = &http.Server{Handler: o, ReadHeaderTimeout: 10 * time.Second}

	go func() {
		// It ends when it is stopped, and says so.
		_ = o.server.Serve(lis)
	}()

	if err := os.WriteFile(o.file, []byte(lis.Addr().String()), 0o600); err != nil {
		o.stop()

		return nil, fmt.Errorf("cannot say where outages are asked for: %w", err)
	}

	return o, nil
}

// ServeHTTP begins or ends an outage, and says so.
func (o *outages) ServeHTTP(rsp http.ResponseWriter, req *http.Request) {
	region := strings.TrimPrefix(req.URL.Path, "/")
	if region != east && region != west {
		http.Error(rsp, fmt.Sprintf("there is no region %q here, only %s and %s", region, east, west), http.StatusNotFound)

		return
	}

	o.mu.Lock()
	defer o.mu.Unlock()

	switch was, is := o.dark[region], req.Method == http.MethodPut; {
	case is && !was:
		o.world.Darken(region)
		o.timeline.Chapter(region + " does not answer any more")
	case was && !is:
		o.world.Brighten(region)
		o.timeline.Chapter(region + " answers again")
	}

	o.dark[region] = req.Method == http.MethodPut
	_, _ = fmt.Fprintln(rsp, map[bool]string{true: region + " does not answer any more.", false: region + " answers again."}[o.dark[region]])
}

// stop stops listening.
func (o *outages) stop() {
	_ = o.server.Close()
	_ = os.Remove(o.file)
}

// answers says whether a region does.
func (o *outages) answers(region string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()

	return !o.dark[region]
}

// ask asks a demo that runs to begin or end an outage.
func ask(ctx context.Context, dir, method, region string, out io.Writer) error {
	at, err := address(dir)
	if err != nil {
		return errors.New("no demo runs here: start it with make demo, and wait until it is ready")
	}

	req, err := http.NewRequestWithContext(ctx, method, "http://"+at+"/"+region, nil)
	if err != nil {
		return fmt.Errorf("cannot ask for %q: %w", region, err)
	}

	rsp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no demo runs here any more, start it with make demo: %w", err)
	}
	defer rsp.Body.Close() //nolint:errcheck // Nothing was written.

	said, err := io.ReadAll(rsp.Body)
	if err != nil {
		return fmt.Errorf("cannot read the answer of the demo: %w", err)
	}

	if rsp.StatusCode != http.StatusOK {
		return errors.New(strings.TrimSpace(string(said)))
	}

	_, _ = out.Write(said)

	return nil
}

// runs says whether a demo runs in this checkout.
func runs(ctx context.Context, dir string) bool {
	at, err := address(dir)
	if err != nil {
		return false
	}

	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", at)
	if err != nil {
		return false
	}

	_ = conn.Close()

	return true
}

// address returns where a demo that runs is asked for outages.
func address(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, addressFile)) //nolint:gosec // One of our own.

	return string(b), err
}
