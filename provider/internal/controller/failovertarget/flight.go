package failovertarget

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossdr/crossdr/apis/aws/v1alpha1"
	"github.com/crossdr/crossdr/provider/internal/failover"
	"github.com/crossdr/crossdr/provider/internal/inventory"
)

// A flight is one probe. It serves all that want it, and ends when nobody does.
type flight struct {
	done   chan struct{}
	cancel context.CancelCauseFunc
	wanted map[types.UID]bool
}

// leave takes back that a target wants a probe.
func (e *entry) leave(target types.UID) {
	if e.flight == nil {
		return
	}

	delete(e.flight.wanted, target)

	if len(e.flight.wanted) == 0 {
		e.flight.cancel(errLeft)
	}
}

// begin a probe. It serves others, too, and so outlives the reconcile that
// begins it.
func (p *prober) begin(ctx context.Context, e *entry, a ask) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	f := &flight{done: make(chan struct{}), cancel: cancel, wanted: map[types.UID]bool{}}
	e.flight = f

	p.running.Go(func() {
		ctx, stop := context.WithTimeout(ctx, longestProbe)
		defer stop()

		asked := p.probe(ctx, e, &a)
		p.end(e, f, asked)
	})
}

// end a probe. One that did not ask, or was given up, may be made again at once.
func (p *prober) end(e *entry, f *flight, asked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()

	e.flight = nil
	if asked {
		e.askedAt = p.now()
	}

	f.cancel(nil)
	close(f.done)
}

// left returns whether a probe was given up.
func left(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errLeft) }

// probe asks a region whether it is there, and what it offers. It returns whether
// the region was asked, and not given up.
func (p *prober) probe(ctx context.Context, e *entry, a *ask) bool {
	c, identity, err := a.connect(ctx)
	if err != nil {
		p.unconnected(ctx, e, err)

		return false
	}

	seen, err := zones(ctx, c.EC2())
	if left(ctx) {
		return false
	}

	if p.probed(e, identity, seen, err) && a.contact == failover.ContactAll {
		p.survey(ctx, e, c, a)
	}

	return true
}

// unconnected notes that there are no credentials to ask a region with, which
// says nothing about it.
func (p *prober) unconnected(ctx context.Context, e *entry, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()

	if !left(ctx) {
		e.err = err
	}
}

// probed notes what a region answered, and returns whether it told its zones.
func (p *prober) probed(e *entry, identity string, seen []v1alpha1.ZoneObservation, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()

	ok := answered(err)
	e.reach = e.reach.Next(p.now(), ok)
	e.err = nil

	if ok {
		e.slow = false
	}

	if ok && err != nil {
		e.err = problem("its zones", err)
	}

	// Another account may be offered something else.
	if e.identity != identity {
		e.identity, e.types, e.classes = identity, nil, nil
	}

	if err == nil {
		e.zones = seen
	}

	return err == nil
}

// answered returns whether a region answered: a denial and a throttled call are
// answers. Errors of AWS itself, and none at all, are not.
func answered(err error) bool {
	var api smithy.APIError

	switch problem := inventory.ProblemOf(err); {
	case err == nil:
		return true
	case problem == inventory.Unreachable, problem == inventory.ServerError:
		return false
	}

	return errors.As(err, &api)
}

// problem says what could not be listed, in words that are the same as long as
// the same is wrong: they end up in a status.
func problem(what string, err error) error {
	if !answered(err) {
		return fmt.Errorf("cannot list %s: no answer", what)
	}

	return fmt.Errorf("cannot list %s: %w", what, err)
}
