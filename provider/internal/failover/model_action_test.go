package failover

import (
	"fmt"
	"slices"
)

// An action is something that happens, and the world after it.
type action struct {
	label string
	world world

	// violation says which invariant the action breaks. Empty if none.
	violation string
}

// actions returns everything that may happen in a world.
func (m *model) actions(w *world) []action {
	var out []action

	for o := range planes {
		if w.objects[o].exists {
			out = append(out, m.sync(w, o)...)
			out = append(out, m.lose(w, o)...)
		}
	}

	out = append(out, m.backups(w)...)
	out = append(out, m.twins(w)...)

	for p, owner := range m.processes {
		if !w.objects[owner].exists {
			continue
		}

		out = append(out, m.late(w, p)...)

		if w.processes[p].busy {
			out = append(out, m.crash(w, p)...)
		}

		out = append(out, m.run(w, p)...)
	}

	if m.bug == bugEventual {
		out = append(out, m.replicate(w)...)
	}

	return out
}

// run is what a process does next, up to where others can tell the difference.
//
// All it touches is its own object and the record. If no other process works on
// its object, what it does between two calls of the record can't be told from
// all of it happening at once, but for faults, which are tried after each step.
// So the calls of the record are what is interleaved.
func (m *model) run(w *world, p int) []action {
	if !w.processes[p].busy {
		next := *w
		next.processes[p].busy = true
		next.processes[p].seen, next.processes[p].stale = w.objects[m.processes[p]], false
		next.processes[p].turn = 0

		return m.further(action{label: m.tell("process %d observes", p), world: next}, p)
	}

	var out []action
	for _, a := range m.proceed(w, p) {
		out = append(out, m.further(a, p)...)
	}

	return out
}

// further goes on after an action, unless others must be let in between.
func (m *model) further(a action, p int) []action {
	pr := &a.world.processes[p]
	if a.violation != "" || !pr.busy || !m.alone || m.steps.values[m.stepID(p, pr)].Kind == StepRecord {
		return []action{a}
	}

	out := m.run(&a.world, p)
	if a.world.faults > 0 {
		out = append(out, m.crash(&a.world, p)...)
	}

	for i := range out {
		out[i].label = m.tell("%s\n%s", a.label, out[i].label)
	}

	return out
}

// crash loses all that a process has in memory. A late write survives it.
func (m *model) crash(w *world, p int) []action {
	if w.faults == 0 {
		return nil
	}

	next := *w
	next.faults--
	next.processes[p] = process{late: w.processes[p].late, lateStale: w.processes[p].lateStale}

	return []action{{label: m.tell("process %d crashes", p), world: next}}
}

// proceed is the next step of a process, with everything that may come of it.
func (m *model) proceed(w *world, p int) []action {
	pr := &w.processes[p]
	n := m.stepID(p, pr)
	step := m.steps.values[n]
	label := m.tell("process %d: %s", p, described{&m.steps.values[n]})

	switch step.Kind {
	case StepRead:
		return m.read(w, p, n, label)
	case StepAgain:
		return []action{{label: label, world: m.idle(*w, p)}}
	case StepRemember, StepRecord, StepReport:
	}

	if m.bug == bugReportFirst && step.Kind == StepRecord {
		early := *w
		early.objects[m.processes[p]].reported = m.reports.id(Reported{State: step.State})
		violation := m.reported(&early, m.processes[p], &Report{State: step.State})
		m.touch(&early, m.processes[p], p)

		return append(m.write(w, p, n, label), action{label: m.tell("%s: not yet, but reports it", label), world: early, violation: violation})
	}

	return m.write(w, p, n, label)
}

// write is everything that may come of a write.
func (m *model) write(w *world, p int, n id, label string) []action {
	pr := &w.processes[p]
	step := m.steps.values[n]

	done := *w
	took, violation := m.land(&done, p, n, pr.stale, true)
	violation = first(violation, m.called(w, p, step))

	result := ResultDone
	if !took {
		result = ResultRefused
	}

	out := []action{{label: m.tell("%s: %s", label, result), world: m.after(done, p, n, result), violation: violation}}

	if w.faults == 0 {
		return out
	}

	unanswered := *w
	landed, violation := m.land(&unanswered, p, n, pr.stale, false)

	for _, fault := range []struct {
		label string
		world world
		late  bool
	}{
		{"takes effect, and the reply is lost", unanswered, false},
		{"is lost", *w, false},
		{"is late", *w, true},
	} {
		next := fault.world
		next.faults--

		if fault.late {
			next.processes[p].late, next.processes[p].lateStale = n, pr.stale
		}

		if !landed && !fault.late {
			violation = ""
		}

		out = append(out, action{label: m.tell("%s %s", label, fault.label), world: m.after(next, p, n, ResultUnknown), violation: violation})
		violation = ""
	}

	return out
}

// read reads the record, or finds that it does not answer.
func (m *model) read(w *world, p int, n id, label string) []action {
	called := m.called(w, p, m.steps.values[n])
	turn := w.processes[p].turn

	done := *w
	done.processes[p].turn = m.learn(turn, n, w.record[m.replica(p)], ResultDone)
	out := []action{{label: label, world: done, violation: called}}

	if w.faults > 0 {
		failed := *w
		failed.faults--
		failed.processes[p].turn = m.learn(turn, n, 0, ResultUnknown)
		out = append(out, action{label: m.tell("%s without an answer", label), world: failed, violation: called})
	}

	return out
}

// after is the world after a step whose reply has come, or is given up.
func (m *model) after(w world, p int, step id, result Result) world {
	if m.steps.values[step].Kind == StepReport {
		return m.idle(w, p)
	}

	if m.bug == bugTrusting && result == ResultUnknown {
		result = ResultDone
	}

	w.processes[p].turn = m.learn(w.processes[p].turn, step, 0, result)

	return w
}

// idle ends the turn of a process.
func (m *model) idle(w world, p int) world {
	w.processes[p] = process{late: w.processes[p].late, lateStale: w.processes[p].lateStale}

	return w
}

// tell returns a label. While worlds are only counted nobody reads it.
func (m *model) tell(format string, args ...any) string {
	if !m.telling {
		return ""
	}

	return fmt.Sprintf(format, args...)
}

// described is a step, in words once somebody reads them.
type described struct{ *Step }

func (s described) String() string {
	switch s.Kind {
	case StepRemember:
		return fmt.Sprintf("Remember %s of epoch %d, attempt %d", s.Memory.Region, s.Memory.Epoch, s.Memory.Attempt.Epoch)
	case StepRecord:
		return fmt.Sprintf("Record %s at epoch %d after %d", s.State.Region, s.State.Epoch, s.Expect)
	case StepReport:
		return fmt.Sprintf("Report %s at epoch %d, holder %t, %s", s.Report.State.Region, s.Report.State.Epoch, s.Report.Outcome.Holder, s.Report.Outcome.Reason)
	case StepRead, StepAgain:
	}

	return string(s.Kind)
}

func first(violations ...string) string {
	if i := slices.IndexFunc(violations, func(v string) bool { return v != "" }); i >= 0 {
		return violations[i]
	}

	return ""
}
