package failover

import (
	"encoding/json"
	"fmt"
	"slices"
)

// This is a model of control planes that carry out the protocol. It runs the
// code of the package itself, NextStep and Learn; only what lies between the
// control planes is modelled: API servers, the record, Git and all that fails.
//
// Small numbers stand for the values: worlds must be cheap to compare. A table
// has the value of each number; number 0 is the zero value.

const (
	planes   = 3
	lastSeen = 6 // The highest epoch of a commit, and one.
)

// An id is the number of a value in a table.
type id uint16

// A table numbers values.
type table[T any] struct {
	ids    map[string]id
	values []T
}

func newTable[T any]() *table[T] {
	t := &table[T]{ids: map[string]id{}}

	var zero T

	t.id(zero)

	return t
}

func (t *table[T]) id(v T) id {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}

	n, ok := t.ids[string(b)]
	if !ok {
		n = id(len(t.values))
		t.ids[string(b)] = n
		t.values = append(t.values, v)
	}

	return n
}

// An object is the FailoverTarget of one control plane.
type object struct {
	exists   bool
	spec     uint8 // Index of the commits. 0 asks for nothing.
	kept     id
	reported id
}

// A process is a provider. It is idle between two turns.
type process struct {
	busy bool

	// seen is the object as it was at the start of the turn, and stale whether
	// its resourceVersion has changed since.
	seen  object
	stale bool
	turn  id

	// late is a write whose reply was lost, and that may yet take effect.
	late      id
	lateStale bool
}

// A world is a state of everything.
type world struct {
	objects   [planes]object
	processes [planes]process

	// record has one replica for each control plane. They are one unless the
	// model says otherwise.
	record [planes]id

	// backup is an annotation in a backup.
	backup   id
	backedUp bool

	// forgot is true when an annotation or a status was lost.
	forgot bool

	// twinned is the epoch at which a twin came to be.
	twinned uint8

	// commits and faults that may yet happen.
	commits [planes]uint8
	faults  uint8

	// What was ever claimed: the region and the holder of each epoch, each plus
	// one, and the highest epoch that each object reported.
	region [lastSeen]uint8
	holder [lastSeen]uint8
	top    [planes]uint8
}

// A setup says what there is and what may go wrong.
type setup struct {
	// processes and the object that each works on.
	processes []int

	// uids and nonces of the control planes, by object.
	uids, nonces [planes]string

	// alone is true when each process has an object of its own.
	alone bool

	// shared is true when there is a shared record.
	shared bool

	// git holds what the spec may ask for, apart from nothing.
	git []Activation

	// commits that each control plane may see, and faults in all.
	commits, faults uint8

	// restored is true when a backup of the first object may be restored as the
	// third one.
	restored bool

	// twin says when the first cluster may be copied as the third one. Empty
	// means never.
	twin twin

	// bug that is seeded. Empty if there is none.
	bug bug
}

func (s *setup) String() string {
	return fmt.Sprintf("%d processes, shared record: %t, %d activations in Git of which each control plane sees up to %d, %d faults",
		len(s.processes), s.shared, len(s.git), s.commits, s.faults)
}

// A model is a setup that is run, and all values that were met.
type model struct {
	setup

	// telling is true when somebody reads the labels.
	telling bool

	states   *table[State]
	memories *table[Memory]
	reports  *table[Reported]
	turns    *table[Turn]
	steps    *table[Step]
	next     map[nextKey]id
	learned  map[learnKey]id
	writes   map[id]id
}

// A twin is a cluster with the same uids, from a snapshot of etcd.
type twin string

const (
	twinBetween twin = "between two decisions"
	twinAnyTime twin = "in the middle of one, too"
)

// A bug that is seeded, to see that the checker finds it.
type bug string

const (
	bugUnconditional bug = "the record is written without a condition"
	bugEventual      bug = "the record is eventually consistent"
	bugReportFirst   bug = "the status is written before the record"
	bugTrusting      bug = "a lost reply is taken for a success"
	bugNoVersion     bug = "the object is written without its resourceVersion"
	bugCallsAll      bug = "the record is called everywhere"
)

type nextKey struct {
	owner int
	seen  object
	turn  id
}

type learnKey struct {
	turn, step id
	read       id
	result     Result
}

func newModel(s setup) *model {
	return &model{
		setup:  s,
		states: newTable[State](), memories: newTable[Memory](), reports: newTable[Reported](),
		turns: newTable[Turn](), steps: newTable[Step](),
		next: map[nextKey]id{}, learned: map[learnKey]id{}, writes: map[id]id{},
	}
}

// start is the world before anything has happened.
func (m *model) start() world {
	w := world{faults: m.faults}

	for _, owner := range m.processes {
		if owner < planes-1 || !m.restored && m.twin == "" {
			w.objects[owner].exists, w.commits[owner] = true, m.commits
		}
	}

	return w
}

// observation is what a process saw at the start of its turn.
func (m *model) observation(owner int, seen object) Observation {
	o := Observation{
		Kept:     m.memories.values[seen.kept],
		Reported: m.reports.values[seen.reported],
		Request:  Request{Regions: []string{east, west}},
		Facts: Facts{
			Now: noon, Target: payments, UID: m.uids[owner], Nonce: m.nonces[owner],
			Regions: map[string]Region{east: {Reachability: answering}, west: {Reachability: answering}},
		},
	}

	if seen.spec > 0 {
		a := m.git[seen.spec-1]
		o.Request.Activation = &a
	}

	if m.shared {
		o.Request.RecordRegions = []string{east, west, ohio}
	}

	return o
}

// stepID is what a process does next. The code is pure, so it is asked once.
func (m *model) stepID(p int, pr *process) id {
	key := nextKey{m.processes[p], pr.seen, pr.turn}

	n, ok := m.next[key]
	if !ok {
		observed := m.observation(key.owner, pr.seen)

		step := NextStep(m.turns.values[pr.turn], observed)
		if m.bug == bugCallsAll {
			step.Endpoints = observed.Request.RecordRegions
		}

		n = m.steps.id(step)
		m.next[key] = n
	}

	return n
}

// learn is what a process knows after a step.
func (m *model) learn(turn, step, read id, result Result) id {
	key := learnKey{turn, step, read, result}

	n, ok := m.learned[key]
	if !ok {
		reply := Reply{Result: result, Reading: Reading{State: m.states.values[read]}}
		if result != ResultDone {
			reply.Detail = "the reply was lost"
			reply.Reading.Fault = RecordFault{Code: CodeRecordUnreadable, Detail: "no answer"}
		}

		n = m.turns.id(m.turns.values[turn].Learn(m.steps.values[step], reply))
		m.learned[key] = n
	}

	return n
}

// commit is an activation of the model. Its data is never in question.
func commit(region string, epoch int64) Activation {
	return Activation{Region: region, Epoch: epoch, Accept: []Code{CodeNothingMeasured}}
}

func regionNumber(name string) uint8 {
	return uint8(slices.Index([]string{east, west}, name) + 1)
}
