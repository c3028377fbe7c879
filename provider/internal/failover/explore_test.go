package failover

import (
	"fmt"
	"slices"
	"strings"
)

// A visit is a world that was reached, and how.
type visit struct {
	world  world
	from   int32
	action uint16
}

// explore visits every world that can be reached, the nearest first, and
// returns how many there are. If an invariant is broken it returns the shortest
// way there.
func (m *model) explore(limit int) (worlds int, violation string, err error) {
	start := m.start()
	visits := []visit{{world: start, from: -1}}
	seen := map[world]struct{}{start: {}}

	for i := 0; i < len(visits); i++ {
		w := visits[i].world

		if m.bug == "" {
			if violation := m.settles(w); violation != "" {
				return len(visits), violation + ":\n" + m.way(visits, i, -1), nil
			}
		}

		for n, a := range m.actions(&w) {
			if a.violation != "" {
				return len(visits), a.violation + ":\n" + m.way(visits, i, n), nil
			}

			if _, known := seen[a.world]; known {
				continue
			}

			if len(visits) == limit {
				return limit, "", fmt.Errorf("more than %d worlds can be reached", limit)
			}

			seen[a.world] = struct{}{}
			visits = append(visits, visit{world: a.world, from: int32(i), action: uint16(n)})
		}
	}

	return len(visits), "", nil
}

// way tells how a world was reached, and what happened there last. Negative is
// nothing.
func (m *model) way(visits []visit, i, last int) string {
	m.telling = true

	var labels []string
	if last >= 0 {
		labels = append(labels, m.actions(&visits[i].world)[last].label)
	}

	for v := visits[i]; v.from >= 0; v = visits[v.from] {
		labels = append(labels, m.actions(&visits[v.from].world)[v.action].label)
	}

	slices.Reverse(labels)

	return strings.Join(labels, "\n")
}
