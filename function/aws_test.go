package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// A database is what there is on AWS, whatever anybody in Kubernetes knows of it.
type database struct {
	// name that Crossplane knows it by.
	name string

	// snapshot that it was made from, or "" if it was not made for the copy that
	// is called so now.
	snapshot string
}

// called returns what names a database on AWS: its region and its identifier.
func called(o map[string]any) string {
	return fmt.Sprint(at(o, "spec", "forProvider", "region"), "/", at(o, "spec", "forProvider", "identifier"))
}

// onAWS returns the database that a copy stands for, or would if anybody had
// written down that it does.
func (w *world) onAWS(o map[string]any) (database, bool) {
	if o["kind"] != "Instance" || at(o, "spec", "forProvider", "identifier") == nil {
		return database{}, false
	}

	is, ok := w.aws[called(o)]

	return is, ok
}

// luck draws how well something goes. In calm everything goes as well as it can.
func (w *world) luck(t *rapid.T, what string, best int) int {
	if w.calm {
		return best
	}

	return rapid.IntRange(0, best).Draw(t, what)
}

// create plays a provider that makes what is not there, and returns whether it
// knows in the end that it is.
func (w *world) create(t *rapid.T, key string, o map[string]any) bool {
	const (
		waits = iota
		fails
		runs
		forgets
		best
	)

	luck := w.luck(t, key+" on AWS", best)

	if w.running[key] {
		w.running[key] = luck == waits || luck == fails

		// Who restarts has forgotten what runs.
		if luck == runs || luck == forgets {
			return false
		}

		return !w.running[key]
	}

	if luck == waits {
		return false
	}

	w.serial++
	put(o, moment(w.serial), "metadata", "annotations", "crossplane.io/external-create-pending")

	_, exists := w.onAWS(o)

	switch {
	case exists:
		w.failed(o, "creating RDS DB Instance: api error DBInstanceAlreadyExists: DB instance already exists")

		return false
	case luck == fails:
		w.failed(o, "creating RDS DB Instance: api error DBSnapshotNotFound: there is none")

		return false
	case o["kind"] != "Instance":
		return true
	}

	w.serial++
	w.aws[called(o)] = database{name: fmt.Sprint("db-", w.serial), snapshot: pinnedSnapshot(o)}
	w.running[key] = luck == runs

	return luck != runs && luck != forgets
}

// failed notes that a provider could not make something.
func (w *world) failed(o map[string]any, why string) {
	w.serial++
	put(o, []any{
		fields("type", "Synced", "status", "False"),
		fields("type", "LastAsyncOperation", "status", "False", "message", why, "lastTransitionTime", moment(w.serial)),
	}, "status", "conditions")
}

// renames says which database an update would give another name, or "": the
// provider writes the identifier that a spec states.
func (w *world) renames(o map[string]any) string {
	name := at(o, "metadata", "annotations", "crossplane.io/external-name")

	for is, db := range w.aws {
		if db.name == name && o["kind"] == "Instance" && at(o, "spec", "forProvider", "identifier") != nil && called(o) != is {
			return is
		}
	}

	return ""
}

// answer plays our own provider while nothing goes wrong: what it says is true.
func (w *world) answer(o map[string]any) {
	existing := fields("state", "Absent")

	if as := at(o, "spec", "forProvider", "restoreAs"); as != nil {
		if db, ok := w.aws[fmt.Sprint(at(o, "spec", "forProvider", "region"), "/", as)]; ok {
			existing = fields("state", "Present", "externalName", db.name)
		}

		existing["restoreAs"] = as
	}

	selected, _ := at(o, "status", "atProvider", "selected").(map[string]any)

	// For some time there are newer snapshots yet.
	if w.snapshots > 0 || selected["id"] == nil || selected["dataTime"] == nil {
		w.serial++
		selected = fields("id", fmt.Sprint("snap-", w.serial), "dataTime", moment(1000+w.serial))
	}

	put(o, fields("selected", selected, "existing", existing, "reason", "the newest"), "status", "atProvider")
	put(o, []any{fields("type", "Ready", "status", "True")}, "status", "conditions")
}

// sustained returns the conditions that an object has now: one that is as it was
// keeps its time.
func sustained(o map[string]any, now ...any) []any {
	before, _ := at(o, "status", "conditions").([]any)

	for _, c := range now {
		i := slices.IndexFunc(before, func(b any) bool { return at(b, "type") == at(c, "type") && at(b, "status") == at(c, "status") })
		if i < 0 {
			continue
		}

		if t := at(before[i], "lastTransitionTime"); t != nil {
			c.(map[string]any)["lastTransitionTime"] = t
		}
	}

	return now
}

// found returns the name of what a selection finds: what is there, or what
// somebody else has made since.
func (w *world) found(selection map[string]any) string {
	as := at(selection, "spec", "forProvider", "restoreAs")
	if as == nil {
		return ""
	}

	is := fmt.Sprint(at(selection, "spec", "forProvider", "region"), "/", as)
	if _, ok := w.aws[is]; !ok {
		w.aws[is] = database{name: fmt.Sprint("db-", w.serial)}
	}

	return w.aws[is].name
}

// lose takes an object out of Kubernetes. What it stands for stays on AWS, and
// another object that is called so has not made it.
func (w *world) lose(key string) {
	if db, ok := w.onAWS(w.observed[key]); ok {
		w.aws[called(w.observed[key])] = database{name: db.name}
	}

	delete(w.observed, key)
	delete(w.running, key)
}

// statusOf returns the status that the XR has after a render, with its
// conditions.
func (w *world) statusOf(rsp *fnv1.RunFunctionResponse) map[string]any {
	status, _ := at(rsp.GetDesired().GetComposite().GetResource().AsMap(), "status").(map[string]any)

	conditions := make([]any, 0, len(rsp.GetConditions()))

	for _, c := range rsp.GetConditions() {
		is := strconv.FormatBool(c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE)
		conditions = append(conditions, fields("type", c.GetType(), "status", strings.ToUpper(is[:1])+is[1:], "reason", c.GetReason(), "message", c.GetMessage(), "lastTransitionTime", moment(w.serial)))
	}

	if status != nil {
		status["conditions"] = sustained(fields("status", w.status), conditions...)
	}

	return status
}
