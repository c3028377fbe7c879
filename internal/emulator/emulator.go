package emulator

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An Emulator stands in for all accounts, regions and services of AWS. It is
// safe for concurrent use.
type Emulator struct {
	now      func() time.Time
	wall     func() time.Time
	services map[string]service
	journal  journal
	faults   faults

	// mu guards everything below, and all that accounts and regions hold.
	mu        sync.Mutex
	accounts  map[string]*Account
	keys      map[string]principal
	durations map[Scope]time.Duration
	pageSize  int
	sequence  int
}

// New returns an emulator without accounts. Resources live by the clock that it
// is given, such as [Clock.Now]: they are created at its time, and become
// available when it says so.
func New(now func() time.Time) *Emulator {
	return &Emulator{
		now:      now,
		wall:     time.Now, //nolint:forbidigo // SDKs sign, and expire credentials, by the wall clock whatever the test's clock says.
		services: services(),
		accounts: map[string]*Account{},
		keys:     map[string]principal{},
	}
}

// Account returns an account by its id, such as 111122223333, and creates it
// when it is first asked for.
func (e *Emulator) Account(id string) *Account {
	e.mu.Lock()
	defer e.mu.Unlock()

	a, ok := e.accounts[id]
	if !ok {
		a = &Account{emulator: e, id: id, regions: map[string]*Region{}, zones: map[string][]string{}, enabled: map[string]bool{}}
		e.accounts[id] = a
	}

	return a
}

// SetPageSize caps the pages of every listing, even below the least size that
// AWS accepts from a caller. Zero, the default, leaves the sizes of AWS.
func (e *Emulator) SetPageSize(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()

	e.pageSize = n
}

// SetDuration says how long what an action creates or changes takes until it is
// available. It is 0 by default. Later calls overrule earlier ones of the same
// scope, and a narrower scope overrules a wider one.
func (e *Emulator) SetDuration(of Scope, d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()

	if e.durations == nil {
		e.durations = map[Scope]time.Duration{}
	}

	e.durations[of] = d
}

// duration of a call: that of the narrowest scope.
func (e *Emulator) duration(c Call) time.Duration {
	var (
		best  = -1
		found time.Duration
	)

	for s, d := range e.durations {
		if n := s.narrowness(); s.covers(c) && n > best {
			best, found = n, d
		}
	}

	return found
}

// narrowness of a scope, for which an action counts most, then an account, a
// region and a service. No two scopes that cover one call are equally narrow.
func (s Scope) narrowness() int {
	n := 0

	for i, field := range []string{s.Service, s.Region, s.Account, s.Action} {
		if field != "" {
			n += 1 << i
		}
	}

	return n
}

// hexID returns an identifier as EC2 makes them, such as snap-0123456789abcdef0.
// The emulator counts, so that a test gets the same ones in every run.
func (e *Emulator) hexID(prefix string) string {
	return prefix + hex.EncodeToString(e.nextID(prefix))[:17]
}

// resourceID returns an identifier as RDS makes them, such as
// db-ABCDEFGHIJKLMNOPQRSTUVWXYZ.
func (e *Emulator) resourceID(prefix string) string {
	return prefix + base32.StdEncoding.EncodeToString(e.nextID(prefix))[:26]
}

// uuid returns an identifier as DynamoDB and KMS have them.
func (e *Emulator) uuid(prefix string) string {
	h := hex.EncodeToString(e.nextID(prefix))

	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:32]}, "-")
}

func (e *Emulator) nextID(prefix string) []byte {
	e.sequence++
	sum := sha256.Sum256([]byte(prefix + strconv.Itoa(e.sequence)))

	return sum[:]
}
