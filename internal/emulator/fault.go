package emulator

import (
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Fault is something that goes wrong. It is made by [Hang], [Reset], [Slow],
// [Throttle], [Deny], [Expire], [RequireOptIn], [Fail], [BreakPage], [SkewClock],
// [LoseReply] and [HoldReply], and put to work by [Emulator.Inject].
type Fault struct {
	kind    faultKind
	times   int
	release <-chan struct{}
	err     *Error
	page    int
	skew    time.Duration
}

type faultKind int

const (
	faultHang faultKind = iota
	faultReset
	faultSlow
	faultThrottle
	faultDeny
	faultExpire
	faultOptIn
	faultFail
	faultPage
	faultSkew
	faultLose
	faultHold
)

// Hang is a region that went dark: connections are accepted, and held until the
// client gives up or the fault is cleared, which cuts them.
func Hang() Fault { return Fault{kind: faultHang} }

// Reset is a region whose connections are cut at once.
func Reset() Fault { return Fault{kind: faultReset} }

// Slow holds a call until a channel is closed, and answers it then. What the
// call does, it does then too.
func Slow(release <-chan struct{}) Fault { return Fault{kind: faultSlow, release: release} }

// Throttle refuses calls with the service's code for a rate that is exceeded.
func Throttle() Fault { return Fault{kind: faultThrottle} }

// Deny refuses calls with the service's code for a missing permission.
func Deny() Fault { return Fault{kind: faultDeny} }

// Expire refuses calls with the service's code for an expired session token.
func Expire() Fault { return Fault{kind: faultExpire} }

// RequireOptIn refuses calls with OptInRequired.
func RequireOptIn() Fault { return Fault{kind: faultOptIn} }

// Fail refuses calls with an error of the test's choice.
func Fail(err Error) Fault { return Fault{kind: faultFail, err: &err} }

// BreakPage answers the nth page of a listing, counted from 1, with a status of
// 500.
func BreakPage(n int) Fault { return Fault{kind: faultPage, page: n} }

// SkewClock is a server whose clock is ahead of the caller's by d, or behind it
// if d is negative: its Date header says so, and it refuses what is signed at
// another time than its own, give or take five minutes.
func SkewClock(d time.Duration) Fault { return Fault{kind: faultSkew, skew: d} }

// LoseReply lets a call take effect, and cuts the connection in place of the
// reply.
func LoseReply() Fault { return Fault{kind: faultLose} }

// HoldReply lets a call take effect, and holds the reply until a channel is
// closed. Cleared before that, it cuts the connection in place of the reply.
func HoldReply(release <-chan struct{}) Fault { return Fault{kind: faultHold, release: release} }

// Times returns the fault for that many calls only.
func (f Fault) Times(n int) Fault {
	f.times = n

	return f
}

// An Injection is a fault at work.
type Injection struct {
	faults  *faults
	fault   Fault
	at      Scope
	hits    int
	cleared chan struct{}
}

// faults are the injections of an emulator, in the order in which they were
// injected.
type faults struct {
	mu     sync.Mutex
	active []*Injection
}

// Inject lets a fault happen to the calls of a scope, for as many of them as the
// fault says, or until it is cleared.
func (e *Emulator) Inject(at Scope, f Fault) *Injection {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()

	i := &Injection{faults: &e.faults, fault: f, at: at, cleared: make(chan struct{})}
	e.faults.active = append(e.faults.active, i)

	return i
}

// Clear ends the fault.
func (i *Injection) Clear() {
	i.faults.mu.Lock()
	defer i.faults.mu.Unlock()

	select {
	case <-i.cleared:
	default:
		close(i.cleared)
	}
}

// Hits returns how many calls the fault has happened to.
func (i *Injection) Hits() int {
	i.faults.mu.Lock()
	defer i.faults.mu.Unlock()

	return i.hits
}

// over reports whether the fault has ended or is used up.
func (i *Injection) over() bool {
	select {
	case <-i.cleared:
		return true
	default:
		return i.fault.times > 0 && i.hits >= i.fault.times
	}
}

// take returns the first fault of the given kinds that happens to a call, and
// counts it.
func (fs *faults) take(c Call, hit func(Fault) bool) *Injection {
	fs.mu.Lock()
	defer fs.mu.Unlock()

	for _, i := range fs.active {
		if hit(i.fault) && i.at.covers(c) && !i.over() {
			i.hits++

			return i
		}
	}

	return nil
}

// connect lets faults of the connection happen. It returns false if the call
// got no further.
func (fs *faults) connect(w http.ResponseWriter, r *http.Request, c Call) bool {
	i := fs.take(c, func(f Fault) bool { return f.kind == faultHang || f.kind == faultReset || f.kind == faultSlow })
	if i == nil {
		return true
	}

	if i.fault.kind == faultReset {
		cut(w)

		return false
	}

	select {
	case <-r.Context().Done():
		return false
	case <-i.cleared:
	case <-i.fault.release:
		return true
	}

	if i.fault.kind == faultHang {
		cut(w)
	}

	return i.fault.kind != faultHang
}

// refuse returns the error that a fault answers in place of the action.
func (fs *faults) refuse(c Call, errs commonErrors) error {
	i := fs.take(c, func(f Fault) bool { return f.kind >= faultThrottle && f.kind <= faultFail })
	if i == nil {
		return nil
	}

	var out Error

	//nolint:exhaustive // The other kinds are no refusals.
	switch i.fault.kind {
	case faultThrottle:
		out = errs.throttled
	case faultDeny:
		out = errs.denied
		out.Message = "User: " + c.Principal + " is not authorized to perform: " + c.Service + ":" + c.Action
	case faultExpire:
		out = errs.expired
	case faultOptIn:
		out = errs.notOptedIn
	default:
		out = *i.fault.err
	}

	return &out
}

// breakPage returns an error if a fault breaks the nth page of a listing.
func (fs *faults) breakPage(c *call, n int) error {
	if fs.take(c.Call, func(f Fault) bool { return f.kind == faultPage && f.page == n }) == nil {
		return nil
	}

	out := c.service.errors.internal

	return &out
}

// skew returns by how much the clock of the server is wrong, if it is.
func (fs *faults) skew(c Call) (time.Duration, bool) {
	i := fs.take(c, func(f Fault) bool { return f.kind == faultSkew })
	if i == nil {
		return 0, false
	}

	return i.fault.skew, true
}

// lost reports whether the reply to a call is lost, once it is known.
func (fs *faults) lost(r *http.Request, c Call) bool {
	i := fs.take(c, func(f Fault) bool { return f.kind == faultLose || f.kind == faultHold })
	if i == nil || i.fault.kind == faultLose {
		return i != nil
	}

	select {
	case <-r.Context().Done():
	case <-i.cleared:
	case <-i.fault.release:
		return false
	}

	return true
}

// dark reports whether all calls to a service of a region are held or cut.
func (fs *faults) dark(account, region, service string) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()

	// Without an action, only a fault of every action covers it.
	whole := Call{Account: account, Region: region, Service: service}

	return slices.ContainsFunc(fs.active, func(i *Injection) bool {
		return (i.fault.kind == faultHang || i.fault.kind == faultReset) && i.at.covers(whole) && !i.over()
	})
}

// reach refuses a call that needs another region which is dark: AWS calls it
// itself then.
func (c *call) reach(r *Region) error {
	if r.name == c.Region || !c.emulator.faults.dark(c.Account, r.name, c.Service) {
		return nil
	}

	err := c.service.errors.internal
	err.Message = "cannot reach " + r.name

	return &err
}

// cut resets a connection in place of an answer.
func cut(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}

	connection, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}

	// Whatever these calls return, nobody is left to hear it.
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}

	_ = connection.Close()
}
