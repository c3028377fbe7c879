package failover

import (
	"fmt"
	"slices"
)

// decided checks a write of the record: to the shared one, or, where there is
// none, to the annotation.
func (m *model) decided(w *world, owner int, was, now State) string {
	switch {
	case now.Epoch < was.Epoch:
		return fmt.Sprintf("the epoch of the record goes down from %d to %d", was.Epoch, now.Epoch)
	case now.Epoch == was.Epoch && (now.Region != was.Region || now.By != was.By):
		return fmt.Sprintf("the record of epoch %d changes from %s by %s to %s by %s", was.Epoch, was.Region, was.By, now.Region, now.By)
	case now.Epoch == was.Epoch:
		return ""
	case now.By != m.uids[owner]:
		return fmt.Sprintf("%s writes a decision of %s: it is not the holder", m.uids[owner], now.By)
	case was.Epoch > 0 && now.Epoch != was.Epoch+1:
		return fmt.Sprintf("the epoch of the record goes up from %d to %d", was.Epoch, now.Epoch)
	}

	return m.claim(w, now.Decision)
}

// remembered is what an object remembers, as an onlooker reads it.
func (m *model) remembered(o object) State {
	kept, reported := m.memories.values[o.kept].State, m.reports.values[o.reported].State
	if reported.Epoch > kept.Epoch {
		return reported
	}

	return kept
}

// claim checks that no other region was ever active at the epoch.
func (m *model) claim(w *world, d Decision) string {
	was, now := &w.region[d.Epoch], regionNumber(d.Region)
	if *was != 0 && *was != now {
		return fmt.Sprintf("two regions are active at epoch %d", d.Epoch)
	}

	*was = now

	return ""
}

// reported checks a status against all that were ever written.
func (m *model) reported(w *world, owner int, r *Report) string {
	if r.State.Epoch == 0 {
		return ""
	}

	violation := m.claim(w, r.State.Decision)

	if top := &w.top[owner]; r.State.Epoch < int64(*top) {
		violation = first(violation, fmt.Sprintf("the reported epoch goes down from %d to %d", *top, r.State.Epoch))
	} else {
		*top = uint8(r.State.Epoch)
	}

	// Who shares no record can't know of another holder, nor who has the same
	// memory of the epoch.
	if holder := &w.holder[r.State.Epoch]; r.Outcome.Holder && m.shared && r.State.Epoch > int64(w.twinned) {
		if *holder != 0 && *holder != uint8(owner+1) {
			violation = first(violation, fmt.Sprintf("two control planes hold epoch %d", r.State.Epoch))
		}

		*holder = uint8(owner + 1)
	}

	return violation
}

// called checks that the region being left is not called: the one that really
// serves, whatever the process knows.
func (m *model) called(w *world, p int, s Step) string {
	pr := &w.processes[p]
	if pr.seen.spec == 0 || !m.shared {
		return ""
	}

	a, truth := m.git[pr.seen.spec-1], m.states.values[w.record[m.replica(p)]]

	if a.Epoch == truth.Epoch+1 && a.Region != truth.Region && slices.Contains(s.Endpoints, truth.Region) {
		return truth.Region + " is called while it is being left"
	}

	return ""
}

// settles checks that nothing is wedged: when nothing goes wrong any more, a
// few turns later every status says what is recorded, and who decided it holds
// it.
func (m *model) settles(w world) (wrong string) {
	// A turn is aborted for what happened before, one wins or loses, and one
	// sees what others have won since; and again at the next epoch.
	const turns = 5

	w.faults = 0

	for range turns {
		if wrong = m.unsettled(&w); wrong == "" {
			return ""
		}

		for p, owner := range m.processes {
			if w.objects[owner].exists {
				w = m.turn(w, p)
			}
		}
	}

	return wrong
}

// unsettled says which status does not say what is recorded.
func (m *model) unsettled(w *world) string {
	for _, owner := range m.processes {
		truth := m.remembered(w.objects[owner])
		if m.shared {
			truth = m.states.values[w.record[0]]
		}

		said := m.reports.values[w.objects[owner].reported]

		if m.uids[owner] == truth.By && m.twin == "" && !w.forgot && !said.Holder {
			return fmt.Sprintf("nobody holds epoch %d", truth.Epoch)
		}

		if w.objects[owner].exists && (said.Epoch != truth.Epoch || said.Region != truth.Region) {
			return fmt.Sprintf("%d reports %s at epoch %d for good, but %s at epoch %d is recorded", owner, said.Region, said.Epoch, truth.Region, truth.Epoch)
		}
	}

	return ""
}

// turn is a whole turn in which nothing goes wrong.
func (m *model) turn(w world, p int) world {
	for {
		w = m.run(&w, p)[0].world
		if !w.processes[p].busy {
			return w
		}
	}
}
