package failover

// late is what becomes of a write whose reply was lost long ago.
func (m *model) late(w *world, p int) []action {
	pr := &w.processes[p]
	if pr.late == 0 {
		return nil
	}

	lost, landed := *w, *w
	lost.processes[p].late, lost.processes[p].lateStale = 0, false
	landed.processes[p].late, landed.processes[p].lateStale = 0, false

	_, violation := m.land(&landed, p, pr.late, pr.lateStale, false)

	return []action{
		{label: m.tell("the late write of process %d is lost", p), world: lost},
		{label: m.tell("the late write of process %d takes effect", p), world: landed, violation: violation},
	}
}

// land lets a write take effect, unless its condition does not hold. The
// process knows the new resourceVersion if it gets the reply.
func (m *model) land(w *world, p int, n id, stale, replied bool) (took bool, violation string) {
	owner, step := m.processes[p], &m.steps.values[n]

	if step.Kind == StepRecord {
		return m.landRecord(w, p, n)
	}

	if stale && m.bug != bugNoVersion {
		return false, ""
	}

	was := w.objects[owner]

	switch step.Kind {
	case StepRemember:
		w.objects[owner].kept = m.written(n)

		if !m.shared {
			violation = m.decided(w, owner, m.remembered(was), step.Memory.State)
		}
	case StepReport:
		w.objects[owner].reported = m.written(n)
		violation = m.reported(w, owner, &step.Report)
	case StepRead, StepRecord, StepAgain:
	}

	knows := -1
	if replied {
		knows = p
	}

	if w.objects[owner] != was {
		m.touch(w, owner, knows)
	}

	return true, violation
}

// landRecord lets a write of the shared record take effect.
func (m *model) landRecord(w *world, p int, n id) (took bool, violation string) {
	step, replica := &m.steps.values[n], m.replica(p)

	was := &m.states.values[w.record[replica]]
	if was.Epoch != step.Expect && m.bug != bugUnconditional {
		return false, ""
	}

	w.record[replica] = m.written(n)

	return true, m.decided(w, m.processes[p], *was, step.State)
}

// written is what a write leaves behind, without what the protocol only
// carries along.
func (m *model) written(n id) id {
	v, ok := m.writes[n]
	if ok {
		return v
	}

	switch step := m.steps.values[n]; step.Kind {
	case StepRemember:
		memory := step.Memory
		memory.History = nil
		v = m.memories.id(memory)
	case StepRecord:
		state := step.State
		state.History = nil
		v = m.states.id(state)
	case StepReport:
		// The status has no field for the nonce.
		state := step.Report.State
		state.History, state.Nonce = nil, ""
		v = m.reports.id(Reported{State: state, Holder: step.Report.Outcome.Holder})
	case StepRead, StepAgain:
	}

	m.writes[n] = v

	return v
}

// touch changes the resourceVersion of an object: whoever observed it before
// holds an old one, but for the process that made the change and knows.
func (m *model) touch(w *world, o, knows int) {
	for p, owner := range m.processes {
		if pr := &w.processes[p]; owner == o {
			pr.stale = pr.busy && (pr.stale || p != knows)
			pr.lateStale = pr.late > 0
		}
	}
}

// replicate copies one replica of the record over another, the last writer
// winning.
func (m *model) replicate(w *world) []action {
	var out []action

	for from := range planes {
		for to := range planes {
			if next := *w; w.record[from] != w.record[to] && w.record[from] > 0 {
				next.record[to] = w.record[from]
				out = append(out, action{label: m.tell("replica %d overwrites %d", from, to), world: next})
			}
		}
	}

	return out
}

// replica is the one that a process reads and writes.
func (m *model) replica(p int) int {
	if m.bug == bugEventual {
		return m.processes[p]
	}

	return 0
}
