package emulator

import (
	"slices"
	"sync"
)

// A Scope names calls: those of an account, region, service and action. An
// empty field stands for any.
type Scope struct {
	// Account id, such as 111122223333.
	Account string

	// Region that the call is signed for, such as us-west-2.
	Region string

	// Service as IAM policies name it: sts, rds, ec2, dynamodb, backup or
	// cloudwatch. DocumentDB and Neptune are rds, as they are on AWS.
	Service string

	// Action such as DescribeDBSnapshots.
	Action string
}

// covers reports whether a call is one of those that the scope names.
func (s Scope) covers(c Call) bool {
	return (s.Account == "" || s.Account == c.Account) &&
		(s.Region == "" || s.Region == c.Region) &&
		(s.Service == "" || s.Service == c.Service) &&
		(s.Action == "" || s.Action == c.Action)
}

// A Call is one request that reached the emulator.
type Call struct {
	// Account whose credentials signed the call; empty if they are unknown or
	// the call needs none.
	Account string

	// Region that the call is signed for. For an unsigned call it is read from
	// a host such as sts.us-west-2.amazonaws.com, and empty for another host.
	Region string

	// Service as IAM policies name it.
	Service string

	// Action such as DescribeDBSnapshots.
	Action string

	// Principal is the ARN of who called.
	Principal string

	// Status of the answer; 0 if there was none, such as for a call that is
	// held, or one whose reply was lost.
	Status int

	// Code of the error that was answered; empty for a success.
	Code string
}

// journal remembers every call, in the order in which they arrived.
type journal struct {
	mu         sync.Mutex
	calls      []Call
	forbidden  []Scope
	violations []Call
}

// arrive writes a call down, and returns where, for [journal.answer].
func (j *journal) arrive(c Call) int {
	j.mu.Lock()
	defer j.mu.Unlock()

	j.calls = append(j.calls, c)

	if slices.ContainsFunc(j.forbidden, func(s Scope) bool { return s.covers(c) }) {
		j.violations = append(j.violations, c)
	}

	return len(j.calls) - 1
}

// answer adds what was answered to a call that arrived.
func (j *journal) answer(i, status int, code string) {
	j.mu.Lock()
	defer j.mu.Unlock()

	j.calls[i].Status, j.calls[i].Code = status, code
}

// Calls returns the calls of a scope, in the order in which they arrived.
func (e *Emulator) Calls(in Scope) []Call {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()

	var out []Call

	for _, c := range e.journal.calls {
		if in.covers(c) {
			out = append(out, c)
		}
	}

	return out
}

// Forbid records every further call of a scope as a violation. The calls are
// answered all the same.
func (e *Emulator) Forbid(s Scope) {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()

	e.journal.forbidden = append(e.journal.forbidden, s)
}

// Violations returns the calls that were forbidden and made. A test that
// forbids calls fails if there is any.
func (e *Emulator) Violations() []Call {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()

	return slices.Clone(e.journal.violations)
}
