package failovertarget

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/internal/emulator"
)

var errCrashed = errors.New("the provider has crashed")

// A crash is what becomes of the effect at which the provider crashes.
type crash int

const (
	// before it takes effect.
	before crash = iota

	// after it took effect, and before the provider heard of it.
	after
)

// spend an effect: a write of the FailoverTarget, or any call of the record. It
// carries it out unless the provider has crashed by then.
func (p *plane) spend(effect func() error) error {
	p.mu.Lock()
	p.spent++
	last := p.budget > 0 && p.spent == p.budget
	over := p.budget > 0 && p.spent > p.budget
	p.mu.Unlock()

	switch {
	case over, last && p.crash == before:
		return errCrashed
	case last:
		_ = effect()

		return errCrashed
	}

	return effect()
}

// crashAt has the provider crash at its nth effect from now, counted from 1. At
// 0 it does not.
func (p *plane) crashAt(n int, c crash) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.spent, p.budget, p.crash = 0, n, c
}

// crashes counts the writes of FailoverTargets.
func (p *plane) crashes() interceptor.Funcs {
	return interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, patch client.Patch, opts ...client.PatchOption) error {
			if _, ok := o.(*v1alpha1.FailoverTarget); !ok {
				return c.Patch(ctx, o, patch, opts...)
			}

			if p.meanwhile != nil {
				p.meanwhile(c)
			}

			return p.spend(func() error { return c.Patch(ctx, o, patch, opts...) })
		},
		SubResourceUpdate: func(ctx context.Context, c client.Client, sub string, o client.Object, opts ...client.SubResourceUpdateOption) error {
			return p.spend(func() error { return c.SubResource(sub).Update(ctx, o, opts...) })
		},
	}
}

// countingClient counts the calls of the record.
func (p *plane) countingClient() *http.Client {
	c := emulator.Client()
	c.Transport = &countCalls{plane: p, next: c.Transport}

	return c
}

type countCalls struct {
	plane *plane
	next  http.RoundTripper
}

func (c *countCalls) RoundTrip(r *http.Request) (*http.Response, error) {
	target := r.Header.Get("X-Amz-Target")
	if !strings.HasSuffix(target, "Item") {
		return c.next.RoundTrip(r)
	}

	var rsp *http.Response

	err := c.plane.spend(func() error {
		var err error
		rsp, err = c.next.RoundTrip(r) //nolint:bodyclose // The SDK closes it.

		return err
	})
	if err != nil {
		return nil, err
	}

	return rsp, nil
}
