package emulator

import (
	"bytes"
	"encoding/xml"
	"maps"
	"slices"
	"strconv"
	"time"
)

// awsTime is how the XML protocols write a time.
const awsTime = "2006-01-02T15:04:05.000Z"

// A document is the XML of an answer.
type document struct {
	buf bytes.Buffer
}

// element writes an element and what is in it.
func (d *document) element(name string, content func()) {
	d.buf.WriteString("<" + name + ">")
	content()
	d.buf.WriteString("</" + name + ">")
}

// text writes an element, unless its value is empty: AWS leaves out what is not
// set.
func (d *document) text(name, value string) {
	if value == "" {
		return
	}

	d.element(name, func() {
		// A bytes.Buffer takes all that is written to it.
		_ = xml.EscapeText(&d.buf, []byte(value))
	})
}

func (d *document) boolean(name string, value bool) {
	d.text(name, strconv.FormatBool(value))
}

func (d *document) integer(name string, value int) {
	d.text(name, strconv.Itoa(value))
}

// time writes a time, unless it is zero.
func (d *document) time(name string, value time.Time) {
	if !value.IsZero() {
		d.text(name, value.UTC().Format(awsTime))
	}
}

// tags writes a list of tags: TagList and Tag in RDS, tagSet and item in EC2.
func (d *document) tags(list, item, key, value string, tags map[string]string) {
	if len(tags) == 0 {
		return
	}

	d.element(list, func() {
		for _, name := range slices.Sorted(maps.Keys(tags)) {
			d.element(item, func() {
				d.text(key, name)
				d.text(value, tags[name])
			})
		}
	})
}

// texts writes a list of texts.
func (d *document) texts(list, item string, values []string) {
	d.element(list, func() {
		for _, value := range values {
			d.text(item, value)
		}
	})
}

// each writes a list of structures.
func each[T any](d *document, list, item string, values []T, write func(T)) {
	d.element(list, func() {
		for _, value := range values {
			d.element(item, func() { write(value) })
		}
	})
}

// sortedKeys of a map.
func sortedKeys[M ~map[string]V, V any](m M) []string {
	return slices.Sorted(maps.Keys(m))
}
