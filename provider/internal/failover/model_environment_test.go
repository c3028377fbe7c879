package failover

// sync is what Git does to an object: any commit may come, in any order, and
// again.
func (m *model) sync(w *world, o int) []action {
	if w.commits[o] == 0 {
		return nil
	}

	var out []action

	for spec := range len(m.git) + 1 {
		if next := *w; uint8(spec) != w.objects[o].spec {
			next.commits[o]--
			next.objects[o].spec = uint8(spec)
			m.touch(&next, o, -1)
			out = append(out, action{label: m.tell("Git sets activation %d of %d", spec, o), world: next})
		}
	}

	return out
}

// lose is what lossy tools do to an object.
func (m *model) lose(w *world, o int) []action {
	var out []action

	kept, reported := m.memories.values[w.objects[o].kept].Epoch, m.reports.values[w.objects[o].reported].Epoch

	// Without a shared record one of the two must be left: nothing else knows.
	if w.faults > 0 && w.objects[o].kept > 0 && (m.shared || reported >= kept) {
		next := *w
		next.faults--
		next.objects[o].kept, next.forgot = 0, true
		m.touch(&next, o, -1)
		out = append(out, action{label: m.tell("%d loses its annotation", o), world: next})
	}

	if w.faults > 0 && w.objects[o].reported > 0 && (m.shared || kept >= reported) {
		next := *w
		next.faults--
		next.objects[o].reported, next.forgot = 0, true
		m.touch(&next, o, -1)
		out = append(out, action{label: m.tell("%d loses its status", o), world: next})
	}

	return out
}

// backups take the annotation of the first object away, and bring it back as
// that of another one, as Velero does.
func (m *model) backups(w *world) []action {
	const first, last = 0, planes - 1

	if m.restored && !w.backedUp && w.objects[first].kept > 0 {
		next := *w
		next.backup, next.backedUp = w.objects[first].kept, true

		return []action{{label: m.tell("0 is backed up"), world: next}}
	}

	if !w.backedUp || w.objects[last].exists {
		return nil
	}

	next := *w
	next.objects[last] = object{exists: true, kept: w.backup}
	next.commits[last] = m.commits

	return []action{{label: m.tell("2 is restored from the backup"), world: next}}
}

// twins copy the whole of the first cluster, as a snapshot of etcd does. What
// it holds then, its twin holds, too: nothing can tell them apart before one
// of them decides.
func (m *model) twins(w *world) []action {
	const first, last = 0, planes - 1

	memory := &m.memories.values[w.objects[first].kept]

	if m.twin == "" || w.objects[last].exists || memory.Attempt.Epoch == 0 {
		return nil
	}

	if m.twin == twinBetween && memory.Attempt.Epoch != memory.Epoch {
		return nil
	}

	next := *w
	next.objects[last] = w.objects[first]
	next.commits[last] = m.commits
	next.twinned = uint8(memory.Epoch)

	return []action{{label: m.tell("2 is a twin of 0"), world: next}}
}
